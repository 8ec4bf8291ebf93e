"""Each setting as it is read from the environment: its shape, what is expected, and what was found instead."""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Literal, cast

from msgspec import Struct

from widget.core.networks import Network, networks_in
from widget.core.origin import is_bare, is_local, origin_of
from widget.core.secret import Secret

NAMES = (
    "ENCORE_DATABASE_URL",
    "ENCORE_PUBLIC_URL",
    "ENCORE_SIGNING_KEYS",
    "ENCORE_ALLOWED_ORIGINS",
    "ENCORE_RETURN_ORIGINS",
    "ENCORE_API_KEYS",
    "ENCORE_TRUSTED_PROXIES",
    "ENCORE_EVENTS_URL",
    "ENCORE_EVENTS_SECRET",
    "ENCORE_EVENTS_PRIVATE",
    "ENCORE_JOBS",
    "DODO_PAYMENTS_API_KEY",
    "DODO_PAYMENTS_WEBHOOK_KEY",
    "DODO_PAYMENTS_ENVIRONMENT",
    "DODO_PAYMENTS_BASE_URL",
)
DEFAULT_DATABASE_URL = "sqlite:///encore.db"
SIGNING_KEY_BYTES = 32
_EVENTS_SECRET_CHARS = 32  # 24 bytes in base64

Environment = Literal["test_mode", "live_mode"]
HOSTS: dict[str, Environment] = {
    "https://test.dodopayments.com": "test_mode",
    "https://live.dodopayments.com": "live_mode",
}

PREFIXES = ("ENCORE_", "DODO_PAYMENTS_")
_KEY_MARKS: dict[str, Environment] = {"dodo_test_": "test_mode", "dodo_live_": "live_mode"}
_TOKEN = re.compile(r"[!-~]+")  # what fits into an Authorization header
_DATABASE = re.compile(r"sqlite:///[^?#]+|(?:postgres(?:ql)?|cockroachdb)://\S+")
_LOCALLY = "plain http only on this machine (127.0.0.1, localhost, *.localhost)"
_EXAMPLE = f'for example "https://shop.example": scheme, host and port only, no path, no wildcard; {_LOCALLY}'


class Problem(Struct, frozen=True):
    """A setting that stops the start: what was found (never a secret's value) and what is expected."""

    name: str
    found: str
    expected: str

    def __str__(self) -> str:
        return f"{self.name}: found {self.found}; expected {self.expected}"


