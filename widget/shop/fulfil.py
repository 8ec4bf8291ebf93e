"""What Encore tells the shop: verified, each event once, and what was paid is delivered (the demo marks it)."""

import json
import sys
from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency
from standardwebhooks import Webhook, WebhookVerificationError

from widget.shop.shop import Shop


@post("/encore-events", name="shop.encore_events", status_code=200)
async def encore_events(request: Request[Any, Any, Any], shop: NamedDependency[Shop]) -> Response[dict[str, str]]:
    """2xx for what Encore signed, also when it comes again; anything else is nobody's business."""
    headers = {name: request.headers.get(name, "") for name in ("webhook-id", "webhook-timestamp", "webhook-signature")}
    body = await request.body()
    try:
        if not shop.config.events_secret:
            raise ValueError("no secret")
        Webhook(shop.config.events_secret).verify(body, headers, json_parse=False)
    except (WebhookVerificationError, ValueError, RuntimeError):
        return Response({"status": "not genuine"}, status_code=401)
    if headers["webhook-id"] not in shop.heard:
        shop.heard.add(headers["webhook-id"])
        _do(shop, json.loads(body))
    return Response({"status": "heard"})


def _do(shop: Shop, event: dict[str, Any]) -> None:
    """What a shop would do: unlock, ship, take back. Here the payment is marked, and a line says so."""
    told = event["data"]
    sys.stdout.write(f"{event['type']} {told.get('payment_id') or told.get('subscription_id') or ''}\n")
    sys.stdout.flush()
    match event["type"]:
        case "encore.offer.paid" | "encore.plan.paid":
            shop.delivered.add(told["payment_id"])
        case "encore.offer.refunded":
            shop.delivered.discard(told["payment_id"])
        case _:
            pass
