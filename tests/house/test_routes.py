"""A thing has one name: the route, the file and the room are called the same."""

import pytest
from litestar import Litestar

from widget.app import create_app
from widget.settings import load

# Names that belong to another file on purpose: operations live together, and so does what is served from memory.
ELSEWHERE = {"web.metrics": "widget.web.health", "web.embed_js": "widget.web.assets"}


@pytest.fixture(scope="module")
def app() -> Litestar:
    return create_app(
        load(
            {
                "ENCORE_PUBLIC_URL": "http://127.0.0.1:8400",
                "ENCORE_SIGNING_KEYS": "f3a9c1d27b5e4608a1b2c3d4e5f60718",
                "ENCORE_ALLOWED_ORIGINS": "http://shop.localhost:8402",
                "DODO_PAYMENTS_API_KEY": "sandbox",
                "DODO_PAYMENTS_BASE_URL": "http://127.0.0.1:8401",
            }
        )
    )


def handlers(app: Litestar) -> dict[str, tuple[str, set[str]]]:
    """Name → module and paths of every handler of ours; Litestar's own (OpenAPI) are left out."""
    found: dict[str, tuple[str, set[str]]] = {}
    for route in app.routes:
        for handler in getattr(route, "route_handlers", []):
            module = getattr(handler.fn, "__module__", "")
            if module.startswith("widget."):
                assert handler.name, f"{route.path}: a route without a name"
                found.setdefault(handler.name, (module, set()))[1].add(route.path)
    return found


def test_every_route_is_named_after_its_file(app: Litestar):
    """`upsell.accept` is in widget/upsell/accept.py; a second route of that file adds to the name: `…_posted`."""
    strangers = []
    for name, (module, _) in handlers(app).items():
        home = module.removeprefix("widget.")
        if ELSEWHERE.get(name) != module and name != home and not name.startswith(f"{home}_"):
            strangers.append(f"{name} is in {module}")
    assert strangers == []


def test_the_routes_of_the_contract_are_there(app: Litestar):
    paths = {route.path for route in app.routes}
    wanted = {
        "/embed.js",
        "/embed/offer/{ticket:str}",
        "/embed/offer",
        "/buy/{product_id:str}",
        "/after/{ticket:str}",
        "/api/v1/returns",
        "/api/v1/tickets",
        "/webhooks/dodo",
        "/health/live",
        "/health/ready",
        "/metrics",
        "/docs/openapi.json",
    }
    assert wanted - paths == set()


def test_nothing_that_changes_something_answers_a_get(app: Litestar):
    """A link, a prefetch or a crawler presses nothing."""
    moving = (
        "/upsell/accept",
        "/upsell/decline",
        "/upsell/checkout",
        "/upsell/method",
        "/webhooks/dodo",
        "/api/v1/tickets",
    )
    methods = {route.path: set(getattr(route, "methods", ())) for route in app.routes}
    assert [path for path in moving if methods.get(path, set()) & {"GET", "HEAD"}] == []
