"""One glance at a site: its seeds asked, in an archive of their own, and what was captured; it weighs nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from archive import warc
from archive.records import Capture
from archive.sealing import OPEN, waiting_files
from archive.settings import Settings, load_settings
from archive.storage import open_storage
from crawler.crawl import crawl
from crawler.orders import CrawlOrder
from crawler.outlet import Outlet, load_outlet

AGO: Final = 7  # days whose maps are read


def captures_of(settings: Settings, outlet: str, sealed: Iterable[str], runs: set[str]) -> Iterator[Capture]:
    """What runs captured of an outlet, from the WARCs that they sealed and from what waits in the spool."""
    storage = open_storage(settings.store)
    for key in sealed:
        with storage.open(key) as stream:
            yield from _of(runs, warc.read(stream, key, outlet))
    for path in waiting_files(settings.spool_dir, outlet, OPEN):
        with path.open("rb") as stream:
            yield from _of(runs, warc.read(stream, path.name, outlet))


def _of(runs: set[str], found: Iterator[Capture | warc.Damage]) -> Iterator[Capture]:
    return (capture for capture in found if isinstance(capture, Capture) and capture.hints.run in runs)


async def glance(text: str, name: str, folder: Path, now: datetime) -> tuple[Outlet, list[Capture]]:
    """Ask every seed of a file that nobody has yet; store and spool lie in the folder, which is made.

    Raises:
        FactsError: the text is no outlet's file. CrawlFailedError: the crawl's process died.
    """
    folder.mkdir()
    path = folder / f"{name}.yml"
    path.write_text(text, encoding="utf-8")
    outlet = load_outlet(path)
    there = load_settings(store=str(folder / "store"), outlets=folder, catalog=None, spool=None)
    since = now.date() - timedelta(days=AGO)
    report = await crawl(CrawlOrder(run="look", outlet=outlet.id, now=now, since=since, limit=0, pages=1), there)
    return outlet, list(captures_of(there, outlet.id, report.sealed, {report.run}))
