"""Pictures are fetched from public https addresses only, from the very address that was checked, and only if they are pictures."""

import pytest

from widget.provider.images import _pinned, fetch, kind_of

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


def resolving(*addresses: str):
    asked: list[str] = []

    async def resolver(host: str, port: int) -> list[str]:
        asked.append(host)
        return list(addresses)

    resolver.asked = asked  # type: ignore[attr-defined]
    return resolver


INSIDE = [
    "127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "192.0.0.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "fd12::1", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::", "2002:a00:1::", "2001:db8::1", "::7f00:1", "::ffff:0:7f00:1", "64:ff9b:1::7f00:1", "fec0::1", "5f00::1", "3fff::1", "2001::1",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
async def test_an_address_of_the_inside_is_never_asked(address):
    assert await _pinned("https://pictures.example/a.png", resolving(address)) is None
    assert await _pinned("https://pictures.example/a.png", resolving("93.184.216.34", address)) is None


@pytest.mark.parametrize(
    "url",
    ["http://pictures.example/a.png", "ftp://pictures.example/a", "file:///etc/passwd", "gopher://x/", "data:image/png;base64,xx", "//x/a.png",
     "https://user@pictures.example/", "https://user:pw@pictures.example/", "https://pictures.example:8443/", "https://pictures.example:22/",
     "https:///a.png", "https://", "", "https://pictures.example\\@127.0.0.1/", "https://pictures.example /a", "https://bücher.example/", "javascript:x",
     "https://\x00pictures.example/", "https://pictures.example#@127.0.0.1:80:80/"],
)  # fmt: skip
async def test_a_url_of_another_kind_is_never_asked(url):
    resolver = resolving("93.184.216.34")
    pinned = await _pinned(url, resolver)
    assert pinned is None or pinned.startswith("https://93.184.216.34")
    if "pictures.example" not in url or "#" not in url:
        assert pinned is None


async def test_the_connection_goes_to_the_address_that_was_checked():
    resolver = resolving("93.184.216.34")
    assert await _pinned("https://pictures.example/a.png?x=1", resolver) == "https://93.184.216.34/a.png?x=1"
    assert resolver.asked == ["pictures.example"]
    assert await _pinned("https://p.example/", resolving("2606:2800:220:1::1")) == "https://[2606:2800:220:1::1]/"


async def test_a_name_that_does_not_resolve_is_no_picture():
    async def nobody(host: str, port: int) -> list[str]:
        raise OSError

    assert await fetch("https://nobody.invalid/a.png", trusted_origin=None, resolver=nobody) is None


@pytest.mark.parametrize(
    ("body", "kind"),
    [(PNG, "image/png"), (b"\xff\xd8\xff\xe0xx", "image/jpeg"), (b"GIF89axx", "image/gif"), (b"RIFFxxxxWEBPxx", "image/webp"),
     (b"<svg xmlns='x'/>", "image/svg+xml"), (b"<html><svg/></html>", None), (b"", None), (b"#!/bin/sh", None), (b"RIFFxxxxWAVE", None)],
)  # fmt: skip
def test_the_first_bytes_say_what_it_is(body, kind):
    assert kind_of(body) == kind
