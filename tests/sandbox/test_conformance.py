"""The sandbox against Dodo's OpenAPI description: every operation, its answers, its refusals, and its webhooks.

Besides, the witness of the conftest holds every request and answer of all the other tests here against it.
"""

import importlib
import json
import re
import runpy
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
from jsonschema import Draft202012Validator

from widget.sandbox.gate import OURS
from widget.sandbox.routes import ROUTES

FOLDER = Path(__file__).parent / "openapi"
TOLD = json.loads((FOLDER / "dodo.json").read_text())
WITNESS = runpy.run_path(str(FOLDER / "witness.py"))
NEWER, UNDESCRIBED = WITNESS["NEWER"], WITNESS["UNDESCRIBED"]
CART = {"product_cart": [{"product_id": "pdt_course", "quantity": 1}]}
PLAN = {"product_id": "pdt_pro", "quantity": 1, "proration_billing_mode": "prorated_immediately"}
PAYING = {
    "billing": {"country": "US"},
    "customer": {"customer_id": "cus_nadia"},
    "product_cart": CART["product_cart"],
    "payment_method_id": "pm_nadia_visa",
}
# operation: body that works, and the same with one mistake and the name that the refusal must say
BODIES = {
    "POST /checkouts": (CART, {"product_cart": "pdt_course"}, "product_cart"),
    "POST /checkouts/preview": (CART, {"product_cart": [{"product_id": "pdt_course"}]}, "quantity"),
    "POST /payments": (PAYING, {**PAYING, "billing": {"country": 49}}, "country"),
    "POST /customers": ({"email": "ada@example.com", "name": "Ada"}, {"email": "ada@example.com"}, "name"),
    "PATCH /customers/{customer_id}": ({"name": "Nadia N."}, {"name": 7}, "name"),
    "POST /customers/{customer_id}/customer-portal/session": (None, None, None),
    "POST /refunds": ({"payment_id": "<payment_id>"}, {"payment_id": ["x"]}, "payment_id"),
    "PATCH /subscriptions/{subscription_id}": ({"metadata": {"a": "b"}}, {"cancel_reason": "mood"}, "cancel_reason"),
    "POST /subscriptions/{subscription_id}/change-plan/preview": (
        PLAN, {**PLAN, "effective_at": "now"}, "effective_at",
    ),
    "POST /subscriptions/{subscription_id}/change-plan": (
        PLAN, {**PLAN, "proration_billing_mode": "half"}, "proration_billing_mode",
    ),
    "POST /subscriptions/{subscription_id}/update-payment-method": (
        {"type": "existing", "payment_method_id": "pm_nadia_visa"}, {"type": "borrowed"}, "type",
    ),
    "POST /subscriptions/{subscription_id}/charge": ({"product_price": 900}, {"product_price": "9"}, "product_price"),
}  # fmt: skip
# what webhooks carry beside `payload_type` on top of the described object
ON_THE_WIRE = {
    "Payment": (),
    "Refund": (),
    "Subscription": ("past_due_ends_at", "payment_id"),
    "Dispute": ("brand_id", "customer", "payment_provider", "reason"),
}
WITH_ID = [name for name in TOLD["operations"] if "{" in name]
LISTS = [name for name, told in TOLD["operations"].items() if "page_size" in told["query"]]


