"""A judge of WARC files: every breach of the standard with its place and paragraph; it mends nothing, raises nothing.

WARC 1.0 and 1.1, plain, gzipped record by record or as a whole. It walks the bytes itself, reads each once and holds
no block, so that hostile bytes cost time and memory in proportion to nothing but their number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from archive.warc import grammar
from archive.warc.clauses import IDENTICAL, Fault, Head, Level, head_faults, paragraph
from archive.warc.octets import Octets
from archive.warc.series import Series
from archive.warc.source import STEP, TornError
from archive.warc.sums import Summing, Sums

_VERSION = re.compile(rb"WARC/(\d{1,9}\.\d{1,9})\r\n", re.IGNORECASE)
_DRAFTS = frozenset({"0.17", "0.18"})
_BEGIN = re.compile(rb"WARC/\d", re.IGNORECASE)
_HEAD_LIMIT = 1 << 20
_FIELDS_LIMIT = 1 << 20
_END = b"\r\n\r\n"

_Fields = list[tuple[str, list[str]]]  # name, and the value's lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One breach: where the record lies (its gzip member in a packed file), its id, and what the standard says."""

    offset: int
    record: str | None
    paragraph: str
    said: str
    level: Level


def validate(stream: BinaryIO, name: str | None = None) -> Iterator[Finding]:
    """Judge a file; it is valid when no finding is an error.

    Args:
        stream: read from its beginning.
        name: the file's name, where the standard has a word on it.
    """
    yield from _Judge(stream, name).findings()


class _StopError(Exception):
    """This record cannot be read on. Never leaves this room."""


