"""The history of each charge: append only, each row chained to the one before by its hash."""

import json
from hashlib import sha256
from typing import Any

from widget.core.charge import Fate
from widget.storage.database import rows


async def append(charge_id: str, *, at: int, event: str, fate: Fate, detail: str) -> None:
    """One more line; runs inside the unit of work that changed the charge, so both are there or neither."""
    last = await rows(
        "SELECT seq, digest FROM charge_history WHERE charge_id = {} ORDER BY seq DESC LIMIT 1", charge_id
    )
    seq, previous = (int(last[0]["seq"]) + 1, last[0]["digest"]) if last else (1, "")
    await rows(
        "INSERT INTO charge_history (id, charge_id, seq, at, event, fate, detail, previous, digest) "
        "VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}) RETURNING id",
        f"{charge_id}:{seq}",
        charge_id,
        seq,
        at,
        event,
        fate.value,
        detail,
        previous,
        digest(charge_id, seq, at, event, fate.value, detail, previous),
    )


async def of(charge_id: str) -> list[dict[str, Any]]:
    """Every line, oldest first."""
    return await rows(
        "SELECT seq, at, event, fate, detail, previous, digest FROM charge_history WHERE charge_id = {} ORDER BY seq",
        charge_id,
    )


def digest(charge_id: str, seq: int, at: int, event: str, fate: str, detail: str, previous: str) -> str:
    """The hash a line must have; a changed, missing or inserted line breaks the chain."""
    return sha256(json.dumps([charge_id, seq, at, event, fate, detail, previous]).encode()).hexdigest()


def intact(charge_id: str, lines: list[dict[str, Any]]) -> bool:
    """Whether the chain holds from the first line to the last."""
    previous = ""
    for number, line in enumerate(lines, 1):
        want = digest(charge_id, number, line["at"], line["event"], line["fate"], line["detail"], previous)
        if line["seq"] != number or line["previous"] != previous or line["digest"] != want:
            return False
        previous = want
    return True
