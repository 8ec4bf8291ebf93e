"""The press key moves money: made when a button is rendered, short-lived, carried in a request's body only."""

from collections.abc import Sequence
from typing import Literal

import msgspec
from msgspec import Struct

from widget.core.secret import Secret
from widget.web import tokens

LIVES_S = 1800  # renewed with every answer (reliability 2.2)
_TYP = "encore-press+jwt"
_AUDIENCE = "encore/press"
_PURPOSE = "press"
_LIMIT = 8192  # `next` may be 2048 characters, most of them three bytes
_LEEWAY_S = 60  # between the clocks of two machines of one deployment


class Press(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a button is about; an empty text means that there is none. `made_at` in epoch seconds, set by `make`."""

    ticket: str  # hash of the ticket's id
    customer: str = ""  # hash of the customer's id: the key is read by the shopper's browser
    occasion_id: str = ""
    presentation_id: str = ""
    step: int = 0
    quote_id: str = ""
    charge_id: str = ""  # the intent
    return_id: str = ""
    subscription_id: str = ""  # of the plan panel; a key of it opens no offer, and the other way round
    seen: str = ""  # what the panel showed, so that an unchanged one is not sent again
    next: str = ""
    locale: str = ""
    guessed: bool = False  # the locale is the browser's, before the customer's own could be known
    theme: str = ""
    look: str = ""  # what the element said about its own (theme_wish.coded)
    parent: str = ""  # the origin around the frame
    layout: Literal["frame", "page"] = "frame"
    made_at: int = 0
    shown_at: int = 0  # epoch ms: when its button was rendered, for a press that comes too early to be meant


class BadPress(Exception):
    """Not a key of ours: forged, tampered, of another kind, or from the future."""


class StalePress(Exception):
    """A key of ours whose time is over; it moves nothing, but the page it belongs to can be shown again."""

    def __init__(self, press: Press) -> None:
        super().__init__("the key's time is over")
        self.press = press


class _Claims(Struct, forbid_unknown_fields=True):
    aud: Literal["encore/press"]
    exp: int
    press: Press


def make(press: Press, keys: Sequence[Secret], now: int) -> str:
    """The key for a button rendered now (epoch seconds)."""
    claims = _Claims(aud=_AUDIENCE, exp=now + LIVES_S, press=msgspec.structs.replace(press, made_at=now))
    return tokens.seal(msgspec.json.encode(claims), tokens.derived(keys, _PURPOSE)[0], typ=_TYP)


def read(token: str, keys: Sequence[Secret], now: int) -> Press:
    """What was pressed; raises `StalePress` for an authentic key that is too old and `BadPress` for all else."""
    try:
        payload = tokens.unseal(token, tokens.derived(keys, _PURPOSE), typ=_TYP, typ_required=True, limit=_LIMIT)
        claims = msgspec.json.decode(payload, type=_Claims)
    except (tokens.Forged, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadPress(str(error)) from None
    if claims.press.made_at > now + _LEEWAY_S:
        raise BadPress("from the future")
    if now > claims.exp:
        raise StalePress(claims.press)
    return claims.press
