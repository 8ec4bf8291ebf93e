"""Settings: everything wrong is told at once, nothing secret is told at all, and live is never guessed."""

import copy
import pickle

import msgspec
import pytest

from widget.core.secret import Secret
from widget.environment import NAMES
from widget.settings import Settings, SettingsError, load

KEY = "f3a9c1d27b5e4608a1b2c3d4e5f60718"
MARA = {
    "ENCORE_PUBLIC_URL": "https://encore.mara.example",
    "ENCORE_SIGNING_KEYS": KEY,
    "ENCORE_ALLOWED_ORIGINS": "https://shop.mara.example",
    "ENCORE_API_KEYS": "a-long-enough-bearer-key",
    "DODO_PAYMENTS_API_KEY": "dodo_test_mara",
    "DODO_PAYMENTS_WEBHOOK_KEY": "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQ=",
    "DODO_PAYMENTS_ENVIRONMENT": "test_mode",
}


def with_(**changes: str) -> Settings:
    return load(MARA | changes)


def problems(**changes: str) -> list[str]:
    with pytest.raises(SettingsError) as told:
        with_(**changes)
    return [problem.name for problem in told.value.problems]


def test_maras_settings_are_read_as_written():
    settings = load(MARA)
    assert settings.public_url == "https://encore.mara.example"
    assert settings.allowed_origins == settings.return_origins == ("https://shop.mara.example",)
    assert settings.signing_keys == (Secret(KEY),)
    assert settings.database_url.reveal() == "sqlite:///encore.db"
    assert settings.warnings == ()
    assert settings.checkout_origins == ("https://test.checkout.dodopayments.com",)
    assert settings.mode == "test"


def test_an_empty_environment_names_every_missing_setting_at_once():
    with pytest.raises(SettingsError) as told:
        load({})
    assert {problem.name for problem in told.value.problems} == {
        "ENCORE_PUBLIC_URL",
        "ENCORE_SIGNING_KEYS",
        "ENCORE_ALLOWED_ORIGINS",
        "DODO_PAYMENTS_API_KEY",
        "DODO_PAYMENTS_ENVIRONMENT",
    }
    assert all(problem.found == "nothing" and problem.expected for problem in told.value.problems)


@pytest.mark.parametrize(
    "url",
    [
        "encore.example",
        "ftp://encore.example",
        "http://encore.example",
        "https://encore.example/path",
        "https://u:hidden-password@encore.example",
        "https://encore.example:99999",
        "https://encore.example:",
        "https://encore .example",
        "https://",
        "https://exämple.example",
        "https://encore.example?x",
        "https://encore.example\\@rex.example",
    ],
)
def test_a_public_url_that_is_no_origin_stops_the_start(url: str):
    assert problems(ENCORE_PUBLIC_URL=url) == ["ENCORE_PUBLIC_URL"]


@pytest.mark.parametrize(
    "origin",
    [
        "*",
        "https://*.mara.example",
        "https:",
        "https://shop.example/",
        "https://shop.example/thanks",
        "null",
        "http://shop.example",
        "https://shop.example;script-src",
        "'self'",
        "https://localhost.rex.example:x",
        "http://localhost.rex.example",
    ],
)
@pytest.mark.parametrize("name", ["ENCORE_ALLOWED_ORIGINS", "ENCORE_RETURN_ORIGINS"])
def test_an_origin_with_a_wildcard_a_path_or_without_encryption_stops_the_start(name: str, origin: str):
    assert set(problems(**{name: f"https://good.example, {origin}"})) == {name}


@pytest.mark.parametrize("host", ["127.0.0.1:8402", "localhost", "shop.localhost:8402", "[::1]:80"])
def test_plain_http_is_for_this_machine(host: str):
    assert with_(ENCORE_ALLOWED_ORIGINS=f"http://{host}").allowed_origins


def test_origins_are_compared_in_one_spelling():
    settings = with_(ENCORE_ALLOWED_ORIGINS="HTTPS://Shop.Mara.Example:443,https://shop.mara.example")
    assert settings.allowed_origins == ("https://shop.mara.example",)


def test_a_shopper_is_sent_on_to_the_return_origins_only():
    settings = with_(ENCORE_RETURN_ORIGINS="https://mara.example")
    assert settings.next_or_none("https://mara.example/thanks?x=1") == "https://mara.example/thanks?x=1"
    foreign = [
        "https://mara.example.rex.example/",
        "https://mara.example@rex.example/",
        "https://rex.example/https://mara.example",
        "//mara.example/",
        "http://mara.example/",
        "https://mara.example\\.rex.example/",
        "javascript:alert(1)",
        "https://mara.example:8443/",
        "https://mara.example/\r\nSet-Cookie: a=b",
        "https://mara.example/" + "a" * 3000,
        "",
        None,
    ]
    assert [url for url in foreign if settings.next_or_none(url)] == []


