"""The invariants the database is asked about: silent while all is well, and each says its name when it is broken."""

import pytest

from tests.storage.pressed import PRICE
from tests.storage.test_history import charge  # noqa: F401 - a fixture
from widget.core.charge import Charge, Fate
from widget.core.invariants import INVARIANTS
from widget.storage import charges, invariants, jobs, reckoning
from widget.storage.attention import unresolved
from widget.storage.database import rows

NOW = 3_600_000

BREACHES = {
    "paid_once": (
        "UPDATE charge SET fate = 'taken', payment_id = 'pay_1', paid_amount = 1900, paid_currency = 'USD' RETURNING id",
        "INSERT INTO charge_history SELECT 'x' || id, charge_id, seq + 9, at, event, 'taken', detail, previous, digest "
        "FROM charge_history WHERE seq = 1 RETURNING id",
        "INSERT INTO charge (id, reason, payment_id, presentation_id, quote_id, customer_id, product_id, quantity, "
        "method_id, amount, currency, fate, by_customer, pressed_at, absent_reads, version, paid_amount, paid_currency) "
        "SELECT 'chg_2', 'one_click:again', 'pay_2', presentation_id, quote_id, customer_id, product_id, quantity, "
        "method_id, amount, currency, fate, by_customer, pressed_at, absent_reads, version, paid_amount, paid_currency "
        "FROM charge RETURNING id",
        "INSERT INTO consent (id, charge_id, presentation_id, quote_id, text, amount, currency, method, locale, ticket, "
        "pressed_at, digest) SELECT 'chg_2:1', 'chg_2', presentation_id, quote_id, text, amount, currency, method, "
        "locale, ticket, pressed_at, digest FROM consent RETURNING id",
    ),
    "consent_for_every_attempt": ("DELETE FROM consent RETURNING id",),
    "never_above_what_was_shown": (
        "UPDATE charge SET fate = 'taken', paid_amount = 1901, paid_currency = 'USD' RETURNING id",
        "INSERT INTO charge_history SELECT 'x' || id, charge_id, seq + 9, at, event, 'taken', detail, previous, digest "
        "FROM charge_history WHERE seq = 1 RETURNING id",
    ),
    "own_customer_own_method": ("UPDATE charge SET customer_id = 'cus_omar' RETURNING id",),
    "sent_soon_after_the_press": ("UPDATE charge SET sent_at = pressed_at + 60001 RETURNING id",),
    "taken_stays_taken": (
        "INSERT INTO charge_history SELECT 'x' || id, charge_id, 1 - seq, at, event, 'taken', detail, previous, digest "
        "FROM charge_history WHERE seq = 1 RETURNING id",
    ),
    "books_agree_with_history": ("UPDATE charge SET fate = 'refused' RETURNING id",),
    "a_no_stays_a_no": (
        "INSERT INTO decline (id, customer_id, offer_name, at, quiet_until) VALUES ('pre_1', 'cus_nadia', 'o', 1, 9) "
        "RETURNING id",
    ),
    "never_undecided_for_ever": ("UPDATE job SET done_at = 1 RETURNING id",),
    "events_applied_once": (
        "INSERT INTO kept_event (id, kind, business_id, body, digest, state, tries, occurred_at, received_at) VALUES "
        "('msg_1', 'payment.succeeded', 'bus_mara', '{{}}', '', 'kept', 0, 1, 1) RETURNING id",
    ),
}


def test_every_question_is_an_invariant_and_is_broken_here():
    assert set(invariants.ASKED) <= set(INVARIANTS)
    assert set(invariants.ASKED) == set(BREACHES)


async def test_a_charge_that_restored_books_had_forgotten_is_watched_never_sent_and_not_missed_its_consent(database):
    found = Charge(
        id="chg_1", reason="orphan:pay_1", presentation_id="", quote_id="", customer_id="cus_nadia", quantity=1,
        product_id="pdt_workbook", method_id="pm_1", quoted=PRICE, fate=Fate.UNKNOWN, pressed_at=NOW,
    )  # fmt: skip
    assert await reckoning.adopt(found, "pay_1", detail="payment pay_1 was not in our books", at=NOW)
    assert (await charges.find("chg_1")).fate is Fate.UNKNOWN
    assert await charges.claim("chg_1", at=NOW, version=0) is None
    assert await invariants.broken(now=NOW, since=0) == []


async def test_a_charge_on_its_way_breaks_none(charge):  # noqa: F811
    assert charge.fate is Fate.SENDING
    assert await invariants.broken(now=NOW, since=0) == []
    assert await invariants.altered(since=0) == []


@pytest.mark.parametrize("name", list(BREACHES))
async def test_a_breach_is_raised_once_by_its_name(charge, name):  # noqa: F811
    for statement in BREACHES[name]:
        await rows(statement)
    found = await invariants.broken(now=NOW, since=0)
    assert {one.name for one in found} == {name}
    for _ in range(2):
        assert await invariants.watch_over(now=NOW) == NOW + 60_000
    raised = [(line["name"], line["subject"]) for line in await unresolved()]
    assert raised == [(invariants.ALARM, f"{name}:{one.subject}") for one in found]


@pytest.mark.parametrize(
    ("minutes", "name"), [(48 * 60 + 121, "never_undecided_for_ever"), (48 * 60 - 1, None), (30, None)]
)
async def test_an_unknown_charge_may_rest_until_its_horizon_and_no_longer(charge, minutes, name):  # noqa: F811
    await jobs.wake(f"watch:{charge.id}", "watch", 1)
    await rows("UPDATE charge SET sent_at = {}, pressed_at = {} RETURNING id", NOW, NOW)
    found = await invariants.broken(now=NOW + minutes * 60_000, since=0)
    assert {one.name for one in found} == ({name} if name else set())


@pytest.mark.parametrize("column", ["text", "amount", "locale", "pressed_at", "digest"])
async def test_a_consent_that_was_changed_does_not_have_its_hash_any_more(charge, column):  # noqa: F811
    await rows(
        f"UPDATE consent SET {column} = {{}} RETURNING id", 77 if column in {"amount", "pressed_at"} else "other"
    )
    assert invariants.Broken("consent_for_every_attempt", charge.id) in await invariants.altered(since=0)


async def test_a_history_that_was_added_to_by_hand_is_seen(charge, database):  # noqa: F811
    await rows(
        "INSERT INTO charge_history SELECT 'forged', charge_id, 3, at, event, fate, detail, previous, digest "
        "FROM charge_history WHERE seq = 2 RETURNING id"
    )
    assert await invariants.altered(since=0) == [invariants.Broken("books_agree_with_history", charge.id)]
