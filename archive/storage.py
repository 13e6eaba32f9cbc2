"""Where the shelves lie: one key, one whole object; it never changes or half-writes one.

Two storages with the same keys: a local folder here, an S3 bucket in `archive.s3`.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from archive.digest import CHUNK, sha256_of
from archive.errors import AlreadyThereError, NotHeldError, SettingsError, StorageError

_HIDDEN = ".tmp-"


class Storage(Protocol):
    """A place of whole objects under keys like `warc/sana/2026/11/….warc.gz`."""

    url: str

    def get(self, key: str) -> bytes:
        """The whole object. Raises NotHeldError, StorageError."""

    def read(self, key: str, offset: int, length: int) -> bytes:
        """At most `length` bytes from `offset`. Raises NotHeldError, StorageError."""

    def open(self, key: str) -> BinaryIO:
        """A seekable stream for reading. Raises NotHeldError, StorageError."""

    def put(self, key: str, data: bytes | Path, *, replace: bool = False) -> bool:
        """Write whole or not at all; False when the same content is there already.

        Raises AlreadyThereError when other content is there and `replace` is not given; StorageError.
        """

    def exists(self, key: str) -> bool:
        """Whether an object stands under the key. Raises StorageError."""

    def size(self, key: str) -> int:
        """Bytes of the object. Raises NotHeldError, StorageError."""

    def list(self, prefix: str) -> Iterator[str]:
        """All keys that begin so, sorted. Raises StorageError."""

    def delete(self, key: str) -> None:
        """Remove an object of a disposable shelf (state/, replay/); absent is fine. Raises StorageError."""


def open_storage(url: str) -> Storage:
    """The storage at a folder path or `s3://bucket/prefix`.

    Raises:
        SettingsError: the address is of no known kind.
        StorageError: the folder cannot be made, or the bucket cannot be reached.
    """
    if url.startswith("s3://"):
        from archive.s3 import S3Storage

        return S3Storage(url)
    if "://" in url and not url.startswith("file://"):
        raise SettingsError(f"ASTANA_STORE: {url!r} is neither a folder nor s3://bucket/prefix")
    return FolderStorage(Path(url.removeprefix("file://")))


class FolderStorage:
    """Objects as files below one folder: written beside, synced, linked under the final name, folder synced."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        self.url = str(self.root)
        try:
            self.root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(f"the store {self.root} cannot be made: {error.strerror}") from None

    def _path(self, key: str) -> Path:
        parts = key.split("/")
        if not key or any(part in ("", ".", "..") or part.startswith(_HIDDEN) for part in parts):
            raise StorageError(f"not a storage key: {key!r}")
        return self.root.joinpath(*parts)

    def get(self, key: str) -> bytes:
        """See Storage."""
        with self.open(key) as stream:
            return stream.read()

    def read(self, key: str, offset: int, length: int) -> bytes:
        """See Storage."""
        with self.open(key) as stream:
            stream.seek(offset)
            return stream.read(length)

    def open(self, key: str) -> BinaryIO:
        """See Storage."""
        try:
            return self._path(key).open("rb")
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            raise NotHeldError(f"the store holds no {key}") from None
        except OSError as error:
            raise StorageError(f"{key} cannot be read from {self.root}: {error.strerror}") from None

    def put(self, key: str, data: bytes | Path, *, replace: bool = False) -> bool:
        """See Storage."""
        final = self._path(key)
        draft = final.with_name(f"{_HIDDEN}{secrets.token_hex(8)}")
        try:
            final.parent.mkdir(parents=True, exist_ok=True)
            try:
                _write(draft, data)
                if replace:
                    draft.replace(final)
                elif not _link(draft, final):
                    return self._same_or_raise(key, data)
            finally:
                draft.unlink(missing_ok=True)
            _sync_folder(final.parent, self.root)
        except OSError as error:
            raise StorageError(f"{key} cannot be written to {self.root}: {error.strerror}") from None
        return True

    def _same_or_raise(self, key: str, data: bytes | Path) -> bool:
        if sha256_of(self._path(key)) != sha256_of(data):
            raise AlreadyThereError(f"{key} is in the store already, with other content; it was left as it is")
        return False

    def exists(self, key: str) -> bool:
        """See Storage."""
        return self._path(key).is_file()

    def size(self, key: str) -> int:
        """See Storage."""
        try:
            return self._path(key).stat().st_size
        except FileNotFoundError:
            raise NotHeldError(f"the store holds no {key}") from None

    def list(self, prefix: str) -> Iterator[str]:
        """See Storage."""
        start = self.root.joinpath(*[part for part in prefix.split("/")[:-1] if part])
        keys = (
            path.relative_to(self.root).as_posix()
            for path in start.rglob("*")
            if not path.name.startswith(_HIDDEN) and path.is_file()
        )
        yield from sorted(key for key in keys if key.startswith(prefix))

    def delete(self, key: str) -> None:
        """See Storage."""
        try:
            self._path(key).unlink(missing_ok=True)
        except OSError as error:
            raise StorageError(f"{key} cannot be removed from {self.root}: {error.strerror}") from None


def _write(path: Path, data: bytes | Path) -> None:
    with path.open("xb") as out:
        if isinstance(data, bytes):
            out.write(data)
        else:
            with data.open("rb") as source:
                while chunk := source.read(CHUNK):
                    out.write(chunk)
        out.flush()
        os.fsync(out.fileno())


def _link(draft: Path, final: Path) -> bool:
    """Give the draft its final name unless the name is taken: link(2) is atomic where rename would overwrite."""
    try:
        os.link(draft, final)
    except FileExistsError:
        return False
    return True


def _sync_folder(folder: Path, root: Path) -> None:
    """A new name survives a power cut only when its folder, and each folder made for it, is synced too."""
    for place in (folder, *folder.parents):
        handle = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
        try:
            with contextlib.suppress(OSError):  # some file systems cannot sync a folder; the file itself is synced
                os.fsync(handle)
        finally:
            os.close(handle)
        if place == root:
            return
