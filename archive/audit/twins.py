"""One record id that stands for two different contents, anywhere on the shelves, as the indexes lead to them.

The same record may lie twice, as when a file of ours is imported; what must not be is another content under its name.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from archive import cdx, warc
from archive.audit.findings import Finding, Kind, at_line
from archive.cdx import CdxLine
from archive.errors import ArchiveError, FormatError
from archive.records import is_imported
from archive.storage import Storage

_RECORD: Final = re.compile(rb'"record": "((?:[^"\\]|\\.)+)"')
_BITS: Final = 1 << 27  # 16 MiB: of a million ids one in 130 is looked at a second time for nothing


def audit_twins(storage: Storage, outlet: str | None = None) -> Iterator[Finding]:
    """Captures whose id another one with other content bears, each named with the first that bears it.

    The indexes are read through once; again only where an id may stand twice.

    Args:
        storage: of the shelves.
        outlet: among this one's captures only.

    Raises:
        StorageError: the store cannot be read.
    """
    again = _repeated(storage, outlet)
    first: dict[bytes, _Place] = {}
    for place in _places(storage, outlet) if again else ():
        if hash(place.record) % _BITS not in again or first.setdefault(place.record, place) is place:
            continue
        with suppress(ArchiveError, OSError):  # what cannot be read is told where it was looked at itself
            yield from _unlike(storage, first[place.record], place)


@dataclass(frozen=True, slots=True)
class _Place:
    """A line of an index, not taken apart yet."""

    record: bytes
    raw: bytes

    @property
    def line(self) -> CdxLine:
        """Raises FormatError."""
        return cdx.load(self.raw)[0]


def _places(storage: Storage, outlet: str | None) -> Iterator[_Place]:
    keys = storage.list(f"cdxj/{outlet}/" if outlet else "cdxj/")
    for key in sorted(keys, key=lambda key: is_imported(key.removeprefix("cdxj/"))):  # our own come first
        with suppress(ArchiveError, OSError), storage.open(key) as stream:
            for raw in stream:
                if (found := _RECORD.search(raw)) is not None:
                    yield _Place(found[1], raw)


def _repeated(storage: Storage, outlet: str | None) -> set[int]:
    """Numbers of the ids that stand twice, and of a few others: memory does not grow with the shelves."""
    seen, again = bytearray(_BITS // 8), set[int]()
    for place in _places(storage, outlet):
        number = hash(place.record) % _BITS
        bit = 1 << (number & 7)
        if seen[number >> 3] & bit:
            again.add(number)
        seen[number >> 3] |= bit
    return again


def _unlike(storage: Storage, first: _Place, other: _Place) -> Iterator[Finding]:
    with suppress(FormatError):
        one, two = first.line, other.line
        if one.sha256 and one.sha256 == two.sha256:
            return
        if _content(storage, one) == _content(storage, two):
            return
        kind = Kind.FOREIGN if is_imported(one.filename) else Kind.RECORD
        said = f"other content stands under the same id in warc/{one.filename} at {one.offset} ({one.url})"
        yield at_line(kind, f"warc/{two.filename}", said, two)


def _content(storage: Storage, line: CdxLine) -> tuple[str, str, str, str]:
    """What a record says, however it is packed. Raises ArchiveError: it cannot be read."""
    data = storage.read(f"warc/{line.filename}", line.offset, line.length)
    found = next(warc.records(io.BytesIO(data)), None)
    if not isinstance(found, warc.Record):
        raise FormatError(f"no record can be read at {line.offset} of {line.filename}")
    block = found.long.sha256 if found.long else warc.sha256(found.block)
    return found.type, line.url, line.date or line.timestamp, block
