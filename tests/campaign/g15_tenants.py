"""G-15: whoever asks for somebody else's thing gets the same 404 as for a thing that is not there, byte for byte."""

import asyncio
import re
import secrets
import time
from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from tests import plans
from tests.asgi import Answer, ask
from tests.campaign import ground
from tests.campaign.figure import Figure, Tally, measuring
from tests.stage import Stage, settings_for, staged
from widget.core.secret import Secret
from widget.storage.database import rows
from widget.web import press_keys, tickets
from widget.web.press_keys import Press
from widget.web.pressing import customer_mark

GOAL = "every route x role x foreign object is one 404, byte for byte; no row and no payment of anybody else is touched"
ENGINES = ("sqlite", "postgres")
REXS = (Secret("rex-would-like-to-sign-with-this-one"),)
NOBODYS = "A" * 43
PRESSED = {
    "upsell": ("accept", "checkout", "decline", "method", "pick", "status", "undo"),
    "plan_change": (
        "cancel",
        "choices",
        "confirm",
        "keep",
        "link",
        "method",
        "pause",
        "preview",
        "resume",
        "status",
        "undo",
    ),
}
OPENED = ("/embed/offer/{ticket:str}", "/embed/offer", "/embed/plans/{ticket:str}", "/embed/plans", "/after/{ticket:str}", "/plan_change/back/{ticket:str}")  # fmt: skip
# Answer alike to everybody, or hold nobody's things: looked at by the header table, the API's document and G-13.
OPEN_TO_ALL = {
    "/a/{digest:str}/{name:str}", "/a/{digest:str}/{code:str}/{name:str}", "/docs", "/docs/openapi.json", "/docs/{path:str}", "/embed.js", "/gallery", "/gallery/plans", "/gallery/presets",
    "/health/live", "/health/ready", "/metrics", "/webhooks/dodo",
}  # fmt: skip
NAMED = {  # what is looked up by a name of no ticket: the names that are not there
    "/a/image/{name:str}": ("GET", ("0" * 64, "x", "..", "pdt_workbook")),
    "/gallery/{name:str}": ("GET", ("nobody", "x" * 300, "%2e%2e")),
    "/gallery/plans/{name:str}": ("GET", ("nobody", "x" * 300)),
    "/buy/{product_id:str}": ("GET", ("pdt 1", "x" * 300, "<b>", "pdt.1")),
    "/api/v1/occasions/{occasion_id:str}": ("DELETE", ("occ_nobody", "x", "x" * 300)),
}
KEYED = (
    ("POST", "/api/v1/tickets"),
    ("POST", "/api/v1/returns"),
    ("POST", "/api/v1/occasions"),
    ("DELETE", "/api/v1/occasions/x"),
)


def run(size: str, seed: int, engine: str) -> Figure:
    with ground.database(engine) as url, measuring("G-15", GOAL, size, seed, engine) as tally:
        tally.databases = ground.version(url)
        asyncio.run(_measure(tally, url))
    return tally.figure()


