"""What a run is asked to do, and the crawl orders that come of it; pure: no clock, no network, no Prefect."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from archive.errors import UsageError
from archive.records import Window
from crawler.orders import SAMPLE, CrawlOrder
from crawler.outlet import OTHER, Outlet, SeedKind
from crawler.rounds import built_in, window_of

DEFAULT_SINCE: Final = "7d"
DATED: Final = ("{yyyy}", "{mm}", "{dd}")
NOT_YET: Final = ("wayback", "commoncrawl")
BACKFILLED: Final = (SeedKind.SITEMAP, SeedKind.SECTION, SeedKind.FEED, SeedKind.REST)
# A listing without dates is turned page by page: a few for the last days, many for the past.
RECENT: Final = timedelta(days=32)
DAILY_PAGES: Final = 10
MANY_PAGES: Final = 100
ALL_PAGES: Final = 10_000  # of a backfill: the window's first day ends the turning
_AGO: Final = re.compile(r"(?P<count>[0-9]{1,4})(?P<unit>[dwmy])")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Slice(StrEnum):
    """How a backfill's window is cut."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class Source(StrEnum):
    """What a rebuild starts from."""

    TEXT = "text"
    WARC = "warc"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A crawl or backfill as a person or a schedule asks for it; relative days are read when the run starts."""

    outlets: tuple[str, ...] = ()  # ids; empty: every outlet that is crawled live
    since: str | None = None  # 2017-01-23 or 7d, 2w, 3m, 1y ago, in each outlet's civil days
    until: str | None = None
    round: int | None = None  # instead of since and until
    limit: int | None = None  # stories of each outlet
    via: tuple[str, ...] = ()  # kinds of seeds; empty: all of a crawl, or those a backfill knows
    slice: Slice = Slice.MONTH  # of a backfill
    budget: int | None = None  # stories of each order of which nothing is known beforehand; None is no bound
    sample: float | None = None  # share of those refused by their hints that is fetched all the same; 1 takes all

    def dump(self) -> dict[str, object]:
        """What was asked for, as JSON values, without what was not."""
        return {name: value for name, value in asdict(self).items() if value not in (None, ())}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuild:
    """A rebuild as a person asks for it; of one outlet only the reading, the index is always whole."""

    source: Source = Source.TEXT
    outlet: str | None = None

    def dump(self) -> dict[str, object]:
        """What was asked for, as JSON values."""
        return {"from": self.source.value, **({"outlet": self.outlet} if self.outlet else {})}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a run works when not where the settings say: the store, a folder of more outlets."""

    store: str | None = None
    outlets: str | None = None

    def given(self) -> dict[str, str | None]:
        """The settings that this place gives. A folder brings its own catalog and spool, whatever else is set."""
        given: dict[str, str | None] = {name: value for name, value in asdict(self).items() if value is not None}
        own = self.store is not None and not self.store.startswith("s3://")
        return {**given, "catalog": None, "spool": None} if own else given


def read_day(said: str, today: date) -> date:
    """A day as people type it: 2017-01-23, or 7d, 2w, 3m, 1y before today.

    Raises:
        UsageError: it is neither.
    """
    try:
        if _DAY.fullmatch(said):
            return date.fromisoformat(said)
        if found := _AGO.fullmatch(said):
            return _before(today, int(found["count"]), found["unit"])
    except (ValueError, OverflowError):
        raise UsageError(f"{said!r} is no day of the calendar") from None
    raise UsageError(f"{said!r} is no day; write 2017-01-23, or 7d, 2w, 3m, 1y for so long ago")


def _before(today: date, count: int, unit: str) -> date:
    if unit in "dw":
        return today - timedelta(days=count * (7 if unit == "w" else 1))
    months = today.year * 12 + today.month - 1 - count * (12 if unit == "y" else 1)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))


def read_window(since: str | None, until: str | None, number: int | None, today: date) -> Window:
    """The publication days asked for, half-open.

    Raises:
        UsageError: a bad day, an unknown round, both a round and days, or an end before its beginning.
    """
    if number is not None:
        if since or until:
            raise UsageError("give a round or days (--since, --until), not both")
        return window_of(number, built_in())
    window = Window(
        since=read_day(since, today) if since else None,
        until=read_day(until, today) if until else None,
    )
    if window.since and window.until and window.since >= window.until:
        raise UsageError(f"no day lies in [{window.since}, {window.until}): --until is the first day left out")
    return window


