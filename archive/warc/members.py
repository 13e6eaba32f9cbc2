"""The records of a WARC or ARC file as they lie in it, gzipped or plain; damage is told, never raised, never mended."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from archive.digest import sha256
from archive.gzip import compress
from archive.warc import own
from archive.warc.source import GZIP, Member, Source, TornError

BLOCK_LIMIT = 256 << 20  # a block is held in memory; of a longer one, its digests
_HEAD_LIMIT = 1 << 20
_SWIFT = 32 << 20  # a member of at most so many bytes, unpacked, may be taken whole
_STEP = 1 << 16
_WARC_LINE = re.compile(rb"WARC/\d\.\d+[ \t]*\r?\n?$", re.IGNORECASE)
# URL, address, 14 digits, type, length (https://archive.org/web/researcher/ArcFileFormat.php); URLs may hold spaces.
_ARC_LINE = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]*:.* \S+ \d{14} \S.* \d+[ \t]*\r?\n?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """A place that gave no capture, and why.

    `broken`: the file breaks its standard there; else the record is sound but holds no HTTP exchange.
    """

    offset: int
    said: str
    url: str | None = None
    broken: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Long:
    """What is known of a block that is too long to be held: its bytes and digests."""

    size: int
    sha1: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record: its headers as text, its raw head and block as bytes, and where it lies.

    `offset`, `length` and `sha256` are of the gzip member, or of head and block in a plain file. A record that shares
    its member with others cannot be sought: its `length` is 0 and its `sha256` empty.
    """

    offset: int
    length: int
    sha256: str
    format: str  # warc | arc
    type: str  # WARC-Type in lower case; of ARC `response`, or `warcinfo` for the file's own description
    headers: tuple[tuple[str, str], ...]
    names: Mapping[str, str]  # the first value of each, by its name in lower case
    head: bytes
    block: bytes
    gzip: bytes = b""  # the member's own head, ten bytes
    long: Long | None = None  # of a block that is not held because it is longer than BLOCK_LIMIT

    def header(self, name: str) -> str | None:
        """The first value under a name, in any case of letters."""
        return self.names.get(name.lower())


def _type(format_: str, names: Mapping[str, str]) -> str:
    if format_ == "arc":
        return "warcinfo" if names.get("uri", "").startswith("filedesc:") else "response"
    return names.get("warc-type", "").strip().lower()


class _BadRecordError(TornError):
    """A record that breaks the standard inside bytes that can be read on from. Never leaves this room."""

    def __init__(self, said: str, opened: _Opened | None = None) -> None:
        super().__init__(said)
        self.url = _target(opened) if opened else None


class _Lines(Protocol):
    def readline(self, limit: int = -1, /) -> bytes: ...
    def read(self, size: int = -1, /) -> bytes: ...


class _Head:
    """The lines warcio takes from a stream, kept as they are."""

    def __init__(self, lines: _Lines, first: bytes) -> None:
        self._lines = lines
        self.raw = first

    def readline(self, *_: object) -> bytes:
        line = self._lines.readline(_STEP)
        self.raw += line
        if len(self.raw) > _HEAD_LIMIT:
            raise _BadRecordError(f"the record's head is longer than {_HEAD_LIMIT} bytes")
        return line

    def read(self, size: int = -1) -> bytes:
        return self._lines.read(size)

    def tell(self) -> int:
        return len(self.raw)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    format: str
    headers: tuple[tuple[str, str], ...]
    head: bytes
    size: int  # bytes of the block


