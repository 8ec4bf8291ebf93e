"""Every move of a subscription is sent once, whatever comes back, and believed only in the shape it was promised in."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.provider.wire import Wire, http, listening
from widget.core.answer import NotSent, Refused, Unknown, Waiting
from widget.core.plan_change import Change
from widget.core.subscription import AddonLine
from widget.provider.dodo import DodoMoves, open_dodo
from widget.provider.moves import Cancelling, Done, Opened

CHANGE = Change("sub_1", "pdt_pro", 2, (AddonLine("adn_seat", 3),), "prorated_immediately")
WORST = Change(
    "sub_1", "pdt_pro", 1, (), "full_immediately", "next_billing_date", "apply_change", (), True, True, True
)  # fmt: skip
AFTER = "http://x/after/1"
PAGE = "https://test.checkout.dodopayments.com/pay_1"
NULLS = {"payment_id": None, "payment_link": None, "client_secret": None, "expires_on": None}
LINKED = {"payment_id": "pay_1", "payment_link": PAGE, "client_secret": "s", "expires_on": "2026-04-17T09:00:00Z"}
PAUSED = {"subscription_id": "sub_1", "status": "paused"}
ENDING = {"subscription_id": "sub_1", "status": "active", "cancel_at_next_billing_date": True}
SHAPED = {"code": "PENDING_PLAN_CHANGE_EXISTS", "message": "no"}
START = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
NO_CONTENT = b"HTTP/1.1 204 No Content\r\n\r\n"

# name: (call, request line, a good answer, what it means)
MOVES = {
    "change_plan": (
        lambda moves: moves.change_plan(CHANGE, return_url=AFTER, metadata={"encore_charge": "chg_1"}),
        "POST /subscriptions/sub_1/change-plan HTTP/1.1", http(200, NULLS), Waiting(),
    ),
    "drop_scheduled": (
        lambda moves: moves.drop_scheduled("sub_1"),
        "DELETE /subscriptions/sub_1/change-plan/scheduled HTTP/1.1", NO_CONTENT, Done(),
    ),
    "cancel_at_period_end": (
        lambda moves: moves.cancel_at_period_end("sub_1", Cancelling("unused")),
        "PATCH /subscriptions/sub_1 HTTP/1.1", http(200, ENDING), Done(),
    ),
    "keep": (
        lambda moves: moves.cancel_at_period_end("sub_1", None),
        "PATCH /subscriptions/sub_1 HTTP/1.1", http(200, ENDING | {"cancel_at_next_billing_date": False}), Done(),
    ),
    "pause": (
        lambda moves: moves.pause("sub_1", paused=True),
        "PATCH /subscriptions/sub_1 HTTP/1.1", http(200, PAUSED), Done(),
    ),
    "resume": (
        lambda moves: moves.pause("sub_1", paused=False),
        "PATCH /subscriptions/sub_1 HTTP/1.1", http(200, ENDING), Done(),
    ),
    "use_method": (
        lambda moves: moves.use_method("sub_1", "pm_1"),
        "POST /subscriptions/sub_1/update-payment-method HTTP/1.1", http(200, NULLS), Done(),
    ),
    "enter_method": (
        lambda moves: moves.enter_method("sub_1", return_url=AFTER),
        "POST /subscriptions/sub_1/update-payment-method HTTP/1.1", http(200, LINKED), Opened("pay_1", PAGE),
    ),
}  # fmt: skip
ALL = pytest.mark.parametrize("name", MOVES)


@asynccontextmanager
async def wired(wire: Wire, **more) -> AsyncIterator[DodoMoves]:
    async with listening(wire), open_dodo(api_key="k", environment=None, base_url=wire.url, **more) as dodo:
        yield dodo.moves


async def played(name: str, reply: bytes, then: str = "close") -> tuple[object, Wire]:
    wire = Wire(reply, then=then)
    async with wired(wire, move_timeout_s=0.6) as moves:
        return await MOVES[name][0](moves), wire


@ALL
async def test_a_good_answer_to_one_sending(name):
    _, line, reply, meaning = MOVES[name]
    answer, wire = await played(name, reply)
    assert answer == meaning
    assert wire.sent == (1, 1)
    assert wire.head.startswith(line)


BODIES = {
    "change_plan": {
        "product_id": "pdt_pro", "quantity": 2, "proration_billing_mode": "prorated_immediately",
        "addons": [{"addon_id": "adn_seat", "quantity": 3}], "effective_at": "immediately",
        "on_payment_failure": "prevent_change", "metadata": {"encore_charge": "chg_1"},
    },
    "cancel_at_period_end": {
        "cancel_at_next_billing_date": True, "cancel_reason": "cancelled_by_customer", "cancellation_feedback": "unused",
    },
    "keep": {"cancel_at_next_billing_date": False},
    "pause": {"status": "paused"},
    "resume": {"status": "active"},
    "use_method": {"type": "existing", "payment_method_id": "pm_1"},
    "enter_method": {"type": "new", "return_url": AFTER},
}  # fmt: skip


@pytest.mark.parametrize("name", BODIES)
async def test_a_move_says_exactly_what_it_wants_and_no_more(name):
    _, wire = await played(name, MOVES[name][2])
    assert wire.body == BODIES[name]


async def test_a_change_with_every_switch_says_each_of_them_and_its_preview_the_same_but_for_the_way_back():
    said = {
        "product_id": "pdt_pro", "quantity": 1, "proration_billing_mode": "full_immediately", "addons": [],
        "effective_at": "next_billing_date", "on_payment_failure": "apply_change", "discount_codes": [],
        "cancel_scheduled_change_plan": True, "collect_via_payment_link": True, "cancel_older_payment_link": True,
    }  # fmt: skip
    wire = Wire(http(200, NULLS))
    async with listening(wire), open_dodo(api_key="k", environment=None, base_url=wire.url) as dodo:
        await dodo.asks.change_preview(WORST)
        await dodo.moves.change_plan(WORST, return_url=AFTER, metadata={"a": "b"})
        await dodo.moves.change_plan(WORST, return_url=None, metadata={})
    heads = [head.split(b"\r\n")[0].split()[1].decode() for head in wire.requests]
    assert heads == [f"/subscriptions/sub_1/change-plan{end}" for end in ("/preview", "", "")]
    preview, change, pathless = [json.loads(sent.partition(b"\r\n\r\n")[2]) for sent in wire.requests]
    assert preview == said
    assert change == said | {"metadata": {"a": "b"}, "return_url": AFTER}
    assert pathless == said | {"metadata": {}}


LOST = {
    "closes without an answer": b"",
    "cut in the headers": b"HTTP/1.1 200 OK\r\ncontent-type: appl",
    "cut in the body": START + b"content-length: 500\r\n\r\n{",
    "garbage": b"\x00\x01\x02 no http at all\r\n\r\n",
    "bad gzip": http(200, b"no gzip", headers="content-encoding: gzip\r\n"),
    "200 html": http(200, b"<html></html>", kind="text/html"),
    "200 html called JSON": http(200, b"<html></html>"),
    "200 broken json": http(200, b'{"payment_id": '),
    "200 that is no text": http(200, b'{"payment_id": "\xff\xfe"}'),
    "200 nested without end": http(200, b"[" * 200_000),
    "200 list": http(200, []),
    "200 list of answers": http(200, [NULLS]),
    "200 text": http(200, b'"changed"'),
    "200 number": http(200, 1),
    "200 error": http(200, SHAPED),
    "304": b"HTTP/1.1 304 Not Modified\r\n\r\n",
    "307": http(307, NULLS, headers="location: /elsewhere\r\n"),
    "408": http(408, SHAPED),
    "409 of another shape": http(409, b"<html>", kind="text/html"),
    "409 that asks for a retry, of another shape": http(409, {}, headers="x-should-retry: true\r\nretry-after: 0\r\n"),
    "422 of another shape": http(422, {"error": {"code": "X", "message": "y"}}),
    "425": http(425, SHAPED),
    "500 that asks for a retry": http(500, SHAPED, headers="x-should-retry: true\r\nretry-after: 0\r\n"),
    "502 html": http(502, b"<html>", kind="text/html"),
    "503 that says a retry is safe": http(503, {"code": "DISCOUNT_CONCURRENT_REDEMPTION", "message": "again"}),
    "504": http(504, b""),
    "a 4xx nobody documented": http(418, SHAPED),
}  # fmt: skip


@ALL
@pytest.mark.parametrize("how", LOST)
async def test_what_may_have_been_executed_is_unknown_and_was_sent_exactly_once(name, how):
    answer, wire = await played(name, LOST[how])
    assert isinstance(answer, Unknown), answer
    assert wire.sent == (1, 1)


@ALL
@pytest.mark.parametrize("then", ["reset", "silent", "drip"])
async def test_a_reset_and_silence_are_unknown_and_sent_once(name, then):
    answer, wire = await played(name, START + b"content-length: 100000\r\n\r\n", then)
    assert isinstance(answer, Unknown), answer
    assert wire.sent == (1, 1)


@ALL
@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 405, 409, 410, 422, 429])
async def test_the_providers_own_no_is_a_refusal_with_its_code_and_was_sent_once(name, status):
    answer, wire = await played(name, http(status, SHAPED, headers="x-should-retry: true\r\nretry-after: 0\r\n"))
    assert answer == Refused("PENDING_PLAN_CHANGE_EXISTS")
    assert wire.sent == (1, 1)


@ALL
async def test_a_refused_connection_was_not_sent(name):
    async with listening(Wire(b"")) as gone:
        pass
    async with open_dodo(api_key="k", environment=None, base_url=gone.url) as dodo:
        assert await MOVES[name][0](dodo.moves) == NotSent("ConnectError")


@pytest.mark.parametrize(
    ("reply", "meaning"),
    [
        (http(200, {}), Waiting()),
        (http(200, b"", kind="text/plain"), Waiting()),
        (http(200, None), Waiting()),
        (NO_CONTENT, Waiting()),
        (http(200, NULLS | {"payment_id": "pay_1"}), Waiting("pay_1")),
        (http(200, LINKED), Waiting("pay_1", by_customer=True, link=PAGE, status="requires_payment_method")),
        (http(200, LINKED | {"payment_link": "https://evil.example/pay_1"}), Waiting("pay_1")),
        (http(200, LINKED | {"payment_link": "https://rex@checkout.dodopayments.com/"}), Waiting("pay_1")),
        (http(200, LINKED | {"payment_id": None}), Waiting()),
        (http(200, LINKED | {"payment_id": 7}), Unknown("payment_id is no text")),
        (http(200, LINKED | {"payment_link": ["x"]}), Unknown("payment_link is no text")),
        (http(200, SHAPED), Unknown("a 200 with an error in it")),
        (http(200, b""), Unknown("JSONDecodeError")),  # told apart from half an answer by nobody: it is looked up
    ],
)
async def test_an_answer_without_fields_is_as_good_as_nulls_and_strangers_links_are_not_followed(reply, meaning):
    answer, wire = await played("change_plan", reply)
    assert answer == meaning
    assert wire.sent == (1, 1)


@pytest.mark.parametrize(
    ("name", "reply"),
    [
        ("pause", http(200, {})),
        ("pause", http(200, PAUSED | {"subscription_id": "sub_2"})),
        ("pause", http(200, PAUSED | {"status": "on_hold"})),
        ("pause", http(200, b"", kind="text/plain")),
        ("pause", NO_CONTENT),
        ("resume", http(200, PAUSED)),
        ("cancel_at_period_end", http(200, ENDING | {"cancel_at_next_billing_date": False})),
        ("cancel_at_period_end", http(200, ENDING | {"cancel_at_next_billing_date": 1})),
        ("keep", http(200, ENDING)),
        ("keep", http(200, ENDING | {"cancel_at_next_billing_date": None})),
        ("keep", http(200, ENDING | {"cancel_at_next_billing_date": 0})),
        ("use_method", http(200, NULLS | {"payment_id": "pay_1"})),
        ("use_method", http(200, LINKED)),
        ("use_method", http(200, NULLS | {"payment_id": 5})),
        ("use_method", http(200, SHAPED)),
        ("use_method", http(200, None)),
        ("use_method", NO_CONTENT),
        ("enter_method", http(200, NULLS)),
        ("enter_method", http(200, LINKED | {"payment_id": None})),
        ("enter_method", http(200, LINKED | {"payment_link": None})),
        ("enter_method", http(200, LINKED | {"payment_link": "https://evil.example/pay_1"})),
        ("enter_method", http(200, LINKED | {"payment_link": "javascript:alert(1)//.dodopayments.com"})),
        ("enter_method", NO_CONTENT),
        ("drop_scheduled", http(200, NULLS)),
        ("drop_scheduled", http(200, b"<html>", kind="text/html")),
    ],
)
async def test_an_answer_that_does_not_say_what_was_asked_is_not_done(name, reply):
    answer, wire = await played(name, reply)
    assert isinstance(answer, Unknown), answer
    assert wire.sent == (1, 1)


async def test_an_answer_that_is_called_something_else_is_told_by_its_shape():
    answer, _ = await played("pause", http(200, PAUSED, kind="text/plain"))
    assert answer == Done()
