"""A gzipped file as members that are unpacked as they are read; it knows nothing of records."""

from __future__ import annotations

import hashlib
import io
import zlib
from typing import BinaryIO

GZIP = b"\x1f\x8b\x08"
STEP = 1 << 16


class TornError(Exception):
    """Bytes that cannot be read on from; says why. The readers of records turn it into a value."""


class Source:
    """A seekable stream read ahead in steps; knows the offset of the next byte not yet used."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.seek(0)

    def seek(self, offset: int) -> None:
        """Go on reading at an offset."""
        self._stream.seek(offset)
        self._ahead = b""
        self.offset = offset

    def peek(self) -> bytes:
        """Some bytes not yet used; empty at the end."""
        if not self._ahead:
            self._ahead = self._stream.read(STEP)
        return self._ahead

    def skip(self, size: int) -> None:
        """Use so many of the bytes peeked at."""
        self._ahead = self._ahead[size:]
        self.offset += size

    def skip_to_gzip(self) -> bool:
        """Go to the next place that looks like a gzip member; False, at the end, when there is none."""
        while data := self.peek():
            found = data.find(GZIP)
            if found >= 0:
                self.skip(found)
                return True
            self.skip(max(0, len(data) - len(GZIP) + 1))
            more = self._stream.read(STEP)
            if not more:
                self.skip(len(self._ahead))
            self._ahead += more
        return False


class Member(io.RawIOBase):
    """One gzip member as a stream; after its end `length` and `sha256` are those of its compressed bytes."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._unzip = zlib.decompressobj(zlib.MAX_WBITS | 16)
        self._hash = hashlib.sha256()
        self.offset = source.offset

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # a buffer is one of these
        """Unpack at most as much as fits; 0 at the member's end.

        Raises:
            TornError: the member is damaged, or the file ends in it.
        """
        while not self._unzip.eof:
            data = self._source.peek()
            if not data:
                raise TornError("the file ends inside a gzip member")
            try:
                out = self._unzip.decompress(data, len(buffer))
            except zlib.error as error:
                raise TornError(f"the gzip member is damaged ({error})") from None
            # At the end zlib shows the same leftover under both names.
            left = self._unzip.unused_data if self._unzip.eof else self._unzip.unconsumed_tail
            used = len(data) - len(left)
            self._hash.update(data[:used])
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
