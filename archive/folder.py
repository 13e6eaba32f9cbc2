"""The shelves in a local folder: written beside, synced, read back, linked under the final name, folder synced.

What is read back is the draft, after its sync and with the system's memory of it dropped where the system allows it:
the name is given only to bytes that the disk has returned once. A digest taken while copying would prove the copying
in memory alone.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import logging
import os
import secrets
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from archive.digest import CHUNK, sha256_of
from archive.errors import AlreadyThereError, NotHeldError, OvertakenError, StorageError
from archive.objects import DRAFT, LEFT, SWAP_PATIENCE, Marked, check_key, check_prefix

_LOCK = f"{DRAFT}lock"
logger = logging.getLogger(__name__)
_ABSENT = (FileNotFoundError, IsADirectoryError, NotADirectoryError)
_ADVICE = {
    errno.ENOSPC: "make room on that disk",
    errno.EDQUOT: "the quota is used up: raise it or make room",
    errno.EFBIG: "the system limits how large a file may grow: raise the limit",
    errno.EACCES: "give this user the right to read and write there",
    errno.EPERM: "give this user the right to read and write there",
    errno.EROFS: "mount it writable",
    errno.EIO: "the disk may be failing: check it first",
    errno.ENOTDIR: "a file stands where a folder should be: move it away",
    errno.EEXIST: "a file stands where a folder should be: move it away",
    errno.ENAMETOOLONG: "this file system takes no such long names: use another",
    errno.ENOLCK: "this file system grants no locks: use another, or a bucket",
    errno.ESTALE: "the network file system lost it: mount it again",
}


class FolderStorage:
    """Objects as files below one folder; see `archive.storage.Storage` for what each verb promises."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        self.url = str(self.root)
        try:
            made = [place for place in (self.root, *self.root.parents) if not place.exists()]
            self.root.mkdir(parents=True, exist_ok=True)
            for place in made:
                _sync(place.parent)
        except OSError as error:
            raise StorageError(f"the store {self.root} cannot be made: {_said(error)}") from None

    def _path(self, key: str) -> Path:
        return self.root.joinpath(*check_key(key).split("/"))

    @contextlib.contextmanager
    def _telling(self, what: str, done: str) -> Iterator[None]:
        """Whatever the file system refuses becomes one line that names the object and says what helps."""
        try:
            yield
        except _ABSENT as error:
            if done == "read":
                raise NotHeldError(f"the store holds no {what}") from None
            raise StorageError(f"{what} cannot be {done} in {self.root}: {_said(error)}") from None
        except OSError as error:
            raise StorageError(f"{what} cannot be {done} in {self.root}: {_said(error)}") from None

    def get(self, key: str) -> bytes:
        """See Storage."""
        with self._telling(key, "read"):
            return self._path(key).read_bytes()

    def read(self, key: str, offset: int, length: int) -> bytes:
        """See Storage."""
        with self._telling(key, "read"), self._path(key).open("rb", buffering=0) as stream:
            stream.seek(offset)
            found = bytearray()
            while len(found) < length and (more := stream.read(length - len(found))):
                found += more
            return bytes(found)

    def open(self, key: str) -> BinaryIO:
        """See Storage."""
        with self._telling(key, "read"):
            return self._path(key).open("rb")

    def put(self, key: str, data: bytes | Path, *, replace: bool = False) -> bool:
        """See Storage."""
        final = self._path(key)
        with self._telling(key, "written"):
            final.parent.mkdir(parents=True, exist_ok=True)
            if not replace and final.is_file():
                return self._same_or_raise(key, data)
            draft = final.with_name(f"{DRAFT}{secrets.token_hex(8)}")
            try:
                _write(draft, data)
                if replace:
                    draft.replace(final)
                elif not _link(draft, final):
                    return self._same_or_raise(key, data)
            finally:
                draft.unlink(missing_ok=True)
            self._sync_up(final.parent)
        return True

    def _same_or_raise(self, key: str, data: bytes | Path) -> bool:
        path = self._path(key)
        if sha256_of(path) != sha256_of(data):
            raise AlreadyThereError(f"{key} is in the store already, with other content; it was left as it is")
        self._sync_up(path.parent)  # whoever put it may have died before its name was on the disk
        return False

    def exists(self, key: str) -> bool:
        """See Storage."""
        with self._telling(key, "asked for"):
            return self._path(key).is_file()

    def size(self, key: str) -> int:
        """See Storage."""
        path = self._path(key)
        with self._telling(key, "read"):
            if path.is_dir():
                raise IsADirectoryError
            return path.stat().st_size

    def list(self, prefix: str) -> Iterator[str]:
        """See Storage."""
        head, slash, start = check_prefix(prefix).rpartition("/")
        with self._telling(f"the list of {prefix or 'everything'}", "made"):
            folder = self.root / head
            above = [place for place in (self.root, *folder.parents) if place.is_relative_to(self.root)] if head else []
            yield from _walk(folder, head + slash, start, frozenset(_mark(place) for place in above if place.is_dir()))

    def delete(self, key: str) -> None:
        """See Storage."""
        with self._telling(key, "removed"), contextlib.suppress(FileNotFoundError, NotADirectoryError):
            self._path(key).unlink()

    def look(self, key: str) -> Marked:
        """See Storage."""
        with self._telling(key, "read"), self._path(key).open("rb") as stream:
            data, found = stream.read(), os.fstat(stream.fileno())
            age = max(0.0, _now(self._path(key).parent) - found.st_mtime)
            return Marked(data=data, mark=sha256_of(data), age=age)

    def swap(self, key: str, data: bytes, mark: str | None) -> str:
        """See Storage. A lock that the kernel drops with its holder makes comparing and renaming one step."""
        final = self._path(key)
        with self._telling(key, "written"):
            final.parent.mkdir(parents=True, exist_ok=True)
            with _locked(final.parent / _LOCK):
                there = sha256_of(final) if final.exists() else None
                if there != mark:
                    raise OvertakenError(f"{key} has been written by another process meanwhile")
                draft = final.with_name(f"{DRAFT}{secrets.token_hex(8)}")
                try:
                    _write(draft, data)
                    draft.replace(final)
                finally:
                    draft.unlink(missing_ok=True)
                self._sync_up(final.parent)
                return sha256_of(data)

    def tidy(self, left: timedelta = LEFT) -> int:
        """See Storage."""
        gone = 0
        with self._telling("what killed writers left", "removed"):
            last = _now(self.root) - left.total_seconds()
            for path in self.root.rglob(f"{DRAFT}*"):
                with contextlib.suppress(FileNotFoundError, BlockingIOError):
                    if path.lstat().st_mtime < last and path.is_file():
                        gone += _remove(path)
        return gone

    def _sync_up(self, folder: Path) -> None:
        """A new name survives a power cut only when its folder, and each folder made for it, is synced too."""
        for place in (folder, *folder.parents):
            _sync(place)
            if place == self.root:
                return


