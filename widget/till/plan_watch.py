"""What became of a plan change: told by its payment where there is one, else by the subscription itself."""

from widget.core.answer import Answer, Applied
from widget.core.charge import Charge
from widget.core.plan_change import applied
from widget.core.subscription import Subscription
from widget.core.watching import ABSENT_READS, PLAN_UNPAID_MS
from widget.provider.asks import Asks, NotThere, Unreadable
from widget.till.books import Books


async def without_payment(
    books: Books, asks: Asks, charge: Charge, *, sent: int, now: int
) -> Answer | NotThere | Unreadable:
    """No payment carries our mark: what the subscription says about the change (dodo-api 6.4).

    `NotThere` where it is neither in force nor scheduled, or is in force without the payment that was expected.
    """
    if charge.change is None:
        return NotThere()
    found = await asks.subscription(charge.change.subscription_id)
    if not isinstance(found, Subscription):
        return Unreadable("no subscription") if isinstance(found, NotThere) else found
    if found.customer_id != charge.customer_id:
        return Unreadable("foreign subscription")
    await books.keep_subscription(found, at=now)
    if not applied(charge.change, found):
        return NotThere()
    expected = charge.quoted.amount > 0
    if expected and not (now > sent + PLAN_UNPAID_MS and charge.absent_reads >= ABSENT_READS):
        return NotThere()
    return Applied()
