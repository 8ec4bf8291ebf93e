"""G-14: what must not be written down or passed on is nowhere, however it came in.

Each canary is a word that nothing else contains. It goes in where such a thing really comes in; afterwards the log, the
metrics, every address and body that went to the provider, every page, and every column of the database are searched.
"""

import asyncio
import base64
import contextlib
import io
import logging
import random
import re
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from tests.asgi import ask
from tests.campaign import ground
from tests.campaign.figure import Figure, Tally, measuring, scaled
from tests.stage import SANDBOX, SHOP, Card, Stage, staged
from widget.settings import Settings, load
from widget.storage import tables
from widget.storage.database import rows
from widget.web import logs

GOAL = "0 of 25 canaries in 1,000,000 log lines, metrics, addresses, bodies that go out, pages, or columns not declared for them"
ENGINES = ("sqlite",)
MARK = "kanarie"

# Secrets of the deployment: nowhere at all.
SECRETS = {
    "signing key": f"{MARK}-signing-{'s' * 32}", "older signing key": f"{MARK}-older-{'o' * 32}", "API key": f"{MARK}-api-{'a' * 32}",
    "Dodo key": f"{MARK}-dodo-{'d' * 24}", "database password": f"{MARK}dbpassword",
    "webhook secret": "whsec_" + base64.b64encode(f"{MARK}-webhook-secret".encode()).decode(), "older webhook secret": "whsec_" + base64.b64encode(f"{MARK}-older-webhook-secret".encode()).decode(),
}  # fmt: skip
# What people are called, where they live and what they pay with: in the bodies Dodo sent, until retention removes them.
PEOPLE = {
    "e-mail": f"{MARK}@mail.example", "name": f"Kanarie-Name{MARK}", "street": f"{MARK} Street 1", "city": f"{MARK}-City", "zip": "94107",
    "card number": "4242424242424242", "security code": f"{MARK}-cvc", "typed note": f"{MARK}-typed-note",
}  # fmt: skip
# What a browser or a proxy says beside the request.
BESIDE = {
    "user agent": f"{MARK}-agent/1.0", "referer": f"https://shop.example/{MARK}-referer", "cookie": f"session={MARK}-cookie", "query": f"{MARK}-query",
    "wrong bearer": f"{MARK}-bearer", "address": "203.0.113.77", "forwarded address": "198.51.100.88",
}  # fmt: skip
# Where a column is declared for one (the comments of widget/storage/tables.py and docs/retention.md say so too).
DECLARED = {"kept_event.body", "occasion.billing"}
# Where the way to the bank or the checkout must carry the return ticket.
RETURNS = {"charge.link"}


def run(size: str, seed: int, engine: str) -> Figure:
    with ground.database(engine) as url, measuring("G-14", GOAL, size, seed, engine) as tally, _listening() as written:
        lines = scaled(size, push=10_000, night=1_000_000)
        asyncio.run(_measure(tally, url, random.Random(seed), written, lines))
    return tally.figure()


class Heard(io.StringIO):
    """The log, looked at line by line and not kept."""

    def __init__(self) -> None:
        super().__init__()
        self.lines = 0
        self.wanted: dict[str, str] = {}
        self.found: dict[str, str] = {}

    def write(self, text: str, /) -> int:
        self.lines += text.count("\n")
        for name, word in self.wanted.items():
            if word in text:
                self.found.setdefault(name, text[:300])
        return len(text)


@contextmanager
def _listening() -> Iterator[Heard]:
    root, ours, heard = logging.getLogger(), logging.getLogger("encore"), Heard()
    before = (root.handlers[:], root.level, ours.level)
    logs.configure(stream=heard, plain=False)
    try:
        yield heard
    finally:
        root.handlers[:], root.level, ours.level = before


def settings(url: str) -> Settings:
    return load(
        {
            "ENCORE_DATABASE_URL": url, "ENCORE_PUBLIC_URL": "http://127.0.0.1:8400", "ENCORE_ALLOWED_ORIGINS": SHOP,
            "ENCORE_SIGNING_KEYS": f"{SECRETS['signing key']},{SECRETS['older signing key']}", "ENCORE_API_KEYS": SECRETS["API key"],
            "DODO_PAYMENTS_API_KEY": "sandbox", "DODO_PAYMENTS_BASE_URL": SANDBOX,
            "DODO_PAYMENTS_WEBHOOK_KEY": f"{SECRETS['webhook secret']},{SECRETS['older webhook secret']}",
        }
    )  # fmt: skip


