"""Image: the picture on a card, from our own origin and named by its content."""

import re

from litestar import Response, get
from litestar.params import FromPath

from widget.core.refusal import Gone
from widget.storage import images

_NAME = re.compile(r"[0-9a-f]{64}")


@get("/a/image/{name:str}", name="upsell.image", status_code=200)
async def image(name: FromPath[str]) -> Response[bytes]:
    """The same name is always the same picture, so it may be kept for ever."""
    found = await images.find(name) if _NAME.fullmatch(name) else None
    if found is None:
        raise Gone
    content_type, body = found
    return Response(body, media_type=content_type, headers={"etag": f'"{name}"'})
