"""The dry run of `encore offers replay FILE`: what a draft would have done for past purchases; nothing is written."""

import os
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from typing import Any

from msgspec import Struct

from widget.commands.printing import as_json, as_table, complain, when
from widget.core.condition import Condition, Subscribed
from widget.core.considered import missing
from widget.core.lineup import LineUp
from widget.core.offer import Offer
from widget.core.offers_file import OffersFile
from widget.core.plan_family import PlanFamily
from widget.core.replaying import Past, Replayed, replay
from widget.provider.asks import Asks
from widget.settings import SettingsError, load
from widget.storage import families, offers
from widget.storage.pasts import pasts

_TELL_EVERY = 100


class Tried(Struct, frozen=True):
    """What the draft would have shown, and what was shown then or, of a purchase never met, would be shown now."""

    draft: Replayed
    instead_of: str | None


async def dry_run(draft: OffersFile, *, last: int, at_dodo: bool, as_document: bool) -> int:
    """Progress goes to standard error; Ctrl-C ends it and changes nothing."""
    from widget.upsell.looking_back import Unlisted

    found: list[Tried] = []
    _, in_force = await offers.line_up()
    drafted = LineUp(draft.offers, draft.caps)
    asked = _asked(draft.offers) + (_asked(in_force.offers) if at_dodo else ())
    async with AsyncExitStack() as stack:
        asks = await _asks(stack) if asked or at_dodo else None
        if asks is None and asked:
            complain("Dodo is not configured here: conditions that ask about more than the payment do not hold.")
        if asks is None and at_dodo:
            return complain(
                "--at-dodo: DODO_PAYMENTS_API_KEY and its environment are not set as `encore serve` needs them."
            )
        try:
            async for past in _pasts(asks, last, at_dodo=at_dodo, asked=asked):
                found.append(await _tried(drafted, draft.families, in_force, past))
                if len(found) % _TELL_EVERY == 0:
                    print(f"{len(found)} purchases", file=sys.stderr)
        except Unlisted as error:
            return complain(f"Dodo's list of payments cannot be read: {error}")
    _tell(found, as_document=as_document)
    return 0


async def _pasts(asks: Asks | None, last: int, *, at_dodo: bool, asked: Sequence[Condition]) -> AsyncIterator[Past]:
    """Those kept here, then those that only Dodo knows."""
    from widget.upsell import looking_back

    known: set[str] = set()
    async for past in pasts(last):
        known.add(past.payment_id)
        yield await looking_back.with_facts(asks, past, asked) if asks is not None and asked else past
    if asks is not None and at_dodo:
        async for past in looking_back.at_dodo(asks, last, without=frozenset(known), asked=asked):
            yield past


async def _tried(draft: LineUp, families_of_it: tuple[PlanFamily, ...], in_force: LineUp, past: Past) -> Tried:
    found = replay(draft, past, families=families_of_it, sells_else=_sells_else(draft, in_force))
    if past.occasion_id:
        return Tried(found, past.chosen[0] if past.chosen else None)
    return Tried(found, replay(in_force, past, families=await families.in_force()).offer)


def _sells_else(draft: LineUp, in_force: LineUp) -> frozenset[str]:
    """The offers of the draft that sell something else, or so many, than under this name now."""
    now = {offer.name: _sold(offer) for offer in in_force.offers}
    return frozenset(offer.name for offer in draft.offers if now.get(offer.name) != _sold(offer))


def _sold(offer: Offer) -> tuple[object, ...]:
    return offer.products, offer.quantity, offer.discount_codes, offer.pay_what_you_want


def _asked(found: tuple[Offer, ...]) -> tuple[Condition, ...]:
    """The conditions whose facts must be read; a plan asks for the subscriptions there are."""
    asked = tuple(offer.when for offer in found if isinstance(offer.when, Condition))
    plans = tuple(offer.product for offer in found if offer.plan_change)
    return (*asked, Condition(subscribed=Subscribed(product=plans))) if plans else asked


async def _asks(stack: AsyncExitStack) -> Asks | None:
    from widget.provider.dodo import open_dodo

    try:
        settings = load(os.environ)
    except SettingsError:
        return None
    key, environment, base_url = settings.dodo_api_key.reveal(), settings.dodo_environment, settings.dodo_base_url
    return (await stack.enter_async_context(open_dodo(api_key=key, environment=environment, base_url=base_url))).asks


def _tell(found: list[Tried], *, as_document: bool) -> None:
    if as_document:
        as_json({"purchases": [_json(one) for one in found], "offers": _counted(found)})
        return
    lines = [
        (one["offer"] or "nothing", *(str(one[key]) for key in ("would_show", "one_click", "checkout", "showed")))
        for one in _counted(found)
    ]
    as_table(("OFFER", "WOULD SHOW", "ONE CLICK", "CHECKOUT", "SHOWED"), lines, nothing="No past purchase is kept.")
    why = Counter(f"{check.name} ({check.value})" for one in found for check in _to_checkout(one))
    for reason, times in sorted(why.items(), key=lambda one: (-one[1], one[0])):
        print(f"{times} purchases would be paid at the checkout: {reason}")
    differing = Counter((one.instead_of or "nothing", one.draft.offer or "nothing") for one in found if _differs(one))
    for (before, after), times in sorted(differing.items(), key=lambda one: (-one[1], one[0])):
        print(f"{times} purchases: {after} instead of {before}")


def _differs(one: Tried) -> bool:
    return one.draft.offer != one.instead_of


def _to_checkout(one: Tried) -> tuple[Any, ...]:
    """Why it would not have been one click."""
    if not one.draft.offer or one.draft.one_click is not False:
        return ()
    return tuple(check for check in one.draft.past.method_checks if not check.held)


def _counted(found: list[Tried]) -> list[dict[str, Any]]:
    names = sorted({one.draft.offer or "" for one in found} | {one.instead_of or "" for one in found})
    return [
        {
            "offer": name or None,
            "would_show": sum(one.draft.offer == (name or None) for one in found),
            "one_click": sum(one.draft.offer == (name or None) and one.draft.one_click is True for one in found),
            "checkout": sum(bool(name) and one.draft.offer == name and one.draft.one_click is False for one in found),
            "showed": sum((one.instead_of or "") == name for one in found),
        }
        for name in names
    ]


def _json(one: Tried) -> dict[str, Any]:
    past = one.draft.past
    return {
        "payment_id": past.payment_id,
        "customer_id": past.customer_id,
        "at": when(int(past.at.timestamp() * 1000)),
        "kept": bool(past.occasion_id),
        "showed": one.instead_of,
        "would_show": one.draft.offer,
        "one_click": one.draft.one_click,
        "checkout_because": [f"{check.name} ({check.value})" for check in _to_checkout(one)],
        "missing": {each.offer: list(missing(each)) for each in one.draft.considered if not each.chosen},
    }
