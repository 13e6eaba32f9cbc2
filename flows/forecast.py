"""What a backfill would ask before it asks anything: requests, time, what may come of it and what that rests on; pure.

A figure that rests on nothing is not given. What is counted is counted from the addresses of the outlet's own file and
from the slices of the plan; what is estimated is estimated from runs of the same source, and named as such.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final

from archive.errors import UsageError
from archive.listings import State
from archive.records import Via, Window
from crawler.archives.services import INDEX, PAGE, Service
from crawler.orders import CrawlOrder
from crawler.outlet import Outlet, SeedKind
from crawler.visit.seeds import search_terms, seed_pages
from flows.journal import Outcome, Run
from flows.plans import read_window, today_in
from flows.reports import Missing
from flows.sources import Source

COLLECTIONS_A_YEAR: Final = 12  # of Common Crawl, at most in most years
UNKNOWN: Final = "no run of this source is on record"
OPEN: Final = {
    Via.LIVE: "first pages; listings are turned on until they end, and maps name further maps",
    Via.WAYBACK: "one for each host and year of capture; large hosts have more pages",
    Via.COMMONCRAWL: "two for each host and index, about twelve indexes a year; large hosts have more pages",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What a source brought of an outlet in a run that ended."""

    run: str
    outlet: str
    source: str
    window: Window
    fetched: int
    on_topic: int  # new stories on topic

    @property
    def days(self) -> int:
        """How long its window is; 0 when it is open."""
        return _days(self.window)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """One source of one outlet. None where nothing is known; `seconds` are of what is known, at the polite pace."""

    outlet: str
    source: str
    slices: int
    listings: int  # requests for listings or to indexes, at least
    listings_basis: str
    pages: int | None
    adds: int | None  # stories on topic that are not held
    basis: str  # of pages and adds
    seconds: float

    def dump(self) -> dict[str, Any]:
        """As JSON values."""
        return {**asdict(self), "seconds": round(self.seconds, 1)}


def earlier(runs: Iterable[Run], outlets: Iterable[Outlet]) -> list[Earlier]:
    """What sources brought in backfills that ended, newest first."""
    known = {outlet.id: outlet for outlet in outlets}
    return [
        Earlier(
            run=run.id,
            outlet=one["outlet"],
            source=source["name"],
            window=window,
            fetched=int(source["fetched"]),
            on_topic=int(source["new"]["on_topic"]),
        )
        for run in runs
        if run.kind == "backfill" and run.outcome in (Outcome.DONE, Outcome.FAILED)
        for one in run.found.get("outlets", ())
        if one["outlet"] in known and (window := _window(run, known[one["outlet"]])) is not None
        for source in one.get("sources", ())
        if source["failed"] is None and not source["resumed"]
    ]


def _window(run: Run, outlet: Outlet) -> Window | None:
    """The days that a run was asked for, closed at both ends."""
    today = today_in(outlet, datetime.fromisoformat(run.started))
    try:
        said = read_window(run.plan.get("since"), run.plan.get("until"), run.plan.get("round"), today)
    except UsageError:
        return None
    return Window(since=said.since, until=said.until or today) if said.since else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a forecast rests on: the archives as they are set, earlier runs, newest first, and what is known to lack."""

    services: Sequence[Service] = ()
    before: Sequence[Earlier] = ()
    missing: Missing | None = None  # in the same days; None where nothing is held yet


def forecast(outlet: Outlet, sources: Sequence[Source], ground: Ground) -> list[Forecast]:
    """Each source of one outlet."""
    return [_forecast(outlet, source, ground) for source in sources]


def _forecast(outlet: Outlet, source: Source, ground: Ground) -> Forecast:
    service = next((service for service in ground.services if service.via is source.via), None)
    listings = _listings(outlet, source)
    pages, adds, basis = _expected(outlet, source, ground)
    asking, fetching = _paces(outlet, service)
    return Forecast(
        outlet=outlet.id,
        source=source.name,
        slices=len(source.orders),
        listings=listings,
        listings_basis=f"at least: {OPEN[source.via]}",
        pages=pages,
        adds=adds,
        basis=basis,
        seconds=listings * asking + (pages or 0) * fetching,
    )


def _listings(outlet: Outlet, source: Source) -> int:
    """Requests that are certain, counted from addresses and slices."""
    if source.via is Via.LIVE:
        return sum(len(_first_pages(outlet, order)) for order in source.orders)
    hosts = len({host.removeprefix("www.") for host in outlet.all_hosts})
    if source.via is Via.WAYBACK:
        return hosts * len(source.orders)
    years = sum(_days(order.seen) for order in source.orders) / 365
    return 1 + round(2 * hosts * COLLECTIONS_A_YEAR * years)


def _first_pages(outlet: Outlet, order: CrawlOrder) -> Sequence[object]:
    terms = search_terms(order.terms, order.kinds)
    return seed_pages(outlet, order.window, order.kinds, terms, today_in(outlet, order.now))


def _paces(outlet: Outlet, service: Service | None) -> tuple[float, float]:
    """Seconds between two requests for listings, and for pages."""
    if service is None:
        return outlet.pace.delay, outlet.pace.delay
    paces = {lane.name: lane.interval for lane in service.lanes}
    return paces[INDEX], paces[PAGE]


def _expected(outlet: Outlet, source: Source, ground: Ground) -> tuple[int | None, int | None, str]:
    """Pages, new stories on topic, and what both rest on."""
    window = source.orders[0].window
    whole = Window(since=window.since, until=source.orders[-1].until)
    same = [one for one in ground.before if (one.outlet, one.source) == (outlet.id, source.name)]
    covered = next((one for one in same if _holds(one.window, whole)), None)
    if covered is not None:
        return 0, 0, f"{covered.run} asked it about these days already; only what has appeared since can come"
    measured = next((one for one in same if one.days), None)
    if measured is None:
        return None, None, "; ".join([UNKNOWN, *_bounds(outlet, source, whole, ground.missing)])
    share = _days(whole) / measured.days
    said = f"{measured.run} fetched {measured.fetched} and added {measured.on_topic} in {measured.days} days"
    return round(measured.fetched * share), round(measured.on_topic * share), f"estimate: {said}"


def _bounds(outlet: Outlet, source: Source, window: Window, missing: Missing | None) -> Iterator[str]:
    """What is known without any run of the source: how much the outlet publishes, and what others could not get."""
    most = outlet.expect.stories_per_week
    if most is not None and source.via is Via.LIVE and SeedKind.SEARCH not in source.orders[0].kinds:
        low, high = (round(bound * _days(window) / 7) for bound in most)
        yield f"its file expects {low} to {high} stories of all topics in these days"
    if missing is not None and source.via is not Via.LIVE:
        gone = sum(missing.stories.get(state.value, 0) for state in (State.LOST, State.BLOCKED))
        if gone:
            yield f"listings name {gone} stories of these days that are lost or blocked"


def _days(window: Window) -> int:
    return (window.until - window.since).days if window.since and window.until else 0


def _holds(outer: Window, inner: Window) -> bool:
    """Whether all days of one window lie in another; both are closed."""
    first, end = inner.since or date.min, inner.until or date.max
    return (outer.since or date.min) <= first and end <= (outer.until or date.max)
