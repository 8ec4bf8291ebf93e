"""Pictures of products, kept by what they are."""

import base64
from hashlib import sha256

from widget.storage.database import rows


async def keep(url: str, content_type: str, body: bytes, *, at: int) -> str:
    """Keep the picture of an address; returns its name (sha256 of its bytes)."""
    name = sha256(body).hexdigest()
    await rows(
        "INSERT INTO image (url, name, content_type, body, read_at) VALUES ({}, {}, {}, {}, {}) "
        "ON CONFLICT (url) DO UPDATE SET name = EXCLUDED.name, content_type = EXCLUDED.content_type, "
        "body = EXCLUDED.body, read_at = EXCLUDED.read_at RETURNING url",
        url,
        name,
        content_type,
        base64.b64encode(body).decode(),
        at,
    )
    return name


async def of_url(url: str, *, newer_than: int) -> str | None:
    """The name of the picture at an address, if it was read lately."""
    found = await rows("SELECT name FROM image WHERE url = {} AND read_at >= {}", url, newer_than)
    return found[0]["name"] if found else None


async def find(name: str) -> tuple[str, bytes] | None:
    """Content type and bytes."""
    found = await rows("SELECT content_type, body FROM image WHERE name = {} LIMIT 1", name)
    return (found[0]["content_type"], base64.b64decode(found[0]["body"])) if found else None
