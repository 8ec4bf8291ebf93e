"""The log says what happened and never what would open a page."""

import io
import json
import logging

import pytest

from widget.core.secret import Secret
from widget.web import logs, press_keys, tickets

KEYS = (Secret("mara-signs-with-this-key-0123456789"),)
TICKET = tickets.mint_offer(KEYS, customer_id="cus_Nadia", payment_id="pay_1", now=1_800_000_000)
PRESS = press_keys.make(press_keys.Press(ticket="t"), KEYS, 1_800_000_000)
RANDOM = "kZ3vB0c1y7T5u2mQw9xR4eN6aP8sD1fG3hJ5kL7zX0c"


@pytest.fixture
def written():
    """What was logged, one dictionary a line; the loggers are as before afterwards."""
    root, ours, out = logging.getLogger(), logging.getLogger("encore"), io.StringIO()
    before = (root.handlers[:], root.level, ours.level)
    logs.configure(stream=out, plain=False)
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    root.handlers[:], root.level, ours.level = before[0], before[1], before[2]


def test_an_event_is_one_line_with_its_fields(written):
    logs.note(logging.getLogger("encore.till"), "charge.sent", charge="chg_1", duration_ms=12.5)
    [line] = written()
    assert (line["event"], line["charge"], line["duration_ms"], line["level"]) == ("charge.sent", "chg_1", 12.5, "info")
    assert line["at"].endswith("Z")


def test_a_field_that_is_not_on_the_list_is_named_and_not_written(written):
    logs.note(logging.getLogger("encore.till"), "charge.sent", email="nadia@example.com")
    assert written()[0]["not_on_the_list"] == ["email"]
    assert "nadia" not in json.dumps(written())


@pytest.mark.parametrize("secret", [TICKET, PRESS, "whsec_c2VjcmV0", "dodo_live_abc123"])
def test_a_secret_in_somebody_elses_message_is_hidden(written, secret: str):
    logging.getLogger("somebody").error("GET %s failed", secret)
    assert secret not in json.dumps(written())
    assert secret[:12] not in json.dumps(written())


def test_an_error_says_where_and_not_what(written):
    try:
        raise ValueError("nadia@example.com")
    except ValueError:
        logging.getLogger("encore.web").exception("web.broken")
    [line] = written()
    assert "test_logs.py" in line["trace"]
    assert "nadia" not in json.dumps(line)


@pytest.mark.parametrize(
    "path",
    [
        f"/embed/offer/{TICKET}",
        f"/embed/offer/{RANDOM}",
        f"/embed/offers/{RANDOM}",
        f"/embed/plans/{TICKET}?x=1",
        f"/after/{RANDOM}",
        "/after/short",
        f"/nowhere/{TICKET}",
        f"/{RANDOM}",
    ],
)
def test_a_path_is_logged_without_its_ticket(path: str):
    shown = logs.redact_path(path)
    assert path.rpartition("/")[2].partition("?")[0] not in shown
    assert "?" not in shown


def test_the_same_ticket_leaves_the_same_trace():
    one, other = logs.redact_path(f"/after/{RANDOM}"), logs.redact_path(f"/after/{RANDOM}x")
    assert one == logs.redact_path(f"/after/{RANDOM}") != other
    assert len(one) == len("/after/~123456")


def test_ids_stay_readable():
    assert logs.redact_path("/buy/pdt_0NXhcZAjsJXVqKX3iJNVz") == "/buy/pdt_0NXhcZAjsJXVqKX3iJNVz"


async def test_one_line_a_request(written):
    ticks = iter([1.0, 1.25])

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 404, "headers": []})

    async def forget(_):
        return None

    scope = {"type": "http", "method": "GET", "path": f"/after/{RANDOM}", "query_string": b"payment_id=pay_1"}
    await logs.with_access_log(app, clock=lambda: next(ticks))(scope, None, forget)
    [line] = written()
    assert (line["method"], line["status"], line["duration_ms"]) == ("GET", 404, 250.0)
    assert RANDOM not in json.dumps(line)
    assert "pay_1" not in json.dumps(line)


async def test_a_request_that_breaks_is_logged_as_one_without_an_answer(written):
    async def app(scope, receive, send):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await logs.with_access_log(app)({"type": "http", "method": "GET", "path": "/"}, None, None)
    assert written()[0]["status"] == 0


def test_a_person_gets_plain_lines():
    record = logging.LogRecord("encore.x", logging.INFO, "", 0, "charge.sent", None, None)
    record.fields = {"charge": "chg_1"}
    assert logs.Lines(plain=True).format(record).endswith("event=charge.sent charge=chg_1")


@pytest.mark.parametrize(
    ("message", "values", "said"),
    [
        ("GET %s failed for %r", ("/x", "nadia@example.com"), "GET %s failed for %r"),
        ("Task exception was never retrieved\nfuture: <Task exception=ValueError('nadia')>", (), "Task exception was never retrieved"),
        ("no such column 'nadia lee' in \"x\"", (), "no such column '…' in '…'"),
        ("mail to nadia@example.com bounced", (), "mail to … bounced"),
        ("card 4242 4242 4242 4242 and 4242-4242-4242-4242", (), "card … and …"),
        ("Listening at: http://127.0.0.1:8400", (), "Listening at: http://127.0.0.1:8400"),
    ],
)  # fmt: skip
def test_what_a_library_says_is_written_without_what_it_was_given(
    written, message: str, values: tuple[str, ...], said: str
):
    logging.getLogger("somebody").error(message, *values)
    assert written()[0]["event"] == said


@pytest.mark.parametrize("mark", ["\n", "\r\n", "\u2028", "\x1b[2J", "\x00", "\u202e", "\x85"])
def test_nothing_that_was_sent_begins_a_line_of_the_log(mark: str):
    sent = f"/nowhere/{mark}2026-11-27T00:00:00Z info event=charge.taken"
    for plain in (True, False):
        record = logging.LogRecord("encore.access", logging.INFO, "", 0, "request", None, None)
        record.event, record.fields = "request", {"path": sent}
        line = logs.Lines(plain=plain).format(record)
        assert len(line.splitlines()) == 1
        assert mark not in line
