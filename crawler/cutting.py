"""Records of some hosts cut out of a large WARC of others, compressed member for compressed member; nothing is unpacked
into the cut, and bodies are not parsed. Made for the files of CC-NEWS, a gigabyte each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, Literal

from archive.errors import StorageError, UsageError
from crawler.archives.ccnews import Scanner
from crawler.archives.rows import Row

CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """What was cut: records taken, records seen, and what ended the reading before the file's end."""

    taken: int
    seen: int
    problem: str | None


def cut(file: Path, hosts: Iterable[str], into: Path) -> Cut:
    """Write the responses that these hosts gave into a file of their own, byte for byte as they are compressed.

    Args:
        file: a .warc.gz with a member for each record.
        hosts: as outlets' files write them.
        into: the file to write.

    Raises:
        UsageError: it cannot be read, or is not compressed record by record.
        StorageError: the cut cannot be written.
    """
    scanner = Scanner(file.name, hosts)
    taken = 0
    with _opened(into, "wb") as out, _opened(file, "rb") as stream, _opened(file, "rb") as again:
        for row in _rows(stream, scanner):
            again.seek(row.offset or 0)
            out.write(again.read(row.length or 0))
            taken += 1
    scanner.end()
    if not scanner.records:
        raise UsageError(f"{file} is no WARC that is compressed record by record: {scanner.problem or 'it is empty'}")
    return Cut(taken=taken, seen=scanner.records, problem=scanner.problem)


def _rows(stream: BinaryIO, scanner: Scanner) -> Iterator[Row]:
    while data := stream.read(CHUNK):
        yield from scanner.feed(data)


def _opened(path: Path, mode: Literal["rb", "wb"]) -> BinaryIO:
    try:
        return path.open(mode)
    except OSError as error:
        said = f"{path}: {error.strerror or error}"
        raise (UsageError(said) if mode == "rb" else StorageError(said)) from None
