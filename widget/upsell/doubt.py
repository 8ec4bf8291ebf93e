"""Doubt: a press that may not have been meant is asked about once more (decision 0034); nobody is refused for it."""

import logging

from msgspec import Struct

from widget.web.logs import note
from widget.web.press_keys import Press
from widget.web.requests import AnyRequest

log = logging.getLogger("encore.upsell")

EARLY_MS = 800  # the same in static/frame.js: nobody has read a price and decided in less
EARLY, UNSEEN = "early", "unseen"


class Doubt(Struct, frozen=True):
    """Why a press is asked about once more: `early`, or `unseen` (something lay over price and button)."""

    cause: str


def doubt_of(request: AnyRequest, key: Press, form: dict[str, str], *, asked: bool, now: int) -> Doubt | None:
    """What speaks against taking a press at its word; `asked` where it was made at the second step already.

    What something lies over can never be pressed otherwise (a chat bubble that stays): there the second press counts.
    One that comes too early is asked about again however often. `now` in epoch ms.
    """
    said = form.get("doubt", "")
    if said == EARLY or _too_early(request, key, now):
        return _noted(Doubt(EARLY), key)
    if said == UNSEEN:
        doubt = _noted(Doubt(UNSEEN), key)
        return None if asked else doubt
    return None


def _too_early(request: AnyRequest, key: Press, now: int) -> bool:
    """Only browsers can be deceived, and every one of them says `Sec-Fetch-Dest`, which no page can take away.

    Without a script nothing tells a shopper to wait a moment, so it is not held against them.
    """
    scripted = request.headers.get("hx-request") == "true"
    return scripted and "sec-fetch-dest" in request.headers and 0 <= now - key.shown_at < EARLY_MS


def _noted(doubt: Doubt, key: Press) -> Doubt:
    note(log, "upsell.doubt", cause=doubt.cause, presentation=key.presentation_id)
    return doubt
