"""Shapes of what comes in from outside."""

import re

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def is_id(text: str) -> bool:
    """Whether it could be an id of the provider."""
    return _ID.fullmatch(text) is not None
