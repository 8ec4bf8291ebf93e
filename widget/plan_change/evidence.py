"""Evidence: what a subscriber saw and agreed to, written at the press, and written once more from what is kept."""

from msgspec.structs import replace

from widget.core.consent import Consent
from widget.core.plan_change import Named, PlanQuote
from widget.plan_change.pressing import Pressed
from widget.plan_change.quote_face import agree_label, confirm_label, credit_line, effective, named, next_bill, rows
from widget.plan_change.texts import Texts
from widget.storage import plan_quotes
from widget.web.edition import edition


def agreed_to(press: Pressed, quote: PlanQuote, *, at: int, ticked: bool) -> Consent:
    """The record of a press (epoch ms)."""
    locale, known = press.key.locale, named(press.standing, quote)
    box = ticked and quote.agree == "box"
    return Consent(
        presentation_id=press.key.presentation_id,
        quote_id=quote.id,
        text=words_shown(known, quote, locale, method=quote.method, box=box),
        total=quote.preview.due,
        method=quote.method,
        locale=locale,
        ticket=press.key.ticket,
        pressed_at=at,
        version=quote.version,
        edition=edition(locale),
        agreed="box" if box else "button",
    )


async def again(kept: Consent) -> Consent | None:
    """The same record with its words written from the quote of then; None where that did not keep what it needs."""
    quote = await plan_quotes.find(kept.quote_id)
    if quote is None or quote.named is None:
        return None
    text = words_shown(quote.named, quote, kept.locale, method=kept.method, box=kept.agreed == "box")
    return replace(kept, text=text, total=quote.preview.due, version=quote.version)


def words_shown(known: Named, quote: PlanQuote, locale: str, *, method: str, box: bool) -> str:
    """What stood on and beside the button."""
    texts, change = Texts(locale, known.country), quote.change
    parts = [known.plan, f"x{change.quantity}"]
    parts += [f"{known.addons.get(line.id, line.id)} x{line.quantity}" for line in change.addons]
    parts += [f"{row.label} {row.amount} {row.note}".rstrip() for row in rows(known, quote, texts)]
    parts += [effective(quote, texts), next_bill(known, quote, texts), credit_line(quote, texts), method]
    if box:
        parts.append(f"[x] {agree_label(known, quote, texts)}")
    return " | ".join(part for part in (*parts, f"[{confirm_label(quote, texts)}]") if part)
