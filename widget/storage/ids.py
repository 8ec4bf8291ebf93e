"""Ids: a prefix that says what it is, and 128 bits nobody can guess."""

import secrets

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BYTES = 16  # 128 bits
_LENGTH = 22  # base62 characters that hold them


def new_id(prefix: str) -> str:
    """`prefix_` and 22 random base62 characters from the system's generator."""
    number, text = int.from_bytes(secrets.token_bytes(_BYTES)), ""
    for _ in range(_LENGTH):
        number, place = divmod(number, 62)
        text += _ALPHABET[place]
    return f"{prefix}_{text}"
