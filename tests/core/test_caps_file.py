"""The `[caps]` table: what it says, and each mistake told with its line, its field and what to write instead."""

import jsonschema
import pytest

from widget.core.caps import Caps
from widget.core.offers_file import OffersFileError, read, schema

WHOLE = "expected a whole number of 1 or more; leave it out for no cap"


def test_both_one_or_none_of_the_caps_may_be_said():
    assert read("").caps == Caps() == read("[caps]\n").caps
    assert read("[caps]\nper_customer_per_day = 2\n").caps == Caps(per_customer_per_day=2)
    assert read("[caps]\nper_customer_per_day = 2\nper_customer = 20\n").caps == Caps(2, 20)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[caps]\nper_customer = 0", f"2 caps.per_customer: {WHOLE}"),
        ("[caps]\nper_customer_per_day = -1", f"2 caps.per_customer_per_day: {WHOLE}"),
        ('[caps]\n\nper_customer = "2"', f"3 caps.per_customer: {WHOLE}"),
        ("[caps]\nper_customer = true", f"2 caps.per_customer: {WHOLE}"),
        ("[caps]\nper_customer = 1.5", f"2 caps.per_customer: {WHOLE}"),
        ("[caps]\nper_custmer = 2", "2 caps.per_custmer: unknown field; did you mean 'per_customer'?"),
        ("[caps]\nper_day = 2", "2 caps.per_day: unknown field"),
        ("[[caps]]\nper_customer = 2", "1 caps: write it as [caps] or caps = { … }"),
        ("[cap]\nper_customer = 2", "1 cap: unknown; the file holds [caps], [theme], [[offer]] and [[plan_family]] tables; did you mean 'caps'?"),
    ],
)  # fmt: skip
def test_each_mistake_is_told_with_its_line_and_field(text, said):
    with pytest.raises(OffersFileError) as caught:
        read(text)
    assert [f"{one.line} {one.field}: {one.message}" for one in caught.value.problems] == [said]


def test_an_editor_knows_the_caps():
    judge = jsonschema.Draft202012Validator(schema())
    assert judge.is_valid({"caps": {"per_customer_per_day": 1, "per_customer": 2}})
    assert not any(
        judge.is_valid({"caps": odd}) for odd in ({"per_customer": 0}, {"per_customer": "2"}, {"per_day": 1})
    )
