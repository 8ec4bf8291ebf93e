"""What the shopper saw and agreed to, as evidence."""

from hashlib import sha256
from typing import Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from widget.core.money import Money

Kept = Literal["equal", "changed", "other_words", "differs", "not_kept"]


class Consent(Struct, frozen=True, omit_defaults=True):
    """The words beside and on the button at the press, in the shopper's language; no personal data.

    What has a default was not kept by the first release, whose digests must stay what they are.
    """

    presentation_id: str
    quote_id: str
    text: str
    total: Money
    method: str  # brand and last four as shown
    locale: str
    ticket: str  # hash of the ticket's id
    pressed_at: int
    version: int = 0  # of the offers file
    edition: str = ""  # of Encore's own words in that language (web/edition.py)
    agreed: str = ""  # "box" where a box was ticked, "button" where the button stood under the terms

    @property
    def digest(self) -> str:
        """The hash that proves the record was not changed: sha256 of its canonical JSON."""
        return sha256(msgspec.json.encode(self, order="sorted")).hexdigest()


def compared(kept: Consent, digest: str, again: Consent | None, *, edition: str) -> Kept:
    """How a record with its digest stands to the same words written once more from what else is kept.

    `changed`: the record is not the one whose digest was taken. `other_words`: Encore's own words were another edition
    then, so the text cannot come out alike; the digest still proves the record. `not_kept`: what was shown is gone.
    """
    if kept.digest != digest:
        return "changed"
    if again is None:
        return "not_kept"
    if again.text == kept.text and replace(again, edition=kept.edition).digest == digest:
        return "equal"
    return "other_words" if kept.edition != edition else "differs"
