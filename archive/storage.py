"""Where the shelves lie: one key, one whole object; it never changes or half-writes one.

Two storages with the same keys: a local folder in `archive.folder`, an S3 bucket in `archive.s3`.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from archive.errors import NotHeldError, OvertakenError, SettingsError, StorageError
from archive.folder import FolderStorage
from archive.objects import LEFT, Marked

__all__ = ["FolderStorage", "Marked", "Storage", "open_storage", "tidy_daily"]

_TIDIED: Final = "state/tidied"
_DAY: Final = 86400.0  # seconds
logger = logging.getLogger(__name__)


class Storage(Protocol):
    """A place of whole objects under keys like `warc/sana/2026/11/….warc.gz`; several threads may use one."""

    url: str

    def get(self, key: str) -> bytes:
        """The whole object; a bucket's is held against its digest. Raises NotHeldError, StorageError."""

    def read(self, key: str, offset: int, length: int) -> bytes:
        """At most `length` bytes from `offset`; fewer only at the end. Raises NotHeldError, StorageError."""

    def open(self, key: str) -> BinaryIO:
        """A seekable stream for reading. Raises NotHeldError, StorageError."""

    def put(self, key: str, data: bytes | Path, *, replace: bool = False) -> bool:
        """Write whole or not at all; False when the same content is there already.

        When this returns, the store has confirmed the digest of what it keeps: the source may go.

        Raises AlreadyThereError when other content is there and `replace` is not given; StorageError.
        """

    def exists(self, key: str) -> bool:
        """Whether an object stands under the key. Raises StorageError."""

    def size(self, key: str) -> int:
        """Bytes of the object. Raises NotHeldError, StorageError."""

    def list(self, prefix: str) -> Iterator[str]:
        """All keys that begin so, in the order of their bytes, as they are found: no more is held than a folder's.

        What others put or remove meanwhile may or may not be among them. Raises StorageError.
        """

    def delete(self, key: str) -> None:
        """Remove an object of a disposable shelf (state/, replay/); absent is fine. Raises StorageError."""

    def look(self, key: str) -> Marked:
        """An object of `state/` with the mark that `swap` asks for, and its age. Raises NotHeldError, StorageError."""

    def swap(self, key: str, data: bytes, mark: str | None) -> str:
        """Write an object of `state/` only if it is still as marked, or with None only if there is none.

        The content must differ from all that stood there before. Returns the new mark.

        Raises OvertakenError when another writer was first, and nothing was written; StorageError.
        """

    def tidy(self, left: timedelta = LEFT) -> int:
        """Take away what killed writers left half done longer ago than this; returns how much. Raises StorageError."""


def open_storage(url: str) -> Storage:
    """The storage at a folder path or `s3://bucket/prefix`, with its options behind a question mark (docs/storage.md).

    Raises:
        SettingsError: the address is of no known kind.
        StorageError: the folder cannot be made, or the bucket cannot be reached.
    """
    if url.startswith("s3://"):
        from archive.s3 import S3Storage

        return S3Storage(url)
    if "://" in url:
        raise SettingsError(f"ASTANA_STORE: {url!r} is neither a folder nor s3://bucket/prefix")
    return FolderStorage(Path(url))


def tidy_daily(storage: Storage) -> None:
    """Take away what killed writers left, at most once a day over all processes; where that fails, it only stays."""
    mark = None
    try:
        with suppress(NotHeldError):
            seen = storage.look(_TIDIED)
            if seen.age < _DAY:
                return
            mark = seen.mark
        storage.swap(_TIDIED, secrets.token_hex(8).encode(), mark)
        storage.tidy()
    except OvertakenError:
        return  # another has just begun
    except StorageError as error:
        logger.warning("what killed writers left could not be taken away: %s", error)
