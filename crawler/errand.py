"""One order carried out in this process: lease, spool, Scrapy and report; it decides nothing and reads no page.

The process speaks the protocol of docs/protocol.md: the order on standard input, JSON lines on standard output, the
report as a file that is whole or absent.
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import logging
import os
import secrets
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from archive import cdx, http, lease, spool, warc
from archive.cdx import CdxLine, Known
from archive.errors import ArchiveError, LeaseError, StorageError, UsageError
from archive.lease import Lease
from archive.records import Capture, NonArticle, RecordType, Role
from archive.settings import PRODUCT, Settings, load_settings
from archive.spool import Sealed, Spool
from archive.storage import Storage, open_storage
from crawler import scope
from crawler.frontier import Frontier
from crawler.orders import CrawlOrder, CrawlReport, order_of, to_json
from crawler.outlet import Outlet, load_outlets
from crawler.trip import Trip

LEASE = timedelta(seconds=30)
RENEWAL = 10  # seconds
PATIENCE = 40  # seconds that the lease of a dead process is waited for
PROGRESS = 5  # seconds between two progress lines at least
PR_SET_PDEATHSIG = 1  # prctl(2)
EXIT_DONE, EXIT_USAGE, EXIT_WORLD = 0, 2, 3
WHOLE = ("200", "304")

logger = logging.getLogger(__name__)


def now() -> datetime:
    """The wall clock, aware UTC."""
    return datetime.now(UTC)


@dataclass(slots=True, kw_only=True)
class Sink:
    """Takes every capture off the wire onto the disk and counts it; a disk that fails stops the crawl."""

    spool: Spool
    known: Known
    stop: Callable[[str], None] = lambda reason: None
    captures: Counter[str] = field(default_factory=Counter)
    broken: StorageError | None = None
    _told: float = 0.0

    def __call__(self, capture: Capture) -> None:
        """Write one capture."""
        if self.broken is not None:
            return
        try:
            written = self.spool.append(capture, self.known)
        except StorageError as error:
            self.broken = error
            self.stop("spool")
            return
        self.captures[sort_of(written)] += 1
        if time.monotonic() - self._told >= PROGRESS:
            self._told = time.monotonic()
            say("progress", captures=dict(sorted(self.captures.items())), url=capture.url)


def sort_of(capture: Capture) -> str:
    """The role of a capture as the report counts it: failed, seed, robots, hop or page."""
    if not capture.response and capture.type is RecordType.RESPONSE:
        return NonArticle.FAILED.value
    if capture.hints.role in (Role.SEED, Role.ROBOTS):
        return capture.hints.role.value
    status = http.parse(capture.response).status or 0
    return NonArticle.HOP.value if 300 <= status < 400 and status != 304 else Role.PAGE.value


def say(kind: str, **words: object) -> None:
    """One JSON line to the parent."""
    sys.stdout.write(json.dumps({"kind": kind, **words}, ensure_ascii=False) + "\n")
    sys.stdout.flush()


class _JsonLines(logging.Handler):
    """Log records as lines of the protocol: all of ours, of others the warnings."""

    def filter(self, record: logging.LogRecord) -> bool:
        """See logging.Handler; Scrapy sets the levels of its own loggers."""
        return record.levelno >= logging.WARNING or record.name.startswith("crawler.")

    def emit(self, record: logging.LogRecord) -> None:
        """See logging.Handler."""
        try:
            say("log", level=record.levelno, logger=record.name, message=self.format(record))
        except (OSError, ValueError):
            self.handleError(record)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What is held of an outlet, on the shelves and waiting in the spool."""

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


def _shelved(storage: Storage, outlet: str) -> Iterator[CdxLine]:
    for key in storage.list(f"cdxj/{outlet}/"):
        yield from cdx.load(storage.get(key))


