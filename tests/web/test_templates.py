"""Every template in every state: one root, real buttons, nothing inline, and no words that can change what is there."""

from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from widget.core.presentation import CardState
from widget.upsell.card import CardView, MethodChoice
from widget.upsell.examples import examples
from widget.web.receipt import Link
from widget.web.render import environment, render

ROOT = Path(__file__).parents[2]
NAMES = [str(path.relative_to(ROOT / "templates")) for path in sorted((ROOT / "templates").rglob("*.html"))]
OURS = [name for name in NAMES if not name.startswith(("sandbox/", "shop/"))]
LAYOUTS = ("upsell/card.html", "embed.html", "page.html")
VOID = {"meta", "link", "input", "img", "br"}
TEXTS = (
    "offer headline body badge product_name product_image price difference tax_line discount_line recurring pay_label "
    "checkout_label decline_label method notice title message slow_message link link_label continue_url continue_label key"
).split()
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus=alert(1) x='",
    "</title></section></main></body><h1>",
    "<!--",
    "{{ 7 * 7 }}{% raw %}",
    "&lt;b&gt;&#x3c;i&#x3e;",
    "\u202egnirts desrever\u202c\u2066\u2067",
    "\x00\x01\x7f",
    "👩‍👩‍👧‍👦" * 50,
    "]]><svg/onload=alert(1)>",
    "`${alert(1)}`",
    "javascript:alert(1)",
]


