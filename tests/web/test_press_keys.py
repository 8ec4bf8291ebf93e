"""Press keys: bound to one button, short-lived, and of no use once a single bit is another."""

import base64

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from widget.core.secret import Secret
from widget.web import tickets
from widget.web.press_keys import BadPress, Press, StalePress, make, read

NOW = 1_800_000_000
MARAS = (Secret("mara-signs-with-this-key-0123456789"),)
NADIAS = Press(
    ticket="9f2c",
    occasion_id="occ_1",
    presentation_id="prs_1",
    step=1,
    quote_id="quo_1",
    charge_id="chg_1",
    next="https://shop.example/thanks",
    locale="en",
    theme="dark",
    parent="https://shop.example",
    layout="page",
)
KEY = make(NADIAS, MARAS, NOW)


def accepted(token: str, now: int = NOW) -> bool:
    try:
        read(token, MARAS, now)
    except (BadPress, StalePress):
        return False
    return True


def b64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def test_a_press_comes_back_as_it_was_made():
    assert read(KEY, MARAS, NOW) == replace(NADIAS, made_at=NOW)
    assert read(make(Press(ticket="t"), MARAS, NOW), MARAS, NOW) == Press(ticket="t", made_at=NOW)


def test_a_key_lives_half_an_hour_and_then_only_says_what_it_was_about():
    assert accepted(KEY, NOW + 1800)
    with pytest.raises(StalePress) as told:
        read(KEY, MARAS, NOW + 1801)
    assert told.value.press == replace(NADIAS, made_at=NOW)


def test_a_key_from_the_future_is_no_key():
    with pytest.raises(BadPress):
        read(KEY, MARAS, NOW - 61)


def test_the_merchants_key_does_not_sign_presses():
    """Mara's server holds the signing key for tickets; a press is made by Encore alone."""
    claims = {"aud": "encore/press", "exp": NOW + 1800, "press": {"ticket": "t", "made_at": NOW}}
    forged = jwt.encode(claims, MARAS[0].reveal(), algorithm="HS256", headers={"typ": "encore-press+jwt"})
    assert not accepted(forged)


@pytest.mark.case("F-105")
def test_a_ticket_is_no_press_and_a_press_is_no_ticket():
    ticket = tickets.mint_offer(MARAS, customer_id="cus_1", payment_id="pay_1", now=NOW)
    assert not accepted(ticket)
    with pytest.raises(tickets.BadTicket):
        tickets.read(KEY, "encore/offer", MARAS, NOW)


@pytest.mark.case("F-118")
def test_a_key_made_with_the_old_signing_key_is_good_while_keys_are_rotated():
    fresh = Secret("a-new-key-of-maras-0123456789-abcdef")
    assert read(KEY, (fresh, *MARAS), NOW).charge_id == "chg_1"
    with pytest.raises(BadPress):
        read(KEY, (fresh,), NOW)


def test_a_long_way_on_still_fits():
    long = replace(NADIAS, next="https://shop.example/" + "%C3%A4" * 330)
    assert read(make(long, MARAS, NOW), MARAS, NOW).next == long.next


@given(st.text(max_size=300) | st.binary(max_size=300).map(b64))
def test_arbitrary_text_is_no_key(text: str):
    assert not accepted(text)


@given(st.text(max_size=100), st.text(max_size=40), st.integers(0, 3))
def test_any_words_survive_the_way_to_the_browser_and_back(onward: str, name: str, step: int):
    press = Press(ticket=name, next=onward, step=step)
    assert read(make(press, MARAS, NOW), MARAS, NOW) == replace(press, made_at=NOW)
