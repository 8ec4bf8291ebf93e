"""Every route and every answer carries the headers of its class, no cookie ever, and no secret in what is logged."""

import re

import pytest

from tests.asgi import ask
from widget.web.headers import headers_for, kind_of


async def test_every_route_answers_with_its_headers_whatever_the_method(stage):
    from widget.app import create_app

    paths = {route.path for route in create_app(stage.settings).routes}
    for path in sorted(paths):
        real = (
            path.replace("{ticket:str}", "x")
            .replace("{product_id:str}", "pdt_nothing")
            .replace("{name:str}", "open")
            .replace("{digest:str}", "d")
        )
        for method in ("GET", "POST", "DELETE", "OPTIONS"):
            answer = await stage.encore.request(method, real)
            assert answer.status_code < 500, (method, real, answer.text)
            wanted = headers_for(
                kind_of(real, answer.status_code), stage.settings, path=real, status=answer.status_code
            )
            for name, value in wanted.items():
                assert answer.headers.get(name) == value, (method, real, name)
            assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/upsell/accept", "/embed/offer", "/api/v1/tickets", "/webhooks/dodo"])
async def test_a_huge_body_is_a_413(stage, path):
    answer = await stage.encore.post(
        path,
        content=b"x" * 2_000_000,
        headers={"sec-fetch-site": "same-origin", "content-type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code in {401, 413}


@pytest.mark.parametrize(
    "path",
    [
        "/%00",
        "/embed/offer/%00",
        "/after/%00",
        "/buy/%00",
        "/upsell/accept/../../x",
        "/" + "a" * 5000,
        "/gallery/%F0%28",
    ],
)
async def test_odd_paths_are_404_never_500(stage, path):
    assert (await stage.encore.get(path)).status_code in {400, 404}


@pytest.mark.parametrize(
    "path", ["/embed/offer/x", "/upsell/accept", "/buy/pdt%201", "/after/x", "/nowhere", "/docs", "/api/v1/occasions/x"]
)
async def test_bytes_that_are_no_text_in_a_query_are_no_fault_of_ours(stage, path):
    for query in (b"a=\xe9", b"\xf0\x9f", b"next=\xff&payment_id=\xff", b"a=%ff"):
        assert (await ask(stage.app, "GET", path, query=query)).status < 500


@pytest.mark.case("F-107")
async def test_a_card_may_be_framed_by_the_shop_only_and_the_page_in_between_by_nobody(stage):
    payment = await stage.purchase()
    card = (await stage.open(payment)).answer
    assert "frame-ancestors http://shop.localhost:8402" in card.headers["content-security-policy"]
    assert "x-frame-options" not in card.headers
    document = (await stage.get(stage.ticket(payment))).answer
    assert re.findall(r"</a/\w+/(\S+?)>; rel=preload; as=(\w+)", document.headers["link"]) == [
        ("card.css", "style"), ("frame.js", "script")
    ]  # fmt: skip
    page = await stage.encore.get("/after/x")
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "{{ 7 * 7 }}",
        "javascript:alert(1)",
        "\u202eevil",
        "'\"`</style>",
        "🏴‍☠️" * 30,
    ],
)
async def test_whatever_a_merchant_writes_stays_text(stage, text):
    import time

    from widget.core.offer import Offer, Texts
    from widget.core.offers_file import OffersFile
    from widget.storage import offers

    hostile = Offer(
        name="hostile",
        product="pdt_brushes",
        priority=99,
        texts=Texts(headline=text, body=text, gain=(text,), badge=text),
    )
    harmless = Offer(
        name="hostile", product="pdt_brushes", priority=99, texts=Texts(headline="x", body="x", gain=("x",), badge="x")
    )
    counts = []
    for number, offer in enumerate((harmless, hostile)):
        await offers.apply(f"# {number}", OffersFile((offer,)), by="mara", at=int(time.time() * 1000) + number)
        payment = await stage.purchase()
        await stage.open(payment)  # now it is prepared, and comes as a whole page
        card = await stage.get(stage.ticket(payment))
        assert card.state == "open"
        counts.append(card.answer.text.count("<"))
    assert counts[0] == counts[1]
