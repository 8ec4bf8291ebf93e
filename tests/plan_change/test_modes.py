"""Every way of proration, in every situation: what the panel shows is what the ledger says, to the minor unit."""

import re
import time

import pytest

from tests.plans import at_dodo, open_panel, subscribe
from widget.core.offers_file import read
from widget.storage import offers

MODES = (
    "prorated_immediately",
    "full_immediately",
    "difference_immediately",
    "do_not_bill",
    "prorated_immediately_keep_cycle",
)
FAMILIES = """
[[plan_family]]
name = "studio"
seats = {{ min = 1, max = 20 }}
codes = true
proration_on_upgrade = "{mode}"
proration_on_downgrade = "{mode}"
effective_on_upgrade = "immediately"
effective_on_downgrade = "immediately"
[[plan_family.plan]]
product = "pdt_lite"
[[plan_family.plan]]
product = "pdt_basic"
[[plan_family.plan]]
product = "pdt_pro"
yearly = "pdt_pro_year"
[[plan_family.addon]]
addon = "adn_seat"

[[plan_family]]
name = "japan"
proration_on_upgrade = "{mode}"
proration_on_downgrade = "{mode}"
effective_on_upgrade = "immediately"
effective_on_downgrade = "immediately"
[[plan_family.plan]]
product = "pdt_kyoto"
[[plan_family.plan]]
product = "pdt_osaka"
"""
# name → (who, from, what they have, days later, what they ask for)
SITUATIONS = {
    "upgrade on the first day": ("nadia", "pdt_basic", {}, 0, {"product": "pdt_pro"}),
    "upgrade in the middle": ("nadia", "pdt_basic", {}, 15, {"product": "pdt_pro"}),
    "upgrade on the last day": ("nadia", "pdt_basic", {}, 29, {"product": "pdt_pro"}),
    "upgrade with tax on top": ("otto", "pdt_basic", {}, 11, {"product": "pdt_pro"}),
    "downgrade on the first day": ("nadia", "pdt_pro", {}, 0, {"product": "pdt_lite"}),
    "downgrade in the middle": ("nadia", "pdt_pro", {}, 15, {"product": "pdt_lite"}),
    "downgrade with tax on top": ("otto", "pdt_pro", {}, 7, {"product": "pdt_basic"}),
    "more seats": ("nadia", "pdt_basic", {}, 10, {"quantity": "4"}),
    "fewer seats": ("nadia", "pdt_basic", {"quantity": 4}, 10, {"quantity": "2"}),
    "an add-on more": ("nadia", "pdt_basic", {}, 20, {"addon:adn_seat": "3"}),
    "upgrade with add-ons kept": ("otto", "pdt_basic", {"addons": 2}, 15, {"product": "pdt_pro"}),
    "add-ons dropped": ("nadia", "pdt_basic", {"addons": 2}, 15, {"addon:adn_seat": "0"}),
    "upgrade with a code": ("nadia", "pdt_basic", {}, 15, {"product": "pdt_pro", "code": "THANKS10"}),
    "from the month to the year": ("nadia", "pdt_pro", {}, 12, {"product": "pdt_pro_year"}),
    "upgrade in a currency without decimals": ("nadia", "pdt_kyoto", {}, 13, {"product": "pdt_osaka"}),
    "downgrade in a currency without decimals": ("nadia", "pdt_osaka", {}, 13, {"product": "pdt_kyoto"}),
}
DODO = {"authorization": "Bearer sandbox"}


def shown(label: str) -> int:
    """The minor units a button names: `$12.34` or `¥1,234`."""
    found = re.search(r"(?P<sign>[$¥])(?P<amount>[\d,]+(?:\.\d\d)?)", label)
    assert found, label
    return int(re.sub(r"[,.]", "", found["amount"]))


