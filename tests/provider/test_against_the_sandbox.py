"""Every ask and every move, once on its happy path, against the pretend Dodo through the unmodified SDK."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from widget.core.answer import Refused, Unknown, Waiting
from widget.core.money import Money
from widget.core.payment import Address, Checkout, Order, Payment, PaymentLine, Preview, Product, Recurring
from widget.provider.asks import Declined, NotThere
from widget.provider.dodo import Dodo, open_dodo
from widget.provider.moves import Opened
from widget.sandbox.server import create_app
from widget.sandbox.world import World

BASE = "http://sandbox.test"
US = Address("US", "CA", "San Francisco", "1 Market Street", "94105")
WORKBOOK = Order("cus_nadia", "pdt_workbook", 1, US, "USD")
MARK = {"encore_charge": "chg_1"}


@pytest.fixture
def transport() -> httpx.ASGITransport:
    world = World(base_url=BASE, seed=7)
    world.settings.final_after = 0.0
    return httpx.ASGITransport(create_app(world))


@pytest.fixture
async def dodo(transport) -> AsyncIterator[Dodo]:
    async with open_dodo(api_key="sandbox", environment=None, base_url=BASE, transport=transport) as dodo:
        yield dodo


@pytest.fixture
async def control(transport):
    async with httpx.AsyncClient(transport=transport, base_url=f"{BASE}/_sandbox/") as client:

        async def tell(what: str, **body: object):
            answer = await client.post(what, json=body)
            assert answer.status_code == 200, answer.text
            return answer.json() if answer.content else None

        yield tell


async def charge(dodo: Dodo, order: Order = WORKBOOK, method_id: str = "pm_nadia_visa"):
    return await dodo.moves.charge(order, method_id=method_id, return_url=f"{BASE}/after", metadata=MARK)


async def test_a_charge_waits_and_its_payment_reads_as_ours(dodo):
    answer = await charge(dodo)
    assert isinstance(answer, Waiting)
    payment = await dodo.asks.payment(answer.payment_id)
    assert isinstance(payment, Payment)
    assert (payment.status, payment.total.currency, payment.metadata) == ("succeeded", "USD", MARK)
    assert (payment.customer_id, payment.checkout_session_id) == ("cus_nadia", answer.session_id)
    assert (payment.method_id, payment.card_network, payment.card_last_four) == ("pm_nadia_visa", "visa", "4242")
    assert (payment.products, payment.billing) == ((("pdt_workbook", 1),), US)
    assert await dodo.asks.checkout(answer.session_id) == Checkout(answer.session_id, answer.payment_id, "succeeded")


async def test_a_charge_is_found_again_among_the_payments_of_its_customer(dodo, control):
    before = await control("purchases", customer_id="cus_nadia", product_id="pdt_course")
    answer = await charge(dodo)
    found = await dodo.asks.payments_of("cus_nadia", since=datetime(2020, 1, 1, tzinfo=UTC))
    assert {line.id for line in found} == {before["payment_id"], answer.payment_id}
    assert all(isinstance(line, PaymentLine) for line in found)
    assert [line.id for line in found if line.metadata == MARK] == [answer.payment_id]
    assert await dodo.asks.payments_of("cus_rex", since=datetime(2020, 1, 1, tzinfo=UTC)) == ()
    later = max(line.created_at for line in found) + timedelta(days=1)
    assert await dodo.asks.payments_of("cus_nadia", since=later) == ()


async def test_a_saved_card_that_is_refused_reads_as_a_failed_payment(dodo):
    answer = await charge(dodo, Order("cus_omar", "pdt_workbook", 1, US, "USD"), "pm_omar_visa")
    assert isinstance(answer, Waiting)
    payment = await dodo.asks.payment(answer.payment_id)
    assert payment.status == "failed"
    assert payment.error_code


async def test_the_card_of_somebody_else_is_refused_and_moves_nothing(dodo):
    assert isinstance(await charge(dodo, method_id="pm_rex_mastercard"), Refused)
    assert await dodo.asks.payments_of("cus_nadia", since=datetime(2020, 1, 1, tzinfo=UTC)) == ()


@pytest.mark.parametrize("kind", ["hang_after", "drop_after"])
async def test_a_charge_whose_answer_is_lost_is_unknown_happened_once_and_is_found_by_its_mark(dodo, control, kind):
    await control("faults", operation="POST /checkouts", fault=kind)
    assert isinstance(await charge(dodo), Unknown)
    found = await dodo.asks.payments_of("cus_nadia", since=datetime(2020, 1, 1, tzinfo=UTC))
    assert [line.metadata for line in found] == [MARK]


async def test_a_hosted_checkout_opens_and_is_read_while_nobody_has_paid(dodo):
    opened = await dodo.moves.open_checkout(WORKBOOK, return_url=f"{BASE}/after", cancel_url=BASE, metadata=MARK)
    assert isinstance(opened, Opened)
    assert opened.url.startswith(f"{BASE}/checkout/session/")
    assert await dodo.asks.checkout(opened.session_id) == Checkout(opened.session_id, None, None)
    stranger = Order("", "pdt_workbook", 1, Address(country=""))
    assert isinstance(
        await dodo.moves.open_checkout(stranger, return_url=f"{BASE}/after", cancel_url=None, metadata={}), Opened
    )


async def test_the_preview_is_what_the_charge_then_costs(dodo):
    order = Order("cus_nadia", "pdt_workbook", 2, US, "USD", ("THANKS10",))
    preview = await dodo.asks.preview(order)
    assert isinstance(preview, Preview)
    assert (preview.country, preview.subtotal, preview.discount, preview.exact) == ("US", 3800, 380, True)
    answer = await charge(dodo, order)
    assert (await dodo.asks.payment(answer.payment_id)).total == preview.total


async def test_a_preview_of_nonsense_is_declined_with_a_code(dodo):
    for order in (
        Order("cus_nadia", "pdt_nothing", 1, US, "USD"),
        Order("cus_nobody", "pdt_workbook", 1, US, "USD"),
        Order("cus_nadia", "pdt_workbook", 1, US, "USD", ("EXPIRED",)),
    ):
        found = await dodo.asks.preview(order)
        assert isinstance(found, Declined), found
        assert found.code


async def test_products_and_plans_are_read_with_their_prices(dodo):
    book = await dodo.asks.product("pdt_workbook")
    assert isinstance(book, Product)
    assert (book.name, book.price, book.recurring) == ("Workbook", Money(1900, "USD"), None)
    assert book.image.startswith(BASE)
    plan = await dodo.asks.product("pdt_pro_year")
    assert plan.recurring == Recurring(Money(80_000, "USD"), 1, "Year", plan.recurring.trial_days)
    assert (await dodo.asks.product("pdt_vat_book")).tax_inclusive
    assert (await dodo.asks.product("pdt_tip")).pay_what_you_want
    assert isinstance(await dodo.asks.product("pdt_metered"), Product)


async def test_saved_methods_are_read_and_having_none_is_an_answer(dodo):
    (card,) = await dodo.asks.methods("cus_nadia")
    assert (card.id, card.kind, card.network, card.last_four) == ("pm_nadia_visa", "card", "visa", "4242")
    assert (card.expires_month, card.expires_year) == (6, 2032)
    (wallet,) = await dodo.asks.methods("cus_lena")
    assert (wallet.kind, wallet.fine_kind, wallet.last_four) == ("wallet", "apple_pay", "")
    assert await dodo.asks.methods("cus_nora") == ()


async def test_a_bought_product_is_owned_until_it_is_refunded_in_full(dodo, control):
    assert await dodo.asks.owns("cus_nadia", "pdt_course") is False
    bought = await control("purchases", customer_id="cus_nadia", product_id="pdt_course")
    assert await dodo.asks.owns("cus_nadia", "pdt_course") is True
    assert await dodo.asks.owns("cus_nadia", "pdt_workbook") is False
    assert await dodo.asks.owns("cus_rex", "pdt_course") is False
    await control("refunds", payment_id=bought["payment_id"])
    assert await dodo.asks.owns("cus_nadia", "pdt_course") is False
    (back,) = (await dodo.asks.payment(bought["payment_id"])).money_back
    assert (back.kind, back.amount) == ("refund", Money(bought["total_amount"], "USD"))


async def test_a_running_subscription_is_read_and_owned(dodo, control):
    bought = await control("purchases", customer_id="cus_nadia", product_id="pdt_pro")
    found = await dodo.asks.subscription(bought["subscription_id"])
    assert (found.customer_id, found.product_id, found.status) == ("cus_nadia", "pdt_pro", "active")
    assert await dodo.asks.owns("cus_nadia", "pdt_pro") is True


@pytest.mark.parametrize("ask", ["payment", "checkout", "methods", "product", "subscription"])
async def test_what_the_provider_does_not_know_is_not_there(dodo, ask):
    assert await getattr(dodo.asks, ask)("xxx_nothing") == NotThere()
