"""`encore offers`: what a merchant sees when a file is right, wrong, put in force, and written out again."""

from pathlib import Path

import pytest

DEMO = Path(__file__).parents[2] / "widget/demo/offers.toml"
FAMILY = '[[plan_family]]\nname = "studio"\ncollection = "pdc_plans"\n'
OFFER = '[[offer]]\nname = "{}"\nproduct = "pdt_x"\ntexts = {{ headline = "One more" }}\n'


def test_the_demos_file_has_no_problems(encore):
    done = encore("offers", "check", str(DEMO))
    assert (done.returncode, done.stdout) == (0, f"{DEMO}: 5 offers, 1 plan family, no problems\n")


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("", "0 offers, 0 plan families"),
        (FAMILY, "0 offers, 1 plan family"),
        (OFFER.format("a") + FAMILY, "1 offer, 1 plan family"),
        (FAMILY + FAMILY.replace("studio", "b").replace("pdc_plans", "pdc_b"), "0 offers, 2 plan families"),
    ],
)
def test_what_a_file_holds_is_counted(encore, tmp_path, text, counted):
    (tmp_path / "offers.toml").write_text(text)
    assert encore("offers", "check", "offers.toml").stdout == f"offers.toml: {counted}, no problems\n"


def test_a_family_with_problems_is_told_line_by_line_and_not_applied(encore, tmp_path):
    assert encore("migrate").returncode == 0
    (tmp_path / "offers.toml").write_text(FAMILY + 'canecl = true\n[[plan_family.move]]\nform = "pdt_x"\n')
    for action in ("check", "apply"):
        done = encore("offers", action, "offers.toml")
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.splitlines() == [
            "offers.toml:4: plan_family[0].canecl: unknown field; did you mean 'cancel'?",
            "offers.toml:6: plan_family[0].move[0].form: unknown field; did you mean 'from'?",
        ]
    assert encore("offers", "export", "-").returncode == 1


def test_what_was_applied_is_exported_byte_for_byte(encore, tmp_path):
    assert encore("migrate").returncode == 0
    done = encore("offers", "apply", str(DEMO))
    assert done.stdout == f"{DEMO}: 5 offers, 1 plan family in force as version 1\n"
    assert encore("offers", "export", "out.toml").returncode == 0
    assert (tmp_path / "out.toml").read_bytes() == DEMO.read_bytes()
