"""G-20: every face in every language, both ways round, in light and dark: axe finds nothing, and the no is as easy as the yes."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

from e2e.axe import judged
from e2e.faces import NO_IS_SMALLER, documents
from e2e.running import BROWSER, QUIET
from tests.campaign.figure import Figure, measuring, scaled
from tests.campaign.product import ROOT, product
from tests.campaign.spread import spread
from widget.web.languages import SPOKEN

GOAL = (
    "axe finds 0 violations in every face of card and panel, in 23 languages, both directions, light and dark; where a yes and "
    "a no stand together the no is never smaller, and the keyboard reaches it before the yes or next, at three widths"
)
ELSEWHERE = "e2e/test_access.py"  # and test_languages.py, for the no in all languages
# A document's own direction as a frame in the light; turned round, as a page in the dark.
_LOOKS = (("light", "frame", False), ("dark", "page", True))
_WIDTHS = (390, 320, 1100)  # the first is where axe looks
_FOREIGN = {"open_yen", "open_rtl"}  # of one language, whatever the page's is: they come once, with English
_TURN = "() => { const root = document.documentElement; root.dir = root.dir === 'rtl' ? 'ltr' : 'rtl'; }"


def run(size: str, seed: int, engine: str) -> Figure:
    languages = list(range(scaled(size, push=3, minutes=8, night=len(SPOKEN))))
    with measuring("G-20", GOAL, size, seed, engine) as tally:
        journal = ROOT / f".encore/campaign/G-20-{len(languages)}-{product()}.jsonl" if size == "night" else None
        for faces, wrong in spread(_languages, range(len(languages)), part=1, journal=journal):
            tally.count("faces looked at", faces)
            for said in wrong:
                tally.wrong(seed, said)
        tally.facts["languages"] = len(languages)
        if len(languages) < len(SPOKEN):
            tally.note = f"{len(languages)} of {len(SPOKEN)} languages, for the time a push may take"
    return tally.figure()


def _languages(numbers: range) -> tuple[int, list[str]]:
    """Some of the languages, far apart in how they are written, in a browser of their own."""
    wrong: list[str] = []
    faces = 0
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=BROWSER, args=QUIET)
        for number in numbers:
            for scheme, layout, turned in _LOOKS:
                page = browser.new_context(color_scheme=scheme, reduced_motion="reduce").new_page()
                for said in _faces(page, _ordered()[number], layout, turned=turned):
                    faces += 1
                    wrong += said
                page.context.close()
        browser.close()
    return faces, wrong


def _ordered() -> list[str]:
    first = ["en", "ar", "ja"]
    return first + [one for one in SPOKEN if one not in first]


def _faces(page: Page, language: str, layout: str, *, turned: bool):
    axe = Axe()
    for name, text in documents(language, layout=layout):
        if name in _FOREIGN and language != "en":
            continue
        page.set_content(text)
        if turned:
            page.evaluate(_TURN)
        said = []
        for width in _WIDTHS:
            page.set_viewport_size({"width": width, "height": 844})
            said += [f"{width} px: {one}" for one in page.evaluate(NO_IS_SMALLER)]
            if width == _WIDTHS[0] and (report := judged(axe, page)):
                said.append(report[:400])
        yield [f"{language}, {layout}, {name}: {one}" for one in said]
