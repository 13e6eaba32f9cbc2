"""One order carried out in this process: lease, spool, Scrapy and report brought together; it decides nothing."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext, suppress
from typing import Any

import scrapy.core.downloader.contextfactory  # noqa: F401  # early: it looks through the stack and every module

from archive import http, spool, tenure
from archive.cdx import Known
from archive.errors import LeaseError, UsageError
from archive.records import Capture, NonArticle, RecordType, Role, Via
from archive.settings import Settings
from archive.spool import Sealed, Spool
from archive.storage import Storage, open_storage
from archive.tenure import Tenure
from archive.writer import Writer
from crawler.archives.services import Service
from crawler.archives.services import service as service_of
from crawler.orders import CrawlOrder, CrawlReport
from crawler.outlet import Outlet, load_outlets
from crawler.topic import load_topic
from crawler.visit import held, told
from crawler.visit.account import account
from crawler.visit.bookkeeping import books
from crawler.visit.books import Books
from crawler.visit.clocks import Clock, StoreClock
from crawler.visit.lines import say
from crawler.visit.waiting import Economy
from crawler.visit.ways import Task, Ways

PROGRESS = 5.0  # seconds between two progress lines at least
ENDINGS = {
    "shutdown": "interrupted; what was captured is kept",
    "lease": "another process took the outlet over; what was captured is kept",
}

logger = logging.getLogger(__name__)


class Sink:
    """Counts what the writer has on disk, and says so; a disk that fails stops the crawl."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.captures: Counter[str] = Counter()
        self.stop: Callable[[str], None] = lambda reason: None
        self._told = -PROGRESS
        writer.kept = self._kept
        writer.broke = lambda: self.stop("spool")

    def _kept(self, captures: Sequence[Capture]) -> None:
        self.captures.update(map(sort_of, captures))
        if time.monotonic() - self._told >= PROGRESS:
            self._told = time.monotonic()
            say("progress", captures=dict(sorted(self.captures.items())), url=captures[-1].url)


def sort_of(capture: Capture) -> str:
    """What a capture is counted as: failed, seed, robots, hop or page."""
    if not capture.response and capture.type is RecordType.RESPONSE:
        return NonArticle.FAILED.value
    if capture.hints.role in (Role.SEED, Role.ROBOTS):
        return capture.hints.role.value
    status = http.parse(capture.response).status or 0
    return NonArticle.HOP.value if 300 <= status < 400 and status != 304 else Role.PAGE.value


def run(order: CrawlOrder, settings: Settings, clock: Clock | None = None) -> CrawlReport:
    """Carry out an order; `clock` is what it waits by at hosts that many ask.

    Raises:
        UsageError: no such outlet, or a broken file of facts or setting.
        StorageError: store or spool cannot be read or written; what was captured waits in the spool.
    """
    outlet = load_outlets(settings.outlets).get(order.outlet)
    if outlet is None:
        raise UsageError(f"no outlet is called {order.outlet!r}; see astana outlets")
    if order.via is Via.IMPORT:
        raise UsageError("nothing is fetched via import; see astana import")
    service = service_of(order.via, settings)
    if outlet.closed and service is None:
        return refused(order, f"{outlet.id}: closed: read from web archives only")
    storage = open_storage(settings.store)
    ways = Ways(storage=storage, clock=clock or StoreClock(), service=service)
    task = Task(order=order, outlet=outlet, settings=settings, ways=ways)
    try:
        with ExitStack() as stack:
            leases = [stack.enter_context(tenure.held(storage, name)) for name in _names(outlet, service)]
            return _crawl(task, leases)
    except LeaseError as error:
        return refused(order, f"{outlet.id}: {error}")


def _names(outlet: Outlet, service: Service | None) -> list[str]:
    """What one crawler at a time may hold: the outlet, and its hosts, which another outlet's file may name too.

    A web archive is asked by many; its turnstile keeps them apart.
    """
    hosts = {host.removeprefix("www.").replace(":", "_") for host in outlet.hosts} if service is None else ()
    return [f"crawl-{outlet.id}", *(f"host-{host}" for host in sorted(hosts))]


def refused(order: CrawlOrder, why: str) -> CrawlReport:
    """The report of an order for which nothing was asked of the outlet."""
    return CrawlReport(run=order.run, outlet=order.outlet, finished=False, ended=why)


def _crawl(task: Task, leases: Sequence[Tenure]) -> CrawlReport:
    outlet, settings, storage = task.outlet, task.settings, task.ways.storage
    chosen = economy(task.order, settings, storage)
    earlier = spool.finish(settings.spool_dir, outlet.id, storage)
    info = account(task.order, settings, outlet)
    waiting = Spool.open(settings.spool_dir, outlet.id, secrets.token_hex(4), tenure.clock(), info)
    for said in waiting.recovered.said:
        logger.warning("%s", said)
    shelf = held.look(storage, waiting, outlet)
    writer = Writer(waiting, shelf.known, storage)
    sink = Sink(writer)
    try:
        with _read_before(task) as is_none:
            kept = books(task, shelf, chosen, is_none)
            reason = _drive(kept, sink, shelf.known, task, leases)
    finally:
        writer.close()
    if writer.error is not None:
        writer.spool.close()
        raise writer.error
    grown = (*writer.sealed(), *spool.finish(settings.spool_dir, outlet.id, storage))
    sealed = (*earlier, *grown, *_sealed(writer.spool, storage, task.order))
    return _report(kept, sink, reason, sealed, waiting.recovered.cut)


