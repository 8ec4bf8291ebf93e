"""What moves money is sent once, over a connection of its own, and every answer is classified by cause and by shape."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.provider.wire import Wire, http, listening
from widget.core.answer import NotSent, Refused, Unknown, Waiting
from widget.core.payment import Address, Order
from widget.provider.dodo import DodoMoves, open_dodo
from widget.provider.moves import Opened

ORDER = Order("cus_nadia", "pdt_workbook", 1, Address(country="US"), "USD")
GOOD = {
    "session_id": "cks_1",
    "checkout_url": None,
    "payment_id": "pay_1",
    "client_secret": "s",
    "publishable_key": "p",
}
SHAPED = {"code": "INVALID_REQUEST_BODY", "message": "no"}
REFUSING = [400, 401, 402, 403, 404, 405, 410, 422, 429]
START = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"


@asynccontextmanager
async def wired(wire: Wire, **more) -> AsyncIterator[DodoMoves]:
    async with listening(wire), open_dodo(api_key="k", environment=None, base_url=wire.url, **more) as dodo:
        yield dodo.moves


async def charge(moves):
    return await moves.charge(
        ORDER, method_id="pm_1", return_url="http://x/after/1", metadata={"encore_charge": "chg_1"}
    )


@pytest.mark.case("F-38")
async def test_a_good_answer_is_ids_and_never_paid():
    wire = Wire(http(200, GOOD))
    async with wired(wire) as moves:
        assert await charge(moves) == Waiting(payment_id="pay_1", session_id="cks_1")
    assert wire.sent == (1, 1)
    assert wire.head.startswith("POST /checkouts HTTP/1.1")
    assert wire.body == {
        "product_cart": [{"product_id": "pdt_workbook", "quantity": 1}],
        "customer": {"customer_id": "cus_nadia"},
        "billing_address": {"country": "US"},
        "billing_currency": "USD",
        "confirm": True,
        "payment_method_id": "pm_1",
        "return_url": "http://x/after/1",
        "metadata": {"encore_charge": "chg_1"},
        "feature_flags": {"redirect_immediately": True},
    }


CUT = "RemoteProtocolError"
LOST = {
    "closes without an answer": (b"", CUT),
    "cut in the status line": (b"HTTP/1.", CUT),
    "cut in the headers": (b"HTTP/1.1 200 OK\r\ncontent-type: appl", CUT),
    "cut before the body": (START + b"content-length: 500\r\n\r\n", CUT),
    "cut in the body": (START + b"content-length: 500\r\n\r\n{", CUT),
    "whole JSON in a body that was announced longer": (START + b"content-length: 500\r\n\r\n" + json.dumps(GOOD).encode(), CUT),
    "cut between chunks": (START + b"transfer-encoding: chunked\r\n\r\n1\r\n{\r\n", CUT),
    "garbage": (b"\x00\x01\x02 no http at all\r\n\r\n", CUT),
    "another protocol": (b"220 mail.example ESMTP\r\n", CUT),
    "bad chunk": (START + b"transfer-encoding: chunked\r\n\r\nZZ\r\n", CUT),
    "bad gzip": (http(200, b"no gzip", headers="content-encoding: gzip\r\n"), "DecodingError"),
    "cut gzip": (http(200, gzip.compress(json.dumps(GOOD).encode())[:10], headers="content-encoding: gzip\r\n"), "JSONDecodeError"),
    "200 html": (http(200, b"<html></html>", kind="text/html"), "a 200 that is str"),
    "200 html called JSON": (http(200, b"<html></html>"), "JSONDecodeError"),
    "200 broken json": (http(200, b'{"session_id": '), "JSONDecodeError"),
    "200 that is no text": (http(200, b'{"session_id": "\xff\xfe"}'), "UnicodeDecodeError"),
    "200 nested without end": (http(200, b"[" * 200_000), "RecursionError"),
    "200 empty": (http(200, b""), "JSONDecodeError"),
    "200 null": (http(200, None), "a 200 that is NoneType"),
    "200 list": (http(200, []), "a 200 that is list"),
    "200 list of sessions": (http(200, [GOOD]), "a 200 that is list"),
    "200 text": (http(200, b'"paid"'), "a 200 that is str"),
    "200 number": (http(200, 1), "a 200 that is int"),
    "200 without any field": (http(200, {}), "session_id is no text"),
    "200 error": (http(200, SHAPED), "session_id is no text"),
    "200 without a session": (http(200, {"payment_id": "pay_1"}), "session_id is no text"),
    "200 with an empty session": (http(200, GOOD | {"session_id": ""}), "session_id is no text"),
    "200 session of a wrong type": (http(200, GOOD | {"session_id": 5}), "session_id is no text"),
    "200 payment of a wrong type": (http(200, GOOD | {"payment_id": ["pay_1"]}), "payment_id is no text"),
    "204": (b"HTTP/1.1 204 No Content\r\n\r\n", "a 200 that is str"),
    "304": (b"HTTP/1.1 304 Not Modified\r\n\r\n", "status 304"),
    "408": (http(408, SHAPED), "status 408"),
    "409": (http(409, SHAPED), "status 409"),
    "425": (http(425, SHAPED), "status 425"),
    "500": (http(500, SHAPED), "status 500"),
    "500 that asks for a retry": (http(500, SHAPED, headers="x-should-retry: true\r\nretry-after: 0\r\n"), "status 500"),
    "409 that asks for a retry": (http(409, SHAPED, headers="x-should-retry: true\r\nretry-after-ms: 1\r\n"), "status 409"),
    "502 html": (http(502, b"<html>", kind="text/html"), "status 502"),
    "503": (http(503, SHAPED, headers="retry-after: 1\r\n"), "status 503"),
    "504": (http(504, b""), "status 504"),
    "422 of another shape": (http(422, {"error": {"code": "X", "message": "y"}}), "status 422"),
    "402 without a message": (http(402, {"code": "X"}), "status 402"),
    "400 with a code that is no text": (http(400, {"code": 7, "message": "y"}), "status 400"),
    "400 with an empty code": (http(400, {"code": "", "message": "y"}), "status 400"),
    "400 nested without end": (http(400, b"[" * 200_000), "status 400"),
    "a 4xx nobody documented": (http(418, SHAPED), "status 418"),
}  # fmt: skip


@pytest.mark.parametrize("name", LOST)
@pytest.mark.case("F-26")
async def test_what_may_have_been_executed_is_unknown_and_was_sent_exactly_once(name):
    reply, cause = LOST[name]
    wire = Wire(reply)
    async with wired(wire) as moves:
        assert await charge(moves) == Unknown(cause)
    assert wire.sent == (1, 1)


@pytest.mark.parametrize(
    ("then", "reply", "cause"),
    [("reset", b"", "ReadError"), ("reset", START, "ReadError"), ("silent", b"", "ReadTimeout"), ("silent", START, "ReadTimeout")],
)  # fmt: skip
@pytest.mark.case("F-25")
async def test_a_reset_and_silence_are_unknown_and_sent_once(then, reply, cause):
    wire = Wire(reply, then=then)
    async with wired(wire, move_timeout_s=0.6) as moves:
        assert await charge(moves) == Unknown(cause)
    assert wire.sent == (1, 1)


@pytest.mark.parametrize("reply", [START + b"content-length: 100000\r\n\r\n", b"HTTP/1.1 200 OK\r\nx: "])
async def test_an_answer_that_drips_in_for_ever_is_unknown_in_bounded_time(reply):
    wire = Wire(reply, then="drip")
    async with wired(wire, move_timeout_s=0.6) as moves, asyncio.timeout(5):
        assert await charge(moves) == Unknown("TimeoutError")
    assert wire.sent == (1, 1)


@pytest.mark.parametrize("status", REFUSING)
@pytest.mark.parametrize("retry", ["", "x-should-retry: true\r\n", "retry-after: 0\r\n"])
@pytest.mark.case("F-29", "F-55")
async def test_the_providers_own_no_is_a_refusal_with_its_code_and_was_sent_once(status, retry):
    wire = Wire(http(status, SHAPED, headers=retry))
    async with wired(wire) as moves:
        assert await charge(moves) == Refused("INVALID_REQUEST_BODY")
    assert wire.sent == (1, 1)


@pytest.mark.parametrize("status", REFUSING)
@pytest.mark.parametrize("body", [b"<html>", b"", b"null", b"[]", b'{"message": "no"}'])
@pytest.mark.case("F-27")
async def test_a_4xx_without_the_providers_shape_came_from_anywhere_and_is_unknown(status, body):
    wire = Wire(http(status, body, kind="text/html" if body == b"<html>" else "application/json"))
    async with wired(wire) as moves:
        assert await charge(moves) == Unknown(f"status {status}")
    assert wire.sent == (1, 1)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_never_followed(status):
    elsewhere = Wire(http(200, GOOD))
    async with listening(elsewhere):
        wire = Wire(http(status, GOOD, headers=f"location: {elsewhere.url}/checkouts\r\n"))
        async with wired(wire) as moves:
            assert await charge(moves) == Unknown(f"status {status}")
    assert (wire.sent, elsewhere.sent) == ((1, 1), (0, 0))


@pytest.mark.case("F-20")
async def test_a_refused_connection_was_not_sent():
    async with listening(Wire(b"")) as gone:
        pass
    async with open_dodo(api_key="k", environment=None, base_url=gone.url) as dodo:
        assert await charge(dodo.moves) == NotSent("ConnectError")


@pytest.mark.case("F-20")
async def test_a_name_that_does_not_resolve_was_not_sent():
    async with open_dodo(api_key="k", environment=None, base_url="http://nobody.invalid") as dodo:
        assert await charge(dodo.moves) == NotSent("ConnectError")


@pytest.mark.parametrize(("then", "cause"), [("hang up", "ConnectError"), ("silent", "ConnectTimeout")])
@pytest.mark.case("F-21")
async def test_where_encryption_never_starts_nothing_was_sent(then, cause):
    wire = Wire(b"", then=then)
    async with listening(wire):
        secure = wire.url.replace("http://", "https://")
        async with open_dodo(api_key="k", environment=None, base_url=secure, move_timeout_s=0.6) as dodo:
            assert await charge(dodo.moves) == NotSent(cause)
    assert wire.sent == (1, 0)


@pytest.mark.case("F-32")
async def test_a_session_without_a_payment_waits_and_is_looked_up():
    wire = Wire(http(200, GOOD | {"payment_id": None}))
    async with wired(wire) as moves:
        assert await charge(moves) == Waiting(payment_id=None, session_id="cks_1")


@pytest.mark.parametrize("kind", ["text/plain", "application/octet-stream", "application/vnd.api+json; charset=utf-99"])
async def test_the_shape_of_an_answer_counts_and_not_what_it_is_called(kind):
    wire = Wire(http(200, GOOD, kind=kind))
    async with wired(wire) as moves:
        assert await charge(moves) == Waiting(payment_id="pay_1", session_id="cks_1")


async def test_every_charge_has_a_connection_of_its_own_even_where_the_provider_keeps_it_open():
    wire = Wire(http(200, GOOD, headers="connection: keep-alive\r\n"), then="keep")
    async with wired(wire) as moves:
        for _ in range(3):
            assert await charge(moves) == Waiting(payment_id="pay_1", session_id="cks_1")
    assert wire.sent == (3, 3)


@pytest.mark.parametrize(
    ("url", "fine"),
    [
        ("https://test.checkout.dodopayments.com/session/cks_1", True),
        ("https://checkout.dodopayments.com/session/cks_1?a=1#b", True),
        ("http://127.0.0.1:1/checkout/session/cks_1", True),  # the base URL's own host: a sandbox
        ("https://127.0.0.1/checkout/session/cks_1", False),
        ("https://checkout.dodopayments.com.evil.example/x", False),
        ("https://evildodopayments.com/x", False),
        ("http://checkout.dodopayments.com/x", False),
        ("https://evil.example\\@checkout.dodopayments.com/", False),
        ("https://evil.example\\.dodopayments.com/", False),
        ("https://rex@checkout.dodopayments.com/", False),
        ("\thttps://checkout.dodopayments.com/", False),
        ("https://checkout.dodo\npayments.com/", False),
        ("//checkout.dodopayments.com/x", False),
        ("javascript:alert(1)//.dodopayments.com", False),
        ("data:text/html,x", False),
    ],
)
async def test_a_hosted_checkout_opens_only_on_the_providers_own_hosts(url, fine):
    wire = Wire(http(200, GOOD | {"checkout_url": url, "payment_id": None}))
    async with wired(wire) as moves:
        found = await moves.open_checkout(ORDER, return_url="http://x", cancel_url=None, metadata={})
    assert found == (Opened("cks_1", url) if fine else Unknown("a checkout page on a strange host"))
    assert wire.sent == (1, 1)


@pytest.mark.parametrize("url", [None, "", 5, ["https://checkout.dodopayments.com/x"]])
async def test_a_hosted_checkout_without_an_address_is_unknown(url):
    wire = Wire(http(200, GOOD | {"checkout_url": url}))
    async with wired(wire) as moves:
        found = await moves.open_checkout(ORDER, return_url="http://x", cancel_url=None, metadata={})
    assert found == Unknown("checkout_url is no text")


@pytest.mark.parametrize(("environment", "base_url"), [(None, None), ("test_mode", "http://x")])
async def test_nobody_guesses_the_environment(environment, base_url):
    with pytest.raises(ValueError, match="exactly one"):
        async with open_dodo(api_key="k", environment=environment, base_url=base_url):
            pass
