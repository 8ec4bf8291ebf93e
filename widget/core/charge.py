"""A charge: an attempt to take money for one reason, its fate, and the one function that settles it."""

from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from widget.core.answer import Answer, Applied, NotSent, Refused, Taken, Unknown, Waiting
from widget.core.money import Money
from widget.core.payment import Payment, PaymentLine
from widget.core.plan_change import Change


class Fate(StrEnum):
    """Where a charge stands; see docs/house.md for the diagram."""

    INTENDED = "intended"  # written down, nothing sent
    SENDING = "sending"  # claimed; from here money may have moved
    TAKEN = "taken"
    REFUSED = "refused"
    WAITING = "waiting"  # the provider knows it, not final
    UNKNOWN = "unknown"  # we do not know whether the provider knows it
    LAPSED = "lapsed"  # looked for until the horizon and never found; a person is told


# From these nobody is charged again for the reason and no other way to pay is offered (product D1).
UNDECIDED = frozenset({Fate.SENDING, Fate.WAITING, Fate.UNKNOWN})
FINAL = frozenset({Fate.TAKEN, Fate.REFUSED, Fate.LAPSED})

# Nothing is sent later than this after the press (product D1): a charge without the shopper present is another deal.
SEND_WITHIN_MS = 60_000


class Charge(Struct, frozen=True):
    """One row of the till; amounts in minor units, times in epoch milliseconds."""

    id: str
    reason: str  # the unique business key: one_click:<presentation>, hosted:<presentation>:<n>, plan:<quote>
    presentation_id: str
    quote_id: str
    customer_id: str
    product_id: str
    quantity: int
    method_id: str  # empty for a hosted checkout
    quoted: Money
    fate: Fate
    pressed_at: int
    payment_id: str | None = None
    session_id: str | None = None
    link: str | None = None  # where the shopper can go on: the bank's page or the hosted checkout
    by_customer: bool = False  # waiting for the shopper and their bank
    refusal: str | None = None  # the provider's code
    paid: Money | None = None
    sent_at: int | None = None
    settled_at: int | None = None
    absent_reads: int = 0
    version: int = 0  # grows with every settled change; the compare of compare-and-set
    change: Change | None = None  # a plan change: exactly what was asked of the provider

    @property
    def hosted(self) -> bool:
        """Paid by the shopper on the provider's own page, not by us with a saved method."""
        return self.reason.startswith("hosted:")


class Shut(Struct, frozen=True):
    """The presentation is no longer open (declined, closed): no intent was written."""


class Settled(Struct, frozen=True):
    """A charge after news, and the alarms a person must hear (names: docs/attention.md)."""

    charge: Charge
    alarms: tuple[str, ...] = ()


def settle(charge: Charge, answer: Answer, *, at: int) -> Settled:
    """Apply news to a charge. Total, monotone and idempotent: money that arrived does not un-arrive."""
    match charge.fate, answer:
        case Fate.TAKEN, Taken() if charge.change is not None and charge.payment_id is None:
            return _paid_later(charge, answer)
        case Fate.TAKEN, Taken(payment_id=payment_id) if payment_id != charge.payment_id:
            return Settled(charge, ("taken_twice",))
        case Fate.TAKEN, _:
            return Settled(charge)
        case _, Taken() if charge.change is not None and charge.change.scheduled:
            return _applied(charge, at)  # it has happened: this is the new plan's first bill
        case _, Taken():
            return _taken(charge, answer, at)
        case ((Fate.REFUSED | Fate.INTENDED), Applied()):
            return Settled(charge)  # a change nobody has sent, or whose payment failed, is somebody else's
        case _, Applied():
            return _applied(charge, at)
        case Fate.LAPSED, Waiting(payment_id=str()):
            page = charge.hosted and answer.status == "requires_payment_method" and _session(charge, answer)
            seen = _still_open(charge, answer) if page else _waiting(charge, answer)
            return Settled(seen, ("surfaced_after_lapsed",))
        case ((Fate.REFUSED | Fate.LAPSED), _):
            return Settled(charge)
        case _, (Refused() | Waiting(status="requires_payment_method")) if charge.hosted and _session(charge, answer):
            return Settled(_still_open(charge, answer))
        case _, Refused():
            return _refused(charge, answer, at)
        case _, Waiting():
            return Settled(_waiting(charge, answer))
        case Fate.SENDING, NotSent():
            return Settled(replace(charge, fate=Fate.INTENDED, sent_at=None, version=charge.version + 1))
        case ((Fate.SENDING | Fate.INTENDED), Unknown()):
            return Settled(replace(charge, fate=Fate.UNKNOWN, version=charge.version + 1))
        case _:
            return Settled(charge)