@pytest.mark.parametrize("keys", ["short", f"{KEY},short", f"{KEY},{KEY}", ",", KEY[:31]])
def test_signing_keys_are_long_and_different(keys: str):
    assert problems(ENCORE_SIGNING_KEYS=keys) == ["ENCORE_SIGNING_KEYS"]


def test_several_keys_of_each_kind_allow_rotation():
    settings = with_(
        ENCORE_SIGNING_KEYS=f"{KEY}, {KEY[::-1]}", DODO_PAYMENTS_WEBHOOK_KEY="whsec_YQ==,whsec_Yg== whsec_Yw"
    )
    assert [key.reveal() for key in settings.signing_keys] == [KEY, KEY[::-1]]
    assert len(settings.dodo_webhook_keys) == 3


def test_without_a_webhook_key_encore_starts_and_says_that_the_route_is_closed():
    settings = with_(DODO_PAYMENTS_WEBHOOK_KEY="")
    assert settings.dodo_webhook_keys == ()
    assert "503" in settings.warnings[0]


def test_a_webhook_key_that_is_no_base64_stops_the_start():
    assert problems(DODO_PAYMENTS_WEBHOOK_KEY="whsec_$$$") == ["DODO_PAYMENTS_WEBHOOK_KEY"]


@pytest.mark.parametrize("environment", ["", "live", "LIVE_MODE", "test", "production"])
def test_live_is_never_guessed(environment: str):
    assert problems(DODO_PAYMENTS_ENVIRONMENT=environment) == ["DODO_PAYMENTS_ENVIRONMENT"]


def test_environment_and_base_url_together_are_refused_because_one_would_be_ignored():
    assert problems(DODO_PAYMENTS_BASE_URL="http://127.0.0.1:8401") == ["DODO_PAYMENTS_ENVIRONMENT"]


@pytest.mark.parametrize(
    ("key", "environment", "base_url"),
    [
        ("dodo_live_x", "test_mode", ""),
        ("dodo_test_x", "live_mode", ""),
        ("dodo_live_x", "", "https://test.dodopayments.com"),
        ("dodo_test_x", "", "https://live.dodopayments.com"),
        ("dodo_live_x", "", "http://127.0.0.1:8401"),
    ],
)
def test_a_key_of_one_mode_does_not_meet_the_other_modes_host(key: str, environment: str, base_url: str):
    changes = {"DODO_PAYMENTS_ENVIRONMENT": environment, "DODO_PAYMENTS_BASE_URL": base_url}
    assert problems(DODO_PAYMENTS_API_KEY=key, **changes) == ["DODO_PAYMENTS_API_KEY"]


def test_the_sandbox_is_reached_by_its_base_url():
    settings = with_(
        DODO_PAYMENTS_API_KEY="sandbox", DODO_PAYMENTS_ENVIRONMENT="", DODO_PAYMENTS_BASE_URL="http://127.0.0.1:8401/"
    )
    assert settings.dodo_base_url == "http://127.0.0.1:8401"
    assert settings.checkout_origins == ("http://127.0.0.1:8401",)
    assert settings.mode == "sandbox"


@pytest.mark.parametrize("url", ["mysql://x", "sqlite://encore.db", "sqlite:///", "encore.db", "postgresql://"])
def test_a_database_of_another_kind_stops_the_start(url: str):
    assert problems(ENCORE_DATABASE_URL=url) == ["ENCORE_DATABASE_URL"]


def test_a_setting_nobody_knows_is_reported_with_the_one_that_was_meant():
    warnings = with_(ENCORE_ALOWED_ORIGINS="x", ENCORE_XYZ="x", PATH="/bin").warnings
    assert any("ENCORE_ALOWED_ORIGINS" in line and "did you mean ENCORE_ALLOWED_ORIGINS?" in line for line in warnings)
    assert any(line.startswith("ENCORE_XYZ") for line in warnings)
    assert not any("PATH" in line for line in warnings)


@pytest.mark.parametrize("name", NAMES)
def test_bytes_that_are_no_text_are_a_problem_and_no_crash(name: str):
    assert name in problems(**{name: "\udcff\x00" * 20})


