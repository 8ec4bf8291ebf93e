"""What only asks may ask again, gives up in bounded time, and believes only fields of the right type."""

import asyncio
import json
from datetime import UTC, datetime

import httpx
import pytest
import stamina

from tests.provider.wire import Wire, http, listening
from widget.core.payment import Address, Order, Payment, Preview, Product
from widget.provider.asks import Declined, NotThere, Unreadable
from widget.provider.dodo import open_dodo

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
PAYMENT = {
    "payment_id": "pay_1", "business_id": "bus_1", "status": "succeeded", "created_at": "2026-04-16T09:00:00Z", "currency": "USD",
    "total_amount": 1900, "tax": 0, "customer": {"customer_id": "cus_nadia"}, "metadata": {"a": "b"}, "billing": {"country": "US"},
    "product_cart": [{"product_id": "pdt_course", "quantity": 1}], "subscription_ids": [], "refunds": [], "disputes": [],
}  # fmt: skip


class Double:
    """A provider that answers from a list and counts."""

    def __init__(self, *answers: httpx.Response) -> None:
        self.answers = list(answers)
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture(autouse=True)
def no_waiting():
    stamina.set_testing(True, attempts=3)
    yield
    stamina.set_testing(False)


def asks_of(double):
    return open_dodo(api_key="k", environment=None, base_url="http://dodo.test", transport=httpx.MockTransport(double))


def error(status: int, code: str = "X") -> httpx.Response:
    return httpx.Response(status, json={"code": code, "message": "m"})


@pytest.mark.case("F-43")
async def test_a_read_is_asked_again_and_then_answers():
    double = Double(error(500), error(429), httpx.Response(200, json=PAYMENT))
    async with asks_of(double) as dodo:
        found = await dodo.asks.payment("pay_1")
    assert isinstance(found, Payment)
    assert (found.id, found.total.amount, found.products) == ("pay_1", 1900, (("pdt_course", 1),))
    assert len(double.asked) == 3


async def test_localized_prices_are_read_with_their_product():
    product = {
        "product_id": "pdt_pro", "name": "Pro", "pricing_mode": "by_currency", "metadata": {}, "addons": [],
        "price": {"type": "recurring_price", "price": 8000, "currency": "USD", "tax_inclusive": False,
                  "payment_frequency_count": 1, "payment_frequency_interval": "Month"},
    }  # fmt: skip
    items = [
        {"amount": 7500, "currency": "EUR", "country_code": None},
        {"amount": 90, "currency": "INR", "country_code": "IN"},
    ]
    double = Double(httpx.Response(200, json=product), httpx.Response(200, json={"items": items}))
    async with asks_of(double) as dodo:
        found = await dodo.asks.product("pdt_pro")
    assert isinstance(found, Product)
    assert [found.priced_in(currency) for currency in ("USD", "EUR", "INR", "JPY")] == [8000, 7500, None, None]
    assert found.local[1].country == "IN"
    assert double.asked[1].url.path == "/products/pdt_pro/localized-prices"


async def test_a_product_whose_localized_prices_cannot_be_read_is_not_known():
    base = {"product_id": "pdt_a", "pricing_mode": "by_country", "metadata": {}, "addons": []}
    price = {"type": "one_time_price", "price": 100, "currency": "USD", "tax_inclusive": False}
    double = Double(httpx.Response(200, json={**base, "price": price}), error(500))
    async with asks_of(double) as dodo:
        assert await dodo.asks.product("pdt_a") == Unreadable("status 500")


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
@pytest.mark.case("F-43")
async def test_a_read_gives_up_in_the_end(status):
    double = Double(error(status))
    async with asks_of(double) as dodo:
        assert await dodo.asks.payment("pay_1") == Unreadable(f"status {status}")
    assert len(double.asked) == 3


