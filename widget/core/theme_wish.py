"""What an element on a merchant's page says about its own look; and its short spelling, for addresses and keys."""

import base64
import re
from binascii import Error
from typing import Any

import msgspec

from widget.core.theme import Theme
from widget.core.theme_flaws import theme_flaws

# Never a logo: its address would be one that anybody's page chooses and our server fetches.
WISHES = ("preset", "accent", "accent_dark", "radius", "font", "density", "layout")
_LONGEST = 400
_PLAIN = Theme()


def wished(said: dict[str, str]) -> Theme:
    """What of it can be followed; whatever is not a plain value of ours is as if it had not been said."""
    fields: dict[str, Any] = {}
    for name in WISHES:
        written = said.get(name, "").strip()[:200]
        value: Any = int(written) if name == "radius" and re.fullmatch(r"[0-9]{1,2}", written) else written
        if written and _fits(name, value):
            fields[name] = value
    return Theme(**fields)


def coded(theme: Theme) -> str:
    """A theme as one word of letters, digits, - and _; nothing for one that says nothing."""
    if theme == _PLAIN:
        return ""
    return base64.urlsafe_b64encode(msgspec.json.encode(theme)).decode().rstrip("=")


def decoded(code: str) -> Theme | None:
    """The theme of a word that `coded` made and nobody changed; None for any other."""
    if not code:
        return _PLAIN
    try:
        body = base64.urlsafe_b64decode(code + "=" * (-len(code) % 4)) if len(code) <= _LONGEST else b""
        theme = msgspec.json.decode(body, type=Theme)
    except (Error, ValueError):
        return None
    return theme if coded(theme) == code and not theme_flaws(theme) else None


def _fits(name: str, value: object) -> bool:
    try:
        return not theme_flaws(msgspec.convert({name: value}, Theme))
    except msgspec.ValidationError:
        return False
