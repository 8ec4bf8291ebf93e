"""Return tickets: random, known only by their hash, waking when their checkout was paid."""

from hashlib import sha256

import msgspec
from msgspec import Struct

from widget.storage.database import rows

_COLUMNS = (
    "id, product_id, session_id, payment_id, presentation_id, next, placement, locale, made_at, expires_at, "
    "subscription_id"
)


class Return(Struct, frozen=True):
    """Where a shopper comes back to; `payment_id` is set once the provider said which payment it was."""

    id: str
    placement: str
    made_at: int
    expires_at: int
    product_id: str | None = None
    session_id: str | None = None
    payment_id: str | None = None
    presentation_id: str | None = None
    next: str | None = None
    locale: str | None = None
    subscription_id: str | None = None  # of a subscriber who comes back to their plans


async def add(token: str, new: Return) -> None:
    """Keep a return ticket; its token is kept as a hash only."""
    await rows(
        f"INSERT INTO return_ticket ({_COLUMNS}, token_hash) "
        "VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}) RETURNING id",
        new.id,
        new.product_id,
        new.session_id,
        new.payment_id,
        new.presentation_id,
        new.next,
        new.placement,
        new.locale,
        new.made_at,
        new.expires_at,
        new.subscription_id,
        hashed(token),
    )


async def by_token(token: str) -> Return | None:
    """The return ticket of a token in a URL."""
    return await _one("token_hash", hashed(token))


async def find(return_id: str) -> Return | None:
    """The return ticket by its id, which travels as metadata and opens nothing."""
    return await _one("id", return_id)


async def bind_session(return_id: str, session_id: str) -> None:
    """The checkout session made for it."""
    await rows(
        "UPDATE return_ticket SET session_id = {} WHERE id = {} AND session_id IS NULL RETURNING id",
        session_id,
        return_id,
    )


async def bind_payment(return_id: str, payment_id: str) -> bool:
    """The payment its checkout led to, bound once; True if it is this one."""
    await rows(
        "UPDATE return_ticket SET payment_id = {} WHERE id = {} AND payment_id IS NULL RETURNING id",
        payment_id,
        return_id,
    )
    found = await find(return_id)
    return found is not None and found.payment_id == payment_id


async def _one(column: str, value: str) -> Return | None:
    found = await rows(f"SELECT {_COLUMNS} FROM return_ticket WHERE {column} = {{}}", value)
    return msgspec.convert(found[0], Return) if found else None


def hashed(token: str) -> str:
    """How a token is kept."""
    return sha256(token.encode()).hexdigest()
