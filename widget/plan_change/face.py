"""The panel as an answer: the fragment htmx swaps, or the whole document around it."""

from hashlib import sha256

import msgspec
from litestar import Response
from litestar.enums import MediaType
from msgspec import Struct
from msgspec.structs import replace

from widget.core.plan_change import PlanQuote
from widget.core.plan_panel import PanelState
from widget.desk import Desk
from widget.plan_change.panel import PanelView
from widget.plan_change.texts import Texts
from widget.storage.ids import new_id
from widget.web import press_keys
from widget.web.press_keys import Press
from widget.web.render import preloads, render


class Shown(Struct, frozen=True):
    """How an answer is wanted: as a part, and after how many polls."""

    fragment: bool = False
    polls: int = 0
    page: bool = False  # a whole document even where a fragment was asked for


def show_panel(
    desk: Desk, key: Press, view: PanelView, shown: Shown, *, quote: PlanQuote | None = None, status: int = 200
) -> Response[str]:
    """The panel with a key for its buttons: bound to the quote it shows and to the intent of confirming that."""
    words = Texts(key.locale).words
    bound = bind(key, view, quote)
    made = press_keys.make(bound, desk.settings.signing_keys, now=desk.now() // 1000)
    panel = replace(
        view,
        key=made,
        locale=words.locale,
        direction=words.direction,
        continue_url=key.next if key.layout == "page" else "",
        continue_label=words.back_to,
    )
    if shown.fragment and not shown.page:
        return _html(render("plan_change/panel.html", panel=panel), status)
    template = "plan_change/page.html" if key.layout == "page" else "plan_change/embed.html"
    look = desk.look_with(key.look)
    text = render(template, panel=panel, parent_origin=key.parent, theme=key.theme, look=look)
    return _html(text, status)


def bind(key: Press, view: PanelView, quote: PlanQuote | None) -> Press:
    """The key for what is shown now; the intent's id stays while the quote does."""
    seen = digest(view)
    if quote is None:
        return replace(key, quote_id="", charge_id="", seen=seen)
    same = key.quote_id == quote.id and key.charge_id
    return replace(key, quote_id=quote.id, charge_id=key.charge_id if same else new_id("chg"), seen=seen)


def digest(view: PanelView) -> str:
    """By what an unchanged panel is known: everything it prints but the polls."""
    return sha256(msgspec.json.encode(replace(view, polls=0, notice="", wrong="", key=""))).hexdigest()[:16]


def error_panel(key: Press) -> PanelView:
    """The provider cannot be asked; nothing was changed."""
    words = Texts(key.locale).words
    return PanelView(
        state=PanelState.ERROR, title=words.error_title, message=words.error_message, check_label=words.check_again,
    )  # fmt: skip


def _html(text: str, status: int) -> Response[str]:
    return Response(text, media_type=MediaType.HTML, status_code=status, headers=preloads(text))
