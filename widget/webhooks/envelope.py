"""What a webhook says around its data: kind, time and business; the data is read when it is applied."""

from datetime import UTC, datetime

import msgspec
from msgspec import Raw, Struct


class Envelope(Struct, frozen=True):
    """The part every event has (dodo-api 7.3)."""

    type: str
    data: Raw = Raw(b"null")
    business_id: str = ""
    timestamp: datetime | None = None

    @property
    def occurred_ms(self) -> int | None:
        """When it happened, epoch ms; a time without a zone is taken as UTC."""
        if self.timestamp is None:
            return None
        return int(self.timestamp.replace(tzinfo=self.timestamp.tzinfo or UTC).timestamp() * 1000)


class Subject(Struct, frozen=True):
    """Which payment or subscription the event rings for; everything else is read from the provider."""

    payment_id: str | None = None
    subscription_id: str | None = None


class Unreadable(Exception):
    """Signed, but not an event we can read: not JSON, or without its envelope."""


def read(body: str) -> Envelope:
    """The envelope; raises `Unreadable`."""
    try:
        found = msgspec.json.decode(body, type=Envelope)
    except (msgspec.DecodeError, RecursionError) as error:  # deep nesting raises RecursionError, not their own
        raise Unreadable(str(error)) from None
    if "\x00" in found.type + found.business_id:
        raise Unreadable("NUL in the kind or the business: no database keeps it as text")
    return found


def subject(envelope: Envelope) -> Subject:
    """Whom it rings for; raises `Unreadable`."""
    try:
        return msgspec.json.decode(envelope.data, type=Subject)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Unreadable(str(error)) from None
