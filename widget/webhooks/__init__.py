"""News from the provider: received and kept first, applied afterwards."""

from litestar import Router

from widget.webhooks.receive import receive

router = Router(path="/", route_handlers=[receive])