class Cast:
    """Nadia's and Omar's things, and keys and tickets for them, honest and otherwise."""

    async def enter(self, stage: Stage) -> "Cast":
        self.stage = stage
        await plans.family(
            stage, more='[[offer]]\nname = "workbook"\nproduct = "pdt_workbook"\ntexts.headline = "A workbook"\n'
        )
        self.bought = {who: await stage.purchase(who) for who in ("cus_nadia", "cus_omar")}
        self.cards = {who: await stage.open(payment) for who, payment in self.bought.items()}
        self.subscribed = {who: await plans.subscribe(stage, who) for who in ("cus_nadia", "cus_omar")}
        await plans.quiet(stage)
        self.panels = {who: await plans.open_panel(stage, self.subscribed[who], who) for who in self.subscribed}
        self.quoted = await self.panels["cus_nadia"].choose("pdt_pro")
        assert [card.state for card in self.cards.values()] == ["open", "open"]
        assert self.quoted.state == "quote", self.quoted.text
        return self

    def press_keys(self, flow: str) -> Iterator[tuple[str, str]]:
        """Role → what it presses with on Nadia's page of this flow."""
        keys, now = self.stage.settings.signing_keys, int(time.time())
        hers = press_keys.read(self.cards["cus_nadia"].key if flow == "upsell" else self.quoted.key, keys, now)
        hers = replace(hers, ticket=secrets.token_hex(8))  # nobody is told to wait here: that is another promise
        other = self.quoted.key if flow == "upsell" else self.cards["cus_nadia"].key
        yield "a stranger without a key", ""
        yield "a stranger with a long text", "A" * 3_000
        yield "Nadia's ticket instead of a key", self.ticket("cus_nadia")
        yield "Nadia's key for the other flow", other
        yield "Rex with a key of his own Encore", press_keys.make(hers, REXS, now)
        yield "Mara's server, which may sign tickets only", _signed_as_ticket(hers, keys)
        yield "a key made tomorrow", press_keys.make(hers, keys, now + 86_400)
        omars = replace(hers, customer=customer_mark("cus_omar"))
        yield "Omar on Nadia's things, by a fault of ours", press_keys.make(omars, keys, now)
        yield "Omar on Nadia's things, later", press_keys.make(omars, keys, now - 3_600)
        nobodys = (
            replace(hers, occasion_id="occ_nobody") if flow == "upsell" else replace(hers, subscription_id="sub_nobody")
        )
        yield "Nadia on a thing that is not there", press_keys.make(nobodys, keys, now)
        yield "Nadia's key for nothing", press_keys.make(replace(hers, occasion_id="", subscription_id=""), keys, now)

    def ticket(self, who: str, *, payment: str = "", at: int | None = None, keys: Any = None) -> str:
        """A ticket for an offer."""
        return tickets.mint_offer(
            keys or self.stage.settings.signing_keys, customer_id=who,
            payment_id=payment or self.bought[who]["payment_id"], now=at or int(time.time()),
        )  # fmt: skip

    def tickets(self, flow: str) -> Iterator[tuple[str, str]]:
        """Role → what it opens with."""
        keys, now = self.stage.settings.signing_keys, int(time.time())
        subs = self.subscribed

        def plan(who: str, of: str, *, at: int = now, by: Any = keys) -> str:
            return tickets.mint_plans(by, customer_id=who, subscription_id=of, now=at)

        offer = flow == "offer"
        yield "a stranger with nothing much", "x"
        yield "a stranger with a long text", "A" * 3_000
        yield "a return ticket of nobody", NOBODYS
        yield "an id instead of a ticket", self.bought["cus_nadia"]["payment_id"]
        yield "a press key instead of a ticket", self.cards["cus_nadia"].key[:1_000]
        yield (
            "Rex, who signed it himself",
            self.ticket("cus_nadia", keys=REXS) if offer else plan("cus_nadia", subs["cus_nadia"], by=REXS),
        )
        yield "the other audience", plan("cus_nadia", subs["cus_nadia"]) if offer else self.ticket("cus_nadia")
        yield "Omar on what Nadia bought", self.ticket("cus_omar", payment=self.bought["cus_nadia"]["payment_id"]) if offer else plan("cus_omar", subs["cus_nadia"])  # fmt: skip
        yield (
            "Nadia on what is not there",
            self.ticket("cus_nadia", payment="pay_nobody") if offer else plan("cus_nadia", "sub_nobody"),
        )
        yield "somebody who is not there", self.ticket("cus_nobody", payment=self.bought["cus_nadia"]["payment_id"]) if offer else plan("cus_nobody", subs["cus_nadia"])  # fmt: skip
        yield "a ticket of yesterday, never opened", self.ticket("cus_nadia", at=now - 86_400) if offer else plan("cus_nadia", subs["cus_nadia"], at=now - 86_400)  # fmt: skip
        yield (
            "a ticket of tomorrow",
            self.ticket("cus_nadia", at=now + 86_400)
            if offer
            else plan("cus_nadia", subs["cus_nadia"], at=now + 86_400),
        )


