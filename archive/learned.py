"""What was learned from the shelves: tables under their own digest, and which of them is current; it learns nothing.

A table lies whole at `learned/<kind>/<SHA-256>` and never changes. Which one is current for an outlet, or for all, is
said by an entry of kind `learned` in the ledger: the latest counts. Nothing is replaced, so that two stores merge by
copying, and whatever names a digest finds its table again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from archive import ledger
from archive.digest import sha256_of
from archive.errors import ArchiveError, NotHeldError, TableError
from archive.ledger import Event
from archive.storage import Storage

SHELF: Final = "learned/"
LEDGER: Final = "learned"
EVERYWHERE: Final = "*"  # the scope of what holds for all outlets
_KIND: Final = re.compile(r"[a-z][a-z-]*")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which table of a kind is current for a scope: an outlet's id, or EVERYWHERE; digest None: no table any more."""

    kind: str
    digest: str | None
    scope: str = EVERYWHERE
    said: Mapping[str, object] = field(default_factory=dict)  # what it was learned from; plain JSON
    at: str = ""  # ISO 8601 UTC; "" before it is written


def key(kind: str, digest: str) -> str:
    """Where a table lies. Raises ArchiveError: no such key can be."""
    if not _KIND.fullmatch(kind) or not _DIGEST.fullmatch(digest):
        raise ArchiveError(f"nothing learned can lie under {kind!r} {digest!r}")
    return f"{SHELF}{kind}/{digest}"


def read_key(name: str) -> tuple[str, str] | None:
    """Kind and digest that a key of the shelf names; None when it is no such key."""
    shelf, _, rest = name.partition("/")
    kind, _, digest = rest.partition("/")
    return (kind, digest) if f"{shelf}/" == SHELF and _KIND.fullmatch(kind) and _DIGEST.fullmatch(digest) else None


def put(storage: Storage, kind: str, data: bytes) -> str:
    """Shelve a table; returns its digest, 64 hex digits. The same table twice is one object.

    Raises:
        AlreadyThereError: the object that stands there was damaged. StorageError: it was not written.
    """
    digest = sha256_of(data)
    storage.put(key(kind, digest), data)
    return digest


def get(storage: Storage, kind: str, digest: str) -> bytes:
    """A table's bytes, held against its name.

    Raises:
        TableError: it is not there, or its bytes are not those that were learned; the message names the key.
        StorageError: the store cannot be read.
    """
    name = key(kind, digest)
    try:
        data = storage.get(name)
    except NotHeldError:
        raise TableError(f"{name} is not there, and pages are to be read by it; bring it back from a copy") from None
    if sha256_of(data) != digest:
        raise TableError(f"{name} is not what was learned: its bytes changed; bring it back from a copy")
    return data


def evidence(kind: str) -> str:
    """The kind under which lies from what tables of a kind were learned, for people to judge; nothing reads by it."""
    return f"{kind}-evidence"


def keys_of(choice: Choice) -> Iterator[str]:
    """The objects that a choice names: its table, and the evidence where `said` has its digest as `evidence`."""
    named = ((choice.kind, choice.digest), (evidence(choice.kind), choice.said.get("evidence")))
    yield from (key(kind, str(digest)) for kind, digest in named if digest is not None)


def held(storage: Storage, kind: str) -> Iterator[str]:
    """The digests of all tables of a kind, in their order. Raises StorageError."""
    for name in storage.list(f"{SHELF}{kind}/"):
        if (said := read_key(name)) is not None:
            yield said[1]


def choose(storage: Storage, choice: Choice, now: datetime) -> Choice:
    """Say that a table is current from now on; it must lie on the shelf, so that no entry names what was never there.

    An entry is never older than the one it follows, whatever the clock says.

    Raises:
        ArchiveError: the table is not there or damaged, or an entry of the ledger is.
        StorageError: it was not written.
    """
    if choice.digest is not None:
        get(storage, choice.kind, choice.digest)
    before = current(storage, choice.kind).get(choice.scope)
    at = now.astimezone(UTC)
    if before is not None:
        at = max(at, datetime.fromisoformat(before.at) + timedelta(microseconds=1))
    said = {"kind": choice.kind, "scope": choice.scope, "digest": choice.digest, "said": dict(choice.said)}
    return choice_of(ledger.write(storage, LEDGER, said, at))


def choices(storage: Storage) -> list[Choice]:
    """All that was ever chosen, oldest first. Raises ArchiveError: an entry is damaged or says none."""
    events = sorted(ledger.read(storage, LEDGER), key=lambda event: (datetime.fromisoformat(event.at), event.id))
    return [choice_of(event) for event in events]


def current(storage: Storage, kind: str) -> Mapping[str, Choice]:
    """The current choice of each scope that has one, also where it is that there is no table any more.

    Raises:
        ArchiveError: an entry of the ledger is damaged: which table counts is not guessed.
    """
    return {choice.scope: choice for choice in choices(storage) if choice.kind == kind}


def choice_of(event: Event) -> Choice:
    """What an entry of the ledger says. Raises ArchiveError: it does not say what was learned."""
    kind, scope, digest, said = (event.said.get(name) for name in ("kind", "scope", "digest", "said"))
    named = digest is None or (isinstance(digest, str) and _DIGEST.fullmatch(digest) is not None)
    if not isinstance(kind, str) or not isinstance(scope, str) or not named or not isinstance(said, Mapping):
        raise ArchiveError(f"the entry {event.id} of the ledger does not say what was learned")
    return Choice(kind=kind, digest=None if digest is None else str(digest), scope=scope, said=dict(said), at=event.at)
