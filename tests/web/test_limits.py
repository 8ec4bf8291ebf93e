"""Limits: people never meet them; loops, guesses and scripts do, in every process, and are told when to come back."""

import asyncio

import httpx
import pytest
from litestar.connection import ASGIConnection

from tests.plans import family, open_panel, subscribe
from tests.stage import API_KEY, ENCORE, house, settings_for
from widget.core.refusal import RateLimited
from widget.storage import database as storage
from widget.storage.away import Away
from widget.web import limits as limits_file
from widget.web.limits import Limits

NOW = 1_800_000_000_000
CALL = {"authorization": f"Bearer {API_KEY}"}
TICKET = {"audience": "encore/offer", "customer_id": "cus_nadia", "payment_id": "pay_1"}


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def stage(stage):
    """Whoever counts has all the time in the world: a minute does not pass by itself, however slow the machine."""
    house().encore.state.limits = process(Clock())
    return stage


def process(clock: Clock) -> Limits:
    """What one process of the deployment counts with."""
    return Limits(settings_for("sqlite:///unused.db"), clock)


async def presses(one: Limits, many: int, *, ticket: str = "t") -> int:
    """How many of so many presses pass."""
    passed = 0
    for _ in range(many):
        try:
            await one.press(ticket, key="k")
        except RateLimited:
            continue
        passed += 1
    return passed


async def statements(work) -> int:
    """How many statements the work took, as the database saw them."""
    seen = 0
    engine = storage.current()
    original = type(engine).run_querystring

    async def counted(here, query, in_pool=True):
        nonlocal seen
        seen += 1
        return await original(here, query, in_pool)

    type(engine).run_querystring = counted
    try:
        await work()
    finally:
        type(engine).run_querystring = original
    return seen


async def test_four_processes_together_let_no_more_through_than_one(database, clock):
    four = [process(clock) for _ in range(4)]
    passed = sum([await presses(one, 5) for _ in range(10) for one in four])
    assert passed == limits_file.PRESSES


async def test_one_process_alone_lets_the_whole_limit_through(database, clock):
    assert await presses(process(clock), 100) == limits_file.PRESSES


async def opened(one: Limits, many: int) -> int:
    asked = ASGIConnection({"type": "http", "client": ("127.0.0.1", 1), "headers": [], "path": "/"})
    passed = 0
    for _ in range(many):
        try:
            await one.opening(asked, "t")
        except RateLimited:
            continue
        passed += 1
    return passed


async def test_what_is_opened_a_few_times_needs_no_statement(database, clock):
    one = process(clock)
    assert await statements(lambda: opened(one, 5)) == 0
    assert await statements(lambda: opened(one, 1)) == 1


async def test_four_processes_let_a_ticket_be_opened_no_more_often_than_is_said(database, clock):
    four = [process(clock) for _ in range(4)]
    passed = sum([await opened(one, 5) for _ in range(20) for one in four])
    assert passed == limits_file.OPENINGS + 4 * 5


async def test_as_many_at_once_as_may_pass_do_pass(database, clock):
    one = process(clock)
    passed = await asyncio.gather(*(presses(one, 1) for _ in range(100)))
    assert sum(passed) == limits_file.PRESSES


async def test_a_share_of_the_minute_later_one_more_passes(database, clock):
    one = process(clock)
    await presses(one, 100)
    clock.now += 2_000
    assert await presses(one, 5) == 1


async def test_tickets_do_not_share_a_limit(database, clock):
    one = process(clock)
    await presses(one, 100, ticket="rex")
    assert await presses(one, 3, ticket="nadia") == 3


async def test_a_refusal_says_when_to_come_back(database, clock):
    one = process(clock)
    await presses(one, 100)
    with pytest.raises(RateLimited) as told:
        await one.press("t", key="k")
    assert (told.value.retry_after_s, told.value.key) == (2, "k")


async def test_a_first_press_is_one_statement_and_a_loop_hardly_any(database, clock):
    one = process(clock)
    assert await statements(lambda: presses(one, 1)) == 1
    assert await statements(lambda: presses(one, 1_000)) <= 12


async def test_what_was_bought_and_not_used_is_not_kept_beyond_its_minute(database, clock):
    one = process(clock)
    await presses(one, 4)  # 1, 2 and 4 bought: three are left
    clock.now += 60_000
    assert await statements(lambda: presses(one, 1)) == 1


async def test_without_a_database_nothing_is_refused_here(database, clock):
    async def gone() -> None:
        engine = type(storage.current())
        original = engine.run_querystring

        async def away(*_: object, **__: object) -> None:
            raise Away("not there")

        engine.run_querystring = away
        try:
            assert await presses(process(clock), 100) == 100
        finally:
            engine.run_querystring = original

    await gone()


async def test_nobodys_address_or_ticket_is_written_down(database, clock):
    await process(clock).press("a-ticket-nobody-should-read", key="k")
    [row] = await storage.rows("SELECT id FROM rate_limit")
    assert "nobody" not in row["id"]


