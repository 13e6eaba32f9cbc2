"""One WARC of ours read whole: its records, the index beside it, and what was read of it; it opens no storage.

Everything is computed anew from the bytes: the index must come out letter for letter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import BinaryIO, Final

from archive import cdx, mementos, warc
from archive.audit.findings import Finding, Kind, Passed, at_line, at_record
from archive.audit.records import Records
from archive.audit.stream import Hashed
from archive.audit.texts import Readings
from archive.cdx import CdxLine
from archive.errors import FormatError
from archive.fixity import Fixity
from archive.gzip import compress
from archive.records import Capture, RecordType, is_imported

_TAIL: Final = b"\r\n\r\n"
_OPEN: Final = 1  # our writer puts the records of an exchange one after the other


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a revisit says it stands for, and where the revisit lies."""

    file: str
    offset: int
    record: str
    url: str
    of: str
    of_url: str
    of_date: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelved:
    """What is known of one WARC besides its bytes."""

    key: str  # storage key
    cdxj: bytes | None
    fixity: Sequence[Fixity] = ()
    readings: Mapping[int, Readings] = field(default_factory=dict)  # by offset


def audit_warc(stream: BinaryIO, shelved: Shelved) -> Iterator[Finding | Passed | Wanted]:
    """Everything wrong with a WARC and its index; what its revisits stand for; at last what was looked at.

    Args:
        stream: the WARC, seekable.
        shelved: its index, its fixity and what was read of it.
    """
    hashed = Hashed(stream)
    walk = _Walk(shelved)
    named: set[int] = set()
    for each in walk.findings(hashed):
        if isinstance(each, Finding) and each.file == shelved.key and each.offset is not None:
            named.add(each.offset)
        yield each
    digest = hashed.finish()
    if shelved.fixity and Fixity(sha256=digest, size=hashed.hashed) not in shelved.fixity:
        yield from _changed(stream, shelved, hashed.hashed, named)
    yield Passed(file=shelved.key, records=walk.records, bytes=hashed.hashed)


class _Walk:
    """The way through one file."""

    def __init__(self, shelved: Shelved) -> None:
        self._shelved = shelved
        self._file = shelved.key
        self._lines: list[CdxLine] = []
        self._found: list[Finding] = []
        self._judge = Records(shelved.key)
        self.records = 0

    def findings(self, stream: Hashed) -> Iterator[Finding | Wanted]:
        """What is wrong, record for record, then line for line."""
        outlet = self._file.split("/")[1]
        for capture in warc.joined(self._seen(stream), self._file, outlet, _OPEN):
            if isinstance(capture, warc.Damage):
                self._found.append(_told(self._file, capture))
            else:
                yield from self._capture(capture)
            yield from self._found
            self._found.clear()
        yield from self._found
        yield from of_nothing(self._shelved, self._lines)
        yield from compare(self._file, self._shelved.cdxj, self._lines)

    def _seen(self, stream: Hashed) -> Iterator[warc.Record | warc.Damage]:
        """Every record on its way to become a capture, judged."""
        stored: dict[int, CdxLine] | None = None
        for found in warc.records(stream):  # type: ignore[arg-type]  # it reads and seeks, which is all that is asked
            if isinstance(found, warc.Record):
                self.records += 1
                self._found.extend(self._judge.judge(found))
                yield found
                continue
            stored = _stored(self._shelved.cdxj) if stored is None else stored
            line = stored.get(found.offset)
            url = found.url or self._judge.torn(line.url if line else None)
            told = _told(self._file, found)
            self._found.append(replace(told, record=line.record if line else None, url=url))

    def _capture(self, capture: Capture) -> Iterator[Finding | Wanted]:
        if capture.address is None or not cdx.has_line(capture):
            return
        message, digest = self._judge.parsed.pop(capture.address.offset, (None, capture.payload_digest))
        true = capture if capture.payload_digest == digest else replace(capture, payload_digest=digest)
        line = cdx.line_of(true, message)
        self._lines.append(line)
        readings = self._shelved.readings.get(line.offset)
        if readings is not None:
            yield from readings.against(mementos.standing(capture, mementos.unwrap(capture)), line)
        if capture.type is RecordType.REVISIT and capture.refers_to is not None:
            yield Wanted(
                file=self._file,
                offset=line.offset,
                record=line.record,
                url=line.url,
                of=capture.refers_to.record or "",
                of_url=capture.refers_to.url,
                of_date=capture.refers_to.date,
                digest=line.digest,
            )


