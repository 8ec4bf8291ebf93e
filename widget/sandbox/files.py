"""Templates, stylesheet and product pictures of the sandbox, read from the package or from the checkout."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import jinja2
from litestar import MediaType, Response, get
from litestar.params import FromPath

from widget.sandbox.errors import not_found

PACKAGE = Path(__file__).resolve().parent.parent


def folder(name: str) -> Path:
    """`templates` or `static`: inside the installed package, else in the repository."""
    packed = PACKAGE / f"_{name}" / "sandbox"
    return packed if packed.is_dir() else PACKAGE.parent / name / "sandbox"


@cache
def pages() -> jinja2.Environment:
    """The templates of the hosted pages; a missing name is an error."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder("templates")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@get("/_sandbox/images/{name:str}", media_type="image/svg+xml")
async def image(name: FromPath[str]) -> Response[bytes]:
    """A picture of a product; any site may show it."""
    return Response(_read("images", name, ".svg"), media_type="image/svg+xml", headers=_kept(shared=True))


@get("/static/sandbox/{name:str}", media_type=MediaType.CSS)
async def stylesheet(name: FromPath[str]) -> Response[bytes]:
    """The stylesheet of the hosted pages."""
    return Response(_read(".", name, ".css"), media_type="text/css", headers=_kept(shared=False))


def _read(inside: str, name: str, ending: str) -> bytes:
    known = {path.name: path for path in (folder("static") / inside).glob(f"*{ending}")}
    if name not in known:
        raise not_found("file", name)
    return known[name].read_bytes()


def _kept(*, shared: bool) -> dict[str, str]:
    headers = {"cache-control": "public, max-age=300", "x-content-type-options": "nosniff"}
    return headers | ({"cross-origin-resource-policy": "cross-origin"} if shared else {})


ROUTES = [image, stylesheet]
