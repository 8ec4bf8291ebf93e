"""What the shop must know: where it listens, where Encore and Dodo are, and the secrets of a merchant's server."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

PORT = 8402
KEY_BYTES = 32  # the shortest key Encore accepts (its README, "The ticket")

# The shop's own name comes first, so that it can live in one environment with Encore; the second is what the SDK and
# the README call the same thing.
_NEEDED = {
    "encore_url": ("SHOP_ENCORE_URL", "ENCORE_URL"),
    "signing_key": ("SHOP_ENCORE_SIGNING_KEY", "ENCORE_SIGNING_KEY"),
    "dodo_url": ("SHOP_DODO_URL", "DODO_PAYMENTS_BASE_URL"),
    "dodo_api_key": ("SHOP_DODO_API_KEY", "DODO_PAYMENTS_API_KEY"),
}


@dataclass(frozen=True)
class ShopConfig:
    """Addresses without a trailing slash; `public_url` is where browsers reach the shop."""

    encore_url: str
    signing_key: str = field(repr=False)
    dodo_url: str
    dodo_api_key: str = field(repr=False)
    encore_api_key: str = field(repr=False, default="")  # to tell Encore of moments; without it none are told
    events_secret: str = field(repr=False, default="")  # signs what Encore tells; without it nothing is believed
    public_url: str = f"http://shop.localhost:{PORT}"
    host: str = "127.0.0.1"
    port: int = PORT


def load(
    environ: Mapping[str, str], *, host: str | None = None, port: int | None = None, encore_url: str | None = None
) -> ShopConfig:
    """From the environment, where an argument does not say otherwise; raises ValueError naming every bad setting."""
    found = {name: _first(environ, names) for name, names in _NEEDED.items()}
    found["encore_url"] = encore_url or found["encore_url"]
    found["signing_key"] = found["signing_key"].partition(",")[0].strip()  # of several keys the first one signs
    heard = port if port is not None else _port(environ.get("SHOP_PORT", ""))
    public = environ.get("SHOP_PUBLIC_URL") or f"http://shop.localhost:{heard}"
    if wrong := _wrong(found, heard, public):
        raise ValueError("; ".join(wrong))
    addresses = {name: found[name].rstrip("/") for name in ("encore_url", "dodo_url")}
    return ShopConfig(
        **addresses,
        signing_key=found["signing_key"],
        dodo_api_key=found["dodo_api_key"],
        encore_api_key=_first(environ, ("SHOP_ENCORE_API_KEY", "ENCORE_API_KEYS")).partition(",")[0].strip(),
        events_secret=_first(environ, ("SHOP_ENCORE_EVENTS_SECRET", "ENCORE_EVENTS_SECRET")).partition(",")[0].strip(),
        host=host or "127.0.0.1",
        port=heard,
        public_url=public.rstrip("/"),
    )


def _first(environ: Mapping[str, str], names: tuple[str, str]) -> str:
    return next((environ[name].strip() for name in names if environ.get(name, "").strip()), "")


def _port(text: str) -> int:
    if not text:
        return PORT
    return int(text) if text.isascii() and text.isdigit() else 0


def _wrong(found: Mapping[str, str], port: int, public: str) -> list[str]:
    """What is missing or malformed, by the name that README and SDK use; never with the value of a secret."""
    said = [f"{' or '.join(_NEEDED[name])}: not set" for name, value in found.items() if not value]
    addresses = {_NEEDED[name][1]: found[name] for name in ("encore_url", "dodo_url")} | {"SHOP_PUBLIC_URL": public}
    said += [
        f"{name}: expected an address that begins with http:// or https://"
        for name, value in addresses.items()
        if value and not _is_address(value)
    ]
    if found["signing_key"] and len(found["signing_key"].encode()) < KEY_BYTES:
        said.append(f"{_NEEDED['signing_key'][1]}: expected at least {KEY_BYTES} bytes")
    if not 0 < port < 65536:
        said.append("SHOP_PORT: expected a port, 1 to 65535")
    return said


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)
