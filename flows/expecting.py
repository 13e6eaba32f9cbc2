"""A crawl compared with what its outlet's file expects and with the crawls before it, from ledger and text shelf."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import islice
from typing import Final

from archive import texts
from archive.errors import UsageError
from archive.records import Article
from archive.settings import Settings
from archive.storage import Storage, open_storage
from crawler import expectation, learning
from crawler.expectation import Brought
from crawler.orders import CrawlOrder
from crawler.outlet import Outlet, load_outlets
from flows import journal
from flows.journal import Run
from flows.moves import reader_maker
from flows.plans import DEFAULT_SINCE, read_day, today_in
from flows.reports import OutletReport

EARLIER: Final = 10  # crawls looked back on
PARTIAL: Final = ("limit", "until", "round", "via")  # in a plan that did not ask for all of the last days


def judged(reports: Sequence[OutletReport], orders: Sequence[CrawlOrder], settings: Settings) -> list[OutletReport]:
    """Each outlet's report, with what was not as expected. Raises StorageError."""
    outlets = load_outlets(settings.outlets)
    storage = open_storage(settings.store)
    asked = {order.outlet: order for order in orders}
    runs = journal.runs(storage)
    make = reader_maker(outlets, settings, learning.tables(storage))
    found = []
    for one in reports:
        outlet = outlets[one.outlet]
        lengths = _lengths(one, storage, make(outlet).digest) if outlet.expect.chars else ()
        reasons = [*_counts(one, asked[one.outlet], outlet, runs), expectation.measured(outlet.expect, list(lengths))]
        found.append(replace(one, unexpected="; ".join(filter(None, reasons)) or None))
    return found


def _counts(report: OutletReport, order: CrawlOrder, outlet: Outlet, runs: Sequence[Run]) -> Iterator[str | None]:
    today = today_in(outlet, order.now)
    for crawl in report.crawls:
        if expectation.is_comparable(order, crawl, today):
            found = expectation.brought(order.since, today, crawl.candidates, crawl.refused)
            yield expectation.counted(outlet.expect, found)
            yield expectation.changed(found, list(islice(_earlier(outlet, found.days, runs), EARLIER)))


def _earlier(outlet: Outlet, days: int, runs: Sequence[Run]) -> Iterator[float]:
    """Stories a day in earlier crawls of the outlet that asked for as many days, newest first."""
    for run in runs:
        today = datetime.fromisoformat(run.started).date()
        since = _since(run, today)
        if since is None or (today - since).days != days:
            continue
        for one in run.found.get("outlets", ()):
            for said in one.get("crawls", ()) if one.get("outlet") == outlet.id else ():
                if said.get("finished"):
                    yield _brought(since, today, said).rate


def _brought(since: date, today: date, said: dict[str, dict[str, int]]) -> Brought:
    return expectation.brought(since, today, said.get("candidates", {}), said.get("refused", {}))


def _since(run: Run, today: date) -> date | None:
    """The first day that a crawl asked for; None of any other run, and of one that asked for a part."""
    if run.kind != "crawl" or any(run.plan.get(name) for name in PARTIAL):
        return None
    try:
        return read_day(str(run.plan.get("since") or DEFAULT_SINCE), today)
    except UsageError:
        return None


def _lengths(report: OutletReport, storage: Storage, reader: str) -> Iterator[int]:
    """Code points of the texts read in what the crawl sealed."""
    for sealed in report.sealed:
        key = texts.key(sealed.removeprefix("warc/"), report.outlet, reader)
        if storage.exists(key):
            _, readings = texts.load(storage.get(key), key)
            yield from (len(one.outcome.text) for one in readings if isinstance(one.outcome, Article))