async def _measure(tally: Tally, url: str, rng: random.Random, heard: Heard, lines: int) -> None:
    known = settings(url)
    async with staged(known) as stage:
        await stage.control(
            "webhooks", {"target": "http://127.0.0.1:8400/webhooks/dodo", "secret": SECRETS["webhook secret"]}
        )
        canaries = {**SECRETS, **PEOPLE, **BESIDE} | await _journeys(stage)
        heard.wanted = {name: _bare(word) for name, word in canaries.items()}
        pages = await _noise(stage, rng, canaries, heard, lines)
        await _elsewhere(tally, stage, canaries, pages)
        _in_what_is_printed(tally, known)
    for name, line in heard.found.items():
        tally.wrong(tally.seed, f"{name} in the log: {line}")
    tally.count("canaries", len(canaries))
    tally.count("log lines", heard.lines)
    if heard.lines < lines or len(canaries) < 25:
        tally.wrong(tally.seed, f"only {heard.lines} lines and {len(canaries)} canaries")


def _bare(word: str) -> str:
    """What of it would be seen: not a prefix that any of its kind has."""
    return word.removeprefix("whsec_").removeprefix("session=")


async def _journeys(stage: Stage) -> dict[str, str]:
    """A stranger buys, types who they are at Dodo's page, sees the card, and presses; the tickets that came of it."""
    start = await stage.encore.get("/buy/pdt_course", params={"next": f"{SHOP}/thanks"})
    page = (await stage.sandbox.get(start.headers["location"])).text
    total = re.search(r'name="shown_total" value="(\d+)"', page)
    who = {
        "email": PEOPLE["e-mail"], "name": PEOPLE["name"], "country": "US", "zipcode": PEOPLE["zip"], "street": PEOPLE["street"],
        "city": PEOPLE["city"], "card_number": PEOPLE["card number"], "expiry": "06/32", "cvc": "123", "payment_method": "new", "action": "pay",
        "shown_total": total[1] if total else "",
    }  # fmt: skip
    back = (await stage.sandbox.post(start.headers["location"], data=who)).headers["location"]
    card = await Card(stage, await stage.encore.get(back)).settled()
    assert card.state == "open", card.text
    key = card.key
    await (await card.press("accept", note=PEOPLE["typed note"])).settled()
    payment = await stage.purchase()
    ticket = stage.ticket(payment)
    other = await (await stage.get(ticket)).settled(while_in={"preparing"})
    await stage.control("faults", {"operation": "POST /checkouts", "fault": "garbage", "times": 1})
    await other.press("accept", note=PEOPLE["typed note"])
    return {"ticket": ticket, "press key": key, "return ticket": back.split("/after/")[1].partition("?")[0]}


async def _noise(
    stage: Stage, rng: random.Random, canaries: dict[str, str], heard: Heard, lines: int
) -> list[tuple[str, bytes]]:
    """Requests with canaries wherever a request has room, and messages of libraries that quote them; a few answers kept."""
    app, pages = logs.with_access_log(stage.app), []
    beside = [
        (b"user-agent", BESIDE["user agent"].encode()), (b"referer", BESIDE["referer"].encode()), (b"cookie", BESIDE["cookie"].encode()),
        (b"authorization", f"Bearer {BESIDE['wrong bearer']}".encode()), (b"x-forwarded-for", BESIDE["forwarded address"].encode()),
    ]  # fmt: skip
    words = [canaries[name] for name in ("ticket", "press key", "return ticket")] + [
        PEOPLE["e-mail"],
        PEOPLE["card number"],
    ]
    others = [logging.getLogger(name) for name in ("asyncio", "httpx", "piccolo", "granian.access", "encore.web")]
    while heard.lines < lines:
        word = rng.choice(words)
        path = rng.choice(
            [
                "/embed/offer/{}",
                "/after/{}",
                "/embed/plans/{}",
                "/plan_change/back/{}",
                "/nowhere/{}",
                "/{}",
                "/a/image/{}",
                "/buy/x/{}",
            ]
        )
        if "@" in word or word.isdigit():
            path = "/embed/offer/x"
        query = f"email={PEOPLE['e-mail']}&note={BESIDE['query']}&ticket={canaries['ticket']}".encode()
        kind = rng.randrange(4)
        if kind == 0:
            body = f"key={word}&note={PEOPLE['typed note']}&cvc={PEOPLE['security code']}".encode()
            headers = [
                *beside,
                (b"content-type", b"application/x-www-form-urlencoded"),
                (b"sec-fetch-site", b"same-origin"),
            ]
            answer = await ask(app, "POST", rng.choice(["/upsell/accept", "/upsell/status", "/api/v1/tickets"]), headers=headers, body=body, query=query, client=BESIDE["address"])  # fmt: skip
        elif kind == 1:
            _a_library_speaks(rng.choice(others), rng, rng.choice(list(canaries.values())))
            continue
        else:
            answer = await ask(app, "GET", path.format(word), headers=beside, query=query, client=BESIDE["address"])
        if len(pages) < 500 and answer.status != 200:
            pages.append((path, answer.body))
    return pages


