"""A merchant's words in the offers file: what the card would not show as it was meant is told where it stands."""

import pytest

from widget.core.offers_file import OffersFileError, read

FILE = """[[offer]]
name = "hers"
product = "pdt_a"
[offer.texts]
headline = "One more"
"""


def told(lines: str, *, file: str = FILE) -> list[str]:
    with pytest.raises(OffersFileError) as caught:
        read(f"{file}{lines}\n")
    return [f"{problem.line} {problem.field}: {problem.message}" for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('body = "for {prise}"', "6 offer[0].texts.body: no place is called {prise}; write {{ and }} for the signs; places: {product}, {price}, {renewal}, {saving}; did you mean {price}?"),
        ('body = "a { b"', "6 offer[0].texts.body: a { that belongs to no place; write {{ for the sign itself; places: {product}, {price}, {renewal}, {saving}"),
        ('badge = "{renewal}"', "6 offer[0].texts.badge: {renewal} is not for every offer, so it can stand in body and gain only; here: {product}, {price}"),
        ('gain = ["fine", "a }"]', "6 offer[0].texts.gain: a } that belongs to no place; write }} for the sign itself; places: {product}, {price}, {renewal}, {saving}"),
        ('gain = ["[x](https://a.example)"]', "6 offer[0].texts.gain: a link cannot stand in a line; put it into body"),
        ('body = "[x](http://a.example)"', "6 offer[0].texts.body: http://a.example is no address for a link; expected https://… without places"),
        ('body = "[x](javascript:alert(1))"', "6 offer[0].texts.body: javascript:alert(1 is no address for a link; expected https://… without places"),
        ('body = "[x](/terms)"', "6 offer[0].texts.body: /terms is no address for a link; expected https://… without places"),
        ('body = "[x](https://a.example/{product})"', "6 offer[0].texts.body: https://a.example/{product} is no address for a link; expected https://… without places"),
        ('body = "[ ](https://a.example)"', "6 offer[0].texts.body: the link to https://a.example needs words that can be pressed"),
        ('body = "![x](https://a.example/a.png)"', "6 offer[0].texts.body: a picture is not shown in a text; give it as image"),
        ('image = "http://a.example/a.png"', "6 offer[0].texts.image: expected an https address of at most 1000 characters"),
        ('image = "https://u:p@a.example/a.png"', "6 offer[0].texts.image: expected an https address of at most 1000 characters"),
        ('image = "/a/image/x"', "6 offer[0].texts.image: expected an https address of at most 1000 characters"),
        ('button = "Give me your money"', "6 offer[0].texts.button: 'Give me your money' is none of add_and_pay, pay, upgrade_and_pay"),
        ('button = "add-and-pay"', "6 offer[0].texts.button: 'add-and-pay' is none of add_and_pay, pay, upgrade_and_pay; did you mean 'add_and_pay'?"),
        ('gain = [" "]', "6 offer[0].texts.gain: expected at most 5 lines of at most 120 characters"),
    ],
)  # fmt: skip
def test_each_mistake_is_told_with_its_line_and_field(line: str, message: str):
    assert message in told(line)


def test_a_mistake_in_another_language_is_told_there():
    assert told('[offer.locale.de]\nheadline = "Noch {preis}"')[0].startswith(
        "7 offer[0].locale.de.headline: no place is called {preis}"
    )


@pytest.mark.parametrize(
    "line",
    [
        'body = "**{product}** for {price}, {{really}}"', 'body = "[details](https://a.example/x?y=1#z)"',
        'body = "a [note] (in brackets), 3 > 2, \\\\[x](y)"', 'gain = ["**{price}** today", "{renewal}", "{saving} less"]',
        'badge = "{product}"', 'body = "<b>shown as written</b>"',
    ],
)  # fmt: skip
def test_what_is_shown_as_it_is_meant_is_fine(line: str):
    assert len(read(f"{FILE}{line}\n").offers) == 1


def test_the_button_of_a_plan_leads_to_its_price_and_has_no_words_of_paying():
    plan = FILE.replace('product = "pdt_a"', 'product = "pdt_a"\nplan_change = true')
    assert "texts.button" in told('button = "upgrade_and_pay"', file=plan)[0]
