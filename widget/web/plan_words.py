"""What Encore says in the plan panel; like web/words.py, sentences with `{…}` that come ready to print.

"Pay … now" stays on a button that obliges to pay, in every language (Court of Justice C-249/21).
"""

from functools import lru_cache

from widget.web.languages import nearest
from widget.web.spoken import Counted, Table, in_language


class PlanWords(Table, frozen=True):
    """The panel's sentences by name."""

    panel_title: str = "Your plan"
    current: str = "Your plan"
    popular: str = "Most popular"
    period_label: str = "How it is paid"
    adds: str = "More:"
    without: str = "Without:"
    monthly: str = "Monthly"
    yearly: str = "Yearly"
    weekly: str = "Weekly"
    daily: str = "Daily"
    price: str = "{amount} {period}"  # "$8.00 every month"
    each: str = "{amount} {period} each"
    more: str = "{amount} more {period}"
    less: str = "{amount} less {period}"
    same_price: str = "Same price"
    choose: str = "Change to {plan}"
    starts_now: str = "Starts now"
    starts_on: str = "Starts on {date}"
    next_bill_on: str = "Next bill on {date}"
    ends_on: str = "Your plan ends on {date}. You can use it until then."
    trial_until: str = "You are in your trial. A change ends the trial and is billed at once."
    moves_to: str = "You move to {plan} on {date}."
    undo: str = "Stay on {plan}"
    keep: str = "Keep my plan"
    not_allowed: str = "Not available from your plan"
    seats: str = "Seats"
    see_cost: str = "See what it costs"
    code: str = "Discount code"
    discount_percent: str = "{code}: {percent} off"
    discount_flat: str = "{code}: {amount} off"
    discount_cycles: Counted = Counted("{discount}, {count} more time", "{discount}, {count} more times")
    cancel: str = "Cancel plan"
    back: str = "Back to the plans"
    # quote
    quote_title: str = "Change to {plan}"
    quote_seats: str = "Change your plan"
    due_now: str = "Due now"
    nothing_due: str = "Nothing is due now"
    pay_and_change: str = "Pay {amount} now and change"
    change_free: str = "Change now – {amount} due"
    change_credit: str = "Change now and get {amount} credit – {due} due"
    change_later: str = "Change on {date} – {amount} due now"
    old_plan: str = "Unused time of {plan}"
    times: str = "{name} × {count}"
    part_of_period: str = "{percent} of a period"
    line_tax: str = "Tax"
    credit_spent: str = "Credit you have"
    discounts: str = "Discounts"
    tax_in_it: str = "Includes {amount} tax"
    credit_added: str = "Smallest payment; the rest becomes credit"
    credit_becomes: str = "Kept as your credit"
    replaces: str = "This takes the place of your move to {plan} on {date}."
    total: str = "Total due now"
    credit_granted: str = (
        "You get {amount} credit. It stays with this plan and pays your next bills; it is not paid out to the card."
    )
    then: str = "Then {amount} {period}, next on {date}"
    then_plus_tax: str = "Then {amount} plus tax {period}, next on {date}"
    then_shown: str = "Next bill on {date}"
    charged_to: str = "Charged to"
    method_on_file: str = "the method on file"
    loses: str = "You will no longer have"
    agree_change: str = "I agree to this change and to the later bills of this plan."
    price_changed: str = "The price has changed since it was shown. Nothing was charged; this is the sum of now."
    look_again: str = "This was open for a while. Here is the sum of now."
    look_again_choices: str = "This was open for a while. Please choose again."
    nothing_to_do: str = "That is what you have already."
    not_charged: str = "Nothing was changed and nothing was charged. Please try again."
    not_exact: str = (
        "The exact sum cannot be shown here, so nothing is charged from here. Please change the plan in your "
        "customer portal."
    )
    pay_on_page: str = "Pay on a page"
    # obstacles
    pending_change: str = "A change of your plan is waiting for its payment. It usually takes less than two minutes."
    paused: str = "Your plan is paused. Resume it to change it."
    resume: str = "Resume my plan"
    pause: str = "Pause my plan"
    on_hold: str = (
        "Your last payment did not go through, so your plan is on hold. With another payment method it goes on."
    )
    past_due: str = (
        "Your last payment did not go through. Your plan goes on for now; please use another payment method."
    )
    starting: str = "Your plan is being set up. It can be changed in a moment."
    on_demand: str = "This plan is billed on demand and cannot be changed here."
    metered: str = "This plan is billed by use and cannot be changed here."
    ending: str = "Your plan is going to end, so it cannot be changed. Keep it first."
    no_method: str = "There is no payment method for your plan. Add one to change it."
    unknown_status: str = "Your plan cannot be changed at the moment."
    no_family: str = "There is no other plan to change to."
    update_method: str = "Use another payment method"
    use_method: str = "Use"
    new_method: str = "Enter a new card"
    method_changed: str = "The payment method was changed. Nothing was charged by that."
    method_not_changed: str = "The payment method could not be changed. Nothing was charged."
    # states
    working_title: str = "Changing your plan"
    working_message: str = "You will not be charged twice. You can leave this page; the change goes on."
    working_slow: str = (
        "This takes a little longer than usual. We keep checking, and until we know, nothing else is charged."
    )
    action_title: str = "Your bank wants to confirm this payment"
    action_message: str = "It is {amount} with {method}. Come back here afterwards; your plan changes by itself."
    action_no_link: str = (
        "Please look for a message from your bank and confirm there. We keep checking; you will not be charged twice."
    )
    action_page_title: str = "Pay to change your plan"
    action_page_message: str = "It is {amount}. Your plan changes when it is paid."
    action_label: str = "Continue at your bank"
    pay_label: str = "Go to the payment page"
    check_again: str = "Check again"
    changed_title: str = "You are on {plan} now"
    changed_message: str = "Thank you. A receipt is on its way to you by e-mail."
    changed_free: str = "Nothing was charged."
    scheduled_title: str = "You move to {plan} on {date}"
    scheduled_message: str = "Nothing was charged. Until then everything stays as it is."
    refused_title: str = "Your plan was not changed"
    refused_generic: str = "The payment was declined. You keep {plan} as it is."
    refused_no_money: str = "The card did not have enough available. You keep {plan} as it is."
    refused_expired: str = "The card has expired. You keep {plan} as it is."
    refused_bank: str = "Your bank could not confirm the payment. You keep {plan} as it is."
    refused_method: str = "This card cannot be used for this payment. You keep {plan} as it is."
    refused_change: str = "The change is not possible. You keep {plan} as it is, and nothing was charged."
    closed_title: str = "This plan has ended"
    closed_message: str = "Nothing is charged any more. To start again, please choose a plan in the shop."
    unsure: str = "It does not look as though this change went through, and nothing more will be charged for it."
    error_title: str = "This is not possible at the moment"
    error_message: str = "Nothing was changed and nothing was charged. Please try again in a minute."
    gone_hint: str = "Nothing was changed by opening it. Please go back to your account and open it again."
    unreached: str = "We could not be reached. Please try again; you will not be charged twice."
    back_to: str = "Back to the shop"
    # refusals of what was asked, by name
    code_not_valid: str = "This code is not valid for this plan. Nothing was changed."
    bad_choice: str = "This choice is not possible. Nothing was changed."
    bad_number: str = "{name}: enter a whole number from {least} to {most}."
    bad_steps: str = "{name}: enter a whole number from {least} to {most} in steps of {step}."
    bad_fixed: str = "{name}: this number cannot be changed for this plan."
    undone: str = "The change was undone. You stay on {plan}."
    kept: str = "Your plan goes on as before."
    resumed: str = "Your plan goes on."
    paused_now: str = "Your plan is paused. Nothing is charged until you resume it."
    ends: str = "Your plan ends on {date}. Until then everything stays as it is, and you can change your mind."
    # cancel
    cancel_title: str = "Cancel your plan?"
    cancel_message: str = "You keep it until {date}. Nothing more is charged after that."
    cancel_confirm: str = "Cancel my plan"
    why: str = "What is the main reason? (You need not say.)"
    comment: str = "Anything you would like to add"
    too_expensive: str = "It is too expensive"
    missing_features: str = "Something I need is missing"
    switched_service: str = "I use something else now"
    unused: str = "I do not use it enough"
    customer_service: str = "I was not helped well"
    low_quality: str = "It is not good enough"
    too_complex: str = "It is too complicated"
    other: str = "Another reason"
    # downsell
    decline_downgrade: str = "No thanks, go on to {plan}"
    decline_cancel: str = "No thanks, go on to cancel"
    take_plan: str = "See what {plan} costs"
    take_code: str = "See my price with {code}"
    # events of the receipt
    receipt_plan: str = "Plan"
    receipt_paid: str = "Paid"
    receipt_method: str = "Paid with"
    receipt_credit: str = "Credit"
    receipt_next: str = "Next bill"

    def reason_words(self) -> tuple[tuple[str, str], ...]:
        """Dodo's cancellation_feedback values in the subscriber's language (dodo-api 6.1)."""
        return tuple((name, getattr(self, name)) for name in REASONS)


REASONS = (
    "too_expensive", "missing_features", "switched_service", "unused", "customer_service", "low_quality",
    "too_complex", "other",
)  # fmt: skip


@lru_cache(maxsize=256)  # names of languages come from outside
def plan_words_for(locale: str) -> PlanWords:
    """The panel's words in the language nearest to a BCP 47 name; English where there are none."""
    return in_language(PlanWords, "panel", nearest(locale))
