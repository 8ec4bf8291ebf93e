"""Plan families as a merchant writes them: what is right is read, what is wrong is told with its line and a way out."""

import json
import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.core.offers_file import OffersFile, OffersFileError, read
from widget.core.plan_family import Downsell, Move, Plan, PlanAddon, PlanFamily, Seats, Terms, terms_of

DEMO = (Path(__file__).parents[2] / "widget/demo/offers.toml").read_text()

# Each flaw is planted in the line that ends in `#!`.
HEAD = """
[[offer]]
name = "workbook"
product = "pdt_workbook"
[offer.texts]
headline = "One more"

[[plan_family]]
name = "studio"
"""
PLANS = """
[[plan_family.plan]]
product = "pdt_lite"
[[plan_family.plan]]
product = "pdt_basic"
[[plan_family.plan]]
product = "pdt_pro"
yearly = "pdt_pro_year"
"""


def told(text: str) -> list[tuple[int, str, str]]:
    with pytest.raises(OffersFileError) as wrong:
        read(text)
    return [(problem.line, problem.field, problem.message) for problem in wrong.value.problems]


def marked(text: str) -> list[int]:
    return [number for number, line in enumerate(text.splitlines(), 1) if line.endswith("#!")]


def seats(written: str) -> str:
    return f"{HEAD}{PLANS}seats = {written} #!"


def move(*moves: str, plans: str = PLANS) -> str:
    return HEAD + plans + "\n".join(f"[[plan_family.move]]\n{one}" for one in moves)


def downsell(written: str, *, family: str = "", before: str = "downgrade") -> str:
    return (
        f'{HEAD}{family}{PLANS}[[plan_family.downsell]]\nname = "stay"\nheadline = "Stay"\nbefore = "{before}"{written}'
    )


SAME = "[[plan_family.plan]]\n"
MANY = "".join(f'[[plan_family.plan]]{" #!" if n == 20 else ""}\nproduct = "pdt_{n}"\n' for n in range(22))
LATER_REFUSED = "Dodo refuses do_not_bill at the next billing date (INVALID_PRORATION_MODE_WITH_NEXT_BILLING_DATE)"

