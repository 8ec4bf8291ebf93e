"""Which words Encore had: a name for all its sentences in a language, kept with what a shopper agreed to."""

from functools import lru_cache
from hashlib import sha256
from importlib.metadata import version

import msgspec

from widget.web.languages import nearest
from widget.web.plan_words import plan_words_for
from widget.web.words import words_for


@lru_cache(maxsize=64)
def edition(locale: str) -> str:
    """Twelve hexadecimal digits; others with a release, another sentence, or other tables of numbers and dates."""
    language = nearest(locale)
    parts = (version("encore-widget"), version("babel"), words_for(language), plan_words_for(language))
    return sha256(msgspec.json.encode(parts)).hexdigest()[:12]
