"""The offer after a purchase: show it, accept it, decline it, or pay for it at the hosted checkout."""

from litestar import Router

from widget.upsell.accept import accept
from widget.upsell.after import after
from widget.upsell.buy import buy
from widget.upsell.checkout import checkout
from widget.upsell.decline import decline
from widget.upsell.gallery import face, gallery, presets
from widget.upsell.image import image
from widget.upsell.method import method
from widget.upsell.occasions import tell, withdraw
from widget.upsell.pick import pick
from widget.upsell.returns import make_return
from widget.upsell.show import show, show_posted
from widget.upsell.status import status
from widget.upsell.tickets import make_ticket
from widget.upsell.undo import undo

router = Router(
    path="/",
    route_handlers=[
        show, show_posted, accept, undo, decline, method, pick, status, checkout, buy, after, make_return, make_ticket,
        tell, withdraw, image, gallery, presets, face,
    ],
)  # fmt: skip
