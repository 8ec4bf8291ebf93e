"""Only Dodo's webhooks are believed: the reference cases of Standard Webhooks, and stricter ones of ours."""

import base64
import string
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from widget.webhooks.verify import NotGenuine, TooLate, verify

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OLD_SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
BODY = b'{"test": 2432232314}'


def signed(body=BODY, *, secret=SECRET, at=None, webhook_id="msg_p5jXN8AQM9LWM0D4loKWxJek"):
    at = at or datetime.now(UTC)
    signature = Webhook(secret).sign(webhook_id, at.replace(microsecond=0), body.decode("utf-8", "surrogateescape"))
    return {
        "webhook-id": [webhook_id],
        "webhook-timestamp": [str(int(at.timestamp()))],
        "webhook-signature": [signature],
    }


def test_a_genuine_webhook_tells_its_id():
    assert verify(BODY, signed(), (SECRET,)) == "msg_p5jXN8AQM9LWM0D4loKWxJek"


def test_a_secret_without_its_prefix_is_the_same_secret():
    assert verify(BODY, signed(), (SECRET.removeprefix("whsec_"),))


def test_during_a_rotation_both_secrets_count():
    assert verify(BODY, signed(secret=OLD_SECRET), (SECRET, OLD_SECRET))
    assert verify(BODY, signed(secret=SECRET), (SECRET, OLD_SECRET))


def test_of_several_signatures_one_right_one_is_enough():
    headers = signed()
    right = headers["webhook-signature"][0]
    wrong = "v1," + base64.b64encode(b"x" * 32).decode()
    headers["webhook-signature"] = [f"{wrong} v2,{right[3:]} {wrong} {right} v1a,abc"]
    assert verify(BODY, headers, (SECRET,))


def test_several_wrong_signatures_are_not_enough():
    headers = signed()
    headers["webhook-signature"] = [" ".join("v1," + base64.b64encode(bytes([n]) * 32).decode() for n in range(5))]
    with pytest.raises(NotGenuine):
        verify(BODY, headers, (SECRET,))


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_missing_header_is_refused(missing):
    headers = signed()
    headers[missing] = []
    with pytest.raises(NotGenuine):
        verify(BODY, headers, (SECRET,))


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp"])
def test_a_repeated_header_is_refused(name):
    headers = signed()
    headers[name] = headers[name] * 2
    with pytest.raises(NotGenuine):
        verify(BODY, headers, (SECRET,))


@pytest.mark.parametrize("minutes", [-6, 6])
def test_more_than_five_minutes_off_is_refused(minutes):
    headers = signed(at=datetime.now(UTC) + timedelta(minutes=minutes))
    with pytest.raises(TooLate):
        verify(BODY, headers, (OLD_SECRET, SECRET))


def test_only_what_one_of_our_secrets_signed_is_said_to_be_too_late():
    """It tells a wrong clock from a wrong secret, and is asked for no other reason."""
    headers = signed(at=datetime.now(UTC) - timedelta(minutes=6))
    for body, secrets in ((BODY, (OLD_SECRET,)), (BODY + b" ", (SECRET,)), (b"\xff", (SECRET,))):
        with pytest.raises(NotGenuine) as told:
            verify(body, headers, secrets)
        assert type(told.value) is NotGenuine


@pytest.mark.parametrize(
    "timestamp",
    ["word", "", "-1614265330", "1614265330.0", "1614265330.9", "1.6e9", "+1614265330", " 1614265330", "1_614_265_330",
     "١٦١٤٢٦٥٣٣٠", "99999999999999999999", "nan", "inf", "0"],
)  # fmt: skip
def test_a_malformed_timestamp_is_refused(timestamp):
    headers = signed()
    headers["webhook-timestamp"] = [timestamp]
    with pytest.raises(NotGenuine):
        verify(BODY, headers, (SECRET,))


def test_a_genuine_timestamp_written_as_a_float_is_refused_too():
    headers = signed()
    headers["webhook-timestamp"] = [headers["webhook-timestamp"][0] + ".0"]
    with pytest.raises(NotGenuine):
        verify(BODY, headers, (SECRET,))


