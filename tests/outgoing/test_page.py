"""docs/events.md is true: every event is on it, its examples have the code's shape, and its programs verify what Encore signs."""

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest
from standardwebhooks import Webhook

from widget.core.alarms import ALARMS
from widget.core.outgoing import KINDS, shape_of
from widget.outgoing import signed

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/events.md").read_text()
EXAMPLES = [json.loads(text) for text in re.findall(r"^```json\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)]
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OLD = "whsec_" + "b2xkc2VjcmV0b2xkc2VjcmV0b2xkc2VjcmV0"


def test_every_event_is_on_the_page_and_nothing_else_is():
    assert set(re.findall(r"`(encore\.[a-z._]+)`", PAGE)) | {one["type"] for one in EXAMPLES} == set(KINDS)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one["type"])
def test_an_example_has_the_shape_of_the_code_field_by_field(example):
    assert set(example) == {"type", "timestamp", "data"}
    told = msgspec.convert(example["data"], shape_of(example["type"]), strict=True)
    assert json.loads(msgspec.json.encode(told)) == example["data"]


def test_the_page_of_attention_and_the_code_name_the_same_alarms_in_the_same_words():
    page = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", (ROOT / "docs/attention.md").read_text())  # links as their words
    told = re.findall(r"^\| `(\w+)` \| (.*?) \| (.*?) \|$", page, re.MULTILINE)
    assert {name: (what, to_do) for name, what, to_do in told} == {
        name: (alarm.what, alarm.to_do) for name, alarm in ALARMS.items()
    }


def test_only_names_that_are_on_the_page_are_raised():
    raised = re.compile(r'(?:raise_now|holds)\(\s*"(\w+)"')
    lists = re.compile(r'alarms(?:\.append\(| = |: list\[str\] = |, \()[^\n]*?"(\w+)"|Settled\(\w+, \("(\w+)",\)')
    found: set[str] = set()
    for path in (ROOT / "widget").rglob("*.py"):
        text = path.read_text()
        found |= set(raised.findall(text)) | {name for pair in lists.findall(text) for name in pair if name}
    assert found - set(ALARMS) == set()
    assert {"job_parked", "amount_differs", "taken_twice"} <= found


def code(language: str) -> str:
    return re.search(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)[1]


def python_reader(folder: Path) -> list[str]:
    call = "import sys\nsecret, headers, body = json.load(sys.stdin)\n"
    (folder / "reader.py").write_text(
        code("python") + call + "print(read_event(secret, headers, body.encode())['type'])\n"
    )
    return [sys.executable, str(folder / "reader.py")]


def node_reader(folder: Path) -> list[str]:
    call = "const [secret, headers, body] = JSON.parse(await new Response(process.stdin).text());\n"
    (folder / "reader.mjs").write_text(code("js") + call + "console.log(readEvent(secret, headers, body).type);\n")
    return ["node", str(folder / "reader.mjs")]


@pytest.mark.parametrize("reader", [python_reader, node_reader])
def test_the_programs_of_the_page_believe_what_encore_signed_and_nothing_else(reader, tmp_path):
    command = reader(tmp_path)
    body, now = json.dumps(EXAMPLES[0]), int(time.time() * 1000)
    headers = signed([Webhook(OLD), Webhook(SECRET)], "evt_1", body, now)

    def read(secret: str, sent: dict[str, str], text: str) -> str:
        told = json.dumps([secret, sent, text])
        done = subprocess.run(command, input=told, capture_output=True, text=True, check=False, timeout=60)
        return done.stdout.strip() if done.returncode == 0 else "refused"

    assert read(SECRET, headers, body) == "encore.offer.paid"
    assert read(SECRET, headers, body.replace("1900", "1")) == "refused"
    assert read(SECRET, headers | {"webhook-id": "evt_2"}, body) == "refused"
    assert read(SECRET, signed([Webhook(SECRET)], "evt_1", body, now - 600_000), body) == "refused"
