"""A press in the panel as it arrives: whose subscription it is about, and how that stands."""

import secrets

from litestar import Response
from msgspec import Struct
from msgspec.structs import replace

from widget.core.charge import Charge
from widget.core.plan_change import PlanQuote
from widget.core.refusal import Gone
from widget.core.subscription import Subscription
from widget.desk import Desk
from widget.plan_change.charge_face import confirmed
from widget.plan_change.choices_face import choices
from widget.plan_change.face import Shown, show_panel
from widget.plan_change.panel import PanelView
from widget.plan_change.quote_face import quoted
from widget.plan_change.texts import Texts
from widget.provider.asks import NotThere
from widget.storage import charges, plan_quotes, returns, subscriptions
from widget.storage.ids import new_id
from widget.storage.returns import Return
from widget.storage.standing import Standing, stand
from widget.till.charge import steady_ms
from widget.web.htmx import is_fragment
from widget.web.press_keys import Press
from widget.web.pressing import customer_mark, press_in
from widget.web.requests import AnyRequest

# As long as a payment page lives at the provider (dodo-api 6.6: a day).
RETURN_LIVES_MS = 24 * 60 * 60 * 1000


class Pressed(Struct, frozen=True):
    """An authentic key (stale when its time is over), the form beside it, and the subscription as it stands."""

    key: Press
    stale: bool
    form: dict[str, str]
    standing: Standing
    shown: Shown
    desk: Desk
    steady_at: int | None = None  # when it came, for the till

    @property
    def texts(self) -> Texts:
        """The words in the language of the key, days by the clock of where the subscriber is billed."""
        return Texts(self.key.locale, self.standing.subscription.country)

    def answer(self, view: PanelView, *, quote: PlanQuote | None = None, status: int = 200) -> Response[str]:
        """The panel, as it is wanted."""
        return show_panel(self.desk, self.key, view, self.shown, quote=quote, status=status)

    def plans(self, notice: str = "", *, wrong: str = "", status: int = 200) -> Response[str]:
        """The plans, with what there is to say and the field it is about."""
        view = choices(self.standing, self.texts, now=self.desk.now(), notice=notice, wrong=wrong)
        return self.answer(view, status=status)

    def quoted(self, quote: PlanQuote, notice: str = "", *, missing: bool = False, status: int = 200) -> Response[str]:
        """The quote; `missing` where its box was not ticked."""
        view = quoted(self.standing, quote, self.texts, notice=notice, missing=missing)
        return self.answer(view, quote=quote, status=status)

    def polled(self) -> "Pressed":
        """One more poll."""
        return replace(self, shown=replace(self.shown, polls=self.shown.polls + 1))

    def as_page(self) -> "Pressed":
        """Answered with a whole document: the form left the frame."""
        return replace(self, shown=replace(self.shown, page=True))

    async def return_url(self) -> str:
        """Where the provider sends the subscriber back to: a random address, good for a day."""
        token, now = secrets.token_urlsafe(32), self.desk.now()
        await returns.add(
            token,
            Return(
                id=new_id("ret"),
                placement="plans",
                made_at=now,
                expires_at=now + RETURN_LIVES_MS,
                next=self.key.next or None,
                locale=self.key.locale or None,
                subscription_id=self.standing.subscription.id,
            ),
        )
        return f"{self.desk.settings.public_url}/plan_change/back/{token}"

    async def reload(self) -> "Pressed":
        """The same press with the subscription as it is kept now."""
        standing = await stand(self.standing.subscription.id, self.key.locale)
        return replace(self, standing=standing or self.standing)

    async def look(self) -> "Pressed":
        """The same press after the provider was asked; what is kept stays where it cannot be."""
        await look(self.desk, self.standing.subscription.id)
        return await self.reload()


async def pressed(request: AnyRequest, desk: Desk) -> Pressed:
    """Read a press; a forged, foreign or missing key raises `Gone` and changes nothing."""
    arrived = steady_ms()
    key, stale, form = await press_in(request, desk.settings, now=desk.now() // 1000)
    if not key.subscription_id:
        raise Gone
    standing = await stand(key.subscription_id, key.locale)
    if standing is None and await look(desk, key.subscription_id) is not None:
        standing = await stand(key.subscription_id, key.locale)
    if standing is None or customer_mark(standing.subscription.customer_id) != key.customer:
        raise Gone
    polls = min(int(form["polls"]), 999) if form.get("polls", "").isdecimal() and len(form["polls"]) < 6 else 0
    shown = Shown(fragment=is_fragment(request), polls=polls)
    return Pressed(key, stale, form, standing, shown, desk, arrived)


async def look(desk: Desk, subscription_id: str) -> Subscription | None:
    """Ask the provider for the subscription and keep what it says; None where it cannot be asked. Raises `Gone`."""
    found = await desk.asks.subscription(subscription_id)
    if isinstance(found, NotThere):
        raise Gone
    if not isinstance(found, Subscription):
        return None
    await subscriptions.keep(found, at=desk.now())
    return found


async def present(press: Pressed, notice: str = "") -> Response[str]:
    """The panel as it stands: the change of the key or the one under way, else the quote of the key, else the plans."""
    charge = await due_charge(press)
    if charge is not None and (quote := await plan_quotes.find(charge.quote_id)) is not None:
        return answer_charge(press, charge, quote, notice)
    quote = await plan_quotes.find(press.key.quote_id) if press.key.quote_id else None
    if quote is not None and mine(quote, press) and quote.expires_at > press.desk.now():
        return press.quoted(quote, notice)
    return press.plans(notice)


async def due_charge(press: Pressed) -> Charge | None:
    """The change that was confirmed with this key, or whichever is under way."""
    charge = await charges.find(press.key.charge_id) if press.key.charge_id else None
    if charge is None and press.key.quote_id:
        charge = await charges.by_reason(f"plan:{press.key.quote_id}")
    if charge is not None and (
        charge.change is None or charge.change.subscription_id != press.standing.subscription.id
    ):
        charge = None
    return charge if charge is not None and charge.fate != "intended" else press.standing.underway


def answer_charge(press: Pressed, charge: Charge, quote: PlanQuote, notice: str = "") -> Response[str]:
    """What became of a change; its key stays bound to it."""
    view = confirmed(
        press.standing, charge, quote, press.texts, polls=press.shown.polls, now=press.desk.now(), notice=notice
    )
    bound = replace(press.key, quote_id=quote.id, charge_id=charge.id)
    return show_panel(press.desk, bound, view, press.shown, quote=quote)


def mine(quote: PlanQuote, press: Pressed) -> bool:
    """Whether a quote is of this subscription and its customer."""
    subscription = press.standing.subscription
    return (quote.subscription_id, quote.customer_id) == (subscription.id, subscription.customer_id)
