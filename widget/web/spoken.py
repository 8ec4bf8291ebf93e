"""A table of sentences, each a field with its English, and the same table in another language."""

from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import fields

from widget.web.catalogues import counted, direction, said


class Counted(Struct, frozen=True):
    """A sentence with `{count}` in it, which has as many forms as the language has."""

    one: str
    other: str
    language: str = "en"
    context: str = ""

    def format(self, *, count: int, **places: object) -> str:
        """The sentence for a number, filled."""
        return counted(self.language, self.context, self.one, self.other, count).format(count=count, **places)


class Table(Struct, frozen=True):
    """What every table knows of itself, and the words for periods, which are in all of them."""

    locale: str = "en"
    direction: str = "ltr"
    every_day: str = "every day"
    every_week: str = "every week"
    every_month: str = "every month"
    every_year: str = "every year"
    every_days: Counted = Counted("every {count} day", "every {count} days")
    every_weeks: Counted = Counted("every {count} week", "every {count} weeks")
    every_months: Counted = Counted("every {count} month", "every {count} months")
    every_years: Counted = Counted("every {count} year", "every {count} years")

    def period(self, count: int, interval: str) -> str:
        """`every month`, `every 3 months`; the intervals are Day, Week, Month and Year."""
        name = interval.lower()
        if count == 1:
            return str(getattr(self, f"every_{name}"))
        several: Counted = getattr(self, f"every_{name}s")
        return several.format(count=count)


T = TypeVar("T", bound=Table)

_UNSPOKEN = frozenset({"locale", "direction"})
_SHARED = frozenset(field.name for field in fields(Table))


def sentences(table: type[Table], room: str) -> dict[str, tuple[str, str | Counted]]:
    """Field → the name it is translated under, and its English. Periods have one name in every room."""
    return {
        field.name: (f"{'period' if field.name in _SHARED else room}.{field.name}", field.default)
        for field in fields(table)
        if field.name not in _UNSPOKEN
    }


def in_language(table: type[T], room: str, language: str) -> T:
    """The table with every sentence in this language, or in English where it has none."""
    if language == "en":
        return table()
    found: dict[str, Any] = {"locale": language, "direction": direction(language)}
    for name, (context, english) in sentences(table, room).items():
        if isinstance(english, Counted):
            found[name] = Counted(english.one, english.other, language, context)
        else:
            found[name] = said(language, context, english)
    return table(**found)
