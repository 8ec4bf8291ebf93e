"""What `encore offers check` and `apply` ask Dodo: whether everything that a file names can be sold as it says."""

import asyncio
import os
from datetime import UTC, datetime

from widget.core.offers_file import OffersFile, Problem
from widget.core.payment import Addon, Product, PromoCode
from widget.core.plan_family import Collection
from widget.core.shelf import Shelf, named, shelf_flaws
from widget.core.toml_lines import line_of, lines, spelled
from widget.provider.asks import Asks, Unreadable
from widget.settings import SettingsError, load


class NotAsked(Exception):
    """Dodo was not asked, and why; the file alone has no problems."""


async def problems_at_dodo(text: str, file: OffersFile) -> list[Problem]:
    """Every problem by line, from the top of the file down; raises `NotAsked`."""
    from widget.provider.dodo import open_dodo

    try:
        settings = load(os.environ)
    except SettingsError:
        raise NotAsked("Dodo is not configured here") from None
    key, environment, base_url = settings.dodo_api_key.reveal(), settings.dodo_environment, settings.dodo_base_url
    async with open_dodo(api_key=key, environment=environment, base_url=base_url) as dodo:
        return await problems(dodo.asks, text, file)


async def problems(asks: Asks, text: str, file: OffersFile) -> list[Problem]:
    """The same with a provider at hand; raises `NotAsked` where it cannot be read."""
    shelf = await _shelf(asks, file)
    found = lines(text)
    flaws = shelf_flaws(file, shelf, now=datetime.now(UTC))
    told = [Problem(line_of(path, found), spelled(path), message) for path, message in flaws]
    return sorted(told, key=lambda problem: problem.line)


async def _shelf(asks: Asks, file: OffersFile) -> Shelf:
    wanted = named(file)
    on_sale, archived, *each = await asyncio.gather(
        asks.shelf(archived=False),
        asks.shelf(archived=True),
        *(asks.product(one) for one in wanted.products),
        *(asks.addon(one) for one in wanted.addons),
        *(asks.collection(one) for one in wanted.collections),
        *(asks.promo_code(one) for one in wanted.codes),
    )
    for answer in (on_sale, archived, *each):
        if isinstance(answer, Unreadable):
            raise NotAsked(f"Dodo cannot be asked: {answer.cause}")
    answers = iter(each)
    return Shelf(
        names=on_sale if isinstance(on_sale, dict) else {},
        archived=frozenset(archived) if isinstance(archived, dict) else frozenset(),
        products={one: got if isinstance(got := next(answers), Product) else None for one in wanted.products},
        addons={one: isinstance(next(answers), Addon) for one in wanted.addons},
        collections={one: isinstance(next(answers), Collection) for one in wanted.collections},
        codes={one: got if isinstance(got := next(answers), PromoCode) else None for one in wanted.codes},
    )
