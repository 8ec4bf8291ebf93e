"""The demo shop reads what was paid at Dodo and mints a ticket only for the shopper who paid."""

import re

import httpx
import jwt
import pytest

from tests.stage import Alive
from widget.sandbox.server import create_app as create_sandbox
from widget.shop.config import ShopConfig, load
from widget.shop.server import create_app

KEY = "a-signing-key-for-tests-of-32-bytes-or-more"
CONFIG = ShopConfig("http://127.0.0.1:8400", KEY, "http://127.0.0.1:8401", "sandbox", "http://shop.localhost:8402")


@pytest.fixture
async def street():
    """The shop and the sandbox, and a browser for each."""
    sandbox = create_sandbox()
    to_sandbox = httpx.ASGITransport(app=sandbox)  # type: ignore[arg-type]
    shop = create_app(CONFIG, transport=to_sandbox)
    async with (
        Alive(sandbox),
        Alive(shop),
        httpx.AsyncClient(transport=httpx.ASGITransport(app=shop), base_url=CONFIG.public_url) as browser,  # type: ignore[arg-type]
        httpx.AsyncClient(transport=to_sandbox, base_url=CONFIG.dodo_url) as dodo,
    ):
        yield browser, dodo


async def buy(browser, dodo) -> httpx.URL:
    """To the checkout and back, with a good card."""
    checkout = (await browser.post("/buy", data={"product": "pdt_course"})).headers["location"]
    page = (await dodo.get(checkout)).text
    total = re.search(r'name="shown_total" value="(\d+)"', page)[1]
    card = {
        "card_number": "4242424242424242",
        "expiry": "06/32",
        "cvc": "123",
        "payment_method": "new",
        "action": "pay",
    }
    who = {"email": "sam@example.com", "name": "Sam", "country": "US", "zipcode": "94107", "shown_total": total}
    return httpx.URL((await dodo.post(checkout, data=card | who)).headers["location"])


async def test_the_thank_you_page_carries_a_ticket_for_the_payment_that_was_made(street):
    browser, dodo = street
    back = await buy(browser, dodo)
    page = (await browser.get(back)).text
    ticket = re.search(r'<encore-offer ticket="([^"]+)"', page)[1]
    claims = jwt.decode(ticket, KEY, algorithms=["HS256"], audience="encore/offer")
    assert claims["payment_id"] == back.params["payment_id"]
    assert claims["exp"] - claims["iat"] <= 900
    assert "Watercolour course" in page


async def test_another_browser_with_the_same_address_sees_nothing(street):
    browser, dodo = street
    back = await buy(browser, dodo)
    browser.cookies.clear()
    answer = await browser.get(back)
    assert answer.status_code == 404
    assert "ticket=" not in answer.text


async def test_somebody_elses_payment_in_the_address_mints_no_ticket(street):
    browser, dodo = street
    back = await buy(browser, dodo)
    foreign = (
        await dodo.post("/_sandbox/purchases", json={"customer_id": "cus_nadia", "product_id": "pdt_course"})
    ).json()
    answer = await browser.get(back.copy_set_param("payment_id", foreign["payment_id"]))
    assert answer.status_code == 404


async def test_a_forged_cookie_is_no_cookie(street):
    browser, dodo = street
    back = await buy(browser, dodo)
    browser.cookies.clear()
    browser.cookies.set(
        "order", jwt.encode({"aud": "shop", "order": back.params["order"]}, "x" * 40, algorithm="HS256")
    )
    assert (await browser.get(back)).status_code == 404


@pytest.mark.parametrize("path", ["/", "/product/pdt_course", "/product/pdt_pro", "/account", "/thanks/static"])
async def test_every_page_opens(street, path):
    browser, _ = street
    assert (await browser.get(path)).status_code == 200


async def test_what_the_shop_does_not_sell_is_not_there(street):
    browser, _ = street
    assert (await browser.get("/product/pdt_nothing")).status_code == 404
    assert (await browser.post("/buy", data={"product": "pdt_nothing"})).status_code == 404


async def test_the_account_shows_what_was_bought_to_whom_it_belongs(street):
    browser, dodo = street
    await dodo.post("/_sandbox/purchases", json={"customer_id": "cus_nadia", "product_id": "pdt_basic"})
    await browser.post("/sign-in", data={"customer": "cus_nadia"})
    assert "$30.00" in (await browser.get("/account")).text


def test_every_missing_setting_is_named():
    with pytest.raises(ValueError, match=r"SHOP_ENCORE_URL.*SHOP_DODO_API_KEY"):
        load({})
