"""The quotes of plan changes, kept as they were shown, and which tickets were opened."""

import msgspec

from widget import probe
from widget.core.plan_change import PlanQuote
from widget.storage.database import rows


async def add(quote: PlanQuote) -> None:
    """Keep what is about to be shown."""
    await rows(
        "INSERT INTO plan_quote (id, subscription_id, customer_id, body, made_at, expires_at) "
        "VALUES ({}, {}, {}, {}, {}, {}) RETURNING id",
        quote.id,
        quote.subscription_id,
        quote.customer_id,
        msgspec.json.encode(quote).decode(),
        quote.made_at,
        quote.expires_at,
    )
    probe.at("quote.stored")


async def find(quote_id: str) -> PlanQuote | None:
    """The quote as it was shown."""
    found = await rows("SELECT body FROM plan_quote WHERE id = {}", quote_id)
    return msgspec.json.decode(found[0]["body"], type=PlanQuote) if found else None


async def opened(ticket: str, subscription_id: str, *, at: int) -> None:
    """The ticket (by the hash of its id) was opened in time; it may be opened again later."""
    await rows(
        "INSERT INTO plan_opening (ticket, subscription_id, at) VALUES ({}, {}, {}) "
        "ON CONFLICT (ticket) DO NOTHING RETURNING ticket",
        ticket,
        subscription_id,
        at,
    )


async def opened_at(ticket: str) -> int | None:
    """When a ticket was first opened (epoch ms)."""
    found = await rows("SELECT at FROM plan_opening WHERE ticket = {}", ticket)
    return int(found[0]["at"]) if found else None
