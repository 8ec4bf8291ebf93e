"""Networks written down: addresses and ranges, and what of a list is neither."""

import re
from ipaddress import IPv4Network, IPv6Network, ip_network

Network = IPv4Network | IPv6Network


def networks_in(text: str) -> tuple[tuple[Network, ...], tuple[str, ...]]:
    """The networks of a list separated by commas or spaces, and its words that are none; everybody is no network."""
    found: list[Network] = []
    wrong: list[str] = []
    for one in filter(None, re.split(r"[,\s]+", text)):
        try:
            network = ip_network(one)
        except ValueError:
            network = None
        if network is None or network.prefixlen == 0:
            wrong.append(one)
        else:
            found.append(network)
    return tuple(found), tuple(wrong)
