"""The people every sandbox starts with; each one's card behaves in a known way."""

from __future__ import annotations

from datetime import UTC, datetime

from widget.sandbox.things import Address, Card, Customer, Method
from widget.sandbox.world import World

ARRIVED_AT = datetime(2026, 4, 1, 9, tzinfo=UTC)
US = Address("US", "CA", "San Francisco", "1 Market Street", "94105")
DE = Address("DE", "Berlin", "Berlin", "Torstr. 1", "10119")
FR = Address("FR", None, "Lyon", "2 rue Mercière", "69002")
GB = Address("GB", None, "Leeds", "3 Park Row", "LS1 5HD")
IN = Address("IN", "KA", "Bengaluru", "4 MG Road", "560001")

# (first name, family name, where, what it is good for)
PEOPLE = (
    ("nadia", "Nadia Novak", US, "her card works"),
    ("omar", "Omar Okafor", US, "his saved card is refused on every later charge"),
    ("uma", "Uma Underwood", US, "she must confirm with her bank, on a page"),
    ("ulla", "Ulla Urban", US, "she must confirm with her bank, and there is no page to go to"),
    ("tim", "Tim Tanaka", US, "charges of his saved card happen, but the answer never comes in time"),
    ("rex", "Rex Rivers", GB, "the rival: his card works, he must see nothing of the others"),
    ("nora", "Nora Nolan", US, "she has no saved method"),
    ("edda", "Edda Engel", FR, "her saved card has expired"),
    ("ines", "Ines Iyer", IN, "she has UPI only"),
    ("otto", "Otto Olsen", DE, "he has two cards, and tax is added for him"),
    ("lena", "Lena Lind", US, "her saved method is Apple Pay"),
)


def arrive(world: World) -> None:
    """Bring the cast into a fresh world."""
    for first, name, address, _ in PEOPLE:
        world.customers[f"cus_{first}"] = Customer(
            f"cus_{first}", f"{first}@example.com", name, ARRIVED_AT, address, hangs=first == "tim"
        )
    for method in _methods():
        world.methods[method.payment_method_id] = method


def _methods() -> tuple[Method, ...]:
    return (
        _card("pm_nadia_visa", "nadia", "4242424242424242"),
        _card("pm_omar_visa", "omar", "4000000000000341", exp=("12", "2034")),
        _card("pm_uma_visa", "uma", "4000000000003220"),
        _card("pm_ulla_visa", "ulla", "4000000000003184"),
        _card("pm_tim_visa", "tim", "4242424242424242"),
        _card("pm_rex_mastercard", "rex", "5555555555554444", network="mastercard"),
        _card("pm_edda_visa", "edda", "4242424242424242", exp=("01", "2024")),
        Method("pm_ines_upi", "cus_ines", "upi", "upi_collect", None, None, ARRIVED_AT),
        _card("pm_otto_mastercard", "otto", "5555555555554444", "mastercard", used=datetime(2026, 3, 1, tzinfo=UTC)),
        _card("pm_otto_visa", "otto", "4242424242424242"),
        Method("pm_lena_applepay", "cus_lena", "wallet", "apple_pay", None, True, ARRIVED_AT),
    )  # fmt: skip


def _card(
    method_id: str,
    who: str,
    number: str,
    network: str = "visa",
    exp: tuple[str, str] = ("06", "2032"),
    used: datetime = ARRIVED_AT,
) -> Method:
    holder = next(name for first, name, _, _ in PEOPLE if first == who)
    card = Card(number, network, exp[0], exp[1], holder)
    return Method(method_id, f"cus_{who}", "card", "credit", card, recurring_enabled=True, last_used_at=used)
