"""An open offer and a press on it, written down as the till does: for tests of what the books make of them."""

from widget.core.charge import Charge, Fate, Shut
from widget.core.consent import Consent
from widget.core.money import Money
from widget.storage import charges
from widget.storage.database import rows

PRICE = Money(1900, "USD")


async def offered(number: int = 1) -> None:
    """Nadia's open offer; the database must be open."""
    await rows(
        "INSERT INTO presentation (id, occasion_id, step, offer_name, offer_version, customer_id, product_id, "
        "quantity, state, one_click, card, methods, verdict, quote_id, prepared_at, closes_at) VALUES "
        "({}, {}, 0, 'o', 1, 'cus_nadia', 'pdt_workbook', 1, 'open', 1, '', '', '', 'quo_1', 1, 1) RETURNING id",
        f"pre_{number}",
        f"occ_{number}",
    )


async def pressed(reason: str, *, id_: str = "chg_1", method_id: str = "pm_1", at: int = 1_000) -> Charge | Shut:
    """A press on the first offer, for this reason: intent and consent."""
    intent = Charge(
        id=id_, reason=f"{reason}:pre_1", presentation_id="pre_1", quote_id="quo_1", customer_id="cus_nadia",
        product_id="pdt_workbook", quantity=1, method_id=method_id, quoted=PRICE, fate=Fate.INTENDED, pressed_at=at,
    )  # fmt: skip
    return await charges.intend(intent, Consent("pre_1", "quo_1", "[Pay]", PRICE, "Visa", "en", "t", at))
