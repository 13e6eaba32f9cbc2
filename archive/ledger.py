"""What people decided and what runs saw: small JSON objects, written once, one event each; it never edits one."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from archive.errors import ArchiveError
from archive.storage import Storage
from archive.texts import to_line

_KIND = re.compile(r"[a-z][a-z-]*")


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
    event = Event(id=f"{at:%Y%m%d%H%M%S}-{uuid.uuid4().hex[:12]}", kind=kind, at=at.isoformat(), said=said)
    line = to_line({"id": event.id, "kind": kind, "at": event.at, "said": dict(said)})
    storage.put(f"ledger/{kind}/{at:%Y/%m}/{event.id}.json", f"{line}\n".encode())
    return event


def read(storage: Storage, kind: str) -> Iterator[Event]:
    """All events of a kind, oldest first.

    Raises:
        ArchiveError: an object is no event; the message names its key.
    """
    for key in storage.list(f"ledger/{kind}/"):
        try:
            fields = json.loads(storage.get(key))
            yield Event(id=fields["id"], kind=fields["kind"], at=fields["at"], said=fields["said"])
        except (ValueError, KeyError, TypeError):
            raise ArchiveError(f"{key} is no ledger entry; it was left as it is") from None
