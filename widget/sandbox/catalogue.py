"""What Mara sells: the products, add-ons, plan family and discount codes every sandbox starts with."""

from __future__ import annotations

from datetime import UTC, datetime

from widget.sandbox.things import Addon, Collection, CollectionGroup, Discount, Product
from widget.sandbox.world import World

STOCKED_AT = datetime(2026, 1, 5, 10, tzinfo=UTC)

ONE_TIME = (
    Product("pdt_course", "Watercolour course", 4900, description="Twelve relaxed evenings, from first wash to frame.",
            picture="course", tax_category="edtech"),
    Product("pdt_workbook", "Workbook", 1900, description="Forty exercises to paint alongside the course.",
            picture="workbook", tax_category="edtech"),
    Product("pdt_brushes", "Brush set", 2900, description="Six digital brushes that behave like sable.",
            picture="brushes"),
    Product("pdt_bundle", "Studio bundle", 7900, description="Workbook, brushes and a year of new lessons.",
            picture="bundle"),
    Product("pdt_sticker", "Sticker", 30, description="Too cheap to be charged alone.", picture="sticker"),
    Product("pdt_ebook_jp", "Brush and ink e-book", 1900, "JPY", description="In Japanese.", picture="ebook",
            tax_category="e_book"),
    Product("pdt_archived", "Last year's course", 3900, description="No longer for sale.", archived=True),
    Product("pdt_tip", "Tip for the teacher", 500, description="Pay what you want.", picture="tip",
            pay_what_you_want=True, suggested_price=1000),
    Product("pdt_kwd", "Gallery catalogue", 12_500, "KWD", description="Three decimals.", picture="ebook",
            tax_category="e_book"),
    Product("pdt_vat_book", "Pigment handbook", 2380, "EUR", description="The price includes tax.", picture="workbook",
            tax_category="e_book", tax_inclusive=True),
)  # fmt: skip

PLANS = (
    Product("pdt_lite", "Lite", 2000, description="For a quiet hobby.", picture="lite", tax_category="saas",
            price_kind="recurring_price", addons=("adn_seat",), collection_id="pdc_plans"),
    Product("pdt_basic", "Basic", 3000, description="For one painter.", picture="basic", tax_category="saas",
            price_kind="recurring_price", addons=("adn_seat",), collection_id="pdc_plans"),
    Product("pdt_pro", "Pro", 8000, description="For a studio.", picture="pro", tax_category="saas",
            price_kind="recurring_price", addons=("adn_seat",), collection_id="pdc_plans"),
    Product("pdt_pro_year", "Pro, yearly", 80_000, description="For a studio, a year at a time.", picture="pro",
            tax_category="saas", price_kind="recurring_price", frequency_interval="Year", addons=("adn_seat",),
            collection_id="pdc_plans"),
    Product("pdt_tryout", "Try-out", 1500, description="Two weeks for nothing.", picture="lite", tax_category="saas",
            price_kind="recurring_price", trial_period_days=14),
    Product("pdt_kyoto", "Kyoto", 1000, "JPY", description="For one painter, in yen.", picture="lite",
            tax_category="saas", price_kind="recurring_price"),
    Product("pdt_osaka", "Osaka", 3333, "JPY", description="For a studio, in yen.", picture="pro",
            tax_category="saas", price_kind="recurring_price"),
    Product("pdt_metered", "Render farm", 500, description="Billed by use.", picture="basic", tax_category="saas",
            price_kind="usage_based_price"),
)  # fmt: skip

ADDONS = (Addon("adn_seat", "Extra seat", 1000, description="One more person in the studio."),)


def stock(world: World) -> None:
    """Fill the shelves of a fresh world."""
    world.products = {product.product_id: product for product in (*ONE_TIME, *PLANS)}
    world.addons = {addon.addon_id: addon for addon in ADDONS}
    world.collections = {"pdc_plans": _plans()}
    world.discounts = {discount.code: discount for discount in _discounts()}


def _plans() -> Collection:
    return Collection(
        "pdc_plans", "Plans",
        [CollectionGroup("pcg_month", "Monthly", ["pdt_lite", "pdt_basic", "pdt_pro"]),
         CollectionGroup("pcg_year", "Yearly", ["pdt_pro_year"])],
        effective_at_on_upgrade="immediately",
        effective_at_on_downgrade="next_billing_date",
        proration_billing_mode_on_upgrade="prorated_immediately",
        on_payment_failure="prevent_change",
    )  # fmt: skip


def _discounts() -> tuple[Discount, ...]:
    return (
        Discount("dsc_thanks10", "THANKS10", "percentage", 1000, name="Thank you"),
        Discount("dsc_fiveoff", "FIVEOFF", "flat", 500, name="Five off", amounts={"USD": 500, "EUR": 500}),
        Discount("dsc_expired", "EXPIRED", "percentage", 2000, expires_at=datetime(2026, 2, 1, tzinfo=UTC)),
        Discount("dsc_usedup", "USEDUP", "percentage", 2000, usage_limit=1, times_used=1),
    )
