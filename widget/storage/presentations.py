"""Presentations and their quotes: what was offered to whom at what exact price."""

from typing import Any

import msgspec
from msgspec import Struct

from widget.core.gate import Verdict
from widget.core.method import Method
from widget.core.money import Money
from widget.core.presentation import Card, Quote, Standing
from widget.storage import fairness, rollups, telling
from widget.storage.database import rows, unit
from widget.storage.parts import part

_CARD = msgspec.json.Decoder(Card)
_METHODS = msgspec.json.Decoder(tuple[Method, ...])
_NO_WAY_BACK = (
    "SELECT 1 AS there FROM charge WHERE presentation_id = {} AND fate NOT IN ('refused', 'intended') "
    "AND NOT (reason LIKE 'hosted:%' AND payment_id IS NULL AND fate IN ('sending', 'waiting', 'lapsed')) LIMIT 1"
)


class Presentation(Struct, frozen=True):
    """One step of a chain as made for one customer; times in epoch ms."""

    id: str
    occasion_id: str
    step: int
    offer_name: str
    offer_version: int
    customer_id: str
    product_id: str
    quantity: int
    state: Standing
    one_click: bool
    card: Card
    methods: tuple[Method, ...]
    quote_id: str
    closes_at: int
    opened_at: int | None = None  # when somebody first saw it


COLUMNS = (
    "id, occasion_id, step, offer_name, offer_version, customer_id, product_id, quantity, state, one_click, card, "
    "methods, quote_id, closes_at, opened_at"
)
QUOTE_COLUMNS = (
    "id, presentation_id, product_id, quantity, method_id, amount, subtotal, discount, tax, currency, country, "
    "renewal, made_at, expires_at, chosen_amount, before_amount"
)


async def add(presentation: Presentation, quote: Quote, verdict: Verdict, *, at: int) -> None:
    """One step of the chain with its first quote; runs in the preparing unit of work."""
    await rows(
        f"INSERT INTO presentation ({COLUMNS}, verdict, prepared_at) "
        "VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}) "
        "ON CONFLICT (occasion_id, step) DO NOTHING RETURNING id",
        presentation.id,
        presentation.occasion_id,
        presentation.step,
        presentation.offer_name,
        presentation.offer_version,
        presentation.customer_id,
        presentation.product_id,
        presentation.quantity,
        presentation.state.value,
        int(presentation.one_click),
        _json(presentation.card),
        _json(presentation.methods),
        presentation.quote_id,
        presentation.closes_at,
        presentation.opened_at,
        _json(verdict),
        at,
    )
    await _add_quote(quote)
    await rollups.touch(presentation.id)


async def requote(quote: Quote, *, replaces: str) -> bool:
    """A new price or method for a presentation that is not decided; False when somebody else quoted first."""

    async def work() -> bool:
        await _add_quote(quote)
        found = await rows(
            "UPDATE presentation SET quote_id = {} WHERE id = {} AND quote_id = {} "
            "AND state IN ('prepared', 'open', 'accepted') RETURNING id",
            quote.id,
            quote.presentation_id,
            replaces,
        )
        return bool(found)

    return await unit(work)


async def _add_quote(quote: Quote) -> None:
    await rows(
        f"INSERT INTO quote ({QUOTE_COLUMNS}) VALUES ({{}}, {{}}, {{}}, {{}}, {{}}, {{}}, {{}}, {{}}, {{}}, {{}}, "
        "{}, {}, {}, {}, {}, {}) RETURNING id",
        quote.id,
        quote.presentation_id,
        quote.product_id,
        quote.quantity,
        quote.method_id,
        quote.total.amount,
        quote.subtotal,
        quote.discount,
        quote.tax,
        quote.total.currency,
        quote.country,
        quote.renewal,
        quote.made_at,
        quote.expires_at,
        quote.amount,
        quote.before,
    )


async def decline(presentation_id: str, *, at: int, quiet_until: int) -> bool:
    """The shopper's no: remembered, and the next step opens. False when a charge was first (first wins)."""
    return await unit(lambda: _decline(presentation_id, at, quiet_until))


async def _decline(presentation_id: str, at: int, quiet_until: int) -> bool:
    # Locks the row as a press does, so that of a yes and a no at once exactly one happens.
    held = await rows(
        "UPDATE presentation SET state = state WHERE id = {} AND state IN ('open', 'accepted') "
        "RETURNING occasion_id, step, customer_id, offer_name, locale",
        presentation_id,
    )
    if not held or await rows(_NO_WAY_BACK, presentation_id):
        return False
    await rows(
        "UPDATE presentation SET state = 'declined', decided_at = {} WHERE id = {} RETURNING id", at, presentation_id
    )
    mine = held[0]
    await rows(
        "INSERT INTO decline (id, customer_id, offer_name, at, quiet_until) VALUES ({}, {}, {}, {}, {}) "
        "ON CONFLICT (id) DO NOTHING RETURNING id",
        presentation_id,
        mine["customer_id"],
        mine["offer_name"],
        at,
        quiet_until,
    )
    await _open_next(mine["occasion_id"], int(mine["step"]), mine["locale"], at)
    await rollups.touch(presentation_id)
    await telling.tell_decline(presentation_id, at=at)
    return True