class Page(HTMLParser):
    """The elements of a page in order, with their attributes and their text; unbalanced ends are noticed."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self._open: list[int] = []
        self.balanced = True
        self.feed(text)
        self.close()
        self.balanced = self.balanced and not self._open

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self.texts.append("")
        if tag not in VOID:
            self._open.append(len(self.elements) - 1)

    def handle_endtag(self, tag):
        if not self._open or self.elements[self._open.pop()][0] != tag:
            self.balanced = False

    def handle_data(self, data):
        for index in self._open:
            self.texts[index] += data

    def all(self, tag: str, **wanted: str) -> list[tuple[dict[str, str], str]]:
        return [
            (attrs, " ".join(text.split()))
            for (name, attrs), text in zip(self.elements, self.texts, strict=True)
            if name == tag
            and all(attrs.get(key.strip("_").replace("_", "-")) == value for key, value in wanted.items())
        ]

    @property
    def shape(self) -> list[tuple[str, tuple[str, ...]]]:
        return [(tag, tuple(sorted(attrs))) for tag, attrs in self.elements]


def shown(card: CardView, template: str = "upsell/card.html") -> Page:
    if template == "upsell/card.html":
        return Page(render(template, card=card))
    return Page(render(template, card=card, parent_origin="https://shop.mara.example", theme="dark"))


def a_full_card(text: str, state: CardState) -> CardView:
    """Every field that a merchant, the provider or a browser can fill holds this text."""
    return CardView(
        state=state, one_click=True, quantity=2, poll_ms=1, gain=(text, text), other_methods=(MethodChoice(text, text),),
        receipt=((text, text),), links=(Link(text, text),), **dict.fromkeys(TEXTS, text),
    )  # fmt: skip


@pytest.mark.parametrize("name", OURS)
def test_every_template_compiles(name):
    assert environment().get_template(name)


def test_every_state_has_its_partial_and_its_example():
    assert {card.state for card in examples().values()} == set(CardState)
    for state in CardState:
        assert f"upsell/_{state}.html" in NAMES


@pytest.mark.parametrize("template", LAYOUTS)
@pytest.mark.parametrize("name", examples())
def test_every_face_is_one_root_with_one_status_and_one_name(name, template):
    card = examples()[name]
    page = shown(card, template)
    assert page.balanced
    (root,) = [attrs for tag, attrs in page.elements if attrs.get("id") == "encore-offer"]
    assert (root["data-state"], root["data-offer"]) == (card.state, card.offer)
    assert root["aria-labelledby"] == "encore-title"
    for mark in ("encore-title", "encore-status"):
        assert len([1 for _, attrs in page.elements if attrs.get("id") == mark]) == 1
    assert len([1 for _, attrs in page.elements if attrs.get("role") == "status"]) == 1
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))


SURE = "open_sure"  # after a press in doubt; its no is the way back, and lies where the yes was
TERMS = ("open_terms", "open_not_agreed")  # read before what renews by itself is paid for; its no is the way back
ONE_YES = [name for name in examples() if name.startswith("open") and name not in {*TERMS, SURE, "open_plan"}]


@pytest.mark.parametrize("name", ONE_YES)
def test_the_yes_is_a_button_whose_name_has_the_exact_amount_and_the_no_comes_right_after_it(name):
    card = examples()[name]
    page = shown(card)
    (yes, yes_text), (no, no_text) = [found for found in page.all("button") if found[1] != "Show the price"][:2]
    assert " ".join(card.price.split()) in yes_text
    assert yes_text == " ".join((card.pay_label if card.one_click else card.checkout_label).split())
    assert no_text == card.decline_label
    assert yes["type"] == no["type"] == "submit"
    assert not {"aria-label", "aria-hidden", "disabled"} & (set(yes) | set(no))


def test_what_renews_by_itself_is_paid_beside_all_its_terms_and_a_box_that_nobody_has_ticked():
    card = examples()[TERMS[0]]
    page = shown(card)
    (yes, back) = [text for _, text in page.all("button")]
    assert (yes, back) == (card.pay_label, "Go back")
    ((box, _),) = page.all("input", type="checkbox")
    assert "required" in box
    assert "checked" not in box
    text = render("upsell/card.html", card=card)
    for line in (card.recurring, *(value for _, value in card.confirm)):
        assert text.index(line) < text.index('class="accept"')


def test_a_press_in_doubt_is_asked_about_with_the_yes_where_the_no_was():
    card = examples()[SURE]
    page = shown(card)
    assert [text for _, text in page.all("button")] == ["Go back", card.pay_label]
    assert card.price in card.pay_label
    assert not page.all("input", type="checkbox")


def test_an_offered_plan_is_never_paid_from_the_card():
    card = examples()["open_plan"]
    page = shown(card)
    assert [text for _, text in page.all("button")] == ["See what changes", card.decline_label]
    assert "/upsell/accept" not in render("upsell/card.html", card=card)


def test_the_terms_stand_before_the_button():
    card = examples()["open_recurring"]
    text = render("upsell/card.html", card=card)
    for line in (card.recurring, card.tax_line, card.difference, card.discount_line, card.method, card.price):
        assert text.index(line) < text.index('class="accept"')


@pytest.mark.parametrize("name", examples())
def test_every_form_works_without_a_script_and_carries_the_key(name):
    page = shown(examples()[name])
    for attrs, _ in page.all("form"):
        assert attrs["method"] == "post"
        assert attrs["action"].startswith(("/upsell/", "/plan_change/preview"))
        assert attrs.get("hx-post", attrs["action"]) == attrs["action"]
        if "hx-post" in attrs:
            # A press is never sent twice; of two picks the last one counts.
            assert attrs["hx-sync"] == ("this:replace" if attrs["action"] == "/upsell/pick" else "this:drop")
    assert len(page.all("input", name="key")) == len(page.all("form")) == len(page.all("button"))


def test_the_way_to_the_checkout_and_to_the_bank_leaves_the_frame():
    (form, _), _ = shown(examples()["open_hosted"]).all("form")
    assert (form["action"], form["target"]) == ("/upsell/checkout", "_top")
    assert "hx-post" not in form
    ((link, _),) = shown(examples()["action"]).all("a")
    assert (link["target"], link["rel"]) == ("_top", "noreferrer")


@pytest.mark.parametrize("state", ["working", "action", "preparing"])
def test_while_it_is_not_decided_nothing_else_can_be_pressed(state):
    page = shown(examples()[state])
    assert [attrs["action"] for attrs, _ in page.all("form")] == ["/upsell/status"]
    assert [text for _, text in page.all("button")] == ["Check again"]


@pytest.mark.parametrize("name", ["paid", "declined", "closed", "empty", "error"])
def test_what_is_over_asks_for_nothing(name):
    assert shown(examples()[name]).all("form") == []


@pytest.mark.parametrize("polls", [0, 1])
def test_every_poll_is_a_new_element_so_that_it_asks_again(polls):
    page = shown(replace(examples()["working"], polls=polls))
    assert page.all("form", id=f"encore-poll-{polls}")


@pytest.mark.parametrize("name", examples())
@pytest.mark.parametrize("template", LAYOUTS)
def test_nothing_is_inline_and_everything_comes_from_us(template, name):
    page = shown(examples()[name], template)
    for tag, attrs in page.elements:
        assert tag != "style"
        assert not [attr for attr in attrs if attr == "style" or attr.startswith(("on", "hx-on"))]
        assert tag != "script" or attrs["src"].startswith("/a/")
        assert attrs.get("src", "/").startswith("/")
        assert "js:" not in " ".join(attrs.values())


def test_the_frame_knows_whom_it_may_speak_to_and_the_page_speaks_to_nobody():
    assert shown(examples()["open"], "embed.html").elements[0][1]["data-parent-origin"] == "https://shop.mara.example"
    assert "data-parent-origin" not in shown(examples()["open"], "page.html").elements[0][1]


def test_the_page_in_between_always_has_its_way_on():
    for card in examples().values():
        page = shown(
            replace(card, continue_url="https://shop.mara.example/thanks", continue_label="Continue"), "page.html"
        )
        (onward,) = page.all("a", href="https://shop.mara.example/thanks")
        assert onward[1] == "Continue"


def test_the_one_404_says_nothing_but_that():
    pages = [
        Page(render(name, status=404, message="This page is no longer valid.", locale="en"))
        for name in ("gone.html", "upsell/_gone_card.html")
    ]
    for page in pages:
        assert page.balanced
        assert len(page.all("section", id="encore-offer", data_state="error")) == 1
        assert page.all("form") == page.all("a") == []


@pytest.mark.parametrize("template", LAYOUTS)
@pytest.mark.parametrize("state", list(CardState))
def test_hostile_words_do_not_change_what_is_there(state, template):
    plain = shown(a_full_card("x", state), template).shape
    for text in HOSTILE:
        page = shown(a_full_card(text, state), template)
        assert page.shape == plain
        assert page.balanced


def test_a_megabyte_of_markup_in_one_field_stays_text():
    card = examples()["open"]
    assert shown(replace(card, headline="<b>" * 333_333)).shape == shown(card).shape


@given(st.text(min_size=1, max_size=80), st.sampled_from(CardState))
@settings(max_examples=150, derandomize=True, suppress_health_check=list(HealthCheck))
def test_no_words_at_all_change_what_is_there(text, state):
    assert shown(a_full_card(text, state), "page.html").shape == shown(a_full_card("x", state), "page.html").shape


def test_a_name_that_was_not_handed_in_is_an_error():
    with pytest.raises(Exception, match="parent_origin"):
        render("embed.html", card=examples()["open"])
