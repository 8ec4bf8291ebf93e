"""The card as its templates see it: one frozen struct of ready-to-print values."""

from msgspec import Struct

from widget.core.presentation import CardState
from widget.web.receipt import Link


class MethodChoice(Struct, frozen=True):
    """A saved method the shopper may pick: `label` such as "Visa ···· 4242"."""

    id: str
    label: str


class ChoiceView(Struct, frozen=True):
    """A product to pick: `price` such as "$12.40", empty where it is not known for this quantity."""

    id: str
    name: str
    image: str
    price: str
    chosen: bool


class CardView(Struct, frozen=True):
    """Everything any state prints; what a state does not use is empty."""

    state: CardState
    key: str = ""  # the press key, for hidden inputs only
    offer: str = ""  # the offer's name, for the host page's events
    locale: str = "en"
    direction: str = "ltr"
    step: int = 0
    text_locale: str = ""  # of the merchant's words below, where it is another than the card's
    headline: str = ""
    body: str = ""  # made safe by web/markdown.py, or text that is escaped
    gain: tuple[str, ...] = ()  # likewise
    badge: str = ""
    product_name: str = ""
    product_image: str = ""  # a URL of ours, or empty: the template draws the fallback
    quantity: int = 1
    price: str = ""  # the exact total due now, "$12.40"
    difference: str = ""  # "+$7.00 on top of what you have", where there is something to compare with
    tax_line: str = ""  # "incl. $1.90 tax", or empty
    discount_line: str = ""  # "$2.00 off with THANKS10", or empty
    recurring: str = ""  # "Renews at $8.00 every month until you cancel"
    was: str = ""  # the total before the discount, "$14.40", or empty
    choices: tuple[ChoiceView, ...] = ()
    quantities: tuple[int, ...] = ()  # how many may be taken; empty where there is no choice
    amount: str = ""  # pay what you want: what is in the field, "10.00"
    amount_hint: str = ""  # "From $5.00 to $100.00"
    confirm: tuple[tuple[str, str], ...] = ()  # recurring: (label, value) rows read before the press that charges
    agree_label: str = ""  # the words of a box to tick there, or empty
    review_label: str = ""  # recurring: the button that leads to these terms
    undo_label: str = ""  # working: the press can still be taken back
    plan_key: str = ""  # an offered plan: the press key of the plan panel
    plan: str = ""  # its product id
    one_click: bool = False
    pay_label: str = ""  # "Pay $12.40 now"
    checkout_label: str = ""  # "Continue to checkout – $12.40"
    decline_label: str = ""  # "No thanks, continue"
    method: str = ""  # "Visa ···· 4242"
    other_methods: tuple[MethodChoice, ...] = ()
    notice: str = ""  # beside an open card: the price has changed, you were not charged …
    wrong: str = ""  # the field the notice is about: amount, agreed
    title: str = ""  # the sentence of the states that are not open: "It is yours", "Checking with your bank"
    message: str = ""  # the explanation below it
    slow_message: str = ""  # working: shown by the third poll and later
    link: str = ""  # action: where the bank asks, full page
    link_label: str = ""
    continue_url: str = ""  # the page in between: where the shopper goes on
    continue_label: str = ""
    poll_ms: int = 0  # above 0: the card asks for its state again after so long
    polls: int = 0  # how often it has asked
    receipt: tuple[tuple[str, str], ...] = ()  # paid: (label, value) rows
    links: tuple[Link, ...] = ()  # paid: the invoice, help, withdrawal
    withdraw: str = ""  # paid: the merchant's words about withdrawing
