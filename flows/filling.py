"""A backfill under way: each outlet's sources in turn, slice by slice, each source read and indexed before the next.

What one source brought is known to the next: a page that was read as no article (a page that says it is gone, with 200)
does not keep its archived copy from being fetched.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from archive.holdings import open_archive
from archive.records import Via, Window
from archive.storage import Storage
from crawler.orders import CrawlOrder, CrawlReport
from crawler.outlet import Outlet
from crawler.topic import load_topic
from flows import marks
from flows.errand import Errand, carry
from flows.reports import Grown, Indexed, Missing, OutletReport, Progress, SourceReport, Stopped, stopped_of
from flows.sources import Source, name_of, span_of
from flows.tally import grown, missing, tally
from flows.unasked import unasked

NOTHING: Final = Indexed(objects=0, readings=0, new_stories=0, new_editions=0)
Tell = Callable[[Progress], Awaitable[None]]
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What became of one source's slices."""

    crawls: tuple[CrawlReport, ...]
    resumed: int
    failed: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """One source that was asked, and what was read of it."""

    asked: Asked
    report: SourceReport
    read: int  # WARCs


class Board:
    """How far a backfill is; tells it after every slice and every source."""

    def __init__(self, slices: int, tell: Tell) -> None:
        self._progress = Progress(done=0, slices=slices)
        self._tell = tell

    async def slice(self, order: CrawlOrder, said: str) -> None:
        """One slice is done, or need not be."""
        done = self._progress.done + 1
        self._progress = replace(self._progress, done=done)
        where = order.outlet if order.via is Via.LIVE else f"{order.outlet} by {order.via}"
        logger.info("[%d/%d] %s, %s: %s", done, self._progress.slices, where, span_of(order), said)
        await self._tell(self._progress)

    async def more(self, slices: int) -> None:
        """So many slices come to those that were counted."""
        self._progress = replace(self._progress, slices=self._progress.slices + slices)
        await self._tell(self._progress)

    async def source(self, outlet: str, report: SourceReport, unasked: int) -> None:
        """One source came to its end, with so many slices not asked."""
        told = (*self._progress.sources, (outlet, report))
        self._progress = replace(self._progress, done=self._progress.done + unasked, sources=told)
        await self._tell(self._progress)


class Filling:
    """One backfill. Outlets may go beside each other; the catalog is written by one at a time."""

    def __init__(self, errand: Errand, run: str, board: Board) -> None:
        self.indexed = NOTHING
        self._errand = errand
        self._run = run
        self._board = board
        self._indexing = asyncio.Lock()
        self._stopped: dict[str, tuple[Stopped, ...]] = {}

    async def begin(self, outlets: Sequence[Outlet]) -> None:
        """What an earlier run captured of these is read and indexed before anything is asked for."""
        for outlet in outlets:
            await self._read(outlet)
        await self._index()

    async def fill(self, outlet: Outlet, sources: Sequence[Source]) -> OutletReport:
        """One outlet. Trouble with one host ends what is asked of it; other sources go on."""
        done: list[Filled] = []
        trouble: dict[Via, str] = {}
        for source in sources:
            done.append(await self._fill(outlet, source, trouble))
        last = await asyncio.to_thread(self._unasked, outlet, sources)
        if last is not None:
            await self._board.more(len(last.orders))
            done.append(await self._fill(outlet, last, trouble))
            marks.clear(self._storage(), (name_of(order, outlet) for order in last.orders))
        failed = "; ".join(f"{via}: {why}" if via is not Via.LIVE else why for via, why in trouble.items()) or None
        return OutletReport(
            outlet=outlet.id,
            crawls=tuple(crawl for one in done for crawl in one.asked.crawls),
            read=sum(one.read for one in done),
            failed=failed,
            sources=tuple(one.report for one in done),
            missing=await self._missing(outlet.id, sources),
            stopped=self._stopped[outlet.id],
        )

    async def _fill(self, outlet: Outlet, source: Source, trouble: dict[Via, str]) -> Filled:
        """One source, asked, read and indexed; what went wrong is noted by whom it was asked of."""
        before = await self._held(outlet.id)
        asked = await self._ask(outlet, source, trouble.get(source.via))
        if asked.failed is not None:
            trouble.setdefault(source.via, asked.failed)
        read = await self._read(outlet)
        await self._index()
        report = await self._report(outlet, source, asked, before)
        await self._board.source(outlet.id, report, len(source.orders) - len(asked.crawls) - asked.resumed)
        return Filled(asked=asked, report=report, read=read)

    async def _read(self, outlet: Outlet) -> int:
        """What was captured of an outlet is read; how many WARCs."""
        read = await self._errand.moves.read(outlet.id, self._errand.settings, False)
        self._stopped[outlet.id] = (*self._stopped.get(outlet.id, ()), *stopped_of(read.stopped).get(outlet.id, ()))
        return len(read.warcs)

    def _unasked(self, outlet: Outlet, sources: Sequence[Source]) -> Source | None:
        rules = load_topic(self._errand.settings.topic)
        with open_archive(self._errand.settings) as archive:
            return unasked(archive, outlet, sources, rules)

    async def _ask(self, outlet: Outlet, source: Source, trouble: str | None) -> Asked:
        """A source's slices in turn. Those that a run which was stopped asked to their end are passed over."""
        crawls: list[CrawlReport] = []
        resumed = 0
        for order in source.orders if trouble is None else ():
            name = name_of(order, outlet)
            before = await asyncio.to_thread(self._marked, name)
            if before is not None:
                resumed += 1
                await self._board.slice(order, f"done by {before}")
                continue
            carried = await carry(self._errand, order)
            crawls += [carried.report] if carried.report is not None else []
            trouble = carried.failed
            if trouble is None:
                await asyncio.to_thread(self._mark, name)
            await self._board.slice(order, carried.told())
            if trouble is not None:
                break
        return Asked(crawls=tuple(crawls), resumed=resumed, failed=trouble)

    async def _report(self, outlet: Outlet, source: Source, asked: Asked, before: Grown) -> SourceReport:
        def counted() -> SourceReport:
            with open_archive(self._errand.settings) as archive:
                after = grown(archive, outlet.id)
                new = Grown(stories=after.stories - before.stories, on_topic=after.on_topic - before.on_topic)
                return replace(tally(archive, outlet.id, asked.crawls), new=new)

        said = {"name": source.name, "slices": len(source.orders), "resumed": asked.resumed, "failed": asked.failed}
        return replace(await asyncio.to_thread(counted), **said)  # type: ignore[arg-type]  # keys are its own

    async def _missing(self, outlet: str, sources: Sequence[Source]) -> Missing | None:
        orders = [order for source in sources for order in source.orders]
        if not orders:
            return None
        window = Window(since=orders[0].since, until=orders[-1].until)

        def told() -> Missing:
            with open_archive(self._errand.settings) as archive:
                return missing(archive, outlet, window)

        return await asyncio.to_thread(told)

    async def _held(self, outlet: str) -> Grown:
        def held() -> Grown:
            with open_archive(self._errand.settings) as archive:
                return grown(archive, outlet)

        return await asyncio.to_thread(held)

    async def _index(self) -> None:
        async with self._indexing:
            self.indexed += await self._errand.moves.index(self._errand.settings)

    def _marked(self, name: str) -> str | None:
        return marks.done_by(self._storage(), name)

    def _mark(self, name: str) -> None:
        marks.note(self._storage(), name, self._run)

    def _storage(self) -> Storage:
        with open_archive(self._errand.settings) as archive:
            return archive.storage
