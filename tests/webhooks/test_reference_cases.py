"""The cases the nine reference libraries of Standard Webhooks test, and those they leave out, each on our own endpoint.

The numbers are those of the reliability catalogue: 1 to 28 from the libraries, 29 to 47 our own.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import re
import time
from pathlib import Path

import pytest
import pytest_asyncio
from litestar import Litestar
from litestar.di import Provide

from tests.asgi import Answer, ask
from tests.stage import WEBHOOK_SECRET, settings_for, staged
from widget.settings import SettingsError, load
from widget.storage import events
from widget.storage.database import migrate, open_database, rows
from widget.web import errors
from widget.web.slow_bodies import slow_bodies
from widget.webhooks.bell import Bell
from widget.webhooks.receive import BODY_LIMIT, receive

pytestmark = pytest.mark.asyncio(loop_scope="module")
OLD_SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
SOURCE = Path(__file__).read_text()
VECTOR = b'{"test": 2432232314}'
BUSINESS = {"business_id": "bus_1", "timestamp": "2026-05-01T10:00:00Z"}


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def encore(tmp_path_factory):
    """One Encore for all cases: what is refused leaves nothing, and what is kept has an id of its own."""
    url = f"sqlite:///{tmp_path_factory.mktemp('webhooks')}/encore.db"
    async with open_database(url):
        await migrate()
    async with staged(settings_for(url)) as stage:
        yield stage


class Letter:
    """A delivery on its way: genuine until a case changes something."""

    def __init__(
        self, body: bytes = b"", *, at: int | None = None, secret: str = WEBHOOK_SECRET, name: str = ""
    ) -> None:
        self.body = body or json.dumps({"type": "something.new", "data": {}, **BUSINESS}).encode()
        self.id = name or f"msg_{hashlib.sha256(self.body + str(time.time_ns()).encode()).hexdigest()[:20]}"
        self.at = str(int(time.time()) if at is None else at)
        self.secret = secret
        self.signature = self.sign()
        self.more: tuple[tuple[bytes, bytes], ...] = ()

    def sign(self, *, name: str | None = None, at: str | None = None) -> str:
        key = base64.b64decode(self.secret.removeprefix("whsec_") + "==")
        signed = f"{name or self.id}.{at or self.at}.".encode() + self.body
        return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()

    def headers(self) -> list[tuple[bytes, bytes]]:
        own = {"webhook-id": self.id, "webhook-timestamp": self.at, "webhook-signature": self.signature}
        return [*((name.encode(), value.encode()) for name, value in own.items() if value is not None), *self.more]


async def deliver(encore, letter: Letter, body=None) -> Answer:
    return await ask(
        encore.app, "POST", "/webhooks/dodo", headers=letter.headers(), body=letter.body if body is None else body
    )


async def refused(encore, letter: Letter, body=None) -> bool:
    """401, no word about why, nothing kept."""
    before = len(await rows("SELECT id FROM kept_event"))
    answer = await deliver(encore, letter, body)
    assert len(await rows("SELECT id FROM kept_event")) == before
    return (answer.status, json.loads(answer.body)) == (401, {"status": "not_genuine"})


async def kept(encore, letter: Letter, body=None) -> bool:
    answer = await deliver(encore, letter, body)
    return (answer.status, json.loads(answer.body)) == (200, {"status": "kept"})


def changed(**parts: str | None) -> Letter:
    letter = Letter()
    for name, value in parts.items():
        setattr(letter, name, value)
    return letter


def settings_with(secret: str):
    return load(
        {
            "ENCORE_PUBLIC_URL": "http://127.0.0.1:8400", "ENCORE_SIGNING_KEYS": "f3a9c1d27b5e4608a1b2c3d4e5f60718",
            "ENCORE_ALLOWED_ORIGINS": "http://shop.localhost:8402", "DODO_PAYMENTS_API_KEY": "sandbox",
            "DODO_PAYMENTS_BASE_URL": "http://127.0.0.1:8401", "DODO_PAYMENTS_WEBHOOK_KEY": secret,
        }
    )  # fmt: skip


async def test_case_01_an_empty_secret_is_no_secret():
    assert settings_with("").dodo_webhook_keys == ()


async def test_case_02_a_secret_that_is_only_its_prefix_stops_the_start():
    with pytest.raises(SettingsError, match="DODO_PAYMENTS_WEBHOOK_KEY"):
        settings_with("whsec_")


async def test_case_03_a_secret_of_no_bytes_stops_the_start():
    for nothing in ("whsec_====", "whsec_=", "="):
        with pytest.raises(SettingsError, match="DODO_PAYMENTS_WEBHOOK_KEY"):
            settings_with(nothing)


async def test_case_04_a_secret_that_is_not_there_closes_the_route():
    answer = await ask(small_encore(()), "POST", "/webhooks/dodo", headers=Letter().headers(), body=VECTOR)
    assert (answer.status, json.loads(answer.body)) == (503, {"status": "no_webhook_secret"})


async def test_case_05_without_an_id(encore):
    assert await refused(encore, changed(id=None))


async def test_case_06_without_a_timestamp(encore):
    assert await refused(encore, changed(at=None))


async def test_case_07_without_a_signature(encore):
    assert await refused(encore, changed(signature=None))


@pytest.mark.parametrize("said", ["word", "", "now", "2026-05-01T10:00:00Z"])
async def test_case_08_a_timestamp_that_is_a_word(encore, said):
    letter = changed(at=said)
    letter.signature = letter.sign()
    assert await refused(encore, letter)


async def test_case_09_a_timestamp_that_is_a_float(encore):
    letter = changed(at=f"{time.time():.3f}")
    letter.signature = letter.sign()
    assert await refused(encore, letter)


async def test_case_10_a_negative_timestamp(encore):
    letter = changed(at=f"-{int(time.time())}")
    letter.signature = letter.sign()
    assert await refused(encore, letter)


async def test_case_11_a_wrong_signature(encore):
    assert await refused(encore, changed(signature="v1," + base64.b64encode(b"x" * 32).decode()))


@pytest.mark.parametrize("length", [0, 1, 2, 3, 4, 10, 40, 46])
async def test_case_12_a_signature_cut_short(encore, length):
    assert await refused(encore, changed(signature=Letter().signature[:length]))


async def test_case_13_a_signature_without_its_comma(encore):
    letter = Letter()
    letter.signature = letter.signature.replace(",", "")
    assert await refused(encore, letter)


async def test_case_14_only_a_version_nobody_knows(encore):
    letter = Letter()
    letter.signature = letter.signature.replace("v1,", "v2,")
    assert await refused(encore, letter)


async def test_case_15_what_is_kept_is_the_very_text_and_what_it_says(encore):
    letter = Letter(json.dumps({"type": "something.special", "data": {"a": 1}, **BUSINESS}).encode())
    assert await kept(encore, letter)
    event = await events.find(letter.id)
    assert event is not None
    assert (event.kind, event.body) == ("something.special", letter.body.decode())


async def test_case_16_plain_header_names(encore):
    assert await kept(encore, Letter())


@pytest.mark.parametrize("seconds", [301, 3_600, 10**8])
async def test_case_17_too_old(encore, seconds):
    assert await refused(encore, Letter(at=int(time.time()) - seconds))


@pytest.mark.parametrize("seconds", [303, 3_600, 10**9])
async def test_case_18_too_new(encore, seconds):
    assert await refused(encore, Letter(at=int(time.time()) + seconds))


async def test_case_19_several_signatures_one_of_them_right(encore):
    letter = Letter()
    wrong = "v1," + base64.b64encode(b"x" * 32).decode()
    letter.signature = f"{wrong} v2,{letter.signature[3:]} v1a,abc {letter.signature} {wrong}"
    assert await kept(encore, letter)


async def test_case_20_several_signatures_none_of_them_right(encore):
    wrong = " ".join("v1," + base64.b64encode(bytes([number]) * 32).decode() for number in range(5))
    assert await refused(encore, changed(signature=wrong))


@pytest.mark.parametrize("prefix", ["whsec_", ""])
async def test_case_21_a_secret_with_and_without_its_prefix(prefix, encore):
    letter = Letter(secret=prefix + WEBHOOK_SECRET.removeprefix("whsec_"))
    assert (
        await ask(small_encore((letter.secret,)), "POST", "/webhooks/dodo", headers=letter.headers(), body=letter.body)
    ).status == 200


async def test_case_22_a_secret_without_its_padding(encore):
    padded = "whsec_" + base64.b64encode(b"thirty-one bytes, so it is padd").decode()
    assert padded.endswith("=")
    (held,) = settings_with(padded.rstrip("=")).dodo_webhook_keys
    letter = Letter(secret=padded)
    app = small_encore((held.reveal(),))
    assert (await ask(app, "POST", "/webhooks/dodo", headers=letter.headers(), body=letter.body)).status == 200


async def test_case_23_the_fixed_vector_signs_as_it_is_written():
    """Its time is of 2021, so that it can be compared but not delivered."""
    letter = Letter(VECTOR, at=1614265330, name="msg_p5jXN8AQM9LWM0D4loKWxJek")
    assert letter.signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


async def test_case_24_header_names_in_any_case(encore):
    letter = Letter()
    names = {
        b"webhook-id": b"WEBHOOK-ID",
        b"webhook-timestamp": b"Webhook-Timestamp",
        b"webhook-signature": b"wEbHoOk-sIgNaTuRe",
    }
    shouted = {names[name].decode(): value.decode() for name, value in letter.headers()}
    answer = await encore.encore.post("/webhooks/dodo", content=letter.body, headers=shouted)
    assert answer.json() == {"status": "kept"}


async def test_case_25_an_empty_body_is_kept_as_unreadable(encore):
    letter = Letter()
    letter.body = b""
    letter.signature = letter.sign()
    assert await kept(encore, letter)
    event = await events.find(letter.id)
    assert event is not None
    assert event.kind == "unreadable"


async def test_case_26_nothing_a_sender_says_switches_the_time_window_off(encore):
    letter = Letter(at=int(time.time()) - 3_600)
    letter.more = ((b"x-ignore-timestamp", b"1"), (b"webhook-tolerance", b"99999"))
    for query in (b"", b"ignore_timestamp=1", b"tolerance=99999"):
        answer = await ask(
            encore.app, "POST", "/webhooks/dodo", headers=letter.headers(), body=letter.body, query=query
        )
        assert answer.status == 401


async def test_case_27_an_id_that_is_not_text(encore):
    letter = Letter()
    headers = [(name, b"msg_\xff\xfe" if name == b"webhook-id" else value) for name, value in letter.headers()]
    assert (await ask(encore.app, "POST", "/webhooks/dodo", headers=headers, body=letter.body)).status == 401


@pytest.mark.parametrize(
    "body", [b"[]", b"null", b"5", b'"text"', b"not json", b'{"type": 5}', b'{"type": null}', b"{}"]
)
async def test_case_28_a_payload_that_is_not_an_event_is_kept_as_unreadable(encore, body):
    letter = Letter(body)
    assert await kept(encore, letter)
    event = await events.find(letter.id)
    assert event is not None
    assert event.kind == "unreadable"


@pytest.mark.parametrize("shape", ["{}.0", "{}.9", "{}e0", "1.6e9", "+{}", " {}", "{} ", "{}_0", "0{}", "{}\t", "0x6a"])
async def test_case_29_a_timestamp_in_another_spelling(encore, shape):
    """The library signs the number and not the text: what was signed once would be good in any spelling of its time."""
    letter = Letter()
    letter.at = shape.format(letter.at)
    assert await refused(encore, letter)
    letter.signature = letter.sign()
    assert await refused(encore, letter)


async def test_case_30_another_spelling_of_the_same_signature(encore):
    letter = Letter()
    right, alphabet = letter.signature, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    last = alphabet.index(right[-2])
    same = [right[:-2] + alphabet[last // 4 * 4 + low] + "=" for low in range(4) if last // 4 * 4 + low != last]
    assert {base64.b64decode(one[3:]) for one in same} == {base64.b64decode(right[3:])}
    for spelled in [
        *same,
        right[:10] + "\n" + right[10:],
        right[:10] + "!" + right[10:],
        right + "=",
        right.replace("=", ""),
    ]:
        assert await refused(encore, changed(id=letter.id, at=letter.at, signature=spelled))


async def test_case_31_every_change_of_one_character_of_the_signature_is_a_401(encore):
    letter = Letter()
    right = letter.signature
    for at in range(len(right)):
        for mark in "A9+/=,. é\x00\ud800":
            if mark != right[at]:
                spelled = (right[:at] + mark + right[at + 1 :]).encode("utf-8", "surrogatepass")
                headers = [
                    (name, spelled if name == b"webhook-signature" else value) for name, value in letter.headers()
                ]
                answer = await ask(encore.app, "POST", "/webhooks/dodo", headers=headers, body=letter.body)
                assert answer.status == 401, spelled


@pytest.mark.parametrize("name", ["msg.1", "msg_1.1614265330", ".", "msg 1", "msg\u00e4", "m" * 129, "msg_1\n"])
async def test_case_32_an_id_that_would_shift_what_is_signed(encore, name):
    letter = changed(id=name)
    letter.signature = letter.sign()
    assert await refused(encore, letter)


@pytest.mark.case("F-73")
async def test_case_33_a_genuine_body_a_thousand_deep_is_kept_as_unreadable(encore):
    for body in (b"[" * 1_000 + b"]" * 1_000, b'{"type":"a","data":' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b"}"):
        letter = Letter(body)
        assert await kept(encore, letter)


async def test_case_34_the_last_of_two_equal_keys_counts(encore):
    letter = Letter(b'{"type":"payment.failed","type":"something.last","business_id":"bus_1","data":{}}')
    assert await kept(encore, letter)
    event = await events.find(letter.id)
    assert event is not None
    assert event.kind == "something.last"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"\xef\xbb\xbf" + b'{"type":"a"}', 200),  # a byte order mark
        (b'{"type":"a","data":NaN}', 200),
        (b'{"type":"a","data":Infinity}', 200),
        (b'{"type":"\\ud800"}', 200),  # half of a pair
        (b'{"type":"a\\u0000b"}', 200),  # NUL, spelled
        (b'{"type":"a","business_id":"\\u0000"}', 200),
        (b'{"type":"a\x00b"}', 400),  # NUL itself: no database keeps it as text
        (b'{"type":"a","timestamp":"0001-01-01T00:00:00"}', 200),
        (b'{"type":"a","timestamp":"9999-12-31T23:59:59.999999-14:00"}', 200),
        (b'{"type":"a","timestamp":"yesterday"}', 200),
        (b'{"type":"' + b"a" * 10_000 + b'"}', 200),
    ],
)
@pytest.mark.case("F-73")
async def test_case_35_odd_text_is_kept_or_refused_and_never_a_crash(encore, body, status):
    assert (await deliver(encore, Letter(body))).status == status


async def test_case_36_the_signature_header_sent_twice_counts_as_one_list(encore):
    letter = Letter()
    wrong = b"v1," + base64.b64encode(b"x" * 32)
    letter.more = ((b"webhook-signature", wrong),)
    assert await kept(encore, letter)
    both = changed(signature=wrong.decode())
    both.more = ((b"webhook-signature", wrong),)
    assert await refused(encore, both)


@pytest.mark.parametrize("name", [b"webhook-id", b"webhook-timestamp"])
async def test_case_36_an_id_or_a_time_sent_twice_is_refused(encore, name):
    letter = Letter()
    letter.more = tuple(pair for pair in letter.headers() if pair[0] == name)
    assert await refused(encore, letter)


async def test_case_37_ten_thousand_signatures(encore):
    letter = Letter()
    letter.signature = " ".join([letter.signature] * 10_000)
    assert await refused(encore, letter)


@pytest.mark.case("F-68")
async def test_case_38_a_body_that_differs_by_one_byte(encore):
    letter = Letter()
    for at in range(len(letter.body)):
        other = bytearray(letter.body)
        other[at] ^= 1
        assert await refused(encore, letter, bytes(other))
    for other in (letter.body + b"\n", b" " + letter.body, letter.body[:-1], b""):
        assert await refused(encore, letter, other)


async def test_case_39_a_body_in_pieces_is_the_same_body_and_a_compressed_one_is_not(encore):
    import gzip

    letter = Letter()
    assert await kept(encore, letter, [bytes([one]) for one in letter.body])
    packed = Letter()
    packed.more = ((b"content-encoding", b"gzip"),)
    assert await refused(encore, packed, gzip.compress(packed.body))


@pytest.mark.case("F-73")
async def test_case_40_a_body_over_the_limit_declared_or_not(encore):
    letter = Letter(b"x" * (BODY_LIMIT + 1))
    assert (await deliver(encore, letter, [letter.body[:1_000], letter.body[1_000:]])).status == 413
    letter.more = ((b"content-length", str(len(letter.body)).encode()),)
    assert (await deliver(encore, letter)).status == 413


@pytest.mark.case("F-73")
async def test_case_41_a_body_that_drips_is_answered_and_let_go():
    """Half a body, then silence: with the limit of this test a twentieth of a second."""
    app = small_encore((WEBHOOK_SECRET,), within_s=0.05)
    request = ask(app, "POST", "/webhooks/dodo", headers=Letter().headers(), body=b'{"type":', stalls=True)
    assert (await asyncio.wait_for(request, timeout=20)).status == 408


@pytest.mark.case("F-70")
async def test_case_42_both_secrets_are_in_force_while_one_is_rotated():
    both = settings_with(f"{WEBHOOK_SECRET},{OLD_SECRET}").dodo_webhook_keys
    app = small_encore(tuple(one.reveal() for one in both))
    for secret, status in (
        (WEBHOOK_SECRET, 200),
        (OLD_SECRET, 200),
        ("whsec_" + base64.b64encode(b"x" * 24).decode(), 401),
    ):
        letter = Letter(secret=secret)
        assert (await ask(app, "POST", "/webhooks/dodo", headers=letter.headers(), body=letter.body)).status == status


@pytest.mark.case("F-71")
async def test_case_43_without_a_secret_not_even_what_an_empty_one_signed_is_kept(encore):
    before = len(await rows("SELECT id FROM kept_event"))
    for secret in (WEBHOOK_SECRET, "", "whsec_"):
        letter = Letter(secret=secret)
        answer = await ask(small_encore(()), "POST", "/webhooks/dodo", headers=letter.headers(), body=letter.body)
        assert answer.status == 503
    assert len(await rows("SELECT id FROM kept_event")) == before


async def test_case_44_the_same_id_with_another_body_changes_nothing(encore):
    first = Letter()
    assert await kept(encore, first)
    second = Letter(b'{"type":"payment.succeeded","data":{"payment_id":"pay_1"}}', name=first.id)
    assert json.loads((await deliver(encore, second)).body) == {"status": "known"}
    event = await events.find(first.id)
    assert event is not None
    assert event.body == first.body.decode()


@pytest.mark.case("F-77")
async def test_case_45_a_replay_within_the_window_is_known_and_has_no_effect(encore):
    letter = Letter()
    assert await kept(encore, letter)
    for _ in range(3):
        assert json.loads((await deliver(encore, letter)).body) == {"status": "known"}
    assert len(await rows("SELECT id FROM kept_event WHERE id = {}", letter.id)) == 1


@pytest.mark.parametrize("minutes", [-10, 10])
@pytest.mark.case("F-69")
async def test_case_46_ten_minutes_between_the_clocks_are_too_many(encore, minutes):
    assert await refused(encore, Letter(at=int(time.time()) + minutes * 60))


@pytest.mark.parametrize("minutes", [-4, 4])
async def test_case_46_four_minutes_between_the_clocks_are_not(encore, minutes):
    assert await kept(encore, Letter(at=int(time.time()) + minutes * 60))


@pytest.mark.case("F-74")
async def test_case_47_an_event_of_another_business_moves_nothing(encore):
    """It names a payment that our key cannot see, so there is no state to settle with: it is tried again, then parked."""
    body = {
        "type": "payment.succeeded",
        "business_id": "bus_rex",
        "data": {"payment_id": "pay_of_rex", "customer_id": "cus_nadia"},
    }
    letter = Letter(json.dumps(body).encode())
    assert await kept(encore, letter)
    for _ in range(200):
        event = await events.find(letter.id)
        if event is not None and event.tries:
            break
        await asyncio.sleep(0.02)  # the worker asks the provider; bounded by the range
    assert event is not None
    assert (event.state, event.error) == ("kept", "payment is not there")
    for table in ("occasion", "purchase", "charge", "presentation"):
        assert await rows(f"SELECT id FROM {table}") == []


async def test_every_case_of_both_lists_is_here():
    numbers = set(map(int, re.findall(r"def test_case_(\d\d)_", SOURCE)))
    assert numbers == set(range(1, 48))


def small_encore(secrets: tuple[str, ...], *, within_s: float = 10.0) -> Litestar:
    """The endpoint alone, with these secrets; what is kept goes into the database that is open."""
    bell = Bell(secrets, lambda: int(time.time() * 1000), lambda: None)
    return Litestar(
        route_handlers=[receive], dependencies={"bell": Provide(lambda: bell, sync_to_thread=False)},
        exception_handlers=errors.handlers, middleware=[slow_bodies(within_s)], openapi_config=None, logging_config=None,
    )  # fmt: skip
