"""Crawl, backfill and rebuild as plain functions over the three moves; when they run is other rooms' business."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from archive.errors import LeaseError, UsageError
from archive.holdings import open_archive
from archive.settings import Settings, load_settings
from archive.storage import open_storage
from crawler.errors import CrawlerError
from crawler.orders import CrawlOrder, CrawlReport
from crawler.outlet import Outlet, load_outlets
from flows import journal
from flows.journal import Outcome, Run
from flows.moves import Moves, reader_maker
from flows.plans import Place, Plan, Rebuild, Source, backfill_orders, choose, crawl_order
from flows.reports import OutletReport, RunFailedError, RunReport, said_of

# Two crawls beside each other: pace is kept per outlet, and two cores read what they bring.
AT_ONCE: Final = 2
logger = logging.getLogger(__name__)

MakeOrders = Callable[[Outlet, str, datetime], Sequence[CrawlOrder]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """One run before it starts: what sort, what it was asked, with which settings and moves."""

    kind: str
    plan: Mapping[str, Any]
    settings: Settings
    moves: Moves
    prefect: str | None = None  # id of Prefect's flow run


async def crawl(plan: Plan, place: Place, moves: Moves, prefect: str | None = None) -> RunReport:
    """Every outlet asked for, in one window: captured, read, then indexed together.

    Raises:
        UsageError: the plan or a file of facts makes no sense; nothing was asked of anybody.
        RunFailedError: some outlets failed; its report says what the others gave.
        StorageError, CatalogError: the archive could not be written.
    """
    settings = load_settings(**place.given())
    errand = Errand(kind="crawl", plan=plan.dump(), settings=settings, moves=moves, prefect=prefect)
    return await _over(errand, plan, lambda outlet, run, now: [crawl_order(plan, outlet, run, now)])


async def check(plan: Plan, place: Place, moves: Moves) -> RunReport:
    """Every seed of the outlets asked, and no story. Raises as `crawl`."""
    settings = load_settings(**place.given())
    errand = Errand(kind="check", plan=plan.dump(), settings=settings, moves=moves)
    asked = replace(plan, limit=0)
    return await _over(errand, asked, lambda outlet, run, now: [replace(crawl_order(asked, outlet, run, now), pages=1)])


async def backfill(plan: Plan, place: Place, moves: Moves, prefect: str | None = None) -> RunReport:
    """Past windows, a slice after the other; what is held already is not asked for again. Raises as `crawl`."""
    settings = load_settings(**place.given())
    errand = Errand(kind="backfill", plan=plan.dump(), settings=settings, moves=moves, prefect=prefect)
    return await _over(errand, plan, lambda outlet, run, now: backfill_orders(plan, outlet, run, now))


async def rebuild(plan: Rebuild, place: Place, moves: Moves, prefect: str | None = None) -> RunReport:
    """Moves two and three again, from what the shelves hold; the network is not needed.

    Raises:
        UsageError: no such outlet.
        StorageError, CatalogError, LeaseError: the archive could not be read or written.
    """
    settings = load_settings(**place.given())
    if plan.outlet is not None and plan.outlet not in load_outlets(settings.outlets):
        raise UsageError(f"there is no outlet {plan.outlet!r}; see astana outlets")
    open_archive(settings).close()

    async def work(run: Run) -> RunReport:
        read = await moves.read(plan.outlet, settings, True) if plan.source is Source.WARC else None
        indexed = await moves.reindex(settings)
        return RunReport(run=run.id, kind="rebuild", indexed=indexed, read=len(read.warcs) if read else 0)

    errand = Errand(kind="rebuild", plan=plan.dump(), settings=settings, moves=moves, prefect=prefect)
    return await _recorded(errand, work)


async def _over(errand: Errand, plan: Plan, make_orders: MakeOrders) -> RunReport:
    """Orders, readers and the catalog are made before anything is asked: bad facts and plans cost nobody anything."""
    now = datetime.now(UTC)
    known = load_outlets(errand.settings.outlets)
    outlets = choose(known, plan.outlets)
    for outlet in outlets:
        make_orders(outlet, "check", now)
    reader_maker(known, errand.settings)
    with open_archive(errand.settings, create=True) as archive:
        archive.reach()

    async def work(run: Run) -> RunReport:
        gate = asyncio.Semaphore(AT_ONCE)
        works = [_outlet(errand, make_orders(outlet, run.id, now), gate, outlet.id) for outlet in outlets]
        reports = await _together(works)
        indexed = await errand.moves.index(errand.settings)
        return RunReport(run=run.id, kind=errand.kind, outlets=tuple(reports), indexed=indexed)

    return await _recorded(errand, work)


async def _together(works: Sequence[Coroutine[Any, Any, OutletReport]]) -> list[OutletReport]:
    """All at once. When the world breaks for one, the others are stopped too, each sealing what it has."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(work) for work in works]
    except ExceptionGroup as broken:
        raise broken.exceptions[0] from None
    return [task.result() for task in tasks]


async def _outlet(errand: Errand, orders: Sequence[CrawlOrder], gate: asyncio.Semaphore, name: str) -> OutletReport:
    """One outlet's orders in turn; its first failure ends them, and what was sealed is read all the same."""
    async with gate:
        crawls: list[CrawlReport] = []
        failed: str | None = None
        for order in orders:
            try:
                crawls.append(await errand.moves.capture(order, errand.settings))
            except (CrawlerError, LeaseError) as error:
                failed = str(error)
            else:
                failed = None if crawls[-1].finished else crawls[-1].ended.removeprefix(f"{name}: ")
            logger.info("%s: %s", name, failed or said_of(crawls[-1]))
            if failed is not None:
                break
        read = await errand.moves.read(name, errand.settings, False)
        return OutletReport(outlet=name, crawls=tuple(crawls), read=len(read.warcs), failed=failed)


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
