"""Everything that is translated, by the name it is translated under."""

from widget.web.plan_words import PlanWords
from widget.web.refusal_words import RefusalWords
from widget.web.spoken import Counted, Table, sentences
from widget.web.words import Words

ROOMS: dict[str, type[Table]] = {"card": Words, "panel": PlanWords, "refusal": RefusalWords}


def everything() -> dict[str, str | tuple[str, str]]:
    """Name → English; two forms of it where a number decides. Strings that are empty in English are not for people."""
    return {
        context: (english.one, english.other) if isinstance(english, Counted) else english
        for room, table in ROOMS.items()
        for context, english in sentences(table, room).values()
        if english
    }
