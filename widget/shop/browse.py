"""Looking around: the shelf, and one product."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from widget.shop.goods import PLANS, SOLD
from widget.shop.shop import Shop


@get("/", name="shop.home")
async def home(request: Request[Any, Any, Any], shop: NamedDependency[Shop]) -> Response[str]:
    """Everything the shop sells, and the three ways Encore can be placed."""
    goods, plans = await shop.goods.shelf(SOLD), await shop.goods.shelf(PLANS)
    return shop.page(request, "home.html", goods=goods, plans=plans)


@get("/product/{product_id:str}", name="shop.product")
async def product(
    request: Request[Any, Any, Any], product_id: FromPath[str], shop: NamedDependency[Shop]
) -> Response[str]:
    """One product with its Buy button."""
    found = await shop.goods.sold(product_id)
    return shop.page(request, "product.html", product=found) if found is not None else shop.not_found(request)
