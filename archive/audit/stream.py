"""A file read once for two ends: its records, and the digest of the whole; it judges nothing."""

from __future__ import annotations

import hashlib
import io
from typing import BinaryIO

from archive.digest import CHUNK


class Hashed(io.RawIOBase):
    """A seekable stream that digests its bytes as they are first read, whatever is read again."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._hash = hashlib.sha256()
        self._at = 0
        self.hashed = 0  # bytes digested so far

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """See io."""
        self._at = self._stream.seek(offset, whence)
        return self._at

    def tell(self) -> int:
        """See io."""
        return self._at

    def read(self, size: int = -1) -> bytes:
        """See io."""
        data = self._stream.read(size)
        fresh = self._at + len(data) - self.hashed
        if self._at <= self.hashed and fresh > 0:
            self._hash.update(data if fresh == len(data) else memoryview(data)[-fresh:])
            self.hashed += fresh
        self._at += len(data)
        return data

    def finish(self) -> str:
        """Hex SHA-256 of the whole file, what was not read before included."""
        self.seek(self.hashed)
        while self.read(CHUNK):
            pass
        return self._hash.hexdigest()
