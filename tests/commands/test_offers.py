"""`encore offers`: what a merchant sees when a file is right, wrong, put in force, and written out again."""

import json
import tomllib
from pathlib import Path

import jsonschema
import pytest

DEMO = Path(__file__).parents[2] / "widget/demo/offers.toml"
FAMILY = '[[plan_family]]\nname = "studio"\ncollection = "pdc_plans"\n'
OFFER = '[[offer]]\nname = "{}"\nproduct = "pdt_x"\ntexts = {{ headline = "One more" }}\n'


def test_the_demos_file_has_no_problems(encore):
    done = encore("offers", "check", str(DEMO))
    assert (done.returncode, done.stdout) == (0, f"{DEMO}: 10 offers, 1 plan family, no problems\n")


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


def test_a_colour_that_could_not_be_read_is_told_with_what_is_shown_and_the_file_is_applied(encore, tmp_path):
    assert encore("migrate").returncode == 0
    text = '[theme]\naccent = "#ffd400"\n' + OFFER.format("a")
    (tmp_path / "offers.toml").write_text(text)
    for action, said in (("check", "no problems"), ("apply", "in force as version 1")):
        done = encore("offers", action, "offers.toml", "--offline")
        assert (done.returncode, done.stdout) == (
            0,
            f"offers.toml: 1 offer, 0 plan families{',' * (action == 'check')} {said}\n",
        )
        button, words = done.stderr.splitlines()
        at = "offers.toml:2: warning: theme.accent: #ffd400 has a contrast of"
        assert button == f"{at} 1.29:1 as a button on a light card, 3:1 is needed; #a88a00 is shown instead"
        assert words == f"{at} 1.24:1 as text on a light card, 4.5:1 is needed; #826a00 is shown instead"
    assert encore("offers", "export", "out.toml").returncode == 0
    assert (tmp_path / "out.toml").read_text() == text


def test_what_was_applied_is_exported_byte_for_byte(encore, tmp_path):
    assert encore("migrate").returncode == 0
    done = encore("offers", "apply", str(DEMO))
    assert done.stdout == f"{DEMO}: 10 offers, 1 plan family in force as version 1\n"
    assert encore("offers", "export", "out.toml").returncode == 0
    assert (tmp_path / "out.toml").read_bytes() == DEMO.read_bytes()


def test_line_ends_are_kept_as_they_are(encore, tmp_path):
    assert encore("migrate").returncode == 0
    wanted = OFFER.format("a").replace("\n", "\r\n").encode()
    (tmp_path / "offers.toml").write_bytes(wanted)
    assert encore("offers", "apply", "offers.toml").returncode == 0
    assert encore("offers", "export", "again.toml").returncode == 0
    assert (tmp_path / "again.toml").read_bytes() == wanted


def test_the_schema_for_editors_accepts_the_demo_and_names_a_typing_error(encore):
    done = encore("offers", "schema")
    found = json.loads(done.stdout)
    jsonschema.Draft202012Validator.check_schema(found)
    judge = jsonschema.Draft202012Validator(found)
    demo = tomllib.loads(DEMO.read_text())
    assert [error.message for error in judge.iter_errors(demo)] == []
    demo["offer"][0]["quiet_dys"] = 3
    assert any("quiet_dys" in error.message for error in judge.iter_errors(demo))


def test_who_applied_what_when_is_told_and_what_a_file_would_change(encore, tmp_path):
    assert encore("migrate").returncode == 0
    (tmp_path / "offers.toml").write_text(OFFER.format("a"))
    assert encore("offers", "diff", "offers.toml").stdout.count("\n+") == 5
    assert encore("offers", "apply", "offers.toml").returncode == 0
    assert encore("offers", "diff", "offers.toml").stdout == ""
    (tmp_path / "offers.toml").write_text(OFFER.format("b"))
    assert '-name = "a"\n' in encore("offers", "diff", "offers.toml").stdout
    assert encore("offers", "apply", "offers.toml").returncode == 0
    told = json.loads(encore("offers", "history", "--json").stdout)
    assert [one["version"] for one in told] == [2, 1]
    assert set(told[0]) == {"version", "applied_at", "applied_by", "digest", "offers", "difference"}
    assert told[0]["offers"] == {"added": ["b"], "changed": [], "removed": ["a"]}
    assert '-name = "a"\n+name = "b"\n' in told[0]["difference"]
    assert told[1]["difference"].count("\n+") == 5
    assert encore("offers", "history").stdout.splitlines()[1].endswith("+b -a")
    assert '-name = "a"\n+name = "b"\n' in encore("offers", "history", "--diff").stdout


def test_a_cap_that_is_changed_is_a_new_version_with_its_line(encore, tmp_path):
    assert encore("migrate").returncode == 0
    for cap in (2, 3):
        (tmp_path / "offers.toml").write_text(f"[caps]\nper_customer_per_day = {cap}  # enough\n{OFFER.format('a')}")
        told = encore("offers", "diff", "offers.toml").stdout
        assert f"\n+per_customer_per_day = {cap}  # enough\n" in told
        assert encore("offers", "apply", "offers.toml").returncode == 0
    changed = "-per_customer_per_day = 2  # enough\n+per_customer_per_day = 3  # enough\n"
    assert changed in encore("offers", "history", "--diff").stdout
    assert encore("offers", "export", "again.toml").returncode == 0
    assert (tmp_path / "again.toml").read_bytes() == (tmp_path / "offers.toml").read_bytes()


def test_without_a_file_the_usage_is_wrong(encore):
    done = encore("offers", "check")
    assert (done.returncode, done.stdout) == (2, "")
    assert "name a FILE" in done.stderr


def test_a_draft_is_tried_on_past_purchases_without_writing(encore, tmp_path):
    assert encore("migrate").returncode == 0
    (tmp_path / "offers.toml").write_text(OFFER.format("a"))
    done = encore("offers", "replay", "offers.toml", "--last", "10")
    assert (done.returncode, done.stdout) == (0, "No past purchase is kept.\n")
    told = json.loads(encore("offers", "replay", "offers.toml", "--json").stdout)
    assert told == {"purchases": [], "offers": []}
    assert encore("offers", "export", "-").returncode == 1  # nothing was put in force
