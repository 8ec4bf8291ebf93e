"""Where the shopper comes back to after the provider's pages: a random ticket made before they go."""

import secrets

from widget.desk import Desk
from widget.storage import returns
from widget.storage.ids import new_id
from widget.storage.returns import Return
from widget.upsell.pressing import Pressed

# Longer than a hosted session lives (24 h): people finish in the evening what they began in the morning.
RETURN_LIVES_MS = 3 * 24 * 60 * 60 * 1000


async def return_url(press: Pressed, desk: Desk) -> str:
    """A return URL for this presentation; opens its card as a page of its own, never anybody else's."""
    presentation, _ = press.due()
    token, now = secrets.token_urlsafe(32), desk.now()
    await returns.add(
        token,
        Return(
            id=new_id("ret"),
            placement=press.showing.occasion.placement,
            made_at=now,
            expires_at=now + RETURN_LIVES_MS,
            payment_id=press.showing.occasion.payment_id,
            presentation_id=presentation.id,
            next=press.key.next or None,
            locale=press.key.locale or None,
        ),
    )
    return f"{desk.settings.public_url}/after/{token}"
