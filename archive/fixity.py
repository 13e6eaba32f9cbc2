"""What each shelved file's bytes are, kept in the ledger: SHA-256 and size; it reads no file and judges none.

One small object for each file of warc/, cdxj/, text/ and listed/. Its name says all that it holds, so that one listing
tells what must be on the shelves and no object needs to be fetched: a hundred thousand files are a hundred requests.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from archive.errors import ArchiveError
from archive.storage import Storage
from archive.texts import to_line

SHELF: Final = "ledger/fixity/"
SHELVES: Final = ("warc", "cdxj", "text", "listed")
IMPORTS: Final = "_import"
_MONTH = re.compile(r"/(\d{4}/\d\d)/[^/]+")
_NAME = re.compile(r"(?P<file>[^/]+)!(?P<size>\d+)!(?P<sha256>[0-9a-f]{64})\.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixity:
    """What a file was when it was shelved: hex SHA-256 and bytes."""

    sha256: str
    size: int


def record(storage: Storage, key: str, sha256: str, size: int) -> str:
    """Write down what a shelved file is; returns the entry's key. Safe to repeat: the same file is the same entry.

    Args:
        key: the file's own, such as `warc/sana/2026/11/….warc.gz`; an entry lies in the same month as its file.
        sha256: 64 hex digits.
        size: bytes.

    Raises:
        ArchiveError: no entry can be made for such a key.
        StorageError: it was not written.
    """
    fixity = Fixity(sha256=sha256, size=size)
    entry = key_of(key, fixity)
    storage.put(entry, content(key, fixity))
    return entry


def key_of(key: str, fixity: Fixity) -> str:
    """Where the entry of a file lies. Raises ArchiveError: the file's key is none of these shelves'."""
    inside = _inside(key)
    name = f"{key.replace('/', '!')}!{fixity.size}!{fixity.sha256}.json"
    if key.partition("/")[0] not in SHELVES or inside is None or "!" in key or not _NAME.fullmatch(name):
        raise ArchiveError(f"no fixity can be kept of {key!r} ({fixity.sha256}, {fixity.size} bytes)")
    return f"{SHELF}{inside}/{name}"


def _inside(key: str) -> str | None:
    """The folder of a file's entry: the month it was made in, or that of all imports; None for a key without either."""
    month = _MONTH.findall(key)
    return IMPORTS if f"/{IMPORTS}/" in key else month[-1] if month else None


def recorded(storage: Storage, keys: Iterable[str]) -> frozenset[str]:
    """Those of some files that are on record; asked for a folder at a time, whatever else the ledger holds.

    Raises:
        StorageError: the ledger cannot be listed.
    """
    wanted = frozenset(keys)
    prefixes = {f"{SHELF}{_inside(key)}/{key.rpartition('/')[0].replace('/', '!')}!" for key in wanted}
    found = (read_key(entry) for prefix in sorted(prefixes) for entry in storage.list(prefix))
    return wanted & {said[0] for said in found if said is not None}


def content(key: str, fixity: Fixity) -> bytes:
    """The bytes of a file's entry: they follow from what it says, so that one changed letter is seen."""
    return f"{to_line({'file': key, 'sha256': fixity.sha256, 'size': fixity.size})}\n".encode()


def read_key(entry: str) -> tuple[str, Fixity] | None:
    """The file an entry speaks of and what it says, told by the entry's key alone; None when it is no such key."""
    found = _NAME.fullmatch(entry.rpartition("/")[2])
    if found is None:
        return None
    file, fixity = found["file"].replace("!", "/"), Fixity(sha256=found["sha256"], size=int(found["size"]))
    try:
        return (file, fixity) if key_of(file, fixity) == entry else None
    except ArchiveError:
        return None


def load(storage: Storage) -> Mapping[str, tuple[Fixity, ...]]:
    """All that is on record, by the files' keys.

    A text that was damaged and read again may have two entries, for another library packs the same lines otherwise; so
    may an index that was made again. Each of them counts.

    Raises:
        StorageError: the ledger cannot be listed.
    """
    known: dict[str, list[Fixity]] = defaultdict(list)
    for entry in storage.list(SHELF):
        if (said := read_key(entry)) is not None:
            known[said[0]].append(said[1])
    return {file: tuple(entries) for file, entries in known.items()}
