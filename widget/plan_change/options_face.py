"""The plans to choose from: what each adds or takes away, how much more or less it costs, and when it would begin."""

from datetime import timedelta

from widget.core.plan_family import Tier
from widget.core.subscription import AddonLine
from widget.plan_change.panel import PlanOption, Tab
from widget.plan_change.texts import Texts
from widget.storage.standing import Standing


def tabs(standing: Standing, texts: Texts, *, free: bool) -> tuple[Tab, ...]:
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
    several = words.period(count, interval)
    return several[:1].upper() + several[1:]


def _length(count: int, interval: str) -> timedelta:
    return timedelta(days={"Day": 1, "Week": 7, "Month": 30, "Year": 365}.get(interval, 30) * count)
