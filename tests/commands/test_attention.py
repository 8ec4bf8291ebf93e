"""`encore attention` says what needs a person and what to do; seen to is seen to; the doctor tells it too."""

import json

from tests.commands.test_jobs import on
from widget.storage import attention


async def raised() -> None:
    await attention.raise_now("dispute", "chg_nadia", detail="dispute_opened on payment pay_1", at=1_000)


def test_what_needs_a_person_is_listed_with_what_to_do_until_it_is_seen_to(encore, maras):
    encore("migrate")
    assert encore("attention").stdout == "Nothing needs a person.\n"
    assert "ok   attention" in encore("doctor").stdout
    on(maras["ENCORE_DATABASE_URL"], raised)
    [one] = json.loads(encore("attention", "--json").stdout)
    assert (one["id"], one["raised_at"]) == ("dispute:chg_nadia", "1970-01-01T00:00:01.000Z")
    assert "dashboard" in one["to_do"]
    assert "What to do: answer in Dodo's dashboard" in encore("attention").stdout
    assert "FAIL attention      dispute:chg_nadia: answer in Dodo's dashboard" in encore("doctor").stdout
    assert encore("attention", "resolve", "dispute:chg_nadia").returncode == 0
    assert encore("attention", "resolve", "dispute:chg_nadia").returncode == 1
    assert encore("attention", "resolve").returncode == 2
    assert json.loads(encore("attention", "--json").stdout) == []
    [seen] = json.loads(encore("attention", "--all", "--json").stdout)
    assert seen["resolved_by"]