def _take_lease(storage: Storage, outlet: str) -> Lease:
    """The outlet's lease; a holder that renews is alive and refuses at once, a dead one's time is waited for.

    Raises:
        LeaseError: another process crawls this outlet.
    """
    first, deadline = "", time.monotonic() + PATIENCE
    while True:
        try:
            return lease.take(storage, f"crawl-{outlet}", LEASE, now())
        except LeaseError as error:
            first = first or str(error)
            if str(error) != first or time.monotonic() > deadline:
                raise
            time.sleep(1)


@contextmanager
def _leased(storage: Storage, outlet: str) -> Iterator[Lease]:
    held = _take_lease(storage, outlet)
    try:
        yield held
    finally:
        lease.give_back(storage, held, now())


def run(order: CrawlOrder, settings: Settings) -> CrawlReport:
    """Carry out an order.

    Raises:
        UsageError: no such outlet, or a broken file of facts or setting.
        StorageError: store or spool cannot be read or written; what was captured waits in the spool.
    """
    outlet = load_outlets(settings.outlets).get(order.outlet)
    if outlet is None:
        raise UsageError(f"no outlet is called {order.outlet}; see astana outlets")
    if outlet.closed:
        return refused(order, f"{outlet.id}: closed: read from web archives only")
    storage = open_storage(settings.store)
    try:
        with _leased(storage, outlet.id) as held:
            return _crawl(order, settings, outlet, storage, held)
    except LeaseError as error:
        return refused(order, f"{outlet.id}: {error}")


def refused(order: CrawlOrder, why: str) -> CrawlReport:
    """The report of an order for which nothing was asked of the outlet."""
    return CrawlReport(run=order.run, outlet=order.outlet, finished=False, ended=why)


def _crawl(order: CrawlOrder, settings: Settings, outlet: Outlet, storage: Storage, held: Lease) -> CrawlReport:
    earlier = spool.finish(settings.spool_dir, outlet.id, storage)
    waiting = Spool.open(settings.spool_dir, outlet.id, secrets.token_hex(4), now(), _warcinfo(order, settings))
    lines = (*_shelved(storage, outlet.id), *waiting.lines)
    known = Known(lines)
    shelf = Shelf(storage=storage, spool=waiting, known=known, lines=lines)
    frontier = Frontier(outlet=outlet, window=order.window, known=shelf.stories(outlet), limit=order.limit)
    trip = Trip(order=order, outlet=outlet, frontier=frontier, held_content=shelf.content)
    sink = Sink(spool=waiting, known=known)
    reason = _drive(trip, sink, settings, storage, held)
    sealed = (*earlier, *_sealed(waiting, storage, broken=sink.broken is not None))
    if sink.broken is not None:
        raise sink.broken
    kept = 0 if len(sealed) > len(earlier) else waiting.captures
    return _report(trip, sink, reason, sealed, kept)


def _sealed(waiting: Spool, storage: Storage, *, broken: bool) -> tuple[Sealed, ...]:
    """Seal when a page was captured or something waited for a day; otherwise all stays in the spool."""
    if broken or not waiting.due(now()):
        waiting.close(keep_waiting=False)
        return ()
    done = waiting.seal(storage)
    return (done,) if done else ()


def _warcinfo(order: CrawlOrder, settings: Settings) -> dict[str, str]:
    return {
        "software": PRODUCT,
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "http-header-user-agent": settings.agent,
        "robots": "obeyed, RFC 9309",
        "isPartOf": order.outlet,
        "description": f"crawl {order.run}",
    }