@pytest.mark.parametrize("webhook_id", ["msg.1", "", "msg 1", "m" * 129, "msg\n1", "mäg"])
def test_a_malformed_id_is_refused_even_when_it_is_signed(webhook_id):
    with pytest.raises(NotGenuine):
        verify(BODY, signed(webhook_id=webhook_id), (SECRET,))


@pytest.mark.parametrize(
    "signature",
    ["", "v1", "v1,", ",", "v1,,", "v2,{right}", "{right}", "v1,{right}x", "v1,{right}==", "V1,{right}", "v1,é", "v1,\x00",
     "v1 {right}", "v1,{short}", "v1,{right},{right}", "\ud800"],
)  # fmt: skip
def test_a_malformed_signature_is_refused_and_never_raises_anything_else(signature):
    headers = signed()
    right = headers["webhook-signature"][0].removeprefix("v1,")
    headers["webhook-signature"] = [signature.replace("{right}", right).replace("{short}", right[:-4])]
    with pytest.raises(NotGenuine):
        verify(BODY, headers, (SECRET,))


def test_a_signature_spelled_in_another_way_than_an_encoder_would_is_refused():
    headers = signed()
    right = headers["webhook-signature"][0]
    letters = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"
    # The last letter holds four bits; the two left over are read by nobody, so that each signature has four spellings.
    for letter in letters:
        spelled = right[:-2] + letter + "="
        headers["webhook-signature"] = [spelled]
        if spelled == right:
            assert verify(BODY, headers, (SECRET,))
            continue
        with pytest.raises(NotGenuine):
            verify(BODY, headers, (SECRET,))


def test_where_no_signature_is_one_the_log_can_say_so():
    headers = signed()
    headers["webhook-signature"] = ["v2,abc"]
    with pytest.raises(NotGenuine, match="no v1 signature"):
        verify(BODY, headers, (SECRET,))


def test_twenty_signatures_are_looked_at_and_one_more_is_not():
    headers = signed()
    headers["webhook-signature"] = headers["webhook-signature"] * 20
    assert verify(BODY, headers, (SECRET,))
    headers["webhook-signature"].append(headers["webhook-signature"][0])
    with pytest.raises(NotGenuine, match="too many"):
        verify(BODY, headers, (SECRET,))


def test_ten_thousand_signatures_are_refused_without_looking_at_them():
    headers = signed()
    headers["webhook-signature"] = [" ".join(headers["webhook-signature"] * 10_000)]
    with pytest.raises(NotGenuine):
        verify(BODY, headers, (SECRET,))


def test_a_body_that_differs_by_one_byte_is_refused():
    headers = signed()
    for position in range(len(BODY)):
        changed = bytearray(BODY)
        changed[position] ^= 1
        with pytest.raises(NotGenuine):
            verify(bytes(changed), headers, (SECRET,))


def test_every_single_character_change_of_the_signature_is_refused():
    headers = signed()
    right = headers["webhook-signature"][0]
    for position in range(len(right)):
        for character in "Aaz09+/=,. é":
            if character == right[position]:
                continue
            headers["webhook-signature"] = [right[:position] + character + right[position + 1 :]]
            with pytest.raises(NotGenuine):
                verify(BODY, headers, (SECRET,))


def test_a_body_that_is_not_utf8_is_refused_not_crashed_on():
    with pytest.raises(NotGenuine):
        verify(b"\xff\xfe{}", signed(), (SECRET,))


def test_an_empty_body_can_be_genuine():
    assert verify(b"", signed(b""), (SECRET,))


def test_another_businesss_secret_is_refused():
    with pytest.raises(NotGenuine):
        verify(BODY, signed(secret=OLD_SECRET), (SECRET,))


@given(st.binary(max_size=200), st.text(max_size=60), st.text(max_size=60), st.text(max_size=120))
def test_whatever_a_stranger_sends_it_is_refused(body, webhook_id, timestamp, signature):
    headers = {"webhook-id": [webhook_id], "webhook-timestamp": [timestamp], "webhook-signature": [signature]}
    with pytest.raises(NotGenuine):
        verify(body, headers, (SECRET,))
