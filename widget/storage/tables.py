"""The tables as Piccolo sees them; the migrations hold their SQL, and a test compares the two.

Times are epoch milliseconds, money is minor units with a currency beside it, structures are JSON text
(Numeric, native JSON and timestamps differ between the two databases).
"""

from piccolo.columns import BigInt, Text, Varchar
from piccolo.table import Table


class KeptEvent(Table, tablename="kept_event"):
    """A webhook we hold, by its `webhook-id`; the body goes after the retention time."""

    id = Varchar(128, primary_key=True)
    kind = Varchar(80)
    business_id = Varchar(80)
    body = Text(null=True)
    digest = Varchar(64)  # sha256 of the raw body: the same id with another body is reported
    state = Varchar(16)  # kept, applied, ignored, parked
    tries = BigInt()
    error = Text(null=True)
    occurred_at = BigInt()
    received_at = BigInt()
    applied_at = BigInt(null=True)


class Job(Table, tablename="job"):
    """Work leased by one process at a time; the id is the business key, so the same work is queued once."""

    id = Varchar(200, primary_key=True)
    kind = Varchar(40)
    run_at = BigInt()
    lease_until = BigInt()
    owner = Varchar(64)
    tries = BigInt()
    error = Text(null=True)
    made_at = BigInt()
    done_at = BigInt(null=True)
    failures = BigInt()  # in a row, since it last went well
    parked_at = BigInt(null=True)  # laid aside until somebody wakes it


class Customer(Table, tablename="customer"):
    """What we need of a customer and no more: that we met, and whether they were erased."""

    id = Varchar(80, primary_key=True)
    met_at = BigInt()
    erased_at = BigInt(null=True)
    locale = Varchar(35, null=True)  # the provider's preferred_locale


class Purchase(Table, tablename="purchase"):
    """That a customer has a product, by which payment or subscription; ended when refunded or cancelled."""

    id = Varchar(200, primary_key=True)  # <payment or subscription id>:<product id>
    customer_id = Varchar(80)
    product_id = Varchar(80)
    payment_id = Varchar(80, null=True)
    subscription_id = Varchar(80, null=True)
    at = BigInt()
    ended_at = BigInt(null=True)


class Occasion(Table, tablename="occasion"):
    """A purchase that may bring an offer; asked about before the provider is, filled by preparing."""

    id = Varchar(40, primary_key=True)
    placement = Varchar(40)
    payment_id = Varchar(80)  # unique with placement
    customer_id = Varchar(80, null=True)
    state = Varchar(16)  # asked, ready, empty, absent
    business_id = Varchar(80, null=True)
    currency = Varchar(3, null=True)
    country = Varchar(2, null=True)
    total = BigInt(null=True)
    products = Text()  # JSON list of product ids
    billing = Text(null=True)  # JSON Address, needed for the charge; erased when the occasion is over
    method_id = Varchar(80, null=True)
    locale = Varchar(35, null=True)
    reasons = Text(null=True)  # JSON: each offer considered, each check with its value
    asked_at = BigInt()
    prepared_at = BigInt(null=True)
    expires_at = BigInt(null=True)
    name = Varchar(64, null=True)  # of a moment in the app; empty for a slot on a page, null for a purchase
    data = Text(null=True)  # JSON: what the merchant said of the moment
    told_as = Varchar(200, null=True)  # hash of customer and idempotency key; unique
    told_digest = Varchar(64, null=True)  # of what was said, so that another saying under the same key is refused
    ends_at = BigInt(null=True)  # how long a moment holds
    withdrawn_at = BigInt(null=True)


class OffersFile(Table, tablename="offers_file"):
    """Every version of the offers file that was ever in force."""

    version = BigInt(primary_key=True)
    body = Text()  # the TOML as applied
    digest = Varchar(64)
    applied_at = BigInt()
    applied_by = Varchar(200)


class OfferRow(Table, tablename="offer"):
    """An offer of one version of the file; `in_force_until` is null for those in force."""

    id = Varchar(160, primary_key=True)  # <name>@<version>
    name = Varchar(80)
    version = BigInt()
    placement = Varchar(40)
    position = BigInt()  # the order in which offers are considered
    product_id = Varchar(80)
    body = Text()  # JSON of core.offer.Offer
    retired_at = BigInt(null=True)


