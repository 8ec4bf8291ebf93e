"""Receive a webhook: verify the raw body, keep it once, answer after the commit; applying comes later."""

import logging

from litestar import Response, post
from litestar.background_tasks import BackgroundTask
from litestar.di import NamedDependency
from litestar.exceptions import ClientException

from widget import probe
from widget.storage import events, known
from widget.web.requests import AnyRequest
from widget.webhooks.bell import Bell
from widget.webhooks.envelope import Envelope, Unreadable, read
from widget.webhooks.verify import NotGenuine, TooLate, genuine

log = logging.getLogger("encore.webhooks")

BODY_LIMIT = 512 * 1024  # the largest event seen has a few kB


@post("/webhooks/dodo", name="webhooks.receive", status_code=200, request_max_body_size=BODY_LIMIT)
async def receive(request: AnyRequest, bell: NamedDependency[Bell]) -> Response[dict[str, str]]:
    """2xx means: it is on our disk. Anything malformed is 4xx; without a secret nothing is believed (503)."""
    probe.at("hook.received")
    if not bell.secrets:
        return _answer(503, "no_webhook_secret")
    body = await request.body()
    try:
        news = genuine(body, _headers(request), bell.secrets)
    except NotGenuine as reason:
        await bell.tallies.add("webhook.late" if isinstance(reason, TooLate) else "webhook.refused", at=bell.now())
        log.warning("webhooks.refused", extra={"event": "webhooks.refused", "reason": str(reason)})
        return _answer(401, "not_genuine")
    probe.at("hook.verified")
    try:
        text = body.decode()
        envelope = read(text)
    except (UnicodeDecodeError, Unreadable):
        text, envelope = body.decode(errors="replace"), Envelope(type="unreadable")
    if "\x00" in text:
        raise ClientException(detail="NUL in the body", status_code=400)
    occurred = envelope.occurred_ms
    if news.by_old_secret:
        await bell.tallies.add("webhook.old_secret", at=bell.now())
    ours = await known.value(known.BUSINESS)
    foreign = bool(ours and envelope.business_id) and envelope.business_id != ours
    fresh = await events.keep(
        news.webhook_id,
        foreign=foreign,
        kind=envelope.type[:80],
        business_id=envelope.business_id[:80],
        body=text,
        occurred_at=bell.now() if occurred is None else occurred,
        at=bell.now(),
    )
    probe.at("hook.committed")
    if foreign:  # rightly signed, and about somebody else's business: held, not applied, and a person is told (F-74)
        return _answer(202, "quarantined")
    answer = _answer(200, "kept" if fresh else "known")
    answer.background = BackgroundTask(_acknowledged, bell)
    return answer


async def _acknowledged(bell: Bell) -> None:
    """After the answer has left; a life that ends before this is caught up by the worker's own look."""
    probe.at("hook.acknowledged")
    bell.nudge()


def _headers(request: AnyRequest) -> dict[str, list[str]]:
    wanted = ("webhook-id", "webhook-timestamp", "webhook-signature")
    return {name: request.headers.getall(name, []) for name in wanted}


def _answer(status: int, word: str) -> Response[dict[str, str]]:
    return Response({"status": word}, status_code=status)
