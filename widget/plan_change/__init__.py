"""Another plan, seen before it is done: show, preview, confirm, undo; cancel and keep; another method."""

from litestar import Router

from widget.plan_change.back import back
from widget.plan_change.cancel import cancel
from widget.plan_change.choices import choices
from widget.plan_change.confirm import confirm
from widget.plan_change.gallery import face, gallery
from widget.plan_change.keep import keep
from widget.plan_change.link import link
from widget.plan_change.method import method
from widget.plan_change.pause import pause
from widget.plan_change.preview import preview
from widget.plan_change.resume import resume
from widget.plan_change.show import show, show_posted
from widget.plan_change.status import status
from widget.plan_change.undo import undo

router = Router(
    path="/",
    route_handlers=[
        show, show_posted, choices, preview, confirm, link, status, undo, cancel, keep, pause, resume, method,
        back, gallery, face,
    ],
)  # fmt: skip
