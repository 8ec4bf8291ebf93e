"""The second step of paying: all terms of what renews by itself, or the question after a press in doubt."""

from typing import Any

from widget.core.presentation import Quote
from widget.storage.presentations import Presentation
from widget.upsell.card import CardView
from widget.upsell.described import terms_view
from widget.web.words import Words


def asked_view(
    presentation: Presentation, quote: Quote, words: Words, locale: str, *, card: CardView
) -> dict[str, Any]:
    """Fields of the card: what it costs and who pays, once more; for what renews by itself all its terms."""
    if presentation.card.of(quote.product_id).recurring is not None:
        terms = terms_view(presentation, quote, words, locale, method=card.method)
        return {"title": words.confirm_title, **terms}
    rows = [(words.confirm_today, card.price), *([(words.confirm_method, card.method)] if card.method else [])]
    return {"title": words.sure_title, "notice": card.notice or words.sure, "confirm": tuple(rows)}
