"""The header table, walked over kinds of routes and kinds of answers; also over those the framework gives."""

import pytest
from litestar import Litestar, MediaType, Request, Response, get, post
from litestar.testing import TestClient

from widget.settings import Settings, load
from widget.web.headers import Kind, before_send, headers_for, kind_of, with_headers

SETTINGS: Settings = load(
    {
        "ENCORE_PUBLIC_URL": "https://encore.mara.example",
        "ENCORE_SIGNING_KEYS": "f3a9c1d27b5e4608a1b2c3d4e5f60718",
        "ENCORE_ALLOWED_ORIGINS": "https://shop.mara.example,https://app.mara.example",
        "ENCORE_RETURN_ORIGINS": "https://thanks.mara.example",
        "DODO_PAYMENTS_API_KEY": "dodo_test_x",
        "DODO_PAYMENTS_ENVIRONMENT": "test_mode",
    }
)
ANCESTORS = "https://shop.mara.example https://app.mara.example"
CHECKOUT = "https://test.checkout.dodopayments.com"


def directives(headers: dict[str, str]) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in headers["content-security-policy"].split(";"))
    return {name: value for name, _, value in parts}


@get(["/embed/offer/{ticket:str}", "/after/{ticket:str}", "/gallery", "/api/v1/x", "/upsell/status", "/unlisted"])
async def page(request: Request) -> Response[str]:
    """Answers as told, and tries to loosen everything."""
    headers = {"Content-Security-Policy": "default-src *", "X-Content-Type-Options": "x", "Cache-Control": "public"}
    status = int(request.query_params.get("status", "200"))
    answer = Response("<p>x</p>", media_type=MediaType.HTML, headers=headers, status_code=status)
    answer.set_cookie("session", "secret")
    return answer


@get(["/a/hash/style.css", "/embed.js"])
async def asset() -> Response[bytes]:
    return Response(b"x", media_type="text/css")


@post("/upsell/accept", request_max_body_size=10)
async def accept(request: Request) -> str:
    await request.body()
    return "x"


@get("/upsell/broken")
async def broken() -> None:
    raise RuntimeError("a bug")


@pytest.fixture
def rex():
    app = Litestar([page, asset, accept, broken], before_send=[before_send(SETTINGS)], openapi_config=None)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def test_a_framed_document_is_framed_by_the_allowed_origins_and_loads_only_from_us(rex):
    headers = rex.get("/embed/offer/t").headers
    assert directives(headers) == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "connect-src": "'self'",
        "form-action": f"'self' {CHECKOUT}",
        "base-uri": "'none'",
        "object-src": "'none'",
        "frame-src": "'none'",
        "frame-ancestors": ANCESTORS,
    }
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-embedder-policy"] == "require-corp"
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "payment=()" in headers["permissions-policy"]
    assert "x-frame-options" not in headers


ANSWERS = [
    ("GET", "/embed/offer/t", 200),
    ("GET", "/embed/offer/t?status=404", 404),
    ("GET", "/embed/offer/t?status=410", 410),
    ("POST", "/embed/offer/t", 405),
    ("GET", "/after/t", 200),
    ("GET", "/gallery", 200),
    ("GET", "/api/v1/x?status=201", 201),
    ("GET", "/api/v1/x?status=401", 401),
    ("GET", "/upsell/status?status=303", 303),
    ("GET", "/upsell/broken", 500),
    ("GET", "/unlisted", 200),
    ("GET", "/nowhere", 404),
    ("GET", "/embed/nowhere", 404),
    ("DELETE", "/gallery", 405),
    ("OPTIONS", "/upsell/accept", 204),
]


@pytest.mark.parametrize(("method", "path", "status"), ANSWERS)
def test_every_answer_has_what_every_answer_has(rex, method: str, path: str, status: int):
    answer = rex.request(method, path, follow_redirects=False)
    assert answer.status_code == status
    assert answer.headers.get_list("x-content-type-options") == ["nosniff"]
    assert answer.headers.get_list("cache-control") == ["no-store"]
    assert "max-age=31536000" in answer.headers["strict-transport-security"]
    assert len(answer.headers.get_list("content-security-policy")) == 1
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert directives(answer.headers)["default-src"] == "'none'"
    assert directives(answer.headers)["base-uri"] == "'none'"
    assert "access-control-allow-origin" not in answer.headers
    assert "payment=()" in answer.headers["permissions-policy"]
    framed = directives(answer.headers)["frame-ancestors"] == ANCESTORS
    assert framed == path.startswith(("/embed/offer/", "/upsell"))
    assert framed == ("x-frame-options" not in answer.headers)


