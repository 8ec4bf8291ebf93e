"""What is wrong with offers beyond the kind of a value: bounds, names that must be unique or must exist."""

import re

from widget.core.condition import Condition
from widget.core.condition_flaws import flaws as condition_flaws
from widget.core.market import ReceiptRules
from widget.core.market_flaws import LOCALE, agree_in_flaws, receipt_flaws
from widget.core.money import DIGITS
from widget.core.never_flaws import never_flaws
from widget.core.offer import CHAIN_LIMIT, Amounts, Bounds, Offer, chain
from widget.core.text_flaws import text_flaws
from widget.core.toml_tables import NAME_EXPECTED, Flaw, nearest

ALTERNATIVES = 4  # five to pick one from are many on a phone
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def offer_flaws(offers: tuple[Offer, ...]) -> list[Flaw]:
    """Every flaw of every `[[offer]]`, with its path in the file."""
    flaws: list[Flaw] = []
    names = [offer.name for offer in offers]
    for index, offer in enumerate(offers):
        flaws += [(("offer", index, *key.split(".")), message) for key, message in _flaws(offer, names, offers)]
        odd = condition_flaws(offer.when) if isinstance(offer.when, Condition) else ()
        flaws += [(("offer", index, "when", *flaw.path), flaw.told) for flaw in odd]
        if not odd:
            flaws += [(("offer", index, *path), message) for path, message in never_flaws(offer, offers)]
        flaws += agree_in_flaws(offer.agree_in, ("offer", index))
        if isinstance(offer.receipt, ReceiptRules):
            flaws += receipt_flaws(offer.receipt, ("offer", index, "receipt"))
        if offer.name in names[:index]:
            flaws.append((("offer", index, "name"), f"{offer.name!r} is already an offer above"))
    return flaws


def _flaws(offer: Offer, names: list[str], offers: tuple[Offer, ...]) -> list[tuple[str, str]]:
    rule = offer.rule
    following = offer.on_decline or ""
    flaws = [
        ("name", NAME_EXPECTED, bool(_NAME.fullmatch(offer.name))),
        ("product", "expected a product id, 1 to 80 characters", 0 < len(offer.product) <= 80),
        *text_flaws("texts", offer.texts),
        *(flaw for name, texts in offer.locale.items() for flaw in text_flaws(f"locale.{name}", texts)),
        *((f"locale.{name}", "expected a BCP 47 name such as de or pt-BR", bool(LOCALE.fullmatch(name)))
          for name in offer.locale),
        ("language", "expected a BCP 47 name such as de or pt-BR",
         not offer.language or bool(LOCALE.fullmatch(offer.language))),
        ("quantity", "expected 1 to 100", 1 <= offer.quantity <= 100),
        *_kinds(offer),
        ("undo_seconds", "expected 0 to 15", 0 <= offer.undo_seconds <= 15),
        ("quiet_days", "expected 0 to 3650", 0 <= offer.quiet_days <= 3650),
        ("shown_at_most", "expected 0 (no cap) or more", offer.shown_at_most >= 0),
        ("shown_per_day", "expected 0 (no cap) or more", offer.shown_per_day >= 0),
        ("open_minutes", "expected 1 to 43200", 1 <= offer.open_minutes <= 43_200),
        ("placement", "1 to 40 of a-z, 0-9 and _", bool(re.fullmatch(r"[a-z0-9_]{1,40}", offer.placement))),
        ("rule.currencies", "unknown currency (ISO 4217)", all(c in DIGITS for c in rule.currencies)),
        ("rule.countries", "two capital letters each (ISO 3166)", _countries(rule.countries)),
        ("rule.min_total", "nothing lies between min_total and max_total", _ordered(rule.min_total, rule.max_total)),
        ("rule.occasions", "names of 1 to 64 of a-z, 0-9, - and _", all(map(_NAME.fullmatch, rule.occasions))),
        ("starts", "give a time with its offset, such as 2026-11-20T00:00:00Z", _aware(offer)),
        ("ends", "must lie after starts", not (offer.starts and offer.ends and _aware(offer))
         or offer.ends > offer.starts),
        ("on_decline", f"no offer is called so; there are: {', '.join(names)}{nearest(following, names)}",
         offer.on_decline is None or offer.on_decline in names),
        ("on_decline", f"the chain loops or is longer than {CHAIN_LIMIT} offers", _chain_ends(offer, offers)),
    ]  # fmt: skip
    return [(key, message) for key, message, fine in flaws if not fine]


def _kinds(offer: Offer) -> list[tuple[str, str, bool]]:
    """What the shopper chooses, and what does not go together."""
    bounds, amounts = offer.quantity_choice, offer.pay_what_you_want
    flaws = [
        ("alternatives", f"expected at most {ALTERNATIVES} product ids, none twice and not the product itself",
         len(offer.alternatives) <= ALTERNATIVES and len(set(offer.products)) == len(offer.products)
         and all(0 < len(name) <= 80 for name in offer.alternatives)),
        ("plan_change", "a plan is changed with the terms it has; leave out what stands beside it: "
         + ", ".join(_beside_a_plan(offer)), not (offer.plan_change and _beside_a_plan(offer))),
    ]  # fmt: skip
    if isinstance(bounds, Bounds):
        flaws += [
            (
                "quantity_choice",
                "expected min and max from 1 to 100, max above min",
                1 <= bounds.min < bounds.max <= 100,
            ),
            (
                "quantity_choice",
                f"must hold quantity, which is {offer.quantity}",
                bounds.min <= offer.quantity <= bounds.max,
            ),
        ]
    if isinstance(amounts, Amounts):
        flaws += [
            ("pay_what_you_want.currency", "unknown currency (ISO 4217)", amounts.currency in DIGITS),
            ("pay_what_you_want", "expected 0 < min <= suggested <= max, in minor units",
             0 < amounts.min <= amounts.suggested <= amounts.max < 10**10),
            ("pay_what_you_want", "goes with one product: leave out alternatives", not offer.alternatives),
        ]  # fmt: skip
    return flaws


def _beside_a_plan(offer: Offer) -> list[str]:
    given = {
        "alternatives": offer.alternatives,
        "quantity": offer.quantity != 1,
        "quantity_choice": isinstance(offer.quantity_choice, Bounds),
        "pay_what_you_want": isinstance(offer.pay_what_you_want, Amounts),
        "discount_codes": offer.discount_codes,
        "compare_with": offer.compare_with,
        "texts.button": any(texts.button for texts in (offer.texts, *offer.locale.values())),
    }
    return [name for name, found in given.items() if found]


def _countries(codes: tuple[str, ...]) -> bool:
    return all(re.fullmatch(r"[A-Z]{2}", code) for code in codes)


def _ordered(low: int | None, high: int | None) -> bool:
    return low is None or high is None or low <= high


def _aware(offer: Offer) -> bool:
    return all(at is None or at.tzinfo is not None for at in (offer.starts, offer.ends))


def _chain_ends(offer: Offer, offers: tuple[Offer, ...]) -> bool:
    steps = chain(offer, offers)
    last = steps[-1].on_decline
    return last is None or last not in {o.name for o in offers}
