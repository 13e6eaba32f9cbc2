"""HTTP/1 messages as bytes: parts, payload and content of one; it never raises on what a server sent and never sends.

Words: payload is the message without transfer coding (WARC 1.1 §5.9), content the payload without content coding.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import brotli
import zstandard

from archive.gzip import GzipError, decompressobj

LIMIT = 32 << 20
HEAD_END = re.compile(rb"\n\r?\n")  # behind it the body begins
_STATUS = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})(?!\d)")
CHUNK = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\n]*)?\r?\n")  # a chunk's size and extensions
_STEP = 1 << 16
_FIRST_STEP = 1 << 9  # of a member's bytes: what it leaves unused is copied, and a file may be all small members
MEMBERS = 1 << 16
_USUAL = b"\x1f\x8b\x08\x00"  # a gzip head without optional fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One request or response: start line, headers in order with repeats (folds joined), body as in the block."""

    start: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    _named: dict[bytes, tuple[bytes, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        named: dict[bytes, list[bytes]] = {}
        for key, value in self.headers:
            named.setdefault(key.lower(), []).append(value)
        object.__setattr__(self, "_named", {name: tuple(values) for name, values in named.items()})

    @property
    def status(self) -> int | None:
        """The status code of a response; None when the start line is not one."""
        found = _STATUS.match(self.start)
        return int(found[1]) if found else None

    def headers_all(self, name: bytes) -> tuple[bytes, ...]:
        """Every value under a name, stripped, in order."""
        return self._named.get(name.lower(), ())

    def header(self, name: bytes) -> bytes | None:
        """The first value under a name, stripped; None when the message has no such header."""
        return next(iter(self.headers_all(name)), None)

    def tokens(self, name: bytes) -> tuple[str, ...]:
        """The comma-separated lower-case tokens of all headers of a name, empty ones left out."""
        values = self.headers_all(name)
        if not values:
            return ()
        joined = b",".join(values).decode("latin-1").lower()
        return tuple(token for part in joined.split(",") if (token := part.strip()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a payload holds once its content coding is removed; `problem` says what kept it from being whole."""

    data: bytes
    problem: str | None = None


def parse(block: bytes) -> Message:
    """Take a message apart; header lines without a colon are left out of `headers`, as clients skip them."""
    head, body = split_head(block)
    lines = head.replace(b"\r\n", b"\n").rstrip(b"\r\n").split(b"\n")
    unfolded: list[list[bytes]] = []
    for line in lines[1:]:
        if line[:1] in (b" ", b"\t") and unfolded:
            unfolded[-1].append(line.strip())
        else:
            unfolded.append([line])
    pairs = (b" ".join(folds).partition(b":") for folds in unfolded)
    headers = tuple((name.strip(), value.strip()) for name, colon, value in pairs if colon)
    return Message(start=lines[0], headers=headers, body=body)


def split_head(block: bytes) -> tuple[bytes, bytes]:
    """Start line and headers with the empty line that ends them, and the rest; no empty line: all is head."""
    end = HEAD_END.search(block)
    return (block[: end.end()], block[end.end() :]) if end else (block, b"")


def split_interim(received: bytes) -> tuple[bytes, bytes]:
    """The 1xx responses that came first, and what came after them (RFC 9110 §15.2; 101 is a final answer)."""
    start = 0
    while (found := _STATUS.match(received, start)) and found[1][:1] == b"1" and found[1] != b"101":
        end = HEAD_END.search(received, start)
        if end is None:
            return received, b""
        start = end.end()
    return received[:start], received[start:]


def is_conditional(request: Message) -> bool:
    """Whether a request named what its sender holds: only then does a 304 say anything (RFC 9110 §15.4.5)."""
    return any(request.header(name) for name in (b"If-None-Match", b"If-Modified-Since"))


def is_chunked(message: Message) -> bool:
    """Whether the last transfer coding is chunked."""
    return message.tokens(b"Transfer-Encoding")[-1:] == ("chunked",)


def payload(message: Message) -> bytes:
    """The body without chunk framing, content coding kept (WARC 1.1 §5.9).

    A torn body gives what arrived of it; a body that begins with no chunk at all is returned as it stands, because
    some archives kept the header after they had removed the framing. Other transfer codings are left in place.
    """
    if not is_chunked(message) or CHUNK.match(message.body) is None:
        return message.body
    return b"".join(_chunks(message.body))


def _chunks(body: bytes) -> Iterator[bytes]:
    at = 0
    while found := CHUNK.match(body, at):
        size = int(found[1], 16)
        if size == 0:
            return
        yield body[found.end() : found.end() + size]
        at = found.end() + size
        at += 2 if body.startswith(b"\r\n", at) else 1 if body.startswith(b"\n", at) else 0


def content(message: Message, limit: int = LIMIT, unframed: bytes | None = None) -> Content:
    """The payload without content coding, at most `limit` bytes; what could be read is given even with a problem.

    `unframed`: the payload, when it is at hand already.

    A payload that lacks the magic number of the gzip or zstd its header names was stored decoded: it is returned as is.
    """
    data = payload(message) if unframed is None else unframed
    for coding in reversed(message.tokens(b"Content-Encoding")):
        if coding in ("identity", "none", "utf-8"):
            continue
        if coding not in _DECODERS:
            return Content(data=data[:limit], problem=f"unknown content coding {coding}")
        magic, decode = _DECODERS[coding]
        if not data or not data.startswith(magic):
            continue
        decoded = decode(data, limit)
        if decoded.problem:
            return Content(data=decoded.data[:limit], problem=f"{coding}: {decoded.problem}")
        data = decoded.data
    if len(data) > limit:
        return Content(data=data[:limit], problem=f"longer than {limit} bytes")
    return Content(data=data)


def _gunzip(data: bytes, limit: int) -> Content:
    """At most MEMBERS gzip members one after another; what follows the last is ignored, as browsers do."""
    swift = _swiftly(data, limit)
    if swift is not None:
        return Content(data=swift)
    out = bytearray()
    end = members = 0
    while data.startswith(b"\x1f\x8b", end):
        if members == MEMBERS:
            return Content(data=bytes(out), problem=f"more than {MEMBERS} members")
        member = _inflate(data, limit - len(out), zlib.MAX_WBITS | 16, end)
        out += member.data
        if member.problem:
            return Content(data=bytes(out), problem=member.problem)
        end, members = member.end, members + 1
    return Content(data=bytes(out))


def _swiftly(data: bytes, limit: int) -> bytes | None:
    """What the only member of a usual file holds, in half the time; None of any other, or when anything is wrong."""
    if not data.startswith(_USUAL):
        return None
    member = decompressobj()
    try:
        out = member.decompress(data, limit + 1)
    except GzipError:
        return None
    return out if member.eof and not member.unused_data and len(out) <= limit else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Inflated:
    data: bytes
    end: int = 0
    problem: str | None = None


def _inflate(data: bytes, limit: int, bits: int, at: int = 0) -> _Inflated:
    """The stream that begins at a byte, and where it ends."""
    inflater = zlib.decompressobj(bits)
    out = bytearray()
    given = memoryview(data)
    step = _FIRST_STEP
    try:
        while at < len(given) and not inflater.eof and len(out) <= limit:
            piece = given[at : at + step]
            out += inflater.decompress(piece, _STEP)
            at += len(piece) - len(inflater.unconsumed_tail) - len(inflater.unused_data)
            step = min(2 * step, _STEP)
        if len(out) > limit:
            return _Inflated(data=bytes(out), problem=f"longer than {limit} bytes")
        if not inflater.eof:
            out += inflater.flush()
    except zlib.error as error:
        return _Inflated(data=bytes(out), problem=f"damaged ({error})")
    return _Inflated(data=bytes(out), end=at, problem=None if inflater.eof else "cut off")


def _deflate(data: bytes, limit: int) -> Content:
    """Zlib as RFC 9110 says, or raw deflate as some servers send."""
    for bits in (zlib.MAX_WBITS, -zlib.MAX_WBITS):
        found = _inflate(data, limit, bits)
        if found.data or not found.problem:
            break
    return Content(data=found.data, problem=found.problem)


def _unbrotli(data: bytes, limit: int) -> Content:
    decoder = brotli.Decompressor()
    out = bytearray()
    try:
        while not decoder.is_finished() and len(out) <= limit:
            step = decoder.process(data, output_buffer_limit=_STEP)
            out += step
            data = b""
            if not step and decoder.can_accept_more_data():
                break
    except brotli.error as error:
        return Content(data=bytes(out), problem=f"damaged ({error})")
    if len(out) > limit:
        return Content(data=bytes(out), problem=f"longer than {limit} bytes")
    return Content(data=bytes(out), problem=None if decoder.is_finished() else "cut off")


def _unzstd(data: bytes, limit: int) -> Content:
    # RFC 9659: a browser offers no window larger than 8 MiB; twice that is generous.
    decoder = zstandard.ZstdDecompressor(max_window_size=16 << 20).decompressobj(write_size=_STEP)
    out = bytearray()
    try:
        # Small bites: one byte of a repeated block may unfold to 32 KiB.
        for at in range(0, len(data), 1 << 8):
            out += decoder.decompress(data[at : at + (1 << 8)])
            if decoder.eof or len(out) > limit:
                break
    except zstandard.ZstdError as error:
        return Content(data=bytes(out), problem=f"damaged ({error})")
    if len(out) > limit:
        return Content(data=bytes(out), problem=f"longer than {limit} bytes")
    return Content(data=bytes(out), problem=None if decoder.eof else "cut off")


_DECODERS: dict[str, tuple[bytes, Callable[[bytes, int], Content]]] = {
    "gzip": (b"\x1f\x8b", _gunzip),
    "x-gzip": (b"\x1f\x8b", _gunzip),
    "deflate": (b"", _deflate),
    "br": (b"", _unbrotli),
    "zstd": (b"\x28\xb5\x2f\xfd", _unzstd),
}
