"""The hosted checkout at Dodo, opened for one order."""

from typing import Any

from dodopayments import AsyncDodoPayments

ORDER = "shop_order"  # our order number in the metadata: how a payment is known as ours later


async def open_checkout(
    client: AsyncDodoPayments, product_id: str, *, order: str, return_url: str, cancel_url: str, customer_id: str | None
) -> str:
    """The address of a hosted checkout for one of this product; nothing is charged before the customer pays there."""
    made = await client.checkout_sessions.create(
        product_cart=[{"product_id": product_id, "quantity": 1}],
        return_url=return_url,
        cancel_url=cancel_url,
        metadata={ORDER: order},
        **_who(customer_id),
    )
    if not isinstance(made.checkout_url, str):
        raise ValueError("Dodo opened a checkout without an address")
    return made.checkout_url


def _who(customer_id: str | None) -> Any:
    """A customer who signed in, with their saved cards; else a guest.

    A guest types an e-mail address that nobody has proven. Were Dodo to find an old customer by it, the ticket that we
    mint for the payment would open that customer's saved cards to whoever typed it. So a guest is always somebody new.
    """
    if customer_id is None:
        return {"feature_flags": {"always_create_new_customer": True}}
    return {"customer": {"customer_id": customer_id}, "show_saved_payment_methods": True}
