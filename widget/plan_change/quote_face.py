"""The face of a quote: what is due now, line by line, what comes after, and the one button that does it."""

from widget.core.change_lines import Breakdown, Part, breakdown
from widget.core.money import Money
from widget.core.plan_change import Change, ChangePreview, Named, PlanQuote
from widget.core.plan_panel import PanelState
from widget.core.subscription import obstacle
from widget.plan_change.options_face import lost
from widget.plan_change.panel import PanelView, Row, Way
from widget.plan_change.texts import Texts
from widget.storage.standing import Standing

_CONFIRM = "/plan_change/confirm"


def quoted(standing: Standing, quote: PlanQuote, texts: Texts, *, notice: str = "", missing: bool = False) -> PanelView:
    """The stored preview in words; nothing in it is computed again."""
    words, change, preview = texts.words, quote.change, quote.preview
    name = named(standing, quote).plan
    stays = change.product_id == standing.subscription.product_id
    due = texts.money(preview.due.amount, preview.due.currency)
    pays = preview.due.amount > 0
    payable = not pays or obstacle(standing.subscription) != "no_method"
    way = Way("/plan_change/method", words.update_method, (("new", "yes"),), leaves=True)
    return PanelView(
        state=PanelState.QUOTE,
        plan=change.product_id,
        title=words.quote_seats if stays else words.quote_title.format(plan=name),
        message=words.not_exact if not preview.exact else "" if payable else words.no_method,
        ways=() if payable else (way,),
        notice=notice,
        due_label=words.due_now if pays else words.nothing_due,
        due=due if preview.exact else "",
        rows=rows(named(standing, quote), quote, texts) if preview.exact else (),
        credit_line=credit_line(quote, texts),
        effective=effective(quote, texts),
        next_bill=next_bill(named(standing, quote), quote, texts),
        method=quote.method or words.method_on_file if pays and payable and preview.exact else "",
        method_label=words.charged_to if pays and payable and preview.exact else "",
        loses=lost(standing, change.product_id, change.addons),
        loses_label=words.loses,
        scheduled_line=_replaced(standing, quote, texts),
        confirm=_confirm(named(standing, quote), quote, texts, missing=missing) if preview.exact and payable else None,
        back_label=words.back,
    )


def _confirm(known: Named, quote: PlanQuote, texts: Texts, *, missing: bool) -> Way:
    box = agree_label(known, quote, texts) if quote.agree == "box" else ""
    return Way(_CONFIRM, confirm_label(quote, texts), agree=box, missing=missing and bool(box))


def agree_label(known: Named, quote: PlanQuote, texts: Texts) -> str:
    """What stands beside the box: the later bills, or the change alone where their sum cannot be said from here."""
    card, preview = texts.card, quote.preview
    if known.later is None or known.terms is None or preview.discounts:
        return texts.words.agree_change
    sentence = card.price_per if preview.tax_inclusive else card.price_per_plus_tax
    amount = texts.money(known.later.amount, known.later.currency)
    return card.agree.format(terms=sentence.format(amount=amount, period=texts.period(known.terms)))


def confirm_label(quote: PlanQuote, texts: Texts) -> str:
    """What the button says: the exact sum of now, always."""
    words, preview = texts.words, quote.preview
    due = texts.money(preview.due.amount, preview.due.currency)
    if quote.change.scheduled and preview.due.amount == 0:
        date = preview.next_bill_at or preview.effective_at
        return words.change_later.format(date=texts.date(date), amount=due)
    if preview.due.amount > 0:
        return words.pay_and_change.format(amount=due)
    if preview.credits > 0:
        credit = texts.money(preview.credits, preview.credits_currency)
        return words.change_credit.format(amount=credit, due=due)
    return words.change_free.format(amount=due)


def rows(known: Named, quote: PlanQuote, texts: Texts) -> tuple[Row, ...]:
    """Every line and the sum; only the sum where the lines do not lead to it."""
    words, preview = texts.words, quote.preview
    found = breakdown(preview)
    lines = () if found is None else _lines(known, found, quote, texts)
    due = texts.money(preview.due.amount, preview.due.currency)
    included = texts.money(preview.tax, preview.due.currency) if found is not None and not found.tax else ""
    note = words.tax_in_it.format(amount=included) if included and preview.tax > 0 else ""
    return (*lines, Row(words.total, due, note=note, kind="total"))


