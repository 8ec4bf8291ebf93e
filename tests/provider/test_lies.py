"""Whatever JSON the provider answers with, a call ends in one of the values it promises, and never in an exception."""

import asyncio
import json
from datetime import UTC, datetime

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from widget.core.answer import NotSent, Refused, Unknown, Waiting
from widget.core.payment import Addon, Address, Checkout, Order, Payment, Preview, Product
from widget.core.plan_change import Change, ChangePreview
from widget.core.plan_family import Collection
from widget.core.subscription import Subscription
from widget.provider.asks import Declined, NotThere, Unreadable
from widget.provider.dodo import Dodo, open_dodo
from widget.provider.moves import Cancelling, Done, Opened

LINE = {
    "type": "subscription", "id": "li_1", "product_id": "pdt_1", "currency": "USD", "unit_price": 5, "quantity": 1, "proration_factor": 0.5,
    "tax_inclusive": False, "tax": 1,
}  # fmt: skip
PRICE = {
    "immediate_charge": {
        "effective_at": "2026-04-16T09:00:00Z", "line_items": [LINE],
        "summary": {
            "currency": "USD", "total_amount": 5, "tax": 1, "customer_credits": 0, "customer_credits_currency": "USD",
            "settlement_amount": 5, "settlement_currency": "USD",
        },
    },
    "new_plan": {"recurring_pre_tax_amount": 5, "currency": "USD", "next_billing_date": "2026-04-16T09:00:00Z", "discounts": None},
}  # fmt: skip
CHANGE = Change("sub_1", "pdt_1", 1, (), "full_immediately")
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
    "addons": [{"addon_id": "adn_1", "quantity": 1}], "recurring_pre_tax_amount": 5, "next_billing_date": WHEN,
    "scheduled_change": {"product_id": "pdt_1", "quantity": 1, "addons": [{"addon_id": "adn_1", "quantity": 1}], "effective_at": WHEN},
    "discounts": [{"discount_id": "dsc_1", "code": "TEN", "amount": 5, "cycles_remaining": 1}], "meters": [], "trial_period_days": 3,
    "cancel_at_next_billing_date": True, "payment_link": "https://checkout.dodopayments.com/x", "expires_on": WHEN,
    "groups": [{"group_name": "x", "status": True, "products": [{"product_id": "pdt_1", "is_recurring": True}]}],
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
    "change_preview": (lambda dodo: dodo.asks.change_preview(CHANGE), (ChangePreview, Declined, NotThere, Unreadable)),
    "addon": (lambda dodo: dodo.asks.addon("x"), (Addon, NotThere, Unreadable)),
    "collection": (lambda dodo: dodo.asks.collection("x"), (Collection, NotThere, Unreadable)),
    "change_plan": (
        lambda dodo: dodo.moves.change_plan(CHANGE, return_url=None, metadata={}),
        (Waiting, Refused, NotSent, Unknown),
    ),
    "drop_scheduled": (lambda dodo: dodo.moves.drop_scheduled("sub_1"), (Done, Refused, NotSent, Unknown)),
    "cancel_at_period_end": (
        lambda dodo: dodo.moves.cancel_at_period_end("sub_1", Cancelling()),
        (Done, Refused, NotSent, Unknown),
    ),
    "pause": (lambda dodo: dodo.moves.pause("sub_1", paused=True), (Done, Refused, NotSent, Unknown)),
    "use_method": (lambda dodo: dodo.moves.use_method("sub_1", "pm_1"), (Done, Refused, NotSent, Unknown)),
    "enter_method": (
        lambda dodo: dodo.moves.enter_method("sub_1", return_url="http://x"),
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
@given(
    status=st.sampled_from([200, 200, 200, 400, 404]), body=bent(WHOLE) | bent(PRICE) | bent(WHOLE["items"]) | ANYTHING
)
@pytest.mark.case("F-31")
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
