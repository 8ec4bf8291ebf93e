"""Is this webhook Dodo's? Standard Webhooks on the raw body, stricter than the library where it is lenient."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from msgspec import Struct
from standardwebhooks import Webhook, WebhookVerificationError

_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")  # a full stop inside an id would shift the signed text (its spec warns)
_TIMESTAMP = re.compile(r"[0-9]{10}")  # the library also takes 1.6e9, +1…, n.9
_SIGNATURE = re.compile(r"v1,[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=")  # 32 bytes, in the one spelling they have
_SIGNATURES_LIMIT = 20


class NotGenuine(Exception):
    """The signature, the time or the headers are not right; the reason is for our log only."""


class TooLate(NotGenuine):
    """Signed by one of our secrets, and more than five minutes off: a clock is wrong, or it is an old copy."""


class Genuine(Struct, frozen=True):
    """Its id, and whether only a secret behind the first signed it."""

    webhook_id: str
    by_old_secret: bool


def verify(body: bytes, headers: dict[str, list[str]], secrets: Sequence[str]) -> str:
    """The webhook's id if one of the secrets signed it within five minutes of now; raises `NotGenuine`."""
    return genuine(body, headers, secrets).webhook_id


def genuine(body: bytes, headers: dict[str, list[str]], secrets: Sequence[str]) -> Genuine:
    """The same, and which secret it was; raises `NotGenuine`."""
    webhook_id = _one(headers, "webhook-id", _ID)
    timestamp = _one(headers, "webhook-timestamp", _TIMESTAMP)
    signatures = _signatures(headers)
    known = {"webhook-id": webhook_id, "webhook-timestamp": timestamp, "webhook-signature": signatures}
    for place, secret in enumerate(secrets):
        try:
            Webhook(secret).verify(body, known, json_parse=False)
        except (WebhookVerificationError, ValueError):  # ValueError: text that is not UTF-8, base64 that is not
            continue
        return Genuine(webhook_id, by_old_secret=place > 0)
    if any(_signed(secret, webhook_id, timestamp, body) in signatures.split(" ") for secret in secrets):
        raise TooLate("signed by us and Dodo alone, but its time is more than five minutes off")
    raise NotGenuine("no secret of ours signed it")


def _signed(secret: str, webhook_id: str, timestamp: str, body: bytes) -> str | None:
    """What the secret would have signed; only to tell a wrong clock from a wrong secret, it lets nothing in."""
    try:
        return Webhook(secret).sign(webhook_id, datetime.fromtimestamp(int(timestamp), UTC), body.decode())
    except ValueError:
        return None


def _one(headers: dict[str, list[str]], name: str, shape: re.Pattern[str]) -> str:
    values = headers.get(name, [])
    if len(values) != 1 or not shape.fullmatch(values[0]):
        raise NotGenuine(f"{name} is missing, repeated or malformed")
    return values[0]


def _signatures(headers: dict[str, list[str]]) -> str:
    """The v1 signatures that are written as an encoder would write them; others say nothing."""
    offered = " ".join(headers.get("webhook-signature", [])).split(" ")
    if len(offered) > _SIGNATURES_LIMIT:
        raise NotGenuine("too many signatures")
    kept = [one for one in offered if _SIGNATURE.fullmatch(one)]
    if not kept:
        raise NotGenuine("webhook-signature holds no v1 signature")
    return " ".join(kept)
