"""The look of a card and of the panel: as the file says, as the element says over it, and the same without JavaScript."""

import re
import time

from tests.stage import OFFERS, SHOP
from widget.core.offers_file import read
from widget.core.theme import Theme
from widget.core.theme_wish import coded
from widget.plan_change.refresh import refresh
from widget.provider.images import Image
from widget.storage import images, offers
from widget.web import tickets
from widget.web.assets import asset_url

LOGO = "https://shop.example/logo.svg"
PAPER = '[theme]\npreset = "paper"\naccent = "#0f766e"\nlayout = "row"\nscheme = "dark"\n'


async def mara_themes(table: str) -> None:
    text = OFFERS + "\n" + table
    await offers.apply(text, read(text), by="mara", at=int(time.time() * 1000))


async def opened(stage, **said: str):
    """The snippet's frame, as its form posts it."""
    payment = await stage.purchase()
    await stage.open(payment)  # now it is prepared
    body = {"ticket": stage.ticket(payment), "origin": SHOP, "page": f"{SHOP}/thanks", **said}
    answer = await stage.encore.post("/embed/offer", data=body)
    assert answer.status_code == 200
    return answer


def sheet(theme: Theme, name: str = "card.css") -> str:
    return f'href="{asset_url(name, coded(theme))}"'


async def test_the_files_theme_is_in_force_for_card_panel_and_page_with_the_same_three_requests(stage):
    await mara_themes(PAPER)
    card = await stage.get(stage.ticket(await stage.purchase()))
    paper = Theme(preset="paper", accent="#0f766e")
    assert sheet(paper, "layouts.css") in card.answer.text
    assert 'data-theme="dark"' in card.answer.text
    assert 'data-view="row"' in card.answer.text
    assert len(re.findall(r'(?:href|src)="(/a/[^"]+\.(?:css|js))"', card.answer.text)) == 2
    assert f"<{asset_url('layouts.css', coded(paper))}>; rel=preload; as=style" in card.answer.headers["link"]
    assert (await stage.encore.get(asset_url("layouts.css", coded(paper)))).status_code == 200
    plan = await stage.purchase(product="pdt_basic")
    who, subscription = plan["customer"]["customer_id"], plan["subscription_id"]
    ticket = tickets.mint_plans(
        stage.settings.signing_keys, customer_id=who, subscription_id=subscription, now=int(time.time())
    )
    panel = await stage.encore.get(f"/embed/plans/{ticket}")
    assert sheet(paper, "plans.css") in panel.text


async def test_another_file_is_another_look_at_once(stage):
    await mara_themes(PAPER)
    assert 'data-view="row"' in (await stage.get(stage.ticket(await stage.purchase()))).answer.text
    await mara_themes("")
    plain = (await stage.get(stage.ticket(await stage.purchase()))).answer.text
    assert 'data-view="card"' in plain
    assert f'href="{asset_url("card.css")}"' in plain


async def test_what_the_element_says_goes_over_the_file_and_stays_without_javascript(stage):
    await mara_themes(PAPER)
    answer = await opened(stage, accent="#be123c", radius="3", layout="side", theme="light", scheme="light")
    wanted = Theme(preset="paper", accent="#be123c", radius=3)
    assert sheet(wanted, "layouts.css") in answer.text
    assert 'data-view="side"' in answer.text
    assert 'data-theme="light"' in answer.text
    key = re.search(r'name="key"\s+value="([^"]+)"', answer.text)
    assert key
    after = await stage.post("decline", {"key": key[1]}, htmx=False)
    assert sheet(wanted, "layouts.css") in after.answer.text
    assert 'data-view="side"' in after.answer.text


async def test_a_page_can_say_nothing_that_gets_into_the_document_or_the_address(stage):
    evil = {
        "accent": '#fff"><script>', "radius": "9999", "font": "x;}*{display:none", "layout": '"><b>', "preset": "../x",
        "density": "none", "theme": "'><i>", "scheme": "x", "logo": "https://evil.example/x.svg",
    }  # fmt: skip
    answer = await opened(stage, **evil)
    plain = await opened(stage)
    hide = re.compile(r'name="key" value="[^"]+"')
    assert hide.sub("", answer.text) == hide.sub("", plain.text)
    assert "style" not in answer.headers["content-security-policy"].replace("style-src 'self'", "")


async def test_the_logo_is_served_from_our_origin_and_left_out_until_it_was_fetched(stage):
    await mara_themes(f'[theme]\nlogo = "{LOGO}"\nlogo_alt = "Atelier Mara"\n')
    before = (await stage.get(stage.ticket(await stage.purchase()))).answer.text
    assert "brand" not in before
    name = await images.keep(LOGO, "image/svg+xml", b"<svg/>", at=1)
    after = (await stage.get(stage.ticket(await stage.purchase()))).answer.text
    assert f'<img src="/a/image/{name}" alt="Atelier Mara" width="160" height="28"' in after
    assert LOGO not in after
    answer = await stage.encore.get(f"/a/image/{name}")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


async def test_the_logo_is_fetched_when_the_file_is_applied_and_one_that_is_gone_stays_as_it_was(stage):
    await mara_themes(f'[theme]\nlogo = "{LOGO}"\n')
    found: Image | None = Image("image/png", b"\x89PNG\r\n\x1a\n")

    class Pictured:
        """The provider, but for the address of Mara's logo."""

        async def image(self, url: str) -> Image | None:
            assert url == LOGO
            return found

        def __getattr__(self, name: str):
            return getattr(stage.app.state.desk.asks, name)

    await refresh(Pictured(), now=1)
    name = await images.of_url(LOGO, newer_than=0)
    assert name
    found = None
    await refresh(Pictured(), now=2)
    assert await images.of_url(LOGO, newer_than=0) == name
