"""What people decided and what runs saw: small JSON objects, written once, one event each; it never edits one.

An event's id ends in a digest of what the event says, so that an object whose bytes changed is found when it is read.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from archive.errors import ArchiveError
from archive.storage import Storage
from archive.texts import to_line

_KIND = re.compile(r"[a-z][a-z-]*")
_SEALED = re.compile(r"\d{14}-([0-9a-f]{20})")  # ids of older programs end in twelve random digits: nothing to check


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One entry: `kind` such as run, import, takedown; `said` is plain JSON."""

    id: str
    kind: str
    at: str  # ISO 8601 UTC
    said: Mapping[str, object]


def write(storage: Storage, kind: str, said: Mapping[str, object], now: datetime) -> Event:
    """Add one event under a name of its own, so that many writers never touch the same object.

    Raises:
        StorageError: it was not written.
    """
    if not _KIND.fullmatch(kind):
        raise ArchiveError(f"not a kind of ledger entry: {kind!r}")
    at = now.astimezone(UTC)
    event = Event(id="", kind=kind, at=at.isoformat(), said=said)
    event = replace(event, id=f"{at:%Y%m%d%H%M%S}-{_seal(event)}")
    storage.put(f"ledger/{kind}/{at:%Y/%m}/{event.id}.json", _content(event))
    return event


def _seal(event: Event) -> str:
    """Twenty hex digits that follow from all that an event says."""
    said = to_line({"kind": event.kind, "at": event.at, "said": dict(event.said)})
    return hashlib.sha256(said.encode()).hexdigest()[:20]


def _content(event: Event) -> bytes:
    line = to_line({"id": event.id, "kind": event.kind, "at": event.at, "said": dict(event.said)})
    return f"{line}\n".encode()


def read(storage: Storage, kind: str) -> Iterator[Event]:
    """All events of a kind, oldest first.

    Raises:
        ArchiveError: an object is no event, or no longer the one that was written; the message names its key.
    """
    for key in storage.list(f"ledger/{kind}/"):
        yield load(storage.get(key), key)


def load(data: bytes, key: str) -> Event:
    """The event that an object of the ledger holds.

    Raises:
        ArchiveError: it is none, or its bytes are not those that were written; the message names its key.
    """
    try:
        fields = json.loads(data)
        event = Event(id=fields["id"], kind=fields["kind"], at=fields["at"], said=dict(fields["said"]))
        sealed = _SEALED.fullmatch(key.rpartition("/")[2].removesuffix(".json"))
        same = sealed is None or (sealed[1] == _seal(event) and data == _content(event) and f"/{event.id}." in key)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ArchiveError(f"{key} is no ledger entry; it was left as it is") from None
    if not same or f"ledger/{event.kind}/" not in key:
        raise ArchiveError(f"{key} is not what was written: its bytes changed, or they lie under another name")
    return event
