"""Refusals and failures shown: to a shopper a sentence, to a developer the name, to a stranger nothing."""

import logging
import secrets
from typing import Any

from litestar import Request, Response
from litestar.enums import MediaType
from litestar.exceptions import HTTPException, ValidationException

from widget.core.refusal import BadInput, CutShort, Gone, RateLimited, Refusal, TooSlow
from widget.storage.away import Away
from widget.web.htmx import is_fragment
from widget.web.languages import choose
from widget.web.refusal_words import refusal_words_for
from widget.web.render import render

log = logging.getLogger("encore.web")

_CODES: dict[type[Refusal], str] = {Gone: "not_found", TooSlow: "too_slow", CutShort: "invalid"}
_MACHINES = ("/api/", "/webhooks/", "/docs/", "/health/", "/metrics")


def refused(request: Request[Any, Any, Any], refusal: Refusal) -> Response[Any]:
    """A no from normal life."""
    if isinstance(refusal, BadInput):
        return _answer(request, refusal.status, refusal.code, str(refusal), field=refusal.field)
    if isinstance(refusal, RateLimited):
        return _wait(request, refusal)
    code = _CODES.get(type(refusal), type(refusal).__name__.lower())
    headers = {"Retry-After": "30"} if refusal.status == 503 else {}
    return _answer(request, refusal.status, code, _sentence(request, refusal), headers=headers)


def _wait(request: Request[Any, Any, Any], refusal: RateLimited) -> Response[Any]:
    """Too often. A page that asked with its press key comes back by itself, the way it stands then."""
    headers = {"Retry-After": str(refusal.retry_after_s)}
    path = request.scope["path"]
    if path.startswith(_MACHINES):
        return _answer(request, 429, "rate_limited", refusal.sentence, headers=headers)
    text = render(
        "_wait.html" if is_fragment(request) else "wait.html",
        message=_sentence(request, refusal),
        locale=language_of(request),
        key=refusal.key,
        again_ms=refusal.retry_after_s * 1000,
        plans=path.startswith(("/plan_change/", "/embed/plans")),
    )
    return Response(text, status_code=429, headers=headers, media_type=MediaType.HTML)


def failed(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """What the framework refused: no such route, wrong method, a body of the wrong shape or too large."""
    if error.status_code == 404:
        return refused(request, Gone())
    if isinstance(error, ValidationException):
        found: Any = error.extra if isinstance(error.extra, list) else []
        first: Any = found[0] if found and isinstance(found[0], dict) else {}
        message = str(first.get("message", error.detail))
        return _answer(request, 400, "invalid", message, field=str(first.get("key", "")) or None)
    words = {405: "method_not_allowed", 413: "too_large", 415: "unsupported_media_type"}
    code = words.get(error.status_code, "invalid" if error.status_code < 500 else "internal")
    return _answer(request, error.status_code, code, error.detail, headers=dict(error.headers or {}))


def away(request: Request[Any, Any, Any], error: Away) -> Response[Any]:
    """The database cannot be used now; what was sent before is found by the watch, so nothing is claimed here."""
    log.error("web.away", exc_info=error, extra={"event": "web.away"})
    return _answer(request, 503, "away", refusal_words_for(_spoken(request)).away, headers={"Retry-After": "30"})


def broken(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """A bug: loud in the log with a reference, quiet outside."""
    reference = secrets.token_hex(4)
    log.error("web.broken", exc_info=error, extra={"event": "web.broken", "reference": reference})
    sentence = refusal_words_for(_spoken(request)).broken.format(reference=reference)
    return _answer(request, 500, "internal", sentence)


def language_of(request: Request[Any, Any, Any]) -> str:
    """What a page says that knows nothing but the request: what the browser asks for."""
    return choose(accept=request.headers.get("accept-language", ""))


def _spoken(request: Request[Any, Any, Any]) -> str:
    """The language of an answer: machines are told in English."""
    return "en" if request.scope["path"].startswith(_MACHINES) else language_of(request)


def _sentence(request: Request[Any, Any, Any], refusal: Refusal) -> str:
    return refusal_words_for(_spoken(request)).of(refusal)


def _answer(
    request: Request[Any, Any, Any],
    status: int,
    code: str,
    message: str,
    *,
    field: str | None = None,
    headers: dict[str, str] | None = None,
) -> Response[Any]:
    if request.scope["path"].startswith(_MACHINES):
        body = {"error": {"code": code, "message": message} | ({"field": field} if field else {})}
        return Response(body, status_code=status, headers=headers or {}, media_type=MediaType.JSON)
    if is_fragment(request):
        plans = request.scope["path"].startswith("/plan_change/")
        template = "plan_change/_gone_panel.html" if plans else "upsell/_gone_card.html"
        text = render(template, status=status, message=message, locale=language_of(request))
    else:
        text = render("gone.html", status=status, message=message, locale=language_of(request))
    return Response(text, status_code=status, headers=headers or {}, media_type=MediaType.HTML)


handlers: dict[Any, Any] = {Refusal: refused, Away: away, HTTPException: failed, 500: broken}
