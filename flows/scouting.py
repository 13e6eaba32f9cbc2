"""A look at outlets: their seeds asked, the answers weighed, changes of their files proposed; it edits no file."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from archive.errors import UsageError
from archive.records import Via, Window
from archive.settings import Settings, load_settings
from crawler.crawl import crawl
from crawler.orders import CrawlOrder, CrawlReport
from crawler.outlet import Outlet, file_of, load_outlets
from crawler.scout import draft
from crawler.scout.draft import Draft
from crawler.scout.evidence import Evidence, SeedSeen, look
from crawler.scout.proposal import Change, diff, edited, propose
from flows import work
from flows.glances import captures_of, glance
from flows.moves import PLAIN
from flows.plans import Place, Plan, choose
from flows.proving import proved
from flows.reports import OutletReport, RunFailedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a look at one outlet found, and what it speaks for."""

    outlet: str
    evidence: Evidence
    seeds: tuple[SeedSeen, ...]  # of the evidence, with what the crawl itself counted
    changes: tuple[Change, ...] = ()
    failed: str | None = None
    diff: str = ""


async def live(plan: Plan, place: Place, now: datetime) -> list[Look]:
    """Ask every seed of the outlets and weigh the answers; of a closed one named, whether its host is its own still.

    Raises as `work.crawl`.
    """
    settings = load_settings(**place.given())
    known = load_outlets(settings.outlets)
    closed = [name for name in plan.outlets if name in known and known[name].closed and known[name].seeds]
    looks = [await _at_closed(known[name], settings, now) for name in dict.fromkeys(closed)]
    rest = tuple(name for name in plan.outlets if name not in closed)
    if closed and not rest:
        return looks
    try:
        report = await work.check(replace(plan, outlets=rest), place, PLAIN)
    except RunFailedError as failure:
        report = failure.report
    return [*(_weighed(one, settings, now.date()) for one in report.outlets), *looks]


async def _at_closed(outlet: Outlet, settings: Settings, now: datetime) -> Look:
    evidence, changes, failed = await proved(outlet, settings, now)
    return _with(Look(outlet=outlet.id, evidence=evidence, seeds=evidence.seeds, failed=failed), changes, settings)


async def archived(ids: Sequence[str], window: Window, place: Place, now: datetime) -> list[Look]:
    """Ask the Wayback Machine's index what it captured of the outlets in these days, and weigh that.

    Raises:
        UsageError: an outlet is unknown or has no hosts, or no first day is given.
    """
    settings = load_settings(**place.given())
    known = load_outlets(settings.outlets)
    if window.since is None:
        raise UsageError("an archive is asked for days: --since DAY, with --until DAY, or --round N")
    orders = [
        CrawlOrder(
            run=secrets.token_hex(8),
            outlet=outlet.id,
            now=now,
            via=Via.WAYBACK,
            seen_since=window.since,
            seen_until=window.until,
            limit=0,
        )
        for outlet in choose(known, tuple(ids), (Via.WAYBACK.value,))
    ]
    reports = [await crawl(order, settings) for order in orders]
    outlets = [OutletReport(outlet=one.outlet, crawls=(one,), failed=_failed(one)) for one in reports]
    looks = [_weighed(one, settings, now.date()) for one in outlets]
    return [_with(one, [change for change in one.changes if change.url or change.add], settings) for one in looks]


def _failed(report: CrawlReport) -> str | None:
    return None if report.finished else report.ended.removeprefix(f"{report.outlet}: ")


def _weighed(report: OutletReport, settings: Settings, today: date) -> Look:
    outlet = load_outlets(settings.outlets)[report.outlet]
    runs = {one.run for one in report.crawls}
    evidence = look(outlet, captures_of(settings, outlet.id, report.sealed, runs))
    seeds = tuple(_counted(report, evidence))
    found = Look(outlet=outlet.id, evidence=evidence, seeds=seeds, failed=report.failed)
    return _with(found, propose(outlet, evidence, today), settings)


def _with(found: Look, changes: Sequence[Change], settings: Settings) -> Look:
    """The look with these changes proposed. What an archive captured then says nothing of what is gone today."""
    text = file_of(found.outlet, settings.outlets).read_text(encoding="utf-8")
    told = diff(found.outlet, text, edited(text, changes)) if changes else ""
    return replace(found, changes=tuple(changes), diff=told)


def _counted(report: OutletReport, evidence: Evidence) -> Iterator[SeedSeen]:
    """Every seed that answered, where nothing new was sent with the count of what was held; then what went wrong."""
    told = {(seed.kind, seed.url): seed for crawled in report.crawls for seed in crawled.seeds}
    for one in evidence.seeds:
        said = told.pop((one.kind, one.url), None)
        if said is None:
            yield one
        else:
            listed = said.candidates if one.unchanged else one.listed
            yield replace(one, listed=listed, problem=said.problem or one.problem)
    for (kind, url), said in told.items():
        if said.problem:
            yield SeedSeen(kind=kind, url=url, problem=said.problem)


def write(found: Look, folder: Path) -> Path | None:
    """Write the proposal as `<outlet>.diff`; None when there is nothing to propose. Raises UsageError."""
    if not found.diff:
        return None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{found.outlet}.diff"
        path.write_text(found.diff, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{folder}: cannot be written: {error.strerror or error}") from None
    return path


# ---- a new outlet --------------------------------------------------------------------------------------------------


async def drafted(address: str, name: str | None, settings: Settings, now: datetime) -> Finished:
    """A first file for the site at an address: two looks at it, in an archive of their own that is thrown away.

    Raises:
        UsageError: no such address, a bad id, or the site gave nothing to begin with; nothing is written.
    """
    first = draft.begun(address, name)
    known = load_outlets(settings.outlets)
    owner = next((one.id for one in known.values() if one.owns(address)), None)
    if owner is not None or first.id in known:
        raise UsageError(f"{owner or first.id} is an outlet already; see astana outlets show {owner or first.id}")
    with tempfile.TemporaryDirectory(prefix="astana-look-") as folder:
        seen = await _look(first, Path(folder) / "first", now)
        second = first.after(seen)
        if second != first:
            seen = await _look(second, Path(folder) / "second", now)
    finished = second.finished(seen, now.date())
    if not finished.seeds:
        raise UsageError(f"{address}: no listing could be read there: {_why(seen)}")
    return Finished(outlet=finished.id, text=finished.text(), evidence=seen)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A drafted file and what it was drafted from."""

    outlet: str
    text: str
    evidence: Evidence


async def _look(drafted: Draft, folder: Path, now: datetime) -> Evidence:
    return look(*await glance(drafted.text(), drafted.id, folder, now))


def _why(seen: Evidence) -> str:
    said = [f"{seed.url} {seed.problem or 'listed nothing'}" for seed in seen.seeds]
    return "; ".join(said[:5]) or "no seed was answered"
