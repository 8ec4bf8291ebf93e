"""How long choosing an offer and reading the report take: `python bench/offers_at_scale.py URL [--presentations 1000000]`.

URL is an empty database, sqlite:///… or postgresql://…, and is filled. The provider answers at once: what is measured is ours.
"""

import argparse
import asyncio
import os
import platform
import statistics
import time
from datetime import UTC, datetime

from widget.core.condition import Condition, Total
from widget.core.money import Money
from widget.core.offer import Offer, Rule, Texts
from widget.core.offers_file import OffersFile
from widget.core.payment import Address, Order, Payment, Preview, Product
from widget.storage import offers, reports, showing
from widget.storage.database import current, migrate, open_database, rows
from widget.storage.occasions import Occasion
from widget.storage.rollups import DAY_MS, NUMBERS
from widget.upsell.choosing import choose

DAYS = 365
TODAY = 20_500
BATCH = 50_000
RUNS = 200

NUMBER = (
    "WITH RECURSIVE n(i) AS (SELECT CAST({} AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < CAST({} AS BIGINT)) "
)
DAY = f"({TODAY} - i % {DAYS})"
SEED = (
    "INSERT INTO occasion (id, placement, payment_id, customer_id, state, products, asked_at, prepared_at) "
    f"SELECT 'occ_' || i, 'post_purchase', 'pay_' || i, 'cus_' || (i / 5), 'ready', '[]', {DAY} * {DAY_MS}, {DAY} * {DAY_MS} FROM n",
    "INSERT INTO quote (id, presentation_id, product_id, quantity, method_id, amount, subtotal, discount, tax, currency, country, "
    f"made_at, expires_at) SELECT 'quo_' || i, 'pre_' || i, 'pdt', 1, '', 1900, 1900, 0, 0, 'USD', 'US', {DAY} * {DAY_MS}, 0 FROM n",
    "INSERT INTO presentation (id, occasion_id, step, offer_name, offer_version, customer_id, product_id, quantity, state, one_click, "
    "card, methods, verdict, quote_id, prepared_at, opened_at, closes_at) SELECT 'pre_' || i, 'occ_' || i, 0, 'offer-' || (i / 365 % 100), 1, "
    '\'cus_\' || (i / 5), \'pdt\', 1, \'open\', 0, \'{{"texts":{{"headline":"A"}},"product_name":"A","product_image":null}}\', \'[]\', '
    f"'[]', 'quo_' || i, {DAY} * {DAY_MS}, {DAY} * {DAY_MS}, 0 FROM n",
)
ROLL_UP = (
    f"INSERT INTO report_day (id, day, offer_name, placement, locale, currency, {', '.join(NUMBERS)}) "
    f"SELECT d || '|' || offer_name, d, offer_name, 'post_purchase', 'en', 'USD', COUNT(*){', COUNT(*)' * (len(NUMBERS) - 1)} "
    f"FROM (SELECT prepared_at / {DAY_MS} AS d, offer_name FROM presentation) AS line GROUP BY d, offer_name RETURNING day"
)


class AtOnce:
    """A provider that knows everything and answers at once."""

    async def methods(self, customer_id: str):
        return ()

    async def product(self, product_id: str) -> Product:
        return Product(product_id, "A", "", None, Money(1900, "USD"), False)

    async def owns(self, customer_id: str, product_id: str) -> bool:
        return False

    async def preview(self, order: Order) -> Preview:
        return Preview(Money(1900, "USD"), 1900, 0, 0, "US")

    async def payments_of(self, customer_id: str, *, since: datetime):
        return ()


def offer(number: int, size: int) -> Offer:
    """The last fits everybody; of the others half are about a product, the rest about a country, a sum or both in a tree."""
    name, product = f"offer-{number}", f"pdt_{number % 500}"
    if number == size - 1:
        return Offer(name, product, Texts("A"), priority=-1)
    tree = Condition(all=(Condition(total=Total(at_least=10**7)), Condition(not_bought=("pdt_1",))))
    shapes = (
        {"rule": Rule(bought_any=(f"sku_{number % 400}",), min_total=10**6)},
        {"when": Condition(all=(Condition(bought=(f"sku_{number % 400}",)), Condition(total=Total(at_least=10**6))))},
        {"rule": Rule(countries=("FR", "DE"))},
        {"rule": Rule(min_total=10**6), "when": tree},
    )
    return Offer(name, product, Texts("A"), **shapes[number % 4])


