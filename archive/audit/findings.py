"""What an audit finds, as values: a fault or a remark, and the place it stands at; it looks at nothing itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from archive.cdx import CdxLine
from archive.texts import to_line
from archive.warc import Record
from archive.warc.read import url_of


class Kind(StrEnum):
    """What sort of thing was found. The last six are remarks: nothing that was shelved is wrong by them."""

    LOST = "lost"  # a file that is on record, or that another one needs, is not there
    UNREADABLE = "unreadable"  # the store has it and does not give it
    FIXITY = "fixity"  # a file is not what its ledger entry, or its own name, says
    MEMBER = "member"  # bytes that are no whole gzip member, or not packed as we pack
    RECORD = "record"  # a record is not as this archive writes it
    DIGEST = "digest"  # a digest in a record is not that of the bytes
    CDXJ = "cdxj"  # the index and the WARC differ
    REVISIT = "revisit"  # what a revisit stands for is not there or not the same
    TEXT = "text"  # a text object cannot be read, or a reading and its capture differ
    PLACE = "place"  # a paragraph's words do not stand where it says
    LISTING = "listing"  # an object of listings cannot be read, or it and the index of its WARC differ
    POINTER = "pointer"  # the current reader or lister of an outlet
    LEDGER = "ledger"  # an entry is not what was written
    STORE = "store"  # format.json, or an object under a key that is none
    CATALOG = "catalog"  # catalog and texts differ
    PURGED = "purged"  # what was purged lies on a shelf
    FOREIGN = "foreign"  # an imported file's own break, bytes unchanged since the import
    UNRECORDED = "unrecorded"  # no fixity is on record: shelved by an older program
    UNREAD = "unread"  # no text yet of the current reader
    BEHIND = "behind"  # the catalog has not taken in a text yet
    DERIVED = "derived"  # replay/ and the like: made again any time, not audited
    STRAY = "stray"  # an object of no shelf


REMARKS = frozenset({Kind.FOREIGN, Kind.UNRECORDED, Kind.UNREAD, Kind.BEHIND, Kind.DERIVED, Kind.STRAY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing found; `offset`: of the member in a WARC, of the line in a CDXJ, else None."""

    kind: Kind
    file: str  # storage key
    said: str
    offset: int | None = None
    record: str | None = None
    url: str | None = None

    @property
    def fault(self) -> bool:
        """Whether something shelved is not as it must be."""
        return self.kind not in REMARKS


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """One file that was looked at, whatever was found in it."""

    file: str
    records: int = 0
    bytes: int = 0


def at_line(kind: Kind, file: str, said: str, line: CdxLine) -> Finding:
    """A finding at a capture that an index names."""
    return Finding(kind=kind, file=file, said=said, offset=line.offset, record=line.record or None, url=line.url)


def at_record(kind: Kind, file: str, said: str, record: Record) -> Finding:
    """A finding at a record of a WARC, which says whose it is."""
    name = (record.header("WARC-Record-ID") or "").strip("<> ") or None
    return Finding(kind=kind, file=file, said=said, offset=record.offset, record=name, url=url_of(record) or None)


def finding_json(finding: Finding) -> str:
    """One JSON line of a report."""
    return to_line(
        {
            "kind": finding.kind.value,
            "fault": finding.fault,
            "file": finding.file,
            "offset": finding.offset,
            "record": finding.record,
            "url": finding.url,
            "said": finding.said,
        }
    )
