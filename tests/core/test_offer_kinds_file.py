"""Kinds of offers in the file: what does not go together is told where it stands."""

import pytest

from widget.core.offers_file import OffersFileError, read

TEXTS = '\n[offer.texts]\nheadline = "One more"\n'


def told(lines: str) -> list[str]:
    with pytest.raises(OffersFileError) as caught:
        read(f'[[offer]]\nname = "hers"\nproduct = "pdt_a"\n{lines}{TEXTS}')
    return [f"{problem.line} {problem.field}: {problem.message}" for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ('alternatives = ["pdt_a"]', "4 offer[0].alternatives: expected at most 4 product ids, none twice and not the product itself"),
        ('alternatives = ["pdt_b", "pdt_b"]', "4 offer[0].alternatives: expected at most 4 product ids, none twice and not the product itself"),
        ("quantity_choice = { min = 1, max = 1 }", "4 offer[0].quantity_choice: expected min and max from 1 to 100, max above min"),
        ("quantity_choice = { min = 2, max = 5 }", "4 offer[0].quantity_choice: must hold quantity, which is 1"),
        ('pay_what_you_want = { currency = "USX", min = 1, max = 3, suggested = 2 }', "4 offer[0].pay_what_you_want.currency: unknown currency (ISO 4217)"),
        ('pay_what_you_want = { currency = "USD", min = 5, max = 3, suggested = 4 }', "4 offer[0].pay_what_you_want: expected 0 < min <= suggested <= max, in minor units"),
        ('pay_what_you_want = { currency = "USD", min = 1, max = 3, suggested = 2 }\nalternatives = ["pdt_b"]', "4 offer[0].pay_what_you_want: goes with one product: leave out alternatives"),
        ('plan_change = true\ndiscount_codes = ["X"]\nquantity = 2', "4 offer[0].plan_change: a plan is changed with the terms it has; leave out what stands beside it: quantity, discount_codes"),
    ],
)  # fmt: skip
def test_each_mistake_is_told_with_its_line_and_field(lines, message):
    assert message in told(lines)


def test_every_kind_is_read():
    found = read(
        '[[offer]]\nname = "hers"\nproduct = "pdt_a"\nalternatives = ["pdt_b"]\nquantity = 2\n'
        f'quantity_choice = {{ max = 5 }}\nagree = "box"{TEXTS}'
    ).offers[0]
    assert found.products == ("pdt_a", "pdt_b")
    assert found.quantity_choice.max == 5  # type: ignore[union-attr]  # given above
