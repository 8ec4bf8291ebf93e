"""The front page for people who open the sandbox in a browser: who is there, what is sold, what was paid."""

from __future__ import annotations

from litestar import Response, get
from litestar.di import NamedDependency

from widget.sandbox.cast import PEOPLE
from widget.sandbox.hosted_pages import page
from widget.sandbox.money import spoken
from widget.sandbox.world import World


@get("/")
async def show(world: NamedDependency[World]) -> Response[str]:
    """The ledger's last lines, the cast and the shelves."""
    entries = [
        (e.at.strftime("%H:%M:%S"), e.kind, world.customers[e.customer_id].name, ", ".join(e.product_ids),
         spoken(e.amount, e.currency), e.status)
        for e in list(world.ledger)[:-21:-1]
    ]  # fmt: skip
    goods = [(p.product_id, p.name, spoken(p.price, p.currency)) for p in world.products.values() if not p.archived]
    people = [(f"cus_{first}", name, role) for first, name, _, role in PEOPLE]
    return page(
        "front.html", 200, entries=entries, goods=goods, people=people, now=world.now().strftime("%d %b %Y %H:%M")
    )


ROUTES = [show]
