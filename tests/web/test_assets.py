"""Assets: by their content's name for ever, in the smallest encoding the browser takes, and what is vendored is what we say."""

import gzip
import re
from hashlib import sha256
from pathlib import Path

import brotli
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from widget.upsell.examples import examples
from widget.web import errors
from widget.web.assets import asset, asset_url, assets_router
from widget.web.render import render

STATIC = Path(__file__).parents[2] / "static"
NAMES = ("frame.js", "card.css", "embed.js")


@pytest.fixture(scope="module")
def nadia():
    app = Litestar([assets_router], exception_handlers=errors.handlers, openapi_config=None)
    with TestClient(app) as client:
        client.headers.pop("accept-encoding", None)
        yield client


def fetch(nadia, path: str, encoding: str, **headers: str):
    request = nadia.build_request("GET", path, headers={"accept-encoding": encoding} | headers)
    return nadia.send(request, stream=True)


def raw(answer) -> bytes:
    return b"".join(answer.iter_raw())


@pytest.mark.parametrize("name", NAMES)
def test_every_encoding_unpacks_to_the_same_file(nadia, name):
    plain = raw(fetch(nadia, asset_url(name), "identity"))
    assert gzip.decompress(raw(fetch(nadia, asset_url(name), "gzip"))) == plain
    assert brotli.decompress(raw(fetch(nadia, asset_url(name), "gzip, deflate, br, zstd"))) == plain
    assert asset_url(name).split("/")[2] == sha256(plain).hexdigest()[:16]


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("br", "br"),
        ("gzip;q=1.0, br;q=0.5", "br"),
        ("GZIP", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br; q=0.000, gzip;q=0", None),
        ("brotli-like, gzipped", None),
        ("br;q=nonsense", None),
        ("*", None),
        ("", None),
    ],
)
def test_an_encoding_is_given_only_to_who_takes_it(nadia, asked, given):
    answer = fetch(nadia, asset_url("card.css"), asked)
    assert answer.status_code == 200
    assert answer.headers.get("content-encoding") == given
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert int(answer.headers["content-length"]) == len(raw(answer))


def test_what_the_browser_has_is_not_sent_again(nadia):
    tag = fetch(nadia, "/embed.js", "br").headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = fetch(nadia, "/embed.js", "br", **{"if-none-match": known})
        assert (again.status_code, raw(again), again.headers["etag"]) == (304, b"", tag)


def test_a_tag_is_known_among_several_lines_with_a_comma_in_it_and_by_the_head_alone(nadia):
    for path in ("/embed.js", asset_url("frame.js")):
        tag = fetch(nadia, path, "gzip").headers["etag"]
        lines = [("accept-encoding", "gzip"), ("if-none-match", '"a, b"'), ("if-none-match", f"W/{tag}")]
        for method in ("GET", "HEAD"):
            again = nadia.send(nadia.build_request(method, path, headers=lines))
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["vary"] == "Accept-Encoding"


def test_the_head_says_what_the_file_would(nadia):
    for path in ("/embed.js", asset_url("card.css")):
        for encoding in ("br", "gzip", "identity"):
            whole = fetch(nadia, path, encoding)
            head = nadia.send(nadia.build_request("HEAD", path, headers={"accept-encoding": encoding}))
            for name in ("etag", "content-encoding", "content-type", "vary", "content-length"):
                assert head.headers.get(name) == whole.headers.get(name), name


def test_a_tag_of_another_encoding_gets_this_one(nadia):
    tag = fetch(nadia, "/embed.js", "br").headers["etag"]
    assert fetch(nadia, "/embed.js", "gzip", **{"if-none-match": tag}).status_code == 200


@pytest.mark.parametrize("known", ['"other"', "", "x", '"', '*, "other"', '"*"'])
def test_another_tag_gets_the_file(nadia, known):
    assert fetch(nadia, "/embed.js", "br", **{"if-none-match": known}).status_code == 200


def test_each_encoding_has_its_own_tag(nadia):
    tags = {fetch(nadia, "/embed.js", taken).headers["etag"] for taken in ("br", "gzip", "identity")}
    assert len(tags) == 3


@pytest.mark.parametrize(
    "path",
    [
        "/a/0000000000000000/card.css",
        asset_url("card.css").replace("card.css", "frame.js"),
        asset_url("card.css").upper(),
        asset_url("frame.js").replace("frame.js", "htmx.min.js"),
        "/a/x/..%2f..%2fpyproject.toml",
        "/a/x/VENDORED.md",
    ],
)
def test_any_other_name_is_not_there(nadia, path):
    assert nadia.get(path).status_code == 404


def test_a_monitor_may_ask_for_the_head_alone(nadia):
    for path in ("/embed.js", asset_url("card.css")):
        answer = nadia.head(path)
        assert (answer.status_code, answer.content) == (200, b"")


def test_what_is_vendored_is_unchanged_and_its_licence_named():
    rows = re.findall(
        r"^\| `([^`]+)` \|.*\| (\S+) \| (\S+) \| `([0-9a-f]{64})` \|$",
        (STATIC / "VENDORED.md").read_text(),
        re.MULTILINE,
    )
    assert [(name, version, licence) for name, version, licence, _ in rows] == [("htmx.min.js", "4.0.1", "0BSD")]
    for name, _, _, digest in rows:
        assert sha256((STATIC / name).read_bytes()).hexdigest() == digest


def test_a_first_paint_is_within_25_kb_and_the_snippet_within_2_kb():
    longest = max(
        len(brotli.compress(render("embed.html", card=card, parent_origin="", theme="").encode()))
        for card in examples().values()
    )
    assert longest + len(asset("card.css").brotli) + len(asset("frame.js").brotli) < 25_000
    assert len(asset("embed.js").brotli) < 2_000


@pytest.mark.parametrize("name", ["frame.js", "embed.js"])
def test_our_scripts_build_nothing_from_text_and_keep_nothing(name):
    text = (STATIC / name).read_text()
    assert (
        re.findall(
            r"innerHTML|outerHTML|insertAdjacent|eval\(|new Function|document\.write|localStorage|sessionStorage|\.cookie|\"\*\"",
            text,
        )
        == []
    )


@pytest.mark.parametrize("name", ["frame.js", "card.css", "plans.css", "embed.js"])
def test_remarks_stay_with_those_who_read_the_source(name):
    sent = asset(name).plain.decode()
    assert "\n//" not in sent
    assert "/* " not in sent
    assert "\n " not in sent
