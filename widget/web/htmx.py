"""The one place that spells htmx's headers; they say what to send back, never what is allowed."""

from widget.web.requests import AnyRequest


def is_fragment(request: AnyRequest) -> bool:
    """htmx asked and swaps the answer in place; otherwise a whole document is expected."""
    return request.headers.get("hx-request") == "true"
