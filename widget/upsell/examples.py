"""Every face of the card with sample values: for the gallery, the pictures and the tests of the templates."""

from datetime import UTC, datetime

from msgspec.structs import replace

from widget.core.money import Money
from widget.core.placeholders import Filling
from widget.core.presentation import CardState
from widget.upsell.card import CardView, ChoiceView, MethodChoice
from widget.web.date_text import date_text
from widget.web.languages import babel_locale
from widget.web.markdown import line, prose
from widget.web.money_text import money_text
from widget.web.receipt import example_links
from widget.web.words import words_for

_MAY = datetime(2026, 5, 1, tzinfo=UTC)
_MARKDOWN = """**{product}** – forty exercises, *one for every lesson*:

- to print
- to paint on the tablet, with [all brushes](https://shop.example/brushes)

1. Yours for {price}
2. Yours to keep"""
_LINES = ("An exercise for each of the **40 lessons**", "Only {price}", "*Corrected* examples to compare with")


def examples(locale: str = "en") -> dict[str, CardView]:
    """Name → card; every state at least once, and what stretches the layout. What a merchant writes stays English."""
    words = words_for(locale)
    month = words.period(1, "Month")

    def usd(cents: int) -> str:
        return money_text(Money(cents, "USD"), babel_locale(locale))

    amount = usd(1900)
    monthly = words.price_per.format(amount=amount, period=month)
    opened = CardView(
        state=CardState.OPEN,
        locale=words.locale,
        direction=words.direction,
        key="example",
        offer="workbook-with-course",
        badge="Goes with your course",
        headline="Add the workbook to your course",
        body="Forty exercises, one for every lesson, to print or to paint on the tablet.",
        gain=("An exercise for each of the 40 lessons", "Corrected examples to compare with", "Yours to keep"),
        product_name="Workbook",
        price=amount,
        tax_line=words.tax_included.format(amount=usd(303)),
        one_click=True,
        pay_label=words.pay.format(amount=amount),
        checkout_label=words.checkout.format(amount=amount),
        decline_label=words.decline,
        method="Visa ···· 4242",
        continue_label=words.continue_label,
    )
    named = Filling(product="Workbook", price=amount)
    bare = replace(opened, badge="", body="", gain=(), tax_line="")
    receipt = (
        (words.receipt_item, "Workbook"),
        (words.receipt_total, amount),
        (words.receipt_tax, usd(303)),
        (words.receipt_method, "Visa ···· 4242"),
        (words.receipt_date, date_text(_MAY, babel_locale(locale), "")),
        (words.receipt_payment, "pay_8mJxQb2RkPqLz5WvT7Yc"),
    )
    return {
        "open": opened,
        "open_two_cards": replace(opened, other_methods=(MethodChoice("pm_2", "Mastercard ···· 4444"),)),
        "open_hosted": replace(opened, one_click=False, method=""),
        "open_recurring": replace(
            opened,
            headline="Keep painting with the studio",
            product_name="Studio plan",
            recurring=words.renews.format(amount=amount, period=month),
            difference=words.difference.format(amount=usd(700)),
            discount_line=words.discount.format(amount=usd(200)),
        ),
        "open_terms": replace(
            opened, badge="", title=words.confirm_title, product_name="Studio plan", price=amount, tax_line="",
            recurring=words.renews.format(amount=amount, period=month),
            confirm=(
                (words.confirm_today, amount), (words.confirm_then, monthly),
                (words.confirm_next, date_text(_MAY, babel_locale(locale), "")),
                (words.confirm_method, "Visa ···· 4242"),
            ),
            agree_label=words.agree.format(terms=monthly), pay_label=words.subscribe.format(amount=amount),
        ),
        "open_not_agreed": replace(
            opened, badge="", title=words.confirm_title, product_name="Studio plan", price=amount, tax_line="",
            recurring=words.renews.format(amount=amount, period=month), notice=words.please_agree, wrong="agreed",
            confirm=((words.confirm_today, amount), (words.confirm_then, monthly)),
            agree_label=words.agree.format(terms=monthly), pay_label=words.subscribe.format(amount=amount),
        ),
        "open_sure": replace(
            opened, badge="", title=words.sure_title, notice=words.sure,
            confirm=((words.confirm_today, amount), (words.confirm_method, "Visa ···· 4242")),
        ),
        "open_pick": replace(
            opened, product_name="Workbook", gain=(), choices=(
                ChoiceView("pdt_workbook", "Workbook", "", amount, chosen=True),
                ChoiceView("pdt_brushes", "Brush set with an unusually long name", "", usd(2900), chosen=False),
                ChoiceView("pdt_bundle", "Studio bundle", "", usd(7900), chosen=False),
            ),
        ),
        "open_many": replace(opened, gain=(), quantities=tuple(range(1, 6)), quantity=2),
        "open_amount": replace(
            opened, headline="Say thank you to your teacher", product_name="Tip", gain=(), amount="10.00",
            amount_hint=words.amount_hint.format(min=usd(500), max=usd(10000)),
        ),
        "open_bad_amount": replace(
            opened, headline="Say thank you to your teacher", product_name="Tip", gain=(), amount="3", wrong="amount",
            amount_hint=words.amount_hint.format(min=usd(500), max=usd(10000)), notice=words.bad_amount,
        ),
        "open_discount": replace(
            opened, was=words.was.format(amount=usd(2400)), discount_line=words.discount.format(amount=usd(500))
        ),
        "open_plan": replace(
            opened, one_click=False, plan_key="example", plan="pdt_pro", product_name="Pro", tax_line="",
            price=words.price_per.format(amount=usd(8000), period=month),
            difference=words.plan_difference.format(amount=usd(5000)),
        ),
        "open_markdown": replace(
            opened, body=prose(_MARKDOWN, named), gain=tuple(line(one, named) for one in _LINES), badge="Most popular",
        ),
        "open_bare": bare,
        "open_long": replace(
            opened,
            headline="Everything you need to go on painting after the first forty lessons, in one beautifully made box",
            body="A very long description that a merchant wrote with much love and little restraint. " * 4,
            product_name="Grand studio box with an unusually long name and Donaudampfschifffahrtsgesellschaftskapitän",
            price="CHF 12’345.60",
            pay_label=words.pay.format(amount="CHF 12’345.60"),
        ),
        "open_yen": replace(
            opened, locale="ja", direction="ltr", headline="Le cahier d’exercices – 練習帳", product_name="練習帳",
            quantity=2, price="￥1,900", pay_label=words.pay.format(amount="￥1,900"), tax_line="",
        ),
        "open_rtl": replace(
            opened, locale="ar", direction="rtl", badge="يناسب دورتك", headline="أضف كتاب التمارين إلى دورتك",
            body="أربعون تمريناً، واحد لكل درس.", gain=("تمرين لكل درس", "أمثلة مصححة للمقارنة"),
            product_name="كتاب التمارين", price="\u200f19.00\xa0US$", tax_line="",
            pay_label="ادفع \u200f19.00\xa0US$ الآن", decline_label="لا شكراً، متابعة",
        ),
        "open_price_changed": replace(opened, notice=words.price_changed),
        "open_not_charged": replace(opened, notice=words.not_charged),
        "preparing": CardView(
            state=CardState.PREPARING, key="example", locale=words.locale, direction=words.direction,
            title=words.preparing_title, message=words.preparing_message,
            poll_ms=600_000,
        ),
        "working": replace(
            opened, state=CardState.WORKING, title=words.working_title, message=words.working_message, poll_ms=600_000
        ),
        "working_slow": replace(
            opened, state=CardState.WORKING, title=words.working_title, message=words.working_message,
            slow_message=words.working_slow, poll_ms=600_000,
        ),
        "working_undo": replace(
            opened, state=CardState.WORKING, title=words.undo_title, undo_label=words.undo, poll_ms=600_000,
            message=words.undo_message.format(amount=amount, method=opened.method),
        ),
        "action": replace(
            opened, state=CardState.ACTION, title=words.action_title, link="https://checkout.example/",
            message=words.action_message.format(amount=amount, method=opened.method),
            link_label=words.action_label, poll_ms=600_000,
        ),
        "action_no_link": replace(
            opened, state=CardState.ACTION, title=words.action_title, message=words.action_no_link, poll_ms=600_000
        ),
        "paid": replace(
            opened, state=CardState.PAID, title=words.paid_title, message=words.paid_message, receipt=receipt,
        ),
        "paid_with_help": replace(
            opened, state=CardState.PAID, title=words.paid_title, message=words.paid_message, receipt=receipt,
            links=example_links(words), withdraw="You can withdraw within 14 days without giving a reason.",
        ),
        "refused": replace(
            opened, state=CardState.REFUSED, title=words.refused_title, message=words.refusal("INSUFFICIENT_FUNDS")
        ),
        "declined": replace(
            opened, state=CardState.DECLINED, title=words.declined_title, message=words.declined_message
        ),
        "closed": replace(opened, state=CardState.CLOSED, title=words.closed_title, message=words.closed_owned),
        "empty": CardView(state=CardState.EMPTY, key="example", locale=words.locale, direction=words.direction),
        "error": CardView(
            state=CardState.ERROR, locale=words.locale, direction=words.direction, title=words.error_title,
            message=words.closed_message,
        ),
    }  # fmt: skip
