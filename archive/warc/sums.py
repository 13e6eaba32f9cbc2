"""Digests of a block and of its payload while the bytes go by, none of them kept; it judges nothing.

The payload of an application/http block is what `archive.http.payload` gives, without holding the block.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from archive.http import CHUNK, HEAD_END, is_chunked, parse

_HEAD_LIMIT = 1 << 20
_LONGEST_LINE = 1 << 16  # of a chunk's size and extensions


@dataclass(frozen=True, slots=True)
class Sums:
    """What was summed of one block. `raw` is of the body with its transfer coding, where that makes a difference."""

    block: bytes
    payload: bytes
    raw: bytes


class Chunks:
    """Takes chunk framing away from a body that comes in pieces."""

    def __init__(self) -> None:
        self._line = b""
        self._left = 0  # bytes of the chunk that are still to come
        self._after = False  # a line break may come first
        self._done = False
        self.found = False  # whether the body begins with a chunk at all

    def feed(self, piece: bytes) -> bytes:
        """The payload in this piece."""
        out: list[bytes] = []
        at = 0
        while at < len(piece) and not self._done:
            if self._left:
                taken = piece[at : at + self._left]
                out.append(taken)
                self._left -= len(taken)
                at += len(taken)
                self._after = not self._left
                continue
            end = piece.find(b"\n", at) + 1
            self._line += piece[at : end or len(piece)]
            at = end or len(piece)
            if self._after and self._line in (b"\r\n", b"\n"):
                self._line, self._after = b"", False
            elif end or len(self._line) > _LONGEST_LINE:
                self._size()
        return b"".join(out)

    def _size(self) -> None:
        found = CHUNK.fullmatch(self._line)
        self._left = int(found[1], 16) if found else 0
        self._line, self._after = b"", False
        self._done = not self._left
        self.found = self.found or found is not None


class Summing:
    """Sums one block; of HTTP messages the payload too."""

    def __init__(self, *, http: bool, block: str | None, payload: str | None) -> None:
        self._block = hashlib.new(block, usedforsecurity=False) if block else None
        self._payload = hashlib.new(payload, usedforsecurity=False) if payload else None
        self._raw = self._payload.copy() if self._payload else None
        self._head: bytes | None = b"" if http else None
        self._chunks: Chunks | None = None

    def feed(self, piece: bytes) -> None:
        """The next bytes of the block."""
        if self._block:
            self._block.update(piece)
        if self._payload:
            self._body(piece)

    def _body(self, piece: bytes) -> None:
        if self._head is not None:
            searched = max(0, len(self._head) - 2)
            self._head += piece
            end = HEAD_END.search(self._head, searched)
            if end is None and len(self._head) <= _HEAD_LIMIT:
                return
            at = end.end() if end else len(self._head)
            head, piece, self._head = self._head[:at], self._head[at:], None
            self._chunks = Chunks() if is_chunked(parse(head)) else None
        self._pay(piece)

    def _pay(self, piece: bytes) -> None:
        if not self._payload or not self._raw or not piece:
            return
        self._raw.update(piece)
        self._payload.update(self._chunks.feed(piece) if self._chunks else piece)

    def sums(self) -> Sums:
        """What came out; empty bytes where nothing was to be summed."""
        raw = self._raw.digest() if self._raw else b""
        framed = self._chunks is None or self._chunks.found  # else the framing was removed before it was written
        return Sums(
            block=self._block.digest() if self._block else b"",
            payload=self._payload.digest() if self._payload and framed else raw,
            raw=raw,
        )
