"""Crash points: the moments at which a life may end, named in the code where they lie.

A probe is an object with one method, called at every point. The one that is here does nothing, and nothing in the
product puts another in its place: no setting, no variable of the environment. The fault campaign does, in its own
processes (decision 0030). The points, what is on disk at each and who recovers: docs/crash-points.md.
"""

from typing import Protocol


class Probe(Protocol):
    """Told the name of every crash point that is passed."""

    def at(self, name: str) -> None: ...


class Nothing:
    """The probe of every life that is not a test."""

    __slots__ = ()

    def at(self, name: str) -> None:
        """Pass on."""


NOTHING: Probe = Nothing()
_told: Probe = NOTHING


def at(name: str) -> None:
    """Here is the crash point of this name."""
    _told.at(name)


def install(probe: Probe) -> None:
    """From now on this probe is told; called by the campaign only."""
    global _told  # noqa: PLW0603 - one object for the process, as the database is; handing it to 36 places would be noise
    _told = probe