class Reader:
    """One pass over the environment that goes on after a problem."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.problems: list[Problem] = []
        self.warnings: list[str] = []
        self._environ = {name: environ[name].strip() for name in NAMES if name in environ}
        for name, value in self._environ.items():
            if not value.isprintable():
                self._environ[name] = "".join(mark if mark.isprintable() else "?" for mark in value)
                self._problem(name, "a control character, or bytes that are no UTF-8", "text on one line")

    def database(self) -> Secret:
        url = self._text("ENCORE_DATABASE_URL") or DEFAULT_DATABASE_URL
        if not _DATABASE.fullmatch(url):
            scheme = url.partition(":")[0][:20]
            expected = (
                f'"{DEFAULT_DATABASE_URL}", "sqlite:////absolute/path.db" or "postgresql://user:password@host/name"'
            )
            self._problem("ENCORE_DATABASE_URL", f'something that begins with "{scheme}"', expected)
        return Secret(url)

    def public_url(self) -> str:
        name = "ENCORE_PUBLIC_URL"
        given = self._text(name).removesuffix("/")
        expected = f'the origin where browsers reach Encore, such as "https://encore.example"; {_LOCALLY}'
        return self._origin(name, given, expected) if given else self._missing(name, expected)

    def origins(self, name: str, *, required: bool) -> tuple[str, ...]:
        given = [one for one in re.split(r"[,\s]+", self._text(name)) if one]
        if required and not given:
            self._missing(name, f"the origins of the pages that show Encore, comma-separated, {_EXAMPLE}")
        return tuple(dict.fromkeys(self._origin(name, one, _EXAMPLE) for one in given))

    def signing_keys(self) -> tuple[Secret, ...]:
        name, expected = "ENCORE_SIGNING_KEYS", f"comma-separated secrets of at least {SIGNING_KEY_BYTES} bytes each"
        keys = self._list(name)
        if not keys:
            self._missing(name, f"{expected}; one is made by: openssl rand -hex 32")
        for place, key in enumerate(keys, 1):
            if len(key.encode()) < SIGNING_KEY_BYTES:
                self._problem(name, f"{len(key.encode())} bytes in key {place}", expected)
            elif len(set(key)) < 8:
                self.warnings.append(f"{name}: key {place} is easy to guess; make one by: openssl rand -hex 32")
        if len(set(keys)) < len(keys):
            self._problem(name, "the same key twice", f"{expected}, all different")
        return tuple(map(Secret, keys))

    def tokens(self, name: str) -> tuple[Secret, ...]:
        keys = self._list(name)
        for place, key in enumerate(keys, 1):
            if not _TOKEN.fullmatch(key):
                self._problem(
                    name, f"a space or a character beyond ASCII in key {place}", "comma-separated bearer keys"
                )
            elif len(key) < 16:
                self.warnings.append(f"{name}: key {place} is short; make one by: openssl rand -hex 32")
        return tuple(map(Secret, keys))

    def networks(self, name: str) -> tuple[Network, ...]:
        found, wrong = networks_in(self._text(name))
        for one in wrong:
            self._problem(name, ascii(one[:60]), 'your own proxies, such as "10.0.0.7, 172.16.0.0/12", never everybody')
        return found

    def events_url(self) -> str | None:
        """https, or plain http on this machine while browsers reach Encore that way too."""
        name = "ENCORE_EVENTS_URL"
        url = self._text(name)
        local = is_local(url) and self._text("ENCORE_PUBLIC_URL").startswith("http://")
        if url and (origin_of(url) is None or "#" in url or not (url.lower().startswith("https://") or local)):
            expected = (
                "an https URL without credentials; plain http only on this machine, where ENCORE_PUBLIC_URL is http"
            )
            self._problem(name, _shown(url), expected)
        if url and not self._text("ENCORE_EVENTS_SECRET"):
            self._missing("ENCORE_EVENTS_SECRET", 'a "whsec_…" secret that signs what ENCORE_EVENTS_URL is told')
        return url or None

    def events_secrets(self) -> tuple[Secret, ...]:
        """At least 24 bytes each, as Standard Webhooks asks for."""
        name = "ENCORE_EVENTS_SECRET"
        keys = [one for one in re.split(r"[,\s]+", self._text(name)) if one]
        for place, key in enumerate(keys, 1):
            bare = key.removeprefix("whsec_")
            if not _decodes(bare) or len(bare) < _EVENTS_SECRET_CHARS:
                expected = (
                    '"whsec_" and at least 24 bytes in base64; one is made by: echo whsec_$(openssl rand -base64 32)'
                )
                self._problem(name, f"something else in key {place}", expected)
        if keys and not self._text("ENCORE_EVENTS_URL"):
            self._missing("ENCORE_EVENTS_URL", "where the merchant's server hears what happened")
        return tuple(map(Secret, keys))

    def choice(self, name: str, among: tuple[str, ...]) -> str:
        """One of these words; the first is the default."""
        given = self._text(name) or among[0]
        if given not in among:
            self._problem(name, ascii(given[:40]), " or ".join(f'"{one}"' for one in among))
        return given

    def secret(self, name: str, expected: str) -> Secret:
        value = self._text(name)
        if not value:
            self._missing(name, expected)
        elif not _TOKEN.fullmatch(value):
            self._problem(name, "a space or a character beyond ASCII in it", expected)
        return Secret(value)

    def webhook_keys(self) -> tuple[Secret, ...]:
        name = "DODO_PAYMENTS_WEBHOOK_KEY"
        keys = [one for one in re.split(r"[,\s]+", self._text(name)) if one]
        for place, key in enumerate(keys, 1):
            if not _decodes(key.removeprefix("whsec_")):
                self._problem(name, f"no base64 in key {place}", 'the "whsec_…" secret of the webhook endpoint')
        if not keys:
            self.warnings.append(f"{name}: not set, so webhooks are answered 503 until it is")
        return tuple(map(Secret, keys))

    def provider(self) -> tuple[Environment | None, str | None]:
        """Environment or base URL, one of them and never both: nobody may guess live."""
        environment, url = self._text("DODO_PAYMENTS_ENVIRONMENT"), self._text("DODO_PAYMENTS_BASE_URL").rstrip("/")
        expected = '"test_mode" or "live_mode", or DODO_PAYMENTS_BASE_URL instead (for the sandbox)'
        if environment and url:
            self._problem("DODO_PAYMENTS_ENVIRONMENT", "DODO_PAYMENTS_BASE_URL beside it", "one of the two, not both")
        elif environment not in {"", "test_mode", "live_mode"}:
            self._problem("DODO_PAYMENTS_ENVIRONMENT", f'"{environment[:40]}"', expected)
        elif not environment and not url:
            self._missing("DODO_PAYMENTS_ENVIRONMENT", expected)
        if url and (origin_of(url) is None or "?" in url or "#" in url or not _safe(url)):
            expected = (
                'an https URL without credentials or query; plain http only for "http://127.0.0.1:8401" and its like'
            )
            self._problem("DODO_PAYMENTS_BASE_URL", _shown(url), expected)
        return cast("Environment | None", environment or None), url or None

    def same_mode(self, key: Secret, environment: Environment | None, base_url: str | None) -> None:
        """A key that says which mode it is for must not meet the other mode's host."""
        host = environment or HOSTS.get(origin_of(base_url or "") or "")
        if environment not in {None, "test_mode", "live_mode"}:
            return  # told already
        marks = [mode for mark, mode in _KEY_MARKS.items() if key.reveal().startswith(mark)]
        if marks and marks[0] != host and (host is not None or marks[0] == "live_mode"):
            self._problem("DODO_PAYMENTS_API_KEY", f"a {marks[0]} key", f"a key for {host or 'the sandbox'}")

    def _origin(self, name: str, given: str, expected: str) -> str:
        origin = origin_of(given)
        if origin is None or not is_bare(given) or not _safe(given):
            self._problem(name, _shown(given), expected)
            return ""
        return origin

    def _list(self, name: str) -> list[str]:
        return [one.strip() for one in self._text(name).split(",") if one.strip()]

    def _text(self, name: str) -> str:
        return self._environ.get(name, "")

    def _missing(self, name: str, expected: str) -> str:
        self._problem(name, "nothing", expected)
        return ""

    def _problem(self, name: str, found: str, expected: str) -> None:
        self.problems.append(Problem(name, found, expected))


def _safe(url: str) -> bool:
    return url.lower().startswith("https://") or is_local(url)


def _shown(url: str) -> str:
    """The URL as found, unless it may hold a password."""
    return "a URL with credentials in it" if "@" in url else ascii(url[:120])


def _decodes(text: str) -> bool:
    try:
        return bool(base64.b64decode(text + "=" * (-len(text) % 4), validate=True))
    except (binascii.Error, ValueError):
        return False
