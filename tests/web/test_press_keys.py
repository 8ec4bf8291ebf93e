"""Press keys: bound to one button, short-lived, and of no use once a single bit is another."""

import base64

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from widget.core.secret import Secret
from widget.web import tickets, tokens
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


def test_a_key_in_a_page_that_is_open_is_read_by_the_next_release():
    """A server is replaced while pages stand open: name, purpose and shape of a key are a promise, also of what it leaves out."""
    rendered = (
        "eyJhbGciOiJIUzI1NiIsInR5cCI6ImVuY29yZS1wcmVzcytqd3QifQ."
        "eyJhdWQiOiJlbmNvcmUvcHJlc3MiLCJleHAiOjE4MDAwMDE4MDAsInByZXNzIjp7InRpY2tldCI6InQiLCJtYWRlX2F0IjoxODAwMDAwMDAwfX0"
        ".j7YGuGm7c-VrIBY2ZEac1KjxWnMkT-CRkleZCoCDANo"
    )
    unsaid = Press(
        ticket="t", customer="", occasion_id="", presentation_id="", step=0, quote_id="", charge_id="", return_id="",
        subscription_id="", seen="", next="", locale="", guessed=False, theme="", look="", parent="", layout="frame",
        made_at=0, shown_at=0,
    )  # fmt: skip
    assert Press(ticket="t") == unsaid
    assert read(rendered, MARAS, NOW) == replace(unsaid, made_at=NOW)


def test_a_key_lives_half_an_hour_and_then_only_says_what_it_was_about():
    assert accepted(KEY, NOW + 1800)
    with pytest.raises(StalePress, match="time is over") as told:
        read(KEY, MARAS, NOW + 1801)
    assert told.value.press == replace(NADIAS, made_at=NOW)


def test_a_key_from_the_future_is_no_key():
    assert accepted(KEY, NOW - 60)  # the clocks of two machines
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


def test_a_token_that_does_not_say_that_it_is_a_key_is_none():
    claims = {"aud": "encore/press", "exp": NOW + 1800, "press": {"ticket": "t", "made_at": NOW}}
    ours = tokens.derived(MARAS, "press")[0]
    for named, good in (({"typ": "encore-press+jwt"}, True), ({"typ": None}, False), ({"typ": "JWT"}, False)):
        assert accepted(jwt.encode(claims, ours, algorithm="HS256", headers=named)) is good


@pytest.mark.case("F-118")
def test_a_key_made_with_the_old_signing_key_is_good_while_keys_are_rotated():
    fresh = Secret("a-new-key-of-maras-0123456789-abcdef")
    assert read(KEY, (fresh, *MARAS), NOW).charge_id == "chg_1"
    with pytest.raises(BadPress):
        read(KEY, (fresh,), NOW)


def test_a_long_way_on_still_fits():
    long = replace(NADIAS, next="https://shop.example/" + "%C3%A4" * 330)
    assert read(make(long, MARAS, NOW), MARAS, NOW).next == long.next


def test_what_is_longer_than_any_key_is_not_looked_at():
    ends = ".aaaa.aaaa"
    for more, said in ((0, "shape|spelling"), (1, "too long")):
        with pytest.raises(BadPress, match=said):
            read("a" * (8192 - len(ends) + more) + ends, MARAS, NOW)


@given(st.text(max_size=300) | st.binary(max_size=300).map(b64))
def test_arbitrary_text_is_no_key(text: str):
    assert not accepted(text)


@given(st.text(max_size=100), st.text(max_size=40), st.integers(0, 3))
def test_any_words_survive_the_way_to_the_browser_and_back(onward: str, name: str, step: int):
    press = Press(ticket=name, next=onward, step=step)
    assert read(make(press, MARAS, NOW), MARAS, NOW) == replace(press, made_at=NOW)
