"""Colours as eyes see them: OKLCH to and from sRGB, and the contrast of two as WCAG 2 counts it."""

import math
import re
from collections.abc import Iterable
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

_HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)
_OKLCH = re.compile(r"oklch\(\s*([\d.]{1,8})(%?)\s+([\d.]{1,8})\s+(-?[\d.]{1,8})(?:deg)?\s*\)", re.IGNORECASE)
_STEPS = 14  # halvings: finer than a step of eight bits


class Oklch(Struct, frozen=True):
    """Lightness 0 to 1, chroma 0 to about 0.37, hue in degrees (Björn Ottosson's OKLab in polar form)."""

    lightness: float
    chroma: float
    hue: float


Rgb = tuple[int, int, int]


def parsed(text: str) -> Oklch | None:
    """A colour as people write it: `#e11d48`, `#fff` or `oklch(0.55 0.2 274)`; None for anything else."""
    written = text.strip()
    if _HEX.fullmatch(written):
        digits = written[1:] if len(written) == 7 else "".join(digit * 2 for digit in written[1:])
        return from_rgb((int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)))
    found = _OKLCH.fullmatch(written)
    try:
        lightness, chroma, hue = (float(found[index]) for index in (1, 3, 4)) if found else (2.0, 0.0, 0.0)
    except ValueError:  # more than one point in a number
        return None
    if found and found[2]:
        lightness /= 100
    return Oklch(lightness, chroma, hue % 360) if 0 <= lightness <= 1 and chroma <= 0.5 else None


@lru_cache(maxsize=4096)
def to_rgb(colour: Oklch) -> Rgb:
    """The nearest colour of this lightness and hue that a screen can show: chroma gives way, nothing else."""
    if _fits(colour):
        return _bytes(colour)
    low, high = 0.0, colour.chroma
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if _fits(replace(colour, chroma=middle)) else (low, middle)
    return _bytes(replace(colour, chroma=low))


def from_rgb(rgb: Rgb) -> Oklch:
    """The same colour in OKLCH."""
    red, green, blue = (_linear(channel / 255) for channel in rgb)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return Oklch(min(max(lightness, 0.0), 1.0), math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360)


def spelled(colour: Oklch) -> str:
    """As a stylesheet has it, and every engine reads it: `#rrggbb`."""
    return "#" + "".join(f"{channel:02x}" for channel in to_rgb(colour))


def contrast(one: Oklch, other: Oklch) -> float:
    """WCAG 2.2's contrast ratio, 1 to 21, of exactly the colours a screen is given."""
    light, dark = sorted((luminance(to_rgb(one)), luminance(to_rgb(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(rgb: Rgb) -> float:
    """WCAG 2.2's relative luminance: 0 is black, 1 is white."""
    red, green, blue = (_wcag_linear(channel / 255) for channel in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def least(colour: Oklch, grounds: Iterable[Oklch]) -> float:
    """The contrast on the ground where it is weakest."""
    return min(contrast(colour, ground) for ground in grounds)


def readable(colour: Oklch, grounds: tuple[Oklch, ...], ratio: float) -> Oklch:
    """The colour itself where it has this contrast on every ground, else the nearest lightness that has.

    It is moved away from the grounds: darker on light ones, lighter on dark ones. Black or white, where
    nothing on that side is enough.
    """
    if least(colour, grounds) >= ratio:
        return colour
    darker = sum(ground.lightness for ground in grounds) / len(grounds) > 0.5
    enough, short = (0.0 if darker else 1.0), colour.lightness
    for _ in range(_STEPS):
        middle = (enough + short) / 2
        moved = replace(colour, lightness=middle)
        enough, short = (middle, short) if least(moved, grounds) >= ratio else (enough, middle)
    return replace(colour, lightness=enough)


def _linear_rgb(colour: Oklch) -> tuple[float, float, float]:
    angle = math.radians(colour.hue)
    a, b = colour.chroma * math.cos(angle), colour.chroma * math.sin(angle)
    long = (colour.lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (colour.lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (colour.lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _fits(colour: Oklch) -> bool:
    return all(-0.0005 <= channel <= 1.0005 for channel in _linear_rgb(colour))


def _bytes(colour: Oklch) -> Rgb:
    red, green, blue = (round(_curved(min(max(one, 0.0), 1.0)) * 255) for one in _linear_rgb(colour))
    return red, green, blue


def _curved(channel: float) -> float:
    return 12.92 * channel if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _wcag_linear(channel: float) -> float:
    """The same with WCAG's own threshold; for eight bits both give the same."""
    return channel / 12.92 if channel <= 0.03928 else ((channel + 0.055) / 1.055) ** 2.4
