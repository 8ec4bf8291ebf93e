"""Downsell: one better-fitting offer before somebody goes down or leaves; declined with one press, never in a row."""

from typing import Literal

from widget.core.plan_family import Downsell
from widget.core.plan_panel import PanelState
from widget.plan_change.panel import PanelView, Way
from widget.plan_change.pressing import Pressed
from widget.plan_change.wish import Wished

_DAY_MS = 24 * 60 * 60 * 1000
_CARRIED = ("product", "quantity", "code")


def due(press: Pressed, before: Literal["downgrade", "cancel"], wanted: Wished | None = None) -> Downsell | None:
    """The first that fits and was not declined within its quiet period; none while any was declined lately."""
    family, standing, now = press.standing.family, press.standing, press.desk.now()
    if family is None:
        return None
    quiet = {one.name: one.quiet_days for one in family.downsell}
    for name, (_, declined_at) in standing.downsells.items():
        if declined_at is not None and now < declined_at + quiet.get(name, 1) * _DAY_MS:
            return None  # they said no already: not once more before they go
    return next((one for one in family.downsell if one.before == before and _fits(press, one, wanted)), None)


def _fits(press: Pressed, one: Downsell, wanted: Wished | None) -> bool:
    standing, subscription = press.standing, press.standing.subscription
    if one.products and subscription.product_id not in one.products:
        return False
    if one.kind == "plan":
        known = one.plan in standing.products and one.plan != subscription.product_id
        return known and (wanted is None or one.plan != wanted.change.product_id)
    if one.kind == "discount":
        return one.code is not None and all(one.code != held.code for held in subscription.discounts)
    return True


def panel(press: Pressed, one: Downsell, form: dict[str, str], wanted: Wished | None) -> PanelView:
    """The offer, with the way on as plain as the offer."""
    words, standing = press.texts.words, press.standing
    product = standing.subscription.product_id
    match one.kind:
        case "plan":
            take = Way(
                "/plan_change/preview", words.take_plan.format(plan=standing.name(one.plan or "")),
                (("product", one.plan or ""), ("declined", one.name)),
            )  # fmt: skip
        case "discount":
            take = Way(
                "/plan_change/preview", words.take_code.format(code=one.code or ""),
                (("product", product), ("code", one.code or "")),
            )  # fmt: skip
        case "pause":
            take = Way("/plan_change/pause", words.pause)
    declined = ("declined", one.name)
    if wanted is None:
        on = Way("/plan_change/cancel", words.decline_cancel, (declined,))
    else:
        carried = tuple((n, v) for n, v in form.items() if n in _CARRIED or n.startswith("addon:"))
        name = standing.name(wanted.change.product_id)
        on = Way("/plan_change/preview", words.decline_downgrade.format(plan=name), (*carried, declined))
    return PanelView(
        state=PanelState.CHOICES, step="downsell", plan=product, title=one.headline, body=one.body, confirm=take,
        decline=on, back_label=words.back,
    )  # fmt: skip
