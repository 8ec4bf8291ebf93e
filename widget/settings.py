"""The environment in, one frozen struct out, and every problem told at once; documented in docs/settings.md."""

import difflib
from collections.abc import Iterator, Mapping
from typing import Literal

from msgspec import Struct

from widget.core.networks import Network
from widget.core.origin import origin_of
from widget.core.secret import Secret
from widget.environment import HOSTS, NAMES, PREFIXES, Environment, Problem, Reader

_CHECKOUTS: dict[Environment, str] = {
    "test_mode": "https://test.checkout.dodopayments.com",
    "live_mode": "https://checkout.dodopayments.com",
}
_NEXT_LIMIT = 2048


class SettingsError(Exception):
    """All problems at once, because nobody likes to start a server five times."""

    def __init__(self, problems: tuple[Problem, ...], warnings: tuple[str, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems
        self.warnings = warnings


class Settings(Struct, frozen=True, kw_only=True):
    """What one deployment is: origins without a trailing slash, secrets wrapped so that nothing prints them."""

    database_url: Secret
    public_url: str
    signing_keys: tuple[Secret, ...]  # all verify, the first signs
    allowed_origins: tuple[str, ...]
    return_origins: tuple[str, ...]
    api_keys: tuple[Secret, ...]  # empty: the merchant API is closed
    dodo_api_key: Secret
    dodo_webhook_keys: tuple[Secret, ...]  # empty: the webhook route answers 503
    dodo_environment: Environment | None
    dodo_base_url: str | None
    trusted_proxies: tuple[Network, ...] = ()  # whose X-Forwarded-For is believed
    events_url: str | None = None  # the merchant's server hears there what happened
    events_secrets: tuple[Secret, ...] = ()  # each signs
    events_private: bool = False  # that server may be in a network of one's own
    works: bool = True  # the server works jobs itself; False: `encore watch` does
    warnings: tuple[str, ...] = ()

    @property
    def checkout_origins(self) -> tuple[str, ...]:
        """Where the provider's hosted checkout lives: a form may lead there."""
        if self.dodo_environment is not None:
            return (_CHECKOUTS[self.dodo_environment],)
        base = origin_of(self.dodo_base_url or "") or ""
        return (_CHECKOUTS[HOSTS[base]],) if base in HOSTS else (base,)

    @property
    def mode(self) -> Literal["test", "live", "sandbox"]:
        """Whose money moves: nobody's in test mode and in a sandbox at a base URL."""
        named = self.dodo_environment or HOSTS.get(origin_of(self.dodo_base_url or "") or "")
        return "sandbox" if named is None else "live" if named == "live_mode" else "test"

    def next_or_none(self, url: str | None) -> str | None:
        """The address if a shopper may be sent there: an http(s) URL at one of the return origins."""
        if not url or len(url) > _NEXT_LIMIT or origin_of(url) not in self.return_origins:
            return None
        return url


def load(environ: Mapping[str, str]) -> Settings:
    """Read all settings; raises `SettingsError` with every problem. Empty means not set."""
    reader = Reader(environ)
    environment, base_url = reader.provider()
    api_key = reader.secret("DODO_PAYMENTS_API_KEY", "the API key from Dodo's dashboard (Developer, API keys)")
    reader.same_mode(api_key, environment, base_url)
    allowed = reader.origins("ENCORE_ALLOWED_ORIGINS", required=True)
    settings = Settings(
        database_url=reader.database(),
        public_url=reader.public_url(),
        signing_keys=reader.signing_keys(),
        allowed_origins=allowed,
        return_origins=reader.origins("ENCORE_RETURN_ORIGINS", required=False) or allowed,
        api_keys=reader.tokens("ENCORE_API_KEYS"),
        dodo_api_key=api_key,
        dodo_webhook_keys=reader.webhook_keys(),
        dodo_environment=environment,
        dodo_base_url=base_url,
        trusted_proxies=reader.networks("ENCORE_TRUSTED_PROXIES"),
        events_url=reader.events_url(),
        events_secrets=reader.events_secrets(),
        events_private=reader.choice("ENCORE_EVENTS_PRIVATE", ("refused", "allowed")) == "allowed",
        works=reader.choice("ENCORE_JOBS", ("here", "elsewhere")) == "here",
        warnings=(*reader.warnings, *_unknown(environ)),
    )
    if reader.problems:
        raise SettingsError(tuple(reader.problems), settings.warnings)
    return settings


def _unknown(environ: Mapping[str, str]) -> Iterator[str]:
    for name in sorted(environ):
        if name.startswith(PREFIXES) and name not in NAMES:
            close = difflib.get_close_matches(name, NAMES, n=1)
            yield f"{name}: nobody knows this setting" + (f"; did you mean {close[0]}?" if close else "")
