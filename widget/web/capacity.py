"""Load above capacity is refused early, kindly and with a time to come back, never by falling over."""

from collections.abc import Awaitable, Callable
from typing import Any

from widget.core.refusal import Busy

App = Callable[[Any, Any, Any], Awaitable[None]]

# In this process at once. A page takes milliseconds, a press seconds while Dodo is asked: a process that has more
# than this under way answers nobody in time. Webhooks have places of their own: shoppers do not crowd out the news.
PAGES = 256
WEBHOOKS = 32
_ALWAYS = ("/health/", "/metrics")  # whoever watches must see in, most of all when it is crowded


class Room:
    """How many places are left."""

    def __init__(self, places: int) -> None:
        self.left = places


def capacity(pages: int = PAGES, webhooks: int = WEBHOOKS) -> Callable[[App], App]:
    """A middleware: what finds no place is answered 503 at once, before anything of it was read or done."""
    for_pages, for_webhooks = Room(pages), Room(webhooks)

    def around(app: App) -> App:
        async def bounded(scope: Any, receive: Any, send: Any) -> None:
            path = scope["path"] if scope["type"] == "http" else "/health/"
            if path.startswith(_ALWAYS):
                await app(scope, receive, send)
                return
            room = for_webhooks if path.startswith("/webhooks/") else for_pages
            if room.left <= 0:
                raise Busy
            room.left -= 1
            try:
                await app(scope, receive, send)
            finally:
                room.left += 1

        return bounded

    return around
