"""Amounts, dates and names as the panel prints them."""

from datetime import datetime

from babel import Locale
from babel.numbers import format_percent

from widget.core.method import Method, method_name
from widget.core.money import Money
from widget.core.payment import Recurring
from widget.core.plan_family import per_period
from widget.core.subscription import AddonLine, Discount
from widget.storage.standing import Standing
from widget.web.date_text import date_text
from widget.web.languages import babel_locale
from widget.web.money_text import money_text
from widget.web.plan_words import PlanWords, plan_words_for
from widget.web.words import Words, words_for


class Texts:
    """The words of a language, with amounts and dates written its way; days by the clock of a country."""

    def __init__(self, locale: str, country: str = "") -> None:
        self.words: PlanWords = plan_words_for(locale)
        self.card: Words = words_for(locale)  # for what is said on a receipt and beside a box
        self.country = country
        self.locale = locale
        self._locale = babel_locale(locale)

    @property
    def babel(self) -> Locale:
        """How numbers and dates are written."""
        return self._locale

    def money(self, amount: int, currency: str) -> str:
        """`$8.00`."""
        return money_text(Money(amount, currency), self._locale)

    def date(self, moment: datetime) -> str:
        """`1 May 2026`."""
        return date_text(moment, self._locale, self.country)

    def percent(self, share: float) -> str:
        """`50%` for 0.5; two decimals at most."""
        return format_percent(round(share, 4), format=_percent_pattern(self._locale), locale=self._locale)

    def period(self, terms: Recurring) -> str:
        """`every month`."""
        return self.words.period(terms.count, terms.interval)

    def method(self, method: Method) -> str:
        """`Visa ···· 4242`; a wallet by its name."""
        return method_name(method.network or method.fine_kind, method.last_four, self.card.card_words)

    def price(self, standing: Standing, product_id: str, quantity: int, addons: tuple[AddonLine, ...]) -> str:
        """`$80.00 every month` for everything; empty where it cannot be said."""
        total, terms = standing.price(product_id, quantity, addons), _terms(standing, product_id)
        if total is None or terms is None:
            return ""
        return self.words.price.format(amount=self.money(total, terms.price.currency), period=self.period(terms))

    def difference(self, standing: Standing, product_id: str, addons: tuple[AddonLine, ...]) -> tuple[str, bool]:
        """`$50.00 more every month`, and whether it is more."""
        now = standing.subscription
        old = _priced(standing, now.product_id, now.quantity, now.addons)
        new = _priced(standing, product_id, now.quantity, addons)
        if old is None or new is None or (found := per_period(old, new)) is None:
            return "", False
        more, terms = found
        if more == 0:
            return self.words.same_price, False
        sentence = self.words.more if more > 0 else self.words.less
        return sentence.format(amount=self.money(abs(more), terms.price.currency), period=self.period(terms)), more > 0

    def discount(self, discount: Discount, currency: str) -> str:
        """`THANKS10: 10% off`."""
        if discount.kind == "flat":
            text = self.words.discount_flat.format(code=discount.code, amount=self.money(discount.amount, currency))
        else:
            text = self.words.discount_percent.format(code=discount.code, percent=self.percent(discount.amount / 10000))
        if discount.cycles_remaining:
            return self.words.discount_cycles.format(discount=text, count=discount.cycles_remaining)
        return text


def _percent_pattern(locale: Locale) -> str:
    """The locale's own, with as many decimals as are needed: `#,##0.##%`."""
    return locale.percent_formats[None].pattern.replace("0", "0.##", 1)


def _terms(standing: Standing, product_id: str) -> Recurring | None:
    product = standing.products.get(product_id)
    return product.recurring if product else None


def _priced(
    standing: Standing, product_id: str, quantity: int, addons: tuple[AddonLine, ...]
) -> tuple[Recurring, int] | None:
    total, terms = standing.price(product_id, quantity, addons), _terms(standing, product_id)
    return None if total is None or terms is None else (terms, total)
