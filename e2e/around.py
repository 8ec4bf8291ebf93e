"""What a shop's page, or a page that only says so, may put around and over the frame; and how each of it ends.

Every function goes through all its cases and says which ended otherwise than it should. Tests and the figure G-16 ask the same.
"""

from collections.abc import Iterator
from itertools import product
from urllib.parse import parse_qs

from playwright.sync_api import Frame, Page, Route, expect
from playwright.sync_api import TimeoutError as NobodyThere

from e2e.running import Demo

FRAME = '<iframe id="f" src="{src}" title="An offer" style="display:block;inline-size:600px;block-size:520px;border:0;{style}"{more}></iframe>'
OVER = '<div style="position:absolute;inset-inline-start:{x}px;inset-block-start:{y}px;inline-size:{w}px;block-size:{h}px;background:{colour};pointer-events:none"></div>'
# What a page around us may do → whether price and button can be said to lie open to the eye.
COVERS = {
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
# What a sandbox allows → how it ends there: sold by a press, told what to do instead, or told after a press.
BOXES = {
    "allow-scripts allow-forms allow-same-origin": "sold",
    "allow-scripts allow-same-origin": "told when pressed",
    "allow-scripts allow-forms allow-popups allow-popups-to-escape-sandbox": "told",
    "allow-scripts allow-forms": "told",
    "allow-scripts": "told",
    "allow-forms allow-same-origin": "sold",
    "allow-forms": "told when pressed",
}
EMBEDDERS = ("unsafe-none", "require-corp", "credentialless")
OPENERS = ("unsafe-none", "same-origin-allow-popups", "same-origin")
WAYS = ("", " credentialless")
OURS = ("cross-origin-embedder-policy", "cross-origin-resource-policy")


def lay(page: Page, address: str, body: str, headers: dict[str, str] | None = None) -> None:
    """From now on this address is a page of that origin with this in it."""
    html = f"<!doctype html><title>Around</title><body style='margin:0;block-size:900px'>{body}"
    page.unroute(address)
    page.route(address, lambda route: route.fulfill(body=html, headers={"content-type": "text/html"} | (headers or {})))


def framed(src: str, *, style: str = "", more: str = "") -> str:
    return FRAME.format(src=src, style=style, more=more)


def offer(demo: Demo) -> tuple[str, str]:
    """Somebody's card that is open or soon will be: its address and the customer."""
    payment = demo.somebody()
    return f"{demo.encore}/embed/offer/{demo.ticket(payment)}", payment["customer"]["customer_id"]


def ours(page: Page) -> Frame | None:
    """The frame with our card in it, wherever it is; None where the browser has blocked it."""
    found = [one for one in page.frames if "/embed/offer/" in one.url and one.locator("#encore-offer").count()]
    return found[0] if found else None


def armed(frame: Frame) -> None:
    """Open, and pressed at its word."""
    expect(frame.locator("#encore-offer")).to_have_attribute("data-state", "open", timeout=20_000)
    expect(frame.locator(".accept")).not_to_have_attribute("aria-disabled", "true")


def end(demo: Demo, page: Page, customer: str) -> str:
    """How it ends for whoever presses what is there: `sold` is what the provider's ledger says, not the page."""
    frame = ours(page)
    if frame is None:
        return "blocked"
    told = frame.get_by_text("Please open it in a window of its own")
    try:
        expect(told.or_(frame.locator("#encore-offer[data-state=open] .accept")).first).to_be_visible(timeout=20_000)
        if told.count():
            return "told"
        expect(frame.locator(".accept")).not_to_have_attribute("aria-disabled", "true")
        frame.locator(".accept").click()
        for _ in range(40):
            if told.count():
                return "told when pressed"
            if demo.taken(customer):
                return "sold" if len(demo.taken(customer)) == 1 else "paid twice"
            page.wait_for_timeout(100)
    except (AssertionError, NobodyThere) as nothing:
        return f"nothing: {str(nothing)[:200]}"
    return "a dead button"


def visibility(demo: Demo, page: Page) -> list[str]:
    """Eleven covers around one purchase; the press is caught on its way, so that nothing is bought."""
    address, customer = offer(demo)
    page.route("**/upsell/accept", lambda route: route.abort())
    found = {name: _doubt(demo, page, address, name) for name in COVERS}
    page.unroute("**/upsell/accept")
    wanted = {name: "" if plain else "unseen" for name, (_, _, plain) in COVERS.items()}
    wrong = [f"{name}: told {found[name]!r}, not {wanted[name]!r}" for name in COVERS if found[name] != wanted[name]]
    return wrong + [f"paid: {one}" for one in demo.taken(customer)]


def _doubt(demo: Demo, page: Page, address: str, name: str) -> str:
    """What is told with a press in this case."""
    style, over, _ = COVERS[name]
    lay(page, f"{demo.shop}/around", framed(address, style=style) + (over if over.startswith("<") else ""))
    page.goto(f"{demo.shop}/around")
    frame = ours(page)
    assert frame is not None
    armed(frame)
    box = frame.locator(".accept").bounding_box()
    assert box
    if over == "clip":  # the frame through a slit: of the button only the middle third can be seen
        page.evaluate(CLIP, [box["y"] + box["height"] / 3, box["height"] / 3])
    if over == "patch":
        at = OVER.format(x=box["x"] + 30, y=box["y"] + 15, w=20, h=10, colour="red")
        page.evaluate("html => document.body.insertAdjacentHTML('beforeend', html)", at)
    page.wait_for_timeout(300)  # until it was looked at: the browser looks ten times a second
    with page.expect_request("**/upsell/accept") as asked:
        size = 0.7 if name == "scaled" else 1.0
        page.mouse.click((box["x"] + box["width"] / 2) * size, (box["y"] + box["height"] / 2) * size)
    return parse_qs(asked.value.post_data or "", keep_blank_values=True).get("doubt", ["?"])[0]


def ancestors(demo: Demo, page: Page) -> list[str]:
    """Who stands around the frame, from without to within: only where all of them are the shop does anything show."""
    strange = demo.shop.replace("shop.", "stranger.")
    wrong = []
    for above, wanted in (
        ((demo.shop,), "sold"), ((strange,), "blocked"), ((strange, demo.shop), "blocked"), ((demo.shop, demo.shop), "sold"),
    ):  # fmt: skip
        address, customer = offer(demo)
        for depth, origin in reversed(list(enumerate(above))):
            lay(page, f"{origin}/around/{depth}", framed(address))
            address = f"{origin}/around/{depth}"
        page.goto(address)
        found = end(demo, page, customer)
        if found != wanted:
            wrong.append(f"{' > '.join(above)}: {found}, not {wanted}")
    return wrong


def combinations() -> Iterator[tuple[str, str, str]]:
    """Policies of the page around (embedder, opener), and whether the frame is told to come without credentials: eighteen."""
    yield from product(EMBEDDERS, OPENERS, WAYS)


def isolation(demo: Demo, page: Page, *, sales: int = 18) -> list[str]:
    """In each combination the card opens; in the last `sales` of them, the most isolated, somebody buys."""
    wrong, each = [], list(combinations())
    shared = offer(demo)
    for number, (embedder, opener, way) in enumerate(each):
        sells = number >= len(each) - sales
        address, customer = offer(demo) if sells else shared
        policies = {"cross-origin-embedder-policy": embedder, "cross-origin-opener-policy": opener}
        where = f"{demo.shop}/around/{number}"
        lay(page, where, framed(address, more=way), policies)
        page.goto(where)
        isolated = page.evaluate("crossOriginIsolated")
        if isolated != (embedder != "unsafe-none" and opener == "same-origin"):
            wrong.append(f"{embedder}, {opener}: isolated is {isolated}")
        frame = ours(page)
        if frame is None:
            wrong.append(f"{embedder}, {opener}{way}: blocked")
        elif sells and (found := end(demo, page, customer)) != "sold":
            wrong.append(f"{embedder}, {opener}{way}: {found}")
    return wrong + [f"without {name}: not blocked" for name in OURS if not _blocked_without(demo, page, name)]


def _blocked_without(demo: Demo, page: Page, name: str) -> bool:
    """Whether an isolated page blocks the frame when it comes without this header: that they are needed is seen, too."""

    def bare(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, headers={key: said for key, said in answer.headers.items() if key != name})

    address, _ = offer(demo)
    policies = {"cross-origin-embedder-policy": "require-corp", "cross-origin-opener-policy": "same-origin"}
    lay(page, f"{demo.shop}/around/bare", framed(address), policies)
    page.route("**/embed/offer/**", bare)
    page.goto(f"{demo.shop}/around/bare")
    page.unroute("**/embed/offer/**")
    return ours(page) is None


def boxes(demo: Demo, page: Page) -> list[str]:
    """Sandboxes of the page's making: a sale, or one sentence that says what to do."""
    wrong = []
    for number, (allowed, wanted) in enumerate(BOXES.items()):
        address, customer = offer(demo)
        lay(page, f"{demo.shop}/around/box-{number}", framed(address, more=f' sandbox="{allowed}"'))
        page.goto(f"{demo.shop}/around/box-{number}")
        found = end(demo, page, customer)
        if found != wanted:
            wrong.append(f"sandbox {allowed}: {found}, not {wanted}")
    return wrong


def plain(demo: Demo, page: Page) -> list[str]:
    """One sale in a plain frame; for browsers in which something is missing."""
    address, customer = offer(demo)
    lay(page, f"{demo.shop}/around/plain", framed(address))
    page.goto(f"{demo.shop}/around/plain")
    found = end(demo, page, customer)
    return [] if found == "sold" else [found]
