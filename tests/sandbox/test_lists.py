"""Reads and lists: shapes the SDK accepts strictly, pages from 0, filters, and nothing of anyone else."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from dodopayments import AsyncDodoPayments, NotFoundError, UnprocessableEntityError
from httpx import AsyncClient

from widget.sandbox.world import World

KEY = {"Authorization": "Bearer sandbox"}


async def buy(http: AsyncClient, who: str = "nadia", what: str = "pdt_course", **more: object) -> dict[str, object]:
    answer = await http.post("/_sandbox/purchases", json={"customer_id": f"cus_{who}", "product_id": what, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_pages_are_counted_from_zero_newest_first_without_totals(
    dodo: AsyncDodoPayments, http: AsyncClient
) -> None:
    made = [(await buy(http))["payment_id"] for _ in range(5)]
    pages = [
        (await http.get("/payments", params={"page_number": n, "page_size": 2}, headers=KEY)).json() for n in range(4)
    ]
    assert [set(shown) for shown in pages] == [{"items"}] * 4
    assert [[p["payment_id"] for p in shown["items"]] for shown in pages] == [
        made[:2:-1], made[2:0:-1], made[:1], []
    ]  # fmt: skip


@pytest.mark.parametrize("query", [{"page_size": "101"}, {"page_number": "-1"}, {"status": "paid"}, {"currency": "X"},
                                   {"created_at_gte": "yesterday"}])  # fmt: skip
async def test_a_wrong_filter_is_422_and_named(http: AsyncClient, query: dict[str, str]) -> None:
    answer = await http.get("/payments", params=query, headers=KEY)
    assert answer.status_code == 422
    assert answer.json()["code"] == "INVALID_REQUEST_PARAMETERS"
    assert next(iter(query)) in answer.json()["message"]


async def test_payments_are_filtered_by_customer_status_product_and_time(
    dodo: AsyncDodoPayments, http: AsyncClient
) -> None:
    hers = await buy(http, "nadia", "pdt_course")
    await buy(http, "rex", "pdt_course")
    failed = await buy(http, "nadia", "pdt_brushes", outcome="failed")
    made_at = datetime.fromisoformat(str(failed["created_at"]))

    async def found(**asked: object) -> list[str]:
        return [p.payment_id for p in (await dodo.payments.list(**asked)).items]  # type: ignore[arg-type]

    assert await found(customer_id="cus_nadia") == [failed["payment_id"], hers["payment_id"]]
    assert await found(customer_id="cus_nadia", status="succeeded") == [hers["payment_id"]]
    assert await found(product_id="pdt_brushes") == [failed["payment_id"]]
    assert await found(created_at_gte=made_at) == [failed["payment_id"]]
    assert await found(created_at_gte=made_at + timedelta(hours=1)) == []
    assert await found(currency="EUR") == []


async def test_a_list_lags_when_the_switch_says_so(dodo: AsyncDodoPayments, http: AsyncClient) -> None:
    await http.post("/_sandbox/settings", json={"list_lag_s": 60})
    payment = await buy(http)
    assert (await dodo.payments.list()).items == []
    assert (await dodo.payments.retrieve(str(payment["payment_id"]))).status == "succeeded"
    await http.post("/_sandbox/clock", json={"advance_seconds": 61})
    assert len((await dodo.payments.list()).items) == 1


async def test_list_items_have_the_fields_of_lists_only(http: AsyncClient) -> None:
    await buy(http)
    item = (await http.get("/payments", headers=KEY)).json()["items"][0]
    absent = {"billing", "product_cart", "payment_method_id", "error_code", "tax", "refunds", "settlement_amount"}
    assert not absent & set(item)
    product = (await http.get("/products", headers=KEY)).json()["items"][0]
    assert isinstance(product["price"], int)
    assert not {"addons", "brand_id", "product_collection_id"} & set(product)


async def test_every_product_loads_in_the_sdk(dodo: AsyncDodoPayments, world: World) -> None:
    for product_id in world.products:
        product = await dodo.products.retrieve(product_id)
        assert product.price.currency == world.products[product_id].currency
    listed = (await dodo.products.list(page_size=100)).items
    assert "pdt_archived" not in [p.product_id for p in listed]
    assert [p.product_id for p in (await dodo.products.list(archived=True)).items] == ["pdt_archived"]
    assert all(p.is_recurring for p in (await dodo.products.list(recurring=True)).items)


async def test_every_customer_and_method_loads_in_the_sdk(dodo: AsyncDodoPayments, world: World) -> None:
    for customer_id in world.customers:
        customer = await dodo.customers.retrieve(customer_id)
        methods = await dodo.customers.retrieve_payment_methods(customer_id)
        assert customer.email.endswith("@example.com")
        assert all(m.payment_method_id.startswith(f"pm_{customer_id[4:]}") for m in methods.items)
    assert (await dodo.customers.retrieve_payment_methods("cus_nora")).items == []
    assert len((await dodo.customers.retrieve_payment_methods("cus_otto")).items) == 2


async def test_customers_are_created_found_and_changed(dodo: AsyncDodoPayments) -> None:
    made = await dodo.customers.create(email="mila@example.com", name="Mila", metadata={"tier": "gold"})
    changed = await dodo.customers.update(made.customer_id, name="Mila M.")
    assert (changed.name, changed.metadata) == ("Mila M.", {"tier": "gold"})
    found = (await dodo.customers.list(email="MILA@example.com")).items
    assert [c.customer_id for c in found] == [made.customer_id]


async def test_a_method_is_deleted_once_and_twice_but_not_by_someone_else(
    dodo: AsyncDodoPayments, world: World
) -> None:
    with pytest.raises(NotFoundError):
        await dodo.customers.delete_payment_method("pm_nadia_visa", customer_id="cus_rex")
    await dodo.customers.delete_payment_method("pm_nadia_visa", customer_id="cus_nadia")
    await dodo.customers.delete_payment_method("pm_nadia_visa", customer_id="cus_nadia")
    assert "pm_nadia_visa" not in world.methods


async def test_a_method_of_an_active_subscription_cannot_be_deleted(http: AsyncClient) -> None:
    await buy(http, "nadia", "pdt_basic")
    answer = await http.delete("/customers/cus_nadia/payment-methods/pm_nadia_visa", headers=KEY)
    assert answer.status_code == 409


async def test_discount_codes_are_found_or_refused(dodo: AsyncDodoPayments) -> None:
    assert (await dodo.discounts.retrieve_by_code("THANKS10")).amount == 1000
    assert len((await dodo.discounts.list()).items) == 4
    with pytest.raises(UnprocessableEntityError):
        await dodo.discounts.retrieve_by_code("EXPIRED")
    with pytest.raises(NotFoundError):
        await dodo.discounts.retrieve_by_code("NOPE")


async def test_a_refund_is_whole_or_in_parts_and_never_more_than_was_paid(
    dodo: AsyncDodoPayments, http: AsyncClient
) -> None:
    payment_id = str((await buy(http))["payment_id"])
    lines = await dodo.payments.retrieve_line_items(payment_id)
    assert [(line.items_id, line.refundable_amount) for line in lines.items] == [("pdt_course", 4900)]
    part = await dodo.refunds.create(payment_id=payment_id, items=[{"item_id": "pdt_course", "amount": 900}])
    assert (part.amount, part.is_partial) == (900, True)
    assert (await dodo.payments.retrieve(payment_id)).refund_status == "partial"
    rest = await dodo.refunds.create(payment_id=payment_id)
    assert rest.amount == 4000
    assert (await dodo.payments.retrieve(payment_id)).refund_status == "full"
    assert (await http.post("/refunds", json={"payment_id": payment_id}, headers=KEY)).status_code == 400
    assert (await dodo.refunds.retrieve(rest.refund_id)).status == "succeeded"
    assert len((await dodo.refunds.list(customer_id="cus_nadia")).items) == 2
    ledger = (await http.get("/_sandbox/ledger")).json()
    assert [(entry["kind"], entry["amount"]) for entry in ledger] == [
        ("payment", 4900), ("refund", 900), ("refund", 4000)
    ]  # fmt: skip


async def test_disputes_are_read_in_both_shapes(dodo: AsyncDodoPayments, http: AsyncClient) -> None:
    payment_id = str((await buy(http))["payment_id"])
    made = (await http.post("/_sandbox/disputes", json={"payment_id": payment_id})).json()
    dispute = await dodo.disputes.retrieve(made["dispute_id"])
    assert (dispute.amount, dispute.dispute_status) == ("4900", "dispute_opened")
    await http.post("/_sandbox/disputes", json={"payment_id": payment_id, "status": "lost"})
    assert [d.dispute_status for d in (await dodo.disputes.list()).items] == ["dispute_lost"]
    assert (await dodo.payments.list()).items[0].dispute_status == "dispute_lost"


async def test_unknown_things_are_404_in_dodos_shape(http: AsyncClient) -> None:
    for path in ("/payments/pay_x", "/customers/cus_x", "/products/pdt_x", "/checkouts/cks_x", "/refunds/ref_x",
                 "/disputes/dp_x", "/nowhere", "/customers/cus_x/payment-methods"):  # fmt: skip
        answer = await http.get(path, headers=KEY)
        assert answer.status_code == 404
        assert answer.json()["code"] == "NOT_FOUND"


async def test_the_retry_state_says_that_one_time_payments_are_not_retried(
    dodo: AsyncDodoPayments, http: AsyncClient
) -> None:
    payment = await buy(http, outcome="failed")
    state = await dodo.payments.retrieve_retry_state(str(payment["payment_id"]))
    assert not state.can_retry
