"""One WARC read into the lines of its text object, every capture counted exactly once; it opens and writes no file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import BinaryIO, Final

from archive import mementos, warc
from archive.errors import WarcError
from archive.records import (
    Article,
    Capture,
    Reading,
    RecordType,
    Rejection,
    TextHead,
    Unchanged,
    Via,
    is_imported,
)
from archive.texts import SCHEMA
from crawler.extract import non_article, read
from crawler.reader import Reader

__all__ = ["Found", "candidates", "head", "read_warc"]

Owner = Callable[[str], str]  # the outlet id of a URL

# Beside the NonArticle counts: places of the file that broke its standard and gave no capture.
DAMAGED: Final = "damaged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One capture of a WARC that is to be read, before it is."""

    capture: Capture
    refused: Rejection | None  # what a web archive played instead of the capture asked for

    def reading(self, reader: Reader, outcome: Article | Rejection | Unchanged | None = None) -> Reading:
        """The capture read; or with an outcome that is known.

        Raises:
            WarcError: it has no address.
            FactsError: a table or the outlet's file is broken.
        """
        capture = self.capture
        if capture.address is None:
            raise WarcError(f"{capture.record} shares its gzip member with other records and cannot be addressed")
        return Reading(
            story=reader.outlet.story_id(capture.url),
            outlet=reader.outlet.id,
            url=capture.url,
            record=capture.record,
            date=capture.date,
            via=capture.via,
            address=capture.address,
            payload_digest=capture.payload_digest,
            hints=capture.hints,
            outcome=outcome or self.refused or read(capture, reader),
        )


def read_warc(stream: BinaryIO, key: str, reader: Reader, owner: Owner | None = None) -> tuple[TextHead, list[Reading]]:
    """The head and readings of one WARC or ARC, in the order of its records.

    What a web archive played is read as the capture of then that it is.

    Captures = readings + the head's counts: each capture is one or the other. Damaged places, which gave no capture,
    are counted under `damaged`.

    Args:
        stream: seekable, at its beginning.
        key: the file's key, with or without the leading `warc/`.
        reader: of the outlet that is read.
        owner: of imports, the outlet id of a URL: captures of other outlets are passed over, for their own reader.

    Raises:
        WarcError: a capture has no address because its gzip member holds others; make the file seekable first.
        FactsError: a table or the outlet's file is broken.
    """
    counts: Counter[str] = Counter()
    readings = [found.reading(reader) for found in candidates(stream, key, reader, owner, counts)]
    return head(key, reader, counts), readings


def candidates(
    stream: BinaryIO, key: str, reader: Reader, owner: Owner | None, counts: Counter[str]
) -> Iterator[Found]:
    """The captures of a file that are to be read; all others are added to the counts. Arguments as of `read_warc`."""
    below = key.removeprefix("warc/")
    for capture in _captures(stream, below, reader, counts):
        found = mementos.unwrap(capture)
        shown = mementos.standing(capture, found)
        shown = replace(shown, via=Via.IMPORT) if is_imported(below) else shown
        if owner is not None and owner(shown.url) != reader.outlet.id:
            continue
        passed = non_article(shown)
        if passed is not None:
            counts[passed.value] += 1
        else:
            yield Found(capture=shown, refused=found if isinstance(found, Rejection) else None)


def head(key: str, reader: Reader, counts: Mapping[str, int]) -> TextHead:
    """The first line of a WARC's text."""
    return TextHead(
        schema=SCHEMA,
        warc=key.removeprefix("warc/"),
        outlet=reader.outlet.id,
        reader=reader.digest,
        non_articles=dict(sorted(counts.items())),
        zone=reader.outlet.timezone,
        agency=reader.outlet.agency,
        pages=reader.pages,
    )


def _captures(stream: BinaryIO, key: str, reader: Reader, counts: Counter[str]) -> Iterator[Capture]:
    imported = is_imported(key)
    seen = _responses(stream, key) if imported else {}
    for found in warc.read(stream, key, reader.outlet.id):
        if isinstance(found, warc.Damage):
            if found.broken:
                counts[DAMAGED] += 1
            continue
        yield _resolved(found, seen) if imported else found


def _responses(stream: BinaryIO, key: str) -> dict[tuple[str, str], str]:
    """The responses of a file by URL and date: foreign writers put an original behind its revisit, too."""
    seen: dict[tuple[str, str], str] = {}
    for found in warc.read(stream, key, ""):
        if isinstance(found, Capture) and found.type is RecordType.RESPONSE:
            seen.setdefault((found.url, found.date), found.record)
    return seen


def _resolved(capture: Capture, seen: Mapping[tuple[str, str], str]) -> Capture:
    """A revisit that names its original by URL and date alone, as warcio writes, now by its record in the file.

    Only an earlier capture of the same URL counts: a page with the same bytes elsewhere is no earlier text of it.
    """
    refers = capture.refers_to
    if refers is None or refers.record is not None or refers.url != capture.url or refers.date > capture.date:
        return capture
    return replace(capture, refers_to=replace(refers, record=seen.get((refers.url, refers.date))))
