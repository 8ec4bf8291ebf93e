"""Prepare an occasion: read the purchase, choose the offer, pass the gate, quote the price (product D6)."""

import asyncio
import sys

import msgspec

from widget.core.considered import Considered
from widget.core.market import ReceiptRules, agreement
from widget.core.money import Money
from widget.core.offer import Amounts, Bounds, Check, Offer
from widget.core.payment import Customer, Payment
from widget.core.presentation import Card, Standing
from widget.provider.asks import Asks, NotThere, Unreadable
from widget.storage import customers, occasions, presentations, purchases
from widget.storage.database import unit
from widget.storage.ids import new_id
from widget.storage.occasions import Occasion
from widget.storage.presentations import Presentation
from widget.till.charge import CHARGE_MARK
from widget.upsell.choosing import Choice, choose
from widget.upsell.judging import Step
from widget.upsell.latest import latest_purchase
from widget.upsell.pricing import quote_of

_GIVE_UP_AFTER_MS = 24 * 60 * 60 * 1000
_SOON_MS = 1_000
_RARELY_MS = 60_000
_PENDING = ("processing", "requires_customer_action", "requires_confirmation", "requires_payment_method", "")


async def prepare(asks: Asks, occasion_id: str, *, now: int) -> int | None:
    """Prepare once; returns when to try again (epoch ms) while the provider cannot say, else None."""
    occasion = await occasions.find(occasion_id)
    if occasion is None or occasion.state != "asked":
        return None
    if occasion.is_moment:
        return await prepare_moment(asks, occasion, now=now)
    payment = await asks.payment(occasion.payment_id)
    match payment:
        case NotThere():
            await occasions.end_preparing(occasion_id, "absent", reasons="[]", expires_at=None, at=now)
            return None
        case Unreadable():
            return later(occasion.asked_at, now)
        case Payment():
            return await _prepare(asks, occasion, payment, now=now)