FLAWS = {
    "neither plans nor a collection": (
        '[[plan_family]] #!\nname = "studio"',
        "plan_family[0]",
        "no plans: write them as [[plan_family.plan]]",
    ),
    "an empty list of plans": ('[[plan_family]] #!\nname = "studio"\nplan = []', "plan_family[0]", "no plans"),
    "plans and a collection": (
        f'{HEAD}collection = "pdc_plans" #!\n{PLANS}',
        "plan_family[0].collection",
        "not both",
    ),
    "more than 20 plans": (HEAD + MANY, "plan_family[0].plan[20]", "22 plans; at most 20"),
    "a product in two plans": (
        f'{HEAD}{PLANS}{SAME}product = "pdt_lite" #!',
        "plan_family[0].plan[3].product",
        "'pdt_lite' is already plan_family[0].plan[0].product above",
    ),
    "a plan that is its own yearly": (
        f'{HEAD}{SAME}product = "pdt_lite"\nyearly = "pdt_lite" #!',
        "plan_family[0].plan[0].yearly",
        "already plan_family[0].plan[0].product",
    ),
    "a product in two families": (
        f'{HEAD}{PLANS}[[plan_family]]\nname = "other"\n{SAME}product = "pdt_x"\nyearly = "pdt_pro_year" #!',
        "plan_family[1].plan[0].yearly",
        "already plan_family[0].plan[2].yearly",
    ),
    "a collection in two families": (
        '[[plan_family]]\nname = "a"\ncollection = "pdc"\n[[plan_family]]\nname = "b"\ncollection = "pdc" #!',
        "plan_family[1].collection",
        "'pdc' is already plan_family[0]",
    ),
    "a family's name twice": (
        f'{HEAD}{PLANS}[[plan_family]]\nname = "studio" #!\ncollection = "pdc"',
        "plan_family[1].name",
        "'studio' is already plan_family[0] above",
    ),
    "two most popular plans": (
        f'{HEAD}{SAME}product = "a"\npopular = true\n{SAME}product = "b"\npopular = true #!',
        "plan_family[0].plan[1].popular",
        "plan[0] above is it already",
    ),
    "fewer seats at most than at least": (
        seats("{ min = 5, max = 4 }"),
        "plan_family[0].plan[2].seats.min",
        "more than max, which is 4",
    ),
    "a step that never reaches": (
        seats("{ min = 1, max = 20, step = 5 }"),
        "plan_family[0].plan[2].seats.step",
        "from 1 in steps of 5, 20 is never reached; write max = 16 or max = 21",
    ),
    "a step that never reaches what stands unless told": (
        seats("{ step = 5 }"),
        "plan_family[0].plan[2].seats.step",
        "write max = 96 or max = 101",
    ),
    "a family's seats": (
        f"{HEAD}{PLANS}[plan_family.seats]\nmax = 7\nmin = 8 #!",
        "plan_family[0].seats.min",
        "more than max",
    ),
    "no seat at all": (seats("{ min = 0 }"), "plan_family[0].plan[2].seats.min", "expected int >= 1"),
    "seats as a text": (seats('"many"'), "plan_family[0].plan[2].seats", "expected a table { … }, found text"),
    "an add-on twice": (
        f'{HEAD}{PLANS}[[plan_family.addon]]\naddon = "adn"\n[[plan_family.addon]]\naddon = "adn" #!',
        "plan_family[0].addon[1].addon",
        "'adn' is already addon[0] above",
    ),
    "a move from a stranger": (
        move('from = "pdt_prro" #!'),
        "plan_family[0].move[0].from",
        "no plan of the family is 'pdt_prro'; did you mean 'pdt_pro'?",
    ),
    "a move to a stranger": (
        move('to = "something else" #!'),
        "plan_family[0].move[0].to",
        "no plan of the family is 'something else'",
    ),
    "a mode that needs another date": (
        f'{HEAD}proration_on_upgrade = "do_not_bill" #!\neffective_on_upgrade = "next_billing_date"\n{PLANS}',
        "plan_family[0].proration_on_upgrade",
        f'{LATER_REFUSED}; leave this line out, or write effective_on_upgrade = "immediately"',
    ),
    "a mode for a downgrade that is later anyway": (
        f'{HEAD}proration_on_downgrade = "prorated_immediately" #!\n{PLANS}',
        "plan_family[0].proration_on_downgrade",
        'add effective_on_downgrade = "immediately", or leave this line out',
    ),
    "a move's mode that needs another date": (
        move('proration = "do_not_bill" #!\neffective = "next_billing_date"'),
        "plan_family[0].move[0].proration",
        f'{LATER_REFUSED}; leave this line out, or write effective = "immediately"',
    ),
    "a mode for a move that is later anyway": (
        move('from = "pdt_pro_year"\nto = "pdt_basic"\nproration = "do_not_bill" #!'),
        "plan_family[0].move[0].proration",
        'add effective = "immediately", or leave this line out',
    ),
    "a plan downsell without a plan": (
        downsell('\nkind = "plan" #!'),
        "plan_family[0].downsell[0].kind",
        'kind = "plan" needs plan = "pdt_…"',
    ),
    "a discount downsell without a code": (
        downsell('\nkind = "discount" #!'),
        "plan_family[0].downsell[0].kind",
        'kind = "discount" needs code = "…"',
    ),
    "a plan for another kind": (
        downsell('\nkind = "pause"\nplan = "pdt_lite" #!'),
        "plan_family[0].downsell[0].plan",
        'only a downsell of kind = "plan" has it; this one is "pause"',
    ),
    "a code for another kind": (
        downsell('\nkind = "plan"\nplan = "pdt_lite"\ncode = "THANKS10" #!'),
        "plan_family[0].downsell[0].code",
        'only a downsell of kind = "discount" has it; this one is "plan"',
    ),
    "a downsell to a stranger": (
        downsell('\nkind = "plan"\nplan = "pdt_lit" #!'),
        "plan_family[0].downsell[0].plan",
        "did you mean 'pdt_lite'?",
    ),
    "a downsell for a stranger": (
        downsell('\nkind = "pause"\nproducts = [\n  "pdt_lite", # them too\n  "pdt_bsic", #!\n]'),
        "plan_family[0].downsell[0].products[1]",
        "did you mean 'pdt_basic'?",
    ),
    "a downsell before a cancellation nobody can ask for": (
        downsell(' #!\nkind = "pause"', before="cancel"),
        "plan_family[0].downsell[0].before",
        "add cancel = true to the family",
    ),
    "a downsell's name twice": (
        downsell('\nkind = "pause"') + '\n[[plan_family.downsell]]\nkind = "pause"\nbefore = "downgrade"\n'
        'headline = "x"\nname = "stay" #!',
        "plan_family[0].downsell[1].name",
        "'stay' is already plan_family[0].downsell[0] above",
    ),
    "a downsell's name in two families": (
        downsell('\nkind = "pause"') + '\n[[plan_family]]\nname = "b"\ncollection = "pdc"\n[[plan_family.downsell]]\n'
        'kind = "pause"\nbefore = "downgrade"\nheadline = "x"\nname = "stay" #!',
        "plan_family[1].downsell[0].name",
        "'stay' is already plan_family[0].downsell[0] above",
    ),
    "a word that is none of the words": (
        f'{HEAD}on_payment_failure = "prevent" #!\n{PLANS}',
        "plan_family[0].on_payment_failure",
        "'prevent' is none of apply_change, prevent_change; did you mean 'prevent_change'?",
    ),
    "an unknown field": (
        f"{HEAD}canecl = true #!\n{PLANS}",
        "plan_family[0].canecl",
        "unknown field; did you mean 'cancel'?",
    ),
    "an unknown field of an inline table": (
        seats("{ most = 3 }"),
        "plan_family[0].plan[2].seats.most",
        "unknown field",
    ),
    "python's name of a field": (move('from_ = "*" #!'), "plan_family[0].move[0].from_", "did you mean 'from'?"),
    "a name with blanks": (
        '[[plan_family]]\nname = "My plans" #!',
        "plan_family[0].name",
        "1 to 64 of a-z, 0-9, - and _",
    ),
    "a missing product": (f'{HEAD}[[plan_family.plan]] #!\nname = "x"', "plan_family[0].plan[0].product", "is missing"),
    "a feature as long as a page": (
        f'{HEAD}{PLANS}features = ["fine", "{"x" * 121}"] #!',
        "plan_family[0].plan[2].features[1]",
        "length <= 120",
    ),
    "a number in quotes": (
        f'{HEAD}{PLANS}[[plan_family.addon]]\naddon = "adn"\nmax = "50" #!',
        "plan_family[0].addon[0].max",
        "expected a whole number, found text",
    ),
    "one family in single brackets": ('[plan_family] #!\nname = "x"', "plan_family", "write it as [[plan_family]]"),
    "one plan in single brackets": (
        f'{HEAD}[plan_family.plan] #!\nproduct = "x"',
        "plan_family[0].plan",
        "write it as [[plan_family.plan]]",
    ),
    "seats in double brackets": (
        f"{HEAD}{PLANS}[[plan_family.seats]] #!\nmin = 1",
        "plan_family[0].seats",
        "write it as [plan_family.seats] or seats = { … }",
    ),
    "another table": (f"{HEAD}{PLANS}[[plan_families]] #!\nname = 'x'", "plan_families", "did you mean 'plan_family'?"),
    "an offer that follows a stranger": (
        HEAD.replace("[offer.texts]", 'on_decline = "workbok" #!\n[offer.texts]') + PLANS,
        "offer[0].on_decline",
        "no offer is called so; there are: workbook; did you mean 'workbook'?",
    ),
}