def choose(outlets: Mapping[str, Outlet], names: tuple[str, ...]) -> list[Outlet]:
    """The outlets named; all that can be crawled live when none is.

    Raises:
        UsageError: an outlet is unknown, has no seeds, or is closed.
    """
    if not names:
        chosen = [outlet for outlet in outlets.values() if outlet.seeds and outlet.closed is None]
        if not chosen:
            raise UsageError("no outlet can be crawled; put outlet files into the folder that ASTANA_OUTLETS names")
        return chosen
    return [_crawled(outlets, name) for name in dict.fromkeys(names)]


def _crawled(outlets: Mapping[str, Outlet], name: str) -> Outlet:
    if name not in outlets:
        known = ", ".join(sorted(set(outlets) - {OTHER}))
        raise UsageError(f"there is no outlet {name!r}; known are {known}")
    outlet = outlets[name]
    if outlet.closed is not None:
        raise UsageError(
            f"{name} closed on {outlet.closed}; it is read from web archives only, which are not there yet"
        )
    if not outlet.seeds:
        raise UsageError(f"{name} has no seeds; there is nothing to crawl")
    return outlet


def today_in(outlet: Outlet, now: datetime) -> date:
    """The outlet's civil day."""
    return now.astimezone(ZoneInfo(outlet.timezone)).date()


def crawl_order(plan: Plan, outlet: Outlet, run: str, now: datetime) -> CrawlOrder:
    """What one outlet is asked for in a crawl. Raises UsageError."""
    since = plan.since or (None if plan.round is not None else DEFAULT_SINCE)
    window = read_window(since, plan.until, plan.round, today_in(outlet, now))
    return CrawlOrder(
        run=run,
        outlet=outlet.id,
        now=now,
        since=window.since,
        until=window.until,
        limit=plan.limit,
        kinds=seed_kinds(plan.via, tuple(SeedKind)) if plan.via else (),
        budget=plan.budget,
        sample=share(plan),
        pages=DAILY_PAGES if window.since and today_in(outlet, now) - window.since < RECENT else MANY_PAGES,
    )


def backfill_orders(plan: Plan, outlet: Outlet, run: str, now: datetime) -> list[CrawlOrder]:
    """What one outlet is asked for in a backfill: a slice at a time where its seeds name days, else all at once.

    A kind of seed that cannot be asked for single days would be read whole again for every slice.

    Raises:
        UsageError: a bad window or kind, or a window that is open at its beginning.
    """
    window = read_window(plan.since, plan.until, plan.round, today_in(outlet, now))
    after = window.until or today_in(outlet, now) + timedelta(days=1)
    if window.since is None:
        raise UsageError("a backfill needs its first day: --since, or --round")
    if window.since >= after:
        raise UsageError(f"{window.since} lies in the future; nothing can be filled")
    dated, whole = _by_dates(outlet, seed_kinds(plan.via, BACKFILLED))
    spans = [(kinds, span) for kinds in (dated,) if kinds for span in cut(window.since, after, plan.slice)]
    spans += [(whole, (window.since, after))] if whole else []
    return [
        CrawlOrder(
            run=run,
            outlet=outlet.id,
            now=now,
            since=since,
            until=until,
            limit=plan.limit,
            kinds=kinds,
            budget=plan.budget,
            sample=share(plan),
            pages=ALL_PAGES,
        )
        for kinds, (since, until) in spans
    ]


def share(plan: Plan) -> float:
    """The share of those refused by their hints that is fetched all the same."""
    return SAMPLE if plan.sample is None else plan.sample


def seed_kinds(via: tuple[str, ...], known: tuple[SeedKind, ...]) -> tuple[SeedKind, ...]:
    """The kinds of seeds that `--via` names; all known ones when it names none.

    Raises:
        UsageError: an unknown kind, or a web archive.
    """
    for name in via:
        if name in NOT_YET:
            raise UsageError(f"--via {name} is not there yet; there are {', '.join(known)}")
        if name not in known:
            raise UsageError(f"--via {name} is no kind of seed; there are {', '.join(known)}")
    return tuple(SeedKind(name) for name in dict.fromkeys(via)) or known


def _by_dates(outlet: Outlet, kinds: tuple[SeedKind, ...]) -> tuple[tuple[SeedKind, ...], tuple[SeedKind, ...]]:
    """The outlet's kinds of seeds that can be asked for single days, and those that cannot."""
    urls = {kind: [seed.url for seed in outlet.seeds if seed.kind is kind] for kind in kinds}
    held = [kind for kind in kinds if urls[kind]]
    # WordPress's REST answers for the days it is asked about, whatever its address looks like.
    dated = tuple(
        kind for kind in held if kind is SeedKind.REST or all(any(word in url for word in DATED) for url in urls[kind])
    )
    return dated, tuple(kind for kind in held if kind not in dated)


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
