"""What a figure was measured on: the contents of the product and of the campaign, whatever commit they are in."""

import subprocess
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).parents[2]
_PARTS = ("widget", "templates", "static", "tests/campaign", "tests/till")


@lru_cache
def product() -> str:
    """The product's tree, a hash of what measures it, and whether something is not committed; `unknown` without git."""
    try:
        trees = [_git("rev-parse", "--short=8", f"HEAD:{part}") for part in _PARTS]
        changed = "+changed" if _git("status", "--porcelain", "--untracked-files=no", "--", *_PARTS) else ""
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{trees[0]}.{sha256(''.join(trees[1:]).encode()).hexdigest()[:8]}{changed}"


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