async def _measure(tally: Tally, url: str) -> None:
    async with staged(settings_for(url)) as stage:
        cast = await Cast().enter(stage)
        await plans.quiet(stage)  # what their purchases bring is prepared by now
        before, sent = await _hers(cast), len((await stage.sandbox.get("/_sandbox/ledger")).json())
        _every_route_is_here(tally, stage)
        for flow, actions in PRESSED.items():
            for action in actions:
                for htmx in (True, False):
                    answers = {
                        role: await _press(stage, flow, action, key, htmx) for role, key in cast.press_keys(flow)
                    }
                    _alike(tally, f"{flow}/{action} {'part' if htmx else 'page'}", answers)
        for path in OPENED:
            roles = cast.tickets("plans" if "plan" in path else "offer")
            _alike(
                tally,
                path,
                {
                    role: await _open(stage, path, ticket)
                    for role, ticket in roles
                    if path[1:6] == "embed" or "." not in ticket
                },
            )
        for path, (method, names) in NAMED.items():
            answers = {
                name[:20]: await _call(stage, method, re.sub(r"\{.*\}", name, path), key="merchant-api-key-for-tests")
                for name in names
            }
            _alike(tally, path, answers)
        for method, path in KEYED:
            bad = (
                "",
                "x",
                "merchant-api-key-for-test",
                "merchant-api-key-for-tests2",
                "MERCHANT-API-KEY-FOR-TESTS",
                "x" * 3_000,
            )
            answers = {key[:20]: await _call(stage, method, path, key=key) for key in bad}
            _alike(tally, f"{method} {path}", answers, status=401)
        if await _hers(cast) != before or len((await stage.sandbox.get("/_sandbox/ledger")).json()) != sent:
            tally.wrong(tally.seed, "something of Nadia's or Omar's was changed by somebody who got a 404")
        await _ids_in_a_body_say_nothing(tally, cast)
        for flow, key in (("upsell", cast.cards["cus_nadia"].key), ("plan_change", cast.quoted.key)):
            if (await _press(stage, flow, "status", key, True)).status != 200:
                tally.wrong(tally.seed, f"{flow}: Nadia's own key gets nothing either, so that nothing was shown")


def _every_route_is_here(tally: Tally, stage: Stage) -> None:
    """A route nobody has thought of here is wrong."""
    pressed = {f"/{flow}/{action}" for flow, actions in PRESSED.items() for action in actions}
    known = (
        pressed
        | set(OPENED)
        | set(NAMED)
        | OPEN_TO_ALL
        | {re.sub("/x$", "/{occasion_id:str}", path) for _, path in KEYED}
    )
    there = {route.path for route in stage.app.routes} if stage.app else set()
    for path in sorted(there ^ known):
        tally.wrong(tally.seed, f"{path}: {'not looked at here' if path in there else 'is no route any more'}")
    tally.count("routes", len(there))


def _alike(tally: Tally, what: str, answers: dict[str, Answer], *, status: int = 404) -> None:
    (first, wanted), *others = answers.items()
    if wanted.status != status:
        tally.wrong(tally.seed, f"{what}, {first}: answered {wanted.status}, not {status}")
    for role, answer in others:
        for part in ("status", "headers", "body"):
            if getattr(answer, part) != getattr(wanted, part):
                tally.wrong(
                    tally.seed, f"{what}: {role} is told from {first} by the {part}: {getattr(answer, part)!r}"[:600]
                )
                break
    tally.count("answers compared", len(answers))


