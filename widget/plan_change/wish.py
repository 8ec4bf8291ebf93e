"""What a subscriber asks for, read from the form and held against the merchant's bounds; nothing is guessed."""

from msgspec import Struct

from widget.core.plan_change import Change
from widget.core.plan_family import PlanAddon, Terms
from widget.core.subscription import AddonLine
from widget.storage.standing import Standing

_CODE_LIMIT = 80


class Odd(Exception):
    """A field that cannot be: its name and what is expected, for who reads the code; nothing is changed.

    What the subscriber is told is made of `bounds` (least, most, step) or `fixed` (odd_face.py).
    """

    def __init__(
        self, field: str, expected: str, *, bounds: tuple[int, int, int] | None = None, fixed: bool = False
    ) -> None:
        super().__init__(f"{field}: {expected}")
        self.field = field
        self.expected = expected
        self.bounds = bounds
        self.fixed = fixed


class Wished(Struct, frozen=True):
    """A change and how it is billed; `dropped` are add-ons the new plan cannot have."""

    change: Change
    terms: Terms
    dropped: tuple[AddonLine, ...] = ()


def wished(form: dict[str, str], standing: Standing) -> Wished:
    """The change a form asks for; raises `Odd`."""
    now = standing.subscription
    product_id = form.get("product") or now.product_id
    quantity = _quantity(form, product_id, standing)
    addons, dropped = _addons(form, product_id, standing)
    codes = _codes(form, standing)
    terms = standing.terms(product_id, quantity, addons)
    if terms is None:
        raise Odd("product", "a plan of this family")
    if not terms.allowed:
        raise Odd("product", "a plan you may move to")
    same = (product_id, quantity, frozenset(addons)) == (now.product_id, now.quantity, frozenset(now.addons))
    # Only a code: it counts from the next bill, and nothing is taken or given for the time already paid.
    mode, when = ("do_not_bill", "immediately") if same and codes is not None else (terms.mode, terms.when)
    family = standing.family
    return Wished(
        change=Change(
            subscription_id=now.id,
            product_id=product_id,
            quantity=quantity,
            addons=addons,
            mode=mode,
            when=when,
            on_failure=family.on_payment_failure if family else "prevent_change",
            codes=codes,
            replaces_scheduled=now.scheduled is not None,
            drops_link=standing.open_link is not None,
        ),
        terms=Terms(terms.direction, mode, when),
        dropped=dropped,
    )


def _quantity(form: dict[str, str], product_id: str, standing: Standing) -> int:
    now, seats = standing.subscription, standing.seats(product_id)
    given = form.get("quantity", "").strip()
    if not given:
        return now.quantity if seats is None else max(seats.min, min(seats.max, now.quantity))
    quantity = _whole(given)
    if seats is None:
        if quantity != now.quantity:
            raise Odd("quantity", f"{now.quantity}; it cannot be changed for this plan", fixed=True)
        return now.quantity
    if quantity is None or not seats.min <= quantity <= seats.max or (quantity - seats.min) % seats.step:
        steps = f" in steps of {seats.step}" if seats.step > 1 else ""
        bounds = (seats.min, seats.max, seats.step)
        raise Odd("quantity", f"a whole number from {seats.min} to {seats.max}{steps}", bounds=bounds)
    return quantity


def _addons(
    form: dict[str, str], product_id: str, standing: Standing
) -> tuple[tuple[AddonLine, ...], tuple[AddonLine, ...]]:
    """The complete new set, and what the new plan cannot carry."""
    offered = {one.addon: one for one in standing.family.addon} if standing.family else {}
    asked = {name.removeprefix("addon:"): value for name, value in form.items() if name.startswith("addon:")}
    for name in asked:
        if name not in offered:
            raise Odd(f"addon:{name}"[:60], f"one of {', '.join(offered) or 'no add-ons'}")
    product = standing.products.get(product_id)
    wanted = {line.id: line.quantity for line in standing.subscription.addons}
    wanted |= {name: _addon_quantity(name, value, offered[name]) for name, value in asked.items()}
    lines = tuple(AddonLine(name, count) for name, count in wanted.items() if count)
    fits = tuple(line for line in lines if product is None or line.id in product.addons)
    return fits, tuple(line for line in lines if line not in fits)


def _addon_quantity(name: str, value: str, offered: PlanAddon) -> int:
    count = _whole(value.strip() or "0")
    if count is None or count > offered.max:
        raise Odd(f"addon:{name}", f"a whole number from 0 to {offered.max}", bounds=(0, offered.max, 1))
    return count


def _codes(form: dict[str, str], standing: Standing) -> tuple[str, ...] | None:
    """A typed code replaces the discounts there are; without one those made to last stay."""
    code = form.get("code", "").strip()
    if not code:
        return None
    offered = (
        {one.code for one in standing.family.downsell if one.code and one.name in standing.downsells}
        if (standing.family)
        else set[str]()
    )
    if standing.family is None or not (standing.family.codes or code in offered):
        raise Odd("code", "no code can be entered here")
    if len(code) > _CODE_LIMIT or not code.isprintable():
        raise Odd("code", f"at most {_CODE_LIMIT} letters and digits")
    return (code,)


def _whole(value: str) -> int | None:
    return int(value) if value.isascii() and value.isdecimal() and len(value) <= 6 else None
