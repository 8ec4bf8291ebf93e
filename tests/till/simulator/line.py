"""Our end of the wire: `Moves` as the adapter implements it, one request for one call, every reply classified."""

from tests.till.simulator.provider import Provider, Reply
from widget.core.answer import Answer, NotSent, Refused, Taken, Unknown, Waiting
from widget.core.payment import Order
from widget.provider.moves import Opened


class Line:
    """Sends once and believes only what has the right shape."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider

    async def charge(self, order: Order, *, method_id: str, return_url: str, metadata: dict[str, str]) -> Answer:
        return self.read(await self.provider.post(order, metadata))

    def read(self, reply: Reply) -> Answer:
        match reply.kind:
            case "session":
                return Waiting(reply.payment_id, "cks_c")
            case "paid":
                return Taken(reply.payment_id or "", self.provider.payments[reply.payment_id or ""].amount)
            case "failed":
                return Refused("DO_NOT_HONOR", reply.payment_id)
            case "refused":
                return Refused("INVALID_REQUEST_BODY")
            case "limited":
                return Refused("TOO_MANY_REQUESTS")
            case "no_route":
                return NotSent("ConnectError")
            case _:
                return Unknown(reply.kind)

    async def open_checkout(
        self, order: Order, *, return_url: str, cancel_url: str | None, metadata: dict[str, str]
    ) -> Opened | Refused | NotSent | Unknown:
        return self.opened(await self.provider.open_page(metadata))

    def opened(self, reply: Reply) -> Opened | Unknown:
        if reply.kind == "session" and reply.payment_id:
            return Opened(reply.payment_id, f"https://checkout.example/{reply.payment_id}")
        return Unknown(reply.kind)
