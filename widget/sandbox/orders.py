"""From a checkout session to a payment: price, subscriptions of the cart, the charge, the end of the session."""

from __future__ import annotations

from collections.abc import Callable

from widget.sandbox.charging import charge, use
from widget.sandbox.pricing import price_cart
from widget.sandbox.subscribing import settle_first_payment, subscribe
from widget.sandbox.things import Address, Checkout, Customer, Method, Payment
from widget.sandbox.world import World


def place(
    world: World,
    checkout: Checkout,
    customer: Customer,
    method: Method | None,
    billing: Address,
    *,
    on_session: bool,
    quiet: bool = False,
    charged: bool = True,
    keep: bool = False,
) -> Payment:
    """Make the payment of a session and start it.

    `charged=False` leaves it `processing` for the caller to end; `keep` saves the method when the payment succeeds.
    """
    payment = _payment(world, checkout, customer, billing)
    _take_over(world, checkout, payment)
    payment.quiet, payment.then = quiet, _end(checkout, method if keep else None)
    checkout.payment_id, checkout.customer_id, checkout.billing = payment.payment_id, customer.customer_id, billing
    if charged:
        charge(world, payment, method, on_session=on_session, force_3ds=checkout.force_3ds)
    elif method is not None:
        use(payment, method)
    world.payments[payment.payment_id] = payment
    checkout.consumed = (checkout.confirm and method is not None) or payment.status in ("succeeded", "processing")
    return payment


def _payment(world: World, checkout: Checkout, customer: Customer, billing: Address) -> Payment:
    price = price_cart(world, checkout.cart, billing.country, checkout.discount_codes)
    recurring = [line for line in checkout.cart if world.products[line.product_id].is_recurring]
    started = [subscribe(world, line, checkout, customer.customer_id, billing) for line in recurring]
    free = {s.product_id for s in started if s.trial_period_days or s.on_demand}
    due = [line for line in price.lines if line.product.product_id not in free]
    return Payment(
        world.new_id("pay"), customer.customer_id, world.now(), checkout.currency,
        sum(line.due for line in due), sum(line.tax for line in due), billing, updated_at=world.now(),
        cart=None if started else list(checkout.cart), product_ids=[line.product_id for line in checkout.cart],
        metadata={} if world.settings.metadata_dropped else dict(checkout.metadata),
        checkout_session_id=checkout.session_id, subscription_ids=[s.subscription_id for s in started],
        discount_ids=[d.discount_id for d in price.discounts], return_url=checkout.return_url,
        charge_type="new" if started else None,
    )  # fmt: skip


def _take_over(world: World, checkout: Checkout, payment: Payment) -> None:
    """A session confirmed without a method has its payment already: it keeps that id."""
    earlier = world.payments.get(checkout.payment_id or "")
    if earlier is not None and earlier.status == "requires_payment_method":
        payment.payment_id, payment.created_at = earlier.payment_id, earlier.created_at
        for subscription_id in earlier.subscription_ids:
            del world.subscriptions[subscription_id]


def _end(checkout: Checkout, keep: Method | None) -> Callable[[World, Payment], None]:
    def end(world: World, payment: Payment) -> None:
        if keep is not None and payment.status == "succeeded":
            world.methods[keep.payment_method_id] = keep
        settle_first_payment(world, payment)
        if payment.status == "succeeded":
            checkout.consumed = True
            for code in checkout.discount_codes:
                world.discounts[code.strip().upper()].times_used += 1
        elif not checkout.confirm:
            checkout.consumed = False

    return end
