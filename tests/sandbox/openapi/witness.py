"""A witness between the SDK and the sandbox: everything said is held against Dodo's description, as amended by the SDK.

Loaded by path from the conftest, because test folders are no packages.
"""

import copy
import json
import re
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qsl

import httpx
from jsonschema import Draft202012Validator, FormatChecker

HERE = Path(__file__).parent
TEXT, BOOL, INT, MAYBE_TEXT = {"type": "string"}, {"type": "boolean"}, {"type": "integer"}, {"type": ["string", "null"]}
MAYBE_TIME = {"type": ["string", "null"], "format": "date-time"}
LINK = {
    "type": "object",
    "properties": dict.fromkeys(("payment_id", "payment_link", "client_secret"), MAYBE_TEXT)
    | {"expires_on": MAYBE_TIME},
    "required": [],
    "unevaluatedProperties": False,
}
CANCELLED_BY = {
    "type": ["object", "null"],
    "properties": {"actor_type": TEXT, "email": MAYBE_TEXT, "name": MAYBE_TEXT},
    "required": ["actor_type"],
    "unevaluatedProperties": False,
}
PERIOD = {
    "type": "object",
    "properties": {
        "subscription_id": TEXT,
        "starts_at": {**TEXT, "format": "date-time"},
        "ends_at": {**TEXT, "format": "date-time"},
        "proration_factor": TEXT,
    },
    "required": ["subscription_id", "starts_at", "ends_at", "proration_factor"],
    "unevaluatedProperties": False,
}
PERIODS = {"type": "array", "items": PERIOD}
IDS = {"type": "array", "items": TEXT}

# Where the SDK (1.123.0) is newer than the description (1.112.2), the SDK outranks. Each row: schema, what the SDK has
# on top of it, the model or method parameters in dodopayments.types that show it, and why the sandbox needs it.
# A field maps to its schema; "enum" lists further values.
NEWER = [
    ("SubscriptionResponse", {"cancelled_by": CANCELLED_BY, "has_payment_method": BOOL, "paused_at": MAYBE_TIME},
     "Subscription", "pause, and who cancelled"),
    ("SubscriptionListResponseItem",
     {"cancelled_by": CANCELLED_BY, "has_payment_method": BOOL, "paused_at": MAYBE_TIME},
     "SubscriptionListResponse", "the same in lists"),
    ("SubscriptionStatus", {"enum": ["past_due", "paused"]}, "SubscriptionStatus", "pause, and the grace period"),
    ("CancelReason", {"enum": ["cancelled_by_merchant_grace_period_expired"]},
     "subscription_update_params.SubscriptionUpdateParams", "the grace period"),
    ("PatchSubscriptionRequest", {"pause": {"type": ["boolean", "null"]}},
     "subscription_update_params.SubscriptionUpdateParams", "removed at Dodo, always 422"),
    ("ProrationBillingMode", {"enum": ["prorated_immediately_keep_cycle"]},
     "subscription_change_plan_params.SubscriptionChangePlanParams", "the fifth mode"),
    ("UpdateSubscriptionPlanReq",
     {"cancel_scheduled_change_plan": BOOL, "collect_via_payment_link": BOOL, "cancel_older_payment_link": BOOL,
      "return_url": MAYBE_TEXT},
     "subscription_change_plan_params.SubscriptionChangePlanParams", "payment links and replaced schedules"),
    ("LineItemSummary", {"customer_credits_currency": TEXT},
     "subscription_preview_change_plan_response.ImmediateChargeSummary", "the currency of the credits"),
    ("PaymentResponse",
     {"card_exp_month": MAYBE_TEXT, "card_exp_year": MAYBE_TEXT, "charge_type": MAYBE_TEXT, "includes_usage": BOOL,
      "is_multi_subscription": BOOL, "service_periods": PERIODS, "subscription_ids": IDS, "three_ds_flow": MAYBE_TEXT,
      "three_ds_status": MAYBE_TEXT, "three_ds_version": MAYBE_TEXT},
     "Payment", "what a payment was for, and 3-D Secure"),
    ("GetPaymentsListResponseItem",
     {"card_exp_month": MAYBE_TEXT, "card_exp_year": MAYBE_TEXT, "card_type": MAYBE_TEXT, "charge_type": MAYBE_TEXT,
      "checkout_session_id": MAYBE_TEXT, "includes_usage": BOOL, "is_multi_subscription": BOOL, "retry_attempt": INT,
      "service_periods": PERIODS, "subscription_ids": IDS, "three_ds_flow": MAYBE_TEXT, "three_ds_status": MAYBE_TEXT,
      "three_ds_version": MAYBE_TEXT},
     "PaymentListResponse", "the same in lists; the watch matches by session"),
    ("PaymentLineItemsResponse", {"partial_refund_allowed": BOOL}, "PaymentRetrieveLineItemsResponse",
     "partial refunds"),
    ("CustomerResponse", {"blocked_at": MAYBE_TIME, "blocklist_entry_id": MAYBE_TEXT, "preferred_locale": MAYBE_TEXT},
     "Customer", "the blocklist and the language"),
    ("CalculateSessionResponse", {"payment_method_required": BOOL, "subscriptions": {"type": ["array", "null"]}},
     "CheckoutSessionPreviewResponse", "carts with several subscriptions"),
    ("CalculatedProductCartItem", {"monthly_equivalent": {"type": ["integer", "null"]}},
     "checkout_session_preview_response.ProductCart", "yearly prices by the month"),
    ("RefundResponse",
     {"network_reference": MAYBE_TEXT, "network_reference_type": MAYBE_TEXT,
      "network_reference_updated_at": MAYBE_TIME},
     "Refund", "the bank's reference"),
    ("RefundListItem",
     {"network_reference": MAYBE_TEXT, "network_reference_type": MAYBE_TEXT,
      "network_reference_updated_at": MAYBE_TIME},
     "RefundListItem", "the same in lists"),
    ("OneTimePrice", {"discount_bps": INT}, "price.OneTimePrice", "discounts in basis points"),
    ("RecurringPrice", {"discount_bps": INT}, "price.RecurringPrice", "discounts in basis points"),
    ("UsageBasedPrice", {"discount_bps": INT}, "price.UsageBasedPrice", "discounts in basis points"),
]  # fmt: skip


