"""How things stand for a subscription: what it is, what it may become, and what is under way; no call to anybody."""

from msgspec import Struct
from msgspec.structs import replace

from widget.core.charge import UNDECIDED, Charge
from widget.core.family_spoken import spoken
from widget.core.method import Method
from widget.core.payment import Addon, Product
from widget.core.plan_change import Direction
from widget.core.plan_family import Collection, Plan, PlanFamily, Seats, Terms, Tier, direction, place, terms_of, tiers
from widget.core.receipt import Receipt
from widget.core.subscription import AddonLine, Subscription
from widget.storage import charges, families, mirror, plan_acts, receipts, subscriptions


class Standing(Struct, frozen=True):
    """Everything the panel is made of; `family` is None where the merchant has none for this product."""

    subscription: Subscription
    read_at: int
    methods: tuple[Method, ...] | None
    family: PlanFamily | None
    collection: Collection | None
    tiers: tuple[Tier, ...]
    products: dict[str, Product]
    addons: dict[str, Addon]
    charges: tuple[Charge, ...]  # plan changes, newest first
    downsells: dict[str, tuple[int, int | None]]
    receipts: dict[str, Receipt] = {}  # of plan changes that were paid, by the charge's id
    version: int = 0  # of the offers file the family is from
    incomplete: bool = False  # something the panel shows was never read from the provider

    @property
    def underway(self) -> Charge | None:
        """The change nobody has settled yet."""
        return next((charge for charge in self.charges if charge.fate in UNDECIDED), None)

    @property
    def open_link(self) -> Charge | None:
        """A change that waits on a page where nobody has begun to pay: it may be given up for another."""
        charge = self.underway
        by_link = charge is not None and charge.change is not None and charge.change.by_link
        return charge if by_link and charge is not None and charge.link else None

    def spoken(self, locale: str) -> "Standing":
        """The same with the merchant's words in the language nearest to a BCP 47 name."""
        if self.family is None:
            return self
        family = spoken(self.family, locale)
        plans = {plan.product: plan for plan in family.plan}
        found = tuple(replace(tier, plan=plans.get(tier.plan.product, tier.plan)) for tier in self.tiers)
        return replace(self, family=family, tiers=found)

    def name(self, product_id: str) -> str:
        """What a plan is called: the merchant's name for it, else Dodo's."""
        plan = self.plan(product_id)
        if plan is not None and plan.name:
            return plan.name
        product = self.products.get(product_id)
        return product.name if product else product_id

    def plan(self, product_id: str) -> Plan | None:
        """The plan of the family that a product belongs to."""
        index = place(product_id, self.tiers)
        return None if index is None else self.tiers[index].plan

    def seats(self, product_id: str) -> Seats | None:
        """The bounds of its quantity; None where it may not be changed."""
        plan = self.plan(product_id)
        family = self.family.seats if self.family else None
        return (plan.seats if plan else None) or family

    def terms(self, product_id: str, quantity: int, addons: tuple[AddonLine, ...]) -> Terms | None:
        """How a move there is billed; None for a product outside the family."""
        now = self.subscription
        index, here = place(product_id, self.tiers), place(now.product_id, self.tiers)
        if self.family is None or index is None or here is None:
            return None
        way = self.way(index, here, product_id, quantity, addons)
        return terms_of(self.family, self.collection, from_product=now.product_id, to_product=product_id, way=way)

    def way(self, index: int, here: int, product_id: str, quantity: int, addons: tuple[AddonLine, ...]) -> Direction:
        """Up or down."""
        now = self.subscription
        old, new = self.products.get(now.product_id), self.products.get(product_id)
        return direction(
            (here, old.recurring if old else None, now.quantity),
            (index, new.recurring if new else None, quantity),
            more_addons=sum(a.quantity for a in addons) > sum(a.quantity for a in now.addons),
        )

    def price(self, product_id: str, quantity: int, addons: tuple[AddonLine, ...]) -> int | None:
        """What a period costs before tax and discounts, in minor units; None where it cannot be said from here."""
        product = self.products.get(product_id)
        if product is None or product.recurring is None:
            return None
        one = product.priced_in(self.subscription.currency)
        if one is None:
            return None
        total = one * quantity
        for line in addons:
            addon = self.addons.get(line.id)
            if addon is None or addon.price.currency != self.subscription.currency:
                return None
            total += addon.price.amount * line.quantity
        return total


async def stand(subscription_id: str, locale: str = "") -> Standing | None:
    """How things stand, from what is kept here, in the merchant's words nearest to a BCP 47 name (none: their own)."""
    known = await subscriptions.find(subscription_id)
    if known is None:
        return None
    subscription = known.subscription
    version, family, collection, unread = await family_of(subscription.product_id)
    found = tiers(family, collection) if family else ()
    wanted = [product for tier in found for product in tier.products]
    products = await mirror.products(wanted)
    if family is not None:
        found = tiers(family, collection, {p.id: p.recurring for p in products.values() if p and p.recurring})
    offered = [one.addon for one in family.addon] if family else []
    addons = await mirror.addons([*offered, *(addon.id for addon in subscription.addons)])
    made = await charges.of_subscription(subscription_id)
    standing = Standing(
        subscription=subscription,
        read_at=known.read_at,
        methods=known.methods,
        family=family,
        collection=collection,
        tiers=found,
        products={name: product for name, product in products.items() if product is not None},
        addons={name: addon for name, addon in addons.items() if addon is not None},
        charges=made,
        downsells=await plan_acts.downsells(subscription_id) if family and family.downsell else {},
        receipts=await receipts.of_subscription(subscription_id) if made else {},
        version=version,
        incomplete=unread or not set(wanted) <= products.keys() or not set(offered) <= addons.keys(),
    )
    return standing.spoken(locale)


async def family_of(product_id: str) -> tuple[int, PlanFamily | None, Collection | None, bool]:
    """The version in force, the family a product belongs to, its collection, and whether one was never read."""
    version, found = await families.with_version()
    named = [family.collection for family in found if family.collection]
    collections = await mirror.collections(named)
    for family in found:
        collection = collections.get(family.collection or "")
        if place(product_id, tiers(family, collection)) is not None:
            return version, family, collection, False
    return version, None, None, len(collections) < len(named)
