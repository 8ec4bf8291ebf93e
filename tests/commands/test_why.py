"""`encore why`: for every occasion each offer, each check with its value, and what would have to change."""

from widget.core.considered import Considered, missing
from widget.core.offer import Check
from widget.storage import occasions


def test_what_is_missing_is_said_by_check_and_value():
    left = Considered("brushes", (Check("bought_any", "pdt_course", True), Check("not_owned", "true", False)), False)
    assert missing(left) == ("not_owned (true): the customer must not have it already, or repeats be allowed",)
    ruled = Considered("brushes", (Check("country", "FR", False, "any of DE, AT"),), False)
    assert missing(ruled) == ("country (FR): the rule needs any of DE, AT",)


def test_a_missing_method_does_not_keep_an_offer_from_being_shown_but_from_one_click():
    check = Check("has_method", "0", False)
    assert missing(Considered("brushes", (check,), False)) == ()
    assert missing(Considered("brushes", (check,), True)) == (
        "has_method (0): the customer needs a saved payment method",
    )


async def test_each_offer_considered_is_kept_with_the_occasion(stage):
    payment = await stage.purchase("cus_nadia", "pdt_course")
    await stage.open(payment)
    (found,) = await occasions.reasons(payment["payment_id"])
    by_name = {one.offer: one for one in found.considered}
    assert by_name["workbook-with-course"].chosen
    assert ("bought_any", "pdt_course", True) in [
        (c.name, c.value, c.held) for c in by_name["workbook-with-course"].checks
    ]
    behind = by_name["course-after-purchase"]
    assert not behind.chosen
    assert any(need.startswith("first_in_order (workbook-with-course)") for need in missing(behind))
    assert await occasions.reasons("cus_nadia") == (found,)
    assert await occasions.reasons("pay_nothing") == ()


def test_the_command_says_it_for_people_and_for_machines(encore):
    assert encore("migrate").returncode == 0
    done = encore("why", "pay_nothing")
    assert (done.returncode, done.stdout) == (1, "")
    assert "No occasion is known for pay_nothing" in done.stderr
