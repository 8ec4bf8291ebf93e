"""Tickets: any JWT library can make one, nobody can change one, and whatever is wrong looks the same."""

import base64
import hashlib
import hmac
import json
import string

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.core.secret import Secret
from widget.web import tickets
from widget.web.tickets import BadClaim, BadTicket, read

NOW = 1_800_000_000
MARAS = (Secret("mara-signs-with-this-key-0123456789"),)
REXS = (Secret("rex-would-like-to-sign-with-this-one"),)
OFFER = tickets.mint_offer(MARAS, customer_id="cus_Nadia", payment_id="pay_1", locale="pt-BR", theme="dark", now=NOW)
PLANS = tickets.mint_plans(MARAS, customer_id="cus_Nadia", subscription_id="sub_1", now=NOW)
CLAIMS = {
    "aud": "encore/offer",
    "sub": "cus_Nadia",
    "iat": NOW,
    "exp": NOW + 900,
    "jti": "b6f1",
    "payment_id": "pay_1",
}


def signed(*, without: str = "", headers: dict[str, object] | None = None, **changes: object) -> str:
    """A ticket as a merchant's JWT library makes it, with some claims changed."""
    claims = {name: value for name, value in (CLAIMS | changes).items() if name != without}
    return jwt.encode(claims, MARAS[0].reveal(), algorithm="HS256", headers=headers)


def raw(header: object, payload: object, key: str = MARAS[0].reveal()) -> str:
    """Signed by hand, where a library would refuse."""
    parts = [_b64(json.dumps(part).encode()) for part in (header, payload)]
    signature = hmac.digest(key.encode(), ".".join(parts).encode(), hashlib.sha256)
    return ".".join([*parts, _b64(signature)])


def accepted(token: str, audience: tickets.Audience = "encore/offer", keys: tuple[Secret, ...] = MARAS) -> bool:
    try:
        read(token, audience, keys, NOW)
    except BadTicket:
        return False
    return True


def _b64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def test_what_was_minted_is_read():
    ticket = read(OFFER, "encore/offer", MARAS, NOW)
    assert (ticket.customer_id, ticket.payment_id, ticket.subscription_id) == ("cus_Nadia", "pay_1", None)
    assert (ticket.placement, ticket.locale, ticket.theme) == ("post_purchase", "pt-BR", "dark")
    assert (ticket.issued_at, ticket.expires_at) == (NOW, NOW + 900)
    assert read(PLANS, "encore/plans", MARAS, NOW).subscription_id == "sub_1"


def test_a_merchants_own_library_makes_tickets():
    assert accepted(signed())
    assert accepted(signed(headers={"kid": "2026-11"}))
    assert accepted(signed(headers={"kid": "k" * 64}))
    assert accepted(signed(iat=NOW - 0.5, exp=NOW + 800.25))
    assert accepted(signed(iss="https://shop.example", locale="pt_BR"))
    assert accepted(raw({"alg": "HS256"}, CLAIMS))


def test_two_tickets_of_the_same_purchase_are_told_apart():
    again = tickets.mint_offer(MARAS, customer_id="cus_Nadia", payment_id="pay_1", now=NOW)
    assert read(again, "encore/offer", MARAS, NOW).jti != read(OFFER, "encore/offer", MARAS, NOW).jti


def test_its_age_decides_only_about_the_first_opening():
    late = read(OFFER, "encore/offer", MARAS, NOW + 86_400)
    assert late.first_open_ok(NOW + 900)
    assert not late.first_open_ok(NOW + 901)


@pytest.mark.case("F-118")
def test_the_old_key_still_opens_while_keys_are_rotated_and_no_longer_after():
    fresh = Secret("a-new-key-of-maras-0123456789-abcdef")
    assert accepted(OFFER, keys=(fresh, *MARAS))
    assert not accepted(OFFER, keys=(fresh,))
    minted = tickets.mint_offer((fresh, *MARAS), customer_id="c", payment_id="p", now=NOW)
    assert accepted(minted, keys=(fresh,))
    assert not accepted(minted)


@pytest.mark.case("F-105")
def test_a_ticket_for_another_audience_opens_nothing():
    assert not accepted(PLANS)
    assert not accepted(OFFER, audience="encore/plans")
    assert not accepted(signed(aud=["encore/offer"]))
    assert not accepted(signed(aud="encore/offer "))


@pytest.mark.parametrize("claim", ["aud", "sub", "iat", "exp", "jti", "payment_id"])
def test_every_claim_is_needed(claim: str):
    assert not accepted(signed(without=claim))


@pytest.mark.parametrize(
    "changes",
    [
        {"sub": ""},
        {"sub": "cus/1"},
        {"sub": "cus_1\n"},
        {"sub": "c" * 65},
        {"payment_id": "pay 1"},
        {"payment_id": ["pay_1"]},
        {"jti": ""},
        {"jti": 7},
        {"jti": "j" * 129},
        {"placement": "Post"},
        {"placement": "p" * 41},
        {"locale": "../../etc"},
        {"locale": "e"},
        {"theme": "<b>"},
        {"iat": str(NOW)},
        {"iat": True},
        {"iat": -1},
        {"iat": NOW + 61, "exp": NOW + 400},
        {"nbf": NOW + 600},
        {"exp": None},
        {"exp": NOW},
        {"exp": NOW - 1},
        {"exp": NOW + 901},
        {"exp": 10**30},
        {"note": "x" * 1024},
    ],
)
def test_a_claim_of_another_shape_opens_nothing(changes: dict[str, object]):
    body = {"alg": "HS256", "typ": "JWT"}
    assert not accepted(raw(body, CLAIMS | changes))


