"""The API does what its OpenAPI document says, whatever is sent: answers of stated status and shape, never a fault of ours."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.stage import API_KEY, ENCORE

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# As many as a key may call in a minute, shared out; what is drawn is the same in every run.
STEADY = settings(
    max_examples=25,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


async def operations(stage) -> dict[str, object]:
    document = (await stage.encore.get("/docs/openapi.json")).json()
    loaded = schemathesis.openapi.from_dict(document)
    found = {operation.ok().label: operation.ok() for operation in loaded.get_all_operations()}
    return {label: operation for label, operation in found.items() if "/api/v1/" in label}


async def test_every_call_of_the_api_is_in_the_document(stage):
    assert set(await operations(stage)) == {
        "POST /api/v1/tickets",
        "POST /api/v1/returns",
        "POST /api/v1/occasions",
        "DELETE /api/v1/occasions/{occasion_id}",
    }


@pytest.mark.parametrize("number", range(4))
@STEADY
@given(data=st.data())
async def test_whatever_is_sent_is_answered_as_the_document_says(stage, number, data):
    label, operation = sorted((await operations(stage)).items())[number]
    case = data.draw(operation.as_strategy(), label=label)  # type: ignore[attr-defined]
    sent = case.as_transport_kwargs(base_url=ENCORE)
    headers = {name: value for name, value in dict(sent.pop("headers", {})).items() if name.lower() != "authorization"}
    answer = await stage.encore.request(
        sent.pop("method"),
        sent.pop("url"),
        headers=headers | {"authorization": f"Bearer {API_KEY}"},
        json=sent.get("json"),
        params=sent.get("params"),
    )
    case.validate_response(answer, checks=CHECKS)
