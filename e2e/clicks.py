"""Three presses where one was meant, in several ways, on many cards of a page; counted in the browser and in the provider's ledger."""

import random
from collections import Counter
from collections.abc import Callable

from playwright.sync_api import Frame, Locator, Page, Request, expect

from e2e.around import armed, lay
from e2e.running import Demo

ROWS, COLUMNS = 5, 5
WINDOW = {"width": 1920, "height": 2600}  # every card of a page is seen in full, so that a press is taken at its word
_FRAME = '<iframe name="card{number}" src="{src}" title="An offer" style="inline-size:376px;block-size:510px;border:0"></iframe>'


def by_mouse(page: Page, button: Locator, dice: random.Random) -> None:
    """As fast as a hand, or a driver, can."""
    button.click(click_count=3, delay=dice.randrange(0, 30), no_wait_after=True)


def slowly(page: Page, button: Locator, dice: random.Random) -> None:
    """Somebody who sees nothing happen: up to a third of a second between the presses, wherever the answer is by then."""
    box = button.bounding_box()
    assert box
    for _ in range(3):
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.wait_for_timeout(dice.randrange(0, 300))


def by_keyboard(page: Page, button: Locator, dice: random.Random) -> None:
    button.focus()
    for _ in range(3):
        page.keyboard.press("Enter", delay=dice.randrange(0, 20))


def by_touch(page: Page, button: Locator, dice: random.Random) -> None:
    box = button.bounding_box()
    assert box
    for _ in range(3):
        page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def by_script(page: Page, button: Locator, dice: random.Random) -> None:
    """Three in one breath, as an extension or an assistive tool may press."""
    button.evaluate("button => { button.click(); button.click(); button.click(); }")


def with_the_form(page: Page, button: Locator, dice: random.Random) -> None:
    """Past the button: the form is asked to send itself."""
    button.evaluate("button => { for (let at = 0; at < 3; at += 1) button.form.requestSubmit(); }")


WAYS: tuple[Callable[[Page, Locator, random.Random], None], ...] = (
    by_mouse, slowly, by_keyboard, by_touch, by_script, with_the_form,
)  # fmt: skip


def triple_clicks(demo: Demo, page: Page, seeds: range) -> list[tuple[int, str]]:
    """One purchase and one triple click a seed: what is wrong, with the seed. The page wants `WINDOW` and a touch screen.

    Chromium 150 makes clicks of the taps on one frame of a window only: each card that is touched has its own window.
    """
    touched = [seed for seed in seeds if _way(seed) is by_touch]
    others = [seed for seed in seeds if _way(seed) is not by_touch]
    wrong: list[tuple[int, str]] = []
    for at in range(0, len(others), ROWS * COLUMNS):
        wrong += _page_full(demo, page, others[at : at + ROWS * COLUMNS])
    for seed in touched:
        window = page.context.new_page()
        wrong += _page_full(demo, window, [seed])
        window.close()
    return wrong


def _page_full(demo: Demo, page: Page, seeds: list[int]) -> list[tuple[int, str]]:
    posts: Counter[tuple[str, str]] = Counter()

    def seen(request: Request) -> None:
        if request.method == "POST" and "/upsell/" in request.url:
            posts[request.frame.name, request.url.rpartition("/")[2]] += 1

    page.on("request", seen)
    bought = [demo.somebody() for _ in seeds]
    sources = [f"{demo.encore}/embed/offer/{demo.ticket(one)}" for one in bought]
    cards = "".join(_FRAME.format(number=number, src=src) for number, src in enumerate(sources))
    lay(page, f"{demo.shop}/around/cards", cards)
    page.goto(f"{demo.shop}/around/cards")
    frames = [_named(page, f"card{number}") for number in range(len(seeds))]
    for frame in frames:
        armed(frame)
    for seed, frame in zip(seeds, frames, strict=True):
        _way(seed)(page, frame.locator(".accept"), random.Random(seed))
    for frame in frames:
        expect(frame.locator("#encore-offer")).to_have_attribute("data-state", "paid", timeout=30_000)
    page.remove_listener("request", seen)
    wrong, ledger = list[tuple[int, str]](), demo.ledger()
    for number, (seed, one) in enumerate(zip(seeds, bought, strict=True)):
        way, name = _way(seed).__name__, f"card{number}"
        sent = {what: many for (card, what), many in posts.items() if card == name and what != "status"}
        if sent != {"accept": 1}:
            wrong.append((seed, f"{way}: the browser sent {sent}"))
        taken = [row["amount"] for row in ledger if row["customer_id"] == one["customer"]["customer_id"]]
        if taken != [1900]:
            wrong.append((seed, f"{way}: the ledger says {taken}"))
    return wrong


def _way(seed: int) -> Callable[[Page, Locator, random.Random], None]:
    return WAYS[seed % len(WAYS)]


def _named(page: Page, name: str) -> Frame:
    frame = page.frame(name)
    assert frame is not None
    return frame
