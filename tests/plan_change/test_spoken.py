"""The panel says the merchant's words in the subscriber's language, on every face, and keeps what it said."""

from tests.plans import family, open_panel, subscribe
from widget.core.offers_file import read
from widget.storage import families, offers
from widget.storage.database import rows

FILE = """
[[plan_family]]
name = "studio"
cancel = true

[[plan_family.plan]]
product = "pdt_lite"
features = ["Ten sketches"]
[plan_family.plan.locale.de]
name = "Leicht"
features = ["Zehn Skizzen"]

[[plan_family.plan]]
product = "pdt_basic"
features = ["Ten sketches", "Fifty layers"]
[plan_family.plan.locale.de]
name = "Grund"
features = ["Zehn Skizzen", "Fünfzig Ebenen"]

[[plan_family.plan]]
product = "pdt_pro"
features = ["Ten sketches", "Fifty layers", "Shared studio"]
[plan_family.plan.locale.de]
name = "Meister"
features = ["Zehn Skizzen", "Fünfzig Ebenen", "Gemeinsames Atelier"]

[[plan_family.downsell]]
name = "stay"
before = "cancel"
kind = "discount"
code = "THANKS10"
headline = "Stay a while"
body = "It is warm here"
[plan_family.downsell.locale.de]
headline = "Bleiben Sie noch"
body = "Hier ist es warm"
"""


async def applied() -> None:
    await offers.apply(FILE, read(FILE), by="mara", at=1)


async def test_the_words_are_in_force_as_they_were_applied(database):
    await applied()
    assert await families.in_force() == read(FILE).families


async def test_an_upgrade_is_told_in_german_from_the_plans_to_the_change_and_so_it_is_kept(stage):
    await applied()
    panel = await open_panel(stage, await subscribe(stage), locale="de-AT")
    assert all(one in panel.text for one in ("Grund", "Leicht", "Gemeinsames Atelier"))
    assert "Fifty layers" not in panel.text
    quote = await panel.choose("pdt_pro")
    assert "Meister" in quote.text
    changed = await (await quote.confirm()).settled()
    assert (changed.state, "Meister" in changed.text) == ("changed", True)
    (consent,) = await rows("SELECT text FROM consent")
    assert consent["text"].startswith("Meister | x1")
    assert "Grund" in consent["text"]


async def test_a_downgrade_says_in_german_what_is_lost_and_what_is_planned(stage):
    await applied()
    panel = await open_panel(stage, await subscribe(stage), locale="de")
    quote = await panel.choose("pdt_lite")
    assert "Fünfzig Ebenen" in quote.text
    planned = await (await quote.confirm()).settled()
    assert (planned.state, "Leicht" in planned.text, "Grund" in planned.text) == ("scheduled", True, True)
    plans = await planned.press("choices")
    assert (plans.state, "Leicht" in plans.text, "Fifty layers" in plans.text) == ("choices", True, False)


async def test_a_downsell_speaks_german_to_who_reads_german_and_its_own_words_to_others(stage):
    await applied()
    subscription = await subscribe(stage)
    german = await (await open_panel(stage, subscription, locale="de")).press("cancel")
    assert ("Bleiben Sie noch" in german.text, "Hier ist es warm" in german.text) == (True, True)
    french = await (await open_panel(stage, subscription, locale="fr")).press("cancel")
    assert "Stay a while" in french.text


async def test_a_family_with_one_language_stays_as_it_is(stage):
    await family(stage)
    panel = await open_panel(stage, await subscribe(stage), locale="de")
    assert "Fifty layers" in panel.text
