"""The plan panel in every face: one root, plain forms that carry what was chosen, and words that stay words."""

from html.parser import HTMLParser
from typing import Any

import pytest
from msgspec.structs import fields, replace

from widget.core.plan_panel import PanelState
from widget.plan_change.examples import examples
from widget.plan_change.panel import MethodChoice, PanelView, PlanOption, Row, Stepper, Tab, Way
from widget.web.receipt import Link
from widget.web.render import render

VOID = {"meta", "link", "input", "img", "br"}
PANEL, EMBED, PAGE = "plan_change/panel.html", "plan_change/embed.html", "plan_change/page.html"
LAYOUTS = (PANEL, EMBED, PAGE)
HOSTILE = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "' autofocus onfocus=alert(1) x='", "<!--",
    "</title></section></main></body><h1>", "{{ 7 * 7 }}{% raw %}", "\u202egnirts\u202c\u2066", "\x00\x01", "javascript:alert(1)",
)  # fmt: skip
STRUCTURE = {"state", "step", "poll_ms", "polls", "direction"}  # decide what is there; never words from outside


class Element:
    """One element: its name, attributes, text and the elements around it."""

    def __init__(self, tag: str, attrs: dict[str, str], around: tuple["Element", ...]) -> None:
        self.tag, self.attrs, self.around, self.text = tag, attrs, around, ""

    def inside(self, other: "Element") -> bool:
        return other in self.around