@pytest.mark.parametrize("flaw", FLAWS)
def test_a_flaw_is_told_once_with_its_line_its_field_and_what_is_wrong(flaw):
    text, field, message = FLAWS[flaw]
    [(line, told_field, said)] = told(text)
    assert [line] == marked(text)
    assert told_field == field
    assert message in said


@pytest.mark.parametrize(
    ("moves", "dead", "why"),
    [
        (("", 'from = "pdt_pro"'), 1, "move[0] above fits first"),
        (('from = "pdt_pro"', 'to = "pdt_lite"', 'from = "pdt_pro"\nto = "pdt_lite"'), 2, "move[0] above fits first"),
        (('from = "pdt_pro"\nto = "pdt_lite"', 'from = "pdt_pro"\nto = "pdt_lite"'), 1, "move[0] above fits first"),
        (
            ('to = "pdt_lite"', 'to = "pdt_basic"', 'to = "pdt_pro"', 'to = "pdt_pro_year"', 'from = "pdt_pro"'),
            4,
            "the moves above fit first",
        ),
    ],
)
def test_a_move_that_is_never_reached_is_told(moves, dead, why):
    [(line, field, said)] = told(move(*moves))
    assert field == f"plan_family[0].move[{dead}]"
    assert said == f"never used: {why}, and the first that fits counts"
    assert move(*moves).splitlines()[line - 1] == "[[plan_family.move]]"
    assert move(*moves).splitlines()[:line].count("[[plan_family.move]]") == dead + 1


