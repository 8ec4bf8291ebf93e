"""A theme as a stylesheet's first lines, and as what a document says of it; nothing in it is a merchant's own text."""

from msgspec import Struct
from msgspec.structs import replace

from widget.core.colour import spelled
from widget.core.palette import Palette, Side, palette
from widget.core.theme import PRESETS, Layout, Theme, families, family_css, preset_of, scheme_of
from widget.core.theme_wish import coded

# Space between and around, and the height of what is pressed, by density.
_DENSE = {"compact": ("1rem", "2.75rem"), "regular": ("1.25rem", "3.125rem"), "roomy": ("1.625rem", "3.5rem")}


_SET = "font-family:var(--font);color:var(--ink)"


class Look(Struct, frozen=True):
    """What a document says about its look, ready to print."""

    theme: Theme = Theme()
    logo: str = ""  # where we serve it
    layout: Layout = "card"

    @property
    def code(self) -> str:
        """The part of a stylesheet's address that says which theme."""
        return coded(replace(self.theme, scheme=None, layout=None, logo="", logo_alt=""))

    @property
    def sheet(self) -> str:
        """The stylesheet of a framed card: a phone that needs one layout is not sent four."""
        return "card.css" if self.layout == "card" else "layouts.css"

    @property
    def scheme(self) -> str:
        """`light` or `dark` where the theme has one of its own, else nothing."""
        scheme = scheme_of(self.theme)
        return "" if scheme == "auto" else scheme

    def scheme_for(self, ticket: str, said: dict[str, str]) -> str:
        """`light`, `dark` or nothing: the ticket's word, the element's, the theme's, else as the page around looks."""
        seen = said.get("theme", "") if said.get("theme") in {"light", "dark"} else ""
        if ticket in {"light", "dark"}:
            return ticket
        return seen if said.get("scheme") in {"light", "dark", "auto"} else self.scheme or seen


def tokens(theme: Theme) -> str:
    """The custom properties of a theme: numbers, hex colours and quoted family names, in both schemes."""
    light, dark = _colours(theme, "light"), _colours(theme, "dark")
    return (
        f":root{{color-scheme:light dark;{_sizes(theme)};{light}}}\n"
        f"@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}\n"
        f":root[data-theme=dark]{{color-scheme:dark;{dark}}}\n"
        ":root[data-theme=light]{color-scheme:light}\n"
    )


def preset_tokens() -> str:
    """Every preset side by side, each within its own class; for the gallery."""
    return "".join(_within(f".preset-{name}", Theme(preset=name)) for name in PRESETS)


def _within(place: str, theme: Theme) -> str:
    light, dark = _colours(theme, "light"), _colours(theme, "dark")
    if scheme_of(theme) == "dark":
        return f"{place}{{color-scheme:dark;{_sizes(theme)};{dark};{_SET}}}\n"
    return f"{place}{{{_sizes(theme)};{light};{_SET}}}\n@media (prefers-color-scheme:dark){{{place}{{{dark}}}}}\n"


def _sizes(theme: Theme) -> str:
    preset = preset_of(theme)
    radius = preset.radius if theme.radius is None else theme.radius
    gap, control = _DENSE[theme.density or preset.density]
    names = families(theme)
    display = () if theme.font else preset.display
    return ";".join(
        (
            f"--radius:{radius}px",
            f"--round:{round(radius * 0.67)}px",  # of what is in the card
            f"--pill:{min(radius * 8, 999)}px",
            f"--gap:{gap}",
            f"--control:{control}",
            f"--font:{family_css(names)}",
            f"--display:{family_css(display) if display else 'var(--font)'}",
        )
    )


def _colours(theme: Theme, side: Side) -> str:
    found: Palette = palette(theme, side)
    named = {name.replace("_", "-"): getattr(found, name) for name in found.__struct_fields__}
    return ";".join(f"--{name}:{_short(spelled(colour))}" for name, colour in named.items())


def _short(colour: str) -> str:
    """`#fff` for `#ffffff`."""
    pairs = colour[1:3], colour[3:5], colour[5:]
    return "#" + "".join(pair[0] for pair in pairs) if all(pair[0] == pair[1] for pair in pairs) else colour
