"""Where a request comes from, as far as browsers say so."""

from widget.core.origin import origin_of
from widget.settings import Settings
from widget.web.requests import AnyRequest


def same_origin(request: AnyRequest, public_url: str) -> bool:
    """A press comes from our own page: the browser says so by Sec-Fetch-Site or by Origin (reliability 2.5)."""
    if request.headers.get("sec-fetch-site") == "same-origin":
        return True
    return request.headers.get("origin") == public_url


def allowed_origin(request: AnyRequest, settings: Settings, *, named: str = "") -> str:
    """The page around the frame, if it is one of the allowed origins; else empty, and no message is sent."""
    for candidate in (named, request.headers.get("origin", ""), request.headers.get("referer", "")):
        origin = origin_of(candidate)
        if origin is not None and origin in settings.allowed_origins:
            return origin
    return ""