@pytest.mark.parametrize(
    "lost", [httpx.ConnectError, httpx.ConnectTimeout, httpx.ReadTimeout, httpx.RemoteProtocolError]
)
async def test_a_lost_read_is_asked_again_and_names_its_cause(lost):
    def away(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        raise lost("gone")

    asked: list[httpx.Request] = []
    async with asks_of(away) as dodo:
        found = await dodo.asks.payment("pay_1")
    kind = "APITimeoutError" if issubclass(lost, httpx.TimeoutException) else "APIConnectionError"
    assert found == Unreadable(f"{kind}: {lost.__name__}")
    assert len(asked) == 3


async def test_an_answer_that_drips_in_for_ever_is_given_up_in_bounded_time():
    wire = Wire(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n", then="drip")
    async with (
        listening(wire),
        asyncio.timeout(5),
        open_dodo(api_key="k", environment=None, base_url=wire.url, ask_timeout_s=0.4) as dodo,
    ):
        assert await dodo.asks.payment("pay_1") == Unreadable("TimeoutError: ")
    assert wire.sent == (1, 1)


async def test_a_read_follows_no_redirect():
    elsewhere = Wire(http(200, PAYMENT))
    async with listening(elsewhere):
        double = Double(httpx.Response(302, headers={"location": f"{elsewhere.url}/payments/pay_1"}))
        async with asks_of(double) as dodo:
            assert await dodo.asks.payment("pay_1") == Unreadable("status 302")
    assert elsewhere.sent == (0, 0)


async def test_what_is_not_there_is_said_and_asked_once():
    double = Double(error(404, "NOT_FOUND"))
    async with asks_of(double) as dodo:
        assert await dodo.asks.payment("pay_1") == NotThere()
    assert len(double.asked) == 1


async def test_a_404_from_a_box_in_the_middle_does_not_mean_not_there():
    async with asks_of(Double(httpx.Response(404, text="<html>"))) as dodo:
        assert isinstance(await dodo.asks.payment("pay_1"), Unreadable)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("payment_id", None, "payment_id is no text"),
        ("payment_id", 5, "payment_id is no text"),
        ("payment_id", "", "payment_id is no text"),
        ("business_id", None, "business_id is no text"),
        ("status", 1, "status is no text"),
        ("total_amount", None, "total_amount is no whole number"),
        ("total_amount", "19 dollars", "total_amount is no whole number"),
        ("total_amount", True, "total_amount is no whole number"),
        ("total_amount", 19.5, "total_amount is no whole number"),
        ("tax", [], "tax is no whole number"),
        ("currency", "XXX", "currency XXX"),
        ("currency", None, "currency is no text"),
        ("created_at", "yesterday", "created_at is no time"),
        ("created_at", None, "created_at is no time"),
        ("customer", None, "customer_id is no text"),
        ("customer", {}, "customer_id is no text"),
        ("product_cart", "x", "product_cart is no list"),
        ("product_cart", [None], "product_id is no text"),
        ("product_cart", [{"product_id": "p", "quantity": None}], "quantity is no whole number"),
        ("subscription_ids", "sub_1", "subscription_ids is no list"),
        ("metadata", [], "metadata is no object"),
        ("billing", {"country": 49}, "country is no text"),
        ("payment_link", 1, "payment_link is no text"),
        ("refunds", [{"amount": 1}], "refund_id is no text"),
        ("disputes", [{"dispute_id": "d"}], "dispute_status is no text"),
    ],
)
async def test_a_field_of_a_wrong_type_makes_the_answer_unreadable_and_is_named(field, value, said):
    double = Double(httpx.Response(200, json=PAYMENT | {field: value}))
    async with asks_of(double) as dodo:
        assert await dodo.asks.payment("pay_1") == Unreadable(f"Odd: {said}")
    assert len(double.asked) == 1  # nonsense stays nonsense: not asked again


@pytest.mark.parametrize("body", ["", "null", "[]", '"x"', "{", "{}", "<html>", "1", "[" * 200_000])
async def test_an_answer_that_is_no_payment_is_unreadable(body):
    answer = httpx.Response(200, text=body, headers={"content-type": "application/json"})
    async with asks_of(Double(answer)) as dodo:
        assert isinstance(await dodo.asks.payment("pay_1"), Unreadable)


