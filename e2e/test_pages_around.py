"""Whatever the page around the frame is, does or forbids: a sale, a clear sentence, or nothing of ours to be seen at all."""

import pytest

from e2e import around, clicks
from tests.campaign.figure import SEED


@pytest.mark.case("F-107")
def test_only_where_every_page_around_is_the_shops_anything_shows(demo, page):
    assert around.ancestors(demo, page) == []


@pytest.mark.case("F-120")
def test_in_pages_isolated_across_origins_the_frame_loads_and_sells(demo, page):
    """Eighteen combinations; without either of our two headers the browser blocks it."""
    assert around.isolation(demo, page, sales=2) == []


@pytest.mark.case("F-108")
def test_in_every_sandbox_there_is_a_sale_or_one_sentence(demo, page):
    assert around.boxes(demo, page) == []


@pytest.mark.case("F-01")
def test_of_three_clicks_one_is_sent_on_every_card_of_a_page(demo, open_window):
    """By mouse, slowly, by keyboard, by touch, by script and past the button; more of them, and from other seeds: figure G-16."""
    page = open_window(viewport=clicks.WINDOW, has_touch=True).new_page()
    assert clicks.triple_clicks(demo, page, range(SEED, SEED + 25)) == []