@pytest.mark.parametrize(
    ("moves", "plans"),
    [
        (('from = "pdt_pro"\nto = "pdt_lite"', 'from = "pdt_pro"', 'to = "pdt_lite"', ""), PLANS),
        (('to = "pdt_a"', 'to = "pdt_b"', 'from = "pdt_a"', ""), 'collection = "pdc"\n'),
        (('from = "pdt_lite"\nto = "pdt_pro"\nproration = "do_not_bill"',), PLANS),
        (('to = "pdt_lite"\nproration = "do_not_bill"',), PLANS),  # up or down: who knows
        (('from = "pdt_pro"\nto = "pdt_pro_year"\nproration = "do_not_bill"',), PLANS),
        (('from = "pdt_pro"\nto = "pdt_lite"\nproration = "do_not_bill"\neffective = "immediately"',), PLANS),
        (('proration = "full_immediately"\neffective = "next_billing_date"',), PLANS),
        (('from = "pdt_pro"\nto = "pdt_lite"\nallowed = false',), PLANS),
    ],
)
def test_moves_that_each_have_their_case_are_read(moves, plans):
    assert len(read(move(*moves, plans=plans)).families[0].move) == len(moves)


def test_every_flaw_of_a_file_is_told_from_the_top_down():
    text = """
[[plan_family]]
name = "studio"
codes = "yes" #!
pouse = true #!

[[plan_family.plan]]
product = "pdt_lite"
features = ["a", 2] #!

[[plan_family.plan]]
product = 7 #!
seats = { min = "1", max = 0 } #!

[[plan_family.downsell]] #!
name = "stay"
before = "leaving" #!
kind = "pause"

[[plan_famly]] #!
"""
    found = told(text)
    lines = [line for line, _, _ in found]
    assert lines == sorted(lines)
    assert set(lines) == set(marked(text))
    assert [field.removeprefix("plan_family[0].") for _, field, _ in found] == [
        "codes", "pouse", "plan[0].features[1]", "plan[1].product", "plan[1].seats.min", "plan[1].seats.max",
        "downsell[0].headline", "downsell[0].before", "plan_famly",
    ]  # fmt: skip


