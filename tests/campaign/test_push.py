"""Every figure at its push size, from the campaign's seed; the nights' sizes are `make campaign ARGS=hours`."""

from pathlib import Path
from types import ModuleType

import pytest

from tests.campaign import ground
from tests.campaign.figure import SEED, SIZES, Figure, Machine, engines_of, figures, has_push
from tests.campaign.kept import FOLDER, keep, kept, table

_ALL = figures()


# The dearest are held on one engine here, in turn, for the suite has ten minutes; `make campaign` measures both.
_ON_ONE = {
    "G-05": "sqlite", "G-06": "postgres", "G-08": "sqlite", "G-09": "sqlite", "G-13": "sqlite", "G-15": "postgres",
    "G-21": "postgres", "G-23": "postgres",
}  # fmt: skip


def _here(module: ModuleType) -> bool:
    return has_push(module) and not hasattr(module, "ELSEWHERE")


@pytest.mark.parametrize(
    ("id_", "engine"),
    [
        (id_, engine)
        for id_, one in _ALL.items()
        if _here(one)
        for engine in engines_of(one)
        if _ON_ONE.get(id_, engine) == engine
    ],
)
@pytest.mark.case("F-89")
def test_figure_holds(id_, engine, request, record_property):
    if engine == "postgres":
        ground.use_postgres(request.getfixturevalue("postgres_url"))
    figure = _ALL[id_].run("push", SEED, engine)
    record_property("figure", f"{figure.name}: {figure.counts} in {figure.seconds} s from seed {SEED}")
    assert (figure.id, figure.size, figure.engine, figure.seed) == (id_, "push", engine, SEED)
    assert figure.wrong == ()
    assert figure.holds, "nothing was done"


def test_a_figure_that_did_nothing_does_not_hold(tmp_path):
    def a_figure(**counts: int) -> Figure:
        return Figure("G-99", SIZES[0], 1, "none", "a goal", counts, (), 0.1, Machine("a processor", 2, "3.11"), "2026")

    assert not a_figure(worlds=0, wrong=0).holds
    assert a_figure(worlds=1, wrong=0).holds
    keep(a_figure(worlds=1, wrong=0), "product", tmp_path)
    assert kept(tmp_path)["G-99-push"].holds


def test_the_table_of_figures_is_that_of_the_files():
    assert (FOLDER / "README.md").read_text() == table()


def test_what_is_held_elsewhere_is_there():
    root = Path(__file__).parents[2]
    named = [module.ELSEWHERE for module in _ALL.values() if hasattr(module, "ELSEWHERE")]
    assert [name for name in named if not (root / name).exists()] == []
