"""What the shop must know: where Encore and Dodo are, and the two secrets a merchant's server holds."""

from collections.abc import Mapping
from dataclasses import dataclass

_NAMES = {
    "encore_url": "SHOP_ENCORE_URL",
    "signing_key": "SHOP_ENCORE_SIGNING_KEY",
    "dodo_url": "SHOP_DODO_URL",
    "dodo_api_key": "SHOP_DODO_API_KEY",
    "public_url": "SHOP_PUBLIC_URL",
}


@dataclass(frozen=True)
class ShopConfig:
    """Addresses without a trailing slash."""

    encore_url: str
    signing_key: str
    dodo_url: str
    dodo_api_key: str
    public_url: str


def load(environ: Mapping[str, str]) -> ShopConfig:
    """From the environment; raises ValueError naming every setting that is missing."""
    missing = [name for name in _NAMES.values() if not environ.get(name)]
    if missing:
        raise ValueError(f"not set: {', '.join(missing)}")
    return ShopConfig(**{field: environ[name].rstrip("/") for field, name in _NAMES.items()})
