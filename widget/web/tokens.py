"""Signed tokens as both tickets and press keys use them: JWT, HS256 and nothing else, one spelling each."""

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Protocol, cast

import msgspec
from jwt.algorithms import HMACAlgorithm
from msgspec import Struct

from widget.core.secret import Secret

_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_KEY_NAME_LIMIT = 64


class _Mac(Protocol):
    """PyJWT's HS256; its own signatures are only half typed without the cryptography package."""

    def prepare_key(self, key: bytes) -> bytes: ...

    def sign(self, msg: bytes, key: bytes) -> bytes: ...

    def verify(self, msg: bytes, key: bytes, sig: bytes) -> bool: ...


# Header and spelling are judged here, more strictly than the library does: of its work only the MAC is left.
_HS256 = cast("_Mac", HMACAlgorithm(HMACAlgorithm.SHA256))


@lru_cache(maxsize=64)
def _prepared(key: bytes) -> bytes:
    """The key as the library wants it: it refuses what is no secret but a certificate or a public key."""
    return _HS256.prepare_key(key)


class Forged(Exception):
    """Not a token that one of these keys signed; the reason is for tests and our log only."""


class _Header(Struct, forbid_unknown_fields=True):
    """No jku, x5u, jwk or crit: nothing in a token chooses the key (RFC 8725, 3.1 and 3.10)."""

    alg: str
    typ: str | None = None
    kid: str | None = None


def derived(keys: Sequence[Secret], purpose: str) -> tuple[bytes, ...]:
    """A key of its own for each purpose, so that no token is ever taken for one of another kind."""
    return tuple(_derive(key, purpose) for key in keys)


def plain(keys: Sequence[Secret]) -> tuple[bytes, ...]:
    """The keys as merchants hold them."""
    return tuple(key.reveal().encode() for key in keys)


def seal(payload: bytes, key: bytes, *, typ: str) -> str:
    """The compact form of `payload` (JSON), signed."""
    signed = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in (_head(typ), payload))
    mac = base64.urlsafe_b64encode(_HS256.sign(signed, _prepared(key))).rstrip(b"=")
    return (signed + b"." + mac).decode()


def unseal(token: str, keys: Sequence[bytes], *, typ: str, typ_required: bool, limit: int) -> bytes:
    """The payload of a token signed by one of `keys`; raises `Forged` for everything else."""
    if len(token) > limit or not _COMPACT.fullmatch(token):
        raise Forged("too long, or not three parts")
    parts = token.split(".")
    header = _header(_canonical(parts[0]))
    signature = _canonical(parts[2])
    payload = _canonical(parts[1])
    if header.alg != "HS256" or len(header.kid or "") > _KEY_NAME_LIMIT:
        raise Forged("another algorithm, or an endless key name")
    if (typ_required or header.typ is not None) and (header.typ or "").lower() != typ.lower():
        raise Forged("a token of another kind")
    signed = token.rpartition(".")[0].encode()
    if not any(_HS256.verify(signed, _prepared(key), signature) for key in keys):
        raise Forged("none of the keys signed this")
    _said_once(_canonical(parts[0]))
    _said_once(payload)
    return payload


@lru_cache(maxsize=16)
def _head(typ: str) -> bytes:
    return msgspec.json.encode({"alg": "HS256", "typ": typ})


def _derive(key: Secret, purpose: str) -> bytes:
    return hmac.digest(key.reveal().encode(), b"encore/1/" + purpose.encode(), hashlib.sha256)


def _canonical(part: str) -> bytes:
    """Decoded, if it is spelled as an encoder would: lax base64 has several spellings for the same bytes."""
    try:
        decoded = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (binascii.Error, ValueError):
        raise Forged("not base64url") from None
    if base64.urlsafe_b64encode(decoded).rstrip(b"=").decode() != part:
        raise Forged("not the canonical spelling")
    return decoded


def _header(text: bytes) -> _Header:
    try:
        return msgspec.json.decode(text, type=_Header)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise Forged("a header of another shape") from None


def _said_once(text: bytes) -> None:
    """No name twice in an object: one reader takes the first, another the last (RFC 7519, 4); raises `Forged`."""
    try:
        json.loads(text, object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        raise Forged("not JSON, or a name twice") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name twice")
    return found
