"""`make campaign ARGS="seconds|minutes|hours"`: every figure at that size, each printed as it ends, kept in docs/figures/.

    python -m tests.campaign.run hours --only G-01 --only G-04 --seed 7 --engine postgres --resume

Seconds are the push sizes, hours the night's. `--resume` leaves out what was measured already with this seed on this
very product. The end code is 1 when anything is wrong. Needs no network; Postgres comes with the test packages, or
TEST_DATABASE_URL names one.
"""

import argparse
import sys
import traceback
from pathlib import Path
from types import ModuleType

from tests.campaign.figure import SEED, Figure, engines_of, figures, has_push, measuring
from tests.campaign.kept import FOLDER, keep, kept, write_table
from tests.campaign.product import product

SIZES = {"seconds": "push", "minutes": "minutes", "hours": "night"}


def main() -> int:
    wanted = _wanted()
    size, version = SIZES[wanted.duration], product()
    print(f"campaign: {wanted.duration}, seed {wanted.seed}, product {version}", flush=True)
    bad = 0
    for id_, module in figures().items():
        if (wanted.only and id_ not in wanted.only) or (size == "push" and not has_push(module)):
            continue
        for engine in engines_of(module):
            if wanted.engine not in {None, engine} and engine != "none":
                continue
            if wanted.resume and _done(wanted.folder, id_, engine, size, wanted.seed, version):
                print(f"{id_} {engine}: measured already", flush=True)
                continue
            figure = measured(id_, module, size, wanted.seed, engine)
            bad += not figure.holds
            keep(figure, version, wanted.folder)
            show(figure)
    write_table(wanted.folder)
    print("campaign: everything holds" if not bad else f"campaign: {bad} figures are wrong")
    return 1 if bad else 0


def measured(id_: str, module: ModuleType, size: str, seed: int, engine: str) -> Figure:
    """The figure; one that could not be measured is wrong."""
    try:
        return module.run(size, seed, engine)
    except Exception as error:  # noqa: BLE001 - shown and counted as wrong; the other figures are still measured
        traceback.print_exc()
        with measuring(id_, module.GOAL, size, seed, engine) as tally:
            tally.wrong(seed, f"could not be measured: {type(error).__name__}")
        return tally.figure()


def show(figure: Figure) -> None:
    counts = ", ".join(f"{what} {many}" for what, many in figure.counts.items())
    word = "holds" if figure.holds else "WRONG"
    print(f"{figure.id} {figure.engine}: {word} in {figure.seconds} s from seed {figure.seed}: {counts}", flush=True)
    for wrong in figure.wrong[:10]:
        print(f"    seed {wrong.seed}: {wrong.said}", flush=True)
    if figure.note:
        print(f"    {figure.note}", flush=True)


def _done(folder: Path, id_: str, engine: str, size: str, seed: int, version: str) -> bool:
    name = f"{id_}{'' if engine == 'none' else f'-{engine}'}-{size}"
    known = kept(folder).get(name)
    return known is not None and known.holds and (known.seed, known.product) == (seed, version)


def _wanted() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make campaign", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("duration", nargs="?", choices=list(SIZES), default="seconds")
    parser.add_argument("--only", action="append", metavar="G-NN", help="this figure; may be repeated")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--engine", choices=("sqlite", "postgres"))
    parser.add_argument("--resume", action="store_true", help="leave out what holds already, same seed and product")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the result files go")
    wanted = parser.parse_args()
    unknown = set(wanted.only or ()) - set(figures())
    if unknown:
        parser.error(f"no such figure: {', '.join(sorted(unknown))}; there are {', '.join(figures())}")
    return wanted


if __name__ == "__main__":
    sys.exit(main())
