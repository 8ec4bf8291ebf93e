"""The file's own caps: a customer sees so many cards of all offers together and no more, and the reasons say so."""

import pytest

from tests.upsell.test_first_look import ELSE, ROOM, in_force, prepared
from tests.upsell.test_occasions import slot, tell
from tests.upsell.test_replay_is_live import HOUR, START, Provider
from widget.core.considered import missing
from widget.core.lineup import LineUp
from widget.core.offers_file import OffersFile, read
from widget.core.replaying import replay
from widget.storage import fairness, occasions, offers, presentations
from widget.storage.database import rows
from widget.storage.pasts import pasts
from widget.upsell.prepare import prepare

FILE = "".join(
    f'[[offer]]\nname = "{name}"\nproduct = "{product}"\nrepeats = "always"\n{more}\n'
    f'[offer.texts]\nheadline = "A"\n[offer.rule]\nbought_any = ["{bought}"]\n'
    for name, product, bought, more in (
        ("for-a", "pdt_a", "pdt_a", 'on_decline = "after"'),
        ("for-b", "pdt_b", "pdt_b", ""),
        ("after", "pdt_c", "pdt_a", "chain_only = true"),
    )
)


class Days:
    """Purchases of a made-up calendar, each with the card it brought and was seen, or why there was none."""

    def __init__(self) -> None:
        self.provider = Provider()

    async def force(self, caps: str) -> OffersFile:
        text = f"[caps]\n{caps}\n{FILE}"
        await offers.apply(text, file := read(text), by="mara", at=START)
        return file

    async def buys(self, product: str, *, at: int, by: str = "cus_nadia") -> str:
        """The occasion, prepared."""
        payment = self.provider.pays(by, product, 4900, at)
        occasion_id = await occasions.ask("post_purchase", payment.id, locale=None, at=at)
        assert await prepare(self.provider, occasion_id, now=at) is None
        return occasion_id

    async def looks(self, occasion_id: str, *, at: int) -> bool:
        """Whether its first card was shown."""
        found = await rows("SELECT id FROM presentation WHERE occasion_id = {} AND step = 0", occasion_id)
        return bool(found) and await fairness.first_seen(found[0]["id"], locale="en", at=at)

    async def sees(self, product: str, *, at: int, by: str = "cus_nadia") -> bool:
        return await self.looks(await self.buys(product, at=at, by=by), at=at)


@pytest.fixture
async def days(database) -> Days:
    return Days()


async def failed(occasion_id: str) -> set[tuple[str, str]]:
    (found,) = await occasions.reasons(occasion_id)
    return {(check.name, check.value) for one in found.considered for check in one.checks if not check.held}


async def test_a_third_card_on_one_day_is_not_shown_and_the_reason_names_the_cap(days):
    await days.force("per_customer_per_day = 2")
    assert await days.sees("pdt_a", at=START)
    assert await days.sees("pdt_b", at=START + HOUR)
    third = await days.buys("pdt_a", at=START + 2 * HOUR)
    assert not await days.looks(third, at=START + 2 * HOUR)
    assert ("customer_daily_cap_not_reached", "2") in await failed(third)
    (found,) = await occasions.reasons(third)
    told = [need for one in found.considered for need in missing(one)]
    assert (
        "customer_daily_cap_not_reached (2): fewer cards of any offer in 24 hours, "
        "or a higher [caps] per_customer_per_day" in told
    )
    assert await days.sees("pdt_a", at=START + 2 * HOUR, by="cus_otto")  # somebody else is not touched


async def test_the_next_day_there_is_a_card_again(days):
    await days.force("per_customer_per_day = 1")
    assert await days.sees("pdt_a", at=START)
    assert not await days.sees("pdt_b", at=START + 24 * HOUR)  # not a moment before it is over
    assert await days.sees("pdt_b", at=START + 24 * HOUR + 1)


async def test_a_cap_in_all_is_never_over(days):
    await days.force("per_customer = 2")
    assert await days.sees("pdt_a", at=START)
    assert await days.sees("pdt_b", at=START + 400 * 24 * HOUR)
    late = await days.buys("pdt_b", at=START + 900 * 24 * HOUR)
    assert ("customer_cap_not_reached", "2") in await failed(late)
    assert await days.sees("pdt_b", at=START + 900 * 24 * HOUR, by="cus_otto")


async def test_a_chain_counts_once_and_is_not_cut_off(days):
    await days.force("per_customer_per_day = 2\nper_customer = 2")
    assert await days.sees("pdt_b", at=START)
    occasion_id = await days.buys("pdt_a", at=START + 1)
    assert await days.looks(occasion_id, at=START + 1)  # the cap is reached by this card
    first, after = await rows("SELECT id, state FROM presentation WHERE occasion_id = {} ORDER BY step", occasion_id)
    assert await presentations.decline(first["id"], at=START + 2, quiet_until=START + 2)
    (following,) = await rows("SELECT state, opened_at FROM presentation WHERE id = {}", after["id"])
    assert (following["state"], following["opened_at"]) == ("open", START + 2)
    await days.force("per_customer_per_day = 3\nper_customer = 3")  # two occasions, three cards: one more may come
    assert await days.sees("pdt_b", at=START + 3)
    assert not await days.sees("pdt_b", at=START + 4)


async def test_of_cards_made_ready_ahead_only_so_many_are_seen_by_the_caps_in_force_then(days):
    await days.force("per_customer = 3")
    ready = [await days.buys("pdt_a", at=START + number) for number in range(3)]
    await days.force("per_customer = 1")
    assert [await days.looks(one, at=START + 9) for one in ready] == [True, False, False]
    assert await days.looks(ready[0], at=START + 10)  # what was seen stays


async def test_replay_of_a_draft_goes_by_the_drafts_caps_and_of_the_file_in_force_says_what_was_live(days):
    file = await days.force("per_customer_per_day = 2")
    chained = await days.buys("pdt_a", at=START)
    live = [await days.looks(chained, at=START)]
    (first,) = await rows("SELECT id FROM presentation WHERE occasion_id = {} AND step = 0", chained)
    await presentations.decline(first["id"], at=START + 1, quiet_until=START + 1)  # and they see the next step
    live += [await days.sees("pdt_b", at=START + number * HOUR) for number in (1, 2)]
    kept = [one async for one in pasts(10)][::-1]
    assert live == [True, True, False]
    assert [replay(LineUp(file.offers, file.caps), one).differs for one in kept] == [False] * 3
    closer = LineUp(file.offers, read("[caps]\nper_customer = 1").caps)
    assert [replay(closer, one).offer for one in kept] == ["for-a", None, None]
    assert [replay(LineUp(file.offers), one).offer for one in kept] == ["for-a", "for-b", "for-b"]


async def test_a_page_with_a_card_too_many_is_empty_and_says_why(stage):
    """Both were ready before either was seen: the second is judged anew when it is looked at."""
    both = ROOM.format(more="") + ELSE.format(more="").replace("priority = 2", "priority = 3")
    await in_force(f"[caps]\nper_customer_per_day = 1\n{both}")
    await stage.purchase()
    told = [await prepared(await tell(stage, idempotency_key=str(number))) for number in range(2)]
    card = await slot(stage)
    assert card.state == "open"
    await card.press("decline")
    assert (await slot(stage)).state == "empty"
    why = [await failed(one) for one in told]
    assert any(("customer_daily_cap_not_reached", "1") in one for one in why)
