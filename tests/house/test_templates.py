"""Templates stay within the policy the browser is told: no inline script or style, nothing unescaped."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

FORBIDDEN = {
    "unescaped text": re.compile(r"\|\s*safe\b|autoescape\s+false|Markup\(", re.IGNORECASE),
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>", re.IGNORECASE),
    "an inline style": re.compile(r"<style\b|\sstyle\s*=", re.IGNORECASE),
    "an event handler": re.compile(r"\son[a-z]+\s*=|\shx-on\b", re.IGNORECASE),
    "script in an address": re.compile(r"javascript:|\bjs:", re.IGNORECASE),
    "a foreign address": re.compile(r"""(?:src|srcset|action)\s*=\s*["']https?:""", re.IGNORECASE),
    "a filter that needs eval": re.compile(r"hx-trigger\s*=\s*[\"'][^\"']*\[", re.IGNORECASE),
}


@pytest.mark.parametrize("name", FORBIDDEN)
def test_no_template_contains(name: str):
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in TEMPLATES
        for match in FORBIDDEN[name].finditer(re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL))
    ]
    assert found == []


def test_there_are_templates_to_look_at():
    assert len(TEMPLATES) > 5


def test_text_is_marked_as_safe_in_one_place_after_the_sanitiser():
    found = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "widget").rglob("*.py")
        if re.search(r"\bMarkup\(|__html__|autoescape\s*=\s*False", path.read_text())
    ]
    assert found == ["widget/web/markdown.py"]
