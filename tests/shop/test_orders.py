"""What the shop shows and signs is what Dodo says was bought, by the browser that started it."""

import re
from html import unescape

import httpx
import jwt
import pytest

from tests.stage import Alive
from widget.sandbox.server import create_app as create_sandbox
from widget.sandbox.world import World
from widget.shop.config import ShopConfig
from widget.shop.server import create_app

KEY = "a-signing-key-for-tests-of-32-bytes-or-more"
DODO, SHOP = "http://127.0.0.1:8401", "http://shop.localhost:8402"
CONFIG = ShopConfig("http://127.0.0.1:8400", KEY, DODO, "sandbox", SHOP)


class Street:
    """The shop, the sandbox, and one browser that goes to both."""

    def __init__(self, browser: httpx.AsyncClient, dodo: httpx.AsyncClient) -> None:
        self.browser, self.dodo = browser, dodo

    async def order(self, product: str = "pdt_course", **chosen: str) -> httpx.URL:
        """Press Buy; the address of the hosted checkout."""
        answer = await self.browser.post("/buy", data={"product": product, **chosen})
        assert answer.status_code == 303
        return httpx.URL(answer.headers["location"])

    async def pay(self, checkout: httpx.URL, *, email: str = "sam@example.com", **form: str) -> httpx.URL:
        """Fill in the hosted form; where Dodo sends the browser."""
        total = re.search(r'name="shown_total" value="(\d+)"', (await self.dodo.get(checkout)).text)[1]
        card = {"card_number": "4242424242424242", "expiry": "06/32", "cvc": "123", "payment_method": "new"}
        who = {"email": email, "name": "Sam", "country": "US", "zipcode": "94107"}
        answer = await self.dodo.post(checkout, data=card | who | {"action": "pay", "shown_total": total} | form)
        return httpx.URL(answer.headers["location"])

    async def payment(self, payment_id: str) -> dict:
        headers = {"authorization": "Bearer sandbox"}
        return (await self.dodo.get(f"/payments/{payment_id}", headers=headers)).json()

    async def purchase(self, customer: str, product: str, **more: object) -> dict:
        """Something bought without this browser."""
        asked = {"customer_id": customer, "product_id": product, **more}
        return (await self.dodo.post("/_sandbox/purchases", json=asked)).raise_for_status().json()


@pytest.fixture
async def street():
    world = World(base_url=DODO, seed=7)
    world.settings.final_after = 0.0
    sandbox = create_sandbox(world)
    to_sandbox = httpx.ASGITransport(app=sandbox)
    shop = create_app(CONFIG, transport=to_sandbox)
    async with (
        Alive(sandbox),
        Alive(shop),
        httpx.AsyncClient(transport=httpx.ASGITransport(app=shop), base_url=SHOP) as browser,
        httpx.AsyncClient(transport=to_sandbox, base_url=DODO) as dodo,
    ):
        yield Street(browser, dodo)


def claims(page: str, tag: str = "encore-offer", audience: str = "encore/offer") -> dict:
    ticket = re.search(rf'<{tag} ticket="([^"]+)"', page)[1]
    return jwt.decode(ticket, KEY, algorithms=["HS256"], audience=audience)


def order_list(page: str) -> str:
    found = re.search(r'<ul class="order" id="order".*?</ul>', page, re.DOTALL)[0]
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found)))


async def test_the_ticket_says_what_dodo_said_and_nothing_else(street: Street):
    back = await street.pay(await street.order())
    page = (await street.browser.get(back)).text
    said = claims(page)
    payment = await street.payment(back.params["payment_id"])
    assert said["sub"] == payment["customer"]["customer_id"]
    assert said["payment_id"] == payment["payment_id"]
    assert said["placement"] == "post_purchase"
    assert 0 < said["exp"] - said["iat"] <= 900
    assert set(said) == {"aud", "sub", "payment_id", "placement", "locale", "iat", "exp", "jti"}
    assert claims((await street.browser.get(back)).text)["jti"] != said["jti"]


