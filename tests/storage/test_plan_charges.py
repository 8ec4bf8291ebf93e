"""Of one subscription one change is under way, whatever is pressed; the lock is the subscription's row."""

import asyncio
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from widget.core.charge import Charge, Fate, Shut
from widget.core.consent import Consent
from widget.core.money import Money
from widget.core.plan_change import Change, ChangePreview, PlanQuote
from widget.core.subscription import Subscription
from widget.storage import charges, plan_quotes, subscriptions
from widget.storage.database import rows

AT = 1_790_000_000_000
CHANGE = Change("sub_1", "pdt_pro", 1, (), "prorated_immediately")
SUM = Money(2500, "USD")


def a_charge(name: str, *, at: int = AT, change: Change = CHANGE) -> Charge:
    return Charge(
        id=f"chg_{name}", reason=f"plan:pqu_{name}", presentation_id="", quote_id=f"pqu_{name}", customer_id="cus_nadia",
        product_id=change.product_id, quantity=1, method_id="pm_1", quoted=SUM, fate=Fate.INTENDED, pressed_at=at,
        change=change,
    )  # fmt: skip


def agreed(charge: Charge) -> Consent:
    return Consent("", charge.quote_id, "[Pay $25.00 now]", SUM, "Visa", "en", "t", charge.pressed_at)


async def quoted(*names: str) -> None:
    now = datetime(2026, 10, 1, tzinfo=UTC)
    preview = ChangePreview(SUM, 0, 0, "USD", True, now, (), None, False, now)
    await subscriptions.keep(Subscription("sub_1", "cus_nadia", "pdt_basic", "active"), at=AT)
    for name in names:
        quote = PlanQuote(f"pqu_{name}", "sub_1", "cus_nadia", CHANGE, preview, "upgrade", "Visa", AT, AT + 600_000)
        await plan_quotes.add(quote)


async def sent(name: str, *, at: int = AT, change: Change = CHANGE) -> Charge | None:
    charge = a_charge(name, at=at, change=change)
    written = await charges.intend(charge, agreed(charge))
    return None if isinstance(written, Shut) else await charges.claim(written.id, at=at, version=written.version)


@pytest.mark.case("F-88")
async def test_of_ten_quotes_confirmed_at_once_one_is_claimed(database):
    names = [str(number) for number in range(10)]
    await quoted(*names)
    claimed = [one for one in await asyncio.gather(*(sent(name) for name in names)) if one is not None]
    assert len(claimed) == 1


async def test_the_change_survives_being_written_down(database):
    await quoted("a")
    await sent("a")
    (found,) = await charges.of_subscription("sub_1")
    assert (found.change, found.fate, found.quoted) == (CHANGE, Fate.SENDING, SUM)


async def test_another_change_waits_until_the_first_is_decided(database):
    await quoted("a", "b")
    first = await sent("a")
    assert await sent("b") is None
    done = replace(first, fate=Fate.REFUSED, settled_at=AT + 1_000, version=first.version + 1)
    assert await charges.save(first, done, event="refused", detail="", at=AT + 1_000, alarms=())
    assert await sent("b", at=AT + 2_000) is not None


async def test_a_press_from_before_another_change_was_made_is_not_sent(database):
    await quoted("a", "b")
    first = await sent("a")
    done = replace(
        first, fate=Fate.TAKEN, paid=SUM, payment_id="pay_1", settled_at=AT + 5_000, version=first.version + 1
    )
    assert await charges.save(first, done, event="taken", detail="", at=AT + 5_000, alarms=())
    assert await sent("b", at=AT + 4_000) is None
    assert await sent("b", at=AT + 6_000) is not None


async def waiting(name: str, *, change: Change, link: str | None) -> None:
    """Sent, and waiting for the customer, on a page if there is a link."""
    page = await sent(name, change=change)
    after = replace(
        page, fate=Fate.WAITING, by_customer=True, link=link, payment_id="pay_1", version=page.version + 1
    )  # fmt: skip
    assert await charges.save(page, after, event="waiting", detail="", at=AT, alarms=())


BY_LINK = replace(CHANGE, by_link=True)
PAGE = "https://checkout.example/"


async def test_a_page_nobody_paid_on_gives_way_only_to_a_change_that_gives_it_up(database):
    await quoted("page", "b", "c")
    await waiting("page", change=BY_LINK, link=PAGE)
    assert await sent("b", at=AT + 1_000) is None
    assert await sent("c", at=AT + 1_000, change=replace(CHANGE, drops_link=True)) is not None


@pytest.mark.parametrize(("change", "link"), [(BY_LINK, None), (CHANGE, PAGE)], ids=["no page", "the bank asks"])
async def test_what_is_not_an_open_page_gives_way_to_nobody(database, change, link):
    await quoted("page", "b")
    await waiting("page", change=change, link=link)
    assert await sent("b", at=AT + 1_000, change=replace(CHANGE, drops_link=True)) is None


async def test_of_a_subscription_that_is_not_known_nothing_is_changed(database):
    await quoted("a")
    await rows("DELETE FROM subscription WHERE id = 'sub_1' RETURNING id")
    assert await sent("a") is None


async def test_older_news_of_a_subscription_never_replaces_newer(database):
    await subscriptions.keep(Subscription("sub_1", "cus_nadia", "pdt_pro", "active"), at=AT)
    await subscriptions.keep(Subscription("sub_1", "cus_nadia", "pdt_basic", "active"), at=AT - 1)
    known = await subscriptions.find("sub_1")
    assert known.subscription.product_id == "pdt_pro"
