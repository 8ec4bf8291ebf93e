"""The brake: while it is on no saved card is charged and no plan is changed, by any process (F-30, F-47)."""

from widget.storage import attention, known
from widget.storage.database import unit

_REASONS = ("key_refused", "dodo_away")


async def pull(why: str, detail: str, *, at: int) -> None:
    """On, by the name of an alarm, which is raised in the same commit."""

    async def work() -> None:
        await known.learn(known.BRAKE, why, at=at)
        await attention.raise_now(why, "dodo", detail=detail, at=at, again=True)

    await unit(work)


async def release(*, at: int) -> None:
    """Off: Dodo takes our key and answers."""
    if await known.value(known.BRAKE) is None:
        return

    async def work() -> None:
        await known.forget(known.BRAKE)
        for why in _REASONS:
            await attention.holds(why, "dodo", None, at=at)

    await unit(work)
