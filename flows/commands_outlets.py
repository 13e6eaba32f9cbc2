"""The `outlets` commands: which there are, one's facts, what their seeds give today, a draft for a new one."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Exit, Option

from archive.errors import UsageError
from archive.records import Reading, Rejection
from archive.texts import to_line
from flows.options import Days, Form, Where
from flows.show import Listing, facts, note, progress

if TYPE_CHECKING:
    from crawler.outlet import Outlet
    from crawler.scout.evidence import SeedSeen
    from flows.scouting import Look

Ids = Annotated[list[str] | None, Argument(metavar="[ID…]", help="Outlets; all if none.")]


class Asked(StrEnum):
    """Who is asked about an outlet."""

    LIVE = "live"
    WAYBACK = "wayback"


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What one seed of an outlet gave."""

    outlet: str
    seed: SeedSeen

    @property
    def trouble(self) -> str | None:
        """Why the seed is of no use as it stands; None when it lists stories."""
        if self.seed.problem:
            return self.seed.problem
        if self.seed.works:
            return None
        return "none of its addresses is a story by the file's patterns" if self.seed.listed else "gave no story"


def listed(where: Where, form: Form) -> None:
    """Which outlets there are."""
    from crawler.outlet import OTHER, load_outlets

    listing: Listing[Outlet] = Listing(
        columns={
            "id": lambda outlet: outlet.id,
            "name": lambda outlet: outlet.name,
            "english": lambda outlet: outlet.english,
            "country": lambda outlet: outlet.country,
            "seeds": lambda outlet: sorted({seed.kind.value for seed in outlet.seeds}),
            "crawled": lambda outlet: f"closed {outlet.closed}" if outlet.closed else "live",
        },
        dump=_outlet_json,
    )
    outlets = load_outlets(where.settings().outlets)
    listing.show((outlet for outlet in outlets.values() if outlet.id != OTHER), as_json=form.as_json)


def _outlet_json(outlet: Outlet) -> Mapping[str, object]:
    """Every fact of the file, in JSON's own types."""
    import json

    said: dict[str, object] = json.loads(json.dumps(asdict(outlet), default=str, ensure_ascii=False))
    return said


def show(
    ids: Annotated[list[str], Argument(metavar="ID…", help="Outlets.")],
    where: Where,
    form: Form,
) -> None:
    """One outlet's facts, as its file says them."""
    from crawler.outlet import load_outlets

    outlets = load_outlets(where.settings().outlets)
    for name in ids:
        if name not in outlets:
            raise UsageError(f"there is no outlet {name!r}; see astana outlets")
        if form.as_json:
            print(to_line(dict(_outlet_json(outlets[name]))))
        else:
            facts(dict(_facts(outlets[name])))


