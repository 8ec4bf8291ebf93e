"""What the shop sells, read at Dodo and kept for a minute, because every page shows some of it."""

import asyncio
import time
from dataclasses import dataclass

from dodopayments import APIStatusError, AsyncDodoPayments
from dodopayments.types import Product

from widget.shop.prices import spoken

SOLD = ("pdt_course", "pdt_workbook", "pdt_brushes", "pdt_bundle")
PLANS = ("pdt_lite", "pdt_basic", "pdt_pro")
_KEPT_S = 60
_NOT_THERE = {400, 404, 410, 422}


@dataclass(frozen=True)
class Good:
    """One product, ready to print. `period` is "a month" for a plan, else empty."""

    product_id: str
    name: str
    description: str
    image: str | None
    price: str
    period: str


class Goods:
    """One for the life of the shop."""

    def __init__(self, client: AsyncDodoPayments) -> None:
        self._client = client
        self._kept: dict[str, tuple[float, Good]] = {}

    async def shelf(self, ids: tuple[str, ...]) -> list[Good]:
        """Those of these products that Dodo knows."""
        return [good for good in await asyncio.gather(*map(self.any, ids)) if good is not None]

    async def sold(self, product_id: str) -> Good | None:
        """One product that the shop sells."""
        return await self.any(product_id) if product_id in (*SOLD, *PLANS) else None

    async def any(self, product_id: str) -> Good | None:
        """Any product of the business, also one that only Encore offers."""
        at, kept = self._kept.get(product_id, (0.0, None))
        if kept is not None and time.monotonic() - at < _KEPT_S:
            return kept
        try:
            good = _good(await self._client.products.retrieve(product_id))
        except APIStatusError as error:
            if error.status_code in _NOT_THERE:
                return None
            raise
        self._kept[product_id] = (time.monotonic(), good)
        return good


def _good(product: Product) -> Good:
    price = product.price
    amount = price.fixed_price if price.type == "usage_based_price" else price.price
    period = (
        ""
        if price.type == "one_time_price"
        else _period(price.payment_frequency_count, price.payment_frequency_interval)
    )
    name = product.name or product.product_id
    return Good(
        product.product_id, name, product.description or "", product.image, spoken(amount, price.currency), period
    )


def _period(count: int, interval: str) -> str:
    unit = interval.lower()
    return f"a {unit}" if count == 1 else f"every {count} {unit}s"