def test_an_offer_and_a_family_are_judged_each_even_when_the_other_is_wrong():
    text = HEAD.replace("[offer.texts]", "quantity = 0\n[offer.texts]") + "canecl = true"
    assert [field for _, field, _ in told(text)] == ["offer[0].quantity", "plan_family[0].canecl"]


@pytest.mark.parametrize(
    ("offer", "expected"),
    [
        ('name = 3\nproduct = "p"', ["offer[0].texts", "offer[0].name"]),
        ("name = 'a'\nproduct = 'p'\ntexts = 7", ["offer[0].texts"]),
        ("name = 'a'\nproduct = 7\ntexts = { headline = 3, boddy = 'x' }\ncompare_with = { amount = 1, currency = 7 }",
         ["offer[0].product", "offer[0].texts.headline", "offer[0].texts.boddy", "offer[0].compare_with.currency"]),
        ("name = 'a'\nproduct = 'p'\ntexts.headline = 'x'\ncompare_with = { amount = 1, currency = 'XXX' }",
         ["offer[0].compare_with"]),
    ],
)  # fmt: skip
def test_what_is_needed_and_wrong_hides_nothing_and_is_told_once(offer, expected):
    assert [field for _, field, _ in told(f"[[offer]]\n{offer}")] == expected


@pytest.mark.parametrize("odd", ["offer = [1]", "offer = [[]]", "plan_family = ['x']", "[[offer]]", "[[plan_family]]"])
def test_a_table_that_is_none_is_told(odd):
    assert told(odd)


def test_a_file_that_is_no_toml_or_much_too_large_or_nested_without_end_says_so():
    assert told("a = [")[0][1] == "file"
    assert told("x = 1\ny = = 2\n")[0][0] == 2
    assert told("# " + "x" * 1_000_000) == [(1, "file", "larger than 1000000 bytes")]
    assert [field for _, field, _ in told("offer = " + "[" * 50_000)] == ["file"]


def test_the_demos_family_is_what_its_comments_say():
    [studio] = read(DEMO).families
    assert [plan.product for plan in studio.plan] == ["pdt_lite", "pdt_basic", "pdt_pro"]
    assert [plan.popular for plan in studio.plan] == [False, True, False]
    assert (studio.seats, studio.addon) == (Seats(min=1, max=20), (PlanAddon("adn_seat", max=50),))
    up = terms_of(studio, None, from_product="pdt_lite", to_product="pdt_pro", way="upgrade")
    down = terms_of(studio, None, from_product="pdt_pro", to_product="pdt_lite", way="downgrade")
    assert up == Terms("upgrade", "prorated_immediately", "immediately")
    assert down == Terms("downgrade", "full_immediately", "next_billing_date")
    assert [(one.before, one.kind) for one in studio.downsell] == [("downgrade", "plan"), ("cancel", "discount")]


def test_a_file_without_families_is_a_file():
    assert read(HEAD[: HEAD.index("[[plan_family]]")]).families == ()
    assert read("") == OffersFile()


DOCS = (Path(__file__).parents[2] / "docs/offers.md").read_text()


@pytest.mark.parametrize("table", [PlanFamily, Plan, Seats, Move, PlanAddon, Downsell])
def test_every_field_is_in_the_documentation(table):
    fields = [field.encode_name for field in msgspec.structs.fields(table)]
    assert [name for name in fields if f"`{name}`" not in DOCS] == []


def test_what_the_documentation_shows_is_read_and_its_defaults_are_true():
    shown = re.findall(r"```toml\n(.*?)```", DOCS, re.DOTALL)
    whole = [text for text in shown if text.startswith("[[plan_family]]")]
    assert [len(read(text).families) for text in whole] == [1, 1]
    assert (Seats(), Downsell("a", "cancel", "pause", "x").quiet_days) == (Seats(min=1, max=100, step=1), 90)
    [downgrade_at_once] = [text for text in shown if text.startswith("effective_on_downgrade")]
    [family] = read(f"{HEAD}{downgrade_at_once}{PLANS}").families
    terms = terms_of(family, None, from_product="pdt_pro", to_product="pdt_lite", way="downgrade")
    assert terms == Terms("downgrade", "prorated_immediately", "immediately")


