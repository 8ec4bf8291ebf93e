"""What a caller asks of a plan change, checked as Dodo checks it: one body for preview and change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec

from widget.sandbox.checkout_request import AskedAddon, check_metadata, check_url
from widget.sandbox.codes import usable
from widget.sandbox.errors import Refusal
from widget.sandbox.proration import Mode
from widget.sandbox.terms import find_discounts
from widget.sandbox.things import AddonLine, Metadata, Product, Subscription
from widget.sandbox.world import World

Int32 = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]


class ChangeRequest(msgspec.Struct):
    """`UpdateSubscriptionPlanReq` and the newer fields of the SDK."""

    product_id: str
    quantity: Int32
    proration_billing_mode: Mode
    adaptive_currency_fees_inclusive: bool | None = None
    addons: list[AskedAddon] | None = None
    discount_code: str | None = None
    discount_codes: Annotated[list[str], msgspec.Meta(max_length=20)] | None = None
    effective_at: Literal["immediately", "next_billing_date"] = "immediately"
    metadata: dict[str, str | int | float | bool] | None = None
    on_payment_failure: Literal["prevent_change", "apply_change"] | None = None
    cancel_scheduled_change_plan: bool = False
    collect_via_payment_link: bool = False
    cancel_older_payment_link: bool = False
    return_url: str | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """A checked plan change; `discount_ids` are those of the new plan, None `metadata` means the subscription's."""

    product: Product
    quantity: int
    addons: tuple[AddonLine, ...]
    mode: Mode
    discount_ids: tuple[str, ...]
    scheduled: bool
    apply_on_failure: bool
    metadata: Metadata | None
    by_link: bool
    return_url: str | None


def check_change(world: World, subscription: Subscription, asked: ChangeRequest) -> Wish:
    """The wish, or the refusal Dodo would give; the state of the subscription is looked at elsewhere."""
    product = _product(world, subscription, asked)
    scheduled = asked.effective_at == "next_billing_date"
    if scheduled and world.settings.next_billing_date_needs_full and asked.proration_billing_mode != "full_immediately":
        raise Refusal("INVALID_PRORATION_MODE_WITH_NEXT_BILLING_DATE", "`next_billing_date` needs `full_immediately`")
    _check_link(world, asked)
    return Wish(
        product, asked.quantity, _addons(world, product, asked.addons or ()), asked.proration_billing_mode,
        _discounts(world, subscription, asked, product), scheduled, asked.on_payment_failure != "prevent_change",
        None if asked.metadata is None else check_metadata(asked.metadata),
        asked.collect_via_payment_link, check_url("return_url", asked.return_url),
    )  # fmt: skip


def _product(world: World, subscription: Subscription, asked: ChangeRequest) -> Product:
    product = world.products.get(asked.product_id)
    if product is None:
        raise Refusal("INVALID_REQUEST_PARAMETERS", f"`product_id`: there is no product {asked.product_id[:80]}")
    if product.archived:
        raise Refusal("PRODUCT_IS_DELETED", f"`product_id`: {product.product_id} is archived", 410)
    if product.price_kind == "usage_based_price":
        raise Refusal("UNSUPPORTED_ACTION", "`product_id`: usage-based products are not supported in plan changes")
    if not product.is_recurring:
        raise Refusal("INVALID_REQUEST_PARAMETERS", f"`product_id`: {product.product_id} is not a subscription")
    if product.currency != subscription.currency:
        raise Refusal("UNSUPPORTED_CURRENCY", f"`product_id`: the subscription is in {subscription.currency}")
    if asked.quantity < 1:
        raise Refusal("INVALID_QUANTITY", "`quantity`: expected at least 1")
    return product


def _check_link(world: World, asked: ChangeRequest) -> None:
    if asked.return_url is not None and not asked.collect_via_payment_link:
        raise Refusal("INVALID_REQUEST_PARAMETERS", "`return_url` needs `collect_via_payment_link: true`")
    if not asked.collect_via_payment_link:
        return
    if not world.settings.plan_change_links:
        raise Refusal("UNSUPPORTED_ACTION", "`collect_via_payment_link`: the business may not do this", 403)
    if asked.effective_at != "immediately" or asked.on_payment_failure != "prevent_change":
        raise Refusal(
            "INVALID_REQUEST_PARAMETERS",
            "`collect_via_payment_link` needs `effective_at: immediately` and `on_payment_failure: prevent_change`",
        )


def _addons(world: World, product: Product, asked: Sequence[AskedAddon]) -> tuple[AddonLine, ...]:
    if len({extra.addon_id for extra in asked}) < len(asked):
        raise Refusal("DUPLICATE_ADDON_IDS_IN_REQUEST", "`addons` names an add-on twice")
    for extra in asked:
        if extra.addon_id not in world.addons or extra.addon_id not in product.addons:
            raise Refusal("MISSING_ADDON_IDS", f"`addons`: {extra.addon_id[:80]} is not on {product.product_id}")
        if extra.quantity < 1:
            raise Refusal("INVALID_QUANTITY", f"`addons`: quantity of {extra.addon_id} must be at least 1")
    return tuple(AddonLine(extra.addon_id, extra.quantity) for extra in asked)


def _discounts(world: World, subscription: Subscription, asked: ChangeRequest, product: Product) -> tuple[str, ...]:
    """Absent codes keep the discounts that are made to last, an empty list removes all, a list replaces."""
    if asked.discount_code is not None and asked.discount_codes is not None:
        raise Refusal("INVALID_REQUEST_BODY", "`discount_code` and `discount_codes` exclude each other")
    codes = [asked.discount_code] if asked.discount_code is not None else asked.discount_codes
    if codes is None:
        kept = find_discounts(world, subscription.discount_ids)
        return tuple(discount.discount_id for discount in kept if discount.preserve_on_plan_change)
    return tuple(usable(world, code, [product.product_id]).discount_id for code in codes)
