"""The face of the choices: the plan one has, the plans one may move to, and what is in the way."""

from datetime import UTC, datetime
from typing import Any

from widget.core.plan_panel import PanelState
from widget.core.subscription import Obstacle, Subscription, obstacle
from widget.plan_change.options_face import tabs
from widget.plan_change.panel import PanelView, Stepper, Way
from widget.plan_change.texts import Texts
from widget.storage.standing import Standing

# A change at Dodo is heard of by webhook within seconds; an open panel looks for it now and then.
LOOK_EVERY_MS = 15_000


def choices(standing: Standing, texts: Texts, *, now: int, notice: str = "", wrong: str = "") -> PanelView:
    """What can be chosen now, in words."""
    words, subscription = texts.words, standing.subscription
    blocked = obstacle(subscription)
    if blocked == "over":
        return PanelView(
            state=PanelState.CLOSED, plan=subscription.product_id, title=words.closed_title,
            message=words.closed_message, notice=notice,
        )  # fmt: skip
    free = blocked in {None, "no_method"}
    view: dict[str, Any] = {
        "title": words.panel_title,
        "notice": notice,
        "wrong": "code" if notice == words.code_not_valid else wrong,
        "current_name": standing.name(subscription.product_id),
        "current_price": texts.price(standing, subscription.product_id, subscription.quantity, subscription.addons)
        or _recurring(subscription, texts),
        "current_line": _next_bill(subscription, texts),
        "discounts": tuple(texts.discount(one, subscription.currency) for one in subscription.discounts),
        "obstacle": _sentence(blocked, standing, texts),
        "ways": _ways(blocked, standing, texts),
        "scheduled_line": _scheduled(standing, texts),
        "ending_line": _ending(subscription, texts),
        "tabs": tabs(standing, texts, free=free),
        "message": words.trial_until if subscription.in_trial(datetime.fromtimestamp(now / 1000, UTC)) else "",
        "poll_ms": LOOK_EVERY_MS,
    }
    if free and standing.family is not None:
        steppers = _steppers(standing, texts)
        view["steppers"] = steppers
        view["code_label"] = words.code if standing.family.codes else ""
        view["update_label"] = words.see_cost if steppers or standing.family.codes else ""
    if standing.family is not None and standing.family.cancel and blocked in {None, "no_method", "past_due"}:
        view["cancel_label"] = words.cancel
    return PanelView(state=PanelState.CHOICES, plan=subscription.product_id, **view)


def _recurring(subscription: Subscription, texts: Texts) -> str:
    if subscription.recurring is None:
        return ""
    amount = texts.money(subscription.recurring.amount, subscription.recurring.currency)
    period = texts.words.period(subscription.count, subscription.interval)
    return texts.words.price.format(amount=amount, period=period)


def _next_bill(subscription: Subscription, texts: Texts) -> str:
    if subscription.ending or subscription.status != "active" or subscription.next_bill_at is None:
        return ""
    return texts.words.next_bill_on.format(date=texts.date(subscription.next_bill_at))


def _sentence(blocked: Obstacle | None, standing: Standing, texts: Texts) -> str:
    if blocked == "ending":
        return ""  # its own line says it
    if blocked is not None:
        return str(getattr(texts.words, blocked))
    return "" if standing.family is not None else texts.words.no_family


def _ways(blocked: Obstacle | None, standing: Standing, texts: Texts) -> tuple[Way, ...]:
    words, subscription, family = texts.words, standing.subscription, standing.family
    ways: list[Way] = []
    if blocked in {"on_hold", "past_due", "no_method"}:
        ways.append(Way("/plan_change/method", words.update_method, (("new", "yes"),), leaves=True))
    if blocked == "paused":
        ways.append(Way("/plan_change/resume", words.resume))
    if subscription.scheduled is not None and not subscription.ending:
        ways.append(Way("/plan_change/undo", words.undo.format(plan=standing.name(subscription.product_id))))
    if subscription.ending and subscription.status == "active":
        ways.append(Way("/plan_change/keep", words.keep))
    if blocked is None and family is not None and family.pause:
        ways.append(Way("/plan_change/pause", words.pause))
    return tuple(ways)


def _scheduled(standing: Standing, texts: Texts) -> str:
    planned = standing.subscription.scheduled
    if planned is None:
        return ""
    name = standing.name(planned.product_id)
    name = planned.product_name if name == planned.product_id and planned.product_name else name
    return texts.words.moves_to.format(plan=name, date=texts.date(planned.effective_at))


def _ending(subscription: Subscription, texts: Texts) -> str:
    if not subscription.ending or subscription.next_bill_at is None:
        return ""
    return texts.words.ends_on.format(date=texts.date(subscription.next_bill_at))


def _steppers(standing: Standing, texts: Texts) -> tuple[Stepper, ...]:
    subscription, words = standing.subscription, texts.words
    found: list[Stepper] = []
    if (seats := standing.seats(subscription.product_id)) is not None:
        found.append(
            Stepper("quantity", seats.noun or words.seats, subscription.quantity, seats.min, seats.max, seats.step)
        )
    product = standing.products.get(subscription.product_id)
    has = {line.id: line.quantity for line in subscription.addons}
    for offered in standing.family.addon if standing.family else ():
        addon = standing.addons.get(offered.addon)
        if addon is None or product is None or addon.id not in product.addons:
            continue
        price = ""
        if product.recurring is not None and addon.price.currency == subscription.currency:
            amount = texts.money(addon.price.amount, addon.price.currency)
            price = words.each.format(amount=amount, period=texts.period(product.recurring))
        found.append(Stepper(f"addon:{addon.id}", addon.name, has.get(addon.id, 0), 0, offered.max, price=price))
    return tuple(found)
