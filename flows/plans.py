"""What a run is asked to do, and the crawl orders that come of it; pure: no clock, no network, no Prefect."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from archive.errors import UsageError
from archive.records import Via, Window
from crawler.orders import SAMPLE, Copies, CrawlOrder
from crawler.outlet import OTHER, Outlet, SeedKind
from crawler.rounds import built_in, window_of

DEFAULT_SINCE: Final = "7d"
ARCHIVES: Final = {via.value: via for via in (Via.WAYBACK, Via.COMMONCRAWL)}
# A listing without dates is turned page by page: a few for the last days, many for the past.
RECENT: Final = timedelta(days=32)
DAILY_PAGES: Final = 10
MANY_PAGES: Final = 100
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
    via: tuple[str, ...] = ()  # sources in their order; empty: all seeds of a crawl, or those a backfill begins with
    slice: Slice = Slice.MONTH  # of a backfill, where seeds name days
    copies: Copies = Copies.FIRST  # of a backfill from web archives
    seen_until: str | None = None  # the first day of capture that archives are not asked about; None: tomorrow
    budget: int | None = None  # stories of each order of which nothing is known beforehand; None is no bound
    sample: float | None = None  # share of those refused by their hints that is fetched all the same; 1 takes all
    due: bool | None = None  # of a crawl: ask only seeds whose last polls say that it is time

    def dump(self) -> dict[str, object]:
        """What was asked for, as JSON values, without what was not."""
        said = {name: value for name, value in asdict(self).items() if value not in (None, ())}
        return {name: value for name, value in said.items() if (name, value) != ("copies", Copies.FIRST)}


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


def choose(outlets: Mapping[str, Outlet], names: tuple[str, ...], via: tuple[str, ...] = ()) -> list[Outlet]:
    """The outlets named; all that can be asked live, or with a web archive among the sources all there are.

    Raises:
        UsageError: an outlet is unknown, has no seeds, or is closed and no archive is asked.
    """
    if names:
        return [_chosen(outlets, name) for name in dict.fromkeys(names)]
    archived = any(name in (*ARCHIVES, "all") for name in via)
    chosen = [one for one in outlets.values() if (archived and one.hosts) or (one.seeds and one.closed is None)]
    if not chosen:
        raise UsageError("no outlet can be crawled; put outlet files into the folder that ASTANA_OUTLETS names")
    return chosen


def _chosen(outlets: Mapping[str, Outlet], name: str) -> Outlet:
    if name not in outlets:
        known = ", ".join(sorted(set(outlets) - {OTHER}))
        raise UsageError(f"there is no outlet {name!r}; known are {known}")
    if not outlets[name].seeds and not outlets[name].hosts:
        raise UsageError(f"{name} has no seeds; there is nothing to crawl")
    return outlets[name]


def live(outlet: Outlet) -> Outlet:
    """The outlet, when its own host may be asked.

    Raises:
        UsageError: it is closed, or has no seeds.
    """
    if outlet.closed is not None:
        raise UsageError(
            f"{outlet.id} closed on {outlet.closed}; it is read from web archives only: astana backfill {outlet.id}"
        )
    if not outlet.seeds:
        raise UsageError(f"{outlet.id} has no seeds; there is nothing to crawl")
    return outlet


def today_in(outlet: Outlet, now: datetime) -> date:
    """The outlet's civil day."""
    return now.astimezone(ZoneInfo(outlet.timezone)).date()


def crawl_order(plan: Plan, outlet: Outlet, run: str, now: datetime) -> CrawlOrder:
    """What one outlet is asked for in a crawl. Raises UsageError."""
    live(outlet)
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


def share(plan: Plan) -> float:
    """The share of those refused by their hints that is fetched all the same."""
    return SAMPLE if plan.sample is None else plan.sample


def seed_kinds(via: tuple[str, ...], known: tuple[SeedKind, ...]) -> tuple[SeedKind, ...]:
    """The kinds of seeds that a crawl is asked for; all known ones when it names none.

    Raises:
        UsageError: an unknown kind, or a web archive: those are for backfills.
    """
    for name in via:
        if name not in known:
            raise UsageError(f"{name} is no kind of seed; there are {', '.join(known)}")
    return tuple(SeedKind(name) for name in dict.fromkeys(via)) or known
