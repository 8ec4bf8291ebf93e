"""The way out of a sandbox: in the document's language, for plain frames alone, and nothing of it can be written by others."""

import pytest
from litestar import Response
from litestar.testing import RequestFactory

from widget.web.boxed import with_way_out
from widget.web.refusal_words import refusal_words_for


@pytest.mark.parametrize("language", ["en", "de", "ar", "fr"])
def test_the_sentence_and_the_link_speak_as_the_document_does(language):
    text = f'<!doctype html><html lang="{language}" dir="ltr"><body><main class="x"><p>a</p></main></body></html>'
    answer = with_way_out(Response(text), RequestFactory().get("/embed/offer/t", headers={"accept-language": "ja"}))
    words = refusal_words_for(language)
    assert answer.content.count("data-boxed") == 1
    assert f'data-alone="{words.open_alone}" class="x"><p>a</p>' in answer.content.replace("&#x27;", "'")
    assert words.boxed in answer.content.replace("&#x27;", "'")


async def test_only_a_frame_that_has_its_ticket_in_its_address_has_it(stage):
    payment = await stage.purchase()
    plain = await stage.get(stage.ticket(payment))
    assert "data-boxed" in plain.html
    posted = await stage.encore.post(
        "/embed/offer", data={"ticket": stage.ticket(payment)}, headers={"sec-fetch-site": "cross-site"}
    )
    assert posted.status_code == 200
    assert "data-boxed" not in posted.text
