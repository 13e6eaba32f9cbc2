"""The shelf of what was learned: each table by its own name, and what the ledger chose; it changes nothing."""

from __future__ import annotations

from collections.abc import Iterator

from archive import learned, ledger
from archive.audit.findings import Finding, Kind, Passed
from archive.audit.withheld import unreadable
from archive.digest import sha256_of
from archive.errors import ArchiveError
from archive.storage import Storage

Found = Finding | Passed


def audit_learned(storage: Storage, outlet: str | None) -> Iterator[Found]:
    """Every table and its evidence, and what an entry of the ledger names and is not there.

    Args:
        storage: of the shelves.
        outlet: what was ever chosen for this one only; None: the whole shelf.

    Raises:
        StorageError: the store cannot be read.
    """
    named: set[str] = set()
    for key in storage.list(f"ledger/{learned.LEDGER}/"):
        try:
            choice = learned.choice_of(ledger.load(storage.get(key), key))
            wanted = frozenset(learned.keys_of(choice))
        except ArchiveError as error:
            if _is_event(storage, key):  # else it is told where the ledger is looked at
                yield Finding(kind=Kind.LEDGER, file=key, said=str(error))
            continue
        if outlet in (None, choice.scope):
            named |= wanted
    there = set(storage.list(learned.SHELF) if outlet is None else (key for key in named if storage.exists(key)))
    for key in sorted(there):
        yield from _object(storage, key)
    for key in sorted(key for key in named - there if not storage.exists(key)):
        yield Finding(kind=Kind.LOST, file=key, said="the ledger says that it was chosen to read by; it is not there")


def _is_event(storage: Storage, key: str) -> bool:
    try:
        ledger.load(storage.get(key), key)
    except ArchiveError:
        return False
    return True


def _object(storage: Storage, key: str) -> Iterator[Found]:
    said = learned.read_key(key)
    if said is None:
        yield Finding(kind=Kind.STRAY, file=key, said="it is of no shelf; this archive did not put it there")
        return
    try:
        data = storage.get(key)
    except ArchiveError as error:
        yield unreadable(storage, key, error)
        return
    if sha256_of(data) != said[1]:
        yield Finding(kind=Kind.FIXITY, file=key, said=f"its {len(data)} bytes are not those whose SHA-256 is its name")
    yield Passed(file=key, bytes=len(data))
