"""The moves of a subscription: its plan, its schedule, its end, its pause and its payment method, each sent once."""

from collections.abc import Awaitable, Callable
from typing import Any, Literal, Protocol

from widget.core.answer import Answer, NotSent, Refused, Unknown, Waiting
from widget.core.plan_change import Change
from widget.provider import shapes
from widget.provider.bodies import cancel_body, change_body
from widget.provider.moves import Cancelling, Done, Opened
from widget.provider.shapes import Odd

_Shape = Literal["Subscription", "SubscriptionChangePlanResponse", "SubscriptionUpdatePaymentMethodResponse", "nothing"]


class _Sending(Protocol):
    """One sending that never raises: the SDK's model of that name (or one of `also`), else what can be said instead."""

    async def __call__(
        self, call: Callable[[], Awaitable[Any]], shape: _Shape, *, also: tuple[Any, ...] = ()
    ) -> Any: ...


class PlanMoves:
    """The part of `widget.provider.moves.Moves` that is about subscriptions; `client` is the SDK's."""

    def __init__(self, client: Any, *, send: _Sending, trusted: Callable[[str], bool]) -> None:
        self._subscriptions = client.subscriptions
        self._send_once = send
        self._trusted = trusted

    async def change_plan(self, change: Change, *, return_url: str | None, metadata: dict[str, str]) -> Answer:
        """One POST …/change-plan; nothing in its answer says that the change is made or paid (dodo-api 6.4)."""
        body = change_body(change) | {"metadata": metadata}
        if change.by_link and return_url:
            body["return_url"] = return_url  # without collection by link it would be a 422
        answer = await self._send_once(
            lambda: self._subscriptions.change_plan(change.subscription_id, **body),
            "SubscriptionChangePlanResponse",
            also=("", None),  # until August 2026 the body was empty
        )
        if isinstance(answer, NotSent | Refused | Unknown):
            return answer
        try:
            return self._waiting(answer)
        except Odd as odd:
            return Unknown(str(odd))

    def _waiting(self, answer: Any) -> Waiting:
        payment_id, link = shapes.maybe_text(answer, "payment_id"), shapes.maybe_text(answer, "payment_link")
        _no_error(answer)
        if payment_id and link and self._trusted(link):
            return Waiting(payment_id, by_customer=True, link=link, status="requires_payment_method")
        return Waiting(payment_id)

    async def drop_scheduled(self, subscription_id: str) -> Done | Refused | NotSent | Unknown:
        """One DELETE; done is only an answer without a body: the SDK would take a proxy's page for one."""

        async def call() -> Any:
            raw = await self._subscriptions.with_raw_response.cancel_change_plan(subscription_id)
            return raw.http_response.text

        answer = await self._send_once(call, "nothing", also=("",))
        return Done() if answer == "" else answer

    async def cancel_at_period_end(
        self, subscription_id: str, wanted: Cancelling | None
    ) -> Done | Refused | NotSent | Unknown:
        """One PATCH; done is a subscription that says so itself."""
        return await self._updated(
            subscription_id, cancel_body(wanted), "cancel_at_next_billing_date", wanted is not None
        )

    async def pause(self, subscription_id: str, *, paused: bool) -> Done | Refused | NotSent | Unknown:
        """One PATCH; a pause that waits for its bill answers with another status and is found out by reading."""
        status = "paused" if paused else "active"
        return await self._updated(subscription_id, {"status": status}, "status", status)

    async def _updated(
        self, subscription_id: str, body: dict[str, Any], field: str, value: object
    ) -> Done | Refused | NotSent | Unknown:
        answer = await self._send_once(lambda: self._subscriptions.update(subscription_id, **body), "Subscription")
        if isinstance(answer, NotSent | Refused | Unknown):
            return answer
        if getattr(answer, "subscription_id", None) != subscription_id:
            return Unknown("the answer is another subscription")
        said = getattr(answer, field, None)
        return Done() if said == value and type(said) is type(value) else Unknown(f"{field} is not {value}")

    async def use_method(self, subscription_id: str, method_id: str) -> Done | Refused | NotSent | Unknown:
        """One POST …/update-payment-method; an answer with a payment has taken dues and is not done."""
        answer = await self._method(subscription_id, {"type": "existing", "payment_method_id": method_id})
        if isinstance(answer, NotSent | Refused | Unknown):
            return answer
        try:
            payment_id = shapes.maybe_text(answer, "payment_id")
            _no_error(answer)
        except Odd as odd:
            return Unknown(str(odd))
        return Unknown("dues are being paid") if payment_id else Done()

    async def enter_method(self, subscription_id: str, *, return_url: str) -> Opened | Refused | NotSent | Unknown:
        """One POST …/update-payment-method: a page where another method is entered."""
        answer = await self._method(subscription_id, {"type": "new", "return_url": return_url})
        if isinstance(answer, NotSent | Refused | Unknown):
            return answer
        try:
            payment_id, url = shapes.text(answer, "payment_id"), shapes.text(answer, "payment_link")
        except Odd as odd:
            return Unknown(str(odd))
        return Opened(payment_id, url) if self._trusted(url) else Unknown("a payment page on a strange host")

    async def _method(self, subscription_id: str, method: dict[str, Any]) -> Any:
        return await self._send_once(
            lambda: self._subscriptions.update_payment_method(subscription_id, payment_method=method),
            "SubscriptionUpdatePaymentMethodResponse",
        )


def _no_error(answer: Any) -> None:
    """All fields of these answers may be null: an error that came with a 200 would look like a good one."""
    if getattr(answer, "code", None) is not None:
        raise Odd("a 200 with an error in it")
