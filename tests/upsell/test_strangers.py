"""A typed e-mail address proves nothing: nobody charges somebody else's saved card by knowing their address."""

import re


async def pay_as(stage, location, email):
    page = (await stage.sandbox.get(location)).text
    total = re.search(r'name="shown_total" value="(\d+)"', page)[1]
    card = {
        "card_number": "5555555555554444",
        "expiry": "06/32",
        "cvc": "123",
        "payment_method": "new",
        "action": "pay",
    }
    who = {"email": email, "name": "Rex", "country": "US", "zipcode": "94107", "shown_total": total}
    return await stage.sandbox.post(location, data=card | who)


async def test_a_buyer_by_link_who_types_nadias_address_cannot_charge_nadias_card(stage):
    start = await stage.encore.get("/buy/pdt_course", params={"next": "http://shop.localhost:8402/thanks"})
    back = (await pay_as(stage, start.headers["location"], "nadia@example.com")).headers["location"]
    (made,) = await stage.requests("POST /checkouts")
    assert made["body"]["feature_flags"] == {"always_create_new_customer": True}
    page = (await stage.encore.get(back)).text
    assert "Visa ···· 4242" not in page


async def test_a_return_url_of_a_merchant_charges_only_the_method_that_paid(stage):
    made = (
        await stage.encore.post(
            "/api/v1/returns", json={}, headers={"authorization": "Bearer merchant-api-key-for-tests"}
        )
    ).json()
    payment = await stage.purchase("cus_otto", metadata=made["metadata"], payment_method_id="pm_otto_mastercard")
    await stage.open(payment)
    from tests.stage import Card

    card = Card(stage, await stage.encore.get(made["return_url"]))
    assert card.state == "open"
    assert "Mastercard" in card.text
    assert "Visa" not in card.text
    picked = await card.press("method", method="pm_otto_visa")
    await (await picked.press("accept")).settled()
    (call,) = [row for row in await stage.requests("POST /checkouts") if row["body"].get("confirm")]
    assert call["body"]["payment_method_id"] == "pm_otto_mastercard"
