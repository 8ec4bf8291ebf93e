"""`encore offers check` and `apply` look up at Dodo whether what a file names can be sold as it says."""

import pytest

from tests.stage import OFFERS, SANDBOX
from widget.commands.shelving import NotAsked, problems
from widget.core.offers_file import read
from widget.provider.dodo import open_dodo


@pytest.fixture
async def told(stage):
    async def ask(text: str) -> list[str]:
        async with open_dodo(api_key="sandbox", environment=None, base_url=SANDBOX, transport=stage.to_sandbox) as dodo:
            found = await problems(dodo.asks, text, read(text))
        return [f"{problem.line} {problem.field}: {problem.message}" for problem in found]

    return ask


def offer(lines: str, *, product: str = "pdt_workbook") -> str:
    return f'[[offer]]\nname = "hers"\nproduct = "{product}"\n{lines}\n[offer.texts]\nheadline = "One more"\n'


async def test_everything_the_demo_names_is_sold(told):
    assert await told(OFFERS) == []


@pytest.mark.parametrize(
    ("product", "lines", "line"),
    [
        ("pdt_workbok", "", "3 offer[0].product: no product of the business is called pdt_workbok; did you mean pdt_workbook (Workbook)"),
        ("pdt_archived", "", "3 offer[0].product: pdt_archived is archived at Dodo: it cannot be sold any more"),
        ("pdt_metered", "", "3 offer[0].product: pdt_metered is billed by use: there is no sum to show before it is bought"),
        ("pdt_workbook", 'alternatives = ["pdt_brushs"]', "4 offer[0].alternatives[0]: no product of the business is called pdt_brushs; did you mean pdt_brushes (Brush set)"),
        ("pdt_workbook", 'when = { bought = ["pdt_curse"] }', "4 offer[0].when.bought[0]: no product of the business is called pdt_curse; did you mean pdt_course (Watercolour course)"),
        ("pdt_workbook", 'discount_codes = ["NOPE"]', "4 offer[0].discount_codes[0]: no discount code of the business is called NOPE"),
        ("pdt_workbook", 'discount_codes = ["EXPIRED"]', "4 offer[0].discount_codes[0]: EXPIRED ended on 2026-02-01"),
        ("pdt_workbook", 'discount_codes = ["USEDUP"]', "4 offer[0].discount_codes[0]: USEDUP is used up"),
        ("pdt_workbook", 'compare_with = { amount = 100, currency = "EUR" }', "4 offer[0].compare_with.currency: pdt_workbook costs USD: a difference to another currency is never shown"),
        ("pdt_workbook", 'pay_what_you_want = { currency = "USD", min = 100, max = 900, suggested = 500 }', "4 offer[0].pay_what_you_want: pdt_workbook has a price of its own; switch pay-what-you-want on at Dodo"),
        ("pdt_tip", 'pay_what_you_want = { currency = "EUR", min = 500, max = 900, suggested = 500 }', "4 offer[0].pay_what_you_want.currency: pdt_tip is paid in USD"),
        ("pdt_tip", 'pay_what_you_want = { currency = "USD", min = 499, max = 900, suggested = 500 }', "4 offer[0].pay_what_you_want.min: Dodo takes no less than 500 for pdt_tip"),
        ("pdt_workbook", "plan_change = true", "4 offer[0].plan_change: pdt_workbook is no subscription: there is no plan to change to"),
    ],
)  # fmt: skip
async def test_what_cannot_be_sold_is_told_with_its_line_and_what_there_is(told, product, lines, line):
    assert await told(offer(lines, product=product)) == [line]


async def test_what_a_plan_family_names_is_looked_up_too(told):
    text = """[[plan_family]]
name = "studio"
cancel = true
[[plan_family.plan]]
product = "pdt_basic"
yearly = "pdt_course"
[[plan_family.plan]]
product = "pdt_por"
[[plan_family.addon]]
addon = "adn_seet"
[[plan_family.downsell]]
name = "stay"
before = "cancel"
kind = "discount"
code = "NOPE"
headline = "Stay"

[[plan_family]]
name = "others"
collection = "pdc_none"
"""
    assert await told(text) == [
        "6 plan_family[0].plan[0].yearly: pdt_course is no subscription",
        "8 plan_family[0].plan[1].product: no product of the business is called pdt_por; did you mean pdt_pro (Pro)",
        "10 plan_family[0].addon[0].addon: no add-on of the business is called adn_seet",
        "15 plan_family[0].downsell[0].code: no discount code of the business is called NOPE",
        "20 plan_family[1].collection: no product collection of the business is called pdc_none",
    ]


async def test_a_dodo_that_does_not_answer_is_no_problem_of_the_file(stage, told):
    await stage.control("faults", {"operation": "GET /products", "fault": "status", "status": 500, "times": 20})
    with pytest.raises(NotAsked, match="Dodo cannot be asked"):
        await told(offer(""))


def test_without_dodo_the_file_alone_is_checked_and_that_is_said(encore, tmp_path):
    (tmp_path / "offers.toml").write_text(offer(""))
    done = encore("offers", "check", "offers.toml")
    assert (done.returncode, done.stdout) == (0, "offers.toml: 1 offer, 0 plan families, no problems\n")
    assert "were not looked up" in done.stderr
    assert encore("offers", "check", "offers.toml", "--offline").stderr == ""
