"""In which language a card speaks: as named for the page, else as its customer prefers, else as the browser asks."""

from typing import Any

from msgspec.structs import replace

from widget.storage.showing import Showing
from widget.web.languages import choose, is_language, spoken_or_none
from widget.web.press_keys import Press


def tongue(*named: str | None, accept: str) -> dict[str, Any]:
    """Fields of a key before the customer is known: the language, and whether it is only the browser's."""
    return {"locale": choose(*named, accept=accept), "guessed": not any(tag and is_language(tag) for tag in named)}


def in_their_tongue(seen: Showing, key: Press) -> Press:
    """The key once the customer is known; what was named for the page stays, and what was shown does not change."""
    if not key.guessed or seen.occasion.state == "asked":
        return key
    return replace(key, locale=choose(spoken_or_none(seen.customer_locale), key.locale), guessed=False)
