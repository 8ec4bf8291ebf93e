"""Our end of the wire for subscriptions: one request for one call, and nothing in an answer is taken for paid."""

from tests.till.simulator.line import Line
from tests.till.simulator.plan_provider import PlanProvider
from tests.till.simulator.provider import Reply
from widget.core.answer import Answer, NotSent, Refused, Unknown, Waiting
from widget.core.plan_change import Change
from widget.provider.moves import Cancelling, Done, Opened

Acted = Done | Refused | NotSent | Unknown


class PlanLine(Line):
    """`widget.provider.moves.Moves`, complete."""

    provider: PlanProvider

    async def change_plan(self, change: Change, *, return_url: str | None, metadata: dict[str, str]) -> Answer:
        return self.changed(await self.provider.change_plan(change, metadata))

    def changed(self, reply: Reply) -> Answer:
        match reply.kind:
            case "changed":
                return Waiting(reply.payment_id)
            case "link":
                link = f"https://checkout.example/{reply.payment_id}"
                return Waiting(reply.payment_id, by_customer=True, link=link, status="requires_payment_method")
            case _ if reply.kind.isupper():
                return Refused(reply.kind)
            case _:
                return self.read(reply)

    async def drop_scheduled(self, subscription_id: str) -> Acted:
        return self.acted(await self.provider.act(subscription_id, "undo"))

    async def cancel_at_period_end(self, subscription_id: str, wanted: Cancelling | None) -> Acted:
        return self.acted(await self.provider.act(subscription_id, "keep" if wanted is None else "cancel"))

    async def pause(self, subscription_id: str, *, paused: bool) -> Acted:
        return self.acted(await self.provider.act(subscription_id, "pause" if paused else "resume"))

    async def use_method(self, subscription_id: str, method_id: str) -> Acted:
        return self.acted(await self.provider.act(subscription_id, "use_method"))

    async def enter_method(self, subscription_id: str, *, return_url: str) -> Opened | Refused | NotSent | Unknown:
        acted = self.acted(await self.provider.act(subscription_id, "enter_method"))
        return Opened("pay_method", "https://checkout.example/method") if isinstance(acted, Done) else acted

    def acted(self, reply: Reply) -> Acted:
        if reply.kind == "done":
            return Done()
        return Refused(reply.kind) if reply.kind.isupper() else Unknown(reply.kind)
