"""What a backfill asks, of whom and in which order: sources and their slices as crawl orders; pure, it asks nobody."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Final

from archive.errors import UsageError
from archive.records import Via, Window
from crawler.orders import CrawlOrder
from crawler.outlet import Outlet, SeedKind
from flows.plans import ARCHIVES, Plan, Slice, read_day, read_window, share, today_in

DATED: Final = ("{yyyy}", "{mm}", "{dd}")
LIVE: Final = (SeedKind.SITEMAP, SeedKind.REST, SeedKind.SECTION, SeedKind.FEED)  # when nothing else is said
EVERYTHING: Final = (*LIVE, SeedKind.TAG, SeedKind.SEARCH, *ARCHIVES)
ALL: Final = "all"
ALL_PAGES: Final = 10_000  # of a live listing: the window's first day ends the turning
COPIES_OF_LISTING: Final = 100  # of each of an outlet's own listings that an archive holds, in one slice


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One sort of places to look, and the slices in which they are asked, oldest first."""

    name: str  # sitemap+rest, wayback …
    via: Via
    orders: tuple[CrawlOrder, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A plan as it is meant for one outlet at one instant: both ends of every span are days."""

    plan: Plan
    outlet: Outlet
    run: str
    now: datetime
    window: Window
    seen_until: date  # capture days of archives end before it

    def order(self, since: date | None, until: date | None, **more: object) -> CrawlOrder:
        """An order of this plan for the publication days [since, until)."""
        said = {
            "run": self.run,
            "outlet": self.outlet.id,
            "now": self.now,
            "since": since,
            "until": until,
            "limit": self.plan.limit,
            "budget": self.plan.budget,
            "sample": share(self.plan),
        }
        return CrawlOrder(**{**said, **more})  # type: ignore[arg-type]  # keys are CrawlOrder's own


def asked(plan: Plan, outlet: Outlet, run: str, now: datetime) -> Asked:
    """A plan read for one outlet.

    Raises:
        UsageError: a bad window, or one that is open at its beginning.
    """
    today = today_in(outlet, now)
    window = read_window(plan.since, plan.until, plan.round, today)
    until = window.until or today + timedelta(days=1)
    if window.since is None:
        raise UsageError("a backfill needs its first day: --since, or --round")
    if window.since >= until:
        raise UsageError(f"{window.since} lies in the future; nothing can be filled")
    tomorrow = now.date() + timedelta(days=1)
    seen = min(read_day(plan.seen_until, today), tomorrow) if plan.seen_until else tomorrow
    if seen <= window.since:
        raise UsageError(f"no copy was made before {seen} of what was published from {window.since} on")
    closed = Window(since=window.since, until=until)
    return Asked(plan=plan, outlet=outlet, run=run, now=now, window=closed, seen_until=seen)


def sources(plan: Plan, outlet: Outlet, run: str, now: datetime) -> list[Source]:
    """Where one outlet's past is looked for, in the order of `--via`.

    Kinds of seeds that follow each other are asked together: a slice at a time where their addresses name days, else
    once for the whole window, because they would be read whole again for every slice. Of a closed outlet only web
    archives are asked.

    Raises:
        UsageError: a bad window, or a source that there is not.
    """
    asking = asked(plan, outlet, run, now)
    names = [name for name in named(plan, outlet) if _has(outlet, name)]
    return [
        source
        for sort, group in groupby(names, lambda name: _sort(outlet, name))
        for source in (_source(asking, sort, list(group)),)
        if source.orders
    ]


def named(plan: Plan, outlet: Outlet) -> list[str]:
    """The sources that a plan means for an outlet; a closed one's own host is not asked.

    Raises:
        UsageError: a source that there is not, or none for a closed outlet.
    """
    default = [*ARCHIVES] if outlet.closed is not None else [*LIVE]
    said = list(EVERYTHING) if ALL in plan.via else list(dict.fromkeys(plan.via)) or default
    for name in said:
        if name not in EVERYTHING:
            raise UsageError(f"--via {name} is no source; there are {', '.join(EVERYTHING)} and {ALL}")
    open_ = [name for name in said if name in ARCHIVES or outlet.closed is None]
    if not open_:
        raise UsageError(f"{outlet.id} closed on {outlet.closed}; ask web archives: --via {','.join(ARCHIVES)}")
    return open_


def _has(outlet: Outlet, name: str) -> bool:
    """Whether there is anything to ask of the source: its seeds, or a host to ask an archive about."""
    return bool(outlet.hosts) if name in ARCHIVES else any(seed.kind == name for seed in outlet.seeds)


def _sort(outlet: Outlet, name: str) -> str:
    """What sources must share to be asked together."""
    if name in ARCHIVES:
        return name
    return "dated" if _is_dated(outlet, SeedKind(name)) else "whole"


def _is_dated(outlet: Outlet, kind: SeedKind) -> bool:
    """Whether all its seeds can be asked for single days; WordPress's REST can, whatever its address looks like."""
    urls = [seed.url for seed in outlet.seeds if seed.kind is kind]
    return kind is SeedKind.REST or all(any(word in url for word in DATED) for url in urls)


def _source(asking: Asked, sort: str, names: list[str]) -> Source:
    if sort in ARCHIVES:
        return Source(name=sort, via=ARCHIVES[sort], orders=tuple(_archived(asking, ARCHIVES[sort])))
    since, until = asking.window.since, asking.window.until
    spans = [(since, until)]
    if sort == "dated" and since is not None and until is not None:
        spans = [*cut(since, until, asking.plan.slice)]
    kinds = tuple(map(SeedKind, names))
    orders = (asking.order(*span, kinds=kinds, pages=ALL_PAGES) for span in spans)
    return Source(name="+".join(names), via=Via.LIVE, orders=tuple(orders))


def _archived(asking: Asked, via: Via) -> Iterator[CrawlOrder]:
    """Orders to an archive: by years of capture, from the window's first day on; a copy may be made any time later."""
    since, until = asking.window.since, asking.window.until
    if since is None:
        return
    for seen_since, seen_until in cut(since, asking.seen_until, Slice.YEAR):
        yield asking.order(
            since,
            until,
            via=via,
            seen_since=seen_since,
            seen_until=seen_until,
            copies=asking.plan.copies,
            pages=COPIES_OF_LISTING,
        )


def cut(since: date, until: date, slice_: Slice) -> Iterator[tuple[date, date]]:
    """[since, until) cut at the first of each month or year, or into days; oldest first."""
    start = since
    while start < until:
        end = min(_next(start, slice_), until)
        yield start, end
        start = end


def _next(day: date, slice_: Slice) -> date:
    if slice_ is Slice.DAY:
        return day + timedelta(days=1)
    if slice_ is Slice.YEAR:
        return date(day.year + 1, 1, 1)
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def span_of(order: CrawlOrder) -> str:
    """The days that an order is about, for people: of capture when an archive is asked."""
    first, end = (order.since, order.until) if order.via is Via.LIVE else (order.seen_since, order.seen_until)
    return f"{first or '…'} to {end - timedelta(days=1) if end else '…'}"


def name_of(order: CrawlOrder, outlet: Outlet) -> str:
    """The same name for the same question: whatever the run and the instant, as long as the outlet's facts stand."""
    said = {name: value for name, value in order.dump().items() if name not in ("run", "now")}
    whole = json.dumps([said, asdict(outlet)], ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(whole.encode()).hexdigest()[:32]
