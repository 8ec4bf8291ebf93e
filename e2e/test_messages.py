"""The frame speaks to the registered page around it and to nobody else, and listens to nobody else."""

import pytest
from playwright.sync_api import Route, expect

from e2e import around

HEARD = "<script>window.heard = []; addEventListener('message', one => window.heard.push(one.data))</script>"
TELL = (
    "([origin, mine]) => window.dispatchEvent(new MessageEvent('message', {data: {encore: 1, type: 'theme', theme: 'dark'}, origin,"
    " source: mine ? window.parent : window}))"
)


@pytest.mark.parametrize(("who", "hears"), [("shop", True), ("stranger", False)])
def test_only_the_page_the_server_has_verified_hears_the_frame(demo, open_window, who, hears):
    """The frame is made to believe in the shop, and no policy holds a stranger's page back from framing it."""
    page = open_window().new_page()
    address, _ = around.offer(demo)

    def unheld(route: Route) -> None:
        answer = route.fetch(headers={**route.request.headers, "referer": f"{demo.shop}/"})
        route.fulfill(response=answer, headers={k: v for k, v in answer.headers.items() if "policy" not in k})

    page.route(address, unheld)
    place = f"{demo.shop.replace('shop.', f'{who}.')}/around"
    around.lay(page, place, HEARD + around.framed(address))
    page.goto(place)
    frame = around.ours(page)
    assert frame
    around.armed(frame)
    assert frame.locator("[data-parent-origin]").first.get_attribute("data-parent-origin") == demo.shop
    page.wait_for_timeout(300)  # messages on their way have arrived
    assert bool([one for one in page.evaluate("window.heard") if one.get("encore") == 1]) is hears


def test_only_that_page_is_listened_to(demo, page):
    address, _ = around.offer(demo)
    around.lay(page, f"{demo.shop}/around", around.framed(address))
    page.goto(f"{demo.shop}/around")
    frame = around.ours(page)
    assert frame
    around.armed(frame)
    root = frame.locator("html")
    for origin, mine in (("https://stranger.example", True), (demo.shop, False), ("null", True)):
        frame.evaluate(TELL, [origin, mine])
        expect(root).not_to_have_attribute("data-theme", "dark")
    frame.evaluate(TELL, [demo.shop, True])
    expect(root).to_have_attribute("data-theme", "dark")
