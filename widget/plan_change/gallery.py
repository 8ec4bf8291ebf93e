"""The gallery of the plan panel: every face, for people who design, translate or review; not in live mode."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.enums import MediaType
from litestar.params import FromPath, FromQuery

from widget.core.refusal import Gone
from widget.desk import Desk, look_asked
from widget.plan_change.examples import examples
from widget.web.languages import nearest
from widget.web.render import render
from widget.web.requests import AnyRequest


@get("/gallery/plans", name="plan_change.gallery", status_code=200)
async def gallery(desk: NamedDependency[Desk]) -> Response[str]:
    """The list of faces."""
    _only_for_ourselves(desk)
    text = render("gallery.html", names=[f"plans/{name}" for name in examples()])
    return Response(text, media_type=MediaType.HTML)


@get("/gallery/plans/{name:str}", name="plan_change.gallery_face", status_code=200)
async def face(
    request: AnyRequest,
    name: FromPath[str],
    desk: NamedDependency[Desk],
    layout: FromQuery[str] = "frame",
    locale: FromQuery[str] = "en",
) -> Response[str]:
    """One face in its document; its buttons carry no key and move nothing."""
    _only_for_ourselves(desk)
    panel = examples(nearest(locale)).get(name)
    if panel is None:
        raise Gone
    template = "plan_change/page.html" if layout == "page" else "plan_change/embed.html"
    look = look_asked(desk, request.query_params)
    text = render(template, panel=panel, parent_origin="", theme=look.scheme, look=look)
    return Response(text, media_type=MediaType.HTML)


def _only_for_ourselves(desk: Desk) -> None:
    if desk.settings.mode == "live":
        raise Gone
