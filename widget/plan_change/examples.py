"""Every face of the plan panel with sample values: for the gallery, the pictures and the tests of the templates."""

from datetime import UTC, datetime
from functools import partial

from msgspec.structs import replace

from widget.core.plan_panel import PanelState
from widget.plan_change.panel import MethodChoice, PanelView, PlanOption, Row, Stepper, Tab, Way
from widget.plan_change.texts import Texts
from widget.web.receipt import example_links

_JUNE = datetime(2026, 6, 16, tzinfo=UTC)
_NEW = (("new", "yes"),)


def examples(locale: str = "en") -> dict[str, PanelView]:
    """Name → panel; every state at least once, and what stretches the layout. What a merchant writes stays English."""
    texts = Texts(locale)
    words, half, june = texts.words, texts.percent(0.5), texts.date(_JUNE)

    def usd(cents: int) -> str:
        return texts.money(cents, "USD")

    code = words.discount_percent.format(code="THANKS10", percent=texts.percent(0.1))
    month, year = words.period(1, "Month"), words.period(1, "Year")
    plans = PanelView(
        state=PanelState.CHOICES, key="example", plan="pdt_basic", title=words.panel_title, current_name="Basic",
        current_price=words.price.format(amount=usd(3000), period=month),
        current_line=words.next_bill_on.format(date=june),
        tabs=(
            Tab("month", words.monthly, selected=True, options=_monthly(texts, month)),
            Tab("year", words.yearly, selected=False, options=_yearly(texts, year)),
        ),
        steppers=(
            Stepper("quantity", words.seats, 1, 1, 20),
            Stepper("addon:adn_seat", "Extra seat", 2, 0, 50, price=words.each.format(amount=usd(1000), period=month)),
        ),
        update_label=words.see_cost, code_label=words.code, discounts=(code,), cancel_label=words.cancel,
        ways=(Way("/plan_change/pause", words.pause),), poll_ms=600_000,
    )  # fmt: skip
    bare = replace(plans, steppers=(), update_label="", code_label="", discounts=(), ways=(), cancel_label="")
    blocked = replace(bare, tabs=_closed_tabs(texts, month))
    quote = PanelView(
        state=PanelState.QUOTE, key="example", plan="pdt_pro", title=words.quote_title.format(plan="Pro"),
        due_label=words.due_now, due=usd(2975),
        rows=(
            Row("Pro", usd(4000), note=words.part_of_period.format(percent=half)),
            Row("Extra seat × 2", usd(1000), note=words.part_of_period.format(percent=half)),
            Row(words.old_plan.format(plan="Basic"), usd(-1500), kind="credit"),
            Row(words.old_plan.format(plan="Extra seat × 2"), usd(-1000), kind="credit"),
            Row(words.line_tax, usd(475), kind="tax"),
            Row(words.total, usd(2975), kind="total"),
        ),
        effective=words.starts_now,
        next_bill=words.then_plus_tax.format(amount=usd(10000), period=month, date=june),
        method="Visa ···· 4242", method_label=words.charged_to,
        confirm=Way("/plan_change/confirm", words.pay_and_change.format(amount=usd(2975))), back_label=words.back,
    )  # fmt: skip
    later = replace(
        quote, plan="pdt_lite", title=words.quote_title.format(plan="Lite"), due_label=words.nothing_due, due=usd(0),
        rows=(Row(words.total, usd(0), kind="total"),), effective=words.starts_on.format(date=june),
        next_bill=words.then_plus_tax.format(amount=usd(2000), period=month, date=june),
        method="", loses=("Unlimited canvases", "Export for print", "Layers and masks"), loses_label=words.loses,
        confirm=Way("/plan_change/confirm", words.change_later.format(date=june, amount=usd(0))),
    )  # fmt: skip
    credit = replace(
        later, due=usd(0),
        rows=(
            Row("Lite", usd(1000), note=words.part_of_period.format(percent=half)),
            Row(words.old_plan.format(plan="Pro"), usd(-4000), kind="credit"),
            Row(words.credit_becomes, usd(3000)), Row(words.total, usd(0), kind="total"),
        ),
        credit_line=words.credit_granted.format(amount=usd(3000)), effective=words.starts_now,
        confirm=Way("/plan_change/confirm", words.change_credit.format(amount=usd(3000), due=usd(0))),
    )  # fmt: skip
    after = PanelView(
        state=PanelState.WORKING, key="example", plan="pdt_pro", title=words.working_title,
        message=words.working_message, poll_ms=600_000,
    )  # fmt: skip
    refused = PanelView(
        state=PanelState.REFUSED, key="example", plan="pdt_basic", title=words.refused_title,
        message=words.refused_no_money.format(plan="Basic"), use_label=words.use_method,
        methods=(MethodChoice("pm_2", "Mastercard ···· 4444"),),
        ways=(
            Way("/plan_change/method", words.new_method, _NEW, leaves=True),
            Way("/plan_change/link", words.pay_on_page),
        ),
        back_label=words.back,
    )  # fmt: skip
    method = Way("/plan_change/method", words.update_method, _NEW, leaves=True)
    later_bill = texts.card.price_per_plus_tax.format(amount=usd(8000), period=month)
    agreed = texts.card.agree.format(terms=later_bill)
    action = words.action_message.format(amount=usd(2975), method="Visa ···· 4242")
    found = {
        "choices": plans,
        "choices_bare": bare,
        "choices_notice": replace(plans, notice=words.code_not_valid, wrong="code", code="SPRING"),
        "choices_trial": replace(bare, message=words.trial_until),
        "choices_scheduled": replace(
            bare, scheduled_line=words.moves_to.format(plan="Lite", date=june),
            ways=(Way("/plan_change/undo", words.undo.format(plan="Basic")),),
        ),
        "choices_ending": replace(
            blocked, current_line="", ending_line=words.ends_on.format(date=june),
            ways=(Way("/plan_change/keep", words.keep),),
        ),
        "choices_on_hold": replace(blocked, current_line="", obstacle=words.on_hold, ways=(method,)),
        "choices_paused": replace(
            blocked, current_line="", obstacle=words.paused, ways=(Way("/plan_change/resume", words.resume),)
        ),
        "choices_no_family": replace(bare, tabs=(), obstacle=words.no_family),
        "choices_long": replace(
            plans, current_name="Grand studio with an unusually long name and Donaudampfschifffahrtsgesellschaft",
            current_price="CHF 12’345.60 every 3 months",
        ),
        "choices_downsell": PanelView(
            state=PanelState.CHOICES, step="downsell", key="example", plan="pdt_pro",
            title="Keep layers and print export with Basic", body="Lite has room for 3 canvases.",
            confirm=Way("/plan_change/preview", words.take_plan.format(plan="Basic")),
            decline=Way("/plan_change/preview", words.decline_downgrade.format(plan="Lite")), back_label=words.back,
        ),
        "choices_cancel": PanelView(
            state=PanelState.CHOICES, step="cancel", key="example", plan="pdt_basic", title=words.cancel_title,
            message=words.cancel_message.format(date=june), reasons=words.reason_words(),
            comment_label=words.comment, confirm=Way("/plan_change/cancel", words.cancel_confirm, (("sure", "yes"),)),
            back_label=words.back,
        ),
        "quote": quote,
        "quote_box": replace(
            quote, notice=texts.card.please_agree,
            confirm=Way(
                "/plan_change/confirm", words.pay_and_change.format(amount=usd(2975)), agree=agreed, missing=True
            ),
        ),
        "quote_later": later,
        "quote_credit": credit,
        "quote_dearer": replace(quote, notice=words.price_changed),
        "quote_replaces": replace(quote, scheduled_line=words.replaces.format(plan="Lite", date=june)),
        "quote_no_method": replace(quote, message=words.no_method, confirm=None, ways=(method,)),
        "quote_not_exact": replace(quote, message=words.not_exact, due="", rows=(), confirm=None),
        "working": after,
        "working_slow": replace(after, slow_message=words.working_slow),
        "action": replace(
            after, state=PanelState.ACTION, title=words.action_title, message=action, link="https://checkout.example/",
            link_label=words.action_label,
        ),
        "action_no_link": replace(
            after, state=PanelState.ACTION, title=words.action_title, message=words.action_no_link
        ),
        "changed": replace(
            quote, state=PanelState.CHANGED, title=words.changed_title.format(plan="Pro"),
            message=words.changed_message,
            rows=(
                Row(words.receipt_plan, "Pro"), Row(words.receipt_paid, usd(2975), kind="total"),
                Row(texts.card.receipt_tax, usd(475)), Row(words.receipt_method, "Visa ···· 4242"),
                Row(texts.card.receipt_date, june), Row(texts.card.receipt_payment, "pay_8mJxQb2RkPqLz5WvT7Yc"),
            ),
            effective="", method="", confirm=None, links=example_links(texts.card),
        ),
        "scheduled": replace(
            later, state=PanelState.SCHEDULED, title=words.scheduled_title.format(plan="Lite", date=june),
            message=words.scheduled_message, rows=(), loses=(), effective="", confirm=None,
            ways=(Way("/plan_change/undo", words.undo.format(plan="Basic")),),
        ),
        "refused": refused,
        "closed": PanelView(
            state=PanelState.CLOSED, plan="pdt_basic", title=words.closed_title, message=words.closed_message
        ),
        "error": PanelView(
            state=PanelState.ERROR, key="example", title=words.error_title, message=words.error_message,
            check_label=words.check_again,
        ),
    }  # fmt: skip
    return {name: replace(view, locale=words.locale, direction=words.direction) for name, view in found.items()}


