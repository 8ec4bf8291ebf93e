"""The gallery: every face of the card, for people who design, translate or review; not in live mode."""

from typing import get_args

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.enums import MediaType
from litestar.params import FromPath, FromQuery

from widget.core.refusal import Gone
from widget.core.theme import PRESETS, Layout
from widget.desk import Desk, look_asked
from widget.upsell.examples import examples
from widget.web.languages import nearest
from widget.web.render import render
from widget.web.requests import AnyRequest


@get("/gallery", name="upsell.gallery", status_code=200)
async def gallery(desk: NamedDependency[Desk]) -> Response[str]:
    """The list of faces."""
    _only_for_ourselves(desk)
    return Response(render("gallery.html", names=list(examples())), media_type=MediaType.HTML)


@get("/gallery/presets", name="upsell.gallery_presets", status_code=200)
async def presets(desk: NamedDependency[Desk], locale: FromQuery[str] = "en") -> Response[str]:
    """The six presets below each other, and every layout of each behind a link."""
    _only_for_ourselves(desk)
    card = examples(nearest(locale))["open"]
    text = render("gallery_presets.html", presets=list(PRESETS), layouts=get_args(Layout), card=card)
    return Response(text, media_type=MediaType.HTML)


@get("/gallery/{name:str}", name="upsell.gallery_face", status_code=200)
async def face(
    request: AnyRequest,
    name: FromPath[str],
    desk: NamedDependency[Desk],
    layout: FromQuery[str] = "frame",
    locale: FromQuery[str] = "en",
) -> Response[str]:
    """One face in its document; its buttons carry no key and move nothing."""
    _only_for_ourselves(desk)
    card = examples(nearest(locale)).get(name)
    if card is None:
        raise Gone
    template = "page.html" if layout == "page" else "embed.html"
    look = look_asked(desk, request.query_params)
    text = render(template, card=card, parent_origin="", theme=look.scheme, look=look)
    return Response(text, media_type=MediaType.HTML)


def _only_for_ourselves(desk: Desk) -> None:
    if desk.settings.mode == "live":
        raise Gone
