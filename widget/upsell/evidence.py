"""Evidence: what a shopper saw and agreed to, written at the press, and written once more from what is kept."""

from msgspec.structs import replace

from widget.core.charge import Charge
from widget.core.consent import Consent
from widget.core.offer import spoken
from widget.core.placeholders import complete, filled
from widget.core.presentation import CardState, Quote
from widget.storage import presentations
from widget.storage.presentations import Presentation
from widget.upsell.card import CardView
from widget.upsell.described import described, filling_of, method_label, terms_view
from widget.web.edition import edition
from widget.web.press_keys import Press
from widget.web.words import Words, words_for

HOSTED = "hosted checkout"  # what stands for the method where the shopper enters one at the provider


def agreed_to(
    presentation: Presentation, quote: Quote, key: Press, *, method: str, one_click: bool, at: int
) -> Consent:
    """The record of a press (epoch ms)."""
    by_box = presentation.card.agree == "box" and presentation.card.of(quote.product_id).recurring is not None
    return Consent(
        presentation_id=presentation.id,
        quote_id=quote.id,
        text=words_shown(presentation, quote, key.locale, method=method, one_click=one_click),
        total=quote.total,
        method=method,
        locale=key.locale,
        ticket=key.ticket,
        pressed_at=at,
        version=presentation.offer_version,
        edition=edition(key.locale),
        agreed="box" if one_click and by_box else "button",
    )


async def again(charge: Charge, kept: Consent) -> Consent | None:
    """The same record with its words written from the presentation and quote of then; None where those are gone."""
    presentation = await presentations.find(kept.presentation_id)
    quote = await presentations.find_quote(kept.quote_id)
    if presentation is None or quote is None:
        return None
    text = words_shown(presentation, quote, kept.locale, method=kept.method, one_click=not charge.hosted)
    return replace(kept, text=text, total=quote.total, version=presentation.offer_version)


def words_shown(presentation: Presentation, quote: Quote, locale: str, *, method: str, one_click: bool) -> str:
    """What stood on and beside the button, as evidence; made of what is kept, so that it can be written once more."""
    words = words_for(locale)
    shown = replace(presentation, one_click=one_click)
    card = CardView(state=CardState.OPEN, **described(shown, quote, words, locale))
    label = card.pay_label if one_click else card.checkout_label
    parts = [card.badge, card.headline, *_plainly(presentation, quote, words, locale), card.product_name]
    parts += [f"x{card.quantity}", card.was, card.tax_line, card.discount_line, card.difference]
    if card.review_label:
        terms = terms_view(shown, quote, words, locale, method=method)
        parts += [f"{label} {value}" for label, value in terms["confirm"]]
        parts.append(f"[x] {terms['agree_label']}" if terms["agree_label"] else "")
    parts += [card.recurring, method if one_click else "", f"[{label}]"]
    return " | ".join(part for part in parts if part)


def method_shown(presentation: Presentation, quote: Quote, locale: str) -> str:
    """The method as it is named beside the button: `Visa ···· 4242`."""
    methods = {method.id: method for method in presentation.methods}
    chosen = methods.get(quote.method_id) or next(iter(methods.values()), None)
    return method_label(chosen, words_for(locale)) if chosen else ""


def _plainly(presentation: Presentation, quote: Quote, words: Words, locale: str) -> tuple[str, ...]:
    """The merchant's body and lines as they wrote them, filled, without the markup of the page."""
    card = presentation.card.of(quote.product_id)
    texts, filling = spoken(card.texts, card.others, locale), filling_of(card, quote, words, locale)
    written = (texts.body, *texts.gain)
    return tuple(" ".join(filled(one, filling).split()) for one in written if complete(one, filling))
