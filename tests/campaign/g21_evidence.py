"""G-21: every charge that was taken has the record of what was agreed to, and it reads as it would be written again."""

import asyncio
import time
from dataclasses import replace

from msgspec.structs import replace as replaced

from tests.campaign import ground
from tests.campaign.figure import Figure, Tally, measuring, scaled
from tests.stage import Card, House, Stage, settings_for, staged
from widget.core.charge import Fate
from widget.storage import charges, consents, invariants
from widget.storage.database import rows
from widget.upsell import evidence
from widget.web import tickets
from widget.web.languages import SPOKEN

GOAL = (
    "every taken charge, in each of the 23 languages, has a consent whose hash equals that of the words rendered again"
)
ENGINES = ("sqlite", "postgres")
PEOPLE = ("nadia", "otto")  # without tax, and with tax that is added


def run(size: str, seed: int, engine: str) -> Figure:
    with measuring("G-21", GOAL, size, seed, engine) as tally, ground.database(engine) as url:
        tally.databases = ground.version(url)
        asyncio.run(_all(tally, url, scaled(size, push=len(SPOKEN), night=20 * len(SPOKEN)), seed))
    return tally.figure()


async def _all(tally: Tally, url: str, many: int, seed: int) -> None:
    settings = settings_for(url)
    house = House(settings)
    async with staged(settings, house) as stage:
        for number in range(many):
            await _one(tally, stage, house, seed, number)
        found = await invariants.broken(now=int(time.time() * 1000), since=0) + await invariants.altered(since=0)
        for one in found:
            tally.wrong(seed, f"{one.name}: {one.subject}")
        await rows("UPDATE consent SET text = text || ' ' RETURNING id")
        tally.facts["seen when a blank is added"] = len(await invariants.altered(since=0))
        if tally.facts["seen when a blank is added"] != tally.counts["taken"]:
            tally.wrong(seed, "a consent that was changed is not seen")


async def _one(tally: Tally, stage: Stage, house: House, seed: int, number: int) -> None:
    world, who, locale = house.world, PEOPLE[number % len(PEOPLE)], SPOKEN[number % len(SPOKEN)]
    customer, method = f"cus_{who}_{number}", f"pm_{number}"
    world.customers[customer] = replace(
        world.customers[f"cus_{who}"], customer_id=customer, email=f"{customer}@example.com"
    )
    saved = next(one for one in world.methods.values() if one.customer_id == f"cus_{who}")
    world.methods[method] = replace(saved, payment_method_id=method, customer_id=customer)
    bought = await stage.purchase(customer, payment_method_id=method)
    ticket = tickets.mint_offer(
        stage.settings.signing_keys,
        customer_id=customer, payment_id=bought["payment_id"], now=int(time.time()), locale=locale,
    )  # fmt: skip
    card: Card = await (await stage.get(ticket)).settled(while_in={"preparing"})
    await (await card.press("accept")).settled()
    for charge in await charges.listed(fate=None, limit=1):
        tally.count("taken", int(charge.fate is Fate.TAKEN))
        kept = await consents.of(charge.id)
        if charge.customer_id != customer or charge.fate is not Fate.TAKEN or not kept:
            tally.wrong(seed, f"number {number} in {locale}: {charge.fate}, {len(kept)} consents")
            continue
        last = kept[-1]
        again = await evidence.again(charge, last.consent)
        if again is None or (again.text, replaced(again, edition=last.consent.edition).digest) != (
            last.consent.text, last.digest,
        ):  # fmt: skip
            tally.wrong(seed, f"number {number} in {locale}: {last.consent.text!r} is now {again and again.text!r}")
