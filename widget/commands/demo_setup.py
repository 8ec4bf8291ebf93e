"""What the demo needs before it starts: keys that stay, a database up to date, offers in force, three environments."""

import base64
import os
import secrets
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from widget.environment import PREFIXES

_OFFERS = Path(__file__).parent.parent / "demo" / "offers.toml"
Start = tuple[list[str], dict[str, str], str]  # arguments after `encore`, environment, address that answers when well


class Ports(Struct, frozen=True):
    """Where the three listen."""

    encore: int
    sandbox: int
    shop: int

    def different(self) -> bool:
        """Three ports that exist and are not the same."""
        return len({self.encore, self.sandbox, self.shop}) == 3 and all(
            0 < port < 65536 for port in (self.encore, self.sandbox, self.shop)
        )


def prepare(ports: Ports, data: Path) -> None:
    """Migrate and apply the demo's offers; raises OSError or RuntimeError with what is wrong."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    environment = _encore(ports, data)
    for arguments in (["migrate"], ["offers", "apply", str(_OFFERS)]):
        done = subprocess.run(  # noqa: S603 - our own words
            [sys.executable, "-m", "widget", *arguments],
            env=environment,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"`encore {arguments[0]}` failed: {done.stderr.strip() or done.stdout.strip()}")


def environments(ports: Ports, data: Path) -> dict[str, Start]:
    """How each of the three is started, in the order in which they need one another."""
    here = f"http://127.0.0.1:{ports.encore}"
    sandbox = f"http://127.0.0.1:{ports.sandbox}"
    encore = _encore(ports, data)
    hooks = ["--webhook-target", f"{here}/webhooks/dodo", "--webhook-secret", encore["DODO_PAYMENTS_WEBHOOK_KEY"]]
    shop = _clean() | {
        "SHOP_ENCORE_URL": here,
        "SHOP_ENCORE_SIGNING_KEY": encore["ENCORE_SIGNING_KEYS"],
        "SHOP_ENCORE_API_KEY": encore["ENCORE_API_KEYS"],
        "SHOP_ENCORE_EVENTS_SECRET": encore["ENCORE_EVENTS_SECRET"],
        "SHOP_DODO_URL": sandbox,
        "SHOP_DODO_API_KEY": "sandbox",
        "SHOP_PUBLIC_URL": f"http://shop.localhost:{ports.shop}",
    }
    return {
        "sandbox": (["sandbox", "--port", str(ports.sandbox), *hooks], _clean(), f"{sandbox}/_sandbox/ledger"),
        "Encore": (["serve", "--port", str(ports.encore)], encore, f"{here}/health/ready"),
        "shop": (["shop", "--port", str(ports.shop)], shop, f"http://127.0.0.1:{ports.shop}/"),
    }


def _encore(ports: Ports, data: Path) -> dict[str, str]:
    return _clean() | {
        "ENCORE_DATABASE_URL": f"sqlite:///{(data / 'encore.db').resolve()}",
        "ENCORE_PUBLIC_URL": f"http://127.0.0.1:{ports.encore}",
        "ENCORE_SIGNING_KEYS": _kept(data / "signing-key", lambda: secrets.token_hex(32)),
        "ENCORE_API_KEYS": _kept(data / "api-key", lambda: secrets.token_hex(32)),
        "ENCORE_ALLOWED_ORIGINS": f"http://shop.localhost:{ports.shop}",
        "ENCORE_EVENTS_URL": f"http://127.0.0.1:{ports.shop}/encore-events",
        "ENCORE_EVENTS_SECRET": _kept(data / "events-key", _webhook_key),
        "DODO_PAYMENTS_API_KEY": "sandbox",
        "DODO_PAYMENTS_WEBHOOK_KEY": _kept(data / "webhook-key", _webhook_key),
        "DODO_PAYMENTS_BASE_URL": f"http://127.0.0.1:{ports.sandbox}",
    }


def _clean() -> dict[str, str]:
    """The environment without anybody's real settings: the demo never meets the real Dodo."""
    return {name: value for name, value in os.environ.items() if not name.startswith((*PREFIXES, "SHOP_"))}


def _kept(file: Path, make: Callable[[], str]) -> str:
    """A secret that is made once and readable by its owner only."""
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as new:
            new.write(make())
    except FileExistsError:
        pass
    return file.read_text().strip()


def _webhook_key() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