def later(asked_at: int, now: int) -> int:
    """When to ask again (epoch ms): quick while a shopper waits, then less and less often, as long as it has taken."""
    return now + min(max((now - asked_at) // 4, _SOON_MS), _RARELY_MS)


async def _prepare(asks: Asks, occasion: Occasion, payment: Payment, *, now: int) -> int | None:
    if payment.status in _PENDING and now < payment.created_at.timestamp() * 1000 + _GIVE_UP_AFTER_MS:
        await unit(lambda: occasions.met(occasion.id, payment, at=now))
        return later(occasion.asked_at, now)
    barred = no_occasion(payment)
    if barred is not None:
        await unit(lambda: _end_empty(occasion, payment, (Considered("", (barred,), False),), now))
        return None
    await _choose_and_write(asks, occasion, payment, await bought_with(asks, payment), now=now)
    return None


async def prepare_moment(asks: Asks, occasion: Occasion, *, now: int) -> int | None:
    """A moment in the app: where its customer is and what they pay with comes from their latest purchase."""
    over = occasion.withdrawn_at is not None or (occasion.ends_at or 0) <= now
    latest = NotThere() if over else await latest_purchase(asks, occasion.customer_id or "", now=now)
    match latest:
        case Unreadable():
            return later(occasion.asked_at, now)
        case NotThere():
            check = Check("has_purchase", "over" if over else "none", held=False)
            considered = msgspec.json.encode((Considered("", (check,), False),)).decode()
            await occasions.end_preparing(occasion.id, "empty", reasons=considered, expires_at=None, at=now)
        case Payment():
            await _choose_and_write(asks, occasion, latest, (), now=now)
    return None


async def _choose_and_write(
    asks: Asks, occasion: Occasion, payment: Payment, bought: tuple[str, ...], *, now: int
) -> None:
    choice, customer = await asyncio.gather(
        choose(asks, occasion, payment, bought, now=now), asks.customer(payment.customer_id)
    )
    if isinstance(customer, Customer):  # before it is ready, so that it is shown in their language from the start
        await customers.keep_locale(payment.customer_id, customer.locale, at=now)
    await unit(lambda: _write(occasion, payment, choice, now))


def no_occasion(payment: Payment) -> Check | None:
    """Payments that are no purchase to follow up: unpaid, ours, a card check, a renewal, a plan change."""
    checks = (
        Check("paid", payment.status or "null", payment.status == "succeeded"),
        Check("not_ours", payment.metadata.get(CHARGE_MARK, "none"), CHARGE_MARK not in payment.metadata),
        Check("not_a_card_check", str(payment.is_card_check).lower(), not payment.is_card_check),
        Check("a_purchase", payment.charge_type or "one_time", payment.charge_type in {"", "new"}),
        Check("has_country", payment.billing.country if payment.billing else "none", payment.billing is not None),
    )
    return next((check for check in checks if not check.held), None)


async def bought_with(asks: Asks, payment: Payment) -> tuple[str, ...]:
    """The products of the purchase; a subscription payment names its subscription instead (dodo-api 5.2)."""
    if payment.products:
        return tuple(product for product, _ in payment.products)
    found = [await asks.subscription(sub) for sub in payment.subscription_ids[:10]]
    return tuple(sub.product_id for sub in found if not isinstance(sub, NotThere | Unreadable))


async def _write(occasion: Occasion, payment: Payment, choice: Choice, now: int) -> None:
    steps = choice.steps
    if not steps:
        await _end_empty(occasion, payment, choice.considered, now)
        return
    closes = [_closes_at(step.offer, occasion, now) for step in steps]
    reasons = msgspec.json.encode(choice.considered).decode()
    if not await occasions.end_preparing(occasion.id, "ready", reasons=reasons, expires_at=max(closes), at=now):
        return
    await _facts(occasion, payment, now)
    for number, (step, closes_at) in enumerate(zip(steps, closes, strict=True)):
        presentation_id = new_id("pre")
        method_id = step.verdict.methods[0].id if step.verdict.one_click else ""
        quote = quote_of(
            step.order,
            step.preview,
            presentation_id=presentation_id,
            method_id=method_id,
            before=step.before,
            now=now,
        )
        await presentations.add(
            Presentation(
                id=presentation_id,
                occasion_id=occasion.id,
                step=number,
                offer_name=step.offer.name,
                offer_version=choice.version,
                customer_id=payment.customer_id,
                product_id=step.order.product_id,
                quantity=step.offer.quantity,
                state=Standing.OPEN if number == 0 else Standing.PREPARED,
                one_click=step.verdict.one_click,
                card=_card(step),
                methods=step.verdict.methods if step.verdict.one_click else (),
                quote_id=quote.id,
                closes_at=closes_at,
            ),
            quote,
            step.verdict,
            at=now,
        )


def _closes_at(offer: Offer, occasion: Occasion, now: int) -> int:
    """Nothing can be accepted after the offer or the moment has ended, however long the card may stay open."""
    offer_ends = int(offer.ends.timestamp() * 1000) if offer.ends else sys.maxsize
    return min(now + offer.open_minutes * 60_000, occasion.ends_at or sys.maxsize, offer_ends)


async def _end_empty(occasion: Occasion, payment: Payment, considered: tuple[Considered, ...], now: int) -> None:
    reasons = msgspec.json.encode(considered).decode()
    if await occasions.end_preparing(occasion.id, "empty", reasons=reasons, expires_at=None, at=now):
        await _facts(occasion, payment, now)


async def _facts(occasion: Occasion, payment: Payment, now: int) -> None:
    if occasion.is_moment:
        await occasions.placed(occasion.id, payment, at=now)
        return
    await occasions.met(occasion.id, payment, at=now)
    if payment.status == "succeeded":
        for product_id, _ in payment.products:
            await purchases.add(payment.customer_id, product_id, payment_id=payment.id, at=now)


def _card(step: Step) -> Card:
    offer, compare = step.offer, step.offer.compare_with
    same = compare is not None and compare.currency == step.preview.total.currency
    return Card(
        texts=offer.texts,
        product_name=step.product.name,
        product_image=step.image,
        recurring=step.product.recurring,
        others=tuple(sorted(offer.locale.items())),
        compare_with=Money(compare.amount, compare.currency) if compare and same else None,
        choices=step.choices,
        quantities=offer.quantity_choice if isinstance(offer.quantity_choice, Bounds) else None,
        amounts=offer.pay_what_you_want if isinstance(offer.pay_what_you_want, Amounts) else None,
        plan=step.plan,
        agree=agreement(offer.agree, offer.agree_in, step.order.billing.country),
        undo_seconds=offer.undo_seconds,
        receipt=offer.receipt.kept() if isinstance(offer.receipt, ReceiptRules) else None,
        language=offer.language,
    )
