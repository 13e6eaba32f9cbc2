"""A look at outlets: their seeds asked, the answers weighed, changes of their files proposed; it edits no file."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from archive import warc
from archive.errors import UsageError
from archive.records import Capture, Via, Window
from archive.sealing import OPEN, waiting_files
from archive.settings import Settings, load_settings
from archive.storage import open_storage
from crawler.crawl import crawl
from crawler.orders import CrawlOrder, CrawlReport
from crawler.outlet import file_of, load_outlet, load_outlets
from crawler.scout import draft
from crawler.scout.draft import Draft
from crawler.scout.evidence import Evidence, SeedSeen, look
from crawler.scout.proposal import Change, diff, edited, propose
from flows import work
from flows.moves import PLAIN
from flows.plans import Place, Plan, choose
from flows.reports import OutletReport, RunFailedError

AGO: Final = 7  # days whose maps a first look reads
PROPOSALS: Final = "proposals"  # where diffs are written to, unless told otherwise


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a look at one outlet found, and what it speaks for."""

    outlet: str
    evidence: Evidence
    seeds: tuple[SeedSeen, ...]  # of the evidence, with what the crawl itself counted
    changes: tuple[Change, ...] = ()
    failed: str | None = None
    diff: str = ""


async def live(plan: Plan, place: Place, today: date) -> list[Look]:
    """Ask every seed of the outlets and weigh the answers. Raises as `work.crawl`."""
    settings = load_settings(**place.given())
    try:
        report = await work.check(plan, place, PLAIN)
    except RunFailedError as failure:
        report = failure.report
    return [_weighed(one, settings, today) for one in report.outlets]


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
    evidence = look(outlet, _captures(settings, outlet.id, report.sealed, runs))
    seeds = tuple(_counted(report, evidence))
    found = Look(outlet=outlet.id, evidence=evidence, seeds=seeds, failed=report.failed)
    return _with(found, propose(outlet, evidence, today), settings)


def _with(found: Look, changes: Sequence[Change], settings: Settings) -> Look:
    """The look with these changes proposed. What an archive captured then says nothing of what is gone today."""
    text = file_of(found.outlet, settings.outlets).read_text(encoding="utf-8")
    told = diff(found.outlet, text, edited(text, changes)) if changes else ""
    return replace(found, changes=tuple(changes), diff=told)


def _captures(settings: Settings, outlet: str, sealed: Iterable[str], runs: set[str]) -> Iterator[Capture]:
    """What a look itself captured, from the shelf and from what waits in the spool."""
    storage = open_storage(settings.store)
    for key in sealed:
        with storage.open(key) as stream:
            yield from _of(runs, warc.read(stream, key, outlet))
    for path in waiting_files(settings.spool_dir, outlet, OPEN):
        with path.open("rb") as stream:
            yield from _of(runs, warc.read(stream, path.name, outlet))


def _of(runs: set[str], found: Iterator[Capture | warc.Damage]) -> Iterator[Capture]:
    return (capture for capture in found if isinstance(capture, Capture) and capture.hints.run in runs)


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
    folder.mkdir()
    path = folder / f"{drafted.id}.yml"
    path.write_text(drafted.text(), encoding="utf-8")
    outlet = load_outlet(path)
    there = load_settings(store=str(folder / "store"), outlets=folder, catalog=None, spool=None)
    since = now.date() - timedelta(days=AGO)
    report = await crawl(CrawlOrder(run="look", outlet=outlet.id, now=now, since=since, limit=0, pages=1), there)
    return look(outlet, _captures(there, outlet.id, report.sealed, {report.run}))


def _why(seen: Evidence) -> str:
    said = [f"{seed.url} {seed.problem or 'listed nothing'}" for seed in seen.seeds]
    return "; ".join(said[:5]) or "no seed was answered"
