"""A small store with all that an audit looks at: captures of every sort, an index, texts, a pointer, a ledger."""

from __future__ import annotations

import gzip
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from archive import audit, cdx, ledger, warc
from archive.audit import Finding, Shelved
from archive.cdx import CdxLine, Known
from archive.fixity import load
from archive.holdings import Archive
from archive.http import content, parse
from archive.records import Article, Capture, Paragraph, Reading, RecordType, TextHead, Unchanged, Via
from archive.settings import load_settings
from archive.spool import Spool
from archive.storage import FolderStorage
from archive.texts import SCHEMA
from archive.urls import story_id
from tests.captures import answer, capture, chunked, chunked_gzip, failed
from tests.made import article

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
READER = "0123456789abcdef"
WORDS = ("الوفد", "الاجتماع", "الجولة", "البيان", "الهدنة", "المراقبون", "المعابر", "الأسرى", "الوسطاء", "صباح")


def page(number: int, letters: int = 300) -> tuple[bytes, str]:
    """A page of our own making, and the paragraph in it."""
    chance = random.Random(number)
    words: list[str] = []
    while sum(map(len, words)) + len(words) < letters:
        words.append(chance.choice(WORDS))
    text = " ".join(words)
    return f"<html><title>خبر {number}</title><body><p>{text}</p></body></html>".encode(), text


def captures(pages: int = 2, letters: int = 300) -> list[Capture]:
    """Plain, chunked, gzipped and chunked, seen again, not found, not answered."""
    made: list[Capture] = []
    for number in range(pages):
        data, _ = page(number, letters)
        packed = gzip.compress(data, mtime=0)
        shapes = (answer(data), chunked(data, 100), chunked_gzip(data), answer(packed, b"Content-Encoding: gzip"))
        url, second = f"https://press.test/news/{number}", number % 60
        date = f"2026-11-22T1{number // 3600 % 10}:{number // 60 % 60:02d}:{second:02d}.000001Z"
        made.append(capture(shapes[number % 4], url=url, date=date))
    made.append(replace(made[0], record=warc.mint_record(), date="2026-11-23T10:00:00.000001Z"))
    if pages > 1:
        made.append(capture(answer(b"x", status=b"404 Not Found"), url="https://press.test/none"))
    made.append(failed(url="https://press.test/gone"))
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """The store, and the parts of its one WARC."""

    archive: Archive
    folder: Path
    warc: str
    cdxj: str
    text: str

    def data(self, key: str) -> bytes:
        return (self.folder / key).read_bytes()

    def members(self) -> list[warc.Record]:
        with (self.folder / self.warc).open("rb") as stream:
            return [found for found in warc.records(stream) if isinstance(found, warc.Record)]

    def faults(self) -> list[Finding]:
        return [each for each in audit.audit(self.archive) if isinstance(each, Finding) and each.fault]

    def shelved(self) -> Shelved:
        return Shelved(key=self.warc, cdxj=self.data(self.cdxj), fixity=load(self.archive.storage)[self.warc])


def store(folder: Path, made: Sequence[Capture]) -> Audited:
    """Capture, shelve, read and index, as a crawl does; the reading is made by hand."""
    archive = Archive(load_settings(store=str(folder)))
    spool = Spool.open(folder.parent / f"{folder.name}-spool", "press", "w", NOW, {"software": "tests"})
    known = Known()
    written = [spool.append(each, known) for each in made]
    sealed = spool.seal(archive.storage)
    assert sealed is not None
    text = archive.put_text(_head(sealed.warc), [audited_reading(each) for each in written if each.response])
    archive.set_reader("press", READER)
    ledger.write(archive.storage, "run", {"event": "ended", "outlet": "press", "reason": "انتهى"}, NOW)
    archive.index()
    return Audited(archive=archive, folder=folder, warc=sealed.warc, cdxj=sealed.cdxj, text=text)


def _head(key: str) -> TextHead:
    return TextHead(
        schema=SCHEMA,
        warc=key.removeprefix("warc/"),
        outlet="press",
        reader=READER,
        non_articles={"failed": 1},
        zone="UTC",
        agency=None,
    )


def audited_reading(written: Capture) -> Reading:
    """What a reader made by hand reads in a capture."""
    assert written.address is not None
    outcome: Article | Unchanged
    if written.type is RecordType.REVISIT:
        assert written.refers_to is not None
        outcome = Unchanged(of=written.refers_to.record)
    else:
        payload = content(parse(written.response)).data.decode()
        text = payload.partition("<p>")[2].partition("</p>")[0] or payload
        place = Paragraph(text=text, where="p", offset=payload.index(text), length=len(text))
        outcome = replace(article(text), paragraphs=(place,), encoding="utf-8 (header)")
    return Reading(
        story=story_id("press", written.url),
        outlet="press",
        url=written.url,
        record=written.record,
        date=written.date,
        via=Via.LIVE,
        address=written.address,
        payload_digest=written.payload_digest,
        hints=written.hints,
        outcome=outcome,
    )


def lines_of(data: bytes) -> list[CdxLine]:
    return cdx.load(data)


def storage(of: Audited) -> FolderStorage:
    assert isinstance(of.archive.storage, FolderStorage)
    return of.archive.storage
