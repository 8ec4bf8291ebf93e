"""How the panel behaves under quick hands and the keyboard: focus, second presses, Enter; and what the host hears."""

import re
import secrets
import time

import jwt
import pytest
from playwright.sync_api import Page, expect

HEADING = "encore-title"


def _open(demo, page: Page, who: str = "nadia", product: str = "pdt_basic") -> None:
    """A new subscription of somebody, in the panel on a page of its own."""
    payment = demo.control("purchases", {"customer_id": f"cus_{who}", "product_id": product})
    now = int(time.time())
    claims = {"aud": "encore/plans", "sub": f"cus_{who}", "subscription_id": payment["subscription_id"]}
    stamped = claims | {"iat": now, "exp": now + 900, "jti": secrets.token_urlsafe(16)}
    ticket = jwt.encode(stamped, (demo.data / "signing-key").read_text().strip(), algorithm="HS256")
    page.goto(f"{demo.encore}/embed/plans/{ticket}")
    _expect(page, "choices")


def _expect(page: Page, state: str, step: str = "plans") -> None:
    panel = page.locator("#encore-plans")
    expect(panel).to_have_attribute("data-state", state, timeout=15_000)
    expect(panel).to_have_attribute("data-step", step)


def test_another_step_of_the_choices_takes_the_focus_to_its_heading(demo, page):
    _open(demo, page)
    page.get_by_role("button", name="Cancel plan").press("Enter")
    _expect(page, "choices", "downsell")
    expect(page.locator(f"#{HEADING}")).to_be_focused()
    page.get_by_role("button", name=re.compile("^No thanks")).press("Enter")
    _expect(page, "choices", "cancel")
    expect(page.locator(f"#{HEADING}")).to_be_focused()
    page.get_by_role("button", name="Back to the plans").press("Enter")
    _expect(page, "choices")
    expect(page.locator(f"#{HEADING}")).to_be_focused()


def test_a_sentence_above_the_plans_leaves_the_focus_in_the_panel(demo, page):
    _open(demo, page)
    page.get_by_role("button", name="See what it costs").press("Enter")
    expect(page.get_by_text("That is what you have already.")).to_be_visible()
    assert page.evaluate("document.getElementById('encore-plans').contains(document.activeElement)")


def test_a_second_press_meant_for_the_plan_finds_no_pay_button(demo, page):
    _open(demo, page)
    page.evaluate("""() => {
      window.found = [];
      new MutationObserver(() => setTimeout(() => {
        const pay = document.querySelector('form[action="/plan_change/confirm"] button');
        if (!pay) { return; }
        pay.scrollIntoView();
        const box = pay.getBoundingClientRect();
        const hit = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
        window.found.push(Boolean(hit && hit.closest('button')));
      }, 30)).observe(document.body, {subtree: true, attributes: true, attributeFilter: ['data-state']});
    }""")
    page.get_by_role("button", name="Change to Pro", exact=True).click()
    found = page.evaluate("""() => new Promise(done => {
      const look = () => window.found.length ? done(window.found) : setTimeout(look, 10);
      look();
    })""")
    assert found == [False]
    page.get_by_role("button", name=re.compile(r"^Pay \$")).click()  # waits until it can be hit
    _expect(page, "changed")


@pytest.mark.parametrize("name", ["choices_bare", "choices"])
def test_enter_on_the_switch_of_periods_chooses_no_other_plan(demo, page, name):
    page.goto(f"{demo.encore}/gallery/plans/{name}")
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.post_data or "") if one.method == "POST" else None)
    page.get_by_role("radio", name="Monthly").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="Change to Pro, yearly")).to_be_visible()
    expect(page.get_by_role("button", name="Change to Lite")).to_be_hidden()
    page.keyboard.press("Enter")
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert not [body for body in sent if "pdt_lite" in body or "pdt_pro" in body]


def test_the_chosen_plan_is_priced_with_the_seats_typed(demo, page):
    _open(demo, page)
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.post_data or "") if one.url.endswith("/preview") else None)
    page.get_by_label("Seats").fill("2")
    page.get_by_role("button", name="Change to Pro", exact=True).click()
    _expect(page, "quote")
    assert "pdt_pro" in sent[0]
    assert re.search(r"quantity\W+2", sent[0])


def _account(demo, page: Page):
    """The frame of a new subscription in the shop's account page."""
    demo.control("purchases", {"customer_id": "cus_nadia", "product_id": "pdt_basic"})
    page.goto(f"{demo.shop}/account")
    page.get_by_label("You are").select_option("cus_nadia")
    page.get_by_role("button", name="Sign in").click()
    frame = page.frame_locator("encore-plans iframe").first
    expect(frame.locator("#encore-plans")).to_have_attribute("data-state", "choices", timeout=15_000)
    return frame


def test_a_long_list_that_becomes_short_does_not_leave_the_reader_below_it(demo, page):
    page.set_viewport_size({"width": 390, "height": 640})
    frame = _account(demo, page)
    page.evaluate("document.body.style.paddingBottom = '4000px'")  # a long page: no end of it scrolls anything back
    frame.get_by_role("button", name="Cancel plan").click()
    expect(frame.locator("#encore-plans")).to_have_attribute("data-step", "downsell")
    expect(frame.locator("#encore-title")).to_be_in_viewport()
    assert 0 <= frame.locator("#encore-title").bounding_box()["y"] < 640


def test_the_host_page_hears_ready_once_and_each_change_once(demo, page):
    frame = _account(demo, page)
    panel = frame.locator("#encore-plans")
    one = page.locator("encore-plans").first
    one.evaluate("""here => {
      window.heard = [];
      for (const name of ['ready', 'plan-changed', 'failed', 'closed']) {
        here.addEventListener('encore:' + name, event => heard.push([name, event.detail.plan]));
      }
    }""")
    choose = frame.get_by_role("button", name=re.compile("^Change to ")).first
    choose.click()
    expect(panel).to_have_attribute("data-state", re.compile("quote"), timeout=15_000)
    frame.get_by_role("button", name="Back to the plans").click()
    expect(panel).to_have_attribute("data-state", "choices")
    frame.get_by_role("button", name="Change to Pro", exact=True).click()
    frame.get_by_role("button", name=re.compile(r"^Pay \$")).click()
    expect(panel).to_have_attribute("data-state", "changed", timeout=15_000)
    frame.get_by_role("button", name="Back to the plans").click()
    expect(panel).to_have_attribute("data-state", "choices")
    assert page.evaluate("window.heard") == [["plan-changed", "pdt_pro"]]


@pytest.mark.case("F-19")
def test_a_lost_line_leaves_the_plans_and_what_was_typed_where_they_are(demo, page):
    page.clock.install()
    page.goto(f"{demo.encore}/gallery/plans/choices")
    page.route("**/plan_change/status", lambda route: route.abort())
    page.get_by_label("Seats").fill("7")
    for _ in range(3):
        with page.expect_event("requestfailed") as failed:
            page.clock.run_for(600_000)
        assert failed.value.resource_type == "fetch"
        page.clock.run_for(60_000)  # longer than any pause before another try
    expect(page.get_by_label("Seats")).to_have_value("7")
    assert page.url.endswith("/gallery/plans/choices")
