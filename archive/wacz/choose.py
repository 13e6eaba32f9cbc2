"""Which captures go with some stories: all of theirs, what revisits stand for, redirects on the way; it copies nothing.

Everything is found in the catalog and in the indexes on the shelf. What is chosen is handed on as sorted lines, file by
file, so that memory does not grow with it.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby
from typing import Final

from archive import cdx
from archive.audit.warcs import cdxj_key
from archive.cdx import CdxLine
from archive.errors import NotHeldError, StorageError
from archive.records import Reading, Unchanged, is_imported
from archive.storage import Storage
from archive.takedowns import Takedowns, key_of

_NO_DIGIT: Final = re.compile(r"\D")
_RECORD_AT: Final = b'"record": "'


class Want(StrEnum):
    """What is asked of an index."""

    CAPTURE = "capture"  # of this file, by record id
    ORIGINAL = "original"  # what a revisit stands for, wherever it lies, by record id
    HOP = "hop"  # a redirect before a capture, by address and the capture's date


class Missing(StrEnum):
    """What should go along and is not on the shelf, or may not."""

    ORIGINAL = "original"
    HOP = "hop"
    CAPTURE = "capture"


def wants(readings: Sequence[Reading]) -> Iterator[bytes]:
    """All that goes along with the readings of some stories, as lines that sort by file."""
    held = {(reading.record, is_imported(reading.address.warc)) for reading in readings}
    for reading in readings:
        yield _want(reading, Want.CAPTURE, reading.record)
        outcome = reading.outcome
        if isinstance(outcome, Unchanged) and outcome.of is not None:
            of, imported = outcome.of, is_imported(reading.address.warc)
            if held.isdisjoint({(of, False), (of, imported)}):
                yield _want(reading, Want.ORIGINAL, of)
        for hop in reading.hints.hops:
            yield _want(reading, Want.HOP, hop)


def _want(reading: Reading, what: Want, name: str) -> bytes:
    said = json.dumps([what, name, reading.date])
    return f"{reading.address.warc}\0{said}\n".encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Where is looked, what may not go along, and what was not found; it grows while the search goes on."""

    storage: Storage
    hidden: Takedowns
    missing: Counter[Missing] = field(default_factory=Counter)
    # Not in the file asked first, with the best that was found since.
    originals: dict[str, CdxLine | None] = field(default_factory=dict)  # by record id
    hops: dict[tuple[str, str], CdxLine | None] = field(default_factory=dict)  # by address and date


def found(sorted_: Iterable[bytes], search: Search) -> Iterator[bytes]:
    """The index lines of all that is wanted, as lines that sort by file and offset; a capture may come twice.

    Raises:
        StorageError: the shelf cannot be read.
        FormatError: an index is broken.
    """
    asked = (line.rstrip(b"\n").split(b"\0", 1) for line in sorted_)
    for file, group in groupby(asked, key=lambda parts: parts[0]):
        questions = [json.loads(said) for _, said in group]
        yield from map(_packed, _in_file(file.decode(), questions, search))
    _look_everywhere(search)
    for kind, lines in ((Missing.ORIGINAL, search.originals.values()), (Missing.HOP, search.hops.values())):
        for line in lines:
            if line is None or _is_hidden(search, line):
                search.missing[kind] += 1
            else:
                yield _packed(line)


def _packed(line: CdxLine) -> bytes:
    imported = is_imported(line.filename)  # our own are packed first
    return f"{imported:d}{line.filename}\0{line.offset:020}\0".encode() + cdx.dump([line])


def unpacked(packed: bytes) -> CdxLine:
    """The index line that `found` gave."""
    (line,) = cdx.load(packed.split(b"\0", 2)[2])
    return line


def _in_file(file: str, questions: list[list[str]], search: Search) -> Iterator[CdxLine]:
    """What the file's own index answers; the rest is sought elsewhere."""
    records = {name for what, name, _ in questions if what != Want.HOP}
    addresses = {name for what, name, _ in questions if what == Want.HOP}
    redirects: dict[str, list[CdxLine]] = {}
    seen: set[str] = set()
    for line in _lines(search.storage, file):
        if line.record in records and not _is_hidden(search, line):
            seen.add(line.record)
            yield line
        if line.url in addresses and line.status.startswith("3"):
            redirects.setdefault(line.url, []).append(line)
    for what, name, date in questions:
        if what == Want.HOP:
            before = _latest(redirects.get(name, ()), date)
            if before is None:
                search.hops[name, date] = None
            elif _is_hidden(search, before):
                search.missing[Missing.HOP] += 1
            else:
                yield before
        elif name not in seen and what == Want.ORIGINAL:
            search.originals[name] = None
        elif name not in seen:
            search.missing[Missing.CAPTURE] += 1


def _is_hidden(search: Search, line: CdxLine) -> bool:
    return any(map(search.hidden.hides, line.keys))


def _lines(storage: Storage, file: str) -> Iterator[CdxLine]:
    try:
        with storage.open(cdxj_key(f"warc/{file}")) as stream:
            yield from cdx.read(stream)
    except NotHeldError:
        raise StorageError(f"warc/{file} has no index on the shelf; look with astana audit") from None


def _latest(lines: Iterable[CdxLine], date: str) -> CdxLine | None:
    """The last redirect not after a date."""
    before = (line for line in lines if _digits(line.date) <= _digits(date))
    return max(
        before,
        key=lambda line: (_digits(line.date), not is_imported(line.filename), line.filename, line.offset),
        default=None,
    )


def _digits(date: str) -> str:
    """A date that sorts, whatever its decimals."""
    return _NO_DIGIT.sub("", date).ljust(23, "0")


def _look_everywhere(search: Search) -> None:
    """Read every index once for what is still sought."""
    if not search.originals and not search.hops:
        return
    hops: dict[bytes, list[tuple[str, str]]] = {}
    for url, date in search.hops:
        hops.setdefault(key_of(url).encode(), []).append((url, date))
    for key in search.storage.list("cdxj/"):
        with search.storage.open(key) as stream:
            for raw in stream:
                record = raw.partition(_RECORD_AT)[2].partition(b'"')[0].decode("utf-8", "replace")
                wanted = hops.get(raw.partition(b" ")[0], ())
                if record not in search.originals and not wanted:
                    continue
                for line in cdx.read([raw]):
                    if line.record in search.originals and not line.is_revisit:
                        best = search.originals[line.record]
                        search.originals[line.record] = line if best is None else min(best, line, key=_ours_first)
                    _improve(search, wanted, line)


def _ours_first(line: CdxLine) -> tuple[bool, str, int]:
    return is_imported(line.filename), line.filename, line.offset


def _improve(search: Search, wanted: Iterable[tuple[str, str]], line: CdxLine) -> None:
    for url, date in wanted:
        if line.url == url and line.status.startswith("3"):
            best = search.hops[url, date]
            search.hops[url, date] = _latest([line] if best is None else [line, best], date)
