"""Operations: alive, ready, and the numbers a monitor scrapes."""

import time

from litestar import HttpMethod, Response, Router, get, route
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from widget.storage import meters
from widget.web.requests import AnyRequest


@route("/health/live", http_method=[HttpMethod.GET, HttpMethod.HEAD], name="web.health_live", status_code=200)
async def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "live"}


@route("/health/ready", http_method=[HttpMethod.GET, HttpMethod.HEAD], name="web.health_ready", status_code=200)
async def ready() -> Response[dict[str, str]]:
    """The database can be read and written and is up to date; 503 with what is wrong, for a load balancer."""
    problem = await meters.not_ready(int(time.time() * 1000))
    if problem is not None:
        return Response({"status": "not ready", "because": problem}, status_code=503)
    return Response({"status": "ready"}, status_code=200)


@get("/metrics", name="web.metrics", status_code=200)
async def metrics(request: AnyRequest) -> Response[bytes]:
    """Read from the database, so that every process of a deployment says the same."""
    registry = CollectorRegistry()
    for name, text, label, values in await meters.all_of_them():
        gauge = Gauge(name, text, [label], registry=registry)
        for value, count in values.items():
            gauge.labels(value).set(count)
    return Response(generate_latest(registry), headers={"content-type": CONTENT_TYPE_LATEST})


router = Router(path="/", route_handlers=[live, ready, metrics])