def _drive(trip: Trip, sink: Sink, settings: Settings, storage: Storage, held: Lease) -> str:
    """Run Scrapy to its end; returns its reason: finished, shutdown, or ours."""
    from scrapy import signals
    from scrapy.crawler import AsyncCrawlerProcess

    from crawler.settings import scrapy_settings
    from crawler.spider import OutletSpider

    process = AsyncCrawlerProcess(scrapy_settings(trip.outlet, settings), install_root_handler=False)
    crawler = process.create_crawler(OutletSpider)
    crawler.wire_sink = sink  # type: ignore[attr-defined]  # where crawler.wire looks for it
    ended: list[str] = []
    tasks: set[asyncio.Future[Any]] = set()

    def stop(reason: str) -> None:
        tasks.add(asyncio.ensure_future(crawler.engine.close_spider_async(reason=reason)))

    def opened() -> None:
        tasks.add(asyncio.ensure_future(_renewing(storage, held, stop)))

    def closed(reason: str) -> None:
        ended.append(reason)
        for task in tasks:
            if task is not asyncio.current_task():
                task.cancel()

    def failed(failure: Any) -> None:
        logger.error("the spider broke: %s", failure.getTraceback())
        ended.append(f"broken: {failure.value!r}")

    sink.stop = stop
    crawler.signals.connect(opened, signals.spider_opened, weak=False)
    crawler.signals.connect(closed, signals.spider_closed, weak=False)
    crawler.signals.connect(failed, signals.spider_error, weak=False)
    process.crawl(crawler, trip=trip, known=sink.known)
    process.start()
    return ended[0] if ended else "broken: the crawl did not start"


async def _renewing(storage: Storage, held: Lease, stop: Callable[[str], None]) -> None:
    """Hold on to the lease; without it another process may be crawling, so this one must stop."""
    while True:
        await asyncio.sleep(RENEWAL)
        try:
            lease.renew(storage, held, LEASE, now())
        except StorageError as error:
            logger.warning("the lease could not be renewed, trying again: %s", error)
        except LeaseError as error:
            logger.error("%s", error)
            stop("lease")
            return


def _report(trip: Trip, sink: Sink, reason: str, sealed: tuple[Sealed, ...], kept: int) -> CrawlReport:
    finished, ended = trip.verdict()
    if reason != "finished":
        finished, ended = False, f"{trip.outlet.id}: {ENDINGS.get(reason, reason)}"
    recovered = sink.spool.recovered
    return CrawlReport(
        run=trip.order.run,
        outlet=trip.outlet.id,
        finished=finished,
        ended=ended,
        captures=dict(sorted(sink.captures.items())),
        answers={str(status): number for status, number in sorted(trip.answers.items())},
        candidates=trip.frontier.counts(),
        refused=trip.frontier.refusals(),
        errors=tuple(trip.errors),
        seeds=trip.seed_reports(),
        sealed=tuple(one.warc for one in sealed),
        waiting=kept,
        recovered=f"{recovered.cut} bytes of a torn capture were cut off" if recovered.cut else None,
        delay=trip.delay,
        robots=dict(sorted(trip.robots.items())),
        interrupted=reason == "shutdown",
    )


ENDINGS = {
    "shutdown": "interrupted; what was captured is kept",
    "lease": "another process took the outlet over; what was captured is kept",
}


def _die_with_parent() -> None:
    """Ask Linux for SIGTERM when the parent dies, so that no crawl runs on unwatched."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _listen() -> None:
    """Our log and others' warnings as JSON lines."""
    root = logging.getLogger()
    root.addHandler(_JsonLines())
    root.setLevel(logging.WARNING)
    logging.getLogger("crawler").setLevel(logging.INFO)


def write_report(path: Path, report: CrawlReport) -> None:
    """Whole or absent: written beside, synced, renamed."""
    draft = path.with_name(f"{path.name}.tmp")
    with draft.open("w", encoding="utf-8") as out:
        out.write(to_json(report) + "\n")
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)


def main() -> int:
    """Read the order from standard input, carry it out, write the report; returns the exit code."""
    _die_with_parent()
    _listen()
    try:
        said = json.load(sys.stdin)
        order, settings, path = order_of(said["order"]), load_settings(**said["settings"]), Path(said["report"])
        report = run(order, settings)
    except StorageError as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_WORLD
    except (UsageError, ValueError, KeyError, TypeError) as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_USAGE
    write_report(path, report)
    return EXIT_DONE
