"""Where Encore may call on the open internet: the guard of everything that fetches or posts to an address it was given.

https only, no credentials in the address, resolved once and connected to the very address that was checked, none of
the inside (reliability 2.7). No redirects: whoever uses this follows none.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from msgspec import Struct

from widget.core.origin import origin_of

Resolve = Callable[[str, int], Awaitable[list[str]]]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Target(Struct, frozen=True):
    """An address with its host replaced by one checked number; `host` is what the other side is asked for."""

    url: str
    host: str  # for the Host header, with a port that is not the usual one
    name: str  # for the certificate


class Reach(Struct, frozen=True):
    """What is allowed beyond the public internet over https on its usual port."""

    any_port: bool = False
    private: bool = False  # a network of one's own; never link-local, multicast or unspecified addresses
    plain_local: bool = False  # http, to this machine only


async def resolve(host: str, port: int) -> list[str]:
    """Every address of a host."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[4][0]) for address in found]


async def target_of(url: str, resolver: Resolve = resolve, *, reach: Reach | None = None) -> Target | None:
    """Where to connect to for the URL; None where that is not allowed, or nobody is there."""
    allowed = reach or Reach()
    if origin_of(url) is None:
        return None
    parts = urlsplit(url)
    plain = parts.scheme == "http" and allowed.plain_local
    usual = 80 if plain else 443
    port = parts.port or usual
    if not (parts.scheme == "https" or plain) or parts.hostname is None or (port != usual and not allowed.any_port):
        return None
    try:
        addresses = [ipaddress.ip_address(found) for found in await resolver(parts.hostname, port)]
    except (OSError, ValueError):
        return None
    if not addresses or not all(_may(address, allowed, plain) for address in addresses):
        return None
    first = addresses[0]
    beyond = "" if port == usual else f":{port}"
    shown = f"[{first}]" if first.version == 6 else str(first)
    named = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return Target(parts._replace(netloc=shown + beyond).geturl(), named + beyond, parts.hostname)


_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
_NOT_REALLY = tuple(map(ipaddress.ip_network, ("2002::/16", "3fff::/20", "2001::/32")))  # 6to4, documentation, Teredo
_OWN = tuple(
    map(ipaddress.ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "::1/128", "fc00::/7"))
)


def _may(address: Address, reach: Reach, plain: bool) -> bool:
    if plain:
        return address.is_loopback and _own(address)
    return public(address) or (reach.private and _own(address))


def _own(address: Address) -> bool:
    """A network of one's own; by list, so that no special range slips in."""
    return any(address in net for net in _OWN if net.version == address.version)


def public(address: Address) -> bool:
    """A host of the public internet; no spelling of an inner address within an IPv6 one."""
    if isinstance(address, ipaddress.IPv6Address):
        outside = address in _GLOBAL_UNICAST and not any(address in net for net in _NOT_REALLY)
        return outside and address.is_global
    return address.is_global and not address.is_multicast
