"""A WARC of ours, or a part of one, with its index and all that was read of it: sound, or to be looked at closely."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive.digest import CHUNK
from archive.errors import ArchiveError
from archive.sound.answers import Answer
from archive.sound.index import lines_of
from archive.sound.walk import Walk, through
from archive.storage import Storage

if TYPE_CHECKING:
    from archive.audit.texts import Readings

Known = tuple[tuple[str, int], ...]  # hex SHA-256 and size, as often as they are on record

Revisit = tuple[int, str, str, str, str, str, str]  # offset, record, URL; record, URL, date it stands for; digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is to be looked at. It goes from process to process."""

    warc: str  # storage keys
    cdxj: str
    texts: tuple[tuple[str, Known], ...]
    known: Known  # what is on record of the WARC
    size: int  # of the WARC, in bytes
    part: tuple[int, int] | None  # of its bytes; None: only its digest is asked for
    digest: bool  # whether the digest of the bytes is to be that on record


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """That nothing was wrong, and what is needed to join it with the other parts."""

    records: int = 0
    ids: frozenset[bytes] = frozenset()  # of all records
    revisits: tuple[Revisit, ...] = ()
    texts: tuple[tuple[int, int], ...] = ()  # readings and bytes of each


@dataclass(frozen=True, slots=True)
class _Read:
    counts: tuple[tuple[int, int], ...]
    readings: Mapping[int, Readings]


class Looker:
    """Looks at one task after the other; what parts of one file have in common is read once."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._index: tuple[str, Mapping[int, bytes] | None] | None = None  # of the file looked at last
        self._texts: tuple[tuple[tuple[str, Known], ...], _Read | None] | None = None

    def look(self, task: Task) -> Sound | None:
        """Whether it is sound; None when anything is to be looked at closely, or cannot be read."""
        try:
            return self._digest(task) if task.part is None else self._part(task, task.part)
        except (ArchiveError, OSError):
            return None

    def _digest(self, task: Task) -> Sound | None:
        digest, size = hashlib.sha256(), 0
        with self._storage.open(task.warc) as stream:
            while piece := stream.read(CHUNK):
                digest.update(piece)
                size += len(piece)
        return Sound() if (digest.hexdigest(), size) in task.known else None

    def _part(self, task: Task, part: tuple[int, int]) -> Sound | None:
        lines, read = self._lines(task.cdxj), self._read(task.texts)
        if lines is None or read is None or any(not 0 <= offset < task.size for offset in (*lines, *read.readings)):
            return None
        start, end = part
        here = {offset for offset in lines if start <= offset < end}
        if not here.issuperset(offset for offset in read.readings if start <= offset < end):
            return None
        walk = Walk(task.warc, lines, read.readings, lambda answer, role: _fits(task.warc, read.readings, answer, role))
        with self._storage.open(task.warc) as stream:
            digest = through(walk, stream, start, end, task.digest)
            if digest is None or walk.matched != here or (end == task.size and stream.read(1)):
                return None
        if task.digest and task.known and (digest, end - start) not in task.known:
            return None
        revisits = tuple(
            (each.offset, each.record, each.url, *each.of, each.digest) for each in walk.wanted if each.of is not None
        )
        return Sound(records=walk.records, ids=frozenset(walk.ids), revisits=revisits, texts=read.counts)

    def _lines(self, key: str) -> Mapping[int, bytes] | None:
        if self._index is None or self._index[0] != key:
            self._index = key, lines_of(self._storage.get(key))
        return self._index[1]

    def _read(self, texts: tuple[tuple[str, Known], ...]) -> _Read | None:
        """What was read of a file; None when something is wrong with a text by itself."""
        if self._texts is None or self._texts[0] != texts:
            self._texts = texts, self._gathered(texts) if texts else _Read((), {})
        return self._texts[1]

    def _gathered(self, texts: tuple[tuple[str, Known], ...]) -> _Read | None:
        from archive.audit.texts import audit_text, gathered
        from archive.fixity import Fixity

        parts, counts = [], []
        for key, known in texts:
            data = self._storage.get(key)
            findings, readings = audit_text(key, data, [Fixity(sha256=sha256, size=size) for sha256, size in known])
            if findings:
                return None
            parts.append((key, readings))
            counts.append((sum(map(len, readings.values())), len(data)))
        return _Read(tuple(counts), gathered(parts))


def _fits(warc: str, readings: Mapping[int, Readings], answer: Answer, role: str) -> bool:
    """Whether all that was read of an answer is as the audit's own room wants it."""
    from archive.cdx import CdxLine
    from archive.records import Address, Capture, RecordType, Reference

    file, sha256 = warc.removeprefix("warc/"), f"sha256:{answer.sha256}"
    capture = Capture(
        outlet=file.split("/", maxsplit=1)[0],
        url=answer.url,
        date=answer.date,
        record=answer.record,
        request=b"",
        response=b"",
        type=RecordType.RESPONSE if answer.of is None else RecordType.REVISIT,
        refers_to=Reference(record=answer.of[0] or None, url=answer.of[1], date=answer.of[2]) if answer.of else None,
        payload_digest=answer.digest,
        address=Address(warc=file, offset=answer.offset, length=answer.length, sha256=sha256),
    )
    line = CdxLine(
        urlkey="",
        timestamp="",
        url=answer.url,
        mime="",
        status="",
        digest=answer.digest,
        length=answer.length,
        offset=answer.offset,
        filename=file,
        sha256=sha256,
        record=answer.record,
        date=answer.date,
        role=role,
    )
    return next(readings[answer.offset].against(capture, line, answer.content), None) is None
