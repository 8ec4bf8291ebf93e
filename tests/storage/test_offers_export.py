"""What was applied is exported: for any file that is read, letter for letter, and it means the same."""

import itertools

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from widget.core.offers_file import read
from widget.storage import offers

_AT = itertools.count(1)
# A brace in a text is a place to fill, so these have none; what is wrong with places is tried in tests/core.
_SAID = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="{}"), max_size=40)
_ENDS = st.sampled_from(("\n", "\r\n"))


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@st.composite
def files(draw) -> str:
    """A few offers with any words and comments, in any order of their fields."""
    lines: list[str] = []
    for number in range(draw(st.integers(0, 3))):
        fields = [f'name = "offer-{number}"', 'product = "pdt_a"', f"priority = {draw(st.integers(-5, 5))}"]
        lines += [f"# {draw(_SAID)}", "[[offer]]", *draw(st.permutations(fields))]
        lines += ["[offer.texts]", f"headline = {quoted('x' + draw(_SAID))}  # {draw(_SAID)}"]
    return draw(_ENDS).join([*lines, ""])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=files())
async def test_export_is_what_was_applied_and_reads_the_same(database, text):
    file = read(text)
    await offers.apply(text, file, by="mara", at=next(_AT))
    exported = await offers.file_in_force()
    assert exported == text
    assert read(exported) == file
    _, in_force = await offers.in_force()
    assert in_force == file.offers
