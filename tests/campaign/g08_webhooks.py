"""G-08: no forged delivery is believed, none breaks the endpoint, none keeps it busy.

The 28 cases of the reference libraries and the 19 of our own are tests by name in tests/webhooks/test_reference_cases.py.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import logging
import random
import time
from collections.abc import Callable

from tests.asgi import ask
from tests.campaign import ground
from tests.campaign.figure import Figure, Tally, measuring, scaled
from tests.stage import WEBHOOK_SECRET, Stage, settings_for, staged
from widget.storage.database import rows

GOAL = "500,000 hostile deliveries: 0 accepted, 0 answers of 500 or more, 0 over 10 s; the 28 + 19 cases are tests"
ENGINES = ("sqlite",)
SLOWEST_S = 10.0
KEY = base64.b64decode(WEBHOOK_SECRET.removeprefix("whsec_"))
Pairs = list[tuple[bytes, bytes]]


def run(size: str, seed: int, engine: str) -> Figure:
    with ground.database(engine) as url, measuring("G-08", GOAL, size, seed, engine) as tally:
        asyncio.run(_measure(tally, url, random.Random(seed), scaled(size, push=20_000, night=500_000)))
    return tally.figure()


async def _measure(tally: Tally, url: str, rng: random.Random, wanted: int) -> None:
    log = logging.getLogger("encore.webhooks")
    before, log.disabled = log.disabled, True  # half a million refusals are not worth reading
    try:
        async with staged(settings_for(url)) as stage:
            if not await _genuine(stage):
                tally.wrong(tally.seed, "a genuine delivery is refused, so that nothing was shown")
            slowest = 0.0
            for number in range(wanted):
                slowest = max(slowest, await _one(tally, stage, rng, number))
            tally.facts["slowest ms"] = round(slowest * 1000, 1)
            (kept,) = await rows("SELECT COUNT(*) AS many FROM kept_event")
            if kept["many"] != 1:
                tally.wrong(tally.seed, f"{kept['many'] - 1} forged events are kept")
    finally:
        log.disabled = before


async def _one(tally: Tally, stage: Stage, rng: random.Random, number: int) -> float:
    attack = rng.choice(ATTACKS)
    headers, body = attack(rng)
    began = time.perf_counter()
    answer = await ask(stage.app, "POST", "/webhooks/dodo", headers=headers, body=body)
    took = time.perf_counter() - began
    if answer.status not in {400, 401, 413}:
        tally.wrong(tally.seed, f"delivery {number}, {attack.__name__}: answered {answer.status}: {headers!r}")
    if took > SLOWEST_S:
        tally.wrong(tally.seed, f"delivery {number}, {attack.__name__}: took {took:.1f} s")
    tally.count(attack.__name__.replace("_", " "))
    tally.count("deliveries")
    return took


async def _genuine(stage: Stage) -> bool:
    headers, body = _letter(b'{"type":"something.new","data":{}}')
    return (await ask(stage.app, "POST", "/webhooks/dodo", headers=headers, body=body)).status == 200


def _letter(
    body: bytes, *, key: bytes = KEY, at: str = "", name: str = "msg_1", version: str = "v1"
) -> tuple[Pairs, bytes]:
    at = at or str(int(time.time()))
    mac = base64.b64encode(hmac.digest(key, f"{name}.{at}.".encode() + body, hashlib.sha256)).decode()
    pairs = [("webhook-id", name), ("webhook-timestamp", at), ("webhook-signature", f"{version},{mac}")]
    return [(one.encode(), value.encode()) for one, value in pairs], body


def _body(rng: random.Random) -> bytes:
    """What an event looks like, or only nearly."""
    event = {
        "type": rng.choice(["payment.succeeded", "refund.succeeded", "subscription.active", "x" * rng.randrange(200)]),
        "business_id": rng.choice(["bus_1", "", None, 5]),
        "timestamp": rng.choice(["2026-05-01T10:00:00Z", "never", 0, None]),
        "data": {"payment_id": f"pay_{rng.randrange(99)}", "customer_id": "cus_nadia"},
    }
    text = json.dumps(event).encode()
    match rng.randrange(6):
        case 0:
            return text[: rng.randrange(len(text))]
        case 1:
            return rng.randbytes(rng.randrange(400))
        case 2:
            return b"[" * rng.randrange(3_000)
        case _:
            return text


def another_secret(rng: random.Random) -> tuple[Pairs, bytes]:
    return _letter(
        _body(rng), key=rng.choice([b"", b"\x00", KEY[:-1], KEY + b"\x01", WEBHOOK_SECRET.encode(), rng.randbytes(24)])
    )


def another_version(rng: random.Random) -> tuple[Pairs, bytes]:
    return _letter(_body(rng), version=rng.choice(["v2", "v1a", "V1", "", "v0", "v1 ", "v1,v1", "hmac", "1"]))


def another_time(rng: random.Random) -> tuple[Pairs, bytes]:
    now = int(time.time())
    far = rng.choice([-1, 1]) * rng.randrange(310, 10**9)
    odd = [
        f"{now}.0",
        f" {now}",
        f"+{now}",
        f"{now}.9",
        "1.6e9",
        "",
        "-1",
        "0",
        "nan",
        "9" * 40,
        f"{now:x}",
        f"{now}\x00",
        "٢" * 10,
    ]
    return _letter(_body(rng), at=rng.choice([str(max(0, now + far)), str(max(0, now + far)), *odd]) or "x")


def another_id(rng: random.Random) -> tuple[Pairs, bytes]:
    return _letter(
        _body(rng),
        name=rng.choice(["msg.1", "", "m" * 129, "msg 1", "../x", "msg_1\r\nx: y", "%00", "ä", "\x00", "msg_1,"]),
    )


def a_changed_body(rng: random.Random) -> tuple[Pairs, bytes]:
    headers, body = _letter(b'{"type":"payment.succeeded","data":{"payment_id":"pay_1"}}')
    at = rng.randrange(len(body))
    other = bytearray(body)
    match rng.randrange(3):
        case 0:
            other[at] ^= 1 << rng.randrange(8)
        case 1:
            del other[at]
        case _:
            other.insert(at, rng.randrange(256))
    return headers, bytes(other) if bytes(other) != body else body + b" "


def a_changed_header(rng: random.Random) -> tuple[Pairs, bytes]:
    headers, body = _letter(b'{"type":"payment.succeeded","data":{"payment_id":"pay_1"}}')
    place = rng.randrange(3)
    name, value = headers[place]
    at = rng.randrange(len(value))
    other = value[:at] + bytes([(value[at] + rng.randrange(1, 256)) % 256]) + value[at + 1 :]
    return [*headers[:place], (name, other), *headers[place + 1 :]], body


def headers_missing_or_repeated(rng: random.Random) -> tuple[Pairs, bytes]:
    headers, body = _letter(_body(rng), key=rng.choice([KEY, b"x"]))
    place = rng.randrange(3)
    if rng.random() < 0.5 or place == 2:
        return headers[:place] + headers[place + 1 :], body
    return [*headers, headers[place]], body


def anything_at_all(rng: random.Random) -> tuple[Pairs, bytes]:
    names = [b"webhook-id", b"webhook-timestamp", b"webhook-signature"]
    return [(name, rng.randbytes(rng.randrange(80))) for name in names for _ in range(rng.randrange(3))], _body(rng)


def too_much(rng: random.Random) -> tuple[Pairs, bytes]:
    if rng.random() < 0.98:
        headers, body = _letter(_body(rng), key=b"x")
        name, value = headers[2]
        return [*headers[:2], (name, b" ".join([value] * rng.choice([21, 500, 10_000])))], body
    return _letter(b"x" * 600_000, key=b"x")


ATTACKS: list[Callable[[random.Random], tuple[Pairs, bytes]]] = [
    another_secret, another_version, another_time, another_id, a_changed_body, a_changed_header, headers_missing_or_repeated,
    anything_at_all, too_much,
]  # fmt: skip
