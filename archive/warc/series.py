"""What the records of a file owe each other: unique ids, one date for a capture, segments in order; it holds no block.

Ids are remembered as eight bytes of a digest, so many at most: a file of more records is compared so far.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from archive.warc.clauses import Fault, Head

_MOST = 2_000_000


def _short(value: str) -> int:
    return int.from_bytes(hashlib.blake2b(value.encode(), digest_size=8).digest())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Segments:
    number: int
    bytes: int | None  # None when an earlier segment is not in this file
    uri: str | None
    ended: bool = False


class Series:
    """What was seen in the file so far."""

    def __init__(self) -> None:
        self._dates: dict[int, int] = {}  # record -> its date
        self._wanted: dict[int, int] = {}  # record not seen yet -> the date it must have
        self._segments: dict[int, _Segments] = {}
        self.full = False

    def faults(self, head: Head) -> Iterator[Fault]:
        """What is wrong with a record beside the earlier ones."""
        name, date = head.first("WARC-Record-ID"), _short(head.first("WARC-Date") or "")
        if name is None:
            return
        if len(self._dates) + len(self._wanted) + len(self._segments) >= _MOST:
            self.full = True
            return
        key = _short(name)
        if key in self._dates:
            yield Fault("WARC-Record-ID", f"{name[:80]} is the id of an earlier record too")
        beside = [self._wanted.pop(key, date)]
        self._dates.setdefault(key, date)
        for other in map(_short, head.all("WARC-Concurrent-To")):
            if other in self._dates:
                beside.append(self._dates[other])
            else:
                self._wanted[other] = date
        if any(one != date for one in beside):
            yield Fault("WARC-Date", "records of one capture shall have the same WARC-Date")
        yield from self._segment(head, key)

    def _segment(self, head: Head, key: int) -> Iterator[Fault]:
        said, size = head.first("WARC-Segment-Number") or "", head.size or 0
        if not (said.isascii() and said.isdigit()) or len(said) > 18:
            return
        number, uri = int(said), head.first("WARC-Target-URI")
        if head.type != "continuation":
            self._segments[key] = _Segments(number=1, bytes=size, uri=uri)
            return
        origin = _short(head.first("WARC-Segment-Origin-ID") or "")
        before = self._segments.get(origin) or _Segments(number=number - 1, bytes=None, uri=uri)
        if before.ended:
            yield Fault("WARC-Segment-Total-Length", "it stood on an earlier segment than the last")
        if number != before.number + 1:
            yield Fault("segments", f"segment {number} follows segment {before.number}")
        if uri != before.uri:
            yield Fault("segments", "all segments shall have the same WARC-Target-URI")
        sofar = None if before.bytes is None else before.bytes + size
        total = head.first("WARC-Segment-Total-Length")
        if total is not None and sofar is not None and total != str(sofar):
            yield Fault("WARC-Segment-Total-Length", f"it says {total[:20]}, the segments have {sofar}")
        self._segments[origin] = _Segments(number=number, bytes=sofar, uri=before.uri, ended=total is not None)
