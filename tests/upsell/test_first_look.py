"""Between the preparing of a card and its first look things happen: a no, a purchase, other cards, a language."""

import asyncio
import time

import pytest

from tests.upsell.test_occasions import slot, tell
from widget.core.offers_file import read
from widget.storage import occasions, offers, reports, rollups
from widget.storage.database import rows
from widget.storage.rollups import DAY_MS

ROOM = """
[[offer]]
name = "more-room"
product = "pdt_brushes"
placement = "in_app"
priority = 2
{more}
[offer.texts]
headline = "More room"
[offer.rule]
occasions = ["limit_near"]
"""
ELSE = ROOM.replace("more-room", "else").replace("pdt_brushes", "pdt_workbook").replace("More room", "Something else")


async def in_force(text: str) -> None:
    await offers.apply(text, read(text), by="mara", at=int(time.time() * 1000))


async def prepared(told) -> str:
    """The moment's id, once what it brings is decided."""
    assert told.status_code == 201, told.text
    occasion_id = told.json()["id"]
    for _ in range(200):
        found = await occasions.find(occasion_id)
        if found is not None and found.state != "asked":
            return occasion_id
        await asyncio.sleep(0.02)  # a job of this process works meanwhile; bounded by the range
    raise AssertionError("never prepared")


@pytest.fixture
async def app(stage):
    await in_force(ROOM.format(more=""))
    await stage.purchase()
    return stage


async def test_a_no_on_one_page_counts_for_what_was_prepared_before_it(app):
    """The same moment told twice with other data: the second card was ready when the first was declined."""
    await in_force(ROOM.format(more="") + ELSE.format(more="").replace("priority = 2", ""))
    for number in range(3):
        await prepared(await tell(app, idempotency_key=str(number), data={"used": 0.8 + number / 20}))
    card = await slot(app)
    assert "More room" in card.text
    await card.press("decline")
    another = await slot(app)
    assert "Something else" in another.text  # chosen anew, not the one they said no to
    await another.press("decline")
    assert (await slot(app)).state == "empty"


async def test_a_cap_counts_what_was_seen_and_not_what_was_prepared(app):
    await in_force(ROOM.format(more="shown_at_most = 1"))
    for number in range(3):
        await prepared(await tell(app, idempotency_key=str(number)))
    first, second = await slot(app), await slot(app)  # two pages: the second waits for the next moment
    assert [first.state, second.state] in (["open", "open"], ["open", "empty"])
    seen = await rows("SELECT id FROM presentation WHERE opened_at IS NOT NULL")
    assert len(seen) == 1
    await first.press("decline")
    assert (await slot(app)).state == "empty"
    assert len(await rows("SELECT id FROM presentation WHERE opened_at IS NOT NULL")) == 1


async def test_what_was_bought_meanwhile_is_not_offered(app):
    occasion_id = await prepared(await tell(app))
    await app.purchase("cus_nadia", "pdt_brushes")
    for _ in range(200):
        if await rows("SELECT 1 AS there FROM purchase WHERE product_id = 'pdt_brushes'"):
            break
        await asyncio.sleep(0.02)  # the webhook is applied meanwhile; bounded by the range
    assert (await slot(app)).state == "empty"
    (why,) = await occasions.reasons(occasion_id)
    assert "not_owned" in [check.name for one in why.considered for check in one.checks if not check.held]


async def test_the_language_may_become_known_when_the_card_is_opened(app):
    """Webhook and server know no language; the shopper's browser does."""
    german = ROOM.format(more='when = { locale = ["de"] }')
    await in_force(german + ELSE.format(more="priority = 1").replace("priority = 2\n", ""))
    await prepared(await tell(app))
    app.encore.headers["accept-language"] = "de-AT,de;q=0.9"
    assert "More room" in (await slot(app)).text
    app.encore.headers.pop("accept-language")
    await prepared(await tell(app, idempotency_key="k2", locale="en"))
    assert "Something else" in (await slot(app)).text


async def test_a_card_that_appears_by_itself_was_shown(app):
    """It was not ready when the page opened; the report counts it when the card shows it."""
    await tell(app)
    card = await slot(app)
    assert card.state == "open"
    await rollups.catch_up()
    today = int(time.time() * 1000) // DAY_MS
    (line,) = await reports.per_offer(since=today - 1, until=today + 1)
    assert (line.eligible, line.shown, line.locale) == (1, 1, "en")