def _read_before(task: Task) -> AbstractContextManager[Callable[[str], bool]]:
    """Whether a story was read and is no article; of an outlet itself, nobody asks."""
    if task.ways.service is None:
        return nullcontext(lambda story: False)
    from crawler.visit.judged import no_articles

    return no_articles(task.settings)


def economy(order: CrawlOrder, settings: Settings, storage: Storage) -> Economy | None:
    """How an order chooses by hints; None when it takes everything.

    Raises:
        FactsError: the topic's file is broken.
        StorageError: the store cannot be read.
    """
    if order.sample >= 1 and order.budget is None:
        return None
    rules = load_topic(settings.topic)
    if not rules.terms:
        return None
    earlier = told.look(storage, order.outlet)
    return Economy(topic=rules, sample=order.sample, budget=order.budget, told=earlier)


def _sealed(waiting: Spool, storage: Storage, order: CrawlOrder) -> tuple[Sealed, ...]:
    """Seal when a page was captured, something waited for a day, or the past was asked about, which nobody polls.

    Otherwise all stays in the spool, so that polls of a quarter of an hour share a WARC.
    """
    now = tenure.clock()
    is_past = order.via is not Via.LIVE or (order.until is not None and order.until <= now.date())
    if not (is_past or waiting.due(now)):
        waiting.close(keep_waiting=False)
        return ()
    done = waiting.seal(storage)
    return (done,) if done else ()


def _drive(kept: Books[Any, Any], sink: Sink, known: Known, task: Task, leases: Sequence[Tenure]) -> str:
    """Run Scrapy to its end; returns its reason: finished, shutdown, or one of ours."""
    from scrapy import signals
    from scrapy.crawler import AsyncCrawlerProcess

    from crawler.settings import scrapy_settings
    from crawler.spider import OutletSpider

    bounds = scrapy_settings(task.outlet, task.settings, task.ways.service)
    process = AsyncCrawlerProcess(bounds, install_root_handler=False)
    crawler = process.create_crawler(OutletSpider)
    crawler.wire_sink = sink.writer.put  # type: ignore[attr-defined]  # where crawler.wire looks for it
    crawler.ways = task.ways  # type: ignore[attr-defined]  # where crawler.visit.gates looks for them
    ended: list[str] = []
    stops: set[asyncio.Future[None]] = set()

    def stop(reason: str) -> None:
        if not stops:
            kept.refusal = kept.refusal or ENDINGS.get(reason, reason)  # who waits for a turn stops waiting
            stops.add(asyncio.ensure_future(crawler.engine.close_spider_async(reason=reason)))

    def opened() -> None:
        loop = asyncio.get_running_loop()

        def stop_from_outside(reason: str) -> None:
            with suppress(RuntimeError):  # the loop is closed: there is nothing left to stop
                loop.call_soon_threadsafe(stop, reason)

        for lease in leases:
            lease.lost = lambda: stop_from_outside("lease")
        sink.stop = stop_from_outside

    def closed(reason: str) -> None:
        for lease in leases:
            lease.lost = lambda: None
        sink.stop = lambda reason: None
        ended.append(reason)

    def broke(failure: Any) -> None:
        logger.error("the spider broke: %s", failure.getTraceback())
        ended.append(f"the program itself broke: {failure.value!r}")

    crawler.signals.connect(opened, signals.spider_opened, weak=False)
    crawler.signals.connect(closed, signals.spider_closed, weak=False)
    crawler.signals.connect(broke, signals.spider_error, weak=False)
    process.crawl(crawler, trip=kept, known=known)
    process.start()
    return ended[0] if ended else "the crawl did not start"


def _report(kept: Books[Any, Any], sink: Sink, reason: str, sealed: tuple[Sealed, ...], cut: int) -> CrawlReport:
    kept.finish()
    finished, ended = kept.verdict()
    if reason != "finished":
        finished, ended = False, f"{kept.outlet.id}: {ENDINGS.get(reason, reason)}"
    last = sink.writer.spool
    return CrawlReport(
        run=kept.order.run,
        outlet=kept.outlet.id,
        finished=finished,
        ended=ended,
        captures=dict(sorted(sink.captures.items())),
        answers={str(status): number for status, number in sorted(kept.answers.items())},
        candidates=kept.counts(),
        refused=kept.refusals(),
        errors=kept.errors(),
        seeds=kept.seed_reports(),
        sealed=tuple(one.warc for one in sealed),
        waiting=0 if any(one.stem == last.stem for one in sealed) else last.captures,
        recovered=f"{cut} bytes of a torn capture were cut off" if cut else None,
        delay=kept.delay,
        robots=dict(sorted(kept.robots.items())),
        interrupted=reason == "shutdown",
    )