def _open_record(lines: _Lines, first: bytes) -> _Opened:
    """Let warcio read a head whose first line has been read already; plain ones of our own need none of it."""
    from warcio.exceptions import ArchiveLoadFailed
    from warcio.recordloader import ArcWarcRecordLoader

    head = _Head(lines, first)
    try:
        found = ArcWarcRecordLoader(arc2warc=False).parse_record_stream(head, first, None, True)
    except (ArchiveLoadFailed, EOFError) as error:
        raise _BadRecordError(f"no WARC or ARC record begins here: {error}") from None
    name = "length" if found.format == "arc" else "Content-Length"
    said = str(found.rec_headers.get_header(name) or "").strip()
    if not said.isascii() or not said.isdigit():
        raise _BadRecordError(f"the record's {name} is {said!r}, no number")
    headers = tuple((str(key), str(value)) for key, value in found.rec_headers.headers)
    # An ARC's first record counts the lines below its own as block; warcio has read two of them, some writers fewer.
    size = max(0, int(said) - found.rec_headers.total_len) if found.format == "arc" else int(said)
    return _Opened(format=found.format, headers=headers, head=head.raw, size=size)


def _target(opened: _Opened | Record) -> str | None:
    named = (value for key, value in opened.headers if key.lower() in ("warc-target-uri", "uri"))
    return next(named, None)


def _next_line(lines: _Lines) -> bytes:
    """The first line that is not blank; empty at the end."""
    while line := lines.readline(_STEP):
        if line.strip():
            return line
    return b""


def _begins_record(line: bytes) -> bool:
    return bool(_WARC_LINE.match(line) or _ARC_LINE.match(line))


# What to do with a record while its block is under the reader: given the opened head and a reader of the block.
_Take = Callable[[_Opened, "_Block"], bytes | Long]


class _Block:
    """The block of one record, and not a byte more."""

    def __init__(self, lines: _Lines, size: int) -> None:
        self._lines = lines
        self.left = size

    def read(self, size: int) -> bytes:
        data = self._lines.read(min(size, self.left))
        self.left -= len(data)
        return data

    def pieces(self) -> Iterator[bytes]:
        while data := self.read(_STEP):
            yield data


def _whole(opened: _Opened, block: _Block) -> bytes | Long:
    if opened.size <= BLOCK_LIMIT:
        return b"".join(block.pieces())
    sha1, sha256_ = hashlib.sha1(usedforsecurity=False), hashlib.sha256()
    for piece in block.pieces():
        sha1.update(piece)
        sha256_.update(piece)
    base32 = base64.b32encode(sha1.digest()).decode()
    return Long(size=opened.size, sha1=f"sha1:{base32}", sha256=f"sha256:{sha256_.hexdigest()}")


def _take(lines: _Lines, first: bytes, take: _Take) -> tuple[_Opened, bytes | Long, bytes]:
    """One record and the line after it (empty at the end); a record with a wrong length is told by raising."""
    opened = _open_record(lines, first)
    block = _Block(lines, opened.size)
    kept = take(opened, block)
    if block.left:
        raise _BadRecordError(f"the block is cut off: {block.left} of {opened.size} bytes are missing", opened)
    after = _next_line(lines)
    if after and not _begins_record(after):
        raise _BadRecordError(f"the record is not followed by another, but by {after[:40]!r}", opened)
    return opened, kept, after


def _records(stream: BinaryIO, take: _Take) -> Iterator[Record | Damage]:
    stream.seek(0)
    start = stream.read(len(GZIP))
    stream.seek(0)
    yield from _gzipped(stream, take) if start == GZIP else _plain(stream, take)


def _gzipped(stream: BinaryIO, take: _Take) -> Iterator[Record | Damage]:
    source = Source(stream)
    torn_at = -1
    while source.peek():
        offset = source.offset
        found = source.skip_to_gzip()
        if source.offset > offset and offset != torn_at:
            yield Damage(offset=offset, said=f"{source.offset - offset} bytes that belong to no gzip member")
        if not found:
            return
        swift = _swift(source)
        if swift is not None:
            yield swift
            continue
        member = Member(source)
        try:
            yield from _in_member(member, take)
        except TornError as torn:
            yield Damage(offset=member.offset, said=str(torn))
            member.leave()
            torn_at = source.offset


