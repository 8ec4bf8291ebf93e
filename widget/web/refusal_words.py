"""What pages of refusal say to a person; machines read the English of core/refusal.py and the codes."""

from functools import lru_cache

from widget.core.refusal import Boxed, Busy, CutShort, Gone, NotNow, RateLimited, Refusal, TooSlow
from widget.web.languages import nearest
from widget.web.spoken import Table, in_language


class RefusalWords(Table, frozen=True):
    """Sentences of pages that show neither card nor panel."""

    refused: str = Refusal.sentence
    gone: str = Gone.sentence
    boxed: str = Boxed.sentence
    open_alone: str = "Open it in its own window"
    rate_limited: str = RateLimited.sentence
    not_now: str = NotNow.sentence
    away: str = "This is not possible at the moment. Please try again in a minute; you will not be charged twice."
    broken: str = "Something went wrong here. Reference: {reference}"
    press_did_nothing: str = "Nothing was changed or charged by this press."
    opening_did_nothing: str = "Nothing was charged by opening this page."
    look_again: str = "Look again"

    def of(self, refusal: Refusal) -> str:
        """The sentence for a refusal; its own English where it is no page's business, such as a developer's mistake."""
        name = _NAMES.get(type(refusal))
        return str(getattr(self, name)) if name else refusal.sentence


_NAMES: dict[type[Refusal], str] = {
    Refusal: "refused", Gone: "gone", Boxed: "boxed", RateLimited: "rate_limited", NotNow: "not_now",
    TooSlow: "not_now", Busy: "not_now", CutShort: "not_now",
}  # fmt: skip


@lru_cache(maxsize=256)  # names of languages come from outside
def refusal_words_for(locale: str) -> RefusalWords:
    """The sentences in the language nearest to a BCP 47 name."""
    return in_language(RefusalWords, "refusal", nearest(locale))