def _facts(outlet: Outlet) -> Iterator[tuple[str, object]]:
    plain = ("id", "name", "english", "country", "timezone", "language", "agency", "hosts", "closed")
    yield from ((name, getattr(outlet, name)) for name in plain)
    yield "pace", f"{outlet.pace.delay} seconds between requests, {outlet.pace.concurrency} at once"
    for number, seed in enumerate(outlet.seeds, 1):
        days = f" ({seed.since or '…'} to {seed.until or '…'})" if seed.since or seed.until else ""
        yield f"seed {number}", f"{seed.kind.value} {seed.url}{days}"
    yield from (("story", outlet.story.url), ("story id", outlet.story.id), ("never", outlet.story.never))
    for number, page in enumerate(outlet.pages, 1):
        yield f"layout {number}", {value: key for key, value in asdict(page).items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """How outlets are looked at."""

    via: Annotated[Asked, Option(help="Whom to ask: the outlets' own hosts, or a web archive's index.")] = Asked.LIVE
    out: Annotated[str, Option(help="Where proposals are written to.", metavar="DIR")] = "proposals"


def check(where: Where, days: Days, form: Form, asked: Check, ids: Ids = None) -> None:
    """Ask every seed now, without fetching a story, and say what each gave; write what should be changed as a diff."""
    from flows import scouting
    from flows.plans import Plan, read_window

    now = datetime.now(UTC)
    with progress():
        if asked.via is Asked.WAYBACK:
            window = read_window(days.since, days.until, days.round, now.date())
            looks = asyncio.run(scouting.archived(tuple(ids or ()), window, where.place(), now))
        else:
            plan = Plan(outlets=tuple(ids or ()), since=days.since, until=days.until, round=days.round)
            looks = asyncio.run(scouting.live(plan, where.place(), now))
    found = [Probe(outlet=one.outlet, seed=seed) for one in looks for seed in one.seeds]
    _probe_listing().show(found, as_json=form.as_json)
    for one in looks:
        _tell(one, scouting.write(one, Path(asked.out)))
    if any(one.failed for one in looks) or any(probe.trouble for probe in found):
        raise Exit(1)


def _tell(found: Look, path: Path | None) -> None:
    """What speaks for changes, and where they are written; why the outlet as a whole failed."""
    if found.failed:
        note(f"{found.outlet} failed: {found.failed}")
    for change in found.changes:
        note(f"{found.outlet}: {change.why}")
    if path is not None:
        note(f"{found.outlet}: {len(found.changes)} changes proposed in {path}; nothing was changed")


def _probe_json(probe: Probe) -> Mapping[str, object]:
    said = asdict(probe.seed)
    counts = {"pages": len(probe.seed.statuses), "candidates": probe.seed.listed}
    return {"outlet": probe.outlet, **said, **counts, "problem": probe.trouble}


def _probe_listing() -> Listing[Probe]:
    return Listing(
        columns={
            "outlet": lambda probe: probe.outlet,
            "kind": lambda probe: probe.seed.kind,
            "answered": lambda probe: " ".join(map(str, probe.seed.statuses)) or None,
            "listed": lambda probe: probe.seed.listed,
            "stories": lambda probe: probe.seed.stories or ("as before" if probe.seed.unchanged else 0),
            "seed": lambda probe: probe.seed.url,
            "problem": lambda probe: probe.trouble,
        },
        dump=_probe_json,
        none="no seed was asked",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """Pages of one outlet and layout of which no article could be made, and the first of them."""

    first: Reading
    layout: str
    pages: int = 0

    @property
    def why(self) -> tuple[str, str]:
        """The reason, and its detail."""
        outcome = self.first.outcome
        return (outcome.reason.value, outcome.detail) if isinstance(outcome, Rejection) else ("", "")


def unread(where: Where, form: Form, ids: Ids = None) -> None:
    """Pages that are held and that no reader made an article of, by outlet and layout: where a rule may be missing."""
    listing: Listing[Unread] = Listing(
        columns={
            "outlet": lambda one: one.first.outlet,
            "layout": lambda one: one.layout,
            "reason": lambda one: one.why[0],
            "pages": lambda one: one.pages,
            "story": lambda one: one.first.story,
            "url": lambda one: one.first.url,
        },
        dump=_unread_json,
        none="every page that is held was read, or was refused for what it is",
    )
    listing.show(_unread(where, ids or ()), as_json=form.as_json)


def _unread(where: Where, ids: Sequence[str]) -> Sequence[Unread]:
    from archive.terms import UNREAD, Reason
    from crawler.outlet import load_outlets

    outlets = load_outlets(where.settings().outlets)
    first: dict[tuple[str, ...], Unread] = {}
    pages: Counter[tuple[str, ...]] = Counter()
    with where.open() as archive:
        held = {key.split("/")[1] for key in archive.text_keys()}
        for name in ids:
            if name not in outlets and name not in held:
                raise UsageError(f"there is no outlet {name!r}; see astana outlets")
        for reading in archive.catalog.rejected(UNREAD):
            if ids and reading.outlet not in ids:
                continue
            layout = _layout(outlets.get(reading.outlet), reading)
            one = Unread(first=reading, layout=layout)
            # Pages beyond the bounds are of several sorts; each has its page to look at.
            key = (reading.outlet, layout, *(one.why if one.why[0] == Reason.BEYOND_BOUNDS else one.why[:1]))
            first.setdefault(key, one)
            pages[key] += 1
    return [replace(first[key], pages=pages[key]) for key in sorted(first)]


def _layout(outlet: Outlet | None, reading: Reading) -> str:
    """The outlet's own rule that was tried first."""
    page = outlet.page_on(datetime.fromisoformat(reading.date).date()) if outlet is not None else None
    if page is None:
        return "none of its own"
    return f"until {page.until}" if page.until else "of today"


def _unread_json(one: Unread) -> Mapping[str, object]:
    reason, detail = one.why
    first = one.first
    said = {"outlet": first.outlet, "layout": one.layout, "reason": reason, "detail": detail, "pages": one.pages}
    return {**said, "story": first.story, "url": first.url, "record": first.record, "captured": first.date}


def add(
    address: Annotated[str, Argument(metavar="URL", help="A page of the site that lists stories.")],
    name: Annotated[str | None, Option("--id", help="The outlet's id; made of its host if not given.")] = None,
    out: Annotated[str | None, Option(help="Where to write the file; standard output if not given.")] = None,
) -> None:
    """Look at a site and draft an outlet's file: feeds, maps, REST that it names; patterns of what they list."""
    from archive.settings import load_settings
    from flows import scouting

    target = Path(out) if out else None
    if target is not None and target.exists():
        raise UsageError(f"{target} is there already; nothing was asked")
    with progress():
        drafted = asyncio.run(scouting.drafted(address, name, load_settings(), datetime.now(UTC)))
    for seed in drafted.evidence.seeds:
        note(f"{seed.kind} {seed.url}: {seed.listed} addresses{f', {seed.problem}' if seed.problem else ''}")
    if target is None:
        print(drafted.text, end="")
    else:
        target.write_text(drafted.text, encoding="utf-8")
        note(f"{target} is a draft: read every line, then try it: astana outlets check {drafted.outlet}")
