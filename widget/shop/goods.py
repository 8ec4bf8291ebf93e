"""What the shop asks Dodo: its goods, a checkout, and what was paid. The official SDK, as a merchant uses it."""

from typing import Any

from dodopayments import AsyncDodoPayments, NotFoundError

SOLD = ("pdt_course", "pdt_workbook", "pdt_brushes", "pdt_bundle")
PLANS = ("pdt_lite", "pdt_basic", "pdt_pro")


class Goods:
    """One client for the life of the shop."""

    def __init__(self, client: AsyncDodoPayments) -> None:
        self._client = client

    async def shelf(self, ids: tuple[str, ...]) -> list[Any]:
        """The products with these ids."""
        return [await self._client.products.retrieve(product_id) for product_id in ids]

    async def product(self, product_id: str) -> Any | None:
        """One product that the shop sells."""
        return await self._client.products.retrieve(product_id) if product_id in (*SOLD, *PLANS) else None

    async def checkout(self, product_id: str, *, order: str, return_url: str, customer_id: str | None) -> str:
        """The address of a hosted checkout for one of this product."""
        known: dict[str, Any] = {"customer": {"customer_id": customer_id}} if customer_id else {}
        made = await self._client.checkout_sessions.create(
            product_cart=[{"product_id": product_id, "quantity": 1}],
            return_url=return_url,
            metadata={"shop_order": order},
            show_saved_payment_methods=True,
            **known,
        )
        return str(made.checkout_url)

    async def payment(self, payment_id: str, *, order: str) -> Any | None:
        """The payment if Dodo says that it belongs to this order; the return URL alone proves nothing."""
        try:
            found = await self._client.payments.retrieve(payment_id)
        except NotFoundError:
            return None
        return found if found.metadata.get("shop_order") == order else None

    async def purchases(self, customer_id: str) -> list[Any]:
        """The customer's latest payments."""
        return list((await self._client.payments.list(customer_id=customer_id, page_size=20)).items)

    async def subscriptions(self, customer_id: str) -> list[Any]:
        """The customer's subscriptions."""
        return list((await self._client.subscriptions.list(customer_id=customer_id, page_size=20)).items)