class PlanFamilyRow(Table, tablename="plan_family"):
    """A plan family of one version of the file; `retired_at` is null for those in force."""

    id = Varchar(160, primary_key=True)  # <name>@<version>
    name = Varchar(80)
    version = BigInt()
    position = BigInt()
    body = Text()  # JSON of core.plan_family.PlanFamily
    retired_at = BigInt(null=True)


class Presentation(Table, tablename="presentation"):
    """This offer made to this customer on this occasion; keeps what was shown whatever the file says later."""

    id = Varchar(40, primary_key=True)
    occasion_id = Varchar(40)  # unique with step
    step = BigInt()  # 0, 1, 2 in the chain
    offer_name = Varchar(80)
    offer_version = BigInt()
    customer_id = Varchar(80)
    product_id = Varchar(80)
    quantity = BigInt()
    state = Varchar(16)  # prepared, open, accepted, declined, closed
    one_click = BigInt()  # 1 when the gate allows it, else the button leads to the hosted checkout
    card = Text()  # JSON of core.presentation.Card: texts and product as shown
    methods = Text()  # JSON list of core.method.Method that may be charged
    verdict = Text()  # JSON of core.gate.Verdict
    quote_id = Varchar(40)
    prepared_at = BigInt()
    opened_at = BigInt(null=True)  # when somebody first saw it
    decided_at = BigInt(null=True)
    closes_at = BigInt()
    locale = Varchar(35, null=True)  # in which it was first seen


class Quote(Table, tablename="quote"):
    """An exact price for a presentation, for a while; a changed price or method is a new quote."""

    id = Varchar(40, primary_key=True)
    presentation_id = Varchar(40)
    product_id = Varchar(80)
    quantity = BigInt()
    method_id = Varchar(80)  # empty for a hosted checkout
    amount = BigInt()  # total with tax
    subtotal = BigInt()
    discount = BigInt()
    tax = BigInt()
    currency = Varchar(3)
    country = Varchar(2)
    renewal = BigInt(null=True)
    made_at = BigInt()
    expires_at = BigInt()
    chosen_amount = BigInt(null=True)  # of one, before tax, where the shopper says how much
    before_amount = BigInt(null=True)  # the total without the discount codes


class ChargeRow(Table, tablename="charge"):
    """An attempt to take money and what became of it; `reason` is unique: a second press finds it."""

    id = Varchar(40, primary_key=True)
    reason = Varchar(120)
    presentation_id = Varchar(40)
    quote_id = Varchar(40)
    customer_id = Varchar(80)
    product_id = Varchar(80)
    quantity = BigInt()
    method_id = Varchar(80)
    amount = BigInt()
    currency = Varchar(3)
    fate = Varchar(16)
    payment_id = Varchar(80, null=True)
    session_id = Varchar(80, null=True)
    link = Text(null=True)
    by_customer = BigInt()
    refusal = Varchar(120, null=True)
    paid_amount = BigInt(null=True)
    paid_currency = Varchar(3, null=True)
    pressed_at = BigInt()
    sent_at = BigInt(null=True)
    settled_at = BigInt(null=True)
    absent_reads = BigInt()
    version = BigInt()
    subscription_id = Varchar(80, null=True)  # of a plan change
    change = Text(null=True)  # JSON of core.plan_change.Change


class ChargeHistory(Table, tablename="charge_history"):
    """Append only, chained by hash; the database itself refuses updates and deletes."""

    id = Varchar(60, primary_key=True)  # <charge id>:<seq>
    charge_id = Varchar(40)
    seq = BigInt()
    at = BigInt()
    event = Varchar(60)
    fate = Varchar(16)
    detail = Text()  # JSON, no personal data
    previous = Varchar(64)
    digest = Varchar(64)


class Consent(Table, tablename="consent"):
    """What the shopper saw and agreed to, kept with the intent: one row a press that made or renewed it."""

    id = Varchar(60, primary_key=True)  # <charge id>:<pressed_at>
    charge_id = Varchar(40)
    presentation_id = Varchar(40)
    quote_id = Varchar(40)
    text = Text()
    amount = BigInt()
    currency = Varchar(3)
    method = Varchar(80)
    locale = Varchar(35)
    ticket = Varchar(64)  # hash of the ticket's id
    pressed_at = BigInt()
    digest = Varchar(64)
    version = BigInt(null=True)  # of the offers file
    edition = Varchar(32, null=True)  # of our words in that language (web/edition.py)
    agreed = Varchar(16, null=True)  # box, button