async def seed(presentations: int) -> None:
    """In batches, all by INSERT from SELECT."""
    for start in range(0, presentations, BATCH):
        for statement in SEED:
            into, _, select = statement.partition("SELECT ")
            sql = f"{into}{NUMBER}SELECT {select}"
            await rows(sql, start, min(start + BATCH, presentations) - 1)
    await rows(ROLL_UP)
    await rows("ANALYZE")


async def timed(work) -> tuple[float, float, float]:
    """The median and the 95th percentile of many runs, and the median of this process's own work, in milliseconds.

    On a machine that others use, too, a run waits for its turn: the third says what it takes without the waiting. Of
    Postgres the server's work is not in it.
    """
    took, worked = [], []
    for run in range(RUNS):
        before, began = time.perf_counter(), time.process_time()
        await work(run)
        took.append((time.perf_counter() - before) * 1000)
        worked.append((time.process_time() - began) * 1000)
    return statistics.median(took), statistics.quantiles(took, n=20)[-1], statistics.median(worked)


def payment(run: int) -> Payment:
    """Somebody buys two things."""
    bought = ((f"sku_{run % 400}", 1), (f"sku_{run * 7 % 400}", 1))
    now = datetime.fromtimestamp(TODAY * DAY_MS / 1000, UTC)
    return Payment("pay", f"cus_{run}", "bus", "succeeded", Money(4900, "USD"), 0, now, bought, billing=Address("US"))


async def measure(size: int) -> float:
    """Prints a line each for choosing and showing with so many offers in force; the median of the work of choosing."""
    file = OffersFile(offers=tuple(offer(number, size) for number in range(size)))
    await offers.apply(f"# {size}", file, by="bench", at=0)
    before = time.perf_counter()
    await offers.line_up()
    print(f"| {size} offers read once | {(time.perf_counter() - before) * 1000:.0f} ms | | |")

    async def one(run: int) -> None:
        bought = payment(run)
        asked = Occasion(f"occ_{run}", "post_purchase", "pay", "asked")
        choice = await choose(AtOnce(), asked, bought, tuple(p for p, _ in bought.products), now=TODAY * DAY_MS)
        assert choice.steps

    median, slow, work = await timed(one)
    print(f"| {size} offers, choose one | {median:.2f} ms | {slow:.2f} ms | {work:.2f} ms |")
    return work


async def main() -> None:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--presentations", type=int, default=1_000_000)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 1_000, 10_000])
    args = parser.parse_args()
    async with open_database(args.url):
        await migrate()
        before = time.perf_counter()
        await seed(args.presentations)
        print(
            f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} cores, {current().engine_type}, ",
            end="",
        )
        (there,) = await rows("SELECT COUNT(*) AS times FROM presentation")
        print(f"{there['times']} presentations, filled in {time.perf_counter() - before:.0f} s\n")
        print("| what | median | 95th percentile | own work |\n|---|---|---|---|")
        medians = [await measure(size) for size in args.sizes]
        assert await showing.by_payment("post_purchase", "pay_31", ticket="t") is not None
        show = await timed(lambda run: showing.by_payment("post_purchase", f"pay_{run * 31}", ticket="t"))
        print(f"| show a card | {show[0]:.2f} ms | {show[1]:.2f} ms | {show[2]:.2f} ms |")
        year = await timed(lambda _: reports.per_offer(since=TODAY - DAYS, until=TODAY + 1))
        print(f"| the report of a year | {year[0]:.1f} ms | {year[1]:.1f} ms | {year[2]:.1f} ms |\n")
        ratios = ", ".join(
            f"{size}: {median / medians[0]:.1f}" for size, median in zip(args.sizes, medians, strict=True)
        )
        print(f"Choosing as a multiple of the smallest file: {ratios}.")


if __name__ == "__main__":
    asyncio.run(main())
