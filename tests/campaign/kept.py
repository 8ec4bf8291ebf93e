"""The result files in docs/figures/: one small JSON a figure, engine and size, and one table of them all.

`python -m tests.campaign.kept` writes the table anew.
"""

from pathlib import Path

import msgspec

from tests.campaign.figure import SIZES, Figure

FOLDER = Path(__file__).parents[2] / "docs/figures"
_WORDS = {"push": "seconds", "minutes": "minutes", "night": "hours"}

_HEAD = """# Figures

Written by `make campaign`; never by hand. What a figure is and how to run one again: [reliability](../reliability.md).
`counts` says how much was done; *wrong* what must not be, with the seed that shows it.

"""


class Kept(Figure, frozen=True, kw_only=True):
    """A figure in its file, with what it was measured on."""

    product: str = "unknown"


def keep(figure: Figure, product: str, folder: Path = FOLDER) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    written = msgspec.json.format(msgspec.json.encode(Kept(**msgspec.structs.asdict(figure), product=product)))
    (folder / f"{figure.name}.json").write_bytes(written + b"\n")


def kept(folder: Path = FOLDER) -> dict[str, Kept]:
    """Every result there is, by the name of its file."""
    return {path.stem: msgspec.json.decode(path.read_bytes(), type=Kept) for path in sorted(folder.glob("G-*.json"))}


def write_table(folder: Path = FOLDER) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "README.md").write_text(table(folder))


def table(folder: Path = FOLDER) -> str:
    """The table of all results, with their goals."""
    results = sorted(kept(folder).values(), key=lambda one: (one.id, one.engine, SIZES.index(one.size)))
    rows = [
        "| figure | size | engine | holds | measured | seconds | seed | date |",
        "|---|---|---|---|---|---|---|---|",
    ]
    rows += [_row(one) for one in results]
    goals = list(dict.fromkeys(f"* **{one.id}** {one.goal}." for one in results))
    notes = [f"* **{one.id}** ({_WORDS[one.size]}, {one.engine}): {one.note}" for one in results if one.note]
    wrong = [f"* **{one.name}**, seed {bad.seed}: {bad.said}" for one in results for bad in one.wrong]
    machines = sorted({_machine(one) for one in results})
    parts = rows
    for title, lines in (("Goals", goals), ("Smaller than the goal", notes), ("Wrong", wrong), ("Machines", machines)):
        parts += ["", f"## {title}", "", *lines] if lines else []
    return _HEAD + "\n".join(parts) + "\n"


def _row(one: Kept) -> str:
    counts = ", ".join(f"{what} {_number(many)}" for what, many in one.counts.items())
    holds = "yes" if one.holds else "**no**"
    cells = (one.id, _WORDS[one.size], one.engine, holds, counts, one.seconds, one.seed, one.date)
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def _number(many: float | str) -> str:
    return f"{many:,}" if isinstance(many, int | float) else many


def _machine(one: Kept) -> str:
    where = one.machine
    databases = "".join(f", {name} {version}" for name, version in sorted(where.databases.items()))
    return f"* {where.processor}, {where.cores} cores, Python {where.python}{databases}"


if __name__ == "__main__":
    write_table()
