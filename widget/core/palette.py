"""Every colour of card and panel from one accent, in OKLCH; none of them is used where it could not be read."""

from collections.abc import Callable, Iterator
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from widget.core.colour import Oklch, contrast, least, parsed, readable
from widget.core.theme import Theme, preset_of, scheme_of

TEXT, SHAPE, STRONG = 4.5, 3.0, 7.0  # WCAG 2.2: 1.4.3, 1.4.11, 1.4.6
Side = Literal["light", "dark"]

_WHITE, _BLACK = Oklch(1, 0, 0), Oklch(0, 0, 0)


class Palette(Struct, frozen=True):
    """The colours of one scheme; what stands on what is in `PAIRS`."""

    ground: Oklch  # the card
    raised: Oklch  # a block on it
    page: Oklch  # around it, on a page of ours
    ink: Oklch  # text
    soft: Oklch  # text beside it
    line: Oklch  # between things; says nothing by itself
    edge: Oklch  # of what can be filled in or pressed
    accent: Oklch  # the yes
    press: Oklch  # the yes, under a finger
    on: Oklch  # words on it
    link: Oklch  # the accent as text
    tint: Oklch  # a hint of it
    good: Oklch
    good_tint: Oklch
    warn: Oklch
    warn_tint: Oklch
    strong: Oklch  # the accent where more contrast is asked for
    on_strong: Oklch


# Text or shape, what it stands on, and the least contrast.
PAIRS: tuple[tuple[str, str, float], ...] = (
    *(("ink", ground, STRONG) for ground in ("ground", "raised", "page", "tint", "good_tint")),
    *(("soft", ground, TEXT) for ground in ("ground", "raised", "page", "tint")),
    *(("edge", ground, SHAPE) for ground in ("ground", "raised", "page")),
    *(("accent", ground, SHAPE) for ground in ("ground", "raised", "page")),
    *(("link", ground, TEXT) for ground in ("ground", "raised", "page", "tint")),
    *(("good", ground, TEXT) for ground in ("ground", "raised", "good_tint")),
    ("warn", "warn_tint", TEXT),
    ("on", "accent", TEXT),
    ("on", "press", TEXT),
    *(("strong", ground, STRONG) for ground in ("ground", "raised", "page", "tint")),
    ("on_strong", "strong", STRONG),
)


class Correction(Struct, frozen=True):
    """A colour of the merchant's that is shown another way: which, where, what it had and what it needs."""

    field: str
    given: str
    used: Oklch
    where: str
    had: float
    needed: float


def palette(theme: Theme, side: Side) -> Palette:
    """The colours of a theme on light or dark cards."""
    preset, accent = preset_of(theme), accent_of(theme, side)
    hue = accent.hue if preset.neutral is None else preset.neutral
    tinge = preset.tinge * min(1.0, accent.chroma / 0.04) if preset.neutral is None else preset.tinge

    def grey(lightness: float, chroma: float) -> Oklch:
        return Oklch(lightness, chroma * tinge, hue)

    ground, raised, page = _grounds(grey, side, preset.ground)
    hint = min(0.03, accent.chroma * 0.25)
    light = side == "light"
    tint = Oklch(0.95, hint, accent.hue) if light else Oklch(0.3, hint * 1.8, accent.hue)
    good_tint = Oklch(0.95, 0.04, 155) if light else Oklch(0.3, 0.05, 158)
    warn_tint = Oklch(0.96, 0.045, 85) if light else Oklch(0.32, 0.045, 80)
    grounds = (ground, raised, page)
    fill = readable(accent, grounds, SHAPE)
    words = _words_on(fill)
    strong = readable(accent, (*grounds, tint), STRONG)
    return Palette(
        ground=ground, raised=raised, page=page, tint=tint, good_tint=good_tint, warn_tint=warn_tint,
        ink=readable(grey(0.23, 0.025) if light else grey(0.955, 0.008), (*grounds, tint, good_tint), STRONG),
        soft=readable(grey(0.47, 0.025) if light else grey(0.77, 0.018), (*grounds, tint), TEXT),
        line=grey(0.9, 0.012) if light else grey(0.33, 0.022),
        edge=readable(grey(0.68, 0.02) if light else grey(0.5, 0.03), grounds, SHAPE),
        accent=fill, press=_pressed(fill, words, grounds), on=words,
        link=readable(accent, (*grounds, tint), TEXT),
        good=readable(Oklch(0.5, 0.125, 155) if light else Oklch(0.8, 0.14, 155), (ground, raised, good_tint), TEXT),
        warn=readable(Oklch(0.38, 0.07, 70) if light else Oklch(0.91, 0.06, 85), (warn_tint,), TEXT),
        strong=strong, on_strong=max((_WHITE, _BLACK), key=lambda one: contrast(one, strong)),
    )  # fmt: skip


def accent_of(theme: Theme, side: Side) -> Oklch:
    """The accent as it was wished for, before anything is corrected."""
    preset = preset_of(theme)
    own = parsed(theme.accent) if theme.accent else None
    if side == "light":
        return own or preset.accent
    dark = parsed(theme.accent_dark) if theme.accent_dark else None
    return dark or own or preset.accent_dark


def corrections(theme: Theme) -> Iterator[Correction]:
    """Where a merchant's own colour is not shown as it was written, on the cards it was written for."""
    scheme = scheme_of(theme)
    judged: tuple[tuple[str, Side], ...] = (("accent", "light"), ("accent_dark", "dark"), ("accent", "dark"))
    for field, side in judged:
        given = str(getattr(theme, field))
        only_dark = field == "accent" and side == "dark"
        meant = scheme == "dark" and not theme.accent_dark if only_dark else scheme != _OTHER[side]
        if given and parsed(given) and meant:
            yield from _corrected(field, given, palette(theme, side), accent_of(theme, side), side)


_OTHER = {"light": "dark", "dark": "light"}


def _corrected(field: str, given: str, made: Palette, wish: Oklch, side: str) -> Iterator[Correction]:
    grounds = (made.ground, made.raised, made.page)
    if made.accent != wish:
        yield Correction(field, given, made.accent, f"as a button on a {side} card", least(wish, grounds), SHAPE)
    if made.link != wish:
        yield Correction(field, given, made.link, f"as text on a {side} card", least(wish, (*grounds, made.tint)), TEXT)


def _grounds(grey: Callable[[float, float], Oklch], side: Side, top: float) -> tuple[Oklch, Oklch, Oklch]:
    if side == "light":
        return grey(top, 0.007 if top < 1 else 0), grey(top - 0.026, 0.007), grey(top - 0.035, 0.01)
    return grey(0.215, 0.018), grey(0.255, 0.02), grey(0.165, 0.015)


def _words_on(fill: Oklch) -> Oklch:
    """White where it can be read, else a dark of the same hue, else black: one of them always can be."""
    tinged = Oklch(0.18, min(0.05, fill.chroma), fill.hue)
    return next((one for one in (_WHITE, tinged) if contrast(one, fill) >= TEXT), _BLACK)


def _pressed(fill: Oklch, words: Oklch, grounds: tuple[Oklch, ...]) -> Oklch:
    """A little darker or lighter, as far as it can still be read."""
    for step in (-0.06, 0.06, -0.03, 0.03):
        moved = replace(fill, lightness=min(max(fill.lightness + step, 0.0), 1.0))
        if moved != fill and contrast(words, moved) >= TEXT and least(moved, grounds) >= SHAPE:
            return moved
    return fill
