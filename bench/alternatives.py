"""Other ways to bring the same card into a frame, built from packages as npm has them, to be measured beside Encore.

Nothing of them is kept here: `npm pack` fetches each at the version named below when the bench runs. Each stand-in gets the same style
sheet, the same words and the same host page as Encore's card, its scripts compressed as Encore's are, and its data in the document, so that it
needs no request for it; none of them has a consent record, a poll, a height to tell or a word in another language. They are lower bounds.
"""

import json
import re
import subprocess
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import brotli
from msgspec import Struct

from widget.upsell.examples import examples
from widget.web.assets import asset
from widget.web.render import render


class Alternative(Struct, frozen=True):
    """Packages (name@version → file within it), and the page's own script; no page where only the script can be weighed."""

    name: str
    files: dict[str, str]
    page: str = ""  # how the card comes: "server" (the document has it) or "browser" (the script makes it)
    script: str = ""


CARD = {
    "badge": "Goes with your course", "headline": "Add the workbook to your course", "name": "Workbook", "price": "$19.00",
    "body": "Forty exercises, one for every lesson, to print or to paint on the tablet.", "tax": "Includes $3.03 tax",
    "gain": ["An exercise for each of the 40 lessons", "Corrected examples to compare with", "Yours to keep"],
    "method": "Visa ···· 4242", "pay": "Pay $19.00 now", "decline": "No thanks, continue", "done": "All right",
}  # fmt: skip

# The card as a tree of `h(tag, attributes, …children)`, for React and Preact alike.
_TREE = """
var card = JSON.parse(document.getElementById("card").textContent);
function Card() {
  var state = useState("open"), open = state[0] === "open";
  return h("section", {id: "encore-offer", className: "card", "data-state": open ? "open" : "declined"},
    open && h("div", {className: "media", "aria-hidden": true}, h("span", {className: "drawn"}, card.name[0])),
    h("div", {className: "head"}, open && h("p", {className: "badge"}, card.badge), h("h2", null, open ? card.headline : card.done)),
    open && h("div", {className: "text"}, h("div", {className: "body"}, card.body),
      h("ul", {className: "gain"}, card.gain.map(function (line) { return h("li", {key: line}, line); }))),
    open && h("div", {className: "deal"}, h("div", {className: "sum"},
      h("p", {className: "item"}, h("bdi", {className: "name"}, card.name), " ", h("bdi", {className: "price"}, card.price)),
      h("p", {className: "fine under"}, card.tax), h("p", {className: "method"}, "Charged to ", h("bdi", null, card.method))),
      h("div", {className: "choice"}, h("button", {className: "accept"}, card.pay),
        h("button", {className: "decline", onClick: function () { state[1]("declined"); }}, card.decline))));
}
"""
_ALPINE = """
<section id="encore-offer" class="card" x-cloak x-data="{open: true, card: JSON.parse(document.getElementById('card').textContent)}" :data-state="open ? 'open' : 'declined'">
<div class="media" aria-hidden="true" x-show="open"><span class="drawn" x-text="card.name[0]"></span></div>
<div class="head"><p class="badge" x-show="open" x-text="card.badge"></p><h2 x-text="open ? card.headline : card.done"></h2></div>
<div class="text" x-show="open"><div class="body" x-text="card.body"></div><ul class="gain"><template x-for="line in card.gain"><li x-text="line"></li></template></ul></div>
<div class="deal" x-show="open"><div class="sum"><p class="item"><bdi class="name" x-text="card.name"></bdi> <bdi class="price" x-text="card.price"></bdi></p>
<p class="fine under" x-text="card.tax"></p><p class="method">Charged to <bdi x-text="card.method"></bdi></p></div>
<div class="choice"><button class="accept" x-text="card.pay"></button><button class="decline" x-text="card.decline" @click="open = false"></button></div></div>
</section>"""

LIST = (
    Alternative("htmx 2, card from the server", {"htmx.org@2.0.11": "dist/htmx.min.js"}, "server"),
    Alternative(
        "Preact, card made in the browser",
        {"preact@10.29.8": "dist/preact.min.js", "preact@10.29.8 ": "hooks/dist/hooks.umd.js"},
        "browser",
        "var h = preact.h, useState = preactHooks.useState;" + _TREE + "preact.render(h(Card), document.querySelector('main'));",
    ),
    Alternative("Alpine, card made in the browser", {"alpinejs@3.17.5": "dist/cdn.min.js"}, "alpine"),
    Alternative(
        "React 18, card made in the browser",
        {"react@18.3.1": "umd/react.production.min.js", "react-dom@18.3.1": "umd/react-dom.production.min.js"},
        "browser",
        "var h = React.createElement, useState = React.useState;" + _TREE
        + "ReactDOM.createRoot(document.querySelector('main')).render(h(Card));",
    ),
    # Loaders of hosted checkouts: they show nothing before their own servers have answered, which cannot be measured here.
    Alternative("Dodo's checkout overlay, its script alone", {"dodopayments-checkout@1.9.9": "dist/index.js"}),
    Alternative("Stripe.js, its loader alone", {"@stripe/stripe-js@10.2.1": "dist/index.mjs"}),
    Alternative("Paddle.js, its loader alone", {"@paddle/paddle-js@1.6.5": "dist/index.esm.js"}),
)  # fmt: skip


def fetched(alternative: Alternative, folder: Path) -> dict[str, bytes]:
    """The files of an alternative by a name of their own, from the registry the machine is set up for."""
    found: dict[str, bytes] = {}
    for package, inside in alternative.files.items():
        wanted = package.strip()
        packed = subprocess.run(
            ["npm", "pack", "--silent", wanted], cwd=folder, check=True, capture_output=True, text=True, timeout=120
        )
        with tarfile.open(folder / packed.stdout.split()[-1]) as archive:
            member = archive.extractfile(f"package/{inside}")
            assert member is not None, (wanted, inside)
            found[re.sub(r"\W+", "-", wanted) + "-" + Path(inside).name] = member.read()
    return found


def document(alternative: Alternative, scripts: list[str]) -> str:
    """What the frame loads: the same head for all, the card where the server makes it, its data where the browser does."""
    links = "".join(f'<script src="/{name}" defer></script>' for name in scripts)
    if alternative.page == "server":
        body = render("upsell/card.html", card=examples()["open"])
    else:
        data = json.dumps(CARD, ensure_ascii=False)
        body = f'<script type="application/json" id="card">{data}</script>' + (
            _ALPINE if alternative.page == "alpine" else ""
        )
    return (
        '<!doctype html><html lang="en" data-layout="frame"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>An offer</title>'
        f'<link rel="stylesheet" href="/card.css"><style>[x-cloak]{{display:none}}</style>{links}</head><body><main>{body}</main></body></html>'
    )  # fmt: skip


@contextmanager
def served(alternative: Alternative, files: dict[str, bytes]) -> Iterator[str]:
    """The alternative on a port of its own while the block runs: its address. Everything but the document is brotli."""
    scripts = files | ({"own.js": alternative.script.encode()} if alternative.script else {})
    known = {f"/{name}": ("text/javascript", brotli.compress(body)) for name, body in scripts.items()}
    known["/card.css"] = ("text/css", asset("card.css").brotli)
    text = document(alternative, list(scripts)).encode()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            kind, body = known.get(self.path, ("text/html; charset=utf-8", text))
            self.send_response(200)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            if self.path in known:
                self.send_header("content-encoding", "br")
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", "0")))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
