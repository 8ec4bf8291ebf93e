"""Something happened in the app: the shop's server tells Encore, and the next slot on a page shows what fits."""

import secrets
from typing import Any

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from widget.shop.shop import Shop


@post("/account/moment", name="shop.moment", status_code=303)
async def moment(request: Request[Any, Any, Any], shop: NamedDependency[Shop]) -> Redirect:
    """Only the server speaks to Encore's API: its key is never in a page."""
    customer_id = shop.cookies.customer(request)
    if customer_id is not None and shop.config.encore_api_key:
        await shop.encore.post(
            f"{shop.config.encore_url}/api/v1/occasions",
            headers={"authorization": f"Bearer {shop.config.encore_api_key}"},
            json={
                "customer_id": customer_id,
                "name": "sketchbook_nearly_full",
                "data": {"pages_left": 3},
                "idempotency_key": secrets.token_hex(16),
            },
        )
    return Redirect("/account", status_code=303)