def _lines(known: Named, found: Breakdown, quote: PlanQuote, texts: Texts) -> tuple[Row, ...]:
    words, currency = texts.words, quote.preview.due.currency
    made = [_line(known, part, quote, texts) for part in sorted(found.parts, key=lambda part: part.amount < 0)]
    if found.discount:
        made.append(Row(words.discounts, texts.money(found.discount, currency), kind="discount"))
    if found.tax:
        made.append(Row(words.line_tax, texts.money(found.tax, currency), kind="tax"))
    if found.credits < 0:
        made.append(Row(words.credit_spent, texts.money(found.credits, currency), kind="credit"))
    if found.credits > 0:
        label = words.credit_added if found.due > 0 else words.credit_becomes
        made.append(Row(label, texts.money(found.credits, currency), kind="line"))
    return tuple(made)


def _line(known: Named, part: Part, quote: PlanQuote, texts: Texts) -> Row:
    words, line = texts.words, part.line
    name = known.products.get(line.product_id) or line.name
    name = words.times.format(name=name, count=line.quantity) if line.quantity != 1 else name
    share = abs(line.factor)
    percent = round(share, 2)
    note = words.part_of_period.format(percent=texts.percent(percent)) if percent != 1 else ""
    credit = part.amount < 0 or line.factor < 0
    return Row(
        words.old_plan.format(plan=name) if credit else name,
        texts.money(part.amount, quote.preview.due.currency),
        note=note,
        kind="credit" if credit else "line",
    )


def credit_line(quote: PlanQuote, texts: Texts) -> str:
    """Where a credit goes, in words; it is not money back (dodo-api 6.5)."""
    preview = quote.preview
    if preview.credits <= 0:
        return ""
    return texts.words.credit_granted.format(amount=texts.money(preview.credits, preview.credits_currency))


def effective(quote: PlanQuote, texts: Texts) -> str:
    """When it counts from."""
    if not quote.change.scheduled:
        return texts.words.starts_now
    return texts.words.starts_on.format(date=texts.date(quote.preview.next_bill_at or quote.preview.effective_at))


def next_bill(known: Named, quote: PlanQuote, texts: Texts) -> str:
    """What comes after, and when. Whether Dodo's figure has seats and add-ons in it is unsaid (dodo-api 10):
    the price of the mirror is shown where it is known, and the date alone where discounts make it another sum."""
    words, preview = texts.words, quote.preview
    if preview.next_bill_at is None:
        return ""
    date = texts.date(preview.next_bill_at)
    if preview.discounts or known.later is None or known.terms is None:
        return words.then_shown.format(date=date)
    sentence = words.then if preview.tax_inclusive else words.then_plus_tax
    amount = texts.money(known.later.amount, known.later.currency)
    return sentence.format(amount=amount, period=texts.period(known.terms), date=date)


def named(standing: Standing, quote: PlanQuote) -> Named:
    """The names and the later price as they were when the quote was made; of older quotes those of now."""
    return quote.named or names_of(standing, quote.change, quote.preview)


def names_of(standing: Standing, change: Change, preview: ChangePreview) -> Named:
    """The names and the later price of now, to be kept with a quote."""
    product = standing.products.get(change.product_id)
    total = standing.price(change.product_id, change.quantity, change.addons)
    shown = {line.product_id for line in preview.lines if line.product_id in standing.products}
    return Named(
        plan=standing.name(change.product_id),
        products={product_id: standing.name(product_id) for product_id in sorted(shown)},
        addons={line.id: standing.addons[line.id].name for line in change.addons if line.id in standing.addons},
        later=Money(total, product.price.currency) if product is not None and total is not None else None,
        terms=product.recurring if product is not None else None,
        country=standing.subscription.country,
    )


def _replaced(standing: Standing, quote: PlanQuote, texts: Texts) -> str:
    planned = standing.subscription.scheduled
    if planned is None:
        return ""
    return texts.words.replaces.format(plan=standing.name(planned.product_id), date=texts.date(planned.effective_at))