def _a_library_speaks(logger: logging.Logger, rng: random.Random, word: str) -> None:
    """A warning as libraries write them, with what they were given in it."""
    try:
        raise ValueError(f"invalid value {word!r} for column email")
    except ValueError as error:
        match rng.randrange(3):
            case 0:
                logger.error("could not handle %s of %r", error, word)
            case 1:
                logger.error("could not handle this", exc_info=True)
            case _:
                logger.error(f"Task exception was never retrieved\nfuture: <Task finished exception={error!r}>")


async def _elsewhere(tally: Tally, stage: Stage, canaries: dict[str, str], pages: list[tuple[str, bytes]]) -> None:
    for path, body in pages:
        for name, word in canaries.items():
            if _bare(word).encode() in body:
                tally.wrong(tally.seed, f"{name} in the answer to {path}")
    tally.count("pages", len(pages))
    metrics = (await stage.encore.get("/metrics")).text
    sent = (await stage.sandbox.get("/_sandbox/requests")).json()
    for name, word in canaries.items():
        if _bare(word) in metrics:
            tally.wrong(tally.seed, f"{name} in the metrics")
        for request in sent:
            ours = not request["path"].startswith("/checkout/session/")  # the page a buyer types on is Dodo's own
            if ours and _bare(word) in msgspec.json.encode(request).decode() and name not in {"return ticket", "zip"}:
                tally.wrong(tally.seed, f"{name} in {request['method']} {request['path']} to the provider")
            if ours and name == "return ticket" and _bare(word) in request["path"] + str(request.get("query", "")):
                tally.wrong(tally.seed, f"{name} in an address")
    tally.count("requests to the provider", len(sent))
    await _in_the_database(tally, canaries)


async def _in_the_database(tally: Tally, canaries: dict[str, str]) -> None:
    """Every column of every table; what people are called may be where it is declared to be and nowhere else."""
    for table in tables.ALL:
        name_of = table._meta.tablename
        for row in await rows(f"SELECT * FROM {name_of}"):
            for column, value in row.items():
                for name, word in canaries.items():
                    where = f"{name_of}.{column}"
                    if isinstance(value, str) and _bare(word) in value and not _may(name, where):
                        tally.wrong(tally.seed, f"{name} in the column {where}")
        tally.count("tables")


def _may(name: str, where: str) -> bool:
    """A zip and a country are needed for the tax of the next charge; a short number may also be part of another."""
    if where in DECLARED and name in PEOPLE:
        return True
    return name == "return ticket" and where in {"kept_event.body", *RETURNS}


def _in_what_is_printed(tally: Tally, known: Settings) -> None:
    """Settings in a trace, in `repr`, in JSON."""
    shown = repr(known) + str(known) + f"{known!r:>10}" + repr(msgspec.structs.asdict(known))
    with contextlib.suppress(TypeError, NotImplementedError):  # it cannot even be written
        shown += msgspec.json.encode(known).decode()
    for name, word in SECRETS.items():
        if _bare(word) in shown:
            tally.wrong(tally.seed, f"{name} in the settings as printed")
    tally.count("ways to print the settings", 5)
