"""`encore offers history`: who put which version of the file in force, when, and what it changed."""

import difflib
import sys
from itertools import pairwise

from widget.commands.printing import as_json, as_table, when
from widget.storage import offers

_NAMED = 8  # offers of a line; --json and --diff tell all
_NO_END = "\n\\ No newline at end of file\n"


async def history(*, as_document: bool, lines: bool) -> int:
    """The newest first; `lines` adds every version's difference to the one before it."""
    found = await offers.versions()
    kept = await offers.names_of_versions()
    changed = {int(one["version"]): _changed(kept, int(one["version"])) for one in found}
    bodies = [*(str(one["body"]) for one in found), ""]
    differences = [difference(before, after) for after, before in pairwise(bodies)]
    if as_document:
        as_json(
            [
                {
                    "version": one["version"],
                    "applied_at": when(one["applied_at"]),
                    "applied_by": one["applied_by"],
                    "digest": one["digest"],
                    "offers": changed[int(one["version"])],
                    "difference": told,
                }
                for one, told in zip(found, differences, strict=True)
            ]
        )
        return 0
    rows = [
        (str(one["version"]), when(one["applied_at"]) or "", one["applied_by"], one["digest"][:12],
         _spelled(changed[int(one["version"])]))
        for one in found
    ]  # fmt: skip
    if not lines:
        as_table(("VERSION", "APPLIED", "BY", "SHA-256", "OFFERS"), rows, nothing="No offers file was ever applied.")
        return 0
    for row, told in zip(rows, differences, strict=True):
        print("version " + "  ".join(row))
        sys.stdout.write(told)
    return 0


def difference(old: str, new: str, *, before: str = "before", after: str = "after") -> str:
    """A unified diff of two texts; nothing where they are the same."""
    lines = difflib.unified_diff(
        old.splitlines(keepends=True), new.splitlines(keepends=True), fromfile=before, tofile=after
    )
    return "".join(line if line.endswith("\n") else f"{line}{_NO_END}" for line in lines)


def _changed(kept: dict[int, dict[str, str]], version: int) -> dict[str, list[str]]:
    """The offers that a version added, changed and took away."""
    now, before = kept.get(version, {}), kept.get(version - 1, {})
    return {
        "added": [name for name in now if name not in before],
        "changed": [name for name in now if name in before and now[name] != before[name]],
        "removed": [name for name in before if name not in now],
    }


def _spelled(changed: dict[str, list[str]]) -> str:
    marks = (("+", "added"), ("~", "changed"), ("-", "removed"))
    each = [f"{mark}{name}" for mark, kind in marks for name in changed[kind]]
    more = f" and {len(each) - _NAMED} more" if len(each) > _NAMED else ""
    return f"{' '.join(each[:_NAMED])}{more}" or "none changed"
