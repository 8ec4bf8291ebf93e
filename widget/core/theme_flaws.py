"""What is wrong with a theme beyond the kind of a value, and what of it is shown another way so that it can be read."""

from widget.core.colour import parsed, spelled
from widget.core.origin import origin_of
from widget.core.palette import Correction, corrections
from widget.core.theme import FAMILIES, FAMILY, Theme
from widget.core.toml_tables import Flaw

_LONGEST_LOGO, _LONGEST_ALT = 1000, 80
_COLOUR_EXPECTED = 'is no colour; write it as "#4f46e5" or "oklch(0.55 0.2 274)"'


def theme_flaws(theme: Theme) -> list[Flaw]:
    """Every flaw of the `[theme]` table, with its path in the file."""
    flaws: list[Flaw] = []
    for field in ("accent", "accent_dark"):
        written = str(getattr(theme, field))
        if written and parsed(written) is None:
            flaws.append((("theme", field), f"{written!r} {_COLOUR_EXPECTED}"))
    if theme.font and not _set(theme.font):
        expected = f"expected up to {FAMILIES} font names of letters, digits, spaces and hyphens, such as"
        flaws.append((("theme", "font"), f'{expected} "Inter, Georgia, serif"'))
    if theme.logo and not (
        len(theme.logo) <= _LONGEST_LOGO and theme.logo.startswith("https://") and _plain(theme.logo)
    ):
        flaws.append((("theme", "logo"), f"expected an https address of at most {_LONGEST_LOGO} characters"))
    if len(theme.logo_alt) > _LONGEST_ALT:
        flaws.append((("theme", "logo_alt"), f"expected at most {_LONGEST_ALT} characters"))
    if theme.logo_alt and not theme.logo:
        flaws.append((("theme", "logo_alt"), 'there is no logo for it; write logo = "https://…"'))
    return flaws


def theme_warnings(theme: Theme) -> list[Flaw]:
    """Colours that could not be read as they are written, and what is shown instead; never a reason not to apply it."""
    return [(("theme", one.field), _told(one)) for one in corrections(theme)]


def _told(one: Correction) -> str:
    needed, had = f"{one.needed:g}:1", f"{one.had:.2f}:1"
    return f"{one.given} has a contrast of {had} {one.where}, {needed} is needed; {spelled(one.used)} is shown instead"


def _set(font: str) -> bool:
    names = [name.strip() for name in font.split(",")]
    return len(names) <= FAMILIES and all(len(name) <= 40 and FAMILY.fullmatch(name) for name in names)


def _plain(url: str) -> bool:
    return origin_of(url) is not None and not any(sign.isspace() or sign in "\"'<>{}\\" for sign in url)