def from_(stage, address: str, **headers: str) -> httpx.AsyncClient:
    """A browser somewhere on the network."""
    app = stage.encore._transport.app
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app, client=(address, 5)), base_url=ENCORE, headers=headers
    )


async def test_presses_without_end_are_told_to_wait_and_nothing_is_charged(stage):
    card = await stage.open(await stage.purchase())
    faces = [await card.press("decline", method="x") for _ in range(limits_file.PRESSES + 1)]
    last = faces[-1]
    assert last.status == 429
    assert last.answer.headers["retry-after"] == "2"
    assert last.state == "error"
    assert "Please wait a moment" in last.text
    assert await stage.ours() == []


async def test_the_page_that_was_told_to_wait_comes_back_by_itself(stage):
    card = await stage.open(await stage.purchase())
    for _ in range(limits_file.PRESSES + 1):
        waiting = await card.press("decline")
    assert 'id="encore-offer"' in waiting.html
    assert "load delay:2000ms" in waiting.html
    again = await waiting.press("status")
    assert (again.status, again.state) == (200, (await card.press("status")).state)


async def test_a_page_that_asks_how_things_stand_is_never_told_to_wait(stage):
    card = await stage.open(await stage.purchase())
    assert {(await card.press("status")).status for _ in range(200)} == {200}


async def test_without_javascript_waiting_is_a_page_with_a_button(stage):
    card = await stage.open(await stage.purchase())
    for _ in range(limits_file.PRESSES + 1):
        waiting = await card.press("decline", htmx=False)
    assert waiting.status == 429
    assert "<!doctype html>" in waiting.html
    assert waiting.buttons == ["Look again"]
    assert (await waiting.press("status", htmx=False)).status == 200


async def test_a_page_that_reloads_in_a_loop_is_told_to_wait(stage):
    payment = await stage.purchase()
    ticket = stage.ticket(payment)
    answers = [(await stage.get(ticket)).status for _ in range(limits_file.OPENINGS + 6)]
    assert set(answers[:-1]) == {200}
    assert answers[-1] == 429
    assert (await stage.get(stage.ticket(payment))).status == 200


async def test_guessing_tickets_ends_and_hurts_nobody_else(stage):
    ticket = stage.ticket(await stage.purchase())
    async with from_(stage, "9.9.9.9") as rex:
        answers = [(await rex.get(f"/embed/offer/guess{number}")).status_code for number in range(40)]
        assert answers == [404] * limits_file.MISSES + [429] * 10
        assert (await rex.get("/after/guess")).status_code == 429
        assert (await rex.get("/plan_change/back/guess")).status_code == 429
        assert (await rex.get("/embed/plans/guess")).status_code == 429
        assert (await rex.get(f"/embed/offer/{ticket}")).status_code == 200
    async with from_(stage, "9.9.9.10") as nadia:
        assert (await nadia.get("/embed/offer/guess")).status_code == 404


async def test_a_shop_that_mints_in_a_loop_is_told_so_as_json(stage):
    async def mint() -> httpx.Response:
        return await stage.encore.post("/api/v1/tickets", json=TICKET, headers=CALL)

    assert {(await mint()).status_code for _ in range(limits_file.CALLS)} == {201}
    answer = await mint()
    assert answer.status_code == 429
    assert answer.json() == {"error": {"code": "rate_limited", "message": "Please wait a moment."}}
    assert answer.headers["retry-after"] == "1"


async def test_guessing_bearer_keys_ends(stage):
    wrong = {"authorization": "Bearer rex"}
    async with from_(stage, "9.9.9.9") as rex:
        answers = [
            (await rex.post("/api/v1/tickets", json=TICKET, headers=wrong)).status_code
            for _ in range(limits_file.MISSES + 1)
        ]
    assert answers[-2:] == [401, 429]


async def test_checkouts_begun_by_a_script_end(stage):
    async with from_(stage, "9.9.9.9") as rex:
        answers = [(await rex.get("/buy/pdt_course")).status_code for _ in range(limits_file.CHECKOUTS + 1)]
    assert set(answers[:-1]) == {303}
    assert answers[-1] == 429
    assert len(await stage.requests("POST /checkouts")) == limits_file.CHECKOUTS


async def test_webhooks_are_never_refused_for_being_many(stage):
    async with from_(stage, "9.9.9.9") as forger:
        answers = {(await forger.post("/webhooks/dodo", content=b"{}")).status_code for _ in range(300)}
    assert answers == {401}


async def test_a_slider_that_asks_for_prices_without_end_is_told_to_wait(stage):
    await family(stage)
    subscription = await subscribe(stage)
    panel = await open_panel(stage, subscription)
    for _ in range(limits_file.PREVIEWS):
        assert (await panel.choose("pdt_pro")).status == 200
    waiting = await panel.choose("pdt_pro")
    assert (waiting.status, waiting.state) == (429, "error")
    asked = await stage.requests(f"POST /subscriptions/{subscription}/change-plan/preview")
    assert len(asked) == limits_file.PREVIEWS
    assert (await waiting.press("status")).status in {200, 204}
