"""A store some folders of which may not be read: what lies in them is not given, and an audit goes on without it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO, Never

from archive.audit.findings import Finding, Kind
from archive.errors import ArchiveError, NotHeldError, StorageError
from archive.objects import DRAFT, LEFT, Marked
from archive.storage import FolderStorage, Storage


class Readable:
    """What an audit reads of a store: lists leave out a folder that may not be read, and it is noted."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self.url = storage.url
        self.refused: dict[str, str] = {}  # folders with their slash, and what the system said

    def get(self, key: str) -> bytes:
        """See Storage."""
        return self._storage.get(key)

    def read(self, key: str, offset: int, length: int) -> bytes:
        """See Storage."""
        return self._storage.read(key, offset, length)

    def open(self, key: str) -> BinaryIO:
        """See Storage."""
        return self._storage.open(key)

    def size(self, key: str) -> int:
        """See Storage."""
        return self._storage.size(key)

    def look(self, key: str) -> Marked:
        """See Storage."""
        return self._storage.look(key)

    def exists(self, key: str) -> bool:
        """See Storage; of what lies in a folder that may not be read nobody can say that it is lost."""
        try:
            return self.withholds(key) or self._storage.exists(key)
        except StorageError:
            if not isinstance(self._storage, FolderStorage):
                raise
            return self._storage.exists("format.json")  # raises where the whole store gives nothing

    def withholds(self, key: str) -> bool:
        """Whether a key lies in a folder that could not be read."""
        return any(key.startswith(folder) for folder in self.refused)

    def is_whole(self, place: str) -> bool:
        """Whether nothing below a place was left out of a list."""
        return not self.withholds(place) and not any(folder.startswith(place) for folder in self.refused)

    def list(self, prefix: str) -> Iterator[str]:
        """See Storage."""
        last = ""
        try:
            for last in self._storage.list(prefix):
                yield last
        except StorageError as error:
            if not isinstance(self._storage, FolderStorage) or not (prefix == "" or prefix.endswith("/")):
                raise
            yield from (key for key in self._inside(self._storage, prefix, error) if key > last)

    def _inside(self, storage: FolderStorage, prefix: str, error: StorageError) -> Iterator[str]:
        """The same, folder for folder."""
        try:
            with os.scandir(storage.root / prefix) as entries:
                found = [f"{entry.name}/" if entry.is_dir() else entry.name for entry in entries]
        except OSError as refused:
            if not prefix:
                raise error from None
            self.refused[prefix] = refused.strerror or str(refused)
            return
        for name in sorted(each for each in found if not each.startswith(DRAFT)):
            if name.endswith("/"):
                yield from self.list(prefix + name)
            elif storage.exists(prefix + name):
                yield prefix + name

    def put(self, key: str, data: bytes | Path, *, replace: bool = False) -> bool:
        """Never: an audit changes nothing."""
        _refuse()

    def delete(self, key: str) -> None:
        """Never: an audit changes nothing."""
        _refuse()

    def swap(self, key: str, data: bytes, mark: str | None) -> str:
        """Never: an audit changes nothing."""
        _refuse()

    def tidy(self, left: timedelta = LEFT) -> int:
        """Never: an audit changes nothing."""
        _refuse()


def unreadable(storage: Storage, key: str, error: ArchiveError | OSError) -> Finding:
    """An object that was listed and is not given.

    Raises:
        StorageError: it is the store that gives nothing.
    """
    if isinstance(error, NotHeldError):
        return Finding(kind=Kind.LOST, file=key, said="it was listed, and is not there")
    storage.exists("format.json")
    return Finding(kind=Kind.UNREADABLE, file=key, said=str(error))


def _refuse() -> Never:
    raise StorageError("an audit writes nothing")
