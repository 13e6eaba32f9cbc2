"""What is held of one outlet, on the shelves and waiting in the spool; it reads them and never writes."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from archive import cdx, http, mementos, takedowns, warc
from archive.cdx import CdxLine, Known
from archive.errors import ArchiveError
from archive.records import Capture, Role, Via
from archive.scratch import Book, Scratch
from archive.sealing import place
from archive.spool import Spool
from archive.storage import Storage
from archive.takedowns import Takedowns
from crawler import scope
from crawler.archives.choosing import memento_name
from crawler.outlet import Outlet

NOT_MODIFIED = "304"
WHOLE = ("200", NOT_MODIFIED)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """An outlet's captures by their CDXJ lines, at the start of a crawl; `known` grows with it, `stories` does not."""

    storage: Storage
    spool: Spool
    known: Known
    stories: scope.Held  # whose page was captured whole, or was said to be unchanged
    mementos: Mapping[str, str]  # captures of web archives, by `memento_name`; and where each lies

    def content(self, url: str) -> bytes:
        """Content of the newest whole capture of an address; empty when none is held or it cannot be read."""
        line = self.known.latest(url)
        if line is None:
            return b""
        try:
            capture = warc.read_at(self._record(line))
        except (ArchiveError, OSError) as error:
            logger.warning("%s was not modified, but its held capture cannot be read: %s", url, error)
            return b""
        return http.content(http.parse(capture.response)).data

    def memento(self, name: str, via: Via) -> Capture | None:
        """The exchange that brought a held memento; None when it is not held or cannot be read."""
        where = self.mementos.get(name)
        if where is None:
            return None
        filename, offset, length = json.loads(where)
        try:
            return replace(warc.read_at(self._bytes(filename, offset, length)), via=via)
        except (ArchiveError, OSError) as error:
            logger.warning("the held memento %s cannot be read: %s", name, error)
            return None

    def _record(self, line: CdxLine) -> bytes:
        return self._bytes(line.filename, line.offset, line.length)

    def _bytes(self, filename: str, offset: int, length: int) -> bytes:
        """The record's bytes; a file that has grown is shelved while the crawl goes on."""
        waits = place(self.spool.path.parent, filename)
        if waits is not None:
            with suppress(FileNotFoundError), waits.open("rb") as stream:
                stream.seek(offset)
                return stream.read(length)
        return self.storage.read(f"warc/{filename}", offset, length)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hidden:
    """The addresses that were taken down; no capture stands for one of theirs, and no server is told of it."""

    orders: Takedowns

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.orders.hides(name)


def look(storage: Storage, waiting: Spool, outlet: Outlet) -> Shelf:
    """Read an outlet's CDXJ objects and the lines of its waiting file, once and one after the other.

    Raises:
        StorageError: the store cannot be read, or the folder for temporary files is full.
        FormatError: a CDXJ object is broken.
        ArchiveError: a takedown cannot be read.
    """
    orders = takedowns.load(storage)
    known = Known(without=_Hidden(orders=orders), outlet=outlet.id)
    played = Scratch().book()
    pages = _pages(known, _noted(known, played, _lines(storage, waiting, outlet.id)))
    stories = scope.held(outlet, pages, (url for order in orders.purges for url in order.urls))
    return Shelf(storage=storage, spool=waiting, known=known, stories=stories, mementos=played)


def _lines(storage: Storage, waiting: Spool, outlet: str) -> Iterator[CdxLine]:
    for key in storage.list(f"cdxj/{outlet}/"):
        with storage.open(key) as stream:
            yield from cdx.read(stream)
    yield from waiting.lines


def _noted(known: Known, played: Book, lines: Iterable[CdxLine]) -> Iterator[CdxLine]:
    for line in lines:
        known.add(line)
        for name in _played(line):
            played[name] = json.dumps([line.filename, line.offset, line.length])
        yield line


def _played(line: CdxLine) -> Iterator[str]:
    """What a memento is called: by its own time, and by the time it was asked for, where the archive gave another."""
    if line.original and not line.truncated:
        yield memento_name(line.original, datetime.fromisoformat(line.originaldate).strftime("%Y%m%d%H%M%S"))
        asked = mementos.playback(line.url)
        if asked is not None:
            yield memento_name(asked.url, asked.time)


def _pages(known: Known, lines: Iterable[CdxLine]) -> Iterator[tuple[str, datetime]]:
    """Address and instant of every capture that showed its page whole, or unchanged since it was captured whole.

    A memento showed it then, under the address it had then; what an archive answered otherwise is no page.
    """
    for line in lines:
        if line.via:
            if line.original and line.originalstatus == "200" and line.role == Role.PAGE and not line.truncated:
                yield line.original, datetime.fromisoformat(line.originaldate)
            continue
        is_whole = line.status in WHOLE and not line.truncated and line.date
        if line.status == NOT_MODIFIED and known.latest(line.url) is None:
            continue
        if is_whole and line.role in (Role.PAGE, Role.UNKNOWN):
            yield line.url, datetime.fromisoformat(line.date)