class Receipt(Table, tablename="receipt"):
    """What the payment of a taken charge says beyond its sum, as the provider told it last."""

    id = Varchar(40, primary_key=True)  # the charge's
    payment_id = Varchar(80)
    tax = BigInt()
    currency = Varchar(3)
    kind = Varchar(40)  # card, wallet …
    network = Varchar(40)
    last_four = Varchar(8)
    invoice_url = Text(null=True)


class Decline(Table, tablename="decline"):
    """A no, remembered per customer and offer until the quiet period is over."""

    id = Varchar(40, primary_key=True)  # the presentation's id
    customer_id = Varchar(80)
    offer_name = Varchar(80)
    at = BigInt()
    quiet_until = BigInt()


class Exposure(Table, tablename="exposure"):
    """That a ticket was opened, and which presentation it showed first; counted by reports."""

    id = Varchar(120, primary_key=True)  # <hash of ticket id>:<presentation id or opening>
    ticket = Varchar(64)
    occasion_id = Varchar(40)
    presentation_id = Varchar(40, null=True)
    placement = Varchar(40)
    locale = Varchar(35)
    at = BigInt()


class ReturnTicket(Table, tablename="return_ticket"):
    """A random ticket in a return URL, known only by its hash; wakes when its checkout was paid."""

    id = Varchar(40, primary_key=True)  # ret_…: travels as metadata, opens nothing
    token_hash = Varchar(64)
    product_id = Varchar(80, null=True)
    session_id = Varchar(80, null=True)
    payment_id = Varchar(80, null=True)
    presentation_id = Varchar(40, null=True)  # set when Encore itself sent the shopper to the provider
    next = Text(null=True)
    placement = Varchar(40)
    locale = Varchar(35, null=True)
    made_at = BigInt()
    expires_at = BigInt()
    subscription_id = Varchar(80, null=True)  # set when the shopper comes back to their plans


class MoneyFact(Table, tablename="money_fact"):
    """A refund or dispute of a payment: a fact beside the charge, which stays taken."""

    id = Varchar(80, primary_key=True)  # refund or dispute id
    payment_id = Varchar(80)
    charge_id = Varchar(40, null=True)
    kind = Varchar(16)  # refund, dispute
    status = Varchar(40)
    amount = BigInt()
    currency = Varchar(3)
    at = BigInt()


class ProductRow(Table, tablename="product"):
    """A product as the provider last described it."""

    id = Varchar(80, primary_key=True)
    body = Text(null=True)  # JSON of core.payment.Product; null when it is not there
    read_at = BigInt()


class ImageRow(Table, tablename="image"):
    """A product's picture, kept so that it is served from our own origin; the body is base64."""

    url = Text(primary_key=True)
    name = Varchar(64)  # sha256 of the bytes
    content_type = Varchar(40)
    body = Text()
    read_at = BigInt()


class Attention(Table, tablename="attention"):
    """Something a machine must not decide; named in docs/attention.md with what to do."""

    id = Varchar(120, primary_key=True)  # <name>:<subject>
    name = Varchar(60)
    subject = Varchar(80)
    detail = Text()
    raised_at = BigInt()
    resolved_at = BigInt(null=True)
    resolved_by = Varchar(200, null=True)  # empty where it was over by itself


class OutgoingEvent(Table, tablename="outgoing_event"):
    """What the merchant's server is told, written in the commit that made it so; the id is its `webhook-id`."""

    id = Varchar(40, primary_key=True)
    kind = Varchar(60)
    about = Varchar(200)  # the presentation or subscription: told in order within it
    seq = BigInt()
    body = Text()  # JSON, the very text that is signed and sent
    state = Varchar(16)  # waiting, delivered, parked, untold (there was nobody to tell)
    tries = BigInt()
    status = BigInt(null=True)  # what the endpoint answered last
    error = Text(null=True)
    made_at = BigInt()
    tried_at = BigInt(null=True)
    delivered_at = BigInt(null=True)


class Known(Table, tablename="known"):
    """What this deployment has learnt of itself, by name: whose business it is, whether the brake is on."""

    name = Varchar(80, primary_key=True)
    value = Text()
    at = BigInt()


class Tally(Table, tablename="tally"):
    """How often something happened in a minute, counted by all processes."""

    id = Varchar(120, primary_key=True)  # <name>:<minute>
    name = Varchar(80)
    at = BigInt()
    times = BigInt()


