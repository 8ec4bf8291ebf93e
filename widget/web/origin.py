"""Where a request comes from, as far as browsers say so."""

from urllib.parse import urlsplit

from litestar import Request

from widget.settings import Settings


def same_origin(request: Request, public_url: str) -> bool:
    """A press comes from our own page: the browser says so by Sec-Fetch-Site or by Origin (reliability 2.5)."""
    if request.headers.get("sec-fetch-site") == "same-origin":
        return True
    ours = urlsplit(public_url)
    return request.headers.get("origin") == f"{ours.scheme}://{ours.netloc}"


def allowed_origin(request: Request, settings: Settings, *, named: str = "") -> str:
    """The page around the frame, if it is one of the allowed origins; else empty, and no message is sent."""
    for candidate in (named, request.headers.get("origin", ""), _origin(request.headers.get("referer", ""))):
        if candidate in settings.allowed_origins:
            return candidate
    return ""


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme and parts.netloc else ""
