"""What a subscriber asks beside a change of plan: nothing is charged by it; written down, sent once, read back."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from msgspec import Struct

from widget.core.answer import NotSent, Refused, Unknown
from widget.provider.moves import Cancelling, Done, Moves, Opened

_Answer = Done | Opened | Refused | NotSent | Unknown


class Ended(Struct, frozen=True):
    """How an act ended: done, refused (with the provider's code), not_sent or unknown; `url` is the page opened."""

    state: str
    code: str | None = None
    url: str = ""

    @property
    def done(self) -> bool:
        """The provider has done it."""
        return self.state == "done"


class ActBooks(Protocol):
    """Where acts are written down; storage.plan_acts keeps them for real."""

    async def ask(
        self, subscription_id: str, customer_id: str, kind: str, detail: dict[str, str], *, at: int
    ) -> str: ...

    async def ended(self, act_id: str, state: str, code: str | None, *, at: int) -> None: ...


class Acts:
    """Undo, cancel, keep, pause, resume and another method; each is asked of the provider once a press."""

    def __init__(self, books: ActBooks, moves: Moves, now: Callable[[], int]) -> None:
        self._books = books
        self._moves = moves
        self._now = now

    async def undo(self, subscription_id: str, customer_id: str) -> Ended:
        """Drop the scheduled change."""
        return await self._do(
            subscription_id, customer_id, "undo", {}, lambda: self._moves.drop_scheduled(subscription_id)
        )

    async def cancel(
        self, subscription_id: str, customer_id: str, *, feedback: str | None, comment: str | None
    ) -> Ended:
        """End at the next billing date; the reason in the provider's words (dodo-api 6.1)."""
        wanted, said = Cancelling(feedback, comment), {"feedback": feedback or ""}
        return await self._do(
            subscription_id, customer_id, "cancel", said,
            lambda: self._moves.cancel_at_period_end(subscription_id, wanted),
        )  # fmt: skip

    async def keep(self, subscription_id: str, customer_id: str) -> Ended:
        """Take the cancelling back."""
        return await self._do(
            subscription_id, customer_id, "keep", {},
            lambda: self._moves.cancel_at_period_end(subscription_id, None),
        )  # fmt: skip

    async def pause(self, subscription_id: str, customer_id: str, *, paused: bool) -> Ended:
        """Pause, or go on."""
        kind = "pause" if paused else "resume"
        return await self._do(
            subscription_id, customer_id, kind, {}, lambda: self._moves.pause(subscription_id, paused=paused)
        )

    async def use_method(self, subscription_id: str, customer_id: str, method_id: str) -> Ended:
        """Another saved method; the caller has seen that nothing is owed, for then it would be charged."""
        said = {"method": method_id}
        return await self._do(
            subscription_id, customer_id, "use_method", said,
            lambda: self._moves.use_method(subscription_id, method_id),
        )  # fmt: skip

    async def enter_method(self, subscription_id: str, customer_id: str, *, return_url: str) -> Ended:
        """A page at the provider where another method is entered; what is owed is paid there by hand."""
        return await self._do(
            subscription_id, customer_id, "enter_method", {},
            lambda: self._moves.enter_method(subscription_id, return_url=return_url),
        )  # fmt: skip

    async def _do(
        self,
        subscription_id: str,
        customer_id: str,
        kind: str,
        detail: dict[str, str],
        call: Callable[[], Awaitable[_Answer]],
    ) -> Ended:
        act_id = await self._books.ask(subscription_id, customer_id, kind, detail, at=self._now())
        answer = await call()
        ended = _ended(answer)
        await self._books.ended(act_id, ended.state, ended.code, at=self._now())
        return ended


def _ended(answer: _Answer) -> Ended:
    match answer:
        case Done():
            return Ended("done")
        case Opened(url=url):
            return Ended("done", url=url)
        case Refused(code=code):
            return Ended("refused", code)
        case NotSent():
            return Ended("not_sent")
        case Unknown():
            return Ended("unknown")
