"""Is this webhook Dodo's? Standard Webhooks on the raw body, stricter than the library where it is lenient."""

import base64
import binascii
import re
from collections.abc import Sequence

from standardwebhooks import Webhook, WebhookVerificationError

_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")  # a full stop inside an id would shift the signed text (its spec warns)
_TIMESTAMP = re.compile(r"[0-9]{10}")  # the library also takes 1.6e9, +1…, n.9
_SIGNATURE = re.compile(r"v1,[A-Za-z0-9+/]{43}=")
_SIGNATURES_LIMIT = 20


class NotGenuine(Exception):
    """The signature, the time or the headers are not right; the reason is for our log only."""


def verify(body: bytes, headers: dict[str, list[str]], secrets: Sequence[str]) -> str:
    """The webhook's id if one of the secrets signed it within five minutes of now; raises `NotGenuine`."""
    webhook_id = _one(headers, "webhook-id", _ID)
    timestamp = _one(headers, "webhook-timestamp", _TIMESTAMP)
    signatures = _signatures(headers)
    known = {"webhook-id": webhook_id, "webhook-timestamp": timestamp, "webhook-signature": signatures}
    for secret in secrets:
        try:
            Webhook(secret).verify(body, known, json_parse=False)
        except (WebhookVerificationError, ValueError):  # ValueError: text that is not UTF-8, base64 that is not
            continue
        return webhook_id
    raise NotGenuine("no secret of ours signed it, or its time is more than five minutes off")


def _one(headers: dict[str, list[str]], name: str, shape: re.Pattern[str]) -> str:
    values = headers.get(name, [])
    if len(values) != 1 or not shape.fullmatch(values[0]):
        raise NotGenuine(f"{name} is missing, repeated or malformed")
    return values[0]


def _signatures(headers: dict[str, list[str]]) -> str:
    """The v1 signatures that are written as our own encoder would write them; others say nothing."""
    offered = " ".join(headers.get("webhook-signature", [])).split(" ")
    if len(offered) > _SIGNATURES_LIMIT:
        raise NotGenuine("too many signatures")
    kept = [one for one in offered if _SIGNATURE.fullmatch(one) and _canonical(one.removeprefix("v1,"))]
    if not kept:
        raise NotGenuine("webhook-signature holds no v1 signature")
    return " ".join(kept)


def _canonical(text: str) -> bool:
    try:
        return base64.b64encode(base64.b64decode(text, validate=True)).decode() == text
    except binascii.Error:
        return False
