"""Whatever JSON the provider answers with, a call ends in one of the values it promises, and never in an exception."""

import asyncio
import json
from datetime import UTC, datetime

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from widget.core.answer import NotSent, Refused, Unknown, Waiting
from widget.core.payment import Address, Checkout, Order, Payment, Preview, Product
from widget.core.subscription import Subscription
from widget.provider.asks import Declined, NotThere, Unreadable
from widget.provider.dodo import Dodo, open_dodo
from widget.provider.moves import Opened

ORDER = Order("cus_nadia", "pdt_workbook", 1, Address(country="US"), "USD")
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
WHEN = "2026-04-16T09:00:00Z"
WHOLE = {
    "payment_id": "pay_1", "business_id": "bus_1", "status": "succeeded", "created_at": WHEN, "currency": "USD", "total_amount": 1900,
    "customer": {"customer_id": "cus_nadia"}, "metadata": {"a": "b"}, "billing": {"country": "US"}, "tax": 0, "subscription_ids": ["sub_1"],
    "product_cart": [{"product_id": "pdt_course", "quantity": 1}],
    "refunds": [{"refund_id": "ref_1", "status": "succeeded", "amount": 5, "currency": "USD", "created_at": WHEN}],
    "disputes": [{"dispute_id": "dsp_1", "dispute_status": "dispute_opened", "amount": "5.00", "currency": "USD", "created_at": WHEN}],
    "id": "cks_1", "payment_status": None, "session_id": "cks_1", "checkout_url": "https://checkout.dodopayments.com/x",
    "product_id": "pdt_course", "name": "Course", "image": None, "quantity": 1, "subscription_id": "sub_1",
    "price": {"type": "recurring_price", "price": 900, "currency": "USD", "payment_frequency_count": 1, "payment_frequency_interval": "Month"},
    "billing_country": "US", "current_breakup": {"subtotal": 1, "discount": 0, "tax": 0, "total_amount": 1}, "recurring_breakup": None,
    "items": [{"payment_method": "card", "payment_method_id": "pm_1", "card": {"expiry_year": "32"}, "status": "active"}],
}  # fmt: skip
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.sampled_from([10**400, 1e300, -1, "XXX", WHEN, "9" * 5000])
)  # fmt: skip
ANYTHING = st.recursive(
    LEAVES,
    lambda kids: st.lists(kids, max_size=2) | st.dictionaries(st.text(max_size=3), kids, max_size=2),
    max_leaves=4,
)
CALLS = {
    "payment": (lambda dodo: dodo.asks.payment("x"), (Payment, NotThere, Unreadable)),
    "payments_of": (lambda dodo: dodo.asks.payments_of("x", since=SINCE), (tuple, NotThere, Unreadable)),
    "checkout": (lambda dodo: dodo.asks.checkout("x"), (Checkout, NotThere, Unreadable)),
    "methods": (lambda dodo: dodo.asks.methods("x"), (tuple, NotThere, Unreadable)),
    "product": (lambda dodo: dodo.asks.product("x"), (Product, NotThere, Unreadable)),
    "subscription": (lambda dodo: dodo.asks.subscription("x"), (Subscription, NotThere, Unreadable)),
    "owns": (lambda dodo: dodo.asks.owns("x", "y"), (bool, Unreadable)),
    "preview": (lambda dodo: dodo.asks.preview(ORDER), (Preview, Declined, Unreadable)),
    "charge": (lambda dodo: dodo.moves.charge(ORDER, method_id="x", return_url="x", metadata={}), (Waiting, Refused, NotSent, Unknown)),
    "open_checkout": (
        lambda dodo: dodo.moves.open_checkout(ORDER, return_url="x", cancel_url=None, metadata={}),
        (Opened, Refused, NotSent, Unknown),
    ),
}  # fmt: skip


def bent(value: object) -> st.SearchStrategy:
    """The value with something in it replaced by anything."""
    if isinstance(value, dict):
        return st.sampled_from(sorted(value)).flatmap(
            lambda name: bent(value[name]).map(lambda new: value | {name: new})
        )
    if isinstance(value, list) and value:
        return ANYTHING | bent(value[0]).map(lambda new: [new])
    return ANYTHING


@pytest.mark.parametrize("name", CALLS)
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(status=st.sampled_from([200, 200, 200, 400, 404]), body=bent(WHOLE) | bent(WHOLE["items"]) | ANYTHING)
def test_no_answer_makes_a_call_raise(name, status, body):
    call, promised = CALLS[name]

    async def ask(dodo: Dodo) -> object:
        return await call(dodo)

    async def play() -> object:
        text = json.dumps(body, default=str)
        transport = httpx.MockTransport(
            lambda _: httpx.Response(status, text=text, headers={"content-type": "application/json"})
        )
        async with open_dodo(api_key="k", environment=None, base_url="http://dodo.test", transport=transport) as dodo:
            return await ask(dodo)

    assert isinstance(asyncio.run(play()), promised)
