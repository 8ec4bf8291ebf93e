"""What a machine must not decide: what happened, what to do. docs/attention.md says the same; a test sees to it."""

from msgspec import Struct


class Alarm(Struct, frozen=True):
    """What happened, and what a person should do."""

    what: str
    to_do: str


ALARMS: dict[str, Alarm] = {
    "taken_twice": Alarm(
        "two succeeded payments at Dodo carry the mark of one charge",
        "refund the later one in Dodo's dashboard; tell the customer; look at `encore charge ID`",
    ),
    "amount_differs": Alarm(
        "the amount paid is not the amount of the quote (for a plan change: it is more)",
        "compare both in `encore charge ID`; refund the difference if it is too much",
    ),
    "another_payment": Alarm(
        "the payment that succeeded is not the one the charge was known by",
        "check in Dodo's dashboard that only one of them succeeded",
    ),
    "taken_after_refused": Alarm(
        "Dodo first said no and later reported the payment as succeeded",
        "the customer has paid: deliver. If they also paid at the hosted checkout, refund one",
    ),
    "taken_after_lapsed": Alarm(
        "a charge we had given up looking for turned up as paid",
        "the customer has paid: deliver, or refund",
    ),
    "surfaced_after_lapsed": Alarm(
        "a payment for a charge we had given up looking for appeared at Dodo, not yet decided",
        "nothing yet: it is watched again; if it succeeds, deliver or refund",
    ),
    "lapsed": Alarm(
        ("nothing was found at Dodo for 48 hours (a plan change: half an hour) after a call whose answer was lost"),
        ("check the customer's payments in Dodo's dashboard once more; nothing will be charged from here"),
    ),
    "foreign_payment": Alarm(
        "a payment carries our mark but belongs to another customer",
        "do not deliver; find out who wrote that metadata",
    ),
    "orphan_payment": Alarm(
        (
            "a payment carries our mark but our books did not know it (a restored backup, another "
            "installation); it is written into them where it can be (decision 0031)"
        ),
        ("deliver if it was not delivered, the consent record is lost; check that only one Encore uses this business"),
    ),
    "event_parked": Alarm(
        (
            "what a webhook is about was not found at Dodo in twelve tries, applying it broke as often, "
            "or it is no event at all"
        ),
        "`encore events --failed` says why; `encore replay ID` tries again",
    ),
    "dispute": Alarm(
        "a customer disputes a charge of ours",
        ("answer in Dodo's dashboard (four days); `encore charge ID` prints the consent record as evidence"),
    ),
    "job_parked": Alarm(
        "a background job failed twelve times in a row and was laid aside; the others go on",
        (
            "`encore jobs --failed` and the log (`worker.failed`) say where it broke; `encore jobs "
            "--again ID` runs it once it can succeed"
        ),
    ),
    "job_failing": Alarm(
        (
            "a job that must never stop (a charge that is watched, a daily duty) has failed twelve times "
            "in a row; it goes on every quarter of an hour"
        ),
        ("the log (`worker.failed`) says where it breaks; look at the charge in Dodo's dashboard meanwhile"),
    ),
    "invariant_broken": Alarm(
        "something that must always hold does not; the subject says which, and of what",
        "see docs/invariants.md; look at `encore charge ID`; `encore doctor` reads all of them again",
    ),
    "outgoing_parked": Alarm(
        "an outgoing event was not delivered in seven days",
        (
            "see why in `encore outgoing --failed`; `encore outgoing --again ID` (or `--again all`) sends"
            " it once the endpoint is well"
        ),
    ),
    "no_answer": Alarm(
        ("a charge was sent half an hour ago and Dodo does not show it; it is looked for until 48 hours are over"),
        ("look for it among the customer's payments in Dodo's dashboard; nothing is charged again in any case"),
    ),
    "foreign_event": Alarm(
        (
            "a rightly signed webhook is about another business than the one our key belongs to; it is "
            "kept and not applied"
        ),
        ("take this address out of that business's endpoints, or give each business an Encore of its own"),
    ),
    "webhooks_silent": Alarm(
        "charges were decided and no webhook has come for four minutes",
        (
            "look at the endpoint in Dodo's dashboard: it may be switched off or point elsewhere; charges"
            " are settled by reading meanwhile"
        ),
    ),
    "webhooks_refused": Alarm(
        "within ten minutes more webhooks were refused than kept",
        ("compare the secret in DODO_PAYMENTS_WEBHOOK_KEY with the endpoint's; a proxy may alter bodies"),
    ),
    "webhooks_late": Alarm(
        "rightly signed webhooks are more than five minutes off",
        "set this machine's clock (NTP)",
    ),
    "old_secret": Alarm(
        "webhooks are signed with a secret that is not the first in DODO_PAYMENTS_WEBHOOK_KEY",
        ("finish the change of secret: put the new one first, and take the old one out when this is over"),
    ),
    "many_unknown": Alarm(
        ("of the charges of the last hour more than one in a hundred, and at least three, have no answer"),
        "look at Dodo's status page and at our way to Dodo; they are settled by reading",
    ),
    "outgoing_failing": Alarm(
        "your server has not taken an outgoing event for four minutes",
        "`encore outgoing --failed` says why; nothing is lost, Encore goes on for seven days",
    ),
    "key_refused": Alarm(
        "Dodo refuses our key; no saved card is charged and no plan changed until it takes it again",
        "make a new key in Dodo's dashboard, set DODO_PAYMENTS_API_KEY, restart",
    ),
    "books_behind": Alarm(
        (
            "for four minutes the comparison with Dodo's payments has not come to its end, because one of them or a "
            "page of their list (the detail says which) cannot be read; after ten no saved card is charged until it can"
        ),
        (
            "look at that payment in Dodo's dashboard; where it is there and well, tell Dodo's support that their "
            "API cannot show it"
        ),
    ),
    "dodo_away": Alarm(
        ("Dodo has not answered for a minute; no saved card is charged and no plan changed until it does"),
        "nothing, unless Dodo's status page says all is well: then look at our way to it",
    ),
}