def test_a_body_that_is_too_large_is_refused_under_the_same_headers(rex):
    answer = rex.post("/upsell/accept", content=b"x" * 100)
    assert answer.status_code == 413
    assert directives(answer.headers)["frame-ancestors"] == ANCESTORS


@pytest.mark.parametrize("path", ["/embed/offer/t", "/after/t", "/api/v1/x", "/upsell/status", "/unlisted"])
def test_no_cookie_leaves_us(rex, path: str):
    assert "set-cookie" not in rex.get(path).headers


def test_a_fragment_varies_by_who_asked(rex):
    assert rex.get("/upsell/status").headers["vary"] == "HX-Request"


def test_the_page_in_between_leads_on_to_the_merchant_and_is_framed_by_nobody(rex):
    policy = directives(rex.get("/after/t").headers)
    assert policy["form-action"] == f"'self' {CHECKOUT} https://thanks.mara.example"
    assert policy["frame-ancestors"] == "'none'"


def test_assets_are_kept_for_ever_by_their_hash_and_the_snippet_for_minutes(rex):
    hashed, snippet = rex.get("/a/hash/style.css").headers, rex.get("/embed.js").headers
    assert hashed["cache-control"] == "public, max-age=31536000, immutable"
    assert snippet["cache-control"] == "public, max-age=300"
    assert hashed["cross-origin-resource-policy"] == "cross-origin"
    assert hashed["content-type"] == "text/css; charset=utf-8"
    assert "permissions-policy" not in hashed  # it binds documents, and a phone pays for every byte
    assert rex.get("/a/hash/nowhere.css").headers["cache-control"] == "no-store"


def test_machines_get_a_policy_that_allows_nothing():
    headers = headers_for(Kind.API, SETTINGS)
    assert directives(headers)["form-action"] == "'none'"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"


def test_a_dead_ticket_in_a_plain_frame_may_be_seen_there_and_nowhere_else_and_loads_and_sends_no_more_than_any_error():
    dead, error = headers_for(Kind.DEAD, SETTINGS), headers_for(Kind.ERROR, SETTINGS)
    assert directives(dead) | {"frame-ancestors": "'none'"} == directives(error)
    assert directives(dead)["frame-ancestors"] == ANCESTORS
    assert "x-frame-options" not in dead
    assert (dead["cache-control"], dead["referrer-policy"]) == (error["cache-control"], error["referrer-policy"])


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("/embed/plans", 200, Kind.EMBED),
        ("/embed/plans", 404, Kind.ERROR),
        ("/embed/plans/t", 404, Kind.DEAD),
        ("/embed/offer/t", 404, Kind.DEAD),
        ("/embed.js", 200, Kind.ASSET),
        ("/embed.js.map", 404, Kind.ERROR),
        ("/upsell/accept", 409, Kind.FRAGMENT),
        ("/plan_change/confirm", 200, Kind.FRAGMENT),
        ("/buy/pdt_1", 303, Kind.PAGE),
        ("/webhooks/dodo", 404, Kind.API),
        ("/health/ready", 503, Kind.API),
        ("/embed", 200, Kind.ERROR),
        ("/", 200, Kind.ERROR),
        ("", 400, Kind.ERROR),
    ],
)
def test_the_kind_of_a_route_is_told_by_its_path(path: str, status: int, kind: Kind):
    assert kind_of(path, status) is kind


async def test_any_asgi_application_can_be_dressed():
    sent: list[dict] = []

    async def bare(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"Set-Cookie", b"a=b")]})
        await send({"type": "http.response.body", "body": b""})

    async def keep(message):
        sent.append(message)

    await with_headers(bare, SETTINGS)({"type": "http", "path": "/embed/offer/t"}, None, keep)
    names = [name for name, _ in sent[0]["headers"]]
    assert b"content-security-policy" in names
    assert b"Set-Cookie" not in names
