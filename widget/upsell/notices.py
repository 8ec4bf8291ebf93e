"""What is said beside an open card when a press did not charge; the words are in web/words.py by these names."""

LOOK_AGAIN = "look_again"  # the price stood too long; this is the price of now
PRICE_CHANGED = "price_changed"
NOT_CHARGED = "not_charged"
NOT_AVAILABLE = "not_available"
OWNED = "owned"
CHECKOUT_NOT_OPEN = "checkout_not_open"
CHECKOUT_IS_OPEN = "checkout_is_open"  # a page to pay on was made for what was picked before
BAD_CHOICE = "bad_choice"
BAD_AMOUNT = "bad_amount"
NOT_PRICED = "not_priced"
PLEASE_AGREE = "please_agree"
UNDONE = "undone"

# The field each of these is about, so that it can be marked and found.
FIELDS = {BAD_AMOUNT: "amount", PLEASE_AGREE: "agreed"}
