"""The API says of itself what it answers: every status, the body of a refusal, and who may call."""

import pytest

from widget.web.api_answers import CODES

CALLS = [
    ("/api/v1/tickets", "post", {"201", "400", "401", "408", "413", "415", "429", "500", "503"}),
    ("/api/v1/returns", "post", {"201", "400", "401", "408", "413", "415", "429", "500", "503"}),
    ("/api/v1/occasions", "post", {"200", "201", "400", "401", "408", "409", "413", "415", "429", "500", "503"}),
    ("/api/v1/occasions/{occasion_id}", "delete", {"204", "400", "401", "404", "429", "500", "503"}),
]


@pytest.mark.parametrize(("path", "method", "statuses"), CALLS)
async def test_every_status_is_described_with_the_body_of_a_refusal(stage, path, method, statuses):
    described = (await stage.encore.get("/docs/openapi.json")).json()
    call = described["paths"][path][method]
    assert set(call["responses"]) == statuses
    assert call["security"] == [{"bearer": []}]
    for status, answer in call["responses"].items():
        if status >= "400":
            assert answer["content"] == {"application/json": {"schema": {"$ref": "#/components/schemas/Refused"}}}
    assert described["components"]["schemas"]["Error"]["properties"]["code"]["enum"] == list(CODES)
    assert described["components"]["securitySchemes"]["bearer"] == {"type": "http", "scheme": "bearer"}


async def test_every_call_of_the_api_is_looked_at_here(stage):
    paths = (await stage.encore.get("/docs/openapi.json")).json()["paths"]
    found = {(path, method) for path, calls in paths.items() if path.startswith("/api/") for method in calls}
    assert found == {(path, method) for path, method, _ in CALLS}
