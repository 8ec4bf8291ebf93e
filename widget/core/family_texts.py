"""The merchant's words about plans, in the shopper's language where the file has them."""

from collections.abc import Mapping
from typing import Annotated, TypeVar

from msgspec import Meta, Struct

from widget.core.market import nearest_name

Line = Annotated[str, Meta(min_length=1, max_length=120)]
Lines = Annotated[tuple[Line, ...], Meta(max_length=20)]
Body = Annotated[str, Meta(max_length=600)]
PlanName = Annotated[str, Meta(max_length=60)]
Noun = Annotated[str, Meta(max_length=40)]

T = TypeVar("T")


class PlanTexts(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Of a plan in one language; what is empty is the plan's own."""

    name: PlanName = ""
    features: Lines = ()  # line by line those of the plan


class SeatsTexts(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What seats are called in one language."""

    noun: Annotated[str, Meta(min_length=1, max_length=40)]


class DownsellTexts(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Of a downsell in one language, whole: a body in another language would stand under the headline otherwise."""

    headline: Line
    body: Body = ""


def nearest_texts(texts: Mapping[str, T], locale: str) -> T | None:
    """Those of the same BCP 47 name, else of the same language; None where the own words are said."""
    name = nearest_name(locale, texts)
    return None if name is None else texts[name]
