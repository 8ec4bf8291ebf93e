"""A value that must not be seen: it hides in `repr`, in logs and in every encoder; asked by name, it answers."""

import hashlib
import hmac
from typing import final


@final
class Secret:
    """Holds text nobody should print; `reveal()` is the one way to it, so every use can be found by search."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def matches(self, candidate: str) -> bool:
        """Compared in constant time; over digests, so that the length is no hint either."""
        mine = hashlib.sha256(self._value.encode()).digest()
        theirs = hashlib.sha256(candidate.encode("utf-8", "surrogatepass")).digest()
        return hmac.compare_digest(mine, theirs)

    def __repr__(self) -> str:
        return "Secret(hidden)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self.matches(other.reveal())

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __reduce__(self) -> str:
        raise TypeError("a secret is not written anywhere")
