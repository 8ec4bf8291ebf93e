"""What was paid for once is not begun again: neither written down nor sent, whichever way to pay it is."""

import pytest

from widget.core.answer import Taken
from widget.core.charge import Charge, Fate, Shut, settle
from widget.core.consent import Consent
from widget.core.money import Money
from widget.storage import charges
from widget.storage.database import rows

PRICE = Money(1900, "USD")


@pytest.fixture(autouse=True)
async def open_offer(database):
    await rows(
        "INSERT INTO presentation (id, occasion_id, step, offer_name, offer_version, customer_id, product_id, "
        "quantity, state, one_click, card, methods, verdict, quote_id, prepared_at, closes_at) VALUES "
        "('pre_1', 'occ_1', 0, 'o', 1, 'cus_nora', 'pdt_workbook', 1, 'open', 0, '', '', '', 'quo_1', 1, 1) RETURNING id"
    )


async def _intended(reason):
    intent = Charge(
        id=f"chg_{reason}", reason=f"{reason}:pre_1", presentation_id="pre_1", quote_id="quo_1", customer_id="cus_nora",
        product_id="pdt_workbook", quantity=1, method_id="", quoted=PRICE, fate=Fate.INTENDED, pressed_at=1_000,
    )  # fmt: skip
    return await charges.intend(intent, Consent("pre_1", "quo_1", "[Pay]", PRICE, "", "en", "t", 1_000))


async def _paid(reason):
    written = await _intended(reason)
    claimed = await charges.claim(written.id, at=1_001, version=written.version)
    after = settle(claimed, Taken("pay_1", PRICE), at=1_002).charge
    assert await charges.save(claimed, after, event="taken", detail="", at=1_002, alarms=())


@pytest.mark.parametrize("second", ["hosted:2", "one_click"])
async def test_a_press_on_what_is_paid_is_not_written_down(second):
    await _paid("hosted:1")
    assert isinstance(await _intended(second), Shut)
    assert await charges.find(f"chg_{second}") is None


@pytest.mark.parametrize("second", ["hosted:2", "one_click"])
async def test_what_was_written_down_before_the_payment_was_known_is_not_sent(second):
    written = await _intended(second)
    await _paid("hosted:1")
    assert await charges.claim(written.id, at=1_003, version=written.version) is None
