"""Styles and scripts from memory: named by their content, compressed beforehand, kept by browsers for ever."""

import gzip
import re
from functools import cache, lru_cache
from hashlib import sha256

import brotli
import rjsmin
from litestar import HttpMethod, Response, Router, route
from litestar.params import FromPath
from msgspec import Struct

from widget.core.refusal import Gone
from widget.core.theme import Theme
from widget.core.theme_wish import decoded
from widget.paths import folder
from widget.web.looks import preset_tokens, tokens
from widget.web.requests import AnyRequest

# One script for the frame: htmx and our own few lines, so that a card needs a single request for it.
_BUNDLES = {
    "frame.js": ("htmx.min.js", "frame.js"),
    "card.css": ("tokens.css", "base.css", "card.css"),
    "layouts.css": ("tokens.css", "base.css", "card.css", "layouts.css"),  # the card's, where it is no card
    "plans.css": ("tokens.css", "base.css", "plans.css"),
    "embed.js": ("embed.js",),
    "presets.css": ("tokens.css", "base.css", "card.css"),  # all presets on one page of the gallery
}
_READ = [HttpMethod.GET, HttpMethod.HEAD]  # monitors and caches ask for the head alone
_TOKENS = tokens(Theme()).encode()
_TYPES = {"js": "text/javascript", "css": "text/css"}


class Asset(Struct, frozen=True):
    """One file in every encoding a browser may ask for."""

    name: str
    digest: str
    content_type: str
    plain: bytes
    gzip: bytes
    brotli: bytes


@cache
def asset(name: str) -> Asset:
    """The asset, read and compressed once; raises KeyError for what is none."""
    first = _TOKENS if name.endswith(".css") else b""
    return _made(name, first + preset_tokens().encode() if name == "presets.css" else first, quality=11)


@lru_cache(maxsize=64)
def themed(name: str, code: str) -> Asset | None:
    """A stylesheet in a theme (`theme_wish.coded`); None for any other code. Anybody may ask, so it costs little."""
    theme = decoded(code) if code and name.endswith(".css") and name in _BUNDLES else None
    return None if theme is None else _made(name, tokens(theme).encode(), quality=5)


def _made(name: str, first: bytes, *, quality: int) -> Asset:
    body = first + b"\n".join(_lean(part) for part in _BUNDLES[name])
    return Asset(
        name=name,
        digest=sha256(body).hexdigest()[:16],
        content_type=_TYPES[name.rpartition(".")[2]],
        plain=body,
        gzip=gzip.compress(body, min(quality, 9), mtime=0),
        brotli=_brotli(body, quality),
    )


# What stands between marks in a stylesheet; none stands in a string of ours.
_REMARKS = re.compile(rb"/\*.*?\*/\n?", re.DOTALL)
_INDENT = re.compile(rb"^[ \t]+", re.MULTILINE)
# Around these a stylesheet needs no space, nor after a colon; nothing of ours writes them in a string.
_SIGNS = re.compile(rb"\s*([{};,])\s*")


@cache
def _lean(part: str) -> bytes:
    """Our own file without remarks and space, which are for those who read the source; htmx is one line."""
    body = (folder("static") / part).read_bytes()
    if part.endswith(".js"):
        return body if b"\n" not in body else _without_remarks(body)
    bare = _INDENT.sub(b"", _REMARKS.sub(b"", body))
    return _SIGNS.sub(rb"\1", bare).replace(b": ", b":").replace(b";}", b"}")


def _without_remarks(script: bytes) -> bytes:
    lean = str(rjsmin.jsmin(script.decode()))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType] - no types of its own
    return lean.encode()


def _brotli(body: bytes, quality: int) -> bytes:
    return brotli.compress(body, quality=quality)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - no types of its own


@lru_cache(maxsize=256)
def asset_url(name: str, code: str = "") -> str:
    """Its address: another content is another address."""
    in_theme = themed(name, code)
    return f"/a/{in_theme.digest}/{code}/{name}" if in_theme else f"/a/{asset(name).digest}/{name}"


@route("/a/{digest:str}/{name:str}", http_method=_READ, name="web.assets", status_code=200)
async def assets(request: AnyRequest, digest: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """A style or script of this release; any other name is not there."""
    if name not in _BUNDLES or asset(name).digest != digest:
        raise Gone
    return answer(request, asset(name))


@route("/a/{digest:str}/{code:str}/{name:str}", http_method=_READ, name="web.assets_themed", status_code=200)
async def themed_assets(
    request: AnyRequest, digest: FromPath[str], code: FromPath[str], name: FromPath[str]
) -> Response[bytes]:
    """A stylesheet of this release in a theme; the address is made of nothing but the theme."""
    found = themed(name, code)
    if found is None or found.digest != digest:
        raise Gone
    return answer(request, found)


@route("/embed.js", http_method=_READ, name="web.embed_js", status_code=200)
async def embed_js(request: AnyRequest) -> Response[bytes]:
    """The snippet: the one address that never changes, so browsers ask again after five minutes."""
    return answer(request, asset("embed.js"))


def answer(request: AnyRequest, found: Asset) -> Response[bytes]:
    """In the best encoding the browser takes, or 304 when it has it."""
    taken = _taken(",".join(request.headers.getall("accept-encoding", [])))
    body, encoding = (
        (found.brotli, "br") if "br" in taken else (found.gzip, "gzip") if "gzip" in taken else (found.plain, "")
    )
    headers = {"etag": f'"{found.digest}-{encoding or "plain"}"', "vary": "Accept-Encoding"}
    if _known(headers["etag"], ",".join(request.headers.getall("if-none-match", []))):
        return Response(b"", status_code=304, headers=headers)
    if encoding:
        headers["content-encoding"] = encoding
    return Response(body, headers=headers, media_type=found.content_type)


_TAG = re.compile(r'(?:W/)?("[^"]*")')


def _known(etag: str, asked: str) -> bool:
    """Whether the browser names this very encoding of the file, or any (RFC 9110, 13.1.2: compared weakly)."""
    return asked.strip() == "*" or etag in _TAG.findall(asked)


def _taken(accepted: str) -> set[str]:
    """The encodings by name that are not refused with `q=0`; an odd weight counts as a no."""
    taken: set[str] = set()
    for part in accepted.lower().split(","):
        name, _, weight = part.partition(";")
        if re.fullmatch(r"|q=(?:1(?:\.0{0,3})?|0?\.\d{0,2}[1-9]\d*)", weight.replace(" ", "")):
            taken.add(name.strip())
    return taken


assets_router = Router(path="/", route_handlers=[assets, themed_assets, embed_js])