def _stored(cdxj: bytes | None) -> dict[int, CdxLine]:
    """What the index says, as far as it can be read, by offset: it still knows whose a broken member was."""
    lines: dict[int, CdxLine] = {}
    for raw in (cdxj or b"").split(b"\n"):
        with suppress(FormatError):
            lines |= {line.offset: line for line in cdx.load(raw)}
    return lines


def _told(file: str, damage: warc.Damage) -> Finding:
    return Finding(kind=Kind.MEMBER, file=file, said=damage.said, offset=damage.offset, url=damage.url)


def of_nothing(shelved: Shelved, lines: Sequence[CdxLine]) -> Iterator[Finding]:
    """Readings of captures that the file does not hold."""
    for offset in sorted(set(shelved.readings) - {line.offset for line in lines}):
        yield from shelved.readings[offset].of_nothing(shelved.key)


def compare(warc_key: str, cdxj: bytes | None, lines: Sequence[CdxLine]) -> Iterator[Finding]:
    """The index of a file against the lines that its captures give."""
    file = cdxj_key(warc_key)
    if cdxj is None:
        yield Finding(kind=Kind.LOST, file=file, said="the index of a shelved WARC is not there")
        return
    if cdx.dump(lines) == cdxj:
        return
    expected = {cdx.dump([line]): line for line in lines}
    by_offset = {line.offset: line for line in lines}
    named: set[int] = set()
    at = 0
    wrong = False
    for raw in cdxj.split(b"\n"):
        text, offset = raw + b"\n", at
        at += len(text)
        if not raw and at > len(cdxj):
            break
        if text in expected and expected[text].offset not in named:
            named.add(expected[text].offset)
            continue
        wrong = True
        twin, said = _differs(raw, by_offset, text in expected)
        if twin is not None:
            named.add(twin.offset)
        yield Finding(
            kind=Kind.CDXJ,
            file=file,
            said=said,
            offset=offset,
            record=twin.record if twin else None,
            url=twin.url if twin else None,
        )
    for line in lines:
        if line.offset not in named:
            wrong = True
            yield at_line(Kind.CDXJ, file, f"no line leads to the capture at {line.offset} of {warc_key}", line)
    if not wrong:
        yield Finding(kind=Kind.CDXJ, file=file, said="its lines are out of order")


def _differs(raw: bytes, by_offset: Mapping[int, CdxLine], twice: bool) -> tuple[CdxLine | None, str]:
    """The capture that a stored line means, and how the line differs from what that capture gives."""
    if twice:
        return None, "the same line stands there twice"
    try:
        (said,) = cdx.load(raw)
    except (FormatError, ValueError):
        near = [line for line in by_offset.values() if line.record.encode() in raw or line.sha256.encode() in raw]
        return (near[0] if near else None), "the line is broken"
    meant = by_offset.get(said.offset)
    if meant is None:
        meant = next((line for line in by_offset.values() if line.record == said.record), None)
    if meant is None:
        return None, f"the line leads to byte {said.offset}, where no capture begins"
    names = [name for name in CdxLine.__slots__ if getattr(said, name) != getattr(meant, name)]
    told = "; ".join(f"{name} is {getattr(said, name)!r}, the WARC gives {getattr(meant, name)!r}" for name in names)
    return meant, told or "the line is written otherwise than this archive writes"


def cdxj_key(warc_key: str) -> str:
    """Where the index of a WARC lies."""
    below = warc_key.removeprefix("warc/")
    return f"cdxj/{below if is_imported(below) else below.removesuffix('.warc.gz')}.cdxj"


def warc_key(key: str) -> str:
    """Which WARC an index leads into."""
    below = key.removeprefix("cdxj/").removesuffix(".cdxj")
    return f"warc/{below}" if is_imported(below) else f"warc/{below}.warc.gz"


def _changed(stream: BinaryIO, shelved: Shelved, size: int, named: set[int]) -> Iterator[Finding]:
    """The file is not what was shelved. Where no record shows it, packing each anew tells which bits changed."""
    sizes = ", ".join(str(one.size) for one in shelved.fixity)
    said = f"its SHA-256 is not the one on record; {size} bytes, on record {sizes}"
    placed = bool(named)
    for record in warc.records(stream):
        if isinstance(record, warc.Damage) or record.long is not None or record.offset in named:
            continue
        stream_at = stream.tell()
        stream.seek(record.offset)
        packed = stream.read(record.length)
        stream.seek(stream_at)
        if packed != compress(record.head + record.block + _TAIL):
            placed = True
            told = f"{said}; this member unpacks to the right bytes, but they were not packed so"
            yield at_record(Kind.FIXITY, shelved.key, told, record)
    if not placed:
        yield Finding(kind=Kind.FIXITY, file=shelved.key, said=said)