class _Judge:
    """The state between the records of one file."""

    def __init__(self, stream: BinaryIO, name: str | None) -> None:
        self._octets = Octets(stream)
        self._name = name
        self._series = Series()
        # Of the record under judgement.
        self._place = 0
        self._fine = True
        self._id: str | None = None
        self._number = 0
        self._shared = False
        self._lost = False  # the record cannot be read on: look for the next
        self._told = False

    def _find(self, fault: Fault) -> Finding:
        self._told = True
        where = paragraph(fault.clause, fine=self._fine)
        said, name = _shown(fault.said), None if self._id is None else _shown(self._id[:200])
        return Finding(offset=self._place, record=name, paragraph=where, said=said, level=fault.level)

    def findings(self) -> Iterator[Finding]:
        octets = self._octets
        if self._name is not None and octets.packed is not self._name.endswith(".gz"):
            said = "a gzipped file's name should end in .gz" if octets.packed else "a plain file's name ends in .gz"
            yield self._find(Fault("suffix", said, Level.WARNING))
        torn_at = -1
        while True:
            try:
                if not (self._resync() if self._lost else octets.more()):
                    break
                self._lost = False
                self._place, self._fine, self._id = octets.place, True, None
                for fault in self._one():
                    yield self._find(fault)
            except _StopError:
                self._lost = True
            except TornError as torn:
                if torn_at != self._number:  # once for all that lies between two records
                    yield self._find(Fault("members", f"{torn} (RFC 1952)"))
                torn_at, self._lost = self._number, False
                if not octets.next_member():
                    break
        for fault in self._last():
            yield self._find(fault)

    def _last(self) -> Iterator[Fault]:
        if not self._number and not self._told:
            yield Fault("model", "a WARC file is one record or more, and here is none")
        if self._series.full:
            yield Fault("WARC-Record-ID", "too many records to compare the ids of all", Level.WARNING)

    def _resync(self) -> bool:
        """Go to the next line that begins a record; False at the end of the file."""
        octets = self._octets
        while octets.more():
            fresh = octets.fresh
            line = octets.line(STEP)
            if _BEGIN.match(line):
                octets.unread(line, fresh=fresh)
                return True
        return False

    def _one(self) -> Iterator[Fault]:
        octets = self._octets
        fresh, members = octets.fresh, octets.members
        yield from self._version()
        self._number += 1
        body = octets.place if octets.more() else 0
        fields: _Fields = []
        yield from self._fields(fields)
        head = Head(fine=self._fine, named=_named(fields))
        self._id = head.first("WARC-Record-ID")
        yield from head_faults(head)
        yield from self._series.faults(head)
        yield from self._first_record(head)
        if head.size is None:
            raise _StopError
        yield from self._block(head, body)
        yield from self._members(fresh, members)

    def _version(self) -> Iterator[Fault]:
        line = self._octets.line(STEP)
        found = _VERSION.fullmatch(line)
        if found is None:
            loose = _VERSION.fullmatch(line.rstrip(b"\r\n \t") + b"\r\n")
            if loose is None and line.startswith(b"filedesc:"):
                yield Fault("model", "this is an ARC file, of which the standard of WARC says nothing")
                raise _StopError
            if loose is None:
                yield Fault("model", f"a record begins with its version, not with {line[:40]!r}")
                raise _StopError
            yield Fault("model", f"the version line {line[:40]!r} does not end in CRLF")
            found = loose
        version = found[1].decode()
        self._fine = version not in _DRAFTS | {"1.0"}
        if version in _DRAFTS:
            said = f"WARC/{version} is a draft of WARC/1.0, by which it is judged"
            yield Fault("model", said, Level.WARNING)
        elif version not in ("1.0", "1.1"):
            yield Fault("model", f"there is no WARC/{version}")
            raise _StopError

    def _fields(self, fields: _Fields) -> Iterator[Fault]:
        """The named fields up to the empty line, folds joined, each fault of grammar once a record."""
        left = _HEAD_LIMIT
        told: set[str] = set()
        while True:
            line = self._octets.line(left)
            left -= len(line)
            if not line.endswith(b"\n"):
                yield Fault("model", "the head is longer than anyone reads" if left <= 0 else "the head is cut off")
                raise _StopError
            if not line.endswith(b"\r\n") and "end" not in told:
                told.add("end")
                yield Fault("model", "a line of the head does not end in CRLF")
            bare = line.rstrip(b"\r\n")
            if not bare:
                return
            fault = _field(bare, fields)
            if fault is not None and fault.said not in told:
                told.add(fault.said)
                yield fault

    def _first_record(self, head: Head) -> Iterator[Fault]:
        if self._number == 1 and head.type not in ("warcinfo", ""):
            yield Fault("WARC-Type", "starting a file with a warcinfo record is recommended", Level.WARNING)
        said = head.first("WARC-Filename")
        if head.type == "warcinfo" and self._name is not None and said not in (None, self._name):
            yield Fault("WARC-Filename", f"it says {said[:100]!r}, the file is called otherwise", Level.WARNING)

    def _block(self, head: Head, body: int) -> Iterator[Fault]:
        size = head.size or 0
        summing, kept = _summing(head), bytearray()
        wants = (grammar.media_type(head.first("Content-Type") or "") or ("", {}))[0] == "application/warc-fields"
        left = size
        while left and (piece := self._octets.read(min(STEP, left))):
            left -= len(piece)
            summing.feed(piece)
            if wants and len(kept) < _FIELDS_LIMIT:
                kept += piece
        if left:
            yield Fault("Content-Length", f"the block is cut off: {left} of {size} bytes are missing")
            self._octets.back(body)
            raise _StopError
        yield from _digest_faults(head, summing.sums())
        if wants:
            yield from _fields_faults(bytes(kept), whole=size <= _FIELDS_LIMIT)
        yield from self._close(body)

    def _close(self, body: int) -> Iterator[Fault]:
        """A record ends in two CRLF; then comes another one, or nothing."""
        end = b""
        while len(end) < len(_END) and (piece := self._octets.read(len(_END) - len(end))):
            end += piece
        if end != _END:
            yield Fault("model", f"the block is followed by {end!r}, not by two CRLF; or its Content-Length is wrong")
            self._octets.back(body)
            raise _StopError

    def _members(self, fresh: bool, members: int) -> Iterator[Fault]:
        octets = self._octets
        if not octets.packed or self._shared:
            return
        spread = octets.members > members
        ended = not octets.more() or octets.fresh
        if spread or not fresh or not ended:
            self._shared = True
            yield Fault("members", "records are not packed one by one, as is recommended", Level.WARNING)


