"""G-13: whatever is sent, nothing breaks and nothing hangs: by the API's own document, by hand, and on the bare socket."""

import asyncio
import json
import logging
import os
import random
import re
import socket
import string
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from msgspec.structs import replace

from tests.asgi import Answer, ask
from tests.campaign import ground
from tests.campaign.figure import Figure, Tally, measuring, scaled
from tests.stage import API_KEY, SHOP, SIGNING_KEY, WEBHOOK_SECRET, Stage, settings_for, staged
from widget.core.secret import Secret
from widget.web import press_keys
from widget.web.headers import headers_for, kind_of

GOAL = (
    "0 of 100,000 generated requests answered 500 or more or later than 10 s; every answer has the headers of its class"
)
ENGINES = ("sqlite", "postgres")
SLOWEST_S = 10.0
API_KEYS = tuple(f"{API_KEY}-{number}" for number in range(100))  # a hundred shops call a hundred times as often
Request = tuple[str, str, list[tuple[bytes, bytes]], bytes, bytes]
METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", "")
ODD = (
    "", "x", "a" * 300, "a" * 5_000, "..", "%2e%2e%2f", "\x00", "%00", "%F0%28", "é", "\u202e", "💳", "' OR 1=1 --", "<script>", "{{7*7}}", "\r\nx: y", "%0d%0ax: y",
    "-1", "0", "99999999999999999999999", "1e309", "NaN", "null", "[]", "{}", "true", "\ud800", "pdt_course", "occ_nobody", "eyJhbGciOiJIUzI1NiJ9.e30.AAAA", "/", "//evil.example",
    "\\", "http://evil.example", ";", "&", "=", "+", "%", "%%", "?", "#", "\t", "\u2028",
)  # fmt: skip
FIELDS = (
    "key ticket origin page locale theme product quantity method amount agreed polls reason comment code addon:adn_seat addon: steps until next customer_id"
).split()
NAMES = (b"accept-language", b"hx-request", b"hx-target", b"content-type", b"content-length", b"content-encoding", b"transfer-encoding", b"origin", b"referer",
         b"sec-fetch-site", b"x-forwarded-for", b"authorization", b"cookie", b"range", b"if-none-match", b"accept-encoding", b"expect", b"host", b"accept", b"connection",
         b"webhook-id", b"webhook-timestamp", b"webhook-signature", b"x-forwarded-host", b"upgrade")  # fmt: skip
TYPES = (b"application/json", b"application/x-www-form-urlencoded", b"multipart/form-data; boundary=x", b"multipart/form-data", b"text/plain", b"application/json; charset=utf-16",
         b"application/msgpack", b"application/x-www-form-urlencoded; charset=nonsense", b"", b"/", b"multipart/form-data; boundary=" + b"b" * 300, b"application/json;;;")  # fmt: skip


def run(size: str, seed: int, engine: str) -> Figure:
    with ground.database(engine) as url, measuring("G-13", GOAL, size, seed, engine) as tally:
        tally.databases = ground.version(url)
        wanted = scaled(size, push=2_500, night=50_000)  # on each of the two databases
        asyncio.run(_measure(tally, url, random.Random(seed), wanted))
    return tally.figure()


