"""The control surface: the contract's shapes, faults before and after the effect, and its answers to bad input."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from dodopayments import APIConnectionError, APIStatusError, APITimeoutError, AsyncDodoPayments

from widget.sandbox.world import World

CHARGE: dict[str, Any] = {
    "product_cart": [{"product_id": "pdt_workbook", "quantity": 1}],
    "customer": {"customer_id": "cus_nadia"},
    "payment_method_id": "pm_nadia_visa",
    "confirm": True,
    "billing_address": {"country": "US"},
}


async def plan(http: httpx.AsyncClient, fault: str, **more: object) -> None:
    answer = await http.post("/_sandbox/faults", json={"operation": "POST /checkouts", "fault": fault, **more})
    assert answer.status_code == 200, answer.text


async def test_the_ledger_has_exactly_the_fields_of_the_contract(http: httpx.AsyncClient) -> None:
    asked = {"customer_id": "cus_nadia", "product_ids": ["pdt_course", "pdt_brushes"], "metadata": {"order": "7"}}
    payment = (await http.post("/_sandbox/purchases", json=asked)).json()
    (entry,) = (await http.get("/_sandbox/ledger")).json()
    assert entry.pop("at").endswith("Z")
    assert entry == {
        "payment_id": payment["payment_id"],
        "customer_id": "cus_nadia",
        "product_ids": ["pdt_course", "pdt_brushes"],
        "subscription_id": None,
        "kind": "payment",
        "amount": 7800,
        "currency": "USD",
        "status": "succeeded",
        "metadata": {"order": "7"},
    }


async def test_reset_brings_the_world_back_as_it_was(http: httpx.AsyncClient, world: World) -> None:
    await http.post("/_sandbox/purchases", json={"customer_id": "cus_nadia", "product_id": "pdt_course"})
    await http.post("/_sandbox/clock", json={"advance_days": 30})
    await plan(http, "drop_before")
    await http.post("/_sandbox/reset")
    assert (await http.get("/_sandbox/ledger")).json() == []
    assert (await http.get("/_sandbox/faults")).json() == []
    assert not world.payments
    assert world.offset.total_seconds() == 0
    assert len((await http.get("/_sandbox/cast")).json()) == 11
    assert world.postbox.target == "http://mara.test/webhooks/dodo"


@pytest.mark.parametrize(("fault", "charged"), [("drop_before", 0), ("drop_after", 1)])
async def test_a_dropped_connection_is_a_protocol_error(
    dodo: AsyncDodoPayments, http: httpx.AsyncClient, world: World, fault: str, charged: int
) -> None:
    await plan(http, fault)
    with pytest.raises(APIConnectionError) as broken:
        await dodo.checkout_sessions.create(**CHARGE)
    assert isinstance(broken.value.__cause__, httpx.RemoteProtocolError)
    assert len(world.ledger) == charged


@pytest.mark.parametrize(("fault", "charged"), [("hang_before", 0), ("hang_after", 1)])
async def test_a_hanging_call_is_a_read_timeout(
    dodo: AsyncDodoPayments, http: httpx.AsyncClient, world: World, fault: str, charged: int
) -> None:
    await plan(http, fault, seconds=30)
    with pytest.raises(APITimeoutError) as silent:
        await dodo.checkout_sessions.create(**CHARGE)
    assert isinstance(silent.value.__cause__, httpx.ReadTimeout)
    assert len(world.ledger) == charged


async def test_tim_is_charged_but_his_answer_never_comes(dodo: AsyncDodoPayments, world: World) -> None:
    tims = CHARGE | {"customer": {"customer_id": "cus_tim"}, "payment_method_id": "pm_tim_visa"}
    with pytest.raises(APITimeoutError):
        await dodo.checkout_sessions.create(**tims)
    assert [entry.customer_id for entry in world.ledger] == ["cus_tim"]


@pytest.mark.parametrize(("executed", "charged"), [(False, 0), (True, 1)])
async def test_a_status_happens_before_or_after_the_effect(
    dodo: AsyncDodoPayments, http: httpx.AsyncClient, world: World, executed: bool, charged: int
) -> None:
    await plan(http, "status", status=503, executed=executed, code="UNAVAILABLE", headers={"x-should-retry": "false"})
    with pytest.raises(APIStatusError) as refused:
        await dodo.checkout_sessions.create(**CHARGE)
    assert refused.value.status_code == 503
    assert refused.value.response.headers["x-should-retry"] == "false"
    assert refused.value.body["code"] == "UNAVAILABLE"  # type: ignore[index]
    assert len(world.ledger) == charged


async def test_the_sdks_own_retries_charge_again(
    dodo: AsyncDodoPayments, http: httpx.AsyncClient, world: World
) -> None:
    await plan(http, "drop_after", times=2)
    await dodo.with_options(max_retries=2).checkout_sessions.create(**CHARGE)
    assert len(world.ledger) == 3
    assert [r.headers["x-stainless-retry-count"] for r in world.requests] == ["0", "1", "2"]


@pytest.mark.parametrize("kind", ["html", "null", "empty", "list", "broken_json", "wrong_types"])
async def test_garbage_comes_with_200_after_the_effect(http: httpx.AsyncClient, world: World, kind: str) -> None:
    await plan(http, "garbage", kind=kind)
    answer = await http.post("/checkouts", json=CHARGE, headers={"Authorization": "Bearer sandbox"})
    assert answer.status_code == 200
    assert "cks_MPL" not in answer.text
    assert len(world.ledger) == 1


async def test_slow_is_slow_and_then_right(dodo: AsyncDodoPayments, http: httpx.AsyncClient) -> None:
    await plan(http, "slow", seconds=0.01)
    assert (await dodo.checkout_sessions.create(**CHARGE)).payment_id


async def test_a_fault_strikes_its_operation_and_path_only_as_often_as_planned(
    dodo: AsyncDodoPayments, http: httpx.AsyncClient
) -> None:
    asked = {"operation": "GET /products/{id}", "fault": "status", "path_contains": "pdt_pro", "times": 2}
    await http.post("/_sandbox/faults", json=asked)
    assert (await dodo.products.retrieve("pdt_course")).name == "Watercolour course"
    for _ in range(2):
        with pytest.raises(APIStatusError):
            await dodo.products.retrieve("pdt_pro")
    assert (await dodo.products.retrieve("pdt_pro")).name == "Pro"


async def test_planned_faults_can_be_taken_back(dodo: AsyncDodoPayments, http: httpx.AsyncClient) -> None:
    await http.post("/_sandbox/faults", json={"operation": "*", "fault": "drop_before", "times": 9})
    await http.post("/_sandbox/faults", json={"clear": True})
    assert await dodo.products.list()


async def test_requests_are_logged_without_keys_and_without_control_calls(
    dodo: AsyncDodoPayments, http: httpx.AsyncClient
) -> None:
    await dodo.checkout_sessions.create(**CHARGE)
    await dodo.payments.list(customer_id="cus_nadia")
    log = await http.get("/_sandbox/requests")
    assert [(r["method"], r["path"], r["query"], r["status"]) for r in log.json()] == [
        ("POST", "/checkouts", "", 200), ("GET", "/payments", "customer_id=cus_nadia", 200)
    ]  # fmt: skip
    assert log.json()[0]["body"] == CHARGE
    assert "Bearer" not in log.text


async def test_a_purchase_without_a_saved_method_saves_none(http: httpx.AsyncClient, world: World) -> None:
    asked = {"customer_id": "cus_nora", "product_id": "pdt_course"}
    payment = (await http.post("/_sandbox/purchases", json=asked)).json()
    assert (payment["status"], payment["payment_method_id"]) == ("succeeded", None)
    assert not any(method.customer_id == "cus_nora" for method in world.methods.values())


async def test_a_purchase_can_be_pending_and_settled_by_hand_once(http: httpx.AsyncClient) -> None:
    asked = {"customer_id": "cus_nadia", "product_id": "pdt_course", "outcome": "processing"}
    payment_id = (await http.post("/_sandbox/purchases", json=asked)).json()["payment_id"]
    end = {"payment_id": payment_id, "status": "failed", "error_code": "FRAUDULENT"}
    assert (await http.post("/_sandbox/settle", json=end)).json()["error_code"] == "FRAUDULENT"
    assert (await http.post("/_sandbox/settle", json=end)).status_code == 409


@pytest.mark.parametrize(
    ("path", "body", "named"),
    [
        ("faults", {"operation": "POST", "fault": "slow"}, "operation"),
        ("faults", {"operation": "POST /checkouts", "fault": "explode"}, "fault"),
        ("faults", {"operation": "POST /checkouts", "fault": "slow", "seconds": -1}, "seconds"),
        ("faults", {"operation": "POST /checkouts", "fault": "slow", "times": 0}, "times"),
        ("faults", {"operation": "POST /checkouts", "fault": "status", "status": 99}, "status"),
        ("faults", {"operation": "POST /checkouts", "fault": "garbage", "kind": "x"}, "kind"),
        ("faults", {"operation": "*", "fault": "slow", "headers": {"a": "b\r\nc: d"}}, "headers"),
        ("faults", {"operaton": "POST /checkouts"}, "operaton"),
        ("webhooks", {"copies": 0}, "copies"),
        ("webhooks", {"delay": "soon"}, "delay"),
        ("webhooks", {"target": "not a url"}, "target"),
        ("webhooks", {"secret": "whsec_!!"}, "secret"),
        ("clock", {"advance_days": -1}, "advance_days"),
        ("clock", {"advance_hours": 1}, "advance_hours"),
        ("purchases", {"product_id": "pdt_course"}, "customer_id"),
        ("purchases", {"customer_id": "cus_nadia"}, "product_id"),
        ("purchases", {"customer_id": "cus_x", "product_id": "pdt_course"}, "cus_x"),
        ("purchases", {"customer_id": "cus_nadia", "product_id": "pdt_x"}, "pdt_x"),
        ("purchases", {"customer_id": "cus_nadia", "product_id": "pdt_course", "quantity": 0}, "quantity"),
        ("purchases", {"customer_id": "cus_nadia", "product_id": "pdt_course", "outcome": "x"}, "outcome"),
        ("purchases", {"customer_id": "cus_nadia", "product_id": "pdt_course", "country": "XX"}, "country"),
        ("purchases", {"customer_id": "cus_nadia", "product_id": "pdt_course", "currency": "EUR"}, "currency"),
        ("purchases", {"customer_id": "cus_nadia", "product_id": "pdt_course",
                       "payment_method_id": "pm_rex_mastercard"}, "payment_method_id"),
        ("settings", {"final_aftr": 1}, "final_aftr"),
        ("settings", {"final_after": "x"}, "final_after"),
        ("settings", {"final_after": -1}, "final_after"),
        ("settle", {"payment_id": "pay_x", "status": "succeeded"}, "pay_x"),
        ("settle", {"payment_id": "pay_x", "status": "paid"}, "status"),
        ("refunds", {"payment_id": "pay_x", "amount": 0}, "amount"),
        ("disputes", {"payment_id": "pay_x", "status": "x"}, "status"),
    ],
)  # fmt: skip
async def test_bad_input_is_a_4xx_that_names_the_field(
    http: httpx.AsyncClient, world: World, path: str, body: dict[str, Any], named: str
) -> None:
    answer = await http.post(f"/_sandbox/{path}", json=body)
    assert 400 <= answer.status_code < 500
    assert named in answer.json()["message"]
    assert not world.faults
    assert not world.payments


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"null", b'"x"'])
async def test_a_body_that_is_no_object_is_a_4xx(http: httpx.AsyncClient, content: bytes) -> None:
    for path in ("/_sandbox/faults", "/_sandbox/purchases", "/_sandbox/settle"):
        assert (await http.post(path, content=content)).status_code in (400, 422)


async def test_a_huge_body_is_413(http: httpx.AsyncClient) -> None:
    key = {"Authorization": "Bearer sandbox"}
    assert (await http.post("/checkouts", content=b" " * 1_100_000, headers=key)).status_code == 413
