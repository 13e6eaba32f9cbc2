"""A gzipped file as members that are unpacked as they are read; it knows nothing of records."""

from __future__ import annotations

import hashlib
import io
import re
from dataclasses import dataclass
from typing import BinaryIO

from archive.gzip import GzipError, decompressobj

GZIP = b"\x1f\x8b\x08"
HEAD = 10  # bytes of a member's own head
# How a member begins; or, its first bytes damaged, how our own heads end: no flags, no time, no system.
_BEGINS = re.compile(rb"\x1f\x8b\x08|(?s:...)\x00{6}\xff")
STEP = 1 << 16
_READ = 1 << 18  # bytes asked of the stream at once
_FIRST = 1 << 12  # most requests and metadata records end within so many compressed bytes


class TornError(Exception):
    """Bytes that cannot be read on from; says why. The readers of records turn it into a value."""


@dataclass(frozen=True, slots=True)
class Unpacked:
    """One whole member, unpacked; `length` and `sha256` are of its compressed bytes."""

    data: bytes
    length: int
    sha256: str
    head: bytes  # of gzip, ten bytes


class Source:
    """A seekable stream read ahead in steps; knows the offset of the next byte not yet used."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.seek(0)

    def seek(self, offset: int) -> None:
        """Go on reading at an offset."""
        self._stream.seek(offset)
        self._ahead = b""
        self._at = 0
        self.offset = offset

    def peek(self, most: int = STEP) -> memoryview:
        """Some bytes not yet used, at most so many; empty at the end."""
        if self._at >= len(self._ahead):
            self._ahead, self._at = self._stream.read(_READ), 0
        return memoryview(self._ahead)[self._at : self._at + most]

    def skip(self, size: int) -> None:
        """Use so many of the bytes peeked at."""
        self._at += size
        self.offset += size

    def skip_to_gzip(self) -> bool:
        """Go to the next place that looks like a gzip member; False, at the end, when there is none."""
        while self.peek():
            found = _BEGINS.search(self._ahead, self._at)
            if found:
                self.skip(found.start() - self._at)
                return True
            self.skip(max(0, len(self._ahead) - self._at - HEAD + 1))
            more = self._stream.read(_READ)
            if not more:
                self.skip(len(self._ahead) - self._at)
            self._ahead, self._at = self._ahead[self._at :] + more, 0
        return False

    def unpack(self, most: int) -> Unpacked | None:
        """The member that begins here, and go behind it; None, staying here, when it is damaged, torn or longer."""
        start = self.offset
        unpacker, digest = decompressobj(), hashlib.sha256()
        parts: list[bytes] = []
        size, step = 0, _FIRST
        head = b""
        while not unpacker.eof:
            packed = self.peek(step)
            try:
                parts.append(unpacker.decompress(packed))
            except GzipError:
                packed = packed[:0]
            size += len(parts[-1]) if parts else 0
            if not packed or size > most:
                self.seek(start)
                return None
            used = len(packed) - len(unpacker.unused_data)
            digest.update(packed[:used])
            if len(head) < HEAD:
                head += bytes(packed[: HEAD - len(head)])
            self.skip(used)
            step = STEP
        data = parts[0] if len(parts) == 1 else b"".join(parts)
        return Unpacked(data, self.offset - start, f"sha256:{digest.hexdigest()}", head)


class Member(io.RawIOBase):
    """One gzip member as a stream; after its end `length` and `sha256` are those of its compressed bytes."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._unzip = decompressobj()
        self._hash = hashlib.sha256()
        self.head = b""  # of gzip, ten bytes
        self._torn = ""  # ISA-L takes a member with a wrong checksum for ended
        self.offset = source.offset

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # a buffer is one of these
        """Unpack at most as much as fits; 0 at the member's end.

        Raises:
            TornError: the member is damaged, or the file ends in it.
        """
        while self._torn or not self._unzip.eof:
            if self._torn:
                raise TornError(self._torn)
            data = self._source.peek()
            if not data:
                raise TornError("the file ends inside a gzip member")
            try:
                out = self._unzip.decompress(data, len(buffer))
            except GzipError as error:
                self._torn = f"the gzip member is damaged ({error})"
                raise TornError(self._torn) from None
            # At the end the leftover may stand under both names.
            left = self._unzip.unused_data if self._unzip.eof else self._unzip.unconsumed_tail
            used = len(data) - len(left)
            self._hash.update(data[:used])
            if len(self.head) < HEAD:
                self.head += bytes(data[: HEAD - len(self.head)])
            self._source.skip(used)
            if out:
                buffer[: len(out)] = out
                return len(out)
        return 0

    def leave(self) -> None:
        """Go to the member's end; when it has none, behind its first byte, to look for the next."""
        try:
            while self.read(STEP):
                pass
        except TornError:
            self._source.seek(self.offset + 1)

    @property
    def length(self) -> int:
        """Compressed bytes read so far."""
        return self._source.offset - self.offset

    @property
    def sha256(self) -> str:
        """Digest of the compressed bytes read so far."""
        return f"sha256:{self._hash.hexdigest()}"