async def _measure(tally: Tally, url: str, rng: random.Random, wanted: int) -> None:
    quiet = [logging.getLogger(name) for name in ("encore.web", "encore.webhooks")]
    before = [log.disabled for log in quiet]
    for log in quiet:
        log.disabled = True  # thousands of refusals are not worth reading
    try:
        async with staged(replace(settings_for(url), api_keys=tuple(map(Secret, API_KEYS)))) as stage:
            made = Made(stage, rng)
            await made.ready(wanted // 50)
            for number in range(wanted):
                await _one(tally, stage, made, number)
            if (await ask(stage.app, "GET", "/health/ready")).status != 200:
                tally.wrong(tally.seed, "not ready after all this")
        if tally.engine == "sqlite":  # the server and its sockets are the same before either database
            async with _served(url) as port:
                halves = asyncio.gather(*(_half(tally, port, half) for half in HALVES))
                for number in range(wanted // 10):
                    await _raw(tally, port, rng, number)
                await halves
    finally:
        for log, was in zip(quiet, before, strict=True):
            log.disabled = was


async def _one(tally: Tally, stage: Stage, made: "Made", number: int) -> None:
    method, path, headers, body, query = made.request()
    began = time.perf_counter()
    try:
        answer = await asyncio.wait_for(
            ask(stage.app, method, path, headers=headers, body=body, query=query), SLOWEST_S
        )
    except Exception as error:  # noqa: BLE001 - whatever gets past the application would be a 500
        tally.wrong(tally.seed, f"request {number}: {type(error).__name__}: {method} {path[:100]!r} {headers!r}"[:500])
        return
    if answer.status >= 500 and answer.status != 503:
        tally.wrong(
            tally.seed,
            f"request {number}: {answer.status}: {method} {path[:100]!r}?{query[:100]!r} {headers!r} {body[:300]!r}"[
                :700
            ],
        )
    if time.perf_counter() - began > SLOWEST_S:
        tally.wrong(tally.seed, f"request {number}: slow: {method} {path[:100]!r}")
    _dressed(tally, stage, path, answer, number)
    tally.count("requests")
    tally.count(f"{answer.status // 100}xx")


def _dressed(tally: Tally, stage: Stage, path: str, answer: Answer, number: int) -> None:
    """The headers of docs/headers.md, no more than one of each, and no line of somebody else's."""
    names = [name for name, _ in answer.headers]
    path = re.sub("/+", "/", path).rstrip("/") or "/"  # as the router reads it
    for name, value in headers_for(
        kind_of(path, answer.status), stage.settings, path=path, status=answer.status
    ).items():
        if answer.header(name) != value or names.count(name.encode()) != 1:
            tally.wrong(
                tally.seed, f"request {number}: {path[:60]!r} {answer.status}: {name} is {answer.header(name)!r}"
            )
    split = [name for name, value in answer.headers if b"\r" in value or b"\n" in value or b"\x00" in value]
    if split or b"set-cookie" in names or b"access-control-allow-origin" in names:
        tally.wrong(
            tally.seed, f"request {number}: {path[:60]!r}: a header split, a cookie, or CORS: {answer.headers!r}"[:500]
        )


class Made:
    """Requests from the routes there are, the API's document and everything odd; some of each carry what is genuine."""

    def __init__(self, stage: Stage, rng: random.Random) -> None:
        self.stage, self.rng = stage, rng
        self.paths = sorted({route.path for route in stage.app.routes} - {"/metrics"}) if stage.app else []
        self.press, self.ticket = press_keys.Press(ticket=""), ""
        self.cases: list[Request] = []

    async def ready(self, described: int) -> None:
        payment = await self.stage.purchase()
        self.press = press_keys.read(
            (await self.stage.open(payment)).key, self.stage.settings.signing_keys, int(time.time())
        )
        self.ticket = self.stage.ticket(payment)
        document = (await self.stage.encore.get("/docs/openapi.json")).json()
        self.cases = await asyncio.to_thread(_described, document, self.rng, described)

    def request(self) -> Request:
        rng = self.rng
        if self.cases and rng.random() < 0.2:
            method, path, headers, body, query = self.cases.pop()
            return method, path, [*headers, self.bearer], body, query
        path = rng.choice(self.paths)
        while "{" in path:
            before, _, rest = path.partition("{")
            path = before + self.word() + rest.partition("}")[2]
        path = "/" + path.lstrip("/").replace("\ud800", "\ufffd")  # half a pair is put right by every server before us
        method = rng.choice(("POST", "GET", *METHODS)) if rng.random() < 0.5 else rng.choice(("GET", "POST"))
        headers = [
            (name, rng.choice(TYPES) if name == b"content-type" else self.word().encode("utf-8", "surrogatepass"))
            for name in rng.sample(NAMES, rng.randrange(4))
        ]
        if rng.random() < 0.6:
            headers.append((b"sec-fetch-site", b"same-origin"))
        if path.startswith("/api") and rng.random() < 0.7:
            headers.append(self.bearer)
        body, kind = self.body()
        if kind and not any(name == b"content-type" for name, _ in headers):
            headers.append((b"content-type", kind))
        query = "&".join(f"{self.name()}={self.word()}" for _ in range(rng.randrange(3))).encode(
            "utf-8", "surrogatepass"
        )
        return method, path, headers, body if method not in {"GET", "HEAD"} else b"", query

    @property
    def key(self) -> str:
        """A genuine one, each time for another ticket, so that nobody is told to wait."""
        press = replace(self.press, ticket=f"{self.rng.randrange(10**9)}")
        return press_keys.make(press, self.stage.settings.signing_keys, int(time.time()))

    @property
    def bearer(self) -> tuple[bytes, bytes]:
        return b"authorization", f"Bearer {self.rng.choice(API_KEYS)}".encode()

    def word(self) -> str:
        rng = self.rng
        match rng.randrange(8):
            case 0:
                return self.ticket
            case 1:
                return self.key
            case 2:
                return "".join(rng.choices(string.printable, k=rng.randrange(40)))
            case 3:
                return rng.choice(ODD) + rng.choice(ODD)
            case _:
                return rng.choice(ODD)

    def name(self) -> str:
        return self.rng.choice(FIELDS) if self.rng.random() < 0.8 else self.word()

    def body(self) -> tuple[bytes, bytes]:
        rng = self.rng
        match rng.randrange(6):
            case 0:
                return rng.randbytes(rng.randrange(300)), rng.choice(TYPES)
            case 1:
                return json.dumps(
                    {self.name(): self.value(3) for _ in range(rng.randrange(6))}
                ).encode(), b"application/json"
            case 2:
                part = f'--x\r\ncontent-disposition: form-data; name="{self.name()}"; filename="{self.word()}"\r\n\r\n{self.word()}\r\n--x--\r\n'
                return part.encode("utf-8", "surrogatepass"), b"multipart/form-data; boundary=x"
            case _:
                fields = [("key", self.key if rng.random() < 0.7 else self.word())] + [
                    (self.name(), self.word()) for _ in range(rng.randrange(8))
                ]
                return "&".join(f"{name}={value}" for name, value in fields).encode(
                    "utf-8", "surrogatepass"
                ), b"application/x-www-form-urlencoded"

    def value(self, depth: int) -> Any:
        rng = self.rng
        match rng.randrange(8 if depth else 5):
            case 0:
                return self.word().encode("utf-8", "replace").decode()
            case 1:
                return rng.choice([0, -1, 1, 10**30, 1.5, float("inf"), float("nan"), 2**63])
            case 2:
                return rng.choice([None, True, False])
            case 3 | 4:
                return rng.choice(ODD).encode("utf-8", "replace").decode()
            case 5 | 6:
                return {self.name(): self.value(depth - 1) for _ in range(rng.randrange(4))}
            case _:
                return [self.value(depth - 1) for _ in range(rng.randrange(4))]


def _described(document: dict[str, Any], rng: random.Random, many: int) -> list[Request]:
    """What schemathesis draws from the API's own document: as many of each call, the same for the same seed."""
    loaded = schemathesis.openapi.from_dict(document)
    found = sorted(((one.ok().label, one.ok()) for one in loaded.get_all_operations()), key=lambda pair: pair[0])
    drawn: list[Request] = []
    for _, operation in found:

        @seed(rng.randrange(2**32))
        @settings(
            max_examples=many,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def draw(case: Any) -> None:
            sent = case.as_transport_kwargs(base_url="http://127.0.0.1:8400")
            made = httpx.Request(
                sent["method"], sent["url"], params=sent.get("params"), json=sent.get("json"), content=sent.get("data"),
                headers={name: value for name, value in dict(sent.get("headers") or {}).items() if name.lower() != "authorization"},
            )  # fmt: skip
            headers = [(name.lower(), value) for name, value in made.headers.raw]
            drawn.append((made.method, made.url.path, headers, made.read(), made.url.query))

        draw()
    return drawn


@asynccontextmanager
async def _served(url: str) -> AsyncIterator[int]:
    """`encore serve` in a process of its own, on a port nobody uses, with nothing behind it."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environment = os.environ | {
        "ENCORE_DATABASE_URL": url, "ENCORE_PUBLIC_URL": f"http://127.0.0.1:{port}", "ENCORE_SIGNING_KEYS": SIGNING_KEY, "ENCORE_ALLOWED_ORIGINS": SHOP,
        "ENCORE_API_KEYS": API_KEY, "DODO_PAYMENTS_API_KEY": "sandbox", "DODO_PAYMENTS_BASE_URL": "http://127.0.0.1:9", "DODO_PAYMENTS_WEBHOOK_KEY": WEBHOOK_SECRET,
    }  # fmt: skip
    words = [sys.executable, "-m", "widget", "serve", "--port", str(port)]
    quiet: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = await asyncio.to_thread(subprocess.Popen, words, env=environment, **quiet)
    try:
        for _ in range(600):
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                break
            await asyncio.sleep(0.1)  # a process is starting: nothing else tells when it is there
        yield port
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait, timeout=40)


async def _spoken(port: int, words: bytes, *, within_s: float) -> bytes | None:
    """The first line that comes back, empty where the line was closed without a word, None where it just stays open."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(words)
        await writer.drain()
        return await asyncio.wait_for(reader.readline(), within_s)
    except TimeoutError:
        return None
    except OSError:
        return b""
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def _raw(tally: Tally, port: int, rng: random.Random, number: int) -> None:
    """Something that is hardly HTTP, whole, so that an answer or a closed line is due at once."""
    words = _hardly_http(rng)
    line = await _spoken(port, words, within_s=SLOWEST_S + 2)
    if line is None or (line.startswith(b"HTTP/") and line.split()[1][:1] == b"5"):
        tally.wrong(tally.seed, f"socket {number}: {line!r} to {words[:200]!r}")
    tally.count("sockets")


def _hardly_http(rng: random.Random) -> bytes:
    host, end = b"Host: 127.0.0.1\r\n", b"\r\n"
    form = b"Content-Type: application/x-www-form-urlencoded\r\n"
    close = b"Connection: close\r\n"
    match rng.randrange(12):
        case 0:
            return rng.randbytes(rng.randrange(1, 400)) + b"\r\n\r\n"
        case 1:
            return b"GET /" + b"a" * rng.randrange(70_000) + b" HTTP/1.1\r\n" + host + close + end
        case 2:
            return b"GET / HTTP/1.1\r\n" + host + b"X: " + b"a" * rng.randrange(500_000) + end + close + end
        case 3:
            return (
                b"GET / HTTP/1.1\r\n"
                + host
                + b"".join(b"X-%d: y\r\n" % one for one in range(rng.randrange(2_000)))
                + close
                + end
            )
        case 4:
            return (
                b"POST /upsell/accept HTTP/1.1\r\n"
                + host
                + form
                + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"
                + close
                + end
                + b"0\r\n\r\n"
            )
        case 5:
            return b"POST /webhooks/dodo HTTP/1.1\r\n" + host + b"Transfer-Encoding: chunked\r\n" + close + end + rng.choice([b"zz\r\n", b"-1\r\n", b"ffffffffffffffff\r\n", b"5\r\nab\r\n0\r\n\r\n"]) + b"\r\n\r\n"  # fmt: skip
        case 6:
            return (
                b"POST /upsell/status HTTP/1.1\r\n"
                + host
                + b"Content-Length: "
                + rng.choice([b"-1", b"x", b"1e3", b"9" * 40, b"+5", b"5, 5"])
                + end
                + close
                + end
                + b"key=x"
            )
        case 7:
            return (
                rng.choice(
                    [
                        b"GET / HTTP/9.9",
                        b"GET / HTTP/1.1 x",
                        b"GET  /",
                        b"GET",
                        b" GET / HTTP/1.1",
                        b"G\x00T / HTTP/1.1",
                        b"PRI * HTTP/2.0",
                    ]
                )
                + b"\r\n"
                + host
                + close
                + end
            )
        case 8:
            return b"GET " + rng.choice([b"http://evil.example/", b"*", b"//evil.example", b"/\x00", b"/%zz", b"/\xff\xfe", b"?x", b"/a b", b"/%0d%0aX:%20y"]) + b" HTTP/1.1\r\n" + host + close + end  # fmt: skip
        case 9:
            return (
                b"GET /embed/offer/x HTTP/1.1\r\n"
                + rng.choice([b"", host + host, b"Host:\r\n", b"Host: evil\r\n x\r\n", b"Host: \xff\r\n"])
                + close
                + end
            )
        case 10:
            return (
                b"POST /embed/offer HTTP/1.1\r\n"
                + host
                + b"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 40\r\n"
                + close
                + end
                + rng.randbytes(40)
            )
        case _:
            return (
                b"GET /health/live HTTP/1.1\r\n"
                + host
                + b"A: b\rC: d\r\n"
                + rng.choice([b"X:\x00y\r\n", b": x\r\n", b"X\r\n", b" folded: x\r\n"])
                + close
                + end
            )


# Half of a request, and then nothing: a body that does not end is answered, headers that do not end are let go.
HALVES = (
    b"POST /upsell/accept HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nSec-Fetch-Site: same-origin\r\nContent-Length: 100\r\n\r\nkey=",
    b"POST /webhooks/dodo HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{",
    b"POST /embed/offer HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n5\r\ntick",
    b"POST /api/v1/tickets HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer " + API_KEY.encode() + b"\r\nContent-Length: 100\r\n\r\n{",
    b"GET /health/live HTTP/1.1\r\nHost: x\r\nX-Slow: ",
    b"GE",
)  # fmt: skip


async def _half(tally: Tally, port: int, half: bytes) -> None:
    began = time.perf_counter()
    line = await _spoken(port, half, within_s=SLOWEST_S + 5)
    took = time.perf_counter() - began
    if line is None or (line and line.split()[1][:1] == b"5"):
        tally.wrong(tally.seed, f"after {took:.1f} s {line!r} to half a request: {half[:60]!r}")
    tally.count("halves let go" if not line else "halves answered")
