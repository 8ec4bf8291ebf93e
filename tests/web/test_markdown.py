"""A merchant's text: the few things it may do, and everything it may not."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.core.placeholders import ALWAYS, PLACES, Filling, complete, filled, place_flaw
from widget.web.markdown import line, prose

NOTHING = Filling(product="Workbook", price="$12.40")
EVERYTHING = Filling(product="Studio", price="$12.40", renewal="$8.00 every month", saving="$2.00")
ALLOWED = {"p", "br", "strong", "em", "ul", "ol", "li", "a"}

ATTACKS = [
    "<script>alert(1)</script>",
    "<ScRiPt/src=//evil.example>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<object data=javascript:alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href=\"https://ok.example\" onclick=alert(1)>x</a>",
    "<form action=https://evil.example><button>Pay</button></form>",
    "<base href=https://evil.example>",
    "<meta http-equiv=refresh content=0;url=https://evil.example>",
    "<link rel=stylesheet href=https://evil.example>",
    "<style>button{display:none}</style>",
    "<p style=position:fixed>x</p>",
    "<!--<img src=--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<input name=key value=x><button class=accept>Pay</button>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](vbscript:msgbox(1))",
    "[x](file:///etc/passwd)",
    "[x](http://plain.example)",
    "[x](//evil.example)",
    "[x](/upsell/accept)",
    "[x](https:evil.example)",
    "[x](https:///evil.example)",
    "[x](https://ok.example \"\" onmouseover=alert(1) x=\")",
    "[x](https://ok.example/\"onmouseover=\"alert(1))",
    "[x](https://ok.example \"title\\\" onmouseover=alert(1)\")",
    "[x]: javascript:alert(1)\n\n[x]",
    "![x](https://evil.example/pixel.png)",
    "![x\" onerror=\"alert(1)](y)",
    "<https://evil.example>",
    "<javascript:alert(1)>",
    "`<img src=x onerror=alert(1)>`",
    "```html\n<img src=x onerror=alert(1)>\n```",
    "    <img src=x onerror=alert(1)>",
    "# <img src=x onerror=alert(1)>",
    "| <img src=x> |\n|---|\n| <b> |",
    "**<img src=x onerror=alert(1)>**",
    "- <img src=x onerror=alert(1)>",
    "*<a href=javascript:alert(1)>*",
    "[<img src=x onerror=alert(1)>](https://ok.example)",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\\<script>alert(1)\\</script>",
    "{{<script>}}{product}",
    "\x00<script>\x00alert(1)</script>",
    "\ufeff<scr\u200bipt>alert(1)</script>",
    "\u202e<script>",
]  # fmt: skip


class Elements(HTMLParser):
    """Every element with its attributes, as a browser would open them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.odd: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_comment(self, data: str) -> None:
        self.odd.append(data)

    def handle_decl(self, decl: str) -> None:
        self.odd.append(decl)

    def handle_pi(self, data: str) -> None:
        self.odd.append(data)


def harmless(text: str) -> None:
    seen = Elements(text)
    assert seen.odd == []
    assert {tag for tag, _ in seen.found} <= ALLOWED
    for tag, attributes in seen.found:
        if tag != "a":
            assert attributes == {}
            continue
        assert set(attributes) <= {"href", "rel", "target"}
        if "href" in attributes:
            assert re.match(r"https://[^/\s]", attributes["href"] or "", re.IGNORECASE)
        assert (attributes["rel"], attributes["target"]) == ("noopener noreferrer", "_blank")


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_shown_as_the_text_it_is(attack: str):
    harmless(prose(attack, NOTHING))
    harmless(line(attack, NOTHING))
    harmless(prose("{product} and {price}", Filling(product=attack, price=attack)))


@given(
    st.lists(
        st.sampled_from([*ATTACKS, *"<>\"'`*_[]()!\\\n -&;:/{}=#", "https://ok.example", "a", "{product}"]), max_size=12
    )
)
def test_pieces_of_attacks_together_do_no_more(pieces: list[str]):
    text = "".join(pieces)
    harmless(prose(text, Filling(product=text[::-1], price=text)))
    assert {tag for tag, _ in Elements(line(text, NOTHING)).found} <= {"strong", "em"}


def test_the_few_things_a_text_may_do():
    said = prose(
        "Forty **exercises**, _one_ for each.\n\n- to print\n- [details](https://shop.example/a?b=1&c=2)\n\n1. first",
        NOTHING,
    )
    assert said == (
        "<p>Forty <strong>exercises</strong>, <em>one</em> for each.</p>\n<ul>\n<li>to print</li>\n"
        '<li><a href="https://shop.example/a?b=1&amp;c=2" target="_blank" rel="noopener noreferrer">details</a></li>\n</ul>\n'
        "<ol>\n<li>first</li>\n</ol>"
    )  # fmt: skip


def test_a_line_has_emphasis_and_nothing_else():
    assert line("**40** _lessons_ [x](https://ok.example) - {price}", NOTHING) == (
        "<strong>40</strong> <em>lessons</em> [x](https://ok.example) - $12.40"
    )


def test_a_name_is_shown_as_it_is_called_and_is_never_markdown():
    assert prose("**{product}**", Filling(product="*new* <b>[x](https://ok.example)", price="")) == (
        "<p><strong>*new* &lt;b&gt;[x](https://ok.example)</strong></p>"
    )


def test_a_line_whose_place_has_nothing_to_say_is_left_out():
    text = "All of it.\n\n- {price} today\n- {renewal} later\n- saves {saving}"
    assert prose(text, NOTHING) == "<p>All of it.</p>\n<ul>\n<li>$12.40 today</li>\n</ul>"
    assert "$8.00 every month later" in prose(text, EVERYTHING)
    assert line("{renewal}, as long as you like", NOTHING) == ""
    assert complete("{product} {price} {{renewal}}", NOTHING)


def test_braces_written_twice_are_braces():
    assert filled("{{product}} is {product} {{", NOTHING) == "{product} is Workbook {"


def test_an_amount_keeps_its_direction_in_a_text_read_from_the_right():
    assert filled("الآن {price}", NOTHING) == "الآن \u2068$12.40\u2069"
    assert filled("now {price}", NOTHING) == "now $12.40"


@pytest.mark.parametrize("text", ["", "{product}", "{{", "}}", "a {price} b {{x}}", "{{{product}}}"])
def test_places_that_are_known_are_fine(text: str):
    assert place_flaw(text) == ""


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("{produkt}", "did you mean {product}?"), ("{ price }", "did you mean {price}?"), ("{Price}", "did you mean {price}?"),
        ("{first_name}", "no place is called {first_name}"), ("{", "write {{ for the sign"), ("a } b", "write }} for the sign"),
        ("{}", "no place is called {}"), ("{product", "write {{ for the sign"), ("{product.__class__}", "no place is called"),
        ("{0}", "no place is called"), ("{price!r}", "no place is called"),
    ],
)  # fmt: skip
def test_an_unknown_place_and_a_stray_brace_are_named(text: str, part: str):
    assert part in place_flaw(text)


@pytest.mark.parametrize("name", sorted(set(PLACES) - set(ALWAYS)))
def test_what_not_every_offer_has_cannot_stand_in_a_headline(name: str):
    assert "body and gain only" in place_flaw(f"{{{name}}}", ALWAYS)
    assert place_flaw(f"{{{name}}}") == ""