def _monthly(texts: Texts, month: str) -> tuple[PlanOption, ...]:
    words, usd = texts.words, partial(texts.money, currency="USD")
    june = texts.date(_JUNE)
    return (
        PlanOption(
            "pdt_lite", "Lite", price=words.price.format(amount=usd(2000), period=month),
            difference=words.less.format(amount=usd(1000), period=month), adds=("3 canvases",),
            loses=("Unlimited canvases", "Export for print", "Layers and masks"),
            choose_label=words.choose.format(plan="Lite"), note=words.starts_on.format(date=june),
        ),
        PlanOption(
            "pdt_basic", "Basic", price=words.price.format(amount=usd(3000), period=month), current=True,
            current_label=words.current, features=("Unlimited canvases", "Export for print", "Layers and masks"),
        ),
        PlanOption(
            "pdt_pro", "Pro", price=words.price.format(amount=usd(8000), period=month), more=True,
            difference=words.more.format(amount=usd(5000), period=month), badge=words.popular,
            adds=("Shared studio for your class", "Time-lapse of every painting", "Answers within a day"),
            choose_label=words.choose.format(plan="Pro"), note=words.starts_now,
        ),
    )  # fmt: skip


def _yearly(texts: Texts, year: str) -> tuple[PlanOption, ...]:
    words, usd = texts.words, partial(texts.money, currency="USD")
    return (
        PlanOption(
            "pdt_pro_year", "Pro, yearly", price=words.price.format(amount=usd(80000), period=year), more=True,
            difference=words.more.format(amount=usd(44000), period=year),
            adds=("Shared studio for your class", "Time-lapse of every painting", "Answers within a day"),
            choose_label=words.choose.format(plan="Pro, yearly"), note=words.starts_now,
        ),
    )  # fmt: skip


def _closed_tabs(texts: Texts, month: str) -> tuple[Tab, ...]:
    options = tuple(replace(option, choose_label="", note="") for option in _monthly(texts, month))
    return (Tab("month", texts.words.monthly, selected=True, options=options),)
