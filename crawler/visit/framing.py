"""Where the body of an answer ends, as its head says (RFC 9112 §6.3); pure, it neither reads a socket nor sends.

What a head says wrongly is never mended by a guess: the body then goes on to the connection's end, and why is said.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from archive.http import Message, is_chunked

NO_BODY = frozenset({101, 204, 304})
_VERSION = re.compile(rb"HTTP/(\d)(?:\.(\d+))?")
_CHUNK = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\n]*)?\r?\n")  # archive.http's, which takes a digit more
_LINE_LIMIT = 1 << 14
_TRAILER_LIMIT = 1 << 16
_DIGITS = 18  # more than any body has; a number of thousands of digits is an attack on who converts it


class End(Enum):
    """By what the end of a body is known."""

    NOTHING = auto()  # there is no body
    LENGTH = auto()
    CHUNKS = auto()
    CLOSE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Framing:
    """The end of a body, its length where the head says one, and what was wrong with what the head says."""

    end: End
    length: int = 0
    problem: str | None = None


def framing(message: Message, *, bodiless: bool = False) -> Framing:
    """How the body of an answer ends. `bodiless`: it was asked for the head alone."""
    if bodiless or message.status in NO_BODY:
        return Framing(end=End.NOTHING)
    if is_chunked(message):
        return Framing(end=End.CHUNKS)
    codings = message.tokens(b"Transfer-Encoding")
    if codings and codings != ("identity",):
        return Framing(end=End.CLOSE, problem=f"nobody knows where a body in transfer coding {codings[-1]!r} ends")
    return _by_length(message.headers_all(b"Content-Length"))


def _by_length(said: tuple[bytes, ...]) -> Framing:
    if not said:
        return Framing(end=End.CLOSE)
    parts = [part.strip() for value in said for part in value.split(b",")]
    if not all(part.isdigit() and len(part) <= _DIGITS for part in parts):
        return Framing(end=End.CLOSE, problem=f"Content-Length {_shown(said)} is no length")
    lengths = {int(part) for part in parts}
    if len(lengths) > 1:
        return Framing(end=End.CLOSE, problem=f"Content-Length {_shown(said)} contradicts itself")
    length = lengths.pop()
    return Framing(end=End.LENGTH if length else End.NOTHING, length=length)


def _shown(values: tuple[bytes, ...]) -> str:
    return repr(b", ".join(values)[:80])[1:]


def keeps(message: Message) -> bool:
    """Whether the server lets the connection go on after this answer (RFC 9112 §9.3)."""
    version = _VERSION.match(message.start)
    options = message.tokens(b"Connection")
    if version is None or "close" in options or message.status == 101:
        return False
    return (int(version[1]), int(version[2] or 0)) >= (1, 1) or "keep-alive" in options


Deliver = Callable[[bytes], object]


class Sized:
    """A body of so many bytes."""

    problem: str | None = None

    def __init__(self, deliver: Deliver, length: int) -> None:
        self._deliver = deliver
        self._left = length

    def feed(self, data: bytes) -> bytes | None:
        """Take what came; what stands behind the end once it is reached, None before."""
        if len(data) < self._left:
            self._left -= len(data)
            self._deliver(data)
            return None
        body, rest = data[: self._left], data[self._left :]
        self._left = 0
        self._deliver(body)
        return rest


class Unsized:
    """A body that ends when the connection does."""

    def __init__(self, deliver: Deliver, problem: str | None = None) -> None:
        self._deliver = deliver
        self.problem = problem

    def feed(self, data: bytes) -> None:
        """Take what came."""
        self._deliver(data)


class Chunked:
    """A body in chunks; once a chunk is broken nothing more is delivered, and only the connection's end ends it.

    Lines may end in a bare line feed, as browsers read them.
    """

    problem: str | None = None

    def __init__(self, deliver: Deliver) -> None:
        self._deliver = deliver
        self._held = b""  # of a line that is not whole yet
        self._left = 0  # of the chunk under way
        self._trailer = 0
        self._step: Callable[[bytes, int], int] = self._size
        self._over = False

    def feed(self, data: bytes) -> bytes | None:
        """Take what came; what stands behind the end once it is reached, None before."""
        if self.problem is not None:
            return None
        if self._held:
            data, self._held = self._held + data, b""
        at = 0
        while at < len(data) and not self._over and self.problem is None:
            after = self._step(data, at)
            if after < 0:  # not whole yet
                self._held = data[at:]
                break
            at = after
        return data[at:] if self._over else None

    def _line(self, data: bytes, at: int, limit: int) -> int:
        """Where the line ends; -1 when it is not whole yet."""
        end = data.find(b"\n", at)
        if (end if end >= 0 else len(data)) - at > limit:
            return self._broken(data, at)
        return end + 1 if end >= 0 else -1

    def _broken(self, data: bytes, at: int) -> int:
        self.problem = f"the chunks are broken at {data[at : at + 40]!r}"
        return len(data)

    def _size(self, data: bytes, at: int) -> int:
        after = self._line(data, at, _LINE_LIMIT)
        if after < 0 or self.problem is not None:
            return after
        found = _CHUNK.match(data, at)
        if found is None or found.end() != after:
            return self._broken(data, at)
        self._left = int(found[1], 16)
        self._step = self._piece if self._left else self._trail
        return after

    def _piece(self, data: bytes, at: int) -> int:
        piece = data[at : at + self._left]
        self._left -= len(piece)
        if not self._left:
            self._step = self._gap
        self._deliver(piece)
        return at + len(piece)

    def _gap(self, data: bytes, at: int) -> int:
        """The line end behind a chunk."""
        end = data[at : at + 2]
        if end == b"\r":
            return -1
        if not end.startswith((b"\r\n", b"\n")):
            return self._broken(data, at)
        self._step = self._size
        return at + (2 if end == b"\r\n" else 1)

    def _trail(self, data: bytes, at: int) -> int:
        after = self._line(data, at, _TRAILER_LIMIT - self._trailer)
        if after < 0 or self.problem is not None:
            return after
        self._trailer += after - at
        self._over = data[at:after] in (b"\r\n", b"\n")
        return after


Body = Sized | Unsized | Chunked


def body_of(framed: Framing, deliver: Deliver) -> Body | None:
    """What takes the body in; None when there is none."""
    if framed.end is End.NOTHING:
        return None
    if framed.end is End.LENGTH:
        return Sized(deliver, framed.length)
    return Chunked(deliver) if framed.end is End.CHUNKS else Unsized(deliver, framed.problem)
