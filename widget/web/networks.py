"""Where a request comes from on the network: the socket's address, or what a proxy that we know says in front of it."""

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

from litestar.connection import ASGIConnection

from widget.core.networks import Network

Address = IPv4Address | IPv6Address
_HOPS = 20


def network_of(connection: ASGIConnection[Any, Any, Any, Any], proxies: tuple[Network, ...]) -> str | None:
    """The client's address (of IPv6 its /64, which is one household); None where it says nothing about a client.

    `X-Forwarded-For` is read from the right, and only past proxies named in ENCORE_TRUSTED_PROXIES: what is further
    left was written by whoever asked. An address that is not public belongs to this machine or to a proxy
    nobody has named, behind which all shoppers would be one.
    """
    address = _address(connection.client.host if connection.client else "")
    if not proxies:
        return _name(address)
    hops = ",".join(connection.headers.getall("x-forwarded-for", [])).split(",")[-_HOPS:]
    while address is not None and any(address in proxy for proxy in proxies) and hops and (hop := hops.pop().strip()):
        address = _address(hop)
    return _name(address)


@lru_cache(maxsize=4096)
def _name(address: Address | None) -> str | None:
    if address is None or not address.is_global:
        return None
    return str(address) if isinstance(address, IPv4Address) else str(IPv6Network((address, 64), strict=False))


@lru_cache(maxsize=4096)
def _address(text: str) -> Address | None:
    """Also as some proxies write it, with a port."""
    bare = text.removeprefix("[").partition("]")[0] if text.startswith("[") else text
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        found = ip_address(bare)
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found
