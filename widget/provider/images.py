"""Product images: fetched once by us and served from our origin, so that a shopper's browser asks nobody else."""

import asyncio
from urllib.parse import urlsplit

import httpx
from msgspec import Struct

from widget.core.origin import origin_of
from widget.provider.outward import Resolve, resolve, target_of
from widget.provider.tls import tls_context

LIMIT = 600_000  # bytes; a card's picture is shown 600 px wide at most
_TIMEOUT_S = 5.0


class Image(Struct, frozen=True):
    """A picture whose bytes say what it is; whatever the server called it."""

    content_type: str
    body: bytes


async def fetch(url: str, *, trusted_origin: str | None, resolver: Resolve = resolve) -> Image | None:
    """The picture, or None for whatever is not plainly one.

    https only, no credentials or odd port, only to addresses of the public internet, and to the very address
    that was checked (no second look-up); the provider's own base URL is trusted. No redirects.
    """
    trusted = trusted_origin is not None and origin_of(url) == trusted_origin
    target = url if trusted else await _pinned(url, resolver)
    if target is None:
        return None
    host = urlsplit(url).hostname or ""
    extensions = {} if trusted else {"sni_hostname": host}
    headers = {"accept": "image/*", "accept-encoding": "identity"} | ({} if trusted else {"host": host})
    try:
        async with (
            asyncio.timeout(_TIMEOUT_S),
            httpx.AsyncClient(
                verify=tls_context(), follow_redirects=False, timeout=_TIMEOUT_S, trust_env=False
            ) as client,
            client.stream("GET", target, headers=headers, extensions=extensions) as answer,
        ):
            body = await _bounded(answer) if answer.status_code == 200 else None
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, OSError):
        return None
    content_type = kind_of(body) if body else None
    return Image(content_type, body) if body and content_type else None


async def _pinned(url: str, resolver: Resolve) -> str | None:
    """The URL with its host replaced by one checked address."""
    target = await target_of(url, resolver)
    return target.url if target else None


async def _bounded(answer: httpx.Response) -> bytes | None:
    body = bytearray()
    async for chunk in answer.aiter_raw():  # not unpacked: a small body could grow without end
        body += chunk
        if len(body) > LIMIT:
            return None
    return bytes(body)


def kind_of(body: bytes) -> str | None:
    """The content type by the first bytes: PNG, JPEG, GIF, WebP, AVIF or SVG."""
    if body.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if body.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if body.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "image/webp"
    if body[4:12] == b"ftypavif":
        return "image/avif"
    if body.lstrip()[:4] == b"<svg" or (body.startswith(b"<?xml") and b"<svg" in body[:500]):
        return "image/svg+xml"  # scripts in it stay off: only shown as a picture, and its answer's policy is 'none'
    return None
