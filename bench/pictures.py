"""Every face as a picture: each state × phone, tablet, desktop × light, dark × left to right, right to left; and contact sheets of them.

`python bench/pictures.py [--only card|panel|page|themes] [--size phone] [--scheme dark] [--locale ar] [--to pictures]`

Drawn by a real Chromium from the templates and styles as they are; no server and no database takes part. A sheet is a page of small
pictures, drawn by the same browser: `pictures/sheets/`.
"""

import argparse
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser, Route, sync_playwright

from widget.core.theme import PRESETS
from widget.core.theme_wish import wished
from widget.plan_change.examples import examples as panels
from widget.upsell.examples import examples as cards
from widget.web.assets import asset, themed
from widget.web.languages import nearest
from widget.web.looks import Look
from widget.web.render import render

SIZES = {"phone": 390, "tablet": 820, "desktop": 1280}
SCHEMES = ("light", "dark")
LOCALES = {"en": "ltr", "ar": "rtl"}
LAYOUTS = ("card", "row", "side", "page")
HOME = "http://encore.test"
# As a shop's page around a frame: a margin, and a ground of its own.
HOST = {
    "light": "html{background:#f4f4f5!important}body{padding:16px!important}",
    "dark": "html{background:#101012!important}body{padding:16px!important}",
}
_ACROSS = {"phone": 6, "tablet": 4, "desktop": 3}  # pictures beside each other on a sheet
_WIDE = {"phone": 300, "tablet": 440, "desktop": 600}


class Shot(NamedTuple):
    """One picture to take: its caption, the page, and whether it stands in a frame."""

    name: str
    path: str
    framed: bool = True


def answered(path: str) -> tuple[str, bytes]:
    """What the browser gets for a path: a document of the gallery, a style, a script, or nothing."""
    parts = urlsplit(path)
    steps = parts.path.strip("/").split("/")
    if steps[0] == "a":
        found = themed(steps[3], steps[2]) if len(steps) == 4 else asset(steps[-1])
        return (found.content_type, found.plain) if found else ("text/plain", b"")
    wish = {name: values[0] for name, values in parse_qs(parts.query).items()}
    theme = wished(wish)
    look, locale = Look(theme, "", theme.layout or "card"), nearest(wish["locale"])
    scheme = look.scheme if "preset" in wish else ""
    values = {"parent_origin": "", "theme": scheme, "look": look}
    document = "page.html" if wish.get("as") == "page" else "embed.html"
    if steps[0] == "panel":
        text = render(f"plan_change/{document}", panel=panels(locale)[steps[1]], **values)
    else:
        text = render(document, card=cards(locale)[steps[1]], **values)
    return "text/html; charset=utf-8", text.encode()


def shots(kind: str, locale: str) -> Iterator[Shot]:
    """Every picture of a kind."""
    if kind == "card":
        yield from (Shot(name, f"card/{name}?locale={locale}") for name in cards(locale) if name != "empty")
    elif kind == "panel":
        yield from (Shot(name, f"panel/{name}?locale={locale}") for name in panels(locale))
    elif kind == "page":
        for name in ("open", "open_recurring", "preparing", "working", "action", "paid", "refused", "declined"):
            yield Shot(f"page {name}", f"card/{name}?as=page&locale={locale}", framed=False)
        for name in ("choices", "quote", "changed"):
            yield Shot(f"page {name}", f"panel/{name}?as=page&locale={locale}", framed=False)
    else:
        for preset in PRESETS:
            for layout in LAYOUTS:
                yield Shot(f"{preset} {layout}", f"card/open?preset={preset}&layout={layout}&locale={locale}")
        for layout in LAYOUTS:
            yield Shot(f"plans {layout}", f"panel/choices?layout={layout}&locale={locale}")
            yield Shot(f"quote {layout}", f"panel/quote?layout={layout}&locale={locale}")
            yield Shot(f"paid {layout}", f"card/paid?layout={layout}&locale={locale}")


def sheet(browser: Browser, kind: str, size: str, scheme: str, locale: str, to: Path) -> int:
    """Take the pictures of one sheet and the sheet; returns how many there are."""
    folder = to / kind / f"{size}-{scheme}-{LOCALES[locale]}"
    folder.mkdir(parents=True, exist_ok=True)
    window = browser.new_context(
        viewport={"width": SIZES[size], "height": 320},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    window.route("**/*", _served(answered))
    page = window.new_page()
    taken: list[Shot] = []
    for shot in shots(kind, locale):
        page.goto(f"{HOME}/{shot.path}")
        if shot.framed:
            page.add_style_tag(content=HOST[scheme])
        page.screenshot(path=folder / f"{shot.name.replace(' ', '-')}.png", full_page=True)
        taken.append(shot)
    window.close()
    _assembled(browser, taken, folder, to / "sheets" / f"{kind}-{size}-{scheme}-{LOCALES[locale]}.png", size, scheme)
    return len(taken)


def _assembled(browser: Browser, taken: list[Shot], folder: Path, to: Path, size: str, scheme: str) -> None:
    """A page with every picture under its name."""
    to.parent.mkdir(parents=True, exist_ok=True)
    across, wide = _ACROSS[size], _WIDE[size]
    ground, ink = ("#d4d4d8", "#18181b") if scheme == "light" else ("#3f3f46", "#fafafa")
    figures = "".join(
        f'<figure><figcaption>{shot.name}</figcaption><img src="{HOME}/{shot.name.replace(" ", "-")}.png"></figure>'
        for shot in taken
    )
    style = (
        f"body{{margin:12px;columns:{across};column-gap:12px;background:{ground};color:{ink};font:12px system-ui}}"
        "figure{margin:0 0 14px;break-inside:avoid}img{display:block;width:100%}figcaption{margin:0 0 3px}"
    )
    window = browser.new_context(viewport={"width": across * (wide + 12) + 12, "height": 400})
    window.route("**/*.png", lambda route: route.fulfill(body=(folder / Path(route.request.url).name).read_bytes()))
    page = window.new_page()
    page.set_content(f"<!doctype html><style>{style}</style>{figures}", wait_until="load")
    page.screenshot(path=to, full_page=True)
    window.close()


def _served(answer: Callable[[str], tuple[str, bytes]]) -> Callable[[Route], None]:
    def serve(route: Route) -> None:
        parts = urlsplit(route.request.url)
        content_type, body = answer(f"{parts.path}?{parts.query}")
        route.fulfill(content_type=content_type, body=body)

    return serve


def main(wanted: argparse.Namespace) -> None:
    """Every sheet that was asked for."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    pictures = 0
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium)
        for kind in wanted.only or ("card", "panel", "page", "themes"):
            for size in wanted.size or SIZES:
                for scheme in wanted.scheme or SCHEMES:
                    for locale in wanted.locale or LOCALES:
                        pictures += sheet(browser, kind, size, scheme, locale, wanted.to)
        browser.close()
    print(f"{pictures} pictures in {wanted.to}, sheets of them in {wanted.to / 'sheets'}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=["card", "panel", "page", "themes"])
    parser.add_argument("--size", action="append", choices=list(SIZES))
    parser.add_argument("--scheme", action="append", choices=SCHEMES)
    parser.add_argument("--locale", action="append", choices=list(LOCALES))
    parser.add_argument("--to", type=Path, default=Path("pictures"))
    main(parser.parse_args())
