"""Cancel: at the end of the period, after one question that need not be answered; as easy as it was to begin."""

from litestar import Response, post
from litestar.di import NamedDependency

from widget.core.plan_panel import PanelState
from widget.core.subscription import obstacle
from widget.desk import Desk
from widget.plan_change import downsell
from widget.plan_change.panel import PanelView, Way
from widget.plan_change.pressing import Pressed, pressed
from widget.storage import plan_acts
from widget.web.plan_words import REASONS
from widget.web.requests import AnyRequest

_COMMENT_LIMIT = 500


@post("/plan_change/cancel", name="plan_change.cancel", status_code=200)
async def cancel(request: AnyRequest, desk: NamedDependency[Desk]) -> Response[str]:
    """Without `sure` the question, or before it one better-fitting offer; with it the cancelling."""
    press = await pressed(request, desk)
    family, subscription = press.standing.family, press.standing.subscription
    possible = obstacle(subscription) in {None, "no_method", "past_due"}
    if press.stale or family is None or not family.cancel or not possible:
        return press.plans()
    if press.form.get("sure") == "yes":
        return await _cancel(press)
    if declined := press.form.get("declined", ""):
        await plan_acts.decline_downsell(subscription.id, declined[:80], at=desk.now())
    elif (found := downsell.due(press, "cancel")) is not None:
        await plan_acts.show_downsell(subscription.id, found.name, at=desk.now())
        return press.answer(downsell.panel(press, found, press.form, None))
    return press.answer(_question(press))


def _question(press: Pressed) -> PanelView:
    words, subscription = press.texts.words, press.standing.subscription
    date = press.texts.date(subscription.next_bill_at) if subscription.next_bill_at else ""
    return PanelView(
        state=PanelState.CHOICES, step="cancel", plan=subscription.product_id, title=words.cancel_title,
        message=words.cancel_message.format(date=date) if date else "", reasons=words.reason_words(),
        comment_label=words.comment, confirm=Way("/plan_change/cancel", words.cancel_confirm, (("sure", "yes"),)),
        back_label=words.back,
    )  # fmt: skip


async def _cancel(press: Pressed) -> Response[str]:
    subscription, reason = press.standing.subscription, press.form.get("reason", "")
    comment = " ".join(press.form.get("comment", "").split())[:_COMMENT_LIMIT]
    ended = await press.desk.within(
        press.desk.acts.cancel(
            subscription.id,
            subscription.customer_id,
            feedback=reason if reason in REASONS else None,
            comment=comment or None,
        )
    )
    press = await press.look()
    words, now = press.texts.words, press.standing.subscription
    if ended is not None and now.ending and now.next_bill_at is not None:
        return press.plans(words.ends.format(date=press.texts.date(now.next_bill_at)))
    return press.plans(words.not_charged)
