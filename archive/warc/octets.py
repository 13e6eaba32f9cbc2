"""The bytes of a file in order, gzipped or plain, in bounded memory; it knows nothing of records.

Every byte has a place: its own offset in a plain file, the offset of its gzip member in a packed one.
"""

from __future__ import annotations

from typing import BinaryIO

from archive.gzip import GzipError, Unpacker, decompressobj
from archive.warc.source import GZIP, STEP, TornError

_MAGIC = GZIP[:2]
_FIRST = 1 << 10  # packed bytes given at first: most of what only looks like a member fails on them
_BACK = 64 << 20  # bytes that may be read twice in all, so that no file costs more than its length


class Octets:
    """A file read once from its beginning, whichever way it is packed."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._raw = stream.read(STEP)  # not yet unpacked
        self._raw_at = 0  # where that begins
        self._used = 0  # bytes of it that were unpacked
        self.packed = self._raw.startswith(_MAGIC)
        self._unpacker: Unpacker | None = None
        self._ahead = b""
        self._at = 0
        self._place = 0
        self._back = _BACK
        self.members = 0  # gzip members begun so far
        self.fresh = True  # nothing of this member was used yet

    @property
    def place(self) -> int:
        """Where the next byte lies; ask `more` first."""
        return self._place if self.packed else self._place + self._at

    def more(self) -> bool:
        """Whether there is another byte; opens the next member at the end of one.

        Raises:
            TornError: what comes next cannot be unpacked.
        """
        while self._at >= len(self._ahead):
            if not (self._fill_packed() if self.packed else self._fill()):
                return False
        return True

    def _fill(self) -> bool:
        self._place += len(self._ahead)
        self._ahead, self._at = self._raw, 0
        self._raw = self._stream.read(STEP)
        return bool(self._ahead)

    def _fill_packed(self) -> bool:
        unpacker, step = self._unpacker, STEP
        if unpacker is None or unpacker.eof:
            if not self._has(len(_MAGIC)) and self._used == len(self._raw):
                return False
            if not self._raw.startswith(_MAGIC, self._used):
                raise TornError("bytes that belong to no gzip member")
            unpacker = self._unpacker = decompressobj()
            self._place, self.fresh, step = self._raw_at + self._used, True, _FIRST
            self.members += 1
        ended = not self._has(1)
        piece = self._raw[self._used : self._used + step]
        try:
            self._ahead, self._at = unpacker.decompress(piece, STEP), 0
        except GzipError as error:
            self._ahead, self._at = b"", 0
            raise TornError(f"the gzip member is damaged ({error})") from None
        self._used += len(piece) - len(unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail)
        if ended and not self._ahead and not unpacker.eof:
            raise TornError("the file ends inside a gzip member")
        return True

    def _has(self, least: int) -> bool:
        """Whether so many packed bytes are at hand, after reading on."""
        if len(self._raw) - self._used < least:
            self._raw_at += self._used
            self._raw, self._used = self._raw[self._used :] + self._stream.read(STEP), 0
        return len(self._raw) - self._used >= least

    def read(self, most: int) -> bytes:
        """Some bytes, at most so many; none at the end. Raises TornError."""
        if not self.more():
            return b""
        data = self._ahead[self._at : self._at + most]
        self._at += len(data)
        self.fresh = False
        return data

    def line(self, most: int) -> bytes:
        """Up to and with the next line feed, at most so many bytes; none at the end. Raises TornError."""
        parts: list[bytes] = []
        left = most
        while left and self.more():
            end = self._ahead.find(b"\n", self._at, self._at + left) + 1
            parts.append(self.read(end - self._at if end else left))
            left -= len(parts[-1])
            if end:
                break
        return b"".join(parts)

    def unread(self, line: bytes, *, fresh: bool) -> None:
        """Give back what was just read."""
        if not self.packed:
            self._place = self.place - len(line)
        self._ahead, self._at, self.fresh = line + self._ahead[self._at :], 0, fresh

    def back(self, place: int) -> bool:
        """Read again from a place of a plain file; False when it is packed or too much was read twice already."""
        span = self.place - place
        if self.packed or span > self._back or not self._stream.seekable():
            return False
        self._back -= span
        self._stream.seek(place)
        self._ahead, self._at, self._place = b"", 0, place
        self._raw = self._stream.read(STEP)
        return True

    def next_member(self) -> bool:
        """Go to the next thing that looks like a gzip member behind a torn one; False when there is none."""
        if self._raw_at + self._used == self._place:
            self._used += 1  # the torn one's own beginning
        self._ahead, self._at, self._unpacker = b"", 0, None
        while self._has(len(GZIP)):
            found = self._raw.find(GZIP, self._used)
            if found >= 0:
                self._used = found
                return True
            self._used = len(self._raw) - len(GZIP) + 1
        return False
