"""What receiving works with, handed in by the front door."""

from collections.abc import Callable

from msgspec import Struct, field

from widget.storage.tallies import Tallies


class Bell(Struct, frozen=True):
    """The secrets in force (several while one is rotated), the clock (epoch ms), and the worker's nudge."""

    secrets: tuple[str, ...]
    now: Callable[[], int]
    nudge: Callable[[], None]
    tallies: Tallies = field(default_factory=Tallies)
