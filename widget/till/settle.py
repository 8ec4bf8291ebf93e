"""The one end of every door: direct answer, webhook and watch bring their news here."""

from widget import probe
from widget.core.answer import Answer
from widget.core.charge import Charge, settle
from widget.till.books import Books


async def settle_charge(books: Books, charge: Charge, answer: Answer, *, door: str, at: int) -> Charge:
    """Apply the answer to the charge as it stands in the books now; returns it as it stands afterwards.

    Losing the compare-and-set means that another door brought news first: read again and apply ours to that.
    The fates only ever move forward, so the loop ends.
    """
    event, detail = type(answer).__name__.lower(), door
    while True:
        settled = settle(charge, answer, at=at)
        if settled.charge == charge:
            if settled.alarms:
                await books.raise_alarms(charge, settled.alarms, detail=f"{door}: {answer}", at=at)
            return charge
        if await books.save(charge, settled.charge, event=event, detail=detail, at=at, alarms=settled.alarms):
            probe.at("settle.committed")
            return settled.charge
        found = await books.find(charge.id)
        if found is None:  # a charge is never deleted; without its row there is nothing to settle
            raise LookupError(charge.id)
        charge = found
