"""What a web archive holds: captures in the order of its index, each with its line's fields; it answers nobody."""

from __future__ import annotations

import base64
import gzip
import hashlib
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from archive.urls import surt

STAMP = "%Y%m%d%H%M%S"


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """One capture as it was made. A revisit has the bytes of an earlier capture of its page, and replays as that."""

    url: str
    time: str  # 14 digits, UTC
    status: int = 200
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/html; charset=UTF-8"),)
    body: bytes = b""
    revisit: bool = False
    truncated: str = ""  # "length" where the archive cut the body

    @property
    def moment(self) -> datetime:
        """Its time, aware."""
        return datetime.strptime(self.time, STAMP).replace(tzinfo=UTC)

    @property
    def mime(self) -> str:
        """The media type its headers name."""
        said = next((value for name, value in self.headers if name.lower() == "content-type"), "unk")
        return said.partition(";")[0].strip().lower()

    @property
    def location(self) -> str:
        """Where it redirects to, or nothing at all: an empty string."""
        return next((value for name, value in self.headers if name.lower() == "location"), "")


class Line:
    """A capture with its place in the index."""

    def __init__(self, capture: Archived) -> None:
        self.capture = capture
        self.urlkey = surt(capture.url)

    @property
    def order(self) -> tuple[str, str]:
        """What an index is sorted by."""
        return self.urlkey, self.capture.time

    @cached_property
    def digest(self) -> str:
        """SHA-1 of the body in base32, without a prefix."""
        return base64.b32encode(hashlib.sha1(self.capture.body).digest()).decode()

    @cached_property
    def length(self) -> int:
        """About as many bytes as its record takes on the archive's disk."""
        return len(gzip.compress(self.capture.body, 6, mtime=0)) + 400


class Shelf:
    """All captures of one index, sorted by key and time."""

    def __init__(self, captures: Iterable[Archived]) -> None:
        self.lines: tuple[Line, ...] = tuple(sorted(map(Line, captures), key=lambda line: line.order))
        self._keys = [line.urlkey for line in self.lines]

    def between(self, first: str, last: str) -> range:
        """The places of lines whose key lies in [first, last)."""
        return range(bisect_left(self._keys, first), bisect_left(self._keys, last))

    def of(self, url: str) -> Sequence[Line]:
        """Every capture of an address, oldest first; scheme, www. and the scheme's port make no difference."""
        key = surt(url)
        return self.lines[bisect_left(self._keys, key) : bisect_left(self._keys, key + "\0")]
