"""What is known of stories that somebody expects to be here: held, archived, lost or not looked at; pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from archive.listings import State


class Found(StrEnum):
    """The verdict on one expected story."""

    HELD = "held"
    FROM_ARCHIVE = "held from an archive"
    ARCHIVED = "archived"  # an index of a web archive on our shelves names a copy that nobody fetched
    LOST = "lost"  # asked for, and gone wherever it was asked for
    NOT_LOOKED_AT = "not looked at"
    TAKEN_DOWN = "taken down"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What the shelves know of one story: what became of it, and when an archive captured it first, if one did."""

    story: str
    state: State
    archived: str | None = None  # ISO 8601 UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """One story that somebody expects, and what became of it; `detail` says more in a few words."""

    story: str
    found: Found
    detail: str = ""
    archived: str | None = None  # when an archive captured it first, by the indexes on our shelves


_HELD: Final = {
    State.HELD: (Found.HELD, ""),
    State.OFF_TOPIC: (Found.HELD, "off topic"),
    State.FROM_ARCHIVE: (Found.FROM_ARCHIVE, ""),
    State.TAKEN_DOWN: (Found.TAKEN_DOWN, ""),
}
_NOT_HELD: Final = {
    State.LOST: (Found.LOST, ""),
    State.BLOCKED: (Found.NOT_LOOKED_AT, "asked for, and no answer told whether it is there"),
    State.UNSEEN: (Found.NOT_LOOKED_AT, "listed, and never asked for"),
}


def expected(story: str, trace: Trace | None) -> Expected:
    """The verdict on a story; no trace of it means that nobody ever listed it here or asked for it."""
    if trace is None:
        return Expected(story=story, found=Found.NOT_LOOKED_AT, detail="never listed")
    if trace.state in _HELD:
        found, detail = _HELD[trace.state]
        return Expected(story=story, found=found, detail=detail, archived=trace.archived)
    if trace.archived is not None:
        detail = "no copy of it could be fetched" if trace.state is not State.UNSEEN else "no copy of it was fetched"
        return Expected(story=story, found=Found.ARCHIVED, detail=detail, archived=trace.archived)
    found, detail = _NOT_HELD.get(trace.state, (Found.NOT_LOOKED_AT, ""))
    return Expected(story=story, found=found, detail=detail)
