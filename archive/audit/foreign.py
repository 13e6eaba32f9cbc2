"""An imported file: its bytes by its own name, its index by its bytes; what its writers broke is only remarked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from archive import cdx, mementos, warc
from archive.audit.findings import Finding, Kind, Passed, at_record
from archive.audit.stream import Hashed
from archive.audit.warcs import Shelved, compare, of_nothing
from archive.cdx import CdxLine
from archive.records import Capture


def audit_import(stream: BinaryIO, shelved: Shelved) -> Iterator[Finding | Passed]:
    """What is wrong with an imported file, its index and what was read of it."""
    hashed = Hashed(stream)
    file, records = shelved.key, 0
    if shelved.cdxj is not None:
        found: list[Finding] = []

        def seen() -> Iterator[warc.Record | warc.Damage]:
            nonlocal records
            for each in warc.records(hashed):  # type: ignore[arg-type]  # it reads and seeks
                if isinstance(each, warc.Record):
                    records += 1
                    found.extend(at_record(Kind.FOREIGN, file, said, each) for said in warc.check_record(each))
                yield each

        lines: list[CdxLine] = []
        for capture in warc.joined(seen(), file, ""):
            if isinstance(capture, Capture):
                if cdx.has_line(capture):
                    line = cdx.line_of(capture)
                    lines.append(line)
                    if (readings := shelved.readings.get(line.offset)) is not None:
                        yield from readings.against(mementos.standing(capture, mementos.unwrap(capture)), line)
            elif capture.broken:
                found.append(_damaged(file, capture))
            yield from found
            found.clear()
        yield from found
        yield from of_nothing(shelved, lines)
        yield from compare(file, shelved.cdxj, lines)
    named = file.rpartition("/")[2].partition(".")[0]
    if hashed.finish() != named:
        said = "its bytes changed since it was imported: their SHA-256 is no longer its name"
        yield Finding(kind=Kind.FIXITY, file=file, said=said)
    yield Passed(file=file, records=records, bytes=hashed.hashed)


def _damaged(file: str, damage: warc.Damage) -> Finding:
    return Finding(kind=Kind.FOREIGN, file=file, said=damage.said, offset=damage.offset, url=damage.url)