async def test_a_guest_who_types_nadias_address_does_not_become_nadia(street: Street):
    """Nobody has proven the address; the ticket must not open her saved cards."""
    back = await street.pay(await street.order(), email="nadia@example.com")
    assert claims((await street.browser.get(back)).text)["sub"] != "cus_nadia"


async def test_a_guest_stays_a_guest_although_nadia_is_signed_in_here(street: Street):
    await street.browser.post("/sign-in", data={"customer": "cus_nadia"})
    back = await street.pay(await street.order(customer="guest"))
    assert claims((await street.browser.get(back)).text)["sub"] != "cus_nadia"


async def test_who_is_chosen_beside_the_button_buys_and_is_signed_in(street: Street):
    checkout = await street.order(customer="cus_nadia")
    back = await street.pay(checkout, email="nadia@example.com", payment_method="pm_nadia_visa")
    assert claims((await street.browser.get(back)).text)["sub"] == "cus_nadia"
    assert "Hello, Nadia" in (await street.browser.get("/account")).text


async def test_nobody_outside_the_cast_can_be_chosen(street: Street):
    checkout = await street.order(customer="cus_rex")
    back = await street.pay(checkout, email="rex@example.com")
    assert claims((await street.browser.get(back)).text)["sub"] != "cus_rex"


async def test_what_was_added_since_stands_in_the_order_and_a_failed_extra_does_not(street: Street):
    back = await street.pay(await street.order())
    customer = (await street.payment(back.params["payment_id"]))["customer"]["customer_id"]
    assert "Workbook" not in order_list((await street.browser.get(back)).text)
    await street.purchase(customer, "pdt_workbook", metadata={"encore_charge": "chg_1"})
    await street.purchase(customer, "pdt_brushes", outcome="failed")
    shown = order_list((await street.browser.get(back)).text)
    assert "Watercolour course $49.00 paid Workbook added to your order $19.00 paid" in shown
    assert "Brush set" not in shown


async def test_another_order_of_the_same_customer_is_not_an_extra(street: Street):
    first = await street.pay(
        await street.order(customer="cus_nadia"), email="nadia@example.com", payment_method="pm_nadia_visa"
    )
    await street.pay(await street.order("pdt_brushes"), email="nadia@example.com", payment_method="pm_nadia_visa")
    assert "Brush set" not in order_list((await street.browser.get(first)).text)


async def test_two_orders_in_two_tabs_both_have_their_thank_you_page(street: Street):
    one, two = await street.order(), await street.order("pdt_brushes")
    for checkout, name in ((one, "Watercolour course"), (two, "Brush set")):
        page = await street.browser.get(await street.pay(checkout))
        assert page.status_code == 200
        assert name in order_list(page.text)


async def test_a_payment_of_ones_own_other_order_opens_nothing_under_this_number(street: Street):
    first, second = await street.pay(await street.order()), await street.pay(await street.order())
    mixed = first.copy_set_param("payment_id", second.params["payment_id"])
    assert (await street.browser.get(mixed)).status_code == 404


@pytest.mark.parametrize("payment_id", ["", "pay_nobody", "..", "../customers", "a" * 5000, "pay_é", "%00"])
async def test_an_odd_payment_in_the_address_is_a_kind_404(street: Street, payment_id: str):
    back = await street.pay(await street.order())
    answer = await street.browser.get(back.copy_set_param("payment_id", payment_id))
    assert answer.status_code == 404
    assert "There is nothing here" in answer.text
    assert "ticket=" not in answer.text


async def test_a_payment_that_failed_mints_no_ticket_and_offers_another_try(street: Street):
    checkout = await street.order()
    assert "/checkout/session/" in str(await street.pay(checkout, card_number="4000000000000002"))
    form = (await street.dodo.get(checkout)).text
    back = next(unescape(link) for link in re.findall(r'href="([^"]+)"', form) if "status=failed" in link)
    page = await street.browser.get(back.replace("status=failed", "status=succeeded"))
    assert "The payment was not completed" in page.text
    assert 'href="/product/pdt_course"' in page.text
    assert "ticket=" not in page.text


