"""What the shopper saw and agreed to, as evidence."""

from hashlib import sha256

import msgspec
from msgspec import Struct

from widget.core.money import Money


class Consent(Struct, frozen=True):
    """The words beside and on the button at the press, in the shopper's language; no personal data."""

    presentation_id: str
    quote_id: str
    text: str
    total: Money
    method: str  # brand and last four as shown
    locale: str
    ticket: str  # hash of the ticket's id
    pressed_at: int

    @property
    def digest(self) -> str:
        """The hash that proves the record was not changed: sha256 of its canonical JSON."""
        return sha256(msgspec.json.encode(self, order="sorted")).hexdigest()
