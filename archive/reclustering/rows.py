"""Rows that a step leaves for another in a file, some at once, so that no more of them are held."""

from __future__ import annotations

import marshal
from collections.abc import Iterable, Iterator
from pathlib import Path
from struct import Struct
from typing import BinaryIO, Final

from archive.catalog.meeting import batches
from archive.catalog.relinking import Row

_LENGTH: Final = Struct("<Q")  # of what follows: marshal.load itself reads a file byte by byte
_AT_ONCE: Final = 200  # rows: of every piece so many are held when all are merged


def leave(file: Path, rows: Iterable[Row]) -> None:
    """Write rows of words, numbers and nothing."""
    with file.open("wb") as out:
        put(out, rows)


def put(out: BinaryIO, rows: Iterable[Row]) -> None:
    """Write some more of them."""
    for some in batches(rows, _AT_ONCE):
        # Not JSON, which takes several times as long; who reads it is the program that wrote it, minutes later.
        said = marshal.dumps(some)
        out.write(_LENGTH.pack(len(said)) + said)


def left(*files: Path) -> Iterator[Row]:
    """The rows of some files, one after the other."""
    for file in files:
        with file.open("rb") as read:
            while length := read.read(_LENGTH.size):
                yield from marshal.loads(read.read(*_LENGTH.unpack(length)))