async def lines_of(panel) -> tuple[list[int], int]:
    """The amounts of the rows as they are printed, and that of the last: the sum."""
    amounts = [
        (-1 if sign else 1) * int(re.sub(r"[,.]", "", amount))
        for sign, amount in re.findall(r'class="[^"]*\bamount\b[^"]*"[^>]*>(?:<bdi>)?([-−])?[$¥]([\d,.]+)', panel.html)
    ]
    return amounts[:-1], amounts[-1]


async def prepared(stage, who: str, product: str, has: dict) -> str:
    """A subscription as the situation wants it, billed in full for its first period."""
    subscription = await subscribe(stage, f"cus_{who}", product)
    if has:
        body = {
            "product_id": product, "quantity": has.get("quantity", 1), "proration_billing_mode": "do_not_bill",
            "addons": [{"addon_id": "adn_seat", "quantity": has["addons"]}] if "addons" in has else [],
        }  # fmt: skip
        answer = await stage.sandbox.post(f"/subscriptions/{subscription}/change-plan", json=body, headers=DODO)
        assert answer.status_code == 200, answer.text
    return subscription


@pytest.mark.parametrize("mode", MODES)
async def test_what_is_shown_is_what_is_taken(stage, mode):
    text = FAMILIES.format(mode=mode)
    await offers.apply(text, read(text), by="mara", at=int(time.time() * 1000))
    for name, (who, product, has, days, asks) in SITUATIONS.items():
        subscription = await prepared(stage, who, product, has)
        if days:
            await stage.control("clock", {"advance_days": days})
        before = await at_dodo(stage, subscription)
        quote = await (await open_panel(stage, subscription, f"cus_{who}")).press("preview", **asks)
        assert quote.state == "quote", (name, quote.text)
        (label,) = [button for button in quote.buttons if "$" in button or "¥" in button]
        done = await (await quote.confirm()).settled()
        assert done.state == "changed", (name, done.text)
        taken = [row for row in await stage.ours() if row["subscription_id"] == subscription]
        credit = "credit" in label
        assert sum(row["amount"] for row in taken) == (0 if credit else shown(label)), (name, label)
        assert len(taken) <= 1, name
        after = await at_dodo(stage, subscription)
        assert after["product_id"] == asks.get("product", product), name
        assert after["quantity"] == int(asks.get("quantity", before["quantity"])), name
        if mode in {"do_not_bill", "prorated_immediately_keep_cycle"}:
            assert after["next_billing_date"] == before["next_billing_date"], name


@pytest.mark.parametrize("mode", ["prorated_immediately", "difference_immediately"])
async def test_a_credit_that_was_promised_pays_the_next_bills(stage, mode):
    text = FAMILIES.format(mode=mode)
    await offers.apply(text, read(text), by="mara", at=int(time.time() * 1000))
    subscription = await subscribe(stage, product="pdt_pro")
    await stage.control("clock", {"advance_days": 15})
    quote = await (await open_panel(stage, subscription)).choose("pdt_lite")
    (label,) = [button for button in quote.buttons if "credit" in button]
    await (await quote.confirm()).settled()
    await stage.control("clock", {"advance_days": 130})
    bills = [row["amount"] for row in await stage.ledger() if row["subscription_id"] == subscription][1:]
    assert len(bills) == 4
    assert sum(2000 - bill for bill in bills) == shown(label)


async def test_the_rows_add_up_to_the_sum(stage):
    """Where the provider explains its sum line by line, the printed column adds up."""
    for mode in MODES:
        text = FAMILIES.format(mode=mode)
        await offers.apply(text, read(text), by="mara", at=int(time.time() * 1000))
        subscription = await subscribe(stage, "cus_otto")
        await stage.control("clock", {"advance_days": 11})
        quote = await (await open_panel(stage, subscription, "cus_otto")).choose("pdt_pro")
        lines, total = await lines_of(quote)
        assert total == shown(next(button for button in quote.buttons if "$" in button)), mode
        assert not lines or sum(lines) == total, (mode, lines, total)
