"""Forgotten in time, and on request; sums stay."""

from datetime import UTC, datetime

import msgspec
import pytest

from widget.core.charge import Charge, Fate
from widget.core.condition import Bounds, Condition, Entry
from widget.core.condition_facts import Facts
from widget.core.consent import Consent
from widget.core.considered import Considered
from widget.core.money import Money
from widget.core.offer import Offer, PurchaseFacts, Texts, rule_checks
from widget.storage import charges, events, jobs, occasions, retention
from widget.storage.database import rows

DAY = 24 * 60 * 60 * 1000
AT = datetime(2026, 11, 20, tzinfo=UTC)
ASKS = Offer(
    "o",
    "p",
    Texts("A"),
    when=Condition(all=(Condition(customer_metadata=Entry("name", exists=True)), Condition(items=Bounds(1)))),
)
KNOWN = Facts(customer_metadata={"name": "nadia"}, items=2)
FACTS = PurchaseFacts((), Money(100, "USD"), "US", AT, facts=KNOWN)
WORDS = "The workbook | Visa ···· 4242 | [Pay $19.00 now]"


async def nadias_charge():
    await rows(
        "INSERT INTO presentation (id, occasion_id, step, offer_name, offer_version, customer_id, product_id, "
        "quantity, state, one_click, card, methods, verdict, quote_id, prepared_at, closes_at) VALUES "
        "('pre_1', 'occ_1', 0, 'o', 1, 'cus_nadia', 'pdt_workbook', 1, 'open', 1, '', '[1]', '', 'quo_1', 1, 1) "
        "RETURNING id"
    )
    await rows(
        "INSERT INTO quote (id, presentation_id, product_id, quantity, method_id, amount, subtotal, discount, tax, "
        "currency, country, made_at, expires_at) VALUES "
        "('quo_1', 'pre_1', 'pdt_workbook', 1, 'pm_1', 1900, 1900, 0, 0, 'USD', 'US', 1, 1) RETURNING id"
    )
    await rows(
        "INSERT INTO occasion (id, placement, payment_id, customer_id, state, products, billing, asked_at, expires_at, "
        "reasons, data) VALUES ('occ_1', 'post_purchase', 'pay_1', 'cus_nadia', 'ready', '[]', {}, 1, 1, {}, {}) "
        "RETURNING id",
        "{}",
        msgspec.json.encode([Considered("o", rule_checks(ASKS, FACTS, FACTS.at), True)]).decode(),
        '{"who": "nadia"}',
    )
    intent = Charge(
        id="chg_1", reason="one_click:pre_1", presentation_id="pre_1", quote_id="quo_1", customer_id="cus_nadia",
        product_id="pdt_workbook", quantity=1, method_id="pm_1", quoted=Money(1900, "USD"), fate=Fate.INTENDED, pressed_at=1,
    )  # fmt: skip
    await charges.intend(intent, Consent("pre_1", "quo_1", WORDS, Money(1900, "USD"), "Visa ···· 4242", "en", "t", 1))


@pytest.mark.case("F-115")
async def test_an_erased_customer_is_named_nowhere_and_the_charge_stays(database):
    await nadias_charge()
    await events.keep("msg_1", kind="x", business_id="", body='{"customer_id":"cus_nadia"}', occurred_at=1, at=1)
    assert await retention.erase_customer("cus_nadia", 5) > 0
    for table in ("purchase", "occasion", "presentation", "charge", "decline", "customer", "kept_event", "consent"):
        assert "nadia" not in str(await rows(f"SELECT * FROM {table}")), table
    ((kept,),) = [one.considered for one in await occasions.reasons("occ_1")]
    assert [part.held for part in kept.checks[1].conditions.parts] == [True, True]  # type: ignore[union-attr]  # a tree
    charge = await charges.find("chg_1")
    assert charge.quoted == Money(1900, "USD")
    for trace in ("4242", "pm_1"):
        for table in ("occasion", "presentation", "quote", "charge", "consent"):
            assert trace not in str(await rows(f"SELECT * FROM {table}")), (trace, table)
    assert "Pay $19.00 now" in (await rows("SELECT text FROM consent"))[0]["text"]


async def test_a_customer_who_came_back_can_be_erased_again(database):
    for at in (1, 3):
        await rows("INSERT INTO customer (id, met_at) VALUES ('cus_nadia', {}) RETURNING id", at)
        assert await retention.erase_customer("cus_nadia", at + 1) == 1
    (kept,) = await rows("SELECT id, met_at, erased_at FROM customer")
    assert kept["id"].startswith("erased_")
    assert (kept["met_at"], kept["erased_at"]) == (1, 4)


async def test_erasing_another_customer_touches_nobody(database):
    await nadias_charge()
    assert await retention.erase_customer("cus_rex", 5) == 0
    assert (await charges.find("chg_1")).customer_id == "cus_nadia"


async def test_bodies_addresses_and_old_jobs_go_in_time_and_not_before(database):
    await nadias_charge()
    await events.keep("msg_1", kind="x", business_id="", body="{}", occurred_at=1, at=10 * DAY)
    (leased,) = await jobs.claim("me", 10 * DAY, 1, 1)
    await jobs.finish(leased.id, "me", 10 * DAY)
    await retention.sweep(16 * DAY)
    assert (await rows("SELECT billing FROM occasion"))[0]["billing"] is None
    assert (await events.find("msg_1")).body == "{}"
    assert len(await rows("SELECT id FROM job")) == 1
    await retention.sweep(41 * DAY)
    assert (await events.find("msg_1")).body is None
    assert await rows("SELECT id FROM job") == []
    assert await retention.sweep(41 * DAY) == 0
