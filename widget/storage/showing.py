"""Everything a card needs, in one statement; and that a ticket was opened, in another."""

from typing import Any

from msgspec import Struct

from widget.core.charge import Charge
from widget.core.presentation import Quote
from widget.core.receipt import Receipt
from widget.storage import charges, known, occasions, presentations, receipts
from widget.storage.database import rows
from widget.storage.occasions import Occasion
from widget.storage.presentations import Presentation


class Showing(Struct, frozen=True):
    """An occasion with the step of its chain that is due, its price, its charge and its hosted checkout."""

    occasion: Occasion
    presentation: Presentation | None = None
    quote: Quote | None = None
    charge: Charge | None = None
    hosted: Charge | None = None  # the newest that is not a click on this card: at a checkout, or a plan change
    receipt: Receipt | None = None  # of whichever of the two was paid
    customer_locale: str = ""  # the language the provider says they prefer
    first_opened_at: int | None = None  # when the asking ticket was first opened; None if it never was
    braked: bool = False  # nothing can be sold at the moment, here or at the hosted checkout


def _columns(alias: str, names: str) -> str:
    return ", ".join(f"{alias}.{name} AS {alias}_{name}" for name in names.split(", "))


_SELECT = (
    f"SELECT {_columns('o', occasions.COLUMNS)}, {_columns('p', presentations.COLUMNS)}, "
    f"{_columns('q', presentations.QUOTE_COLUMNS)}, {_columns('c', ', '.join(charges.COLUMNS))}, "
    f"{_columns('h', ', '.join(charges.COLUMNS))}, {_columns('r', receipts.COLUMNS)}, "
    f"(SELECT k.value FROM known k WHERE k.name = '{known.BRAKE}') AS brake, "
    "u.locale AS customer_locale, (SELECT MIN(e.at) FROM exposure e WHERE e.ticket = {}) AS first_opened_at "
    "FROM occasion o "
    "LEFT JOIN presentation p ON p.occasion_id = o.id AND p.step = (SELECT MAX(x.step) FROM presentation x "
    "WHERE x.occasion_id = o.id AND x.state <> 'prepared') "
    "LEFT JOIN customer u ON u.id = o.customer_id "
    "LEFT JOIN quote q ON q.id = p.quote_id "
    "LEFT JOIN charge c ON c.reason = 'one_click:' || p.id "
    "LEFT JOIN charge h ON h.id = (SELECT y.id FROM charge y WHERE y.presentation_id = p.id "
    "AND (y.reason LIKE 'hosted:%' OR y.reason LIKE 'plan:%') ORDER BY y.pressed_at DESC, y.id DESC LIMIT 1) "
    "LEFT JOIN receipt r ON r.id = CASE WHEN c.fate = 'taken' THEN c.id WHEN h.fate = 'taken' THEN h.id END "
)


async def by_payment(placement: str, payment_id: str, *, ticket: str) -> Showing | None:
    """What a ticket (named by the hash of its id) shows for a payment; None before the payment was asked about."""
    found = await rows(_SELECT + "WHERE o.placement = {} AND o.payment_id = {}", ticket, placement, payment_id)
    return _showing(found[0]) if found else None


async def by_moment(placement: str, customer_id: str, *, ticket: str, now: int) -> Showing | None:
    """What a ticket without a payment shows: the newest moment that still holds and is not decided, else a slot's.

    A ticket that was opened before goes on with what it showed, however that ended.
    """
    mine = await rows(
        _SELECT + "WHERE o.customer_id = {} AND o.placement = {} AND o.id = "
        "(SELECT e.occasion_id FROM exposure e WHERE e.ticket = {} ORDER BY e.at DESC LIMIT 1)",
        ticket,
        customer_id,
        placement,
        ticket,
    )
    if mine and mine[0]["p_id"]:
        return _showing(mine[0])
    found = await rows(
        _SELECT + "WHERE o.customer_id = {} AND o.placement = {} AND o.name IS NOT NULL AND o.withdrawn_at IS NULL "
        "AND o.ends_at > {} AND (o.state = 'asked' OR (p.state = 'open' AND p.closes_at > {})) "
        "ORDER BY CASE WHEN o.name = '' THEN 1 ELSE 0 END, o.asked_at DESC, o.id DESC LIMIT 1",
        ticket,
        customer_id,
        placement,
        now,
        now,
    )
    return _showing(found[0]) if found else None


async def by_occasion(occasion_id: str) -> Showing | None:
    """What is due on an occasion now."""
    found = await rows(_SELECT + "WHERE o.id = {}", "", occasion_id)
    return _showing(found[0]) if found else None


async def opened(showing: Showing, *, ticket: str, locale: str, at: int) -> None:
    """Keep that the ticket was opened, so that it may be opened again; told once per ticket and presentation."""
    shown = showing.presentation.id if showing.presentation else None
    await rows(
        "INSERT INTO exposure (id, ticket, occasion_id, presentation_id, placement, locale, at) "
        "VALUES ({}, {}, {}, {}, {}, {}, {}) ON CONFLICT (id) DO NOTHING RETURNING id",
        f"{ticket}:{shown or 'opening'}",
        ticket,
        showing.occasion.id,
        shown,
        showing.occasion.placement,
        locale,
        at,
    )


def _showing(row: dict[str, Any]) -> Showing:
    first = row["first_opened_at"]
    return Showing(
        occasion=occasions.occasion_of(row, "o_"),
        presentation=presentations.presentation_of(row, "p_") if row["p_id"] else None,
        quote=presentations.quote_of(row, "q_") if row["q_id"] else None,
        charge=charges.charge_of(row, "c_") if row["c_id"] else None,
        hosted=charges.charge_of(row, "h_") if row["h_id"] else None,
        receipt=receipts.receipt_of(row, "r_") if row["r_payment_id"] else None,
        customer_locale=row["customer_locale"] or "",
        first_opened_at=int(first) if first is not None else None,
        braked=row["brake"] is not None,
    )
