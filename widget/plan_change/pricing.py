"""The provider's price for a change, kept as a quote for a while."""

from widget.core.market import agreement
from widget.core.plan_change import Change, ChangePreview, Direction, PlanQuote, changes_nothing
from widget.core.subscription import obstacle
from widget.plan_change.pressing import Pressed
from widget.plan_change.quote_face import names_of
from widget.plan_change.wish import Wished
from widget.provider.asks import Declined, NotThere, Unreadable
from widget.storage import plan_quotes
from widget.storage.ids import new_id

# Long enough to read it on a phone; short enough that the unused time of a plan has hardly melted.
QUOTE_LIVES_MS = 10 * 60 * 1000
_PENDING = frozenset({"PENDING_PLAN_CHANGE_EXISTS"})
_CODE = ("INVALID_DISCOUNT", "DISCOUNT_")
# What the provider says when the subscription is no longer what was shown: it is read again and shown as it is.
_STALE = frozenset({
    "SCHEDULED_PLAN_CHANGE_EXISTS", "INACTIVE_SUBSCRIPTION_PLAN_CHANGE_NOT_SUPPORTED", "SUBSCRIPTION_INACTIVE",
    "PLAN_CHANGE_NOT_ALLOWED_FOR_SCHEDULED_CANCELLATION", "ON_DEMAND_PLAN_CHANGE_NOT_SUPPORTED", "UNSUPPORTED_ACTION",
    "SUBSCRIPTION_EXPIRED",
})  # fmt: skip


async def ask(press: Pressed, wished: Wished) -> PlanQuote | Declined | Unreadable:
    """Preview exactly the request a confirm would send, and keep what the provider says."""
    found = await preview(press, wished.change)
    if not isinstance(found, ChangePreview):
        return found
    fresh = await press.reload()  # the saved methods were read meanwhile
    return await keep(fresh, wished.change, found, wished.terms.direction)


async def preview(press: Pressed, change: Change) -> ChangePreview | Declined | Unreadable:
    """The provider's price now."""
    found = await press.desk.asks.change_preview(change)
    return Declined("NOT_FOUND") if isinstance(found, NotThere) else found


async def keep(press: Pressed, change: Change, found: ChangePreview, direction: Direction) -> PlanQuote:
    """The preview as a quote that may be confirmed once."""
    subscription, now = press.standing.subscription, press.desk.now()
    family = press.standing.family
    methods = {method.id: press.texts.method(method) for method in press.standing.methods or ()}
    quote = PlanQuote(
        id=new_id("pqu"),
        subscription_id=subscription.id,
        customer_id=subscription.customer_id,
        change=change,
        preview=found,
        direction=direction,
        method=methods.get(subscription.method_id or "", ""),
        made_at=now,
        expires_at=now + QUOTE_LIVES_MS,
        named=names_of(press.standing, change, found),
        version=press.standing.version,
        agree=agreement(family.agree, family.agree_in, subscription.country) if family else "button",
    )
    await plan_quotes.add(quote)
    return quote


def nothing_to_do(press: Pressed, change: Change) -> bool:
    """The subscription is that already."""
    return changes_nothing(change, press.standing.subscription)


def may_change(press: Pressed) -> bool:
    """Nothing is in the way of choosing, as far as the subscription says."""
    return obstacle(press.standing.subscription) in {None, "no_method"}


def is_stale(declined: Declined) -> bool:
    """The subscription is no longer as it was shown."""
    return declined.code in _STALE


def why(declined: Declined, press: Pressed) -> str:
    """The provider's no to a preview, as a sentence."""
    words = press.texts.words
    if declined.code in _PENDING:
        return words.pending_change
    if declined.code.startswith(_CODE):
        return words.code_not_valid
    return words.bad_choice