async def _open_next(occasion_id: str, step: int, locale: str | None, at: int) -> None:
    """The next step that may still be shown; it was prepared before this no, and before whatever came since."""
    following = await rows(
        "SELECT id, customer_id, offer_name, offer_version, product_id, prepared_at FROM presentation "
        "WHERE occasion_id = {} AND step > {} AND state = 'prepared' ORDER BY step",
        occasion_id,
        step,
    )
    for row in following:
        if not await fairness.overtaken(row, at):
            await rows(
                "UPDATE presentation SET state = 'open', opened_at = {}, locale = {} WHERE id = {} RETURNING id",
                at,
                locale,
                row["id"],
            )
            return


async def undo(presentation_id: str) -> bool:
    """A press that was not sent is taken back; False when it was sent, or there is none."""
    return await unit(lambda: _undo(presentation_id))


async def _undo(presentation_id: str) -> bool:
    # Locks the row as a press and a claim do; the new version keeps what was written from being sent.
    held = await rows(
        "UPDATE presentation SET state = state WHERE id = {} AND state = 'accepted' RETURNING id", presentation_id
    )
    if not held:
        return False
    back = await rows(
        "UPDATE charge SET version = version + 1 WHERE reason = {} AND fate = 'intended' RETURNING id, version",
        f"one_click:{presentation_id}",
    )
    if not back:
        return False
    await rows("UPDATE presentation SET state = 'open', decided_at = NULL WHERE id = {} RETURNING id", presentation_id)
    return True


async def close(presentation_id: str, *, at: int) -> None:
    """Ended without a charge: owned already, gone at the provider. A charge under way keeps it."""
    await rows(
        "UPDATE presentation SET state = 'closed', decided_at = {} WHERE id = {} AND (state = 'open' OR "
        "(state = 'accepted' AND NOT EXISTS (SELECT 1 FROM charge WHERE charge.presentation_id = presentation.id "
        "AND charge.fate NOT IN ('refused', 'intended')))) RETURNING id",
        at,
        presentation_id,
    )


async def keep_methods(presentation_id: str, methods: tuple[Method, ...]) -> None:
    """Only these may still be charged; with none left the card's button leads to the hosted checkout."""
    await rows(
        "UPDATE presentation SET methods = {}, one_click = {} WHERE id = {} RETURNING id",
        _json(methods),
        int(bool(methods)),
        presentation_id,
    )


async def find(presentation_id: str) -> Presentation | None:
    """What was offered, as it was shown."""
    found = await rows(f"SELECT {COLUMNS} FROM presentation WHERE id = {{}}", presentation_id)
    return presentation_of(found[0]) if found else None


async def find_quote(quote_id: str) -> Quote | None:
    """The price as it was shown."""
    found = await rows(f"SELECT {QUOTE_COLUMNS} FROM quote WHERE id = {{}}", quote_id)
    return quote_of(found[0]) if found else None


async def occasion_of(presentation_id: str) -> str | None:
    """The occasion a presentation belongs to."""
    found = await rows("SELECT occasion_id FROM presentation WHERE id = {}", presentation_id)
    return found[0]["occasion_id"] if found else None


def presentation_of(row: dict[str, Any], prefix: str = "") -> Presentation:
    """A presentation from a row whose columns carry the prefix."""
    get = part(row, prefix, COLUMNS)
    return Presentation(
        id=get["id"],
        occasion_id=get["occasion_id"],
        step=int(get["step"]),
        offer_name=get["offer_name"],
        offer_version=int(get["offer_version"]),
        customer_id=get["customer_id"],
        product_id=get["product_id"],
        quantity=int(get["quantity"]),
        state=Standing(get["state"]),
        one_click=bool(get["one_click"]),
        card=_CARD.decode(get["card"]),
        methods=_METHODS.decode(get["methods"]),
        quote_id=get["quote_id"],
        closes_at=int(get["closes_at"]),
        opened_at=int(get["opened_at"]) if get["opened_at"] is not None else None,
    )


def quote_of(row: dict[str, Any], prefix: str = "") -> Quote:
    """A quote from a row whose columns carry the prefix."""
    get = part(row, prefix, QUOTE_COLUMNS)
    return Quote(
        id=get["id"],
        presentation_id=get["presentation_id"],
        product_id=get["product_id"],
        quantity=int(get["quantity"]),
        method_id=get["method_id"],
        total=Money(int(get["amount"]), get["currency"]),
        subtotal=int(get["subtotal"]),
        discount=int(get["discount"]),
        tax=int(get["tax"]),
        country=get["country"],
        renewal=get["renewal"],
        made_at=int(get["made_at"]),
        expires_at=int(get["expires_at"]),
        amount=get["chosen_amount"],
        before=get["before_amount"],
    )


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
