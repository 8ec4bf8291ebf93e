"""The panel as its templates see it: one frozen struct of ready-to-print values."""

from typing import Literal

from msgspec import Struct

from widget.core.plan_panel import PanelState
from widget.web.receipt import Link


class PlanOption(Struct, frozen=True):
    """One plan to choose; the current one has no button."""

    product: str  # the value its button posts
    name: str
    price: str = ""  # "$80.00 every month", for all seats; empty where it cannot be said before the preview
    difference: str = ""  # "$50.00 more every month"
    more: bool = False  # the difference is more, not less
    description: str = ""
    features: tuple[str, ...] = ()  # of the current plan: what it has
    adds: tuple[str, ...] = ()  # what it has that the current plan has not
    loses: tuple[str, ...] = ()
    badge: str = ""  # "Most popular"
    current: bool = False
    current_label: str = ""  # "Your plan"
    choose_label: str = ""  # "Change to Pro"; empty: not a choice now
    note: str = ""  # "Starts now", "Starts on 1 May 2026", or why it is no choice


class Tab(Struct, frozen=True):
    """Plans of one billing period; with several tabs there is a switch (radio buttons, no request)."""

    id: str  # "month", "year"
    label: str
    selected: bool
    options: tuple[PlanOption, ...]


class Stepper(Struct, frozen=True):
    """A whole number to choose: seats (name `quantity`) or an add-on (name `addon:<id>`)."""

    name: str
    label: str
    value: int
    min: int
    max: int
    step: int = 1
    price: str = ""  # "$10.00 every month each"


class Row(Struct, frozen=True):
    """A line of the quote or receipt: what, how much; a credit is below zero and says so with its sign."""

    label: str
    amount: str
    note: str = ""
    kind: Literal["line", "credit", "tax", "discount", "total"] = "line"


class Way(Struct, frozen=True):
    """A way out or on: a button that posts to an action of ours, with what it names."""

    action: str  # "/plan_change/keep"
    label: str
    fields: tuple[tuple[str, str], ...] = ()  # hidden inputs beside the key
    leaves: bool = False  # leads to a page at Dodo: a full-page navigation, not a swap
    agree: str = ""  # the words of a box to tick before it, or empty
    missing: bool = False  # it was pressed without the tick


class MethodChoice(Struct, frozen=True):
    """A saved method: `label` such as "Visa ···· 4242"."""

    id: str
    label: str


class PanelView(Struct, frozen=True):
    """Everything any state prints; what a state does not use is empty."""

    state: PanelState
    step: Literal["plans", "downsell", "cancel"] = "plans"  # of the state choices
    key: str = ""  # the press key, for hidden inputs only
    plan: str = ""  # the product id of the plan the subscriber has, or moves to; for the host page's events
    locale: str = "en"
    direction: str = "ltr"
    title: str = ""
    message: str = ""
    notice: str = ""  # beside choices or quote: the price has changed, nothing was charged …
    wrong: str = ""  # the name of the field the notice is about: `code`, `quantity`, `addon:<id>`
    # for the choice of plans
    current_name: str = ""
    current_price: str = ""
    current_line: str = ""  # "Next bill on 1 May 2026"
    obstacle: str = ""  # a sentence: why no other plan can be chosen now
    ways: tuple[Way, ...] = ()  # what can be done about the obstacle, the scheduled change or the ending
    scheduled_line: str = ""  # "You move to Basic on 1 May 2026"
    ending_line: str = ""  # "Your plan ends on 1 May 2026"
    tabs: tuple[Tab, ...] = ()
    steppers: tuple[Stepper, ...] = ()  # seats and add-ons, for the plan one has
    update_label: str = ""  # the button under the steppers: "See what it costs"
    code: str = ""  # a code that was typed
    code_label: str = ""  # empty: no code may be entered
    discounts: tuple[str, ...] = ()  # "THANKS10: 10 % off, survives a change"
    cancel_label: str = ""  # "Cancel plan"; empty where people cannot cancel here
    # for the cancelling
    reasons: tuple[tuple[str, str], ...] = ()  # (value, words)
    comment_label: str = ""
    # for every step that does something
    confirm: Way | None = None  # the button that does it
    back_label: str = ""  # back to the plans, always there
    body: str = ""  # downsell: the merchant's words under the headline (title)
    decline: Way | None = None  # downsell: go on with what one wanted
    # quote, changed, scheduled
    due_label: str = ""  # "Due now"
    due: str = ""
    rows: tuple[Row, ...] = ()
    credit_line: str = ""  # where the credit goes, in words
    effective: str = ""  # "Starts now"
    next_bill: str = ""  # "Then $80.00 plus tax every month, next on 16 May 2026"
    method: str = ""  # "Visa ···· 4242", the method that is charged
    method_label: str = ""  # "Charged to"
    loses: tuple[str, ...] = ()  # what is lost, listed before a downgrade is confirmed
    loses_label: str = ""
    links: tuple[Link, ...] = ()  # changed: the invoice, help, withdrawal
    withdraw: str = ""  # changed: the merchant's words about withdrawing
    # refused
    methods: tuple[MethodChoice, ...] = ()  # other saved methods: form to /plan_change/method, field `method`
    use_label: str = ""  # "Use this card"
    # working, action
    slow_message: str = ""
    link: str = ""  # action: where the bank asks, or the page to pay on; opens beside the panel
    link_label: str = ""
    check_label: str = ""  # "Check again"
    poll_ms: int = 0  # above 0: the panel asks for its state again after so long
    polls: int = 0
    # on a page of its own
    continue_url: str = ""
    continue_label: str = ""
