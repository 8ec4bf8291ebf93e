"""The face of the choices: the plan one has, the plans one may move to, and what is in the way."""

from datetime import UTC, datetime, timedelta
from typing import Any

from widget.core.plan_family import Tier
from widget.core.plan_panel import PanelState
from widget.core.subscription import AddonLine, Obstacle, Subscription, obstacle
from widget.plan_change.panel import PanelView, PlanOption, Stepper, Tab, Way
from widget.plan_change.standing import Standing
from widget.plan_change.texts import Texts

# A change at Dodo is heard of by webhook within seconds; an open panel looks for it now and then.
LOOK_EVERY_MS = 15_000


def choices(standing: Standing, texts: Texts, *, now: int, notice: str = "") -> PanelView:
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
        "current_name": standing.name(subscription.product_id),
        "current_price": texts.price(standing, subscription.product_id, subscription.quantity, subscription.addons)
        or _recurring(subscription, texts),
        "current_line": _next_bill(subscription, texts),
        "discounts": tuple(texts.discount(one, subscription.currency) for one in subscription.discounts),
        "obstacle": _sentence(blocked, standing, texts),
        "ways": _ways(blocked, standing, texts),
        "scheduled_line": _scheduled(standing, texts),
        "ending_line": _ending(subscription, texts),
        "tabs": _tabs(standing, texts, free=free),
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


def _tabs(standing: Standing, texts: Texts, *, free: bool) -> tuple[Tab, ...]:
    """One tab for each billing period, the shortest first; the one of the present plan is open."""
    periods: dict[tuple[int, str], list[PlanOption]] = {}
    for tier in standing.tiers:
        for product_id in tier.products:
            product = standing.products.get(product_id)
            if product is None or product.recurring is None or product.metered:
                continue
            terms = product.recurring
            option = _option(standing, texts, tier, product_id, free=free)
            periods.setdefault((terms.count, terms.interval), []).append(option)
    now = standing.products.get(standing.subscription.product_id)
    mine = (now.recurring.count, now.recurring.interval) if now and now.recurring else None
    ordered = sorted(periods, key=lambda period: _length(*period))
    return tuple(
        Tab(
            f"{interval.lower()}{count if count > 1 else ''}",
            _label(count, interval, texts),
            (count, interval) == mine or (mine not in periods and (count, interval) == ordered[0]),
            tuple(periods[count, interval]),
        )
        for count, interval in ordered
    )


def _option(standing: Standing, texts: Texts, tier: Tier, product_id: str, *, free: bool) -> PlanOption:
    subscription, words, product = standing.subscription, texts.words, standing.products[product_id]
    current = product_id == subscription.product_id
    addons = tuple(line for line in subscription.addons if line.id in product.addons)
    has = _features(standing, subscription.product_id)
    difference, more = ("", False) if current else texts.difference(standing, product_id, addons)
    terms = None if current else standing.terms(product_id, subscription.quantity, addons)
    allowed = terms is not None and terms.allowed
    name = standing.name(product_id)
    return PlanOption(
        product=product_id,
        name=name,
        price=texts.price(standing, product_id, subscription.quantity, addons),
        difference=difference,
        more=more,
        description=product.description,
        features=tier.plan.features if current else (),
        adds=() if current else tuple(one for one in tier.plan.features if one not in has),
        loses=() if current else _lost(standing, product_id, addons),
        badge=words.popular if tier.plan.popular else "",
        current=current,
        current_label=words.current if current else "",
        choose_label=words.choose.format(plan=name) if free and allowed else "",
        note=_note(standing, texts, current=current, allowed=allowed, when=terms.when if terms else ""),
    )


def _note(standing: Standing, texts: Texts, *, current: bool, allowed: bool, when: str) -> str:
    words, next_bill = texts.words, standing.subscription.next_bill_at
    if current:
        return ""
    if not allowed:
        return words.not_allowed
    if when == "next_billing_date" and next_bill is not None:
        return words.starts_on.format(date=texts.date(next_bill))
    return words.starts_now


def _features(standing: Standing, product_id: str) -> frozenset[str]:
    plan = standing.plan(product_id)
    return frozenset(plan.features if plan else ())


def _lost(standing: Standing, product_id: str, addons: tuple[AddonLine, ...]) -> tuple[str, ...]:
    """What the present plan has and the other has not: features, and add-ons it cannot carry."""
    now = standing.plan(standing.subscription.product_id)
    keeps = _features(standing, product_id)
    features = [one for one in (now.features if now else ()) if one not in keeps]
    gone = [line for line in standing.subscription.addons if line not in addons]
    names = [standing.addons[line.id].name if line.id in standing.addons else line.id for line in gone]
    return (*features, *names)


def lost(standing: Standing, product_id: str, addons: tuple[AddonLine, ...]) -> tuple[str, ...]:
    """The same for a quote; nothing where the plan stays."""
    return (
        ()
        if product_id == standing.subscription.product_id and not set(standing.subscription.addons) - set(addons)
        else _lost(standing, product_id, addons)
    )


def _label(count: int, interval: str, texts: Texts) -> str:
    words = texts.words
    if count == 1:
        return {"Day": words.daily, "Week": words.weekly, "Month": words.monthly, "Year": words.yearly}.get(
            interval, interval
        )
    return words.other_period.format(count=count, interval=interval.lower())


def _length(count: int, interval: str) -> timedelta:
    return timedelta(days={"Day": 1, "Week": 7, "Month": 30, "Year": 365}.get(interval, 30) * count)
