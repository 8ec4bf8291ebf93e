"""Where a request comes from: nobody is believed who was not named as a proxy."""

from ipaddress import ip_network

import pytest
from litestar.connection import ASGIConnection

from widget.web.networks import network_of

PROXIES = (ip_network("10.0.0.0/8"), ip_network("9.9.9.9"))


def asked(peer: str | None, *forwarded: str) -> ASGIConnection:
    headers = [(b"x-forwarded-for", one.encode()) for one in forwarded]
    return ASGIConnection({"type": "http", "client": (peer, 1) if peer else None, "headers": headers, "path": "/"})


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("8.8.8.8", [], "8.8.8.8"),
        ("8.8.8.8", ["1.1.1.1"], "8.8.8.8"),  # nobody asked it
        ("10.0.0.7", ["1.1.1.1"], "1.1.1.1"),
        ("10.0.0.7", ["6.6.6.6, 1.1.1.1"], "1.1.1.1"),  # the left one was written by whoever asked
        ("10.0.0.7", ["6.6.6.6, 1.1.1.1, 9.9.9.9"], "1.1.1.1"),
        ("10.0.0.7", ["6.6.6.6", "1.1.1.1"], "1.1.1.1"),
        ("10.0.0.7", ["1.1.1.1:4711"], "1.1.1.1"),
        ("10.0.0.7", ["[2606:4700::1]:4711"], "2606:4700::/64"),
        ("::ffff:8.8.8.8", [], "8.8.8.8"),
        ("2606:4700:0:0:1:2:3:4", [], "2606:4700::/64"),
        ("10.0.0.7", [], None),
        ("10.0.0.7", ["somewhere"], None),
        ("10.0.0.7", [""], None),
        ("10.0.0.7", ["192.168.1.5"], None),  # inside, or one more proxy
        ("172.17.0.1", ["1.1.1.1"], None),  # a proxy nobody named: behind it all shoppers would be one
        ("127.0.0.1", ["1.1.1.1"], None),
        (None, ["1.1.1.1"], None),
        ("testclient", [], None),
    ],
)
def test_the_address_is_the_last_one_that_somebody_trusted_wrote(peer, forwarded, found):
    assert network_of(asked(peer, *forwarded), PROXIES) == found


def test_a_chain_without_end_is_not_followed():
    assert network_of(asked("10.0.0.7", ", ".join(["1.1.1.1", *["10.0.0.7"] * 10_000])), PROXIES) is None
