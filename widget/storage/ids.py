"""Ids: a prefix that says what it is, and 128 bits nobody can guess."""

import secrets

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_LENGTH = 22  # 22 base62 characters hold 130 bits


def new_id(prefix: str) -> str:
    """`prefix_` and 22 random base62 characters from the system's generator."""
    return f"{prefix}_{''.join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))}"
