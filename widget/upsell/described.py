"""What is offered, for how much and on what terms: the printed parts of an open card."""

from datetime import UTC, datetime
from typing import Any

from babel.numbers import format_decimal

from widget.core.market import nearest_name
from widget.core.method import Method, method_name
from widget.core.money import Money, digits
from widget.core.offer import Amounts, Texts, spoken
from widget.core.placeholders import Filling, filled
from widget.core.presentation import Card, Quote
from widget.storage.presentations import Presentation
from widget.upsell.card import ChoiceView, MethodChoice
from widget.web.date_text import date_text
from widget.web.languages import babel_locale, nearest
from widget.web.markdown import line, prose
from widget.web.money_text import money_text
from widget.web.words import Words


def described(presentation: Presentation, quote: Quote, words: Words, locale: str) -> dict[str, Any]:
    """Fields of the card."""
    card, total = presentation.card.of(quote.product_id), quote.total
    texts = spoken(card.texts, card.others, locale)
    amount = money(total, locale)
    methods = {method.id: method_label(method, words) for method in presentation.methods}
    chosen = quote.method_id if quote.method_id in methods else next(iter(methods), "")
    fields: dict[str, Any] = {
        "product_name": card.product_name,
        "product_image": texts.image or card.product_image or "",
        "quantity": quote.quantity,
        "price": amount,
        "was": _line(words.was, quote.before or 0, total.currency, locale),
        "difference": _difference(card, total, words, locale),
        "tax_line": _line(words.tax_included, quote.tax, total.currency, locale),
        "discount_line": _line(words.discount, quote.discount, total.currency, locale),
        "recurring": _recurring(card, quote, words, locale),
        "one_click": presentation.one_click,
        "pay_label": words.button(texts.button or "pay", amount),
        "checkout_label": words.checkout.format(amount=amount),
        "decline_label": words.decline,
        "method": methods.get(chosen, ""),
        "other_methods": tuple(MethodChoice(name, label) for name, label in methods.items() if name != chosen),
        "choices": _choices(presentation, quote, locale),
        "quantities": tuple(range(card.quantities.min, card.quantities.max + 1)) if card.quantities else (),
    }
    if card.amounts is not None:
        fields |= _amounts(card.amounts, quote, words, locale)
    if card.recurring is not None and presentation.one_click:
        labels = {"review_label": words.review, "pay_label": words.subscribe}
        fields |= {name: label.format(amount=amount) for name, label in labels.items()}
    if card.plan is not None:
        fields |= _plan(card, words, locale)
    written = nearest_name(locale, dict(card.others)) or card.language
    fields["text_locale"] = written if written and nearest(written) != words.locale else ""
    return fields | _said(texts, filling_of(card, quote, words, locale))


def filling_of(card: Card, quote: Quote, words: Words, locale: str) -> Filling:
    """What stands in the places of the merchant's words."""
    total = quote.total
    return Filling(
        product=card.product_name,
        price=_plan(card, words, locale).get("price") or money(total, locale),
        renewal="" if card.plan else _renewal(card, quote, words, locale),
        saving=money(Money(quote.discount, total.currency), locale) if quote.discount else "",
    )


def _said(texts: Texts, filling: Filling) -> dict[str, Any]:
    """The merchant's words, ready to print: `body` and `gain` are made safe, the others are escaped by the template."""
    return {
        "headline": filled(texts.headline, filling),
        "badge": filled(texts.badge, filling),
        "body": prose(texts.body, filling),
        "gain": tuple(said for written in texts.gain if (said := line(written, filling))),
    }


def _choices(presentation: Presentation, quote: Quote, locale: str) -> tuple[ChoiceView, ...]:
    """The others with their price of when it was prepared, as long as that is for as many."""
    same = quote.quantity == presentation.quantity
    return tuple(
        ChoiceView(
            id=choice.product_id,
            name=choice.name,
            image=choice.image or "",
            price=money(quote.total if chosen else choice.total, locale) if chosen or same else "",
            chosen=chosen,
        )
        for choice in presentation.card.choices
        for chosen in (choice.product_id == quote.product_id,)
    )


