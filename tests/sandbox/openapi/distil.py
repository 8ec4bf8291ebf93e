"""Distil Dodo's public OpenAPI description to what the sandbox implements: `python distil.py FULL.json`.

Writes `dodo.json` beside this file: operations with parameters, body and answers, webhook events, and the schemas they
reach. Texts, examples and extensions are left out. Two things are made strict: an object may have the named fields
only, and where integer and number are alternatives of each other, number stands for both.
"""

import json
import sys
from pathlib import Path

HERE = Path(__file__).parent
OPERATIONS = """
POST /checkouts
POST /checkouts/preview
GET /checkouts/{id}
POST /payments
GET /payments
GET /payments/{payment_id}
GET /payments/{payment_id}/line-items
POST /customers
GET /customers
GET /customers/{customer_id}
PATCH /customers/{customer_id}
GET /customers/{customer_id}/payment-methods
DELETE /customers/{customer_id}/payment-methods/{payment_method_id}
POST /customers/{customer_id}/customer-portal/session
GET /products
GET /products/{id}
GET /discounts
GET /discounts/code/{code}
POST /refunds
GET /refunds
GET /refunds/{refund_id}
GET /disputes
GET /disputes/{dispute_id}
GET /subscriptions
GET /subscriptions/{subscription_id}
PATCH /subscriptions/{subscription_id}
POST /subscriptions/{subscription_id}/change-plan/preview
POST /subscriptions/{subscription_id}/change-plan
DELETE /subscriptions/{subscription_id}/change-plan/scheduled
POST /subscriptions/{subscription_id}/update-payment-method
POST /subscriptions/{subscription_id}/charge
GET /addons
GET /addons/{id}
GET /product-collections
GET /product-collections/{id}
""".strip().splitlines()
EVENTS = ("payment.", "subscription.", "refund.", "dispute.")
TEXTS = {"description", "example", "examples", "title", "deprecated", "discriminator", "default", "externalDocs"}


def distil(full):
    """The small description."""
    operations = {name: operation(full, *name.split(" ")) for name in OPERATIONS}
    events = {
        name: plain(next(iter(hook.values()))["requestBody"]["content"]["application/json"]["schema"])
        for name, hook in full["webhooks"].items()
        if name.startswith(EVENTS)
    }
    small = {"version": full["info"]["version"], "operations": operations, "events": events, "schemas": {}}
    waiting = references([operations, events])
    while waiting:
        name = waiting.pop()
        if name not in small["schemas"]:
            small["schemas"][name] = plain(full["components"]["schemas"][name])
            waiting |= references(small["schemas"][name])
    for name in merged_in(small):
        # what is merged into another object cannot be strict by itself
        small["schemas"][name].pop("unevaluatedProperties", None)
    small["schemas"] = dict(sorted(small["schemas"].items()))
    return small


def operation(full, method, path):
    """Query parameters, body and answers of one operation; an answer without a body is null."""
    told = full["paths"][path][method.lower()]
    body = told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    return {
        "query": {p["name"]: plain(p["schema"]) for p in told.get("parameters", []) if p["in"] == "query"},
        "body": body and plain(body),
        "answers": {
            status: (answer.get("content") or {}).get("application/json")
            and plain(answer["content"]["application/json"]["schema"])
            for status, answer in told["responses"].items()
        },
    }


def plain(schema):
    """A schema without texts and extensions, strict where the docstring above says so."""
    if isinstance(schema, list):
        return [plain(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {
        name: {field: plain(inner) for field, inner in value.items()} if name == "properties" else plain(value)
        for name, value in schema.items()
        if name not in TEXTS and not name.startswith("x-")
    }
    if "properties" in kept and "additionalProperties" not in kept:
        kept["unevaluatedProperties"] = False
    if "allOf" in kept:
        for part in kept["allOf"]:
            part.pop("unevaluatedProperties", None)
        kept["unevaluatedProperties"] = False
    types = [part.get("type") for part in kept.get("oneOf", []) if isinstance(part, dict)]
    if "integer" in types and "number" in types:
        kept["oneOf"] = [part for part in kept["oneOf"] if part.get("type") != "integer"]
    return kept


def references(part):
    """The names of all schemas that `part` points to."""
    found = json.dumps(part).split('"$ref": "#/components/schemas/')[1:]
    return {text.split('"', 1)[0] for text in found}


def merged_in(part):
    """The names of schemas that stand in an `allOf`."""
    if isinstance(part, list):
        return set().union(*map(merged_in, part))
    if not isinstance(part, dict):
        return set()
    here = references([inner for inner in part["allOf"] if "$ref" in inner]) if "allOf" in part else set()
    return here.union(*map(merged_in, part.values()))


def written(small):
    """JSON with one line for each operation, event and schema, so that a change can be read."""
    parts = []
    for key in ("operations", "events", "schemas"):
        lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in small[key].items())
        parts.append(f" {json.dumps(key)}: {{\n{lines}\n }}")
    return f'{{\n "version": {json.dumps(small["version"])},\n' + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    full = json.loads(Path(sys.argv[1]).read_text())
    (HERE / "dodo.json").write_text(written(distil(full)))
