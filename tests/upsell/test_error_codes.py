"""Every code that docs/errors.md lists can be provoked, with the status written there; and no other is in the code."""

import asyncio
import json
import re
from pathlib import Path

import httpx
import pytest
from litestar import Litestar, get, post
from litestar.params import JSONBody

from tests.asgi import ask
from tests.stage import API_KEY
from widget.core.refusal import Busy
from widget.storage.away import Away
from widget.web.api_answers import CODES
from widget.web.errors import handlers
from widget.web.slow_bodies import slow_bodies

AUTH = {"authorization": "Bearer merchant-api-key-for-tests"}
ERRORS = (Path(__file__).parents[2] / "docs/errors.md").read_text()
DOCUMENTED = {code: int(status) for code, status in re.findall(r"^\| `([a-z_]+)` \| (\d{3}) \|", ERRORS, re.MULTILINE)}
OCCASION = {"customer_id": "cus_nadia", "name": "limit_near", "idempotency_key": "one"}


def test_the_documented_codes_are_those_of_the_code():
    assert tuple(DOCUMENTED) == CODES


@pytest.mark.parametrize(
    ("code", "method", "path", "more"),
    [
        ("invalid", "POST", "/api/v1/occasions", {"json": OCCASION | {"placement": "post_purchase"}, "headers": AUTH}),
        ("unauthorized", "POST", "/api/v1/occasions", {"json": OCCASION}),
        ("unsupported_media_type", "POST", "/api/v1/occasions", {"content": b"{}", "headers": AUTH | {"content-type": "text/plain"}}),
        ("not_found", "DELETE", "/api/v1/occasions/nobody", {"headers": AUTH}),
        ("method_not_allowed", "GET", "/api/v1/occasions", {"headers": AUTH}),
        ("too_large", "POST", "/api/v1/occasions", {"content": b" " * 1_000_001, "headers": AUTH | {"content-type": "application/json"}}),
    ],
)  # fmt: skip
async def test_a_code_is_answered_with_its_status(stage, code, method, path, more):
    answer = await stage.encore.request(method, path, **more)
    assert (answer.status_code, answer.json()["error"]["code"]) == (DOCUMENTED[code], code)


@pytest.mark.parametrize("query", [b"a=\xed\xa0\x80", b"\xff"])
@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/api/v1/occasions"), ("GET", "/health/live"), ("POST", "/webhooks/dodo")]
)
async def test_a_query_that_is_no_text_is_invalid_whatever_the_body_is(stage, method, path, query):
    headers = ((b"authorization", AUTH["authorization"].encode()), (b"content-type", b"application/json"))
    answer = await ask(stage.app, method, path, headers=headers, body=b'{"x": 1}', query=query)
    error = json.loads(answer.body)["error"]
    assert (answer.status, error["code"], error["field"]) == (DOCUMENTED["invalid"], "invalid", "query")


async def test_a_key_used_for_something_else_is_a_conflict(stage):
    await stage.encore.post("/api/v1/occasions", json=OCCASION, headers=AUTH)
    other = await stage.encore.post("/api/v1/occasions", json=OCCASION | {"name": "other"}, headers=AUTH)
    assert (other.status_code, other.json()["error"]["code"]) == (DOCUMENTED["conflict"], "conflict")


async def test_too_many_calls_are_told_when_to_come_back(stage):
    for _ in range(200):
        answer = await stage.encore.delete("/api/v1/occasions/nobody", headers=AUTH)
        if answer.status_code == DOCUMENTED["rate_limited"]:
            break
    assert answer.json()["error"]["code"] == "rate_limited"
    assert int(answer.headers["retry-after"]) > 0


async def test_a_body_that_drips_is_told_so():
    """With a limit of a twentieth of a second, the middleware that every route has."""

    @post("/api/v1/x")
    async def take(data: JSONBody[dict[str, str]]) -> None: ...

    app = Litestar([take], exception_handlers=handlers, middleware=[slow_bodies(0.05)], openapi_config=None)
    headers = [(b"content-type", b"application/json"), (b"content-length", b"9")]
    request = ask(app, "POST", "/api/v1/x", headers=headers, body=b'{"a":', stalls=True)
    answer = await asyncio.wait_for(request, timeout=20)
    assert (answer.status, json.loads(answer.body)["error"]["code"]) == (DOCUMENTED["too_slow"], "too_slow")


def test_every_code_is_provoked_here():
    source = Path(__file__).read_text()
    assert [code for code in DOCUMENTED if f'"{code}"' not in source] == []


@get("/api/busy")
async def crowded() -> None:
    raise Busy


@get("/api/away")
async def gone_away() -> None:
    raise Away("no database")


@get("/api/broken")
async def broken() -> None:
    raise RuntimeError("a bug")


@pytest.mark.parametrize(("path", "code"), [("/api/away", "away"), ("/api/broken", "internal"), ("/api/busy", "busy")])
async def test_a_fault_of_ours_is_told_without_its_inside(path, code):
    app = Litestar([gone_away, broken, crowded], exception_handlers=handlers, openapi_config=None, logging_config=None)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://encore.test") as client:
        answer = await client.get(path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (DOCUMENTED[code], code)
    assert "no database" not in answer.text
    assert "a bug" not in answer.text


@pytest.mark.parametrize(
    "odd", [{"locale": ".\x10b"}, {"customer_id": "cus_nadia\n"}, {"locale": "de\n"}, {"payment_id": ""}]
)
async def test_a_ticket_that_cannot_be_made_names_the_field(stage, odd):
    body = {"audience": "encore/offer", "customer_id": "cus_nadia", "payment_id": "pay_1"} | odd
    answer = await stage.encore.post("/api/v1/tickets", json=body, headers={"authorization": f"Bearer {API_KEY}"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid")
    assert answer.json()["error"]["field"] == next(iter(odd))
