"""G-11: what the button says is what was agreed to and what was taken, to the last minor unit, in every currency."""

import asyncio
import random
import time
from dataclasses import replace

from tests.campaign.figure import Figure, Tally, measuring, scaled
from tests.campaign.ground import database
from tests.stage import House, Stage, settings_for, staged
from widget.core.money import DIGITS
from widget.core.offers_file import read
from widget.sandbox.things import Product
from widget.storage import consents, offers

GOAL = (
    "10,000 of 10,000 random prices, over the 145 currencies, with tax added, included or none, one to five of a thing: "
    "the button, the consent, the books and the provider's ledger say the same amount"
)
ENGINES = ("sqlite",)
CURRENCIES = tuple(sorted(DIGITS))
_TAX = {"US": 0, "DE": 19, "FR": 20, "IN": 18, "AT": 20, "ES": 21, "IT": 22, "NL": 21, "SE": 25, "JP": 10}
_LEAST = 1_000  # above every minimum charge of the sandbox


def run(size: str, seed: int, engine: str) -> Figure:
    with measuring("G-11", GOAL, size, seed, engine) as tally:
        many = scaled(size, push=145, minutes=1_000, night=10_000)
        with database(engine) as url:
            asyncio.run(_all(tally, url, many, seed))
        if size == "push":
            tally.note = "each of the 145 currencies once instead of 500 prices, for the time a push may take"
    return tally.figure()


async def _all(tally: Tally, url: str, many: int, seed: int) -> None:
    settings, rng = settings_for(url), random.Random(seed)
    house = House(settings)
    async with staged(settings, house) as stage:
        for number in range(many):
            if number % len(CURRENCIES) == 0:
                await _shelf(house, rng)
            await _one(tally, stage, house, rng, CURRENCIES[number % len(CURRENCIES)], seed, number)


async def _shelf(house: House, rng: random.Random) -> None:
    """Two products of each currency, and an offer of one with the other: so many of it, tax in its price or not."""
    lines = []
    for currency in CURRENCIES:
        inclusive = rng.random() < 0.4
        for name in ("first", "extra"):
            product = f"pdt_{name}_{currency}"
            house.world.products[product] = Product(product, name, 5_000, currency, tax_inclusive=inclusive)
        lines += [
            "[[offer]]", f'name = "extra-{currency.lower()}"', f'product = "pdt_extra_{currency}"',
            f"quantity = {rng.randint(1, 5)}", '[offer.texts]', 'headline = "One more"', 'body = "It goes with it."',
            "[offer.rule]", f'bought_any = ["pdt_first_{currency}"]',
        ]  # fmt: skip
    written = "\n".join(lines)
    await offers.apply(written, read(written), by="mara", at=int(time.time() * 1000))


async def _one(
    tally: Tally, stage: Stage, house: House, rng: random.Random, currency: str, seed: int, number: int
) -> None:
    world, product, customer = house.world, f"pdt_extra_{currency}", f"cus_nadia_{number}"
    price = rng.randint(_LEAST, 10 ** rng.randint(4, 9))
    country = rng.choice(sorted(_TAX))
    world.products[product] = replace(world.products[product], price=price)
    world.customers[customer] = replace(
        world.customers["cus_nadia"], customer_id=customer, email=f"{customer}@example.com"
    )
    world.methods[f"pm_{number}"] = replace(
        world.methods["pm_nadia_visa"], payment_method_id=f"pm_{number}", customer_id=customer
    )
    bought = await stage.purchase(customer, f"pdt_first_{currency}", country=country, payment_method_id=f"pm_{number}")
    card = await stage.open(bought)
    button = next((text for text in card.buttons if text.startswith("Pay")), "")
    paid = await (await card.press("accept")).settled()
    tally.count("sales")
    ours = [entry for entry in world.ledger if entry.customer_id == customer and "encore_charge" in entry.metadata]
    if paid.state != "paid" or len(ours) != 1:
        tally.wrong(seed, f"number {number}, {price} {currency} in {country}: {paid.state}, {len(ours)} payments")
        return
    agreed = await consents.of(ours[0].metadata["encore_charge"])
    said = {"button": _digits(button), "ledger": ours[0].amount, "consent": agreed[-1].consent.total.amount}
    said["agreed words"] = _digits(agreed[-1].consent.text.rpartition("[")[2])
    if len(set(said.values())) != 1 or {ours[0].currency, agreed[-1].consent.total.currency} != {currency}:
        tally.wrong(seed, f"number {number}, {price} {currency} in {country}: {said}")


def _digits(text: str) -> int:
    """The amount in minor units: every digit of it is printed."""
    return int("".join(char for char in text if char.isdecimal()) or -1)