@pytest.fixture
async def ids(http, api):
    """One of everything, by the name of the path's parameter; `{id}` by the first word of the path."""
    bought = (
        await http.post("/_sandbox/purchases", json={"customer_id": "cus_nadia", "product_id": "pdt_basic"})
    ).json()
    sold = (await http.post("/_sandbox/purchases", json={"customer_id": "cus_rex", "product_id": "pdt_course"})).json()
    demand = {
        "product_cart": [{"product_id": "pdt_basic", "quantity": 1}],
        "confirm": True,
        "customer": {"customer_id": "cus_nadia"},
        "payment_method_id": "pm_nadia_visa",
        "billing_address": {"country": "US"},
        "subscription_data": {"on_demand": {"mandate_only": True}},
    }
    session = (await api.post("/checkouts", json=demand)).json()
    on_demand = (await api.get(f"/payments/{session['payment_id']}")).json()["subscription_id"]
    dispute = (
        await http.post("/_sandbox/disputes", json={"payment_id": sold["payment_id"], "status": "opened"})
    ).json()
    part = {"payment_id": bought["payment_id"]}
    refund = (await api.post("/refunds", json=part)).json()
    await api.post(
        f"/subscriptions/{bought['subscription_id']}/change-plan", json={**PLAN, "effective_at": "next_billing_date"}
    )
    return {
        "payment_id": sold["payment_id"], "customer_id": "cus_nadia", "payment_method_id": "pm_nadia_gone",
        "code": "THANKS10", "refund_id": refund["refund_id"], "dispute_id": dispute["dispute_id"],
        "subscription_id": bought["subscription_id"], "checkouts": session["session_id"], "products": "pdt_course",
        "addons": "adn_seat", "product-collections": "pdc_plans", "on_demand": on_demand,
    }  # fmt: skip


def path_of(name, ids):
    """The path of an operation with its parameters filled in."""
    path = name.split(" ")[1]
    own = ids[path.split("/")[1]] if "{id}" in path else None
    if name.endswith("/charge"):
        ids = {**ids, "subscription_id": ids["on_demand"]}
    return re.sub(r"\{(\w+)\}", lambda found: own if found[1] == "id" else ids[found[1]], path)


def wanted(name, ids):
    """A body that works."""
    body = BODIES.get(name, (None,))[0]
    if body and body.get("payment_id"):
        return {"payment_id": ids["payment_id"]}
    if name.endswith(("change-plan", "change-plan/preview")):
        return {**body, "cancel_scheduled_change_plan": True}
    return body


async def ask(client, name, path, body=None):
    method = name.split(" ")[0]
    return await client.request(method, path, **({"json": body} if body is not None else {}))


def test_the_description_is_sound_and_every_route_of_the_sandbox_stands_in_it(description):
    for schema in TOLD["schemas"].values():
        Draft202012Validator.check_schema(schema)
    routes = {
        (method, path)
        for route in ROUTES
        for path in route.paths
        for method in route.http_methods - {"OPTIONS", "HEAD"}
        if path != "/" and not path.startswith(OURS)
    }
    plain = {(method, re.sub(r"\{\w+:str\}", "x", path)) for method, path in routes}
    described = {
        (name.split(" ")[0], re.sub(r"\{\w+\}", "x", name.split(" ")[1]))
        for name in {*TOLD["operations"], *UNDESCRIBED}
    }
    assert plain == described


@pytest.mark.parametrize("name", TOLD["operations"])
async def test_every_operation_answers_as_described(api, witness, ids, name):
    answer = await ask(api, name, path_of(name, ids), wanted(name, ids))
    assert answer.status_code in (200, 204), answer.text
    assert witness.seen[-1] == (name, answer.status_code)


@pytest.mark.parametrize("name", WITH_ID)
async def test_every_operation_on_something_unknown_is_not_found(api, ids, name):
    unknown = {key: f"{value[:3]}_nobody" for key, value in ids.items()}
    answer = await ask(api, name, path_of(name, unknown), BODIES.get(name, (None,))[0])
    # Dodo's description says 422 for this one
    expected = 422 if name.endswith("change-plan/scheduled") else 404
    assert (answer.status_code, answer.json()["code"]) == (expected, "NOT_FOUND")


@pytest.mark.parametrize("name", [name for name, (_, wrong, _) in BODIES.items() if wrong is not None])
async def test_a_mistake_in_the_body_is_named(api, ids, name):
    _, wrong, field = BODIES[name]
    answer = await ask(api, name, path_of(name, ids), wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID_REQUEST_BODY")
    assert field in answer.json()["message"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'"text"', b"[" * 100_000])
