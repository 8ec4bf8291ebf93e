"""What axe says of a page, asked the same way by the tests and by the figure G-20."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

AXE = {
    "resultTypes": ["violations"],
    "rules": {
        # A frame has the page's own heading above it; as a page the card has one.
        "page-has-heading-one": {"enabled": False},
        "target-size": {"enabled": True},
    },
}


def judged(axe: Axe, page: Page) -> str:
    """What axe finds on this page; a transparent frame takes its ground from the page around it: a plain one."""
    page.evaluate(
        "() => { if (document.documentElement.dataset.layout === 'frame')"
        " document.body.style.background = matchMedia('(prefers-color-scheme: dark)').matches ? '#111' : '#fff' }"
    )
    results = axe.run(page, options=AXE)
    return results.generate_report() if results.violations_count else ""
