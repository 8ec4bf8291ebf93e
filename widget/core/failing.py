"""A job that fails: how long it is put off, and what is written down of why."""

_LONGEST_PAUSE_MS = 15 * 60_000


def pause_ms(failures: int) -> int:
    """How long after so many failures in a row: a second, doubled each time, at most a quarter of an hour."""
    return min(1_000 * 2 ** min(max(failures - 1, 0), 20), _LONGEST_PAUSE_MS)


def why_of(error: Exception) -> str:
    """The kind of error and where it broke: its text may quote what a person typed."""
    frames = error.__traceback__
    while frames is not None and frames.tb_next is not None:
        frames = frames.tb_next
    where = f" at {frames.tb_frame.f_code.co_filename.rpartition('/')[2]}:{frames.tb_lineno}" if frames else ""
    return f"{type(error).__name__}{where}"
