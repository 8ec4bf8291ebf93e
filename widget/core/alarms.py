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
        ("a payment carries our mark but our books do not know it (a restored backup, another installation)"),
        "settle it by hand; check that only one Encore uses this business",
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
}
