"""A server that is asked to leave while somebody pays: the payment is finished first. Many in a row: figure G-12."""

import asyncio

import pytest

from tests.campaign import ground
from tests.campaign.lives.judge import taken
from tests.campaign.lives.served import served
from widget.sandbox.things import Fault
from widget.storage import history
from widget.storage.database import open_database, rows


@pytest.mark.case("F-96")
def test_what_dodo_is_charging_is_finished_before_a_server_leaves_and_its_answer_is_written_down():
    with ground.database("sqlite") as url:
        asyncio.run(leaves_while_somebody_pays(url))


async def leaves_while_somebody_pays(url: str) -> None:
    async with served(url, count=1) as (world, [house]), open_database(url):
        world.sandbox.settings.final_after = 0.0
        who = world.person()
        card = await world.card(await world.stage.purchase(who))
        world.sandbox.postbox.drop = True  # the answer is the only news
        world.sandbox.faults.append(Fault("POST", "/checkouts", "slow", seconds=0.5))
        pressing = asyncio.create_task(card.press("accept"))
        await until(lambda: any(one.path == "/checkouts" and one.method == "POST" for one in world.sandbox.requests))
        assert await house.leave() == 0
        assert (await pressing).state in {"paid", "working"}
        assert len(taken(world, {who})) == 1
        [charge] = await rows("SELECT id, fate, payment_id FROM charge")
        assert (charge["fate"], charge["payment_id"]) == ("waiting", taken(world, {who})[0].payment_id)
        assert [line["detail"] for line in await history.of(charge["id"])][-1] == "answer"
        assert await rows("SELECT id FROM job WHERE owner <> ''") == []  # no lease is left to run out


async def until(holds) -> None:
    for _ in range(2000):
        if holds():
            return
        await asyncio.sleep(0.005)
    raise TimeoutError
