"""Web origins: what one looks like, and when two are the same."""

import ipaddress
import re
from functools import lru_cache
from urllib.parse import urlsplit

_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*", re.ASCII)
_DEFAULT_PORT = {"http": 80, "https": 443}


@lru_cache(maxsize=1024)
def origin_of(url: str) -> str | None:
    """`scheme://host[:port]` of an absolute http(s) URL, lower case, default port left out; None for all else.

    Refused are credentials, backslashes, spaces and control characters: parsers disagree on those, and an
    origin is compared to decide where a shopper may be sent (RFC 6454, section 4).
    """
    if not url.isascii() or "\\" in url or any(mark <= " " or mark == "\x7f" for mark in url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    host = _host(parts.hostname)
    if parts.scheme not in _DEFAULT_PORT or host is None or "@" in parts.netloc or parts.netloc.endswith(":"):
        return None
    shown = "" if port in {None, _DEFAULT_PORT[parts.scheme]} else f":{port}"
    return f"{parts.scheme}://{host}{shown}"


def is_bare(url: str) -> bool:
    """True when the URL is nothing but an origin: no path, query or fragment."""
    rest = url.partition("://")[2]
    return origin_of(url) is not None and not any(mark in rest for mark in "/?#")


def is_local(url: str) -> bool:
    """True for this very machine, where plain http is no risk: 127.0.0.1, [::1], localhost, *.localhost."""
    host = urlsplit(url).hostname or ""
    return host in {"127.0.0.1", "::1", "localhost"} or host.endswith(".localhost")


def _host(name: str | None) -> str | None:
    if not name:
        return None
    if ":" in name:
        try:
            return f"[{ipaddress.IPv6Address(name).compressed}]"
        except ValueError:
            return None
    return name.lower() if len(name) <= 253 and _HOST.fullmatch(name.lower()) else None
