"""What a subscriber is told about a field that cannot be, in their language."""

from widget.plan_change.pressing import Pressed
from widget.plan_change.wish import Odd


def odd_said(odd: Odd, press: Pressed) -> str:
    """That it is not possible, that nothing was changed, and which numbers are possible where it is about one."""
    words = press.texts.words
    if odd.field == "code":
        return words.code_not_valid
    name = _label(odd.field, press)
    if odd.fixed:
        return f"{words.bad_choice} {words.bad_fixed.format(name=name)}"
    if odd.bounds is None:
        return words.bad_choice
    least, most, step = odd.bounds
    sentence = words.bad_steps if step > 1 else words.bad_number
    return f"{words.bad_choice} {sentence.format(name=name, least=least, most=most, step=step)}"


def _label(field: str, press: Pressed) -> str:
    """As it stands beside the field."""
    standing, addon = press.standing, press.standing.addons.get(field.removeprefix("addon:"))
    if addon is not None:
        return addon.name
    seats = standing.seats(standing.subscription.product_id)
    return (seats.noun if seats else "") or press.texts.words.seats