class Tree(HTMLParser):
    """The elements of a panel in order; unbalanced ends are noticed."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.balanced = True
        self.feed(text)
        self.close()
        self.balanced = self.balanced and not self._open

    def handle_starttag(self, tag, attrs):
        one = Element(tag, {name: value or "" for name, value in attrs}, tuple(self._open))
        self.elements.append(one)
        if tag not in VOID:
            self._open.append(one)

    def handle_endtag(self, tag):
        if not self._open or self._open.pop().tag != tag:
            self.balanced = False

    def handle_data(self, data):
        for one in self._open:
            one.text += data

    def all(self, tag: str, **wanted: str) -> list[Element]:
        return [
            one for one in self.elements
            if one.tag == tag and all(one.attrs.get(key) == value for key, value in wanted.items())
        ]  # fmt: skip

    def sent_by(self, form: Element) -> dict[str, str]:
        """What a form sends without its buttons."""
        return {one.attrs["name"]: one.attrs.get("value", "") for one in self.all("input") if one.inside(form)}

    @property
    def shape(self) -> list[tuple[str, tuple[str, ...]]]:
        return [(one.tag, tuple(sorted(one.attrs))) for one in self.elements]


def drawn(panel: PanelView, layout: str = PANEL) -> Tree:
    more = {} if layout == PANEL else {"parent_origin": "https://shop.mara.example", "theme": "dark"}
    return Tree(render(layout, panel=panel, **more))


def form_to(tree: Tree, action: str) -> Element:
    (form,) = tree.all("form", action=action)
    return form


def test_every_state_and_every_step_has_its_example():
    assert {panel.state for panel in examples().values()} == set(PanelState)
    assert {panel.step for panel in examples().values()} == {"plans", "downsell", "cancel"}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", examples())
def test_every_face_has_one_root_one_heading_one_status(name, layout):
    panel = examples()[name]
    tree = drawn(panel, layout)
    assert tree.balanced
    (root,) = tree.all("section", id="encore-plans")
    told = [root.attrs[f"data-{what}"] for what in ("state", "step", "plan")]
    assert told == [panel.state, panel.step, panel.plan]
    assert root.attrs["data-unreached"]
    assert (root.attrs["lang"], root.attrs["dir"]) == (panel.locale, panel.direction)
    assert (root.attrs["hx-target:inherited"], root.attrs["hx-swap:inherited"]) == ("#encore-plans", "outerMorph")
    (heading,) = tree.all("h2", id=root.attrs["aria-labelledby"])
    assert heading.attrs["tabindex"] == "-1"
    assert heading.text.strip()
    (status,) = [one for one in tree.elements if one.attrs.get("role") == "status"]
    assert status.attrs["id"] == "encore-status"
    assert status.text.strip()
    named = [one.attrs["id"] for one in tree.elements if "id" in one.attrs]
    assert len(named) == len(set(named))


@pytest.mark.parametrize("name", examples())
def test_every_action_is_a_plain_form_with_the_key(name):
    tree = drawn(examples()[name])
    for form in tree.all("form"):
        assert form.attrs["method"] == "post"
        assert form.attrs["action"].startswith("/plan_change/")
        assert tree.sent_by(form)["key"] == "example"
        if form.attrs.get("target") == "_top":  # to a page at the provider: never a swap
            assert not [attr for attr in form.attrs if attr.startswith("hx-")]
        else:
            assert form.attrs["hx-post"] == form.attrs["action"]
            assert form.attrs["hx-sync"] == "this:drop"
    for button in tree.all("button"):
        assert button.attrs["type"] == "submit"
        assert any(form in button.around for form in tree.all("form"))


def test_what_leads_to_the_provider_leaves_the_frame():
    tree = drawn(examples()["refused"])
    leaving = [form for form in tree.all("form", action="/plan_change/method") if form.attrs.get("target") == "_top"]
    assert [tree.sent_by(form) for form in leaving] == [{"key": "example", "new": "yes"}]
    (saved,) = [form for form in tree.all("form", action="/plan_change/method") if "target" not in form.attrs]
    assert tree.sent_by(saved)["method"] == "pm_2"


def test_another_plan_is_chosen_with_the_seats_add_ons_and_code_on_the_screen():
    tree = drawn(examples()["choices"])
    form = form_to(tree, "/plan_change/preview")
    assert tree.sent_by(form).keys() == {"key", "period", "quantity", "addon:adn_seat", "code"}
    plans = [one for one in tree.all("button", name="product") if one.inside(form)]
    # Enter in a field presses the first of a form: what one has, with the numbers typed.
    assert [one.attrs["value"] for one in plans] == ["pdt_basic", "pdt_lite", "pdt_pro", "pdt_pro_year", "pdt_basic"]


def test_without_fields_enter_on_the_switch_chooses_the_plan_one_has():
    tree = drawn(examples()["choices_bare"])
    buttons = [one for one in tree.all("button") if one.inside(form_to(tree, "/plan_change/preview"))]
    assert [one.attrs["value"] for one in buttons] == ["pdt_basic", "pdt_lite", "pdt_pro", "pdt_pro_year"]


def test_the_plan_one_has_is_no_choice_and_says_what_it_is():
    tree = drawn(examples()["choices"])
    (current,) = [one for one in tree.all("div") if "current" in one.attrs.get("class", "").split()]
    assert not [one for one in tree.all("button") if one.inside(current)]
    assert "Your plan" in current.text


def test_periods_are_radio_buttons_that_ask_nobody_and_one_period_needs_no_switch():
    tree = drawn(examples()["choices"])
    radios = tree.all("input", type="radio")
    assert [one.attrs["value"] for one in radios] == ["month", "year"]
    assert ["checked" in one.attrs for one in radios] == [True, False]
    assert {one.attrs["id"] for one in radios} <= {one.attrs.get("for") for one in tree.all("label")}
    assert drawn(examples()["choices_ending"]).all("input", type="radio") == []


def test_numbers_have_their_bounds_and_their_names():
    tree = drawn(examples()["choices"])
    for number in tree.all("input", type="number"):
        assert {"min", "max", "step", "required"} <= number.attrs.keys()
        assert tree.all("label", **{"for": number.attrs["id"]})


@pytest.mark.parametrize(
    "name", [name for name, panel in examples().items() if panel.state == "quote" and panel.confirm]
)
def test_the_button_of_a_quote_says_the_exact_amount_and_is_the_only_one_that_confirms(name):
    panel = examples()[name]
    tree = drawn(panel)
    form = form_to(tree, "/plan_change/confirm")
    (button,) = [one for one in tree.all("button") if one.inside(form)]
    assert button.text == panel.confirm.label
    assert not {"aria-label", "aria-hidden", "disabled"} & button.attrs.keys()
    assert any(amount in button.text for amount in (panel.due, "$30.00 credit"))


def test_a_quote_that_cannot_be_confirmed_names_no_card_that_is_charged():
    for name in ("quote_no_method", "quote_not_exact"):
        tree = drawn(examples()[name])
        assert tree.all("form", action="/plan_change/confirm") == []
        assert "Charged to" not in "".join(one.text for one in tree.all("section"))


def test_what_is_lost_is_read_before_the_button():
    tree = drawn(examples()["quote_later"])
    lost = next(one for one in tree.elements if one.attrs.get("class") == "lost")
    assert "Layers and masks" in lost.text
    confirm = next(one for one in tree.all("button") if one.inside(form_to(tree, "/plan_change/confirm")))
    assert tree.elements.index(lost) < tree.elements.index(confirm)


@pytest.mark.parametrize(
    "name", [name for name in examples() if name.startswith(("quote", "choices_cancel", "choices_downsell"))]
)
def test_every_step_has_its_way_back(name):
    tree = drawn(examples()[name])
    (back,) = [one for one in tree.all("button") if one.inside(form_to(tree, "/plan_change/choices"))]
    assert back.text == "Back to the plans"


def test_cancelling_asks_why_and_takes_no_answer_too():
    tree = drawn(examples()["choices_cancel"])
    form = form_to(tree, "/plan_change/cancel")
    assert tree.sent_by(form)["sure"] == "yes"
    assert [one.attrs["name"] for one in tree.all("textarea") if one.inside(form)] == ["comment"]
    reasons = tree.all("input", type="radio", name="reason")
    assert len(reasons) == 8
    assert not [one for one in reasons if {"checked", "required"} & one.attrs.keys()]


def test_the_bank_asks_beside_the_panel():
    (link,) = drawn(examples()["action"]).all("a")
    assert link.attrs["target"] == "_blank"
    assert "noopener" in link.attrs["rel"].split()


@pytest.mark.parametrize("name", ["working", "working_slow", "action", "action_no_link"])
def test_while_it_is_not_decided_it_can_only_be_asked_again(name):
    panel = replace(examples()[name], polls=7)
    tree = drawn(panel)
    (form,) = tree.all("form")
    assert form.attrs["action"] == "/plan_change/status"
    assert tree.sent_by(form) == {"key": "example", "polls": "7"}
    assert form.attrs["id"] == "encore-poll-7"  # a new element each time, so that it asks again


@pytest.mark.parametrize("name", examples())
def test_money_stands_apart_from_the_direction_of_the_words(name):
    tree = drawn(examples()[name])
    for one in tree.elements:
        if one.attrs.get("class", "").split()[:1] in (["amount"], ["due"], ["option-price"], ["difference"]):
            assert [inner for inner in tree.all("bdi") if inner.inside(one)], one.text
    for name in [*tree.all("h2"), *tree.all("dt"), *(one for one in tree.all("bdi") if one.around[-1].tag == "h3")]:
        assert name.attrs["dir"] == "auto"


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", examples())
def test_nothing_is_inline_and_everything_comes_from_us(name, layout):
    for one in drawn(examples()[name], layout).elements:
        assert one.tag != "style"
        assert not [attr for attr in one.attrs if attr == "style" or attr.startswith(("on", "hx-on"))]
        assert one.attrs.get("src", "/a/").startswith("/a/")


def test_the_frame_knows_whom_it_may_speak_to_and_the_page_its_way_on():
    assert drawn(examples()["quote"], EMBED).elements[0].attrs["data-parent-origin"] == "https://shop.mara.example"
    page = drawn(replace(examples()["quote"], continue_url="https://shop.mara.example/account"), PAGE)
    assert "data-parent-origin" not in page.elements[0].attrs
    assert page.all("a", href="https://shop.mara.example/account")


def test_what_opens_nothing_says_only_that():
    tree = Tree(
        render("plan_change/_gone_panel.html", status=404, message="This page is no longer valid.", locale="en")
    )
    assert tree.balanced
    (root,) = tree.all("section", id="encore-plans")
    assert root.attrs["data-state"] == "error"
    assert tree.all("form") == tree.all("a") == tree.all("button") == []


def every_word(text: str, panel: PanelView) -> PanelView:
    """The panel with this text wherever a merchant, the provider or a browser may put words."""
    way = Way("/plan_change/keep", text, ((text, text),))
    option = PlanOption(
        text, text, price=text, difference=text, description=text, features=(text,), adds=(text,), loses=(text,),
        badge=text, choose_label=text, note=text,
    )  # fmt: skip
    tab = Tab(text, text, selected=True, options=(option, replace(option, current=True, current_label=text)))
    given: dict[str, Any] = {
        "tabs": (tab, replace(tab, selected=False)), "steppers": (Stepper(text, text, 1, 0, 2, price=text),),
        "ways": (way,), "confirm": way, "decline": way, "rows": (Row(text, text, note=text),),
        "links": (Link(text, text),),
        "methods": (MethodChoice(text, text),), "reasons": ((text, text),), "discounts": (text,), "loses": (text,),
    }  # fmt: skip
    words = {one.name: text for one in fields(PanelView) if one.name not in STRUCTURE | given.keys()}
    return replace(panel, **(words | given))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    "name", ["choices", "choices_downsell", "choices_cancel", *(s for s in PanelState if s != "choices")]
)
def test_hostile_words_do_not_change_what_is_there(name, layout):
    plain = drawn(every_word("x", examples()[name]), layout).shape
    for text in HOSTILE:
        tree = drawn(every_word(text, examples()[name]), layout)
        assert tree.shape == plain
        assert tree.balanced