async def _press(stage: Stage, flow: str, action: str, key: str, htmx: bool, **more: str) -> Answer:
    fields = {"key": key, "product": "pdt_pro", **more}
    body = "&".join(f"{name}={value}" for name, value in fields.items()).encode()
    headers = [(b"sec-fetch-site", b"same-origin"), (b"content-type", b"application/x-www-form-urlencoded")]
    headers += [(b"hx-request", b"true")] if htmx else []
    return await ask(stage.app, "POST", f"/{flow}/{action}", headers=headers, body=body)


async def _open(stage: Stage, path: str, ticket: str) -> Answer:
    if "{" in path:
        return await ask(stage.app, "GET", path.replace("{ticket:str}", ticket))
    headers = [(b"content-type", b"application/x-www-form-urlencoded")]
    return await ask(stage.app, "POST", path, headers=headers, body=b"ticket=" + ticket.encode())


async def _call(stage: Stage, method: str, path: str, *, key: str) -> Answer:
    headers = [(b"authorization", f"Bearer {key}".encode())] if key else []
    if method == "POST":
        headers.append((b"content-type", b"application/json"))
    return await ask(stage.app, method, path, headers=headers, body=b"{}" if method == "POST" else b"")


async def _hers(cast: Cast) -> list[Any]:
    """What is written down about anybody's money, offers and plans; and how the plans stand at the provider."""
    tables = ("presentation", "quote", "charge", "consent", "decline", "plan_quote")
    kept = [await rows(f"SELECT * FROM {table} ORDER BY 1") for table in tables]
    at_dodo = [await plans.at_dodo(cast.stage, one) for one in cast.subscribed.values()]
    return [*kept, *([one["product_id"], one["status"], one["payment_method_id"]] for one in at_dodo)]


async def _ids_in_a_body_say_nothing(tally: Tally, cast: Cast) -> None:
    """Omar presses on his own page and names everything of Nadia's: his own page is what he gets."""
    stage, charge = cast.stage, f"chg_{'n' * 20}"
    hers = (await rows("SELECT id FROM presentation WHERE customer_id = {}", "cus_nadia"))[0]
    (quote,) = await rows("SELECT id FROM quote WHERE presentation_id = {}", hers["id"])
    named = {
        "customer_id": "cus_nadia", "customer": "cus_nadia", "sub": "cus_nadia", "payment_id": cast.bought["cus_nadia"]["payment_id"],
        "presentation_id": hers["id"], "quote_id": quote["id"], "charge_id": charge, "subscription_id": cast.subscribed["cus_nadia"],
        "method": "pm_nadia_visa", "payment_method_id": "pm_nadia_visa",
    }  # fmt: skip
    for flow, key in (("upsell", cast.cards["cus_omar"].key), ("plan_change", cast.panels["cus_omar"].key)):
        for action in ("status", "method", "preview", "confirm", "accept"):
            if action in PRESSED[flow]:
                answer = await _press(stage, flow, action, key, True, **named)
                if answer.status not in {200, 204, 400, 404} or b"4242" in answer.body:
                    tally.wrong(tally.seed, f"{flow}/{action}: ids in the body changed the answer: {answer.status}")
                tally.count("presses naming another's ids")
    ledger = (await stage.sandbox.get("/_sandbox/ledger")).json()
    touched = [row for row in ledger if row["customer_id"] == "cus_nadia" and "encore_charge" in row["metadata"]]
    fates = await rows("SELECT fate FROM charge WHERE customer_id = {}", "cus_nadia")
    if touched or fates or (await plans.at_dodo(stage, cast.subscribed["cus_nadia"]))["product_id"] != "pdt_basic":
        tally.wrong(tally.seed, f"Omar moved something of Nadia's: {touched} {fates}")


def _signed_as_ticket(press: Press, keys: tuple[Secret, ...]) -> str:
    import msgspec

    from widget.web import tokens

    claims = {"aud": "encore/press", "exp": int(time.time()) + 900, "press": replace(press, made_at=int(time.time()))}
    return tokens.seal(msgspec.json.encode(claims), tokens.plain(keys)[0], typ="encore-press+jwt")
