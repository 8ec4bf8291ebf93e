"""What may move money at the provider: sent once, never retried. Imported by the till and the front door only."""

from typing import Protocol

from msgspec import Struct

from widget.core.answer import Answer, NotSent, Refused, Unknown
from widget.core.payment import Order


class Opened(Struct, frozen=True, tag=True):
    """A hosted checkout that someone may pay: no money has moved."""

    session_id: str
    url: str


class Moves(Protocol):
    """Every answer is a value, classified by cause and by shape (reliability 1.4)."""

    async def charge(self, order: Order, *, method_id: str, return_url: str, metadata: dict[str, str]) -> Answer:
        """POST /checkouts with confirm and a saved method; the answer never says paid (dodo-api 4.2)."""
        ...

    async def open_checkout(
        self, order: Order, *, return_url: str, cancel_url: str | None, metadata: dict[str, str]
    ) -> Opened | Refused | NotSent | Unknown:
        """POST /checkouts without confirm; a stranger has no `order.customer_id` and an empty billing country."""
        ...
