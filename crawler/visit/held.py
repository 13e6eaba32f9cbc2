"""What is held of one outlet, on the shelves and waiting in the spool; it reads them and never writes."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from archive import cdx, http, warc
from archive.cdx import CdxLine, Known
from archive.errors import ArchiveError
from archive.records import Role
from archive.spool import Spool
from archive.storage import Storage
from crawler import scope
from crawler.outlet import Outlet

WHOLE = ("200", "304")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """An outlet's captures by their CDXJ lines, at the start of a crawl; `known` grows with it."""

    storage: Storage
    spool: Spool
    known: Known
    lines: tuple[CdxLine, ...]

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

    def _record(self, line: CdxLine) -> bytes:
        if line.filename.endswith(f"/{self.spool.stem}.warc.gz"):
            with self.spool.path.open("rb") as stream:
                stream.seek(line.offset)
                return stream.read(line.length)
        return self.storage.read(f"warc/{line.filename}", line.offset, line.length)

    def stories(self, outlet: Outlet) -> scope.Held:
        """Stories whose page was captured whole, or was said to be unchanged."""
        wanted = (line for line in self.lines if line.status in WHOLE and not line.truncated and line.date)
        pages = (line for line in wanted if line.role in (Role.PAGE, Role.UNKNOWN))
        return scope.held(outlet, ((line.url, datetime.fromisoformat(line.date)) for line in pages))


def look(storage: Storage, waiting: Spool, outlet: str) -> Shelf:
    """Read an outlet's CDXJ objects and the lines of its waiting file.

    Raises:
        StorageError: the store cannot be read.
        FormatError: a CDXJ object is broken.
    """
    lines = (*_shelved(storage, outlet), *waiting.lines)
    return Shelf(storage=storage, spool=waiting, known=Known(lines), lines=lines)


def _shelved(storage: Storage, outlet: str) -> Iterator[CdxLine]:
    for key in storage.list(f"cdxj/{outlet}/"):
        yield from cdx.load(storage.get(key))
