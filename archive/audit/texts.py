"""What was read in a WARC, against the WARC: every address, digest and place; it reads no page anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archive import texts
from archive.audit import places
from archive.audit.findings import Finding, Kind
from archive.cdx import CdxLine
from archive.digest import sha256_of
from archive.errors import ArchiveError
from archive.fixity import Fixity
from archive.http import content, parse
from archive.records import Article, Capture, Reading, RecordType, Unchanged


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """All that readers said of the capture at one offset, each with the text object that says it."""

    given: tuple[tuple[str, Reading], ...]

    def against(self, capture: Capture, line: CdxLine, decoded: bytes | None = None) -> Iterator[Finding]:
        """What does not fit the capture as it stands in the WARC; `decoded`: its content, when it is at hand."""
        for file, reading in self.given:
            for said in _unlike(reading, capture, line):
                yield _found(Kind.TEXT, file, said, reading)
            if isinstance(reading.outcome, Article) and capture.type is RecordType.RESPONSE:
                if decoded is None:
                    decoded = content(parse(capture.response)).data
                for said in _misplaced(decoded, reading.outcome):
                    yield _found(Kind.PLACE, file, said, reading)

    def of_nothing(self, warc: str) -> Iterator[Finding]:
        """No capture begins where these readings say."""
        for file, reading in self.given:
            said = f"a reading names byte {reading.address.offset} of {warc}, where no capture begins"
            yield _found(Kind.TEXT, file, said, reading)


def _found(kind: Kind, file: str, said: str, reading: Reading) -> Finding:
    return Finding(kind=kind, file=file, said=said, record=reading.record, url=reading.url)


def _unlike(reading: Reading, capture: Capture, line: CdxLine) -> Iterator[str]:
    pairs = {
        "record": (reading.record, capture.record),
        "url": (reading.url, capture.url),
        "date": (reading.date, capture.date),
        "payload digest": (reading.payload_digest, capture.payload_digest),
        "length": (reading.address.length, line.length),
        "sha256": (reading.address.sha256, line.sha256),
        "role": (reading.hints.role.value, line.role),
    }
    for name, (said, true) in pairs.items():
        if said != true:
            yield f"the reading's {name} is {said!r}, the WARC gives {true!r}"
    of = capture.refers_to.record if capture.refers_to else None
    if (
        isinstance(reading.outcome, Unchanged)
        and reading.outcome.of is not None
        and of not in (None, reading.outcome.of)
    ):
        yield f"the reading stands for {reading.outcome.of}, the revisit for {of}"


def _misplaced(data: bytes, article: Article) -> Iterator[str]:
    text = places.decoded(data, article)
    if text is None:
        yield f"the article names the encoding {article.encoding!r}, which is none"
        return
    for number, why in places.wrong(text, article):
        yield f"paragraph {number}: {why}"


def audit_text(key: str, data: bytes, fixity: Iterable[Fixity]) -> tuple[list[Finding], dict[int, list[Reading]]]:
    """What is wrong with a text object by itself, and its readings by the offset they name."""
    findings: list[Finding] = []
    known = tuple(fixity)
    if known and Fixity(sha256=sha256_of(data), size=len(data)) not in known:
        findings.append(Finding(kind=Kind.FIXITY, file=key, said=f"its {len(data)} bytes are not those on record"))
    by_offset: dict[int, list[Reading]] = defaultdict(list)
    try:
        head, readings = texts.load(data, key)
    except ArchiveError as error:
        findings.append(Finding(kind=Kind.TEXT, file=key, said=str(error)))
        return findings, by_offset
    place = texts.key(head.warc, head.outlet, head.reader)
    if place != key:
        findings.append(Finding(kind=Kind.TEXT, file=key, said=f"it says that it lies at {place}"))
    for reading in readings:
        by_offset[reading.address.offset].append(reading)
        if (reading.address.warc, reading.outlet) != (head.warc, head.outlet):
            said = f"a reading of {reading.outlet} at {reading.address.warc} stands in the text of {head.warc}"
            findings.append(_found(Kind.TEXT, key, said, reading))
    return findings, by_offset


def gathered(parts: Iterable[tuple[str, dict[int, list[Reading]]]]) -> dict[int, Readings]:
    """The readings of several text objects of one WARC, by offset."""
    together: dict[int, list[tuple[str, Reading]]] = defaultdict(list)
    for key, by_offset in parts:
        for offset, readings in by_offset.items():
            together[offset] += [(key, reading) for reading in readings]
    return {offset: Readings(given=tuple(given)) for offset, given in together.items()}
