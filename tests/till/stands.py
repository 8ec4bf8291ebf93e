"""What stands for the books and for a line of Dodo's list where one call of the till is looked at closely."""

from msgspec.structs import replace

from widget.core.charge import Charge
from widget.core.payment import Payment, PaymentLine


class Books:
    """The till's books, and what was written, said and counted in them."""

    def __init__(self, *charges: Charge) -> None:
        self.charges = {one.id: one for one in charges}
        self.alarms = list[tuple[str, str]]()
        self.told = list[tuple[str, str]]()
        self.receipts = list[str]()
        self.kept = list[tuple[str, int]]()
        self.first = None  # a door that is quicker: what the row is when somebody wants to write

    async def find(self, charge_id):
        return self.charges.get(charge_id)

    async def save(self, before, after, *, event, detail, at, alarms):
        if self.first is not None:
            self.charges[before.id], self.first = self.first, None
            return False
        self.charges[before.id] = after
        self.told.append((event, detail))
        self.alarms += [(name, detail) for name in alarms]
        return True

    async def raise_alarms(self, charge, alarms, *, detail, at):
        self.alarms += [(name, detail) for name in alarms]

    async def absent(self, charge_id, *, at):
        was = self.charges[charge_id]
        self.charges[charge_id] = replace(was, absent_reads=was.absent_reads + 1)
        return was.absent_reads + 1

    async def keep_receipt(self, charge_id, receipt):
        self.receipts.append(charge_id)

    async def keep_subscription(self, subscription, *, at):
        self.kept.append((subscription.id, at))


def line(payment: Payment) -> PaymentLine:
    """The payment as a list shows it."""
    return PaymentLine(
        payment.id, payment.status, payment.total, payment.created_at, payment.metadata, charge_type=payment.charge_type
    )
