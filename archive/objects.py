"""What folder and bucket have in common: which keys there may be, what a marked object is, how long is long ago."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from archive.errors import StorageError

DRAFT = ".tmp-"  # begins the names of files that are being written; no key may have a part that begins so
LEFT = timedelta(days=2)  # after this, what a killed writer left half done is taken away
SWAP_PATIENCE = 10.0  # seconds for one conditional write: a lease that cannot be renewed by then is in danger


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """An object of `state/` as it was seen; `mark` names this very writing, and the store's own clock judges `age`."""

    data: bytes
    mark: str
    age: float  # seconds since it was written


def check_key(key: str) -> str:
    """The key, when it can be one. Raises StorageError."""
    if not key or any(part in ("", ".", "..") or part.startswith(DRAFT) for part in key.split("/")) or "\0" in key:
        raise StorageError(f"not a storage key: {key!r}")
    return key


def check_prefix(prefix: str) -> str:
    """The beginning of keys, when some can begin so. Raises StorageError."""
    if any(part in ("", ".", "..") for part in prefix.split("/")[:-1]) or "\0" in prefix:
        raise StorageError(f"no storage key begins with {prefix!r}")
    return prefix