def _shown(words: str) -> str:
    """Words of a stranger, so that no terminal obeys them."""
    return words if words.isprintable() else "".join(one if one.isprintable() else ascii(one)[1:-1] for one in words)


def _field(line: bytes, fields: _Fields) -> Fault | None:
    """Take in one line of a head."""
    try:
        text = line.decode()
        fault = None
    except UnicodeDecodeError:
        text = line.decode("utf-8", "replace")
        fault = Fault("model", "a line of the head is not UTF-8")
    if (letter := grammar.control(text)) is not None:
        fault = Fault("model", f"a line of the head holds the control character {letter}")
    if text[0] in " \t":
        if not fields:
            return Fault("model", "a continued line follows no field")
        fields[-1][1].append(text.strip(" \t"))
        return fault
    name, colon, value = text.partition(":")
    if not colon or not grammar.TOKEN.fullmatch(name):
        return Fault("model", f"{text[:60]!r} is no named field")
    fields.append((name, [value.strip(" \t")]))
    return fault


def _named(fields: _Fields) -> dict[str, list[str]]:
    named: dict[str, list[str]] = {}
    for name, parts in fields:
        named.setdefault(name.lower(), []).append(" ".join(filter(None, parts)))
    return named


def _summing(head: Head) -> Summing:
    media = (grammar.media_type(head.first("Content-Type") or "") or ("", {}))[0]
    http = head.type in ("response", "request", "revisit") and media == "application/http"
    return Summing(
        http=http,
        block=_algorithm(head, "WARC-Block-Digest"),
        payload=_algorithm(head, "WARC-Payload-Digest") if http or head.type in ("resource", "conversion") else None,
    )


def _algorithm(head: Head, name: str) -> str | None:
    found = grammar.labelled(head.first(name) or "")
    return found[0] if found is not None and found[0] in grammar.SIZES else None


def _claimed(head: Head, name: str) -> bytes | None:
    """What a digest field claims; None when it claims nothing that can be compared."""
    found = grammar.labelled(head.first(name) or "")
    return grammar.decoded(found[1], grammar.SIZES[found[0]]) if found and found[0] in grammar.SIZES else None


def _digest_faults(head: Head, sums: Sums) -> Iterator[Fault]:
    block, payload = _claimed(head, "WARC-Block-Digest"), _claimed(head, "WARC-Payload-Digest")
    if block is not None and sums.block and block != sums.block:
        yield Fault("WARC-Block-Digest", "the digest is not the block's")
    if payload is None or not sums.payload or head.first("WARC-Segment-Number") is not None:
        return
    if head.type == "revisit":
        identical = (head.first("WARC-Profile") or "").strip("<>") in IDENTICAL
        cut = head.first("WARC-Truncated") is None and head.size and payload != sums.payload
        if identical and cut:
            yield Fault("identical", "the payload is left out, which WARC-Truncated: length shall say")
    elif payload != sums.payload:
        framed = payload == sums.raw
        said = "the digest is of the body with its transfer coding" if framed else "the digest is not the payload's"
        yield Fault("WARC-Payload-Digest", said)


def _fields_faults(block: bytes, *, whole: bool) -> Iterator[Fault]:
    """Whether a block that calls itself application/warc-fields holds such fields."""
    fields: _Fields = []
    lines = block.split(b"\n")
    for line in lines if whole else lines[:-1]:
        bare = line.rstrip(b"\r")
        if bare and (fault := _field(bare, fields)) is not None:
            yield Fault("warc-fields", f"application/warc-fields: {fault.said}", Level.WARNING)
            return
