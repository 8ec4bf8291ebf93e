"""Judge an offer: read the product, who has it and what it costs exactly, and let the gate decide."""

import asyncio
from datetime import UTC, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from widget.core.gate import Seen, Verdict, judge
from widget.core.method import Method
from widget.core.offer import Amounts, Check, Offer
from widget.core.payment import Address, Order, Payment, Preview, Product
from widget.core.presentation import Choice, PlanOffer
from widget.provider.asks import Asks, NotThere, Unreadable
from widget.storage import charges, fairness, products, purchases
from widget.upsell.pictures import picture, pictured
from widget.upsell.plan_offer import judge_plan
from widget.upsell.pricing import total_before

# A description of a product is good for so long; the price that is charged always comes from the preview.
PRODUCT_LIVES_MS = 10 * 60 * 1000
# How long a refused method is left alone (product D4).
REFUSED_FOR = timedelta(days=1)


class Step(Struct, frozen=True):
    """An offer that passed the gate, with what it needs to be shown."""

    offer: Offer
    product: Product
    order: Order
    preview: Preview
    verdict: Verdict
    image: str | None = None  # where we serve its picture
    before: int | None = None  # the total without the discount codes
    choices: tuple[Choice, ...] = ()
    plan: PlanOffer | None = None


async def judge_offer(
    asks: Asks,
    payment: Payment,
    offer: Offer,
    bought: tuple[str, ...],
    methods: tuple[Method, ...] | None,
    at: datetime,
    of_all_offers: tuple[Check, ...] = (),
) -> tuple[Step | None, Verdict]:
    """The offer with the first of its products that may be shown, the others that may be picked, and every check."""
    known = replace(await _known(payment, offer, methods, at), of_all_offers=of_all_offers)
    step, verdict = await _judged(asks, payment, offer, bought, known)
    if step is None:
        return None, verdict
    return replace(step, offer=await pictured(asks, step.offer, now=int(at.timestamp() * 1000))), verdict


async def _judged(
    asks: Asks,
    payment: Payment,
    offer: Offer,
    bought: tuple[str, ...],
    known: Seen,
) -> tuple[Step | None, Verdict]:
    if offer.plan_change:
        return await _judge_plan(asks, payment, offer, known)
    found = [await _judge_product(asks, payment, offer, product, bought, known) for product in offer.products]
    steps = [step for step, _ in found if step is not None]
    if not steps:
        return None, found[0][1]
    if not offer.alternatives:
        return steps[0], steps[0].verdict
    first = steps[0]
    alike = [step for step in steps if step.verdict.one_click == first.verdict.one_click]
    open_to = Check("choices", ", ".join(step.product.id for step in alike), held=True)
    verdict = replace(first.verdict, checks=(*first.verdict.checks, open_to))
    choices = tuple(_choice(step) for step in alike) if len(alike) > 1 else ()
    return replace(first, choices=choices, verdict=verdict), verdict


async def _known(payment: Payment, offer: Offer, methods: tuple[Method, ...] | None, at: datetime) -> Seen:
    """What the gate asks of the customer, whatever the product."""
    customer, now = payment.customer_id, int(at.timestamp() * 1000)
    quiet = await fairness.declined_until(customer, offer.name)
    return Seen(
        product_active=None,
        owned=None,
        repeats_allowed=offer.repeats == "always",
        declined_until=datetime.fromtimestamp(quiet / 1000, UTC) if quiet is not None else None,
        times_shown=await fairness.times_shown(customer, offer.name),
        shown_at_most=offer.shown_at_most,
        shown_today=await fairness.times_shown(customer, offer.name, since=now - fairness.DAY_MS),
        shown_per_day=offer.shown_per_day,
        total=None,
        exact=False,
        methods=methods,
        used_method=payment.method_id,
        refused_methods=await charges.refused_methods(customer, since=int((at - REFUSED_FOR).timestamp() * 1000)),
        now=at,
    )


