"""The record of what was agreed to: kept with every charge, in the shopper's language, and written again the same."""

import asyncio
import json
import subprocess
import sys
import time

import pytest

from tests import plans
from tests.stage import Card, Stage
from tests.upsell.test_kinds import put
from widget.storage.database import rows
from widget.web import tickets

LOCALES = ["en", "de", "ar", "ja", "hi-IN"]
WORKBOOK = 'product = "pdt_workbook"\nrepeats = "always"\nagree = "box"\ndiscount_codes = ["THANKS10"]'
STUDIO = 'product = "pdt_basic"\nrepeats = "always"\nagree = "{agree}"'


async def encore(stage: Stage, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command, in a process of its own, on the same database."""
    return await asyncio.to_thread(
        subprocess.run, [sys.executable, "-m", "widget", *arguments], capture_output=True, text=True, check=False,
        env={"ENCORE_DATABASE_URL": stage.settings.database_url.reveal()}, timeout=60,
    )  # fmt: skip


async def opened(stage: Stage, locale: str) -> Card:
    payment = await stage.purchase()
    ticket = tickets.mint_offer(
        stage.settings.signing_keys, customer_id="cus_nadia", payment_id=payment["payment_id"], locale=locale,
        now=int(time.time()),
    )  # fmt: skip
    return await (await stage.get(ticket)).settled(while_in={"preparing"})


async def test_every_taken_charge_is_written_again_the_same_in_every_language_and_kind(stage):
    for locale in LOCALES:
        await put(stage, WORKBOOK, f'body = "For {{price}}: **forty**"\n[offer.locale.{locale}]\nheadline = "{locale}"')
        assert (await (await (await opened(stage, locale)).press("accept")).settled()).state == "paid"
    await put(stage, STUDIO.format(agree="box"))
    terms = await (await opened(stage, "de-AT")).press("accept")
    assert (await (await terms.press("accept", agreed="yes")).settled()).state == "paid"
    await plans.family(stage)
    panel = await plans.open_panel(stage, await plans.subscribe(stage), locale="ar")
    await plans.quiet(stage)
    changed = await (await (await panel.choose("pdt_pro", **{"addon:adn_seat": "1"})).confirm()).settled()
    assert changed.state == "changed"

    told = json.loads((await encore(stage, "consent", "--all", "--json")).stdout)
    assert told == {"taken": len(LOCALES) + 2, "records": {"equal": len(LOCALES) + 2}, "broken": []}
    agreed = {(row["locale"], row["agreed"]) for row in await rows("SELECT locale, agreed FROM consent")}
    assert {("de-AT", "box"), ("ar", "button"), ("ja", "button")} <= agreed


async def test_a_record_can_be_printed_with_all_that_a_dispute_asks(stage):
    await put(stage, WORKBOOK, 'body = "Forty exercises"')
    await (await (await opened(stage, "de")).press("accept")).settled()
    (charge,) = await rows("SELECT id, payment_id FROM charge")
    document = json.loads((await encore(stage, "consent", charge["id"], "--json")).stdout)
    (one,) = document["consents"]
    assert (document["payment_id"], document["state"]) == (charge["payment_id"], "taken")
    assert (one["locale"], one["method"], one["record"], one["in_history"]) == ("de", "Visa ···· 4242", "equal", True)
    assert (one["total"], one["offers_version"], len(one["words_edition"])) == (
        {"amount": 1710, "currency": "USD"},
        2,
        12,
    )
    for part in ("Something for you", "Forty exercises", "Workbook", "[Für 17,10\xa0$ zahlungspflichtig bestellen]"):
        assert part in one["shown"]
    printed = (await encore(stage, "consent", charge["id"])).stdout
    assert all(part in printed for part in ("Agreed at 20", "Forty exercises", one["digest"], "same to the letter"))


@pytest.mark.parametrize(
    ("change", "record"),
    [
        ("UPDATE consent SET text = 'Pay nothing now' RETURNING id", "changed"),
        ("UPDATE quote SET amount = 1 RETURNING id", "differs"),
        ("DELETE FROM quote RETURNING id", "not_kept"),
    ],
)
async def test_what_was_changed_since_is_told(stage, change, record):
    await put(stage, WORKBOOK)
    await (await (await opened(stage, "en")).press("accept")).settled()
    await rows(change)
    (charge,) = await rows("SELECT id FROM charge")
    done = await encore(stage, "consent", charge["id"], "--json")
    assert json.loads(done.stdout)["consents"][0]["record"] == record
    assert done.returncode == (0 if record == "not_kept" else 1)


async def test_a_taken_charge_without_a_record_is_named(stage):
    await put(stage, WORKBOOK)
    await (await (await opened(stage, "en")).press("accept")).settled()
    await rows("DELETE FROM consent RETURNING id")
    (charge,) = await rows("SELECT id FROM charge")
    done = await encore(stage, "consent", "--all", "--json")
    assert (done.returncode, json.loads(done.stdout)["broken"]) == (1, [charge["id"]])
    assert (await encore(stage, "consent", "chg_none")).returncode == 1
    assert (await encore(stage, "consent")).returncode == 2
