"""One run before it starts, and its smallest steps: one order carried out, one outlet's orders in turn."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archive.errors import LeaseError
from archive.settings import Settings
from crawler.errors import CrawlerError
from crawler.orders import CrawlOrder, CrawlReport
from flows.moves import Moves
from flows.reports import OutletReport, said_of, stopped_of

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What sort of run, what it was asked, with which settings and moves."""

    kind: str
    plan: Mapping[str, Any]
    settings: Settings
    moves: Moves
    prefect: str | None = None  # id of Prefect's flow run


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What became of one order: its report where there is one, and why it failed if it did."""

    report: CrawlReport | None = None
    failed: str | None = None

    def told(self) -> str:
        """In one line."""
        return self.failed or (said_of(self.report) if self.report is not None else "nothing")


async def carry(errand: Errand, order: CrawlOrder) -> Carried:
    """Carry out one order; an outlet that fails is an answer. Raises what breaks the world."""
    try:
        report = await errand.moves.capture(order, errand.settings)
    except (CrawlerError, LeaseError) as error:
        return Carried(failed=str(error))
    failed = None if report.finished else report.ended.removeprefix(f"{order.outlet}: ")
    return Carried(report=report, failed=failed)


async def crawled(errand: Errand, orders: Sequence[CrawlOrder], name: str) -> OutletReport:
    """One outlet's orders in turn; its first failure ends them, and what was sealed is read all the same."""
    crawls: list[CrawlReport] = []
    failed: str | None = None
    for order in orders:
        carried = await carry(errand, order)
        crawls += [carried.report] if carried.report is not None else []
        failed = carried.failed
        logger.info("%s: %s", name, carried.told())
        if failed is not None:
            break
    read = await errand.moves.read(name, errand.settings, False)
    stopped = stopped_of(read.stopped).get(name, ())
    return OutletReport(outlet=name, crawls=tuple(crawls), read=len(read.warcs), failed=failed, stopped=stopped)