async def test_a_plan_comes_back_with_its_subscription_and_is_found_by_our_own_number(street: Street):
    back = await street.pay(await street.order("pdt_basic"))
    assert "payment_id" not in back.params
    page = (await street.browser.get(back)).text
    assert "Basic $30.00 paid" in order_list(page)
    payment = await street.payment(claims(page)["payment_id"])
    assert payment["subscription_id"] == back.params["subscription_id"]


async def test_somebody_elses_subscription_in_the_address_opens_nothing(street: Street):
    back = await street.pay(await street.order("pdt_basic"))
    foreign = await street.purchase("cus_nadia", "pdt_pro")
    answer = await street.browser.get(back.copy_set_param("subscription_id", foreign["subscription_id"]))
    assert answer.status_code == 404


async def test_the_plain_page_has_the_frame_and_no_script(street: Street):
    back = await street.pay(await street.order(layout="plain"))
    page = (await street.browser.get(back)).text
    assert back.path == "/thanks/plain"
    assert re.search(r'<iframe src="http://127\.0\.0\.1:8400/embed/offer/[\w.-]+" title="An offer for you"', page)
    assert "<script" not in page


async def test_the_account_signs_a_plans_ticket_for_the_customers_own_subscription_only(street: Street):
    mine = await street.purchase("cus_nadia", "pdt_basic")
    await street.purchase("cus_otto", "pdt_pro")
    await street.browser.post("/sign-in", data={"customer": "cus_nadia"})
    page = (await street.browser.get("/account")).text
    assert page.count("<encore-plans ") == 1
    said = claims(page, "encore-plans", "encore/plans")
    assert (said["sub"], said["subscription_id"]) == ("cus_nadia", mine["subscription_id"])
    assert "payment_id" not in said


async def test_signing_out_forgets_who_it_was(street: Street):
    await street.browser.post("/sign-in", data={"customer": "cus_nadia"})
    await street.browser.post("/sign-in", data={"customer": ""})
    assert "Sign in" in (await street.browser.get("/account")).text


@pytest.mark.parametrize("name", ["customer", "orders"])
async def test_a_cookie_signed_with_another_key_is_no_cookie(street: Street, name: str):
    back = await street.pay(await street.order())
    known = {"customer": "cus_nadia", "orders": back.params["order"]}
    street.browser.cookies.clear()
    for key in ("x" * 40, KEY):
        forged = {"aud": f"brushwork/{name}", "said": known[name], "exp": 2_000_000_000}
        street.browser.cookies.set(name, jwt.encode(forged, key, algorithm="HS256"))
        assert (await street.browser.get(back)).status_code == 404
        assert "Hello" not in (await street.browser.get("/account")).text


async def test_a_cookie_of_one_kind_is_nothing_as_another(street: Street):
    await street.order()
    signed = street.browser.cookies["orders"]
    street.browser.cookies.clear()
    street.browser.cookies.set("customer", signed)
    assert "Hello" not in (await street.browser.get("/account")).text


async def test_another_sites_form_signs_nobody_in_and_buys_nothing(street: Street):
    for path in ("/sign-in", "/buy"):
        form = {"customer": "cus_nadia", "product": "pdt_course"}
        answer = await street.browser.post(path, data=form, headers={"origin": "http://rex.localhost"})
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers


async def test_a_dodo_that_is_away_is_a_kind_page(street: Street):
    fault = {"operation": "GET /payments/{payment_id}", "fault": "status", "status": 500, "times": 9}
    back = await street.pay(await street.order())
    (await street.dodo.post("/_sandbox/faults", json=fault)).raise_for_status()
    answer = await street.browser.get(back)
    assert answer.status_code == 502
    assert "your order is safe" in answer.text
    assert "ticket=" not in answer.text


async def test_encore_may_be_framed_here_and_learns_which_site_it_is(street: Street):
    answer = await street.browser.get("/")
    policy = answer.headers["content-security-policy"]
    assert "frame-src http://127.0.0.1:8400;" in policy
    assert "unsafe" not in policy
    assert "referrer-policy" not in answer.headers


async def test_neither_key_is_ever_in_a_page(street: Street):
    back = await street.pay(await street.order())
    for address in ("/", str(back), "/account"):
        page = (await street.browser.get(address)).text
        assert KEY not in page
    assert KEY not in repr(CONFIG)
