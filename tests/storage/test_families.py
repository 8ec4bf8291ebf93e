"""Offers and plan families come into force together, whole or not at all, whoever else applies a file meanwhile."""

import asyncio

import pytest
from msgspec.structs import replace

from tests.storage.test_processes import run_together
from widget.core.offer import Offer, Texts
from widget.core.offers_file import OffersFile
from widget.core.plan_family import Downsell, Move, Plan, PlanAddon, PlanFamily, Seats
from widget.storage import families, offers
from widget.storage.database import open_database, rows

STUDIO = PlanFamily(
    name="studio",
    plan=(Plan(product="pdt_lite"), Plan(product="pdt_pro", yearly="pdt_pro_year", features=("a", "ü"), popular=True)),
    move=(Move(from_="pdt_pro", allowed=False), Move(effective="immediately")),
    seats=Seats(max=20),
    addon=(PlanAddon("adn_seat", max=50),),
    cancel=True,
    downsell=(Downsell(name="stay", before="cancel", kind="discount", headline="Stay", code="THANKS10"),),
)
CLASS = PlanFamily(name="class", collection="pdc_class")
WORKBOOK = Offer(name="workbook", product="pdt_workbook", texts=Texts(headline="One more"))


async def in_force() -> tuple[int, list[str], list[str]]:
    version, found = await offers.in_force()
    return version, [offer.name for offer in found], [family.name for family in await families.in_force()]


async def test_before_the_first_file_there_is_no_family(database):
    assert await families.in_force() == ()


async def test_families_are_in_force_as_written_and_in_the_files_order(database):
    assert await offers.apply("# 1", OffersFile((WORKBOOK,), (STUDIO, CLASS)), by="mara", at=1) == 1
    assert await families.in_force() == (STUDIO, CLASS)


async def test_the_next_file_replaces_offers_and_families(database):
    await offers.apply("# 1", OffersFile((WORKBOOK,), (STUDIO, CLASS)), by="mara", at=1)
    dearer = replace(STUDIO, codes=True)
    assert await offers.apply("# 2", OffersFile((), (dearer,)), by="mara", at=2) == 2
    assert await families.in_force() == (dearer,)
    kept = await rows("SELECT id, retired_at FROM plan_family ORDER BY id")
    assert [(row["id"], row["retired_at"]) for row in kept] == [("class@1", 2), ("studio@1", 2), ("studio@2", None)]


async def test_the_same_file_again_changes_nothing(database):
    file = OffersFile((WORKBOOK,), (STUDIO,))
    assert [await offers.apply("# 1", file, by="mara", at=at) for at in (1, 2)] == [1, 1]
    assert [row["retired_at"] for row in await rows("SELECT retired_at FROM plan_family")] == [None]


async def test_a_file_that_cannot_be_kept_whole_is_not_kept_at_all(database):
    await offers.apply("# 1", OffersFile((WORKBOOK,), (STUDIO,)), by="mara", at=1)
    with pytest.raises(Exception, match=r"(?i)unique"):
        await offers.apply("# 2", OffersFile((), (CLASS, CLASS)), by="mara", at=2)
    assert await in_force() == (1, ["workbook"], ["studio"])
    assert await offers.file_in_force() == "# 1"


async def test_files_applied_at_once_follow_each_other_and_one_is_in_force(database):
    named = [replace(STUDIO, name=f"studio-{number}") for number in range(6)]
    files = [OffersFile((replace(WORKBOOK, name=family.name),), (family,)) for family in named]
    versions = await asyncio.gather(
        *(offers.apply(f"# {n}", file, by="mara", at=n + 1) for n, file in enumerate(files))
    )
    assert sorted(versions) == [1, 2, 3, 4, 5, 6]
    last = f"studio-{versions.index(6)}"
    assert await in_force() == (6, [last], [last])
    assert await offers.file_in_force() == f"# {versions.index(6)}"


async def test_one_file_applied_six_times_at_once_is_one_version(database):
    file = OffersFile((WORKBOOK,), (STUDIO,))
    assert await asyncio.gather(*(offers.apply("# 1", file, by="mara", at=1) for _ in range(6))) == [1] * 6
    assert await in_force() == (1, ["workbook"], ["studio"])


APPLY = """
import asyncio, json, os, sys
from widget.core.offers_file import read
from widget.storage import offers
from widget.storage.database import open_database
async def main():
    found = []
    async with open_database(sys.argv[1]):
        for number in range(5):
            text = f'# {os.getpid()} {number}\\n[[plan_family]]\\nname = "studio"\\ncollection = "pdc_{os.getpid()}"'
            found.append(await offers.apply(text, read(text), by="mara", at=1))
    return found
print(json.dumps(asyncio.run(main())))
"""


async def test_four_processes_that_apply_at_once_all_come_through(database_url):
    said = await run_together(APPLY, database_url)
    assert sorted(version for one in said for version in one) == list(range(1, 21))
    async with open_database(database_url):
        assert await in_force() == (0, [], ["studio"])
        last = (await rows("SELECT version FROM plan_family WHERE retired_at IS NULL"))[0]["version"]
        assert last == 20