async def _judge_product(
    asks: Asks, payment: Payment, offer: Offer, product_id: str, bought: tuple[str, ...], known: Seen
) -> tuple[Step | None, Verdict]:
    customer, now = payment.customer_id, int(known.now.timestamp() * 1000)
    amounts = offer.pay_what_you_want if isinstance(offer.pay_what_you_want, Amounts) else None
    order = Order(
        customer_id=customer,
        product_id=product_id,
        quantity=offer.quantity,
        billing=payment.billing or Address(country=""),
        currency=payment.total.currency,
        discount_codes=offer.discount_codes,
        amount=amounts.suggested if amounts else None,
    )
    product = await product_now(asks, product_id, now=now)
    owned, preview = await asyncio.gather(_owned(asks, customer, product_id, bought), asks.preview(order))
    priced = preview if isinstance(preview, Preview) else None
    verdict = judge(
        replace(
            known,
            product_active=None if isinstance(product, Unreadable) else _active(product),
            owned=owned,
            repeats_allowed=known.repeats_allowed or (offer.repeats == "once_per_order" and product_id not in bought),
            total=priced.total if priced else None,
            exact=priced is not None and priced.exact,
        )
    )
    if amounts is not None:
        verdict = _may_say_how_much(verdict, amounts, order, product)
    if not verdict.show or not isinstance(product, Product) or priced is None:
        return None, verdict
    image, before = await asyncio.gather(picture(asks, product.image, now=now), total_before(asks, order, priced))
    return Step(offer, product, order, priced, verdict, image, before), verdict


async def _judge_plan(asks: Asks, payment: Payment, offer: Offer, known: Seen) -> tuple[Step | None, Verdict]:
    """The price of a period stands where other offers have theirs; what a change costs is asked in the panel."""
    move, verdict = await judge_plan(asks, payment, offer, known)
    if move is None:
        return None, verdict
    price, country = move.plan.price, payment.billing.country if payment.billing else ""
    order = Order(payment.customer_id, offer.product, 1, payment.billing or Address(country=country), price.currency)
    listed = Preview(total=price, subtotal=price.amount, discount=0, tax=0, country=country, exact=False)
    image = await picture(asks, move.product.image, now=int(known.now.timestamp() * 1000))
    return Step(offer, move.product, order, listed, verdict, image, plan=move.plan), verdict


def _may_say_how_much(verdict: Verdict, amounts: Amounts, order: Order, product: object) -> Verdict:
    """An amount means something in one currency only, and only of a product that takes any (dodo-api 3.2)."""
    checks = (
        Check("amount_currency", order.currency or "none", order.currency == amounts.currency),
        Check("pays_what_they_want", "as the product says", isinstance(product, Product) and product.pay_what_you_want),
    )
    show = verdict.show and all(check.held for check in checks)
    return replace(verdict, show=show, one_click=show and verdict.one_click, checks=(*verdict.checks, *checks))


def _choice(step: Step) -> Choice:
    return Choice(
        product_id=step.product.id,
        name=step.product.name,
        total=step.preview.total,
        image=step.image,
        recurring=step.product.recurring,
    )


async def product_now(asks: Asks, product_id: str, *, now: int) -> Product | NotThere | Unreadable:
    """The product, read at the provider when our copy is not fresh."""
    known = await products.known(product_id, newer_than=now - PRODUCT_LIVES_MS)
    if known is not None:
        return known
    found = await asks.product(product_id)
    if not isinstance(found, Unreadable):
        await products.keep(product_id, found if isinstance(found, Product) else None, at=now)
    return found


def _active(product: Product | NotThere) -> bool:
    return isinstance(product, Product) and not product.archived


async def _owned(asks: Asks, customer_id: str, product_id: str, bought: tuple[str, ...]) -> bool | None:
    if product_id in bought or await purchases.owned(customer_id, product_id):
        return True
    answer = await asks.owns(customer_id, product_id)
    return None if isinstance(answer, Unreadable) else answer
