"""Books and piles that lie on disk while a process runs, so that memory does not grow with them; nothing of value.

The file is without a name from its first moment: whatever ends the process, nothing is left to be cleared away. It lies
in the folder for temporary files (TMPDIR).
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import sqlite3
import tempfile
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import RLock

from archive.errors import StorageError

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
CACHE = 4 << 10  # KiB of the file that are kept in memory
_PRAGMAS = (
    "locking_mode=EXCLUSIVE",
    "journal_mode=OFF",
    "synchronous=OFF",
    "temp_store=FILE",
    f"cache_size=-{CACHE}",
)

_FRESH = 60.0  # seconds
_MARKS = 1 << 20  # bits of memory of a book
Value = bytes | int


class Scratch:
    """One such file; several threads may use it. Memory is `CACHE` and no more, however much is written."""

    def __init__(self) -> None:
        """Begin it.

        Raises:
            StorageError: the folder for temporary files is not there or cannot be written.
        """
        self.lock = RLock()
        self._tables = 0
        try:
            handle, name = tempfile.mkstemp(prefix="astana-scratch-")
        except OSError as error:
            raise _full(error) from None
        os.close(handle)
        try:
            self._base = sqlite3.connect(name, isolation_level=None, check_same_thread=False)
            for pragma in _PRAGMAS:
                self._base.execute(f"PRAGMA {pragma}")
            weakref.finalize(self, self._base.close)
            self._base.execute("BEGIN")  # for good: what is never committed is written only when the cache is full
        except sqlite3.Error as error:
            raise _full(error) from None
        finally:
            Path(name).unlink()

    def book(self) -> Book:
        """A new, empty book."""
        return Book(self, self._table("key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID"))

    def pile(self) -> Pile:
        """A new, empty pile."""
        return Pile(self, self._table("number INTEGER PRIMARY KEY, value BLOB NOT NULL)"))

    def _table(self, columns: str) -> str:
        with self.lock:
            self._tables += 1
            name = f"t{self._tables}"
            self.run(f"CREATE TABLE {name} ({columns}")
            return name

    def run(self, sql: str, *values: Value) -> tuple[Value, ...] | None:
        """One statement and its first row.

        Raises:
            StorageError: the file cannot be written or read; most likely its folder is full.
        """
        try:
            with self.lock:
                found: tuple[Value, ...] | None = self._base.execute(sql, values).fetchone()
                return found
        except sqlite3.Error as error:
            raise _full(error) from None

    def rows(self, sql: str, *values: Value) -> Iterator[tuple[Value, ...]]:
        """All rows of a statement, one after the other; what is written meanwhile may or may not be among them.

        Raises:
            StorageError: the file cannot be read.
        """
        try:
            yield from self._base.execute(sql, values)
        except sqlite3.Error as error:
            raise _full(error) from None


class Book(Mapping[str, str]):
    """Words under words, exactly as given; sorted by code points when gone through.

    Each key ever entered sets one bit in memory: where it is not set the file need not be asked, which would let other
    threads go first. Too many keys make that useless and nothing wrong.
    """

    def __init__(self, scratch: Scratch, table: str) -> None:
        self._scratch = scratch
        self._table = table
        self._marks = bytearray(_MARKS >> 3)

    def get(self, key: str, default: str | None = None) -> str | None:  # type: ignore[override]  # Mapping's is wider
        """See Mapping."""
        at = hash(key) % _MARKS
        if not self._marks[at >> 3] >> (at & 7) & 1:
            return default
        found = self._scratch.run(f"SELECT value FROM {self._table} WHERE key = ?", _bytes(key))
        return default if found is None else _words(found[0])

    def __getitem__(self, key: str) -> str:
        found = self.get(key)
        if found is None:
            raise KeyError(key)
        return found

    def __setitem__(self, key: str, value: str) -> None:
        at = hash(key) % _MARKS
        with self._scratch.lock:
            self._marks[at >> 3] |= 1 << (at & 7)
            self._scratch.run(f"REPLACE INTO {self._table} VALUES (?, ?)", _bytes(key), _bytes(value))

    def pop(self, key: str) -> None:
        """Take an entry out; absent is fine."""
        self._scratch.run(f"DELETE FROM {self._table} WHERE key = ?", _bytes(key))

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self.get(key) is not None

    def __iter__(self) -> Iterator[str]:
        return (_words(key) for (key,) in self._scratch.rows(f"SELECT key FROM {self._table} ORDER BY key"))

    def __len__(self) -> int:
        found = self._scratch.run(f"SELECT count(*) FROM {self._table}")
        return int(found[0]) if found else 0


class Pile:
    """Bytes in the order in which they came, numbered from 0; none are ever taken away."""

    def __init__(self, scratch: Scratch, table: str) -> None:
        self._scratch = scratch
        self._table = table
        self._count = 0

    def add(self, data: bytes) -> int:
        """Put some more on the pile; returns their number."""
        with self._scratch.lock:
            number = self._count
            self._scratch.run(f"INSERT INTO {self._table} VALUES (?, ?)", number, data)
            self._count += 1
            return number

    def __getitem__(self, number: int) -> bytes:
        found = self._scratch.run(f"SELECT value FROM {self._table} WHERE number = ?", number)
        if found is None:
            raise IndexError(number)
        return bytes(found[0])

    def some(self, numbers: range) -> list[bytes]:
        """What lies at numbers that follow one another; fewer where the pile ends."""
        sql = f"SELECT value FROM {self._table} WHERE number >= ? AND number < ? ORDER BY number"
        with self._scratch.lock:
            return [bytes(value) for (value,) in self._scratch.rows(sql, numbers.start, numbers.stop)]

    def __len__(self) -> int:
        return self._count


def _bytes(words: str) -> bytes:
    return words.encode("utf-8", "surrogatepass")  # foreign files may name half a character


def _words(stored: Value) -> str:
    return bytes(stored).decode("utf-8", "surrogatepass")


@contextmanager
def folder(prefix: str) -> Iterator[Path]:
    """A folder for temporary files of one's own, gone afterwards; and those that killed programs left behind.

    Raises:
        StorageError: it cannot be made, or what was written inside failed otherwise than by an error of ours.
    """
    try:
        with tempfile.TemporaryDirectory(prefix=prefix) as made, _held(Path(made)):
            _clear(Path(made), prefix)
            yield Path(made)
    except OSError as error:
        raise unwritable(error) from None


@contextmanager
def _held(made: Path) -> Iterator[None]:
    """Lock a folder; however its process ends, the lock ends with it. Raises OSError: another one has it."""
    handle = os.open(made, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


def _clear(made: Path, prefix: str) -> None:
    """Remove older folders of this kind that nobody holds; one that was made just now may not be locked yet."""
    before = made.stat().st_mtime - _FRESH
    for each in made.parent.glob(f"{prefix}*"):
        with suppress(OSError):
            found = each.lstat()
            if each != made and found.st_mtime < before and found.st_uid == os.getuid():
                with _held(each):
                    shutil.rmtree(each)


def unwritable(error: OSError) -> StorageError:
    """What is said when the folder for temporary files takes nothing more."""
    said = f"the folder for temporary files {place()} cannot be written: {error.strerror or error}"
    return StorageError(f"{said}; make room there or set TMPDIR")


def place() -> str:
    """The folder for temporary files, for people to read."""
    try:
        return tempfile.gettempdir()
    except OSError:  # none takes a byte
        return "(TMPDIR)"


def _full(error: sqlite3.Error | OSError) -> StorageError:
    return StorageError(f"scratch file in {place()} failed: {error}; make room there or set TMPDIR")