async def test_an_unknown_status_passes_as_it_is():
    async with asks_of(Double(httpx.Response(200, json=PAYMENT | {"status": "something_new"}))) as dodo:
        assert (await dodo.asks.payment("pay_1")).status == "something_new"


@pytest.mark.case("F-42")
async def test_every_page_of_a_list_is_read_where_the_sdk_would_skip_one():
    items = [PAYMENT | {"payment_id": f"pay_{number}"} for number in range(250)]

    def answer(request: httpx.Request) -> httpx.Response:
        page = int(request.url.params["page_number"])
        pages.append(page)
        return httpx.Response(200, json={"items": items[page * 100 : page * 100 + 100]})

    pages: list[int] = []
    transport = httpx.MockTransport(answer)
    async with open_dodo(api_key="k", environment=None, base_url="http://dodo.test", transport=transport) as dodo:
        found = await dodo.asks.payments_of("cus_nadia", since=SINCE)
    assert pages == [0, 1, 2]
    assert len({line.id for line in found}) == 250


@pytest.mark.parametrize(("year", "read"), [("2032", 2032), ("32", 2032), ("", None), ("x", None), (None, None)])
async def test_the_year_of_a_card_is_read_in_any_spelling(year, read):
    item = {
        "payment_method": "card", "payment_method_id": "pm_1", "payment_method_type": "credit", "recurring_enabled": None,
        "last_used_at": None, "card": {"card_network": "VISA", "last4_digits": "4242", "expiry_month": "06", "expiry_year": year},
    }  # fmt: skip
    async with asks_of(Double(httpx.Response(200, json={"items": [item]}))) as dodo:
        (method,) = await dodo.asks.methods("cus_nadia")
    assert (method.expires_year, method.network, method.last_four) == (read, "visa", "4242")


async def test_a_payment_refunded_in_full_is_no_longer_owned():
    def answer(request: httpx.Request) -> httpx.Response:
        items = [PAYMENT | {"refund_status": "full"}] if request.url.path == "/payments" else []
        return httpx.Response(200, json={"items": items})

    transport = httpx.MockTransport(answer)
    async with open_dodo(api_key="k", environment=None, base_url="http://dodo.test", transport=transport) as dodo:
        assert await dodo.asks.owns("cus_nadia", "pdt_course") is False


async def test_a_preview_the_provider_refuses_says_its_code():
    order = Order("cus_nadia", "pdt_x", 1, Address(country="US"), "USD")
    async with asks_of(Double(error(422, "UNSUPPORTED_CURRENCY"))) as dodo:
        assert await dodo.asks.preview(order) == Declined("UNSUPPORTED_CURRENCY")
    async with asks_of(Double(error(410, "PRODUCT_IS_DELETED"))) as dodo:
        assert isinstance(await dodo.asks.preview(order), Declined)


async def test_the_preview_is_asked_with_the_cart_the_charge_would_send():
    body = {
        "billing_country": "DE", "currency": "USD", "is_byop": False, "current_breakup": {"subtotal": 1900, "discount": 0, "tax": 361,
        "total_amount": 2261}, "recurring_breakup": None,
    }  # fmt: skip
    double = Double(httpx.Response(200, json=body))
    order = Order("cus_nadia", "pdt_x", 2, Address(country="DE", zipcode="10119"), "USD", ("THANKS10",))
    async with asks_of(double) as dodo:
        found = await dodo.asks.preview(order)
        await dodo.moves.charge(order, method_id="pm", return_url="http://x", metadata={})
    assert isinstance(found, Preview)
    assert (found.total.amount, found.tax, found.exact) == (2261, 361, True)
    asked, sent = (json.loads(request.content) for request in double.asked[:2])
    assert asked == {name: value for name, value in sent.items() if name in asked}
    assert set(sent) - set(asked) == {"confirm", "payment_method_id", "return_url", "metadata", "feature_flags"}
