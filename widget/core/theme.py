"""How a merchant wants card and panel to look: a handful of tokens over one of six presets."""

import re
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from widget.core.colour import Oklch

PresetName = Literal["plain", "paper", "ink", "meadow", "coral", "night"]
Density = Literal["compact", "regular", "roomy"]
Scheme = Literal["light", "dark", "auto"]
Layout = Literal["card", "row", "side", "page"]
Radius = Annotated[int, Meta(ge=0, le=28)]
_GENERIC = {"serif", "sans-serif", "monospace", "system-ui", "ui-serif", "ui-sans-serif", "ui-rounded", "ui-monospace"}
FAMILY = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[ -][A-Za-z0-9]+)*")
FAMILIES = 6  # further ones are never reached
_SANS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif")
_SERIF = ("Iowan Old Style", "Charter", "Georgia", "Noto Serif", "serif")


class Theme(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The `[theme]` table; what is left out is the preset's."""

    preset: PresetName | None = None
    accent: str = ""  # "#e11d48" or "oklch(0.55 0.2 274)"
    accent_dark: str = ""  # on dark cards; derived from accent where it is left out
    radius: Radius | None = None  # pixels, of the card; what is in it is rounder or squarer with it
    font: str = ""  # families in order, "Inter, system-ui"; nothing is loaded
    density: Density | None = None
    scheme: Scheme | None = None  # "auto" is as the page around the card looks
    layout: Layout | None = None  # of a framed card; the page in between is always the full page
    logo: str = ""  # an https address; fetched once and served from Encore's origin
    logo_alt: str = ""  # what it says, for those who do not see it


class Preset(Struct, frozen=True):
    """A look that is whole without a merchant's word. `neutral` is a hue for the greys; None is the accent's."""

    accent: Oklch
    accent_dark: Oklch
    neutral: float | None = None
    tinge: float = 1.0  # how much of it the greys have
    ground: float = 1.0  # lightness of a light card
    radius: int = 18
    font: tuple[str, ...] = _SANS
    display: tuple[str, ...] = ()  # of headings; () is the same
    density: Density = "regular"
    scheme: Scheme = "auto"


PRESETS: dict[PresetName, Preset] = {
    "plain": Preset(Oklch(0.5, 0.19, 274), Oklch(0.75, 0.125, 278)),
    "paper": Preset(
        Oklch(0.46, 0.1, 38), Oklch(0.76, 0.09, 55), neutral=75, tinge=1.4, ground=0.985, radius=6, display=_SERIF
    ),
    "ink": Preset(
        Oklch(0.22, 0, 0), Oklch(0.95, 0, 0), tinge=0, radius=0, font=("Helvetica Neue", "Arial", "sans-serif")
    ),
    "meadow": Preset(Oklch(0.47, 0.105, 158), Oklch(0.78, 0.12, 158), neutral=150, radius=14, density="roomy"),
    "coral": Preset(
        Oklch(0.585, 0.2, 22), Oklch(0.74, 0.14, 25), neutral=20, radius=26, font=("ui-rounded", "Nunito", *_SANS)
    ),
    "night": Preset(
        Oklch(0.5, 0.12, 215), Oklch(0.82, 0.125, 205), neutral=262, tinge=1.7, radius=14, scheme="dark"
    ),
}  # fmt: skip


def preset_of(theme: Theme) -> Preset:
    """The preset a theme builds on."""
    return PRESETS[theme.preset or "plain"]


def families(theme: Theme) -> tuple[str, ...]:
    """The font families of a theme in order; the preset's after the merchant's own, so that text is always set."""
    own = tuple(name.strip() for name in theme.font.split(",")) if theme.font else ()
    return tuple(dict.fromkeys((*own, *preset_of(theme).font)))


def family_css(names: tuple[str, ...]) -> str:
    """Families as a stylesheet has them: every name that is not a generic one is quoted."""
    return ",".join(name if name in _GENERIC or name == "-apple-system" else f'"{name}"' for name in names)


def merged(theme: Theme, over: Theme) -> Theme:
    """The theme of the file with what the element says over it."""
    fields: dict[str, Any] = {name: getattr(theme, name) for name in theme.__struct_fields__}
    said = {name: value for name in over.__struct_fields__ if (value := getattr(over, name)) not in {None, ""}}
    if "accent" in said and "accent_dark" not in said:
        said["accent_dark"] = ""  # the file's belongs to the file's accent
    return Theme(**(fields | said))


def scheme_of(theme: Theme) -> Scheme:
    """Light, dark, or as the page looks."""
    return theme.scheme or preset_of(theme).scheme
