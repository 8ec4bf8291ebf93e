"""Pictures are fetched from public https addresses only, from the very address that was checked, and only if they are pictures."""

import asyncio
import socket

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


@pytest.mark.parametrize("found", [f"HTTP/1.1 200 OK\r\ncontent-length: {len(PNG)}\r\n\r\n".encode() + PNG, None])
async def test_a_redirect_is_no_picture_whatever_it_leads_to(found):
    """Where it leads was checked by nobody; the same picture without one is taken."""
    asked = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readuntil(b"\r\n\r\n")).split()[1].decode())
        away = b"HTTP/1.1 302 Found\r\nlocation: /b.png\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        writer.write(
            found or (away if asked[-1] == "/a.png" else b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n" + PNG)
        )
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        home = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        picture = await fetch(f"{home}/a.png", trusted_origin=home)
    assert (picture is not None) == (found is not None)
    assert asked == ["/a.png"]


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


# Spellings of inner hosts, as browsers, libc and old libraries read them; each with what a lenient resolver would make of it.
SPELLED = [
    "127.0.0.1", "127.1", "127.0.1", "127.000.000.001", "0177.0.0.1", "0177.1", "017700000001", "0x7f.0.0.1", "0x7f.1", "0x7f000001", "2130706433", "0x7f.0x0.0x0.0x1", "127.0.0.1.", "0", "0.0.0.0", "0x0",
    "10.0.0.1", "10.1", "167772161", "0xa000001", "012.0.0.1", "192.168.1.1", "3232235777", "0xc0a80101", "172.16.1", "169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.254.43518",
    "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:127.0.0.1]", "[::127.0.0.1]", "[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
    "[fe80::1]", "[fe80::1%25eth0]", "[fc00::1]", "[fd00:ec2::254]", "[::ffff:169.254.169.254]", "[2001::1]", "localhost", "LOCALHOST", "localhost.", "a.localhost", "metadata.google.internal",
    "\u24db\u24de\u24d2\u24d0\u24db\u24d7\u24de\u24e2\u24e3", "\uff11\uff12\uff17.0.0.1", "127\u30020\u30020\u30021", "127%2e0%2e0%2e1", "127.0.0.1%00", "user@127.0.0.1", "pictures.example@127.0.0.1", "127.0.0.1#@pictures.example",
    "127.0.0.1\\@pictures.example", "127.0.0.1:443", "127.0.0.1:80", "pictures.example:80@127.0.0.1", "127.0.0.1\t", "127.0.0.1 pictures.example", "\u00b9\u00b2\u2077.0.0.1",
]  # fmt: skip


@pytest.mark.parametrize("host", SPELLED)
async def test_no_spelling_of_an_inner_host_is_asked(host):
    """Whatever libc reads as a number is one; a name is looked up, and here every name leads inside."""

    async def lenient(name: str, port: int) -> list[str]:
        bare = name.rstrip(".")
        try:
            return [socket.inet_ntoa(socket.inet_aton(bare))]
        except OSError:
            return [bare if ":" in bare else "127.0.0.1"]

    assert await _pinned(f"https://{host}/a.png", lenient) is None


async def test_a_name_that_is_looked_up_twice_is_connected_to_the_first_answer():
    """Rebinding: the second answer would lead inside; nobody asks a second time."""
    answers = iter([["93.184.216.34"], ["127.0.0.1"], ["127.0.0.1"]])

    async def rebinding(name: str, port: int) -> list[str]:
        return next(answers)

    assert await _pinned("https://pictures.example/a.png", rebinding) == "https://93.184.216.34/a.png"
    assert list(answers) == [["127.0.0.1"], ["127.0.0.1"]]
