"""A press counts at once only where price and button lay open to the eye; else it is asked about, and the sale stays possible."""

from urllib.parse import parse_qs

import pytest
from playwright.sync_api import expect

FRAME = '<iframe id="f" src="{src}" title="An offer" style="display:block;inline-size:600px;block-size:520px;border:0;{style}"></iframe>'
OVER = '<div style="position:absolute;inset-inline-start:{x}px;inset-block-start:{y}px;inline-size:{w}px;block-size:{h}px;background:{colour};pointer-events:none"></div>'
# What a page around us may do → whether price and button can be said to lie open to the eye.
CASES = {
    "plain": ("", "", True),
    "moved": ("transform:translate(40px,30px)", "", True),
    "rounded": ("border-radius:24px;overflow:hidden", "", True),
    "opacity 0": ("opacity:0", "", False),
    "opacity 0.99": ("opacity:0.99", "", False),
    "scaled": ("transform:scale(0.7);transform-origin:0 0", "", False),
    "blurred": ("filter:blur(2px)", "", False),
    "covered": ("", OVER.format(x=0, y=0, w=700, h=900, colour="white"), False),
    "covered by nothing to be seen": ("", OVER.format(x=0, y=0, w=700, h=900, colour="transparent"), False),
    "a patch on the button": ("", "patch", False),
    "clipped": ("", "clip", False),
}

CLIP = (
    "([y, h]) => { const f = document.getElementById('f'); f.style.clipPath = 'none'; const slit = document.createElement('div');"
    "slit.style.cssText = `position:absolute;inset-block-start:${y}px;block-size:${h}px;inline-size:600px;overflow:hidden`;"
    "document.body.moveBefore ? (document.body.append(slit), slit.moveBefore(f, null)) : slit.append(f); f.style.marginBlockStart = `-${y}px`; }"
)


@pytest.fixture
def trap(demo, page):
    """Pages of the shop's own origin, as a hostile or a clumsy one would write them, around the frame of one purchase."""

    def lay(body: str, *, ticket: str = "", headers: dict[str, str] | None = None, path: str = "/trap") -> None:
        html = f"<!doctype html><title>Trap</title><body style='margin:0;block-size:900px'>{body}"
        page.route(
            f"{demo.shop}{path}",
            lambda route: route.fulfill(body=html, headers={"content-type": "text/html"} | (headers or {})),
        )
        page.goto(f"{demo.shop}{path}")

    return lay


def framed(demo, ticket: str, *, style: str = "") -> str:
    return FRAME.format(src=f"{demo.encore}/embed/offer/{ticket}", style=style)


def a_ticket(demo, customer: str = "cus_nadia") -> str:
    return demo.ticket(demo.control("purchases", {"customer_id": customer, "product_id": "pdt_course"}))


def button_at(page) -> dict[str, float]:
    frame = page.frame_locator("#f")
    expect(frame.locator("#encore-offer")).to_have_attribute("data-state", "open", timeout=15_000)
    expect(frame.locator(".accept")).not_to_have_attribute("aria-disabled", "true")
    box = frame.locator(".accept").bounding_box()
    assert box
    return box


@pytest.mark.case("F-18")
def test_what_lies_over_price_and_button_is_told_with_the_press(demo, page, trap):
    """Eleven ways, one purchase: the press is caught on its way, so that nothing is bought."""
    ticket = a_ticket(demo)
    page.route("**/upsell/accept", lambda route: route.abort())
    found = {}
    for name, (style, over, _) in CASES.items():
        trap(framed(demo, ticket, style=style) + (over if over.startswith("<") else ""))
        box = button_at(page)
        if over == "clip":  # the frame through a slit: of the button only the middle third can be seen
            page.evaluate(CLIP, [box["y"] + box["height"] / 3, box["height"] / 3])
        if over == "patch":
            at = OVER.format(x=box["x"] + 30, y=box["y"] + 15, w=20, h=10, colour="red")
            page.evaluate("html => document.body.insertAdjacentHTML('beforeend', html)", at)
        page.wait_for_timeout(300)  # until it was looked at: the browser looks ten times a second
        with page.expect_request("**/upsell/accept") as asked:
            size = 0.7 if name == "scaled" else 1.0
            page.mouse.click((box["x"] + box["width"] / 2) * size, (box["y"] + box["height"] / 2) * size)
        found[name] = parse_qs(asked.value.post_data or "", keep_blank_values=True).get("doubt", ["?"])[0]
    assert found == {name: "" if plain else "unseen" for name, (_, _, plain) in CASES.items()}


@pytest.mark.case("F-119")
def test_a_chat_bubble_over_the_button_costs_a_press_and_no_sale(journey):
    journey.buy()
    journey.expect_state("open")
    pay = journey.frame.get_by_role("button", name="Pay $19.00 now")
    expect(pay).not_to_have_attribute("aria-disabled", "true")
    pay.scroll_into_view_if_needed()
    box = pay.bounding_box()
    assert box
    journey.page.evaluate(
        "box => { const bubble = document.createElement('div'); bubble.style.cssText = 'position:fixed;inline-size:50px;block-size:40px;"
        "border-radius:25px;background:purple;z-index:9;inset-inline-start:' + (box.x + box.width - 70) + 'px;inset-block-start:' + (box.y + 5) + 'px';"
        "document.body.append(bubble); }",
        box,
    )
    journey.page.wait_for_timeout(700)  # until it was looked at, and that is no passing thing
    pay.click(position={"x": 20, "y": 20})
    expect(journey.frame.get_by_text("Nothing has been charged yet.")).to_be_visible()
    assert journey.paid() == []
    pay.click(position={"x": 20, "y": 20})
    journey.expect_state("paid")
    assert len(journey.paid()) == 1