class SubscriptionRow(Table, tablename="subscription"):
    """A subscription as the provider last described it, and the saved methods of its customer."""

    id = Varchar(80, primary_key=True)
    customer_id = Varchar(80)
    body = Text()  # JSON of core.subscription.Subscription
    methods = Text(null=True)  # JSON list of core.method.Method
    read_at = BigInt()
    locked_at = BigInt()  # touched by everyone who decides about its charges: the lock of compare-and-set


class PlanQuoteRow(Table, tablename="plan_quote"):
    """The preview of a plan change as it was shown, with the very request it is for."""

    id = Varchar(40, primary_key=True)
    subscription_id = Varchar(80)
    customer_id = Varchar(80)
    body = Text()  # JSON of core.plan_change.PlanQuote
    made_at = BigInt()
    expires_at = BigInt()
    confirmed_at = BigInt(null=True)


class PlanAct(Table, tablename="plan_act"):
    """What a subscriber asked beside a change of plan: undo, cancel, keep, pause, resume, another method."""

    id = Varchar(40, primary_key=True)
    subscription_id = Varchar(80)
    customer_id = Varchar(80)
    kind = Varchar(40)
    detail = Text()  # JSON
    state = Varchar(16)  # asked, done, refused, unknown, not_sent
    code = Varchar(120, null=True)
    pressed_at = BigInt()
    settled_at = BigInt(null=True)


class PlanOpening(Table, tablename="plan_opening"):
    """That a ticket for plans was opened: afterwards it is good for longer than its 15 minutes."""

    ticket = Varchar(64, primary_key=True)  # hash of the ticket's id
    subscription_id = Varchar(80)
    at = BigInt()


class DownsellRow(Table, tablename="downsell"):
    """That a downsell was shown to a subscriber, and when they said no."""

    id = Varchar(180, primary_key=True)  # <subscription id>:<name>
    subscription_id = Varchar(80)
    name = Varchar(80)
    shown_at = BigInt()
    declined_at = BigInt(null=True)


class AddonRow(Table, tablename="addon"):
    """An add-on as the provider last described it."""

    id = Varchar(80, primary_key=True)
    body = Text(null=True)  # JSON of core.payment.Addon; null when it is not there
    read_at = BigInt()


class CollectionRow(Table, tablename="product_collection"):
    """A product collection as the provider last described it."""

    id = Varchar(80, primary_key=True)
    body = Text(null=True)  # JSON of core.plan_family.Collection; null when it is not there
    read_at = BigInt()


class RateLimit(Table, tablename="rate_limit"):
    """Of the present minute, how much a ticket, a network or a key has used up."""

    id = Varchar(80, primary_key=True)  # what is counted, and a keyed hash of whom
    spent_until = BigInt()


class ReportDay(Table, tablename="report_day"):
    """What an offer brought on a UTC day (days since 1970-01-01), counted from the facts."""

    id = Varchar(300, primary_key=True)
    day = BigInt()
    offer_name = Varchar(80)
    placement = Varchar(40)
    locale = Varchar(35)
    currency = Varchar(3)
    eligible = BigInt()
    shown = BigInt()
    accepted = BigInt()
    paid = BigInt()
    declined = BigInt()
    refused = BigInt()
    checkout = BigInt()
    gross = BigInt()
    refunded = BigInt()
    disputed = BigInt()


class Reckoning(Table, tablename="reckoning"):
    """Up to when (epoch ms) the books were compared with the provider's payments; one row."""

    id = Varchar(20, primary_key=True)
    at = BigInt()


class ReportStale(Table, tablename="report_stale"):
    """A mark: a fact of that day changed after it was counted."""

    id = Varchar(40, primary_key=True)
    day = BigInt()


ALL: tuple[type[Table], ...] = (
    KeptEvent, Job, Customer, Purchase, Occasion, OffersFile, OfferRow, PlanFamilyRow, Presentation, Quote,
    ChargeRow, ChargeHistory, Consent, Receipt, Decline, Exposure, ReturnTicket, MoneyFact, ProductRow, ImageRow,
    Attention,
    SubscriptionRow, PlanQuoteRow, PlanAct, PlanOpening, DownsellRow, AddonRow, CollectionRow,
    RateLimit,
    OutgoingEvent, Known, Tally,
    ReportDay,
    ReportStale,
    Reckoning,
)  # fmt: skip
