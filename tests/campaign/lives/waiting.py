"""A life killed while a press waits to be taken back: nothing is charged by anybody, and the offer can be pressed again."""

import time

from tests.campaign.figure import Tally
from tests.campaign.lives.judge import taken
from tests.campaign.lives.world import Outside
from widget.core.charge import SEND_WITHIN_MS
from widget.core.offers_file import read
from widget.storage import offers
from widget.storage.database import rows

_OFFER = '[[offer]]\nname = "hers"\nproduct = "pdt_workbook"\nundo_seconds = 15\n[offer.texts]\nheadline = "For you"'
_LATER_MS = (19_000, SEND_WITHIN_MS)  # past the grace period; past the time in which anybody may send a press


async def killed_while_it_waits(tally: Tally, seed: int, world: Outside) -> None:
    """The database of the world must be open in this process; this offer is the only one in force afterwards."""
    await offers.apply(_OFFER, read(_OFFER), by="mara", at=int(time.time() * 1000))
    life, who = await world.begin(), world.person()
    bought = await world.stage.purchase(who)
    waits = await (await world.card(bought)).press("accept")
    life.kill()
    await life.ended(within_s=10)
    tally.count("kills")
    fates = [row["fate"] for row in await rows("SELECT fate FROM charge WHERE customer_id = {}", who)]
    if (waits.state, "Undo" in waits.buttons, fates) != ("working", True, ["intended"]):
        tally.wrong(seed, f"the press did not wait: {waits.state} {waits.buttons} {fates}")
    for later_ms in _LATER_MS:
        await world.begin(offset_ms=world.dial.offset_ms + later_ms)
        found = await world.card(bought)
        if found.state != "open" or "Undo" in found.buttons or _sent(world, who) or taken(world, {who}):
            tally.wrong(seed, f"{later_ms} ms after the kill: {found.state}, sent {_sent(world, who)}")
    back = await (await found.press("accept")).press("undo")  # a press of its own, with its own time
    plain = await (await back.press("accept", htmx=False)).settled()  # without a script it is sent at once
    ended = ("Taken back" in back.text, plain.state, _sent(world, who), len(taken(world, {who})))
    if ended != (True, "paid", 1, 1):
        tally.wrong(seed, f"pressed again after the kill: {ended}")


def _sent(world: Outside, who: str) -> int:
    """How many calls were made that could have charged this customer."""
    calls = [one for one in world.sandbox.requests if one.method == "POST" and one.path == "/checkouts"]
    return sum(isinstance(one.body, dict) and bool(one.body.get("confirm")) and who in str(one.body) for one in calls)
