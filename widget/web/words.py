"""What Encore itself says to shoppers, in one place; merchants' own words are in their offers file.

English is the source; the other languages are in `locale/`, and a new field here works at once, in English. What
stands on a button that obliges to pay must say so by itself: the law judges it by its words alone (Directive
2011/83/EU, article 8(2); Court of Justice C-249/21).
"""

from functools import lru_cache

from widget.web.languages import nearest
from widget.web.spoken import Table, in_language

_BY_BANK = frozenset({"AUTHENTICATION_FAILURE", "AUTHENTICATION_REQUIRED", "AUTHENTICATION_TIMEOUT"})
_NO_MONEY = frozenset({"INSUFFICIENT_FUNDS", "LIMIT_EXCEEDED", "CARD_VELOCITY_EXCEEDED"})
_EXPIRED = frozenset({"EXPIRED_CARD", "INVALID_EXPIRY_YEAR"})
_NOT_POSSIBLE = frozenset({"PAYMENT_METHOD_UNSUPPORTED", "TRANSACTION_NOT_ALLOWED", "MANDATE_INVALID"})


class Words(Table, frozen=True):
    """Sentences with `{amount}`, `{method}` and the like; amounts come ready to print."""

    pay: str = "Pay {amount} now"
    add_and_pay: str = "Add it and pay {amount} now"
    upgrade_and_pay: str = "Upgrade and pay {amount} now"
    checkout: str = "Continue to checkout – {amount}"
    decline: str = "No thanks, continue"
    tax_included: str = "Includes {amount} tax"
    no_tax: str = ""
    discount: str = "{amount} off"
    difference: str = "{amount} more than what you have"
    charged_to: str = "Charged to"
    other_methods: str = "Use another card"
    pay_there: str = "You pay at the checkout page, where the total is shown again."
    offered: str = "There is an offer for you."
    renews: str = "Renews at {amount} {period} until you cancel"
    renews_plus_tax: str = "Renews at {amount} {period} plus tax until you cancel"
    continue_label: str = "Continue"
    action_label: str = "Continue at your bank"
    check_again: str = "Check again"
    order_complete: str = "Thank you. Your order is complete."
    page_title: str = "Thank you"
    preparing_title: str = "One moment"
    preparing_message: str = "We are looking for something that goes with your order."
    working_title: str = "Confirming your payment"
    working_message: str = "You will not be charged twice. You can leave this page; the payment goes on."
    working_slow: str = "Your bank takes a little longer than usual. We keep checking for you."
    action_title: str = "Your bank wants to confirm this payment"
    action_message: str = "It is {amount} with {method}. You come back here afterwards."
    action_no_link: str = (
        "Please look for a message from your bank and confirm there. We keep checking; you will not be charged twice."
    )
    paid_title: str = "It is yours"
    paid_message: str = "Thank you. A receipt is on its way to you by e-mail."
    refused_title: str = "Your card was not charged"
    refused_generic: str = "The payment was declined. Your first order is not affected."
    refused_no_money: str = "The card did not have enough available. Your first order is not affected."
    refused_expired: str = "The card has expired. Your first order is not affected."
    refused_bank: str = "Your bank could not confirm the payment. Your first order is not affected."
    refused_method: str = "This card cannot be used for this payment. Your first order is not affected."
    refused_hint: str = "At checkout you can pay with another card; it is then the one that is kept."
    declined_title: str = "All right"
    declined_message: str = "Nothing was added to your order."
    closed_title: str = "This offer has ended"
    closed_message: str = "Nothing was charged."
    closed_owned: str = "You already have this. Nothing was charged."
    closed_unavailable: str = "This is not available any more. Nothing was charged."
    closed_unsure: str = (
        "It does not look as though this payment went through, and nothing more will be charged from here."
    )
    error_title: str = "This page is no longer valid"
    gone_hint: str = "Nothing was charged by opening it. Please go back to the shop you came from."
    unreached: str = "We could not be reached. Please try again; you will not be charged twice."
    receipt_item: str = "Item"
    receipt_total: str = "Total paid"
    receipt_tax: str = "Includes tax"
    receipt_method: str = "Paid with"
    receipt_payment: str = "Payment number"
    receipt_date: str = "Paid on"
    receipt_invoice: str = "Open the invoice"
    help: str = "Get help"
    help_mail: str = "Write to {email}"
    withdraw: str = "Withdraw from this contract here"
    look_again: str = "This offer was open for a while. Here is the price of now."
    price_changed: str = "The price has changed. Nothing was charged; this is the new total."
    not_charged: str = "You were not charged. Please try again."
    not_available: str = "This is not available any more. Nothing was charged."
    owned: str = "You already have this. Nothing was charged."
    checkout_not_open: str = "The checkout could not be opened. Nothing was charged; please try again."
    card_words: str = "Card"
    was: str = "Instead of {amount}"
    pick_one: str = "Choose one"
    how_many: str = "How many"
    how_much: str = "How much"
    amount_hint: str = "From {min} to {max}"
    update: str = "Show the price"
    review: str = "Continue – {amount} today"
    confirm_title: str = "Please read this before you subscribe"
    sure_title: str = "Do you want to buy this?"
    sure: str = "Nothing has been charged yet. Press again to pay."
    confirm_today: str = "Today"
    confirm_then: str = "After that"
    confirm_next: str = "Next payment"
    confirm_method: str = "Charged to"
    price_per: str = "{amount} {period}"
    price_per_plus_tax: str = "{amount} {period} plus tax"
    agree: str = "I agree to pay {terms} until I cancel."
    subscribe: str = "Subscribe and pay {amount} now"
    back: str = "Go back"
    see_change: str = "See what changes"
    plan_hint: str = "You see exactly what is charged before anything changes."
    plan_difference: str = "{amount} more than your current plan"
    checkout_is_open: str = (
        "A checkout page is already open for what you chose before. Pay there, or decline the offer here."
    )
    bad_choice: str = "This cannot be chosen. Nothing was charged."
    bad_amount: str = "Please enter an amount within the limits below the field."
    not_priced: str = "The price could not be read just now. Nothing was charged; please try again."
    undo_title: str = "You will be charged in a moment"
    undo_message: str = "{amount} with {method}. Until then you can take it back."
    undo: str = "Undo"
    undone: str = "Taken back. Nothing was charged."
    please_agree: str = "Please tick the box if you agree. Nothing was charged."

    def button(self, name: str, amount: str) -> str:
        """The words on the button that pays, by their name in an offer (`core.offer.Button`)."""
        return str(getattr(self, name)).format(amount=amount)

    def refusal(self, code: str | None) -> str:
        """One plain sentence for the provider's code; lost, stolen and fraud say no more than any other no."""
        if code in _NO_MONEY:
            return self.refused_no_money
        if code in _EXPIRED:
            return self.refused_expired
        if code in _BY_BANK:
            return self.refused_bank
        if code in _NOT_POSSIBLE:
            return self.refused_method
        return self.refused_generic

    def notice(self, name: str) -> str:
        """The sentence beside an open card, by the name an action gave it."""
        return str(getattr(self, name)) if name else ""


@lru_cache(maxsize=256)  # names of languages come from outside
def words_for(locale: str) -> Words:
    """The words of the language nearest to a BCP 47 name; English where there are none."""
    return in_language(Words, "card", nearest(locale))