# --- what is written is what is read

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
NUMBER = st.integers(1, 1000)
PRODUCTS = [f"pdt_{letter}" for letter in "abcdef"]


@st.composite
def seat_rules(draw) -> Seats:
    step, low, times = draw(st.integers(1, 9)), draw(NUMBER), draw(st.integers(0, 50))
    return Seats(min=low, max=low + step * times, step=step, noun=draw(st.just("") | TEXT))


@st.composite
def right_families(draw) -> PlanFamily:
    products = draw(st.lists(st.sampled_from(PRODUCTS), min_size=1, unique=True))
    plans = tuple(
        Plan(
            product=product,
            yearly=draw(st.sampled_from([None, f"{product}_year"])),
            name=draw(st.just("") | TEXT),
            features=tuple(draw(st.lists(TEXT, max_size=3))),
            seats=draw(st.none() | seat_rules()),
        )
        for product in products
    )
    listed = draw(st.booleans())
    any_product = st.sampled_from(products)
    return PlanFamily(
        name=draw(st.from_regex(r"\A[a-z0-9][a-z0-9_-]{0,20}\Z")),
        plan=plans if listed else (),
        collection=None if listed else "pdc_plans",
        proration_on_upgrade=draw(st.sampled_from([None, "do_not_bill", "full_immediately"])),
        effective_on_downgrade=draw(st.sampled_from([None, "immediately", "next_billing_date"])),
        on_payment_failure=draw(st.sampled_from(["prevent_change", "apply_change"])),
        move=draw(st.sampled_from([(), (Move(from_=products[0], allowed=False), Move(effective="immediately"))]))
        if len(products) > 1
        else (),
        seats=draw(st.none() | seat_rules()),
        addon=tuple(PlanAddon(addon=f"adn_{n}", max=draw(NUMBER)) for n in range(draw(st.integers(0, 2)))),
        codes=draw(st.booleans()),
        cancel=True,
        downsell=(
            Downsell(name="a", before="cancel", kind="discount", headline=draw(TEXT), code=draw(TEXT)),
            Downsell(name="b", before="downgrade", kind="plan", headline="x", plan=draw(any_product)),
        )[: draw(st.integers(0, 2))],
    )


def written(family: PlanFamily) -> str:
    """The family as TOML, tables in brackets and what lies deeper inline."""
    fields = msgspec.to_builtins(family)
    nested = {key: fields.pop(key, []) for key in ("plan", "move", "addon", "downsell")}
    text = "[[plan_family]]\n" + "".join(f"{key} = {value_of(value)}\n" for key, value in fields.items())
    for key, tables in nested.items():
        for table in tables:
            text += f"[[plan_family.{key}]]\n" + "".join(f"{k} = {value_of(v)}\n" for k, v in table.items())
    return text


def value_of(value: object) -> str:
    match value:
        case dict():
            return "{ " + ", ".join(f"{key} = {value_of(inner)}" for key, inner in value.items()) + " }"
        case list():
            return "[\n" + "".join(f"  {value_of(inner)},\n" for inner in value) + "]"
        case _:
            return json.dumps(value, ensure_ascii=False)  # strings, whole numbers and truths are written alike


@given(right_families())
def test_a_right_family_written_down_reads_the_same(family):
    assert read(written(family)).families == (family,)


@given(right_families(), st.data())
def test_a_field_nobody_knows_is_found_in_whatever_line_it_stands(family, data):
    lines = written(family).splitlines()
    heads = [number for number, line in enumerate(lines) if line.startswith("[[")]
    after = data.draw(st.sampled_from(heads))
    lines.insert(after + 1, "zzz = 1")
    assert [line for line, field, _ in told("\n".join(lines)) if field.endswith(".zzz")] == [after + 2]
