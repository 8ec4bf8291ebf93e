"""The panel where a subscriber changes plan, and the one state it is in."""

from enum import StrEnum

from widget.core.charge import UNDECIDED, Charge, Fate


class PanelState(StrEnum):
    """The contract's states of `#encore-plans`."""

    CHOICES = "choices"
    QUOTE = "quote"
    WORKING = "working"
    ACTION = "action"
    CHANGED = "changed"
    SCHEDULED = "scheduled"
    REFUSED = "refused"
    CLOSED = "closed"
    ERROR = "error"


def charge_state(charge: Charge) -> PanelState:
    """What a plan change shows: money underway outranks everything, and nothing is guessed."""
    if charge.fate in UNDECIDED:
        return PanelState.ACTION if charge.by_customer else PanelState.WORKING
    match charge.fate:
        case Fate.TAKEN if charge.change is not None and charge.change.scheduled:
            return PanelState.SCHEDULED
        case Fate.TAKEN:
            return PanelState.CHANGED
        case Fate.REFUSED:
            return PanelState.REFUSED
        case _:
            return PanelState.CHOICES
