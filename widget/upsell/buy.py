"""Buy: a checkout link for shops without a server; a return ticket is made before the checkout is."""

import secrets

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from widget.core.answer import Refused
from widget.core.payment import Address, Order
from widget.core.refusal import BadInput, Gone, NotNow
from widget.desk import Desk
from widget.storage import returns
from widget.storage.ids import new_id
from widget.storage.returns import Return
from widget.till.checkout import Page
from widget.upsell.after import RETURN_MARK
from widget.upsell.sending import RETURN_LIVES_MS
from widget.web.limits import limits_of
from widget.web.requests import AnyRequest
from widget.web.shapes import is_id


@get("/buy/{product_id:str}", name="upsell.buy", status_code=303)
async def buy(request: AnyRequest, product_id: FromPath[str], desk: NamedDependency[Desk]) -> Redirect:
    """On to the provider's checkout for one of this product; `next` is where the shopper goes in the end."""
    if not is_id(product_id):
        raise Gone
    wanted = request.query_params.get("next")
    onward = desk.settings.next_or_none(wanted) if wanted else desk.settings.return_origins[0]
    if onward is None:
        raise BadInput("next", "an address at one of the origins in ENCORE_RETURN_ORIGINS")
    await limits_of(request).checkout(request)
    token, now = secrets.token_urlsafe(32), desk.now()
    back = Return(
        id=new_id("ret"),
        placement="post_purchase",
        made_at=now,
        expires_at=now + RETURN_LIVES_MS,
        product_id=product_id,
        next=onward,
    )
    await returns.add(token, back)
    order = Order(customer_id="", product_id=product_id, quantity=1, billing=Address(country=""))
    opened = await desk.checkout_till.open_for_stranger(
        order, return_url=f"{desk.settings.public_url}/after/{token}", mark={RETURN_MARK: back.id}
    )
    match opened:
        case Page(session_id=session_id, url=url):
            await returns.bind_session(back.id, session_id)
            return Redirect(url, status_code=303)
        case Refused():
            raise Gone
        case _:
            raise NotNow
