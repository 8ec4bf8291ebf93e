"""A family's words in other languages: the nearest are said, and what does not pair up is named in the file."""

import pytest

from widget.core.family_spoken import spoken
from widget.core.offers_file import OffersFileError, read

FILE = """
[[plan_family]]
name = "studio"
cancel = true
[plan_family.seats]
noun = "Brushes"
[plan_family.seats.locale.de]
noun = "Pinsel"
[[plan_family.plan]]
product = "pdt_lite"
name = "Lite"
features = ["Ten sketches"]
[plan_family.plan.locale.de]
name = "Leicht"
features = ["Zehn Skizzen"]
[plan_family.plan.locale.de-AT]
name = "Leichterl"
[[plan_family.plan]]
product = "pdt_pro"
features = ["Ten sketches", "Fifty layers"]
[[plan_family.downsell]]
name = "stay"
before = "cancel"
kind = "pause"
headline = "Stay"
body = "A while"
[plan_family.downsell.locale.de]
headline = "Bleiben"
"""


@pytest.mark.parametrize(
    ("locale", "name", "noun", "headline"),
    [
        ("de", "Leicht", "Pinsel", ("Bleiben", "")),
        ("de-CH", "Leicht", "Pinsel", ("Bleiben", "")),
        ("de-AT", "Leichterl", "Pinsel", ("Bleiben", "")),
        ("fr", "Lite", "Brushes", ("Stay", "A while")),
        ("", "Lite", "Brushes", ("Stay", "A while")),
    ],
)
def test_the_nearest_words_are_said_and_the_familys_own_where_there_are_none(locale, name, noun, headline):
    told = spoken(read(FILE).families[0], locale)
    assert (told.plan[0].name, told.seats and told.seats.noun) == (name, noun)
    assert (told.downsell[0].headline, told.downsell[0].body) == headline


def test_a_line_is_said_one_way_in_every_plan_that_has_it():
    lite, pro = spoken(read(FILE).families[0], "de").plan
    assert lite.features == ("Zehn Skizzen",)
    assert pro.features == ("Zehn Skizzen", "Fifty layers")


PRO = '[plan_family.plan.locale.de]\nfeatures = ["{}", "{}"] #!\n[[plan_family.downsell]]'


@pytest.mark.parametrize(
    ("wrong", "field", "message"),
    [
        (FILE.replace("plan.locale.de]", 'plan.locale."no language"] #!'), "plan[0].locale.no language", "expected a BCP 47"),
        (FILE.replace("seats.locale.de]", 'seats.locale."no language"] #!'), "seats.locale.no language", "expected a BCP 47"),
        (FILE.replace("downsell.locale.de]", "downsell.locale.d] #!"), "downsell[0].locale.d", "expected a BCP 47"),
        (FILE.replace('name = "Leicht"', 'nam = "Leicht" #!'), "plan[0].locale.de.nam", "did you mean 'name'"),
        (FILE.replace('name = "Leicht"', "name = 3 #!"), "plan[0].locale.de.name", "expected"),
        (FILE.replace('"Bleiben"', '"" #!'), "downsell[0].locale.de.headline", "1"),
        (FILE.replace('["Zehn Skizzen"]', '["Zehn", "Skizzen"] #!'), "plan[0].locale.de.features", "2 lines for 1"),
        (FILE.replace("[[plan_family.downsell]]", PRO.format("10 Skizzen", "Ebenen")), "plan[1].locale.de.features[0]", "write it alike"),
        (FILE.replace("[[plan_family.downsell]]", PRO.format("Zehn Skizzen", "Zehn Skizzen")), "plan[1].locale.de.features[1]", "two names"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_line(wrong, field, message):
    with pytest.raises(OffersFileError) as error:
        read(wrong)
    (problem,) = error.value.problems
    line = next(number for number, text in enumerate(wrong.splitlines(), 1) if text.endswith("#!"))
    assert (problem.line, problem.field.removeprefix("plan_family[0].")) == (line, field)
    assert message in problem.message
