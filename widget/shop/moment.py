"""Something happened in the app: the shop's server tells Encore, and the next slot on a page shows what fits."""

import secrets
from typing import Any

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from widget.shop.shop import Shop

# What can be pretended in the account page: what happened, in the shop's words, and what Encore is told with it.
MOMENTS: dict[str, tuple[str, dict[str, Any]]] = {
    "sketchbook_nearly_full": ("my sketchbook is nearly full", {"pages_left": 3}),
    "lesson_finished": ("I finished a lesson", {"lesson": 12}),
    "project_started": ("I start something new", {}),
    "birthday": ("it is my birthday", {}),
    "studio_visited": ("I looked at the studio", {}),
    "canvas_limit_near": ("my canvases run out", {"left": 1}),
}


@post("/account/moment", name="shop.moment", status_code=303)
async def moment(request: Request[Any, Any, Any], shop: NamedDependency[Shop]) -> Redirect:
    """Only the server speaks to Encore's API: its key is never in a page."""
    customer_id = shop.cookies.customer(request)
    name = str((await request.form()).get("moment", "sketchbook_nearly_full"))
    if customer_id is not None and shop.config.encore_api_key and name in MOMENTS:
        await shop.encore.post(
            f"{shop.config.encore_url}/api/v1/occasions",
            headers={"authorization": f"Bearer {shop.config.encore_api_key}"},
            json={
                "customer_id": customer_id,
                "name": name,
                "data": MOMENTS[name][1],
                "idempotency_key": secrets.token_hex(16),
            },
        )
    return Redirect("/account", status_code=303)