# In the SDK only; held against its models by the strict client.
UNDESCRIBED = {"GET /payments/{payment_id}/retry", "POST /payments/{payment_id}/retry"}


def named(name):
    """A pattern for operations: `GET /payments/{payment_id}` fits `/payments/pay_1`."""
    method, path = name.split(" ")
    return method, re.compile(re.sub(r"\{\w+\}", "[^/]+", path) + "$")


class Description:
    """The distilled description with the newer fields of the SDK worked in."""

    def __init__(self):
        self.told = json.loads((HERE / "dodo.json").read_text())
        self.plain = copy.deepcopy(self.told)
        self.operations = self.told["operations"]
        self.patterns = [(named(name), name) for name in self.operations]
        for schema, added, _, _ in NEWER:
            self._amend(self.told["schemas"][schema], added)
        self.operations["POST /subscriptions/{subscription_id}/change-plan"]["answers"]["200"] = LINK

    @staticmethod
    def _amend(schema, added):
        for name, value in added.items():
            if name == "enum":
                schema["enum"] = [*schema["enum"], *value]
            else:
                schema["properties"][name] = value

    def operation(self, method, path):
        """The operation's name; a fixed path wins over one with a parameter."""
        fits = [name for (verb, pattern), name in self.patterns if verb == method and pattern.match(path)]
        return min(fits, key=lambda name: name.count("{"), default=None)

    def wrong(self, value, schema):
        """Every way in which `value` does not fit, as text."""
        root = {**schema, "components": {"schemas": self.told["schemas"]}}
        checker = Draft202012Validator(root, format_checker=FORMATS)
        return [f"{error.json_path}: {error.message[:300]}" for error in checker.iter_errors(value)]


FORMATS = FormatChecker(formats=())


@FORMATS.checks("int32")
def _fits_32_bits(value):
    return not isinstance(value, int) or -(2**31) <= value < 2**31


@FORMATS.checks("date-time", raises=ValueError)
def _is_a_moment(value):
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


class Witness(httpx.AsyncBaseTransport):
    """Passes everything on, and keeps (operation, status) of all it saw."""

    def __init__(self, inner, description):
        self.inner, self.description = inner, description
        self.seen = []
        self.complaints = []

    async def handle_async_request(self, request):
        answer = await self.inner.handle_async_request(request)
        await answer.aread()
        name = self.description.operation(request.method, request.url.path)
        self.seen.append((name, answer.status_code))
        if name is not None:
            found = [f"{name} -> {answer.status_code}: {what}" for what in self._complaints(name, request, answer)]
            self.complaints += found
            assert not found, found
        return answer

    def _complaints(self, name, request, answer):
        told = self.description.operations[name]
        if answer.status_code >= 400:
            return self.description.wrong(json.loads(answer.content), ERROR)
        return [*self._of_request(told, request), *self._of_answer(told, answer)]

    def _of_request(self, told, request):
        query = dict(parse_qsl(request.url.query.decode(), keep_blank_values=True))
        unknown = [f"unknown parameter {key}" for key in query if key not in told["query"] and key != "locale"]
        if told["body"] is None:
            return unknown
        return unknown + self.description.wrong(json.loads(request.content or b"{}"), told["body"])

    def _of_answer(self, told, answer):
        status = str(answer.status_code)
        if status not in told["answers"]:
            return [f"status {status} is not described"]
        schema = told["answers"][status]
        if schema is None:
            return [f"unexpected body {answer.content[:80]!r}"] if answer.content else []
        if not answer.headers["content-type"].startswith("application/json"):
            return ["not JSON"]
        return self.description.wrong(json.loads(answer.content), schema)


ERROR = {
    "type": "object",
    "properties": {
        "code": {"type": "string", "pattern": "^[A-Z][A-Z_]+$"},
        "message": {"type": "string", "minLength": 1},
    },
    "required": ["code", "message"],
    "additionalProperties": False,
}
