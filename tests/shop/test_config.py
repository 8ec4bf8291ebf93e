"""The shop's settings: found under the shop's own names or the usual ones, and missed by name."""

import pytest

from widget.shop.config import load

USUAL = {
    "ENCORE_URL": "https://encore.example/",
    "ENCORE_SIGNING_KEY": "first-key-of-at-least-thirty-two-bytes,second-key-of-at-least-thirty-two-bytes",
    "DODO_PAYMENTS_BASE_URL": "http://127.0.0.1:8401",
    "DODO_PAYMENTS_API_KEY": "sandbox",
}


def test_the_usual_names_are_enough_and_the_first_key_signs():
    config = load(USUAL | {"SHOP_PORT": "9402"})
    assert config.encore_url == "https://encore.example"
    assert config.signing_key == "first-key-of-at-least-thirty-two-bytes"
    assert (config.port, config.public_url) == (9402, "http://shop.localhost:9402")


def test_arguments_and_the_shops_own_names_come_first():
    config = load(USUAL | {"SHOP_DODO_URL": "http://own.example", "SHOP_PORT": "9402"}, port=7, encore_url="http://e:1")
    assert (config.dodo_url, config.port, config.encore_url) == ("http://own.example", 7, "http://e:1")


@pytest.mark.parametrize("name", list(USUAL))
def test_what_is_missing_is_named(name: str):
    with pytest.raises(ValueError, match=f"{name}: not set"):
        load({key: value for key, value in USUAL.items() if key != name})


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ({"ENCORE_URL": "encore.example"}, "ENCORE_URL: expected an address"),
        ({"ENCORE_URL": "http://[::1"}, "ENCORE_URL: expected an address"),
        ({"SHOP_PUBLIC_URL": "ftp://x"}, "SHOP_PUBLIC_URL: expected an address"),
        ({"SHOP_PORT": "many"}, "SHOP_PORT: expected a port"),
        ({"SHOP_PORT": "70000"}, "SHOP_PORT: expected a port"),
    ],
)
def test_what_is_malformed_is_named(setting: dict[str, str], said: str):
    with pytest.raises(ValueError, match=said):
        load(USUAL | setting)


def test_a_short_key_is_refused_without_being_printed():
    with pytest.raises(ValueError, match="at least 32 bytes") as refused:
        load(USUAL | {"ENCORE_SIGNING_KEY": "hush"})
    assert "hush" not in str(refused.value)
