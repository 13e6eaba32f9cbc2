"""The `outlets` commands: which there are, one's facts, what their seeds give today."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Exit

from archive.errors import UsageError
from archive.texts import to_line
from flows.options import Form, Where
from flows.show import Listing, facts, note, progress

if TYPE_CHECKING:
    from crawler.orders import SeedReport
    from crawler.outlet import Outlet
    from flows.reports import RunReport

Ids = Annotated[list[str] | None, Argument(metavar="[ID…]", help="Outlets; all if none.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What one seed of an outlet gave."""

    outlet: str
    kind: str
    url: str
    pages: int
    candidates: int
    problem: str | None


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


def check(where: Where, form: Form, ids: Ids = None) -> None:
    """Ask every seed now, without fetching a story, and say what each gave."""
    from flows import work
    from flows.moves import PLAIN
    from flows.plans import Plan
    from flows.reports import RunFailedError

    try:
        with progress():
            report = asyncio.run(work.check(Plan(outlets=tuple(ids or ())), where.place(), PLAIN))
    except RunFailedError as failure:
        report = failure.report
    found = list(_probes(report))
    _probe_listing().show(found, as_json=form.as_json)
    silent = sorted({probe.outlet for probe in found if probe.problem or not probe.candidates})
    for outlet, reason in report.failures:
        note(f"{outlet} failed: {reason}")
    if silent or report.failures:
        raise Exit(1)


def _probes(report: RunReport) -> Iterator[Probe]:
    for one in report.outlets:
        for crawl in one.crawls:
            yield from (_probe(one.outlet, seed) for seed in crawl.seeds)


def _probe(outlet: str, seed: SeedReport) -> Probe:
    counts = {"pages": seed.pages, "candidates": seed.candidates}
    return Probe(outlet=outlet, kind=seed.kind, url=seed.url, problem=seed.problem, **counts)


def _probe_listing() -> Listing[Probe]:
    return Listing(
        columns={
            "outlet": lambda probe: probe.outlet,
            "kind": lambda probe: probe.kind,
            "pages": lambda probe: probe.pages,
            "stories": lambda probe: probe.candidates,
            "seed": lambda probe: probe.url,
            "problem": lambda probe: probe.problem or ("gave no story" if not probe.candidates else None),
        },
        dump=asdict,
        none="no seed was asked",
    )