def _said(error: OSError) -> str:
    words = error.strerror or str(error) or type(error).__name__
    advice = _ADVICE.get(error.errno or 0)
    return f"{words}; {advice}" if advice else words


def _write(draft: Path, data: bytes | Path) -> None:
    """The whole content, on the disk and read back from it.

    Raises:
        OSError: it cannot be written. StorageError: the source cannot be read, or other bytes came back.
    """
    digest = hashlib.sha256()
    with draft.open("xb", buffering=0) as out:
        for piece in [data] if isinstance(data, bytes) else _pieces(data):
            digest.update(piece)
            rest = memoryview(piece)
            while rest:
                rest = rest[out.write(rest) :]
        os.fsync(out.fileno())
        with contextlib.suppress(OSError, AttributeError):  # not every system and file system can
            os.posix_fadvise(out.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    if sha256_of(draft) != digest.hexdigest():
        raise StorageError(f"{draft.parent} gave other bytes back than were written; the disk may be failing")


def _pieces(source: Path) -> Iterator[bytes]:
    try:
        with source.open("rb", buffering=0) as stream:
            while piece := stream.read(CHUNK):
                yield piece
    except OSError as error:
        raise StorageError(f"{source} cannot be read to be put into the store: {_said(error)}") from None


def _link(draft: Path, final: Path) -> bool:
    """Give the draft its final name unless the name is taken: link(2) is atomic where rename would overwrite."""
    try:
        os.link(draft, final)
    except FileExistsError:
        return False
    return True


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with contextlib.suppress(OSError):  # some file systems cannot sync a folder; the file itself is synced
            os.fsync(handle)
    finally:
        os.close(handle)


def _walk(folder: Path, head: str, start: str, above: frozenset[tuple[int, int]] = frozenset()) -> Iterator[str]:
    """Keys in the order of their bytes: a folder stands where its name with the slash does; what vanishes is left out.

    A folder that may not be read is an error: a list that leaves it out would look like an empty shelf. A link that
    leads back into a folder `above` it is told and not followed: nothing lies there that is not listed already.
    """
    try:
        if (here := _mark(folder)) in above:
            logger.warning("%s leads back into a folder above it and is not followed", folder)
            return
        with os.scandir(folder) as entries:
            found = [
                f"{entry.name}/" if _is_folder(entry) else entry.name
                for entry in entries
                if entry.name.startswith(start) and not entry.name.startswith(DRAFT)
            ]
    except (FileNotFoundError, NotADirectoryError):
        return
    for name in sorted(found):
        if name.endswith("/"):
            yield from _walk(folder / name, head + name, "", above | {here})
        elif (folder / name).is_file():
            yield head + name


def _mark(folder: Path) -> tuple[int, int]:
    there = folder.stat()
    return there.st_dev, there.st_ino


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        logger.warning("%s is a link that leads nowhere but to itself", entry.path)
        return False


def _now(folder: Path) -> float:
    """The time by the clock that stamps files in this folder, which for a network folder is not this machine's."""
    clock = folder / f"{DRAFT}clock-{secrets.token_hex(4)}"
    try:
        clock.touch(exist_ok=False)
        return clock.stat().st_mtime
    finally:
        clock.unlink(missing_ok=True)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the lock of a file that `tidy` may take away: only the file that has the name counts.

    Raises:
        StorageError: another process has held it too long; it must be standing still.
    """
    deadline = time.monotonic() + SWAP_PATIENCE
    while True:
        with path.open("ab") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise StorageError(f"another process stands still while it writes in {path.parent}") from None
                time.sleep(0.005)
                continue
            if path.exists() and path.stat().st_ino == os.fstat(lock.fileno()).st_ino:
                yield
                return


def _remove(left: Path) -> int:
    """A draft of long ago; a lock only by one who holds it."""
    with left.open("rb") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        left.unlink()
    return 1
