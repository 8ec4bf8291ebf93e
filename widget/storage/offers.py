"""The offers in force and every version of the file they and the plan families came from."""

from hashlib import sha256
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import msgspec

from widget.core.caps import Caps
from widget.core.lineup import LineUp
from widget.core.offer import Offer
from widget.core.offers_file import OffersFile, once_in
from widget.core.theme import Theme
from widget.storage import families, jobs
from widget.storage.database import Engine, current, rows, unit


class _Kept(NamedTuple):
    of: tuple[int, str]  # version and digest of the file: one that was rolled back may give its number to another
    version: int
    line_up: LineUp


_kept: WeakKeyDictionary[Engine, _Kept] = WeakKeyDictionary()
_once: WeakKeyDictionary[Engine, tuple[str, Theme, Caps]] = WeakKeyDictionary()  # by the file's digest


async def apply(body: str, file: OffersFile, *, by: str, at: int) -> int:
    """Put a file in force whole or not at all; the same file again changes nothing. Returns the version.

    Applied twice at once, the second waits for the first and follows it: the last one is in force.
    """
    digest = sha256(body.encode()).hexdigest()

    async def work() -> int:
        while True:
            last = await rows("SELECT version, digest FROM offers_file ORDER BY version DESC LIMIT 1")
            if last and last[0]["digest"] == digest:
                return int(last[0]["version"])
            version = int(last[0]["version"]) + 1 if last else 1
            if await _claim(version, body, digest, by, at):
                break
        await rows("UPDATE offer SET retired_at = {} WHERE retired_at IS NULL RETURNING id", at)
        for position, offer in enumerate(file.offers):
            await _insert(offer, version, position)
        await families.replace(file.families, version, at=at)
        await jobs.wake("refresh:plans", "refresh", at)  # what the families name is read at once
        return version

    return await unit(work)


async def _claim(version: int, body: str, digest: str, by: str, at: int) -> bool:
    """Take the version's number; False when somebody else took it meanwhile."""
    taken = await rows(
        "INSERT INTO offers_file (version, body, digest, applied_at, applied_by) VALUES ({}, {}, {}, {}, {}) "
        "ON CONFLICT (version) DO NOTHING RETURNING version",
        version,
        body,
        digest,
        at,
        by[:200],
    )
    return bool(taken)


async def _insert(offer: Offer, version: int, position: int) -> None:
    await rows(
        "INSERT INTO offer (id, name, version, placement, position, product_id, body) "
        "VALUES ({}, {}, {}, {}, {}, {}, {}) RETURNING id",
        f"{offer.name}@{version}",
        offer.name,
        version,
        offer.placement,
        position,
        offer.product,
        msgspec.json.encode(offer).decode(),
    )


async def in_force() -> tuple[int, tuple[Offer, ...]]:
    """The version in force and its offers in the file's order; (0, ()) before the first file."""
    version, found = await line_up()
    return version, found.offers


async def line_up() -> tuple[int, LineUp]:
    """The same, ready to choose from. Read and put in order once per version by each process."""
    last = await rows("SELECT version, digest FROM offers_file ORDER BY version DESC LIMIT 1")
    newest = (int(last[0]["version"]), str(last[0]["digest"])) if last else (0, "")
    kept = _kept.get(current())
    if kept is not None and kept.of == newest:
        return kept.version, kept.line_up
    found = await rows("SELECT version, body FROM offer WHERE retired_at IS NULL ORDER BY position")
    made = LineUp(tuple(msgspec.json.decode(row["body"], type=Offer) for row in found), await _caps(newest[1]))
    version = int(found[0]["version"]) if found else 0
    if not found or version == newest[0]:  # else another file came in force between the two reads
        _kept[current()] = _Kept(newest, version, made)
    return version, made


async def named(name: str, version: int) -> Offer | None:
    """An offer as it was in a version of the file."""
    found = await rows("SELECT body FROM offer WHERE id = {}", f"{name}@{version}")
    return msgspec.json.decode(found[0]["body"], type=Offer) if found else None


async def file_in_force() -> str | None:
    """The text of the file in force, byte for byte as applied."""
    found = await rows("SELECT body FROM offers_file ORDER BY version DESC LIMIT 1")
    return found[0]["body"] if found else None


async def theme() -> Theme:
    """The theme in force. The file is read for it once per version by each process."""
    last = await rows("SELECT digest FROM offers_file ORDER BY version DESC LIMIT 1")
    return (await _read_once(str(last[0]["digest"])))[1] if last else Theme()


async def _caps(digest: str) -> Caps:
    return (await _read_once(digest))[2] if digest else Caps()


async def _read_once(digest: str) -> tuple[str, Theme, Caps]:
    kept = _once.get(current())
    if kept is None or kept[0] != digest:
        found = await rows("SELECT body FROM offers_file WHERE digest = {} LIMIT 1", digest)
        kept = _once[current()] = (digest, *(once_in(found[0]["body"]) if found else (Theme(), Caps())))
    return kept


async def versions() -> list[dict[str, Any]]:
    """Every version of the file: when it was applied, by whom, its digest and its text; the newest first."""
    return await rows("SELECT version, applied_at, applied_by, digest, body FROM offers_file ORDER BY version DESC")


async def names_of_versions() -> dict[int, dict[str, str]]:
    """The offers of every version by name, each as it was kept."""
    found: dict[int, dict[str, str]] = {}
    for row in await rows("SELECT name, version, body FROM offer ORDER BY version, position"):
        found.setdefault(int(row["version"]), {})[row["name"]] = row["body"]
    return found