@pytest.mark.parametrize("name", [name for name, (works, _, _) in BODIES.items() if works is not None])
async def test_what_is_no_json_object_is_refused_in_dodos_shape(api, ids, name, body):
    if body == b"" and name.startswith("PATCH"):
        return  # nothing to change is not a mistake
    answer = await api.request(name.split(" ")[0], path_of(name, ids), content=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID_REQUEST_BODY")


@pytest.mark.parametrize("name", TOLD["operations"])
async def test_without_the_key_nothing_is_told(http, ids, name):
    for headers in ({}, {"authorization": "Bearer wrong"}, {"authorization": "sandbox"}):
        answer = await http.request(name.split(" ")[0], path_of(name, ids), headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHORIZED")


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    "query", ["page_size=101", "page_size=x", "page_number=-1", "page_number=1.5", "page_size=9999999999"]
)
async def test_a_page_that_cannot_be_is_refused(api, name, query):
    answer = await api.get(f"{name.split(' ')[1]}?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID_REQUEST_PARAMETERS")
    assert query.split("=", maxsplit=1)[0] in answer.json()["message"]


@pytest.mark.parametrize("name", LISTS)
async def test_a_page_beyond_the_end_is_empty(api, ids, name):
    answer = await api.get(f"{name.split(' ')[1]}?page_number=1000&page_size=100")
    assert answer.json() == {"items": []}


@pytest.mark.parametrize("path", ["/nothing", "/payments/pay_1/nothing", "/checkouts/a/b/c"])
async def test_unknown_paths_and_methods_are_refused_in_dodos_shape(api, path):
    for method in ("GET", "PUT"):
        answer = await api.request(method, path)
        assert answer.status_code in (404, 405)
        assert set(answer.json()) == {"code", "message"}


async def test_every_webhook_carries_what_is_described(http, api, inbox, description, ids):
    sub = ids["subscription_id"]
    for body in ({"cancel_at_next_billing_date": True}, {"cancel_at_next_billing_date": False}, {"status": "paused"}):
        await api.patch(f"/subscriptions/{sub}", json=body)
    await api.patch(f"/subscriptions/{sub}", json={"status": "active"})
    await http.post("/_sandbox/clock", json={"advance_days": 40})
    method = {"type": "existing", "payment_method_id": "pm_nadia_visa"}
    await api.post(f"/subscriptions/{sub}/update-payment-method", json=method)
    await api.patch(f"/subscriptions/{sub}", json={"status": "cancelled"})
    await http.post("/_sandbox/webhooks/flush")
    heard = set()
    for _, body in inbox.letters:
        event = json.loads(body)
        heard.add(event["type"])
        for name in ON_THE_WIRE[event["data"].pop("payload_type")]:
            del event["data"][name]
        # pause and resume are newer than the description; they carry the same as any update
        told = TOLD["events"].get(event["type"], TOLD["events"]["subscription.updated"])
        if event["type"] not in TOLD["events"]:
            assert event["type"] in ("subscription.paused", "subscription.unpaused")
            event["type"] = "subscription.updated"
        assert description.wrong(event, told) == []
    assert heard >= {
        "payment.succeeded", "subscription.active", "subscription.renewed", "subscription.updated",
        "subscription.plan_changed", "subscription.cancelled", "subscription.update_payment_method",
        "subscription.paused", "subscription.unpaused", "refund.succeeded", "dispute.opened",
    }  # fmt: skip


@pytest.mark.parametrize(("schema", "added", "model", "why"), NEWER)
def test_every_amendment_is_in_the_sdk_and_missing_in_the_description(schema, added, model, why):
    assert why
    told, shown = TOLD["schemas"][schema], fields_of(model)
    for name, value in added.items():
        if name == "enum":
            assert not set(value) & set(told["enum"])
            assert set(value) <= allowed_in(model)
        else:
            assert name not in told["properties"]
            assert name in shown


def load(model):
    """`Payment` or `price.OneTimePrice` of `dodopayments.types`."""
    module, _, name = f"dodopayments.types.{model}".rpartition(".")
    return getattr(importlib.import_module(module), name)


def fields_of(model):
    found = load(model)
    return set(getattr(found, "model_fields", None) or getattr(found, "__annotations__", {}))


def allowed_in(model):
    """Every literal that the model, or one of its fields, may be."""

    def literals(hint):
        inner = get_args(hint)
        return {hint} if isinstance(hint, str) else set().union(*map(literals, inner)) if inner else set()

    found = load(model)
    if get_args(found):
        return literals(found)
    return set().union(*map(literals, get_type_hints(found).values()))
