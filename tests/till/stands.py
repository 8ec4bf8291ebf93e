"""What stands for the books and for Dodo where one call of the till is looked at closely."""

from collections.abc import Callable

from msgspec.structs import replace

from widget.core.charge import Charge, Fate, Shut
from widget.core.money import Money
from widget.core.payment import Address, Order, Payment, PaymentLine

AT = 1_800_000_000_000  # epoch ms
PRICE = Money(1900, "USD")
ORDER = Order("cus_nadia", "pdt_workbook", 1, Address("DE"), PRICE.currency)


def intent(**more) -> Charge:
    """Nadia's click on an offer, written down and not sent, with what is said otherwise."""
    known = Charge(
        id="chg_1", reason="one_click:pre_1", presentation_id="pre_1", quote_id="quo_1", customer_id="cus_nadia",
        product_id="pdt_workbook", quantity=1, method_id="pm_1", quoted=PRICE, fate=Fate.INTENDED, pressed_at=AT,
    )  # fmt: skip
    return replace(known, **more)


class Books:
    """The till's books, and what was written, said and counted in them."""

    def __init__(self, *charges: Charge) -> None:
        self.charges = {one.id: one for one in charges}
        self.alarms = list[tuple[str, str]]()
        self.told = list[tuple[str, str]]()
        self.receipts = list[str]()
        self.kept = list[tuple[str, int]]()
        self.consents = list[object]()
        self.open = True
        self.first = None  # a door that is quicker: what the row is when somebody wants to write

    async def intend(self, charge, consent):
        if not self.open:
            return Shut()
        self.consents.append(consent)
        there = next((one for one in self.charges.values() if one.reason == charge.reason), charge)
        self.charges[there.id] = there
        return there

    async def claim(self, charge_id, *, at, version):
        if self.first is not None:
            self.charges[charge_id], self.first = self.first, None
        was = self.charges.get(charge_id)
        if was is None or was.fate is not Fate.INTENDED or was.version != version:
            return None
        self.charges[charge_id] = replace(was, fate=Fate.SENDING, sent_at=at, version=version + 1)
        return self.charges[charge_id]

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


class Moves:
    """What Dodo answers to a call that may move money, and what it was asked."""

    def __init__(self, answer: object) -> None:
        self.answer = answer
        self.meanwhile: Callable[[], None] = lambda: None  # what happens here while Dodo answers
        self.sent = list[tuple[object, dict[str, object]]]()

    async def charge(self, order, **asked):
        return self._asked(order, asked)

    async def open_checkout(self, order, **asked):
        return self._asked(order, asked)

    async def change_plan(self, change, **asked):
        return self._asked(change, asked)

    def _asked(self, what: object, asked: dict[str, object]) -> object:
        self.sent.append((what, asked))
        self.meanwhile()
        return self.answer


def line(payment: Payment) -> PaymentLine:
    """The payment as a list shows it."""
    return PaymentLine(
        payment.id, payment.status, payment.total, payment.created_at, payment.metadata, charge_type=payment.charge_type
    )