def test_an_offer_in_the_app_needs_no_payment_and_plans_need_a_subscription():
    assert accepted(signed(without="payment_id", placement="milestone"))
    assert not accepted(signed(aud="encore/plans"), audience="encore/plans")


def test_a_clock_a_little_ahead_is_forgiven():
    assert accepted(signed(iat=NOW + 60, exp=NOW + 400))


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none"},
        {"alg": "None", "typ": "JWT"},
        {"alg": "hs256"},
        {"alg": "HS384"},
        {"alg": "HS512"},
        {"alg": "RS256"},
        {"alg": "ES256"},
        {"alg": ["HS256"]},
        {"alg": None},
        {"typ": "JWT"},
        {},
        [],
        "HS256",
        {"alg": "HS256", "jku": "https://rex.example/keys"},
        {"alg": "HS256", "x5u": "https://rex.example/keys"},
        {"alg": "HS256", "jwk": {"kty": "oct", "k": "AA"}},
        {"alg": "HS256", "crit": ["b64"], "b64": False},
        {"alg": "HS256", "b64": False},
        {"alg": "HS256", "zip": "DEF"},
        {"alg": "HS256", "typ": "encore-press+jwt"},
        {"alg": "HS256", "kid": 1},
        {"alg": "HS256", "kid": "k" * 65},
    ],
)
def test_the_header_chooses_nothing(header: object):
    assert not accepted(raw(header, CLAIMS))


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ('{"alg":"HS256","alg":"HS256"}', json.dumps(CLAIMS)),
        ('{"alg":"HS256"}', json.dumps(CLAIMS).replace("{", '{"sub":"cus_Rex",', 1)),
        ('{"alg":"HS256"}', json.dumps(CLAIMS).replace("}", ',"note":{"a":1,"a":2}}')),
    ],
)
def test_what_says_a_name_twice_opens_nothing(head: str, body: str):
    """One reader takes the first, another the last (RFC 7519, 4)."""
    signed_part = f"{_b64(head.encode())}.{_b64(body.encode())}"
    mac = hmac.digest(MARAS[0].reveal().encode(), signed_part.encode(), hashlib.sha256)
    assert not accepted(f"{signed_part}.{_b64(mac)}")


def test_a_signature_has_one_spelling():
    """Of the last letter four of six bits are read: without more care each signature would have four spellings."""
    letters = string.ascii_letters + string.digits + "-_"
    assert [letter for letter in letters if accepted(OFFER[:-1] + letter)] == [OFFER[-1]]


def test_an_unsigned_ticket_opens_nothing():
    head, body, _ = OFFER.split(".")
    none = _b64(b'{"alg":"none","typ":"JWT"}')
    assert not any(
        map(accepted, [f"{none}.{body}.", f"{none}.{body}", f"{head}.{body}.", f"{head}.{body}", f"{none}.{body}.e30"])
    )


def test_rex_with_a_key_of_his_own_gets_nowhere():
    assert not accepted(tickets.mint_offer(REXS, customer_id="cus_Nadia", payment_id="pay_1", now=NOW))
    assert not accepted(raw({"alg": "HS256"}, CLAIMS, key=""))


@given(st.text(max_size=1100) | st.binary(max_size=300).map(_b64))
def test_arbitrary_text_opens_nothing(text: str):
    assert not accepted(text)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(CLAIMS)), inner, max_size=6),
        max_leaves=8,
    )
)
def test_a_signed_payload_of_any_shape_is_read_or_refused(payload: object):
    accepted(raw({"alg": "HS256"}, payload))


def test_duplicate_parts_of_two_tickets_do_not_make_a_third():
    one, two = OFFER.split("."), PLANS.split(".")
    mixed = [".".join(two[i] if take >> i & 1 else one[i] for i in range(3)) for take in range(1, 7)]
    assert [
        token for token in mixed if token not in {OFFER, PLANS} and (accepted(token) or accepted(token, "encore/plans"))
    ] == []


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("customer_id", {"customer_id": "cus 1"}),
        ("payment_id", {"payment_id": None}),
        ("payment_id", {"payment_id": "pay/1"}),
        ("placement", {"placement": "Here!"}),
        ("locale", {"locale": "a" * 40}),
        ("theme", {"theme": "Dark Mode"}),
    ],
)
def test_a_ticket_that_would_open_nothing_is_not_minted_and_the_field_is_named(field: str, changes: dict[str, str]):
    with pytest.raises(BadClaim) as told:
        tickets.mint_offer(MARAS, **({"customer_id": "cus_1", "payment_id": "pay_1", "now": NOW} | changes))
    assert told.value.field == field
    assert told.value.expected
