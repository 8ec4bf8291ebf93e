"""The headers of every answer, by class of route: the table of docs/headers.md in code.

Nothing that a handler says can loosen them: whatever it set under these names is replaced, and an answer
in a frame never carries a cookie.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from enum import StrEnum
from functools import lru_cache
from typing import Any

from widget import probe
from widget.settings import Settings

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Send = Callable[[Any], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]


class Kind(StrEnum):
    """What kind of answer a route gives."""

    EMBED = "embed"  # a document in a merchant's frame
    FRAGMENT = "fragment"  # a part of one, or the whole where there is no JavaScript
    PAGE = "page"  # the page in between: never framed, leads on to the merchant
    CONSOLE = "console"  # pages for the merchant's own people, the gallery among them
    API = "api"  # machines
    ASSET = "asset"
    ERROR = "error"  # nothing here, whoever asks
    DEAD = "dead"  # the same page where a plain frame stands: any ticket in the path that opens nothing


_PREFIXES = (
    ("/embed/", Kind.EMBED),
    ("/upsell/", Kind.FRAGMENT),
    ("/plan_change/back/", Kind.PAGE),
    ("/plan_change/", Kind.FRAGMENT),
    ("/after/", Kind.PAGE),
    ("/buy/", Kind.PAGE),
    ("/gallery", Kind.CONSOLE),
    ("/console", Kind.CONSOLE),
    ("/api/", Kind.API),
    ("/webhooks/", Kind.API),
    ("/health/", Kind.API),
    ("/metrics", Kind.API),
    ("/docs", Kind.API),
    ("/a/", Kind.ASSET),
    ("/embed.js", Kind.ASSET),
)
_PLAIN_FRAMES = ("/embed/offer/", "/embed/plans/")
_FRAMED = {Kind.EMBED, Kind.FRAGMENT, Kind.DEAD}
_PAGES = {Kind.EMBED, Kind.FRAGMENT, Kind.PAGE, Kind.CONSOLE}
# Every feature Chromium names that a card for paying has no use for; the payment itself needs none of them.
_FEATURES = (
    "accelerometer autoplay camera display-capture encrypted-media fullscreen geolocation gyroscope magnetometer "
    "microphone midi payment picture-in-picture publickey-credentials-get screen-wake-lock usb xr-spatial-tracking"
)
_ALWAYS = {
    "x-content-type-options": "nosniff",
    "strict-transport-security": "max-age=31536000",
}
# It binds documents; a style or a script has none of its own, and half a kilobyte twice is a lot on a phone.
_FORBIDDEN = {"permissions-policy": ", ".join(f"{feature}=()" for feature in _FEATURES.split())}
_IMMUTABLE = "public, max-age=31536000, immutable"
_SNIPPET = "public, max-age=300"  # the one unversioned file: a new release is in every shop after five minutes


def kind_of(path: str, status: int) -> Kind:
    """The class of a route by its path; what is not there looks the same everywhere, and is framed by nobody.

    But for the plain frame: there a dead ticket says so in its place, instead of the browser's own page that says
    nothing. The snippet's frame has no ticket in its path and is taken away when nothing speaks in it.
    """
    kind = next((kind for prefix, kind in _PREFIXES if path.startswith(prefix)), Kind.ERROR)
    if status != 404 or kind is Kind.API:
        return kind
    return Kind.DEAD if path.startswith(_PLAIN_FRAMES) else Kind.ERROR


def headers_for(kind: Kind, settings: Settings, *, path: str = "", status: int = 200) -> dict[str, str]:
    """All headers of a kind of answer; `path` and `status` only decide how long an asset may be kept."""
    framed = kind in _FRAMED
    return _ALWAYS | {
        "content-security-policy": _policy(kind, settings),
        "referrer-policy": "same-origin" if kind in _PAGES else "no-referrer",
        "cache-control": _caching(path, status) if kind is Kind.ASSET else "no-store",
        "cross-origin-resource-policy": "cross-origin" if framed or kind is Kind.ASSET else "same-origin",
        **({} if kind is Kind.ASSET else _FORBIDDEN),
        **({"cross-origin-embedder-policy": "require-corp"} if framed else {}),
        **({"cross-origin-opener-policy": "same-origin"} if kind in _PAGES else {}),
        **({} if framed or kind is Kind.ASSET else {"x-frame-options": "DENY"}),
    }


def before_send(settings: Settings) -> Callable[[Message, Scope], Awaitable[None]]:
    """A hook for Litestar's `before_send`, which sees every answer: also 404, 405, 413 and 500."""

    @lru_cache(maxsize=256)
    def headers_of(kind: Kind, kept: str, status: int) -> tuple[frozenset[bytes], list[tuple[bytes, bytes]]]:
        """What is dropped from the handler's own headers, and what is put there; encoded once."""
        ours = headers_for(kind, settings, path=kept, status=status)
        dropped = {name.encode() for name in ours} | ({b"set-cookie"} if kind is not Kind.CONSOLE else set[bytes]())
        return frozenset(dropped), [(name.encode(), value.encode()) for name, value in ours.items()]

    async def hook(message: Message, scope: Scope) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = _dressed(message, str(scope["path"]), headers_of)
        elif message["type"] == "http.response.body":
            probe.at("page.half_sent")

    return hook


def with_headers(app: App, settings: Settings) -> App:
    """The same for any ASGI application."""
    hook = before_send(settings)

    async def dressed(scope: Scope, receive: Any, send: Send) -> None:
        async def dress(message: Message) -> None:
            await hook(message, scope)
            await send(message)

        await app(scope, receive, dress if scope["type"] == "http" else send)

    return dressed


def _policy(kind: Kind, settings: Settings) -> str:
    ancestors = " ".join(settings.allowed_origins) if kind in _FRAMED else "'none'"
    if kind in {Kind.API, Kind.ASSET}:
        return "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    forms = ["'self'", *settings.checkout_origins]
    if kind in {Kind.PAGE, Kind.FRAGMENT}:
        # Browsers hold redirects after a form to form-action too; without JavaScript a no leads to the merchant's page.
        forms += [origin for origin in settings.return_origins if origin not in forms]
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        f"form-action {' '.join(forms)}; base-uri 'none'; object-src 'none'; frame-src 'none'; "
        f"frame-ancestors {ancestors}"
    )


def _caching(path: str, status: int) -> str:
    if status not in {200, 206, 304}:
        return "no-store"
    return _IMMUTABLE if path.startswith("/a/") else _SNIPPET


def _dressed(
    message: Message,
    path: str,
    headers_of: Callable[[Kind, str, int], tuple[frozenset[bytes], list[tuple[bytes, bytes]]]],
) -> list[tuple[bytes, bytes]]:
    status = int(message["status"])
    kind = kind_of(path, status)
    dropped, ours = headers_of(kind, "/a/" if path.startswith("/a/") else "", status)
    if kind is Kind.FRAGMENT:
        dropped, ours = dropped | {b"vary"}, [*ours, (b"vary", _vary(message).encode())]
    kept = [(name, _with_charset(name, value)) for name, value in message["headers"] if name.lower() not in dropped]
    return kept + ours


def _vary(message: Message) -> str:
    """What the answer already varies by, and whether htmx asked for a part."""
    given = [value.decode("latin-1") for name, value in message["headers"] if name.lower() == b"vary"]
    return ", ".join(dict.fromkeys([*given, "HX-Request"]))


def _with_charset(name: bytes, value: bytes) -> bytes:
    bare = name.lower() == b"content-type" and value.startswith(b"text/") and b"charset" not in value
    return value + b"; charset=utf-8" if bare else value