def _amounts(amounts: Amounts, quote: Quote, words: Words, locale: str) -> dict[str, Any]:
    places = digits(amounts.currency)
    typed = amounts.suggested if quote.amount is None else quote.amount
    pattern = "0." + "0" * places if places else "0"
    low, high = (money(Money(bound, amounts.currency), locale) for bound in (amounts.min, amounts.max))
    return {
        "amount": format_decimal(typed / 10**places, format=pattern, locale=babel_locale(locale)),
        "amount_hint": words.amount_hint.format(min=low, max=high),
    }


def _plan(card: Card, words: Words, locale: str) -> dict[str, Any]:
    """A period of the plan instead of a sum due now: that is told by the panel, exactly."""
    plan, terms = card.plan, card.recurring
    if plan is None:
        return {}
    price = money(plan.price, locale)
    if terms is not None:
        price = words.price_per.format(amount=price, period=words.period(terms.count, terms.interval))
    more = plan.price.amount - plan.price_now.amount if plan.price_now else 0
    return {
        "price": price,
        "plan": plan.product_id,
        "recurring": "",
        "difference": _line(words.plan_difference, max(more, 0), plan.price.currency, locale),
    }


def terms_view(presentation: Presentation, quote: Quote, words: Words, locale: str, *, method: str) -> dict[str, Any]:
    """What is read before something that renews by itself is paid for: fields of the card."""
    card = presentation.card.of(quote.product_id)
    terms = card.recurring
    if terms is None:
        return {}
    today = datetime.fromtimestamp(quote.made_at / 1000, UTC)
    rows = [
        (words.confirm_today, money(quote.total, locale)),
        (words.confirm_then, _renewal(card, quote, words, locale)),
        (words.confirm_next, date_text(terms.next_bill(today), babel_locale(locale), quote.country)),
        *([(words.confirm_method, method)] if method else []),
    ]
    agree = words.agree.format(terms=_renewal(card, quote, words, locale)) if card.agree == "box" else ""
    return {"confirm": tuple(rows), "agree_label": agree}


def _difference(card: Card, total: Money, words: Words, locale: str) -> str:
    compare = card.compare_with
    if compare is None or compare.currency != total.currency or total.amount <= compare.amount:
        return ""
    return words.difference.format(amount=money(Money(total.amount - compare.amount, total.currency), locale))


def _recurring(card: Card, quote: Quote, words: Words, locale: str) -> str:
    terms = card.recurring
    if terms is None:
        return ""
    period = words.period(terms.count, terms.interval)
    if quote.renewal is not None:
        return words.renews.format(amount=money(Money(quote.renewal, quote.total.currency), locale), period=period)
    return words.renews_plus_tax.format(amount=money(terms.price, locale), period=period)


def _renewal(card: Card, quote: Quote, words: Words, locale: str) -> str:
    """`$8.00 every month`, plus tax where the later bills were not told with theirs."""
    terms = card.recurring
    if terms is None:
        return ""
    period = words.period(terms.count, terms.interval)
    if quote.renewal is None:
        return words.price_per_plus_tax.format(amount=money(terms.price, locale), period=period)
    return words.price_per.format(amount=money(Money(quote.renewal, quote.total.currency), locale), period=period)


def method_label(method: Method, words: Words) -> str:
    """`Visa ···· 4242`; a wallet by its name."""
    return method_name(method.network or method.fine_kind, method.last_four, words.card_words)


def _line(sentence: str, amount: int, currency: str, locale: str) -> str:
    return sentence.format(amount=money(Money(amount, currency), locale)) if amount else ""


def money(amount: Money, locale: str) -> str:
    """As it is written there."""
    return money_text(amount, babel_locale(locale))
