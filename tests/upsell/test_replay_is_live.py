"""Replaying the file in force over what was kept says what it brought then: whatever the file, whoever bought what."""

from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from widget.core.caps import Caps
from widget.core.condition import Bounds, Condition, Entry, Subscribed, Total
from widget.core.lineup import LineUp
from widget.core.money import Money
from widget.core.offer import Offer, Rule, Texts
from widget.core.offers_file import OffersFile
from widget.core.payment import Address, Order, Payment, PaymentLine, Preview, Product
from widget.core.replaying import replay
from widget.provider.asks import NotThere
from widget.storage import fairness, occasions, offers, presentations
from widget.storage.database import rows
from widget.storage.ids import new_id
from widget.storage.pasts import pasts
from widget.upsell.looking_back import with_facts
from widget.upsell.prepare import prepare

START = 1_790_000_000_000
HOUR = 3_600_000
PRODUCTS = ("pdt_a", "pdt_b", "pdt_c", "pdt_cheap", "pdt_archived")
PEOPLE = ("cus_nadia", "cus_otto")


class Provider:
    """Dodo as far as choosing asks it: what was paid there, and what is sold; nothing is asked of anybody else."""

    def __init__(self) -> None:
        self.payments: dict[str, Payment] = {}

    def pays(self, customer: str, product: str, amount: int, at: int) -> Payment:
        name = f"pay_{len(self.payments)}"
        when = datetime.fromtimestamp(at / 1000, UTC)
        billing = Address("US" if amount % 2 else "DE")
        made = Payment(
            name, customer, "bus", "succeeded", Money(amount, "USD"), 0, when, ((product, 1),), billing=billing
        )
        self.payments[name] = made
        return made

    def _of(self, customer_id: str) -> list[Payment]:
        return [one for one in self.payments.values() if one.customer_id == customer_id]

    async def payment(self, payment_id: str):
        return self.payments.get(payment_id, NotThere())

    async def payments_of(self, customer_id: str, *, since: datetime):
        return tuple(PaymentLine(one.id, one.status, one.total, one.created_at, {}) for one in self._of(customer_id))

    async def methods(self, customer_id: str):
        return ()

    async def customer(self, customer_id: str):
        return NotThere()

    async def subscriptions_of(self, customer_id: str):
        return ()

    async def bought(self, customer_id: str, product_id: str, *, until: datetime) -> bool:
        return any((product_id, 1) in one.products and one.created_at <= until for one in self._of(customer_id))

    async def owns(self, customer_id: str, product_id: str) -> bool:
        return any((product_id, 1) in one.products for one in self._of(customer_id))

    async def product(self, product_id: str) -> Product:
        return Product(product_id, "A", "", None, Money(1900, "USD"), False, archived=product_id == "pdt_archived")

    async def preview(self, order: Order) -> Preview:
        price = 30 if order.product_id == "pdt_cheap" else 1900
        return Preview(Money(price * order.quantity, "USD"), price, 0, 0, "US")


NAMES = st.lists(st.sampled_from(PRODUCTS), min_size=1, max_size=2, unique=True).map(tuple)
LEAF = st.one_of(
    NAMES.map(lambda names: Condition(bought=names)),
    NAMES.map(lambda names: Condition(never_bought=names)),
    NAMES.map(lambda names: Condition(ever_bought_all=names)),
    st.sampled_from(["first", "returning"]).map(lambda word: Condition(customer=word)),
    st.integers(1, 99).map(lambda percent: Condition(share=percent)),
    st.integers(0, 3).map(lambda number: Condition(past_purchases=Bounds(at_most=number))),
    st.integers(0, 5_000).map(lambda amount: Condition(total=Total(at_least=amount))),
    st.just(Condition(payment_metadata=Entry("a", exists=False))),
    st.just(Condition(subscribed=Subscribed())),
)
TREE = st.recursive(
    LEAF,
    lambda part: st.tuples(st.sampled_from(["all", "any", "none"]), st.lists(part, min_size=1, max_size=3)).map(
        lambda made: Condition(**{made[0]: tuple(made[1])})
    ),
    max_leaves=5,
)


@st.composite
def files(draw) -> tuple[Offer, ...]:
    made = []
    for number in range(draw(st.integers(1, 5))):
        more = {"when": draw(TREE)} if draw(st.booleans()) else {}
        more |= {"rule": Rule(countries=("DE",))} if draw(st.integers(0, 3)) == 0 else {}
        made.append(
            Offer(
                f"offer-{number}", draw(st.sampled_from(PRODUCTS)), Texts("A"), priority=draw(st.integers(0, 2)),
                repeats=draw(st.sampled_from(["never", "once_per_order", "always"])), paused=draw(st.integers(0, 4)) == 0,
                quiet_days=draw(st.sampled_from([0, 1, 30])), shown_at_most=draw(st.integers(0, 2)),
                shown_per_day=draw(st.integers(0, 1)), quantity=draw(st.integers(1, 2)), **more,
            )
        )  # fmt: skip
    return tuple(made)


BOUGHT = st.lists(
    st.tuples(st.sampled_from(PEOPLE), st.sampled_from(PRODUCTS), st.integers(1, 6_000), st.integers(1, 30), st.sampled_from(["", "see", "no"])),
    min_size=1, max_size=6,
)  # fmt: skip


CAPS = st.fixed_dictionaries(
    {}, optional={"per_customer_per_day": st.integers(1, 2), "per_customer": st.integers(1, 3)}
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=files(), bought=BOUGHT, caps=CAPS)
async def test_the_file_in_force_replayed_is_what_it_brought_live(database, made, bought, caps):
    for table in ("occasion", "presentation", "quote", "decline", "purchase", "product", "offer", "offers_file", "job"):
        await rows(f"DELETE FROM {table} RETURNING 1")
    provider, at = Provider(), START
    said = "".join(f"{name} = {cap}\n" for name, cap in caps.items())
    await offers.apply(f"# {new_id('file')}\n[caps]\n{said}", OffersFile(offers=made), by="mara", at=at)
    for customer, product, amount, hours, then in bought:
        at += hours * HOUR
        payment = provider.pays(customer, product, amount, at)
        occasion_id = await occasions.ask("post_purchase", payment.id, locale=None, at=at)
        assert await prepare(provider, occasion_id, now=at) is None
        for row in await rows("SELECT id, offer_name FROM presentation WHERE occasion_id = {}", occasion_id):
            if then and await fairness.first_seen(row["id"], locale="en", at=at) and then == "no":
                days = next(offer.quiet_days for offer in made if offer.name == row["offer_name"])
                await presentations.decline(row["id"], at=at + 1, quiet_until=at + 1 + days * 24 * HOUR)
    asked = tuple(offer.when for offer in made if isinstance(offer.when, Condition))
    kept = [await with_facts(provider, one, asked) async for one in pasts(100)]
    assert len(kept) == len(bought)
    for one in kept:
        found = replay(LineUp(made, Caps(**caps)), one)
        assert not found.differs, (found.offer, one.chosen, found.considered)
