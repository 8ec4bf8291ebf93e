"""A press as it arrives: from our own page, with an authentic key in its body."""

from hashlib import sha256

from widget import probe
from widget.core.refusal import Boxed, Gone
from widget.settings import Settings
from widget.web import press_keys
from widget.web.forms import read_form
from widget.web.limits import limits_of
from widget.web.origin import same_origin
from widget.web.press_keys import Press
from widget.web.requests import AnyRequest


def customer_mark(customer_id: str) -> str:
    """How a key names its customer; the key can be read by whoever has the page."""
    return sha256(customer_id.encode()).hexdigest()[:32]


async def press_in(request: AnyRequest, settings: Settings, *, now: int) -> tuple[Press, bool, dict[str, str]]:
    """The authentic key of a request, whether its time is over, and the form beside it; raises `Gone`, `RateLimited`.

    `now` in epoch seconds. A page that asks how things stand is never kept waiting: that is how it learns the end.
    """
    probe.at("press.received")
    if not same_origin(request, settings.public_url):
        raise Boxed if request.headers.get("origin") == "null" else Gone
    form = await read_form(request)
    token = form.get("key", "")
    try:
        key, stale = press_keys.read(token, settings.signing_keys, now=now), False
    except press_keys.StalePress as old:
        key, stale = old.press, True
    except press_keys.BadPress:
        raise Gone from None
    if not request.scope["path"].endswith("/status"):
        await limits_of(request).press(key.ticket, key=token)
    probe.at("press.verified")
    return key, stale, form
