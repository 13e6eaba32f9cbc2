"""Crawl, backfill and rebuild as plain functions over the three moves; when they run is other rooms' business."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from archive.errors import UsageError
from archive.holdings import open_archive
from archive.settings import Settings, load_settings
from archive.storage import open_storage
from crawler import learning
from crawler.orders import CrawlOrder
from crawler.outlet import Outlet, load_outlets
from flows import journal, marks
from flows.duties import only_due
from flows.errand import Errand, crawled
from flows.expecting import judged
from flows.filling import Board, Filling
from flows.journal import Outcome, Run
from flows.moves import Moves, reader_maker
from flows.plans import Place, Plan, Rebuild, Source, choose, crawl_order
from flows.reports import OutletReport, RunFailedError, RunReport, stopped_of
from flows.sources import name_of, sources

# Two crawls beside each other: pace is kept per outlet, and two cores read what they bring.
AT_ONCE: Final = 2

Work = Callable[[Run, Sequence[Outlet]], Awaitable[RunReport]]


async def crawl(plan: Plan, place: Place, moves: Moves, prefect: str | None = None) -> RunReport:
    """Every outlet asked for, in one window: captured, read, then indexed together.

    Raises:
        UsageError: the plan or a file of facts makes no sense; nothing was asked of anybody.
        RunFailedError: some outlets failed; its report says what the others gave.
        StorageError, CatalogError: the archive could not be written.
    """
    settings = load_settings(**place.given())
    errand = Errand(kind="crawl", plan=plan.dump(), settings=settings, moves=moves, prefect=prefect)
    return await _crawl(errand, plan, lambda order: order)


async def check(plan: Plan, place: Place, moves: Moves) -> RunReport:
    """Every seed of the outlets asked, and no story. Raises as `crawl`."""
    settings = load_settings(**place.given())
    errand = Errand(kind="check", plan=plan.dump(), settings=settings, moves=moves)
    return await _crawl(errand, replace(plan, limit=0), lambda order: replace(order, pages=1))


async def backfill(plan: Plan, place: Place, moves: Moves, prefect: str | None = None) -> RunReport:
    """Past windows, source after source, slice after slice; what is held already is not asked for again.

    A run of the same plan that was stopped is gone on with. Raises as `crawl`.
    """
    settings = load_settings(**place.given())
    errand = Errand(kind="backfill", plan=plan.dump(), settings=settings, moves=moves, prefect=prefect)
    now = datetime.now(UTC)

    async def work(run: Run, outlets: Sequence[Outlet]) -> RunReport:
        asked = [(outlet, sources(plan, outlet, run.id, now)) for outlet in outlets]
        orders = [(order, outlet) for outlet, every in asked for source in every for order in source.orders]
        filling = Filling(errand, run.id, Board(len(orders), moves.tell))
        await filling.begin(outlets)
        reports = await _together([partial(filling.fill, outlet, every) for outlet, every in asked])
        found = RunReport(run=run.id, kind="backfill", outlets=tuple(reports), indexed=filling.indexed)
        if all(report.failed is None for report in reports):
            with open_archive(settings) as archive:
                marks.clear(archive.storage, (name_of(order, outlet) for order, outlet in orders))
        return found

    chosen = _chosen(errand, plan)
    for outlet in chosen:
        sources(plan, outlet, "check", now)
    return await _over(errand, chosen, work)


async def rebuild(plan: Rebuild, place: Place, moves: Moves, prefect: str | None = None) -> RunReport:
    """Moves two and three again, from what the shelves hold; the network is not needed.

    Raises:
        UsageError: no such outlet.
        RunFailedError: all is done, but some pages had to be stopped, or an outlet's learned table is damaged and its
            pages were not read; its report names them.
        StorageError, CatalogError, LeaseError: the archive could not be read or written.
    """
    settings = load_settings(**place.given())
    if plan.outlet is not None and plan.outlet not in load_outlets(settings.outlets):
        raise UsageError(f"there is no outlet {plan.outlet!r}; see astana outlets")
    open_archive(settings).close()

    async def work(run: Run) -> RunReport:
        read = await moves.read(plan.outlet, settings, True) if plan.source is Source.WARC else None
        indexed = await moves.reindex(settings)
        found = RunReport(run=run.id, kind="rebuild", indexed=indexed)
        if read is None:
            return found
        stopped, unread = stopped_of(read.stopped), read.unread
        told = tuple(
            OutletReport(outlet=name, stopped=stopped.get(name, ()), failed=unread.get(name))
            for name in sorted({*stopped, *unread})
        )
        return replace(found, read=len(read.warcs), reread=read.reread, outlets=told)

    errand = Errand(kind="rebuild", plan=plan.dump(), settings=settings, moves=moves, prefect=prefect)
    return await _recorded(errand, work)


async def _crawl(errand: Errand, plan: Plan, changed: Callable[[CrawlOrder], CrawlOrder]) -> RunReport:
    """One order to each outlet; all that they brought is indexed together."""
    now = datetime.now(UTC)

    async def work(run: Run, outlets: Sequence[Outlet]) -> RunReport:
        orders = {outlet.id: changed(crawl_order(plan, outlet, run.id, now)) for outlet in outlets}
        asked = {name: [order] for name, order in orders.items()}
        if plan.due:
            asked = await asyncio.to_thread(only_due, orders, {one.id: one for one in outlets}, errand.settings)
        reports = await _together([partial(crawled, errand, every, name) for name, every in asked.items()])
        indexed = await errand.moves.index(errand.settings)
        if errand.kind == "crawl" and not plan.due:
            reports = await asyncio.to_thread(judged, reports, list(orders.values()), errand.settings)
        return RunReport(run=run.id, kind=errand.kind, outlets=tuple(reports), indexed=indexed)

    chosen = _chosen(errand, plan)
    for outlet in chosen:
        crawl_order(plan, outlet, "check", now)
    return await _over(errand, chosen, work)


def _chosen(errand: Errand, plan: Plan) -> list[Outlet]:
    via = plan.via if errand.kind == "backfill" else ()
    return choose(load_outlets(errand.settings.outlets), plan.outlets, via)


async def _over(errand: Errand, outlets: Sequence[Outlet], work: Work) -> RunReport:
    """Readers and the catalog are made before anything is asked: bad facts and plans cost nobody anything."""
    reader_maker(load_outlets(errand.settings.outlets), errand.settings, {})
    with open_archive(errand.settings, create=True) as archive:
        tables = learning.tables(archive.storage)
        for outlet in outlets:
            tables.get(outlet.id)
        archive.reach()
    return await _recorded(errand, lambda run: work(run, outlets))


async def _together(works: Sequence[Callable[[], Awaitable[OutletReport]]]) -> list[OutletReport]:
    """Some at once. When the world breaks for one, the others are stopped too, each sealing what it has."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def gated(work: Callable[[], Awaitable[OutletReport]]) -> OutletReport:
        async with gate:
            return await work()

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(gated(work)) for work in works]
    except ExceptionGroup as broken:
        raise broken.exceptions[0] from None
    return [task.result() for task in tasks]


async def _recorded(errand: Errand, work: Callable[[Run], Awaitable[RunReport]]) -> RunReport:
    """Do the work between two entries of the ledger: what was asked, and how it ended. Raises what the work raises."""
    with open_archive(errand.settings, create=True) as archive:
        storage = archive.storage
        run = journal.begin(storage, errand.kind, errand.plan, datetime.now(UTC), errand.prefect)
    try:
        report = await work(run)
    except asyncio.CancelledError:
        _end(errand.settings, run, outcome=Outcome.INTERRUPTED, reason="interrupted; what was captured is kept")
        raise
    except Exception as error:
        _end(errand.settings, run, outcome=Outcome.FAILED, reason=str(error) or repr(error))
        raise
    if report.failures:
        failure = RunFailedError(report)
        _end(errand.settings, run, outcome=Outcome.FAILED, reason=str(failure), found=report.dump())
        raise failure
    _end(errand.settings, run, outcome=Outcome.DONE, found=report.dump())
    return report


def _end(settings: Settings, run: Run, **said: Any) -> None:
    journal.end(open_storage(settings.store), run, said, datetime.now(UTC))
