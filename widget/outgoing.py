"""Outgoing events are delivered: signed, at least once, in order for each charge, for days."""

import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from standardwebhooks import Webhook

from widget import probe
from widget.provider.courier import Arrived, NotArrived, carry
from widget.provider.outward import Reach, Resolve, resolve
from widget.settings import Settings
from widget.storage import attention, jobs, outgoing
from widget.storage.database import unit
from widget.storage.outgoing import Outgoing

log = logging.getLogger("encore.outgoing")

# Carries an event's text to the merchant's server; handed in, so that a test can be that server.
Courier = Callable[[str, str, int], Awaitable[Arrived | NotArrived]]

FIRST_PAUSE_MS = 5_000
LONGEST_PAUSE_MS = 60 * 60_000
GIVE_UP_AFTER_MS = 7 * 24 * 60 * 60_000  # a receiver that is away over a long weekend misses nothing (F-116)


def pause_ms(tries: int) -> int:
    """How long after so many attempts: 5 s, doubled each time, at most an hour."""
    return min(FIRST_PAUSE_MS * 2 ** min(max(tries - 1, 0), 20), LONGEST_PAUSE_MS)


def courier_of(settings: Settings, *, resolver: Resolve = resolve) -> Courier | None:
    """By the merchant's settings; None where there is nobody to tell."""
    url = settings.events_url
    if url is None:
        return None
    signers = [Webhook(secret.reveal()) for secret in settings.events_secrets]
    reach = Reach(any_port=True, private=settings.events_private, plain_local=settings.public_url.startswith("http://"))

    async def courier(event_id: str, body: str, at: int) -> Arrived | NotArrived:
        return await carry(url, body, signed(signers, event_id, body, at), reach=reach, resolver=resolver)

    return courier


def signed(signers: list[Webhook], event_id: str, body: str, at: int) -> dict[str, str]:
    """The headers of Standard Webhooks; one signature for each secret, so that it can be changed without a gap."""
    seconds = at // 1000
    when = datetime.fromtimestamp(seconds, UTC)
    return {
        "content-type": "application/json",
        "user-agent": "Encore",
        "webhook-id": event_id,
        "webhook-timestamp": str(seconds),
        "webhook-signature": " ".join(signer.sign(event_id, when, body) for signer in signers),
    }


async def deliver(courier: Courier | None, about: str, *, now: Callable[[], int]) -> int | None:
    """Tell what is due of one offer or subscription; returns when to go on (epoch ms), or None when all is told."""
    event = await outgoing.first_waiting(about)
    if event is None:
        return None
    probe.at("outbox.leased")
    if courier is None:
        await outgoing.end(event.id, "untold", status=None, error=None, at=now())
        return now()
    match await courier(event.id, event.body, now()):
        case Arrived(status=status):
            probe.at("outbox.delivered")
            await outgoing.end(event.id, "delivered", status=status, error=None, at=now())
            if event.tries:  # it was away and is back: the others that wait need not wait any longer
                await jobs.hurry("outgoing", now())
            return now()
        case NotArrived() as missed:
            return await _not_arrived(event, missed, now())


async def _not_arrived(event: Outgoing, missed: NotArrived, at: int) -> int:
    fields = {"event": "outgoing.failed", "subject": event.id, "kind": event.kind, "tries": event.tries + 1}
    log.warning("outgoing.failed", extra=fields | {"cause": missed.cause})
    if at - event.made_at < GIVE_UP_AFTER_MS or event.tries + 1 < _LEAST_TRIES:
        await outgoing.end(event.id, "waiting", status=missed.status, error=missed.cause, at=at)
        return at + pause_ms(event.tries + 1)

    async def lay_aside() -> None:
        await outgoing.end(event.id, "parked", status=missed.status, error=missed.cause, at=at)
        await attention.raise_now("outgoing_parked", event.id, detail=missed.cause, at=at, again=True)

    await unit(lay_aside)
    return at  # the next of this offer is told all the same


_LEAST_TRIES = 12  # one that is told again by hand has its age already