def may_settle(charge: Charge, payment: Payment | PaymentLine) -> bool:
    """Whether a payment that carries this charge's mark can be the charge's own.

    The provider copies the marks of a subscription's first payment onto its renewals and, where a change names none,
    onto the payments of plan changes (dodo-api 6.3, 10): those are other payments.
    """
    if charge.change is not None:
        return payment.charge_type in {"plan_change", ""}
    return payment.charge_type in {"new", ""}


def lapse(charge: Charge, *, at: int) -> Charge:
    """Never found until the horizon; a late success still wins."""
    return replace(charge, fate=Fate.LAPSED, link=None, settled_at=at, version=charge.version + 1)


def _taken(charge: Charge, answer: Taken, at: int) -> Settled:
    alarms: list[str] = []
    if charge.fate is Fate.LAPSED:
        alarms.append("taken_after_lapsed")
    if not charge.hosted:  # on a hosted page people may try a second card and change address or discount
        if charge.fate is Fate.REFUSED:
            alarms.append("taken_after_refused")
        if charge.payment_id not in {None, answer.payment_id}:
            alarms.append("another_payment")
        if _differs(charge, answer.paid):
            alarms.append("amount_differs")
    settled = replace(
        charge,
        fate=Fate.TAKEN,
        payment_id=answer.payment_id,
        paid=answer.paid,
        refusal=None,
        by_customer=False,
        link=None,
        settled_at=at,
        version=charge.version + 1,
    )
    return Settled(settled, tuple(alarms))


def _differs(charge: Charge, paid: Money) -> bool:
    """The unused time of a plan melts by the second, so a change may cost a little less than its quote; never more."""
    if charge.change is not None and paid.currency == charge.quoted.currency:
        return paid.amount > charge.quoted.amount
    return paid != charge.quoted


def _applied(charge: Charge, at: int) -> Settled:
    alarms = ("taken_after_lapsed",) if charge.fate is Fate.LAPSED else ()
    nothing = Money(0, charge.quoted.currency)
    done = replace(charge, fate=Fate.TAKEN, paid=nothing, refusal=None, by_customer=False, link=None, settled_at=at)
    return Settled(replace(done, payment_id=None, version=charge.version + 1), alarms)  # one of it may still be seen


def _paid_later(charge: Charge, answer: Taken) -> Settled:
    """A payment for a change that was in force before it was seen.

    That of a scheduled change is the first bill of the new plan, not part of the change (dodo-api 6.3).
    """
    if charge.change is not None and charge.change.scheduled:
        return Settled(charge)
    seen = replace(charge, payment_id=answer.payment_id, paid=answer.paid, version=charge.version + 1)
    return Settled(seen, ("amount_differs",) if _differs(charge, answer.paid) else ())


def _refused(charge: Charge, answer: Refused, at: int) -> Settled:
    if charge.payment_id and answer.payment_id != charge.payment_id:
        return Settled(charge)  # a no about nothing or another payment says nothing about the one we know
    return Settled(
        replace(
            charge,
            fate=Fate.REFUSED,
            refusal=answer.code,
            by_customer=False,
            link=None,
            settled_at=at,
            payment_id=answer.payment_id or charge.payment_id,
            version=charge.version + 1,
        )
    )


def _still_open(charge: Charge, answer: Refused | Waiting) -> Charge:
    """A card that failed on a hosted page is not the end of the page: the shopper may try another one there.

    Were the charge refused, a second page would be made beside one that can still be paid on.
    """
    if charge.payment_id and answer.payment_id != charge.payment_id:
        return charge
    code = answer.code if isinstance(answer, Refused) else charge.refusal
    session = _session(charge, answer)
    news = replace(charge, fate=Fate.WAITING, payment_id=None, session_id=session, by_customer=False, refusal=code)
    return charge if news == charge else replace(news, version=charge.version + 1)


def _session(charge: Charge, answer: Refused | Waiting) -> str | None:
    """The page's session, known or told by this very news."""
    return charge.session_id or (answer.session_id if isinstance(answer, Waiting) else None)


def _waiting(charge: Charge, answer: Waiting) -> Charge:
    """An answer without a status brings ids only (a checkout's answer, dodo-api 4.2): it may be older news."""
    news = replace(
        charge,
        fate=Fate.WAITING,
        payment_id=answer.payment_id or charge.payment_id,
        session_id=answer.session_id or charge.session_id,
    )
    if answer.status:
        by_customer = answer.by_customer or _page_is_open(charge, answer)
        page = answer.link if by_customer else None
        link = page or (charge.link if by_customer or charge.hosted else None)
        news = replace(news, by_customer=by_customer, link=link)
    return charge if news == charge else replace(news, version=charge.version + 1)


def _page_is_open(charge: Charge, answer: Waiting) -> bool:
    """A change to be paid by hand on whose page nobody has begun to pay: the subscriber can still go there."""
    return charge.change is not None and charge.change.by_link and answer.status == "requires_payment_method"
