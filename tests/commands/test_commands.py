"""The command line: what the contract lists is there, wrong usage is 2, and nothing secret is printed."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from widget.commands import commands
from widget.core.secret import Secret
from widget.web import tickets

CONTRACT = "demo serve migrate doctor ticket offers charges charge events replay report sandbox shop".split()


def test_every_command_of_the_contract_is_there():
    assert set(CONTRACT) <= set(commands())


@pytest.mark.parametrize("name", CONTRACT)
def test_every_command_explains_itself(encore, name: str):
    done = encore(name, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"usage: encore {name}")


@pytest.mark.parametrize(
    "arguments",
    [[], ["nonsense"], ["ticket"], ["ticket", "offer"], ["charge"], ["offers", "eat", "x"], ["serve", "--port", "x"]],
)
def test_wrong_usage_is_exit_code_2(encore, arguments: list[str]):
    done = encore(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "usage: encore" in done.stderr
    assert "Traceback" not in done.stderr


def test_asking_for_help_loads_no_framework():
    code = """
import sys
from widget.commands import call
try:
    call(["--help"])
except SystemExit:
    print(sorted({name.partition(".")[0] for name in sys.modules} & {"litestar", "piccolo", "dodopayments", "granian"}))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_migrate_brings_a_new_database_up_to_date_and_the_second_time_has_nothing_to_do(encore):
    first, second = encore("migrate"), encore("migrate")
    assert (first.returncode, second.returncode) == (0, 0)
    assert first.stdout.splitlines()[0].startswith("m0001")
    assert second.stdout == "The database is up to date.\n"


def test_several_processes_may_migrate_at_once(encore):
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: encore("migrate"), range(4)))
    assert [one.returncode for one in done] == [0, 0, 0, 0]
    assert sum("m0001" in one.stdout for one in done) == 1


@pytest.mark.parametrize(
    "url", ["mysql://canary@host/x", "postgresql://u:canary@127.0.0.1:1/x", "sqlite:////no/such/place/x.db"]
)
def test_a_database_that_does_not_work_is_one_sentence(encore, url: str):
    done = encore("migrate", ENCORE_DATABASE_URL=url)
    assert done.returncode == 1
    assert "ENCORE_DATABASE_URL" in done.stderr
    assert "canary" not in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_a_database_that_is_behind_says_what_to_do(encore):
    done = encore("charges")
    assert (done.returncode, done.stdout) == (1, "")
    assert "encore migrate" in done.stderr


def test_a_ticket_stands_alone_on_its_line_and_opens_what_it_says(encore, maras):
    done = encore("ticket", "offer", "--customer", "cus_Nadia", "--payment", "pay_1", "--locale", "pt-BR")
    [line] = done.stdout.splitlines()
    keys = (Secret(maras["ENCORE_SIGNING_KEYS"]),)
    ticket = tickets.read(line, "encore/offer", keys, now=4_000_000_000)
    assert (ticket.customer_id, ticket.payment_id, ticket.locale) == ("cus_Nadia", "pay_1", "pt-BR")
    plans = encore("ticket", "plans", "--customer", "cus_Nadia", "--subscription", "sub_1").stdout.strip()
    assert tickets.read(plans, "encore/plans", keys, now=4_000_000_000).subscription_id == "sub_1"


def test_a_ticket_needs_the_signing_keys_and_nothing_else(encore, maras):
    nothing = {name: None for name in maras if name != "ENCORE_SIGNING_KEYS"}
    assert encore("ticket", "offer", "--customer", "c", "--payment", "p", **nothing).returncode == 0
    refused = encore("ticket", "offer", "--customer", "c", "--payment", "p", ENCORE_SIGNING_KEYS="canary")
    assert refused.returncode == 1
    assert "at least 32 bytes" in refused.stderr
    assert "canary" not in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--customer", "cus 1", "--payment", "pay_1"], "--customer"),
        (["--customer", "cus_1"], "--payment"),
        (["--customer", "cus_1", "--payment", "pay_1", "--locale", "x!"], "--locale"),
        (["--customer", "cus_1", "--payment", "pay_1", "--placement", "Up!"], "--placement"),
    ],
)
def test_a_ticket_that_would_open_nothing_is_refused_with_the_option_named(encore, arguments: list[str], named: str):
    done = encore("ticket", "offer", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"{named}: expected")


def test_serve_refuses_to_start_and_names_everything_that_is_wrong(encore):
    done = encore("serve", ENCORE_SIGNING_KEYS="canary", ENCORE_PUBLIC_URL="encore", DODO_PAYMENTS_BASE_URL=None)
    assert done.returncode == 1
    for name in ("ENCORE_SIGNING_KEYS", "ENCORE_PUBLIC_URL", "DODO_PAYMENTS_ENVIRONMENT"):
        assert name in done.stderr
    assert "canary" not in done.stderr
    assert "Traceback" not in done.stderr


def test_serve_refuses_a_database_that_is_behind(encore):
    done = encore("serve", "--port", "1")
    assert done.returncode == 1
    assert "encore migrate" in done.stderr


def test_the_doctor_says_one_line_a_check_and_no_secret(encore):
    encore("migrate")
    done = encore("doctor")
    lines = {line[5:19].strip(): line[:4].strip() for line in done.stdout.splitlines()}
    assert lines == {
        "configuration": "ok",
        "database": "ok",
        "invariants": "ok",
        "dodo key": "FAIL",
        "webhook secret": "ok",
        "origins": "ok",
        "outgoing": "ok",
        "attention": "ok",
    }
    assert done.returncode == 1
    assert "canary" not in done.stdout + done.stderr
    assert "Y2FuYXJ5" not in done.stdout + done.stderr


def test_the_doctor_finds_a_missing_secret_a_database_that_is_behind_and_a_setting_nobody_knows(encore):
    done = encore("doctor", DODO_PAYMENTS_WEBHOOK_KEY=None, ENCORE_SIGNING_KEY="canary")
    found = [line for line in done.stdout.splitlines() if line.startswith("FAIL")]
    assert any("did you mean ENCORE_SIGNING_KEYS?" in line for line in found)
    assert any("encore migrate" in line for line in found)
    assert any("503" in line for line in found)
    assert "canary" not in done.stdout


def test_the_doctor_stops_at_a_configuration_that_is_none(encore):
    done = encore("doctor", ENCORE_PUBLIC_URL="canary://x")
    assert done.returncode == 1
    assert done.stdout.startswith("FAIL configuration  ENCORE_PUBLIC_URL")


def test_whoever_reads_only_the_first_line_gets_no_trace(encore, maras):
    encore("migrate")
    command = f"{sys.executable} -m widget --help | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