def _swift(source: Source) -> Record | None:
    """The only record of a member that is as plain as ours; None, the source staying where it is, of any other."""
    offset = source.offset
    member = source.unpack(_SWIFT)
    found = own.read(member.data) if member is not None else None
    if member is None or found is None or len(found[-1]) > BLOCK_LIMIT:
        source.seek(offset)
        return None
    headers, names, head, block = found
    return Record(
        offset=offset,
        length=member.length,
        sha256=member.sha256,
        format="warc",
        type=_type("warc", names),
        headers=headers,
        names=names,
        head=head,
        block=block,
        gzip=member.head,
    )


def _in_member(member: Member, take: _Take) -> Iterator[Record | Damage]:
    """Usually one record; several when a whole file was packed as one member."""
    lines = io.BufferedReader(member, _STEP)
    line, alone = _next_line(lines), True
    while line:
        try:
            opened, kept, line = _take(lines, line, take)
        except _BadRecordError as bad:
            yield Damage(offset=member.offset, said=str(bad), url=bad.url)
            line, alone = _resync(lines), False
            continue
        alone = alone and not line
        place = (member.length, member.sha256) if alone else (0, "")
        yield _record(opened, kept, member.offset, place, member.head)


def _record(opened: _Opened, kept: bytes | Long, offset: int, place: tuple[int, str], gzip: bytes = b"") -> Record:
    names = {name.lower(): value for name, value in reversed(opened.headers)}
    return Record(
        offset=offset,
        length=place[0],
        sha256=place[1],
        format=opened.format,
        type=_type(opened.format, names),
        headers=opened.headers,
        names=names,
        head=opened.head,
        block=kept if isinstance(kept, bytes) else b"",
        gzip=gzip,
        long=None if isinstance(kept, bytes) else kept,
    )


def _resync(lines: _Lines) -> bytes:
    """The next line that begins a record; empty when none does."""
    while line := lines.readline(_STEP):
        if _begins_record(line):
            return line
    return b""


def _plain(stream: BinaryIO, take: _Take) -> Iterator[Record | Damage]:
    line = _next_line(stream)
    while line:
        offset = stream.tell() - len(line)
        body = stream.tell()
        try:
            opened, kept, after = _take(stream, line, take)
        except _BadRecordError as bad:
            yield Damage(offset=offset, said=str(bad), url=bad.url)
            stream.seek(body)
            line = _resync(stream)
            continue
        digest = sha256(opened.head + kept) if isinstance(kept, bytes) else ""
        yield _record(opened, kept, offset, (len(opened.head) + opened.size, digest))
        line = after


def too_long(record: Record, long: Long) -> Damage:
    """What is told of a record whose block is not held."""
    said = f"its block, {long.size} bytes, is longer than {BLOCK_LIMIT} bytes and was not read"
    return Damage(offset=record.offset, said=said, url=_target(record), broken=False)


def records(stream: BinaryIO) -> Iterator[Record | Damage]:
    """Every record from a stream's beginning, on after damage; of a block over BLOCK_LIMIT only digests (`long`)."""
    return _records(stream, _whole)


def is_seekable(stream: BinaryIO) -> bool:
    """Whether each record can be read by itself: plain files, and gzip with one member for each record."""
    return all(isinstance(found, Damage) or found.length for found in _records(stream, _pass_by))


def _pass_by(_: _Opened, block: _Block) -> bytes:
    for _piece in block.pieces():
        pass
    return b""


def make_seekable(stream: BinaryIO, out: BinaryIO) -> tuple[Damage, ...]:
    """Write the same records, head and block unchanged, one gzip member each; what could not be read is returned."""
    damages: list[Damage] = []
    for found in records(stream):
        if isinstance(found, Damage):
            damages.append(found)
        elif found.long is not None:
            damages.append(too_long(found, found.long))
        else:
            end = b"\n" if found.format == "arc" else b"\r\n\r\n"
            out.write(compress(found.head + found.block + end))
    return tuple(damages)
