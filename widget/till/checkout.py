"""The hosted checkout: a page at the provider where the shopper pays by hand; no money moves here."""

from collections.abc import Awaitable, Callable

from msgspec import Struct
from msgspec.structs import replace

from widget.core.answer import Refused
from widget.core.charge import Charge, Fate, lapse
from widget.core.payment import Order
from widget.core.watching import HOSTED_SESSION_MS, HOUR_MS, SENDING_GRACE_MS
from widget.provider.moves import Moves, Opened
from widget.till.books import Books, Shut
from widget.till.charge import CHARGE_MARK, QUOTE_MARK, Wish

# A link is handed out again until an hour before its session ends (24 h, dodo-api 4.1).
_LINK_LIVES_MS = HOSTED_SESSION_MS - 2 * HOUR_MS


class Page(Struct, frozen=True):
    """A checkout page at the provider."""

    session_id: str
    url: str


def usable(hosted: Charge | None, *, now: int) -> bool:
    """Whether its page can still be paid on, so that no second one is made."""
    return (
        hosted is not None
        and hosted.fate is Fate.WAITING
        and hosted.link is not None
        and now < hosted.pressed_at + _LINK_LIVES_MS
    )


def stuck(hosted: Charge, *, now: int) -> bool:
    """Its opening never got an answer: another page may be made, once this one is given up."""
    return hosted.fate is Fate.SENDING and now > hosted.pressed_at + SENDING_GRACE_MS


class CheckoutTill:
    """Opens one page for one reason at a time."""

    def __init__(
        self, books: Books, moves: Moves, now: Callable[[], int], level: Callable[[], Awaitable[bool]]
    ) -> None:
        self._books = books
        self._moves = moves
        self._now = now
        self._level = level  # from books that may have forgotten a payment no second way to pay is offered

    async def open(self, wish: Wish, *, cancel_url: str | None, instead_of: Charge | None = None) -> Charge | Shut:
        """The hosted charge with its link, or as it stands when it could not be opened (then without one).

        A stuck one is given up first: should its answer come after all, nobody is sent to that second page.
        """
        if not await self._level():
            return instead_of or wish.intent
        if instead_of is not None and not await self._give_up(instead_of):
            return await self._books.find(instead_of.id) or instead_of
        written = await self._books.intend(wish.intent, wish.consent)
        if isinstance(written, Shut) or written.fate is not Fate.INTENDED:
            return written
        claimed = await self._books.claim(written.id, at=self._now(), version=written.version)
        if claimed is None:
            return await self._books.find(written.id) or written
        if wish.order is None:
            raise ValueError("a checkout without an order")
        opened = await self._moves.open_checkout(
            wish.order,
            return_url=wish.return_url,
            cancel_url=cancel_url,
            metadata={CHARGE_MARK: claimed.id, QUOTE_MARK: claimed.quote_id},
        )
        return await self._write(claimed, opened)

    async def _give_up(self, stuck: Charge) -> bool:
        now = self._now()
        return await self._books.save(
            stuck, lapse(stuck, at=now), event="lapsed", detail="opening never answered", at=now, alarms=()
        )

    async def _write(self, claimed: Charge, opened: object) -> Charge:
        """An unanswered opening is as good as none: a page whose address nobody has cannot be paid on."""
        version = claimed.version + 1
        match opened:
            case Opened(session_id=session_id, url=url):
                after = replace(claimed, fate=Fate.WAITING, session_id=session_id, link=url, version=version)
            case Refused(code=code):
                after = replace(claimed, fate=Fate.REFUSED, refusal=code, settled_at=self._now(), version=version)
            case _:
                after = replace(claimed, fate=Fate.INTENDED, sent_at=None, version=version)
        event = type(opened).__name__.lower()
        if await self._books.save(claimed, after, event=event, detail="checkout", at=self._now(), alarms=()):
            return after
        return await self._books.find(claimed.id) or after

    async def open_for_stranger(self, order: Order, *, return_url: str, mark: dict[str, str]) -> Page | Refused | None:
        """A checkout for somebody the provider will get to know: the shop's own sale, not a charge of ours.

        None where it could not be opened at the moment; nobody can pay on a page whose address nobody has.
        """
        opened = await self._moves.open_checkout(order, return_url=return_url, cancel_url=None, metadata=mark)
        match opened:
            case Opened(session_id=session_id, url=url):
                return Page(session_id, url)
            case Refused():
                return opened
            case _:
                return None
