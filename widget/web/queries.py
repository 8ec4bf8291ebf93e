"""A query that is no text is refused before anything reads it: the framework would call it a fault of ours."""

from collections.abc import Awaitable, Callable
from typing import Any

from widget.core.refusal import BadInput

App = Callable[[Any, Any, Any], Awaitable[None]]


def readable_queries() -> Callable[[App], App]:
    """A middleware: what follows the `?` of an address must be UTF-8 as it was sent; else `BadInput` (400).

    Litestar decodes it wherever it needs the whole address, also to say what is wrong with a body (`URL.from_scope`).
    """

    def around(app: App) -> App:
        async def readable(scope: Any, receive: Any, send: Any) -> None:
            try:
                scope.get("query_string", b"").decode()
            except UnicodeDecodeError:
                raise BadInput("query", "text in UTF-8, percent-encoded") from None
            await app(scope, receive, send)

        return readable

    return around
