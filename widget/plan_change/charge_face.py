"""The face of a change that was confirmed: under way, the bank asks, done, planned, or refused."""

from msgspec.structs import replace

from widget.core.charge import Charge, Fate
from widget.core.market import ReceiptRules, ReceiptTexts
from widget.core.money import Money
from widget.core.plan_change import Named, PlanQuote
from widget.core.plan_panel import PanelState, charge_state
from widget.core.receipt import Receipt
from widget.plan_change.choices_face import choices
from widget.plan_change.panel import MethodChoice, PanelView, Row, Way
from widget.plan_change.quote_face import credit_line, named, next_bill
from widget.plan_change.texts import Texts
from widget.storage.standing import Standing
from widget.web.receipt import facts, links

# How soon the panel asks again, by how often it has: quick while people look, then calm.
_POLL_MS = ((6, 700), (12, 1_500), (30, 4_000), (60, 15_000))
_SLOW_AFTER_POLLS = 4
_BY_BANK = frozenset({"AUTHENTICATION_FAILURE", "AUTHENTICATION_REQUIRED", "AUTHENTICATION_TIMEOUT"})
_NO_MONEY = frozenset({"INSUFFICIENT_FUNDS", "LIMIT_EXCEEDED", "CARD_VELOCITY_EXCEEDED"})
_EXPIRED = frozenset({"EXPIRED_CARD", "INVALID_EXPIRY_YEAR"})
_NOT_POSSIBLE = frozenset({"PAYMENT_METHOD_UNSUPPORTED", "TRANSACTION_NOT_ALLOWED", "MANDATE_INVALID"})


def confirmed(
    standing: Standing, charge: Charge, quote: PlanQuote, texts: Texts, *, polls: int, now: int, notice: str = ""
) -> PanelView:
    """What became of a confirmed quote."""
    words, state = texts.words, charge_state(charge)
    receipt, said = standing.receipts.get(charge.id), _said(standing, texts)
    known = named(standing, quote)
    name = known.plan
    base = PanelView(
        state=state, plan=quote.change.product_id, polls=polls, notice=notice, check_label=words.check_again
    )
    match state:
        case PanelState.WORKING:
            slow = words.working_slow if polls > _SLOW_AFTER_POLLS else ""
            return replace(
                base, title=words.working_title, message=words.working_message, slow_message=slow, poll_ms=_poll(polls)
            )
        case PanelState.ACTION:
            return _action(base, charge, quote, texts)
        case PanelState.CHANGED:
            return replace(
                base,
                title=words.changed_title.format(plan=name),
                message=words.changed_message if _paid(charge).amount else words.changed_free,
                rows=_receipt(known, charge, receipt, quote, texts),
                links=links(receipt, said, texts.card),
                withdraw=said.withdraw if said is not None else "",
                credit_line=credit_line(quote, texts),
                next_bill=next_bill(known, quote, texts),
                back_label=words.back,
            )
        case PanelState.SCHEDULED:
            date = texts.date(quote.preview.next_bill_at or quote.preview.effective_at)
            undo = Way("/plan_change/undo", words.undo.format(plan=standing.name(standing.subscription.product_id)))
            return replace(
                base,
                title=words.scheduled_title.format(plan=name, date=date),
                message=words.scheduled_message,
                next_bill=next_bill(known, quote, texts),
                ways=(undo,) if standing.subscription.scheduled is not None else (),
                back_label=words.back,
            )
        case PanelState.REFUSED:
            return _refused(base, standing, charge, quote, texts)
        case _:
            return choices(standing, texts, now=now, notice=words.unsure if charge.fate is Fate.LAPSED else notice)


def _action(base: PanelView, charge: Charge, quote: PlanQuote, texts: Texts) -> PanelView:
    words = texts.words
    amount = texts.money(charge.quoted.amount, charge.quoted.currency)
    poll = max(_poll(base.polls), 2_000)
    if charge.change is not None and charge.change.by_link:
        return replace(
            base, title=words.action_page_title, message=words.action_page_message.format(amount=amount),
            link=charge.link or "", link_label=words.pay_label, poll_ms=poll, back_label=words.back,
        )  # fmt: skip
    said = words.action_message.format(amount=amount, method=quote.method or words.method_on_file)
    return replace(
        base, title=words.action_title, message=said if charge.link else words.action_no_link,
        link=charge.link or "", link_label=words.action_label, poll_ms=poll,
    )  # fmt: skip


def _refused(base: PanelView, standing: Standing, charge: Charge, quote: PlanQuote, texts: Texts) -> PanelView:
    """The old plan stays; another card, or a page to pay on where the business has that."""
    words, subscription = texts.words, standing.subscription
    others = [m for m in standing.methods or () if m.id != subscription.method_id]
    ways = [Way("/plan_change/method", words.new_method, (("new", "yes"),), leaves=True)]
    if standing.family is not None and standing.family.payment_links and not quote.change.by_link:
        ways.append(Way("/plan_change/link", words.pay_on_page))
    return replace(
        base,
        plan=subscription.product_id,
        title=words.refused_title,
        message=refusal(charge.refusal, texts).format(plan=standing.name(subscription.product_id)),
        methods=tuple(MethodChoice(m.id, texts.method(m)) for m in others),
        use_label=words.use_method,
        ways=tuple(ways),
        back_label=words.back,
    )


def refusal(code: str | None, texts: Texts) -> str:
    """One plain sentence for the provider's code; lost, stolen and fraud say no more than any other no."""
    words = texts.words
    if code in _NO_MONEY:
        return words.refused_no_money
    if code in _EXPIRED:
        return words.refused_expired
    if code in _BY_BANK:
        return words.refused_bank
    if code in _NOT_POSSIBLE:
        return words.refused_method
    return words.refused_generic


def _receipt(known: Named, charge: Charge, receipt: Receipt | None, quote: PlanQuote, texts: Texts) -> tuple[Row, ...]:
    words, paid = texts.words, _paid(charge)
    made = [Row(words.receipt_plan, known.plan)]
    made.append(Row(words.receipt_paid, texts.money(paid.amount, paid.currency), kind="total"))
    told = facts(
        charge, receipt, texts.card, texts.babel, tax=quote.preview.tax, method=quote.method, country=texts.country
    )
    return (*made, *(Row(label, value) for label, value in told))


def _said(standing: Standing, texts: Texts) -> ReceiptTexts | None:
    """What the merchant says on receipts."""
    rules = standing.family.receipt if standing.family is not None else None
    return rules.kept().spoken(texts.locale, texts.country) if isinstance(rules, ReceiptRules) else None


def _paid(charge: Charge) -> Money:
    return charge.paid or Money(0, charge.quoted.currency)


def _poll(polls: int) -> int:
    return next((pause for limit, pause in _POLL_MS if polls < limit), 30_000)
