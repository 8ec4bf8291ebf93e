"""Where the parts of the plan panel stand."""

from widget.plan_change.examples import examples

NARROWEST = {"width": 320, "height": 640}
ACCOUNT = {"width": 736, "height": 800}  # a frame in a shop's account page: two columns


def test_nothing_overflows_in_an_account_page(demo, open_window):
    page = open_window(viewport=ACCOUNT).new_page()
    for name in examples():
        page.goto(f"{demo.encore}/gallery/plans/{name}")
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= ACCOUNT["width"], (name, wide)


def test_where_there_is_room_the_sum_stands_beside_its_lines_and_on_a_phone_above_them(demo, open_window):
    page = open_window(viewport=ACCOUNT).new_page()
    page.goto(f"{demo.encore}/gallery/plans/quote")
    lines, due = page.locator(".what").bounding_box(), page.locator(".due").bounding_box()
    assert lines["x"] + lines["width"] <= due["x"]
    page.set_viewport_size(NARROWEST)
    lines, due = page.locator(".what").bounding_box(), page.locator(".due").bounding_box()
    assert due["y"] + due["height"] <= lines["y"]
