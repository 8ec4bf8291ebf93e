"""A plain frame in a sandbox without an origin, where no press can be proven: the page carries what is said then."""

import re
from html import escape

from litestar import Response

from widget.web.errors import language_of
from widget.web.refusal_words import refusal_words_for
from widget.web.requests import AnyRequest

_LANGUAGE = re.compile(r'<html lang="([\w-]+)"')


def with_way_out(answer: Response[str], request: AnyRequest) -> Response[str]:
    """The document with the sentence and the words of a link for `frame.js`, which alone can see the sandbox.

    Only where the ticket is in the document's own address: the link is that address, so it tells nobody anything new.
    """
    spoken = _LANGUAGE.search(answer.content)
    words = refusal_words_for(spoken[1] if spoken else language_of(request))
    told = f'<main data-boxed="{escape(words.boxed)}" data-alone="{escape(words.open_alone)}"'
    answer.content = answer.content.replace("<main", told, 1)
    return answer
