"""An offer, its rule and its chain, and which one an occasion brings."""

from datetime import datetime
from typing import Literal

from msgspec import UNSET, Struct, UnsetType, field
from msgspec.structs import replace

from widget.core.condition import Condition
from widget.core.condition_facts import Facts
from widget.core.condition_outcome import Outcome, evaluate
from widget.core.market import Agreement, ReceiptRules, nearest_name
from widget.core.money import Money

CHAIN_LIMIT = 3  # offers in one chain, the first included (product journey 1)

Repeats = Literal["never", "once_per_order", "always"]
Button = Literal["pay", "add_and_pay", "upgrade_and_pay"]  # fields of web/words.py; each says that it is paid


class Rule(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """For whom: every part that is given must hold; an empty rule holds for everyone."""

    bought_any: tuple[str, ...] = ()
    bought_none: tuple[str, ...] = ()
    currencies: tuple[str, ...] = ()  # ISO 4217
    countries: tuple[str, ...] = ()  # ISO 3166 alpha-2 of the billing address
    min_total: int | None = None  # minor units of the purchase's currency, inclusive
    max_total: int | None = None
    occasions: tuple[str, ...] = ()  # names of moments in the app; a slot on a page has none


class Texts(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The merchant's words. In all of them places such as `{price}` are filled (core/placeholders.py)."""

    headline: str  # plain
    body: str = ""  # a small part of Markdown (web/markdown.py)
    gain: tuple[str, ...] = ()  # what it adds to what they have, a line each, with strong and emphasis
    badge: str = ""  # plain
    image: str = ""  # https; instead of the product's, fetched once and served by us
    button: Button | UnsetType = UNSET  # which of our words are on the button that pays; "pay" where nothing is said


def spoken(texts: Texts, others: tuple[tuple[str, Texts], ...], locale: str) -> Texts:
    """The merchant's words nearest to a BCP 47 name: the same name, else the same language, else their own.

    Picture and button are those of `texts` where the other does not say.
    """
    named = dict(others)
    nearest = nearest_name(locale, named)
    if nearest is None:
        return texts
    found = named[nearest]
    return replace(found, image=found.image or texts.image, button=found.button or texts.button)


class Bounds(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How many the shopper may take, both ends included."""

    max: int
    min: int = 1


class Amounts(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the shopper may pay for a pay-what-you-want product: minor units of the currency, before tax."""

    currency: str
    min: int
    max: int
    suggested: int


class Offer(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is proposed, where, for whom, in what order, and what comes on a no."""

    name: str
    product: str
    texts: Texts
    alternatives: tuple[str, ...] = ()  # other products, of which the shopper picks one instead
    quantity_choice: Bounds | UnsetType = UNSET  # the shopper says how many
    pay_what_you_want: Amounts | UnsetType = UNSET  # the shopper says how much
    plan_change: bool = False  # the product is a plan: the button leads to the price of changing to it
    agree: Agreement | UnsetType = UNSET  # to recurring terms: by the button under them, or by a box ticked first
    agree_in: dict[str, Agreement] = {}  # the same by billing country
    receipt: ReceiptRules | UnsetType = UNSET  # what it says on what was paid, instead of the file's own
    language: str = ""  # of `texts`, a BCP 47 name; the file's own when empty
    locale: dict[str, Texts] = {}  # the same in other languages, by BCP 47 name
    placement: str = "post_purchase"
    rule: Rule = field(default_factory=Rule)
    when: Condition | UnsetType = UNSET  # a tree of conditions; both it and the rule must hold
    priority: int = 0  # higher first
    on_decline: str | None = None  # the next offer of the chain
    chain_only: bool = False  # shown only as somebody's on_decline
    quantity: int = 1
    compare_with: Money | None = None  # a price the shopper already pays; the difference is shown
    discount_codes: tuple[str, ...] = ()
    undo_seconds: int = 0  # a press can be taken back for so long before it is sent; 0 sends at once
    repeats: Repeats = "never"
    quiet_days: int = 30  # after a no, this customer does not see it for so long
    shown_at_most: int = 0  # times per customer in all; 0 is no cap
    shown_per_day: int = 0  # times per customer within 24 hours; 0 is no cap
    open_minutes: int = 1440  # how long a presentation can be accepted after it was prepared
    paused: bool = False
    starts: datetime | None = None
    ends: datetime | None = None

    @property
    def products(self) -> tuple[str, ...]:
        """The product and those that may be picked instead."""
        return (self.product, *self.alternatives)


class PurchaseFacts(Struct, frozen=True):
    """What a rule may ask of the purchase that made the occasion."""

    products: tuple[str, ...]
    total: Money
    country: str
    at: datetime
    occasion: str = ""  # the name of a moment in the app
    facts: Facts = field(default_factory=Facts)  # what a tree of conditions may ask, as far as it was read


class Check(Struct, frozen=True, omit_defaults=True):
    """One named check with the value it saw; `held` says whether it passed."""

    name: str
    value: str
    held: bool
    need: str = ""  # what a rule asks for, in words
    conditions: Outcome | None = None  # of `when`: every node of the tree with what it saw


def rule_checks(offer: Offer, purchase: PurchaseFacts, now: datetime) -> tuple[Check, ...]:
    """Every part of the rule and the offer's dates, in a fixed order, each with its actual value."""
    rule, bought = offer.rule, frozenset(purchase.products)
    total, currency = purchase.total.amount, purchase.total.currency
    listed = ",".join(sorted(bought))
    checks = [Check("not_paused", str(offer.paused).lower(), not offer.paused)]
    if offer.starts is not None:
        checks.append(Check("started", now.isoformat(), now >= offer.starts))
    if offer.ends is not None:
        checks.append(Check("not_ended", now.isoformat(), now < offer.ends))
    if rule.bought_any:
        checks.append(Check("bought_any", listed, not bought.isdisjoint(rule.bought_any), _any_of(rule.bought_any)))
    if rule.bought_none:
        need = f"none of {', '.join(rule.bought_none)}"
        checks.append(Check("bought_none", listed, bought.isdisjoint(rule.bought_none), need))
    if rule.currencies:
        checks.append(Check("currency", currency, currency in rule.currencies, _any_of(rule.currencies)))
    if rule.countries:
        checks.append(Check("country", purchase.country, purchase.country in rule.countries, _any_of(rule.countries)))
    if rule.min_total is not None:
        checks.append(Check("min_total", str(total), total >= rule.min_total, f"at least {rule.min_total}"))
    if rule.max_total is not None:
        checks.append(Check("max_total", str(total), total <= rule.max_total, f"at most {rule.max_total}"))
    if rule.occasions:
        found, occasion = purchase.occasion in rule.occasions, purchase.occasion or "none"
        checks.append(Check("occasion", occasion, found, _any_of(rule.occasions)))
    if isinstance(offer.when, Condition):
        outcome = evaluate(offer.when, purchase.facts, offer.name)
        checks.append(Check("when", outcome.value, outcome.held, outcome.text, outcome))
    return tuple(checks)


def _any_of(names: tuple[str, ...]) -> str:
    listed = ", ".join(names)
    return f"any of {listed}" if len(names) > 1 else listed


def in_order(offers: tuple[Offer, ...], placement: str) -> tuple[Offer, ...]:
    """The offers that may open a chain at this placement, highest priority first, then by name."""
    heads = (o for o in offers if o.placement == placement and not o.chain_only)
    return tuple(sorted(heads, key=lambda o: (-o.priority, o.name)))


def chain(head: Offer, offers: tuple[Offer, ...]) -> tuple[Offer, ...]:
    """The head and what follows on each no; stops at the limit, at a loop and at a name that is missing."""
    return chain_of(head, {o.name: o for o in offers})


def chain_of(head: Offer, by_name: dict[str, Offer]) -> tuple[Offer, ...]:
    """The same among offers that were put by name before."""
    steps = [head]
    while len(steps) < CHAIN_LIMIT and (name := steps[-1].on_decline) is not None:
        following = by_name.get(name)
        if following is None or following in steps:
            break
        steps.append(following)
    return tuple(steps)