def test_no_secret_is_ever_in_what_is_printed():
    canaries = {
        "ENCORE_DATABASE_URL": "postgresql://encore:canary-one@db/encore",
        "ENCORE_SIGNING_KEYS": "canary-two-canary-two-canary-two,canary-3",
        "ENCORE_API_KEYS": "canary four",
        "DODO_PAYMENTS_API_KEY": "canary five",
        "DODO_PAYMENTS_WEBHOOK_KEY": "whsec_canary-$",
        "ENCORE_PUBLIC_URL": "https://u:canary@x.example",
        "DODO_PAYMENTS_BASE_URL": "https://u:canary@y.example",
    }
    with pytest.raises(SettingsError) as told:
        load(MARA | canaries)
    assert "canary" not in f"{told.value} {told.value!r} {told.value.problems} {told.value.warnings}"
    assert KEY not in f"{load(MARA)!r} {load(MARA)}"


def test_a_secret_cannot_be_encoded_or_pickled():
    secret = Secret("canary")
    with pytest.raises(TypeError):
        msgspec.json.encode(secret)
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    with pytest.raises(TypeError):
        copy.copy(secret)
    assert secret.matches("canary")
    assert not secret.matches("Secret(hidden)")
    assert not secret.matches("\udcff")


CONTRACT = """
ENCORE_DATABASE_URL ENCORE_PUBLIC_URL ENCORE_SIGNING_KEYS ENCORE_ALLOWED_ORIGINS ENCORE_RETURN_ORIGINS ENCORE_API_KEYS
DODO_PAYMENTS_API_KEY DODO_PAYMENTS_WEBHOOK_KEY DODO_PAYMENTS_ENVIRONMENT DODO_PAYMENTS_BASE_URL
"""


def test_every_name_in_the_contract_is_known():
    assert set(CONTRACT.split()) - set(NAMES) == set()
    assert len(NAMES) == len(set(NAMES))


def test_jobs_are_worked_here_unless_they_are_said_to_be_worked_elsewhere():
    assert with_().works
    assert not with_(ENCORE_JOBS="elsewhere").works
    assert problems(ENCORE_JOBS="nowhere") == ["ENCORE_JOBS"]


def test_proxies_are_addresses_or_networks():
    found = with_(ENCORE_TRUSTED_PROXIES="10.0.0.7, 172.16.0.0/12 fd00::/8").trusted_proxies
    assert [str(network) for network in found] == ["10.0.0.7/32", "172.16.0.0/12", "fd00::/8"]
    assert with_().trusted_proxies == ()


@pytest.mark.parametrize("wrong", ["proxy.mara.example", "10.0.0.1/8", "10.0.0.0/33", "*", "0.0.0.0/0", "::/0"])
def test_a_proxy_that_is_none_or_everybody_stops_the_start(wrong):
    assert problems(ENCORE_TRUSTED_PROXIES=wrong) == ["ENCORE_TRUSTED_PROXIES"]


SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_outgoing_events_need_an_address_and_a_secret_together():
    told = with_(ENCORE_EVENTS_URL="https://mara.example/events?x=1", ENCORE_EVENTS_SECRET=f"{SECRET}, {SECRET}")
    assert told.events_url == "https://mara.example/events?x=1"
    assert [one.reveal() for one in told.events_secrets] == [SECRET, SECRET]
    assert not told.events_private
    assert (with_().events_url, with_().events_secrets) == (None, ())
    assert problems(ENCORE_EVENTS_URL="https://mara.example/") == ["ENCORE_EVENTS_SECRET"]
    assert problems(ENCORE_EVENTS_SECRET=SECRET) == ["ENCORE_EVENTS_URL"]
    assert problems(ENCORE_EVENTS_URL="https://mara.example/", ENCORE_EVENTS_SECRET="whsec_c2hvcnQ=") == [
        "ENCORE_EVENTS_SECRET"
    ]


@pytest.mark.parametrize(
    "wrong", ["http://mara.example/", "http://10.0.0.1/", "https://user:canary@mara.example/", "ftp://mara.example/", "mara.example", "https://x/#y"]
)  # fmt: skip
def test_an_events_address_that_is_not_https_stops_the_start(wrong):
    assert problems(ENCORE_EVENTS_URL=wrong, ENCORE_EVENTS_SECRET=SECRET) == ["ENCORE_EVENTS_URL"]


def test_an_events_address_on_this_machine_may_be_plain_only_while_encore_is_plain_too():
    local = {"ENCORE_EVENTS_URL": "http://127.0.0.1:9/e", "ENCORE_EVENTS_SECRET": SECRET}
    assert with_(ENCORE_PUBLIC_URL="http://127.0.0.1:8400", **local).events_url == "http://127.0.0.1:9/e"
    assert problems(ENCORE_PUBLIC_URL="https://encore.mara.example", **local) == ["ENCORE_EVENTS_URL"]
