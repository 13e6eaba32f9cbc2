"""What a backfill says before it asks anything, and what each figure rests on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from archive.records import Via, Window
from archive.settings import Settings
from crawler.archives.services import Service, service
from crawler.outlet import Expect, Outlet, Pace, Seed, SeedKind
from flows.forecast import Earlier, Forecast, Ground, earlier, forecast
from flows.journal import Outcome, Run
from flows.plans import Plan
from flows.reports import Missing
from flows.sources import sources
from tests import tiny

NOW = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
YEAR = Plan(since="2017-01-01", until="2018-01-01")
DAILY = Seed(kind=SeedKind.SITEMAP, url="https://a.example/{yyyy}-{mm}-{dd}.xml")
SECTION = Seed(kind=SeedKind.SECTION, url="https://a.example/news/{page}")
WHOLE = Window(since=date(2017, 1, 1), until=date(2018, 1, 1))


def services() -> list[Service]:
    return [one for via in Via if (one := service(via, Settings())) is not None]


def told(plan: Plan, outlet: Outlet, *before: Earlier, missing: Missing | None = None) -> dict[str, Forecast]:
    ground = Ground(services=services(), before=before, missing=missing)
    return {line.source: line for line in forecast(outlet, sources(plan, outlet, "plan", NOW), ground)}


def made(source: str = "section", window: Window = WHOLE) -> Earlier:
    return Earlier(run="backfill-1", outlet="a", source=source, window=window, fetched=100, on_topic=40)


def test_requests_of_dated_listings_are_counted_and_take_their_pace() -> None:
    outlet = tiny.outlet(seeds=(DAILY, SECTION), pace=Pace(delay=10, concurrency=1))
    lines = told(YEAR, outlet)
    assert (lines["sitemap"].slices, lines["sitemap"].listings, lines["section"].listings) == (12, 365, 1)
    assert lines["sitemap"].seconds == 365 * 10
    assert lines["sitemap"].listings_basis.startswith("at least: ")


def test_archives_are_counted_by_hosts_and_years_and_take_the_pace_of_the_service() -> None:
    outlet = tiny.outlet(hosts=("a.example", "www.a.example", "old.example"))
    lines = told(replace(YEAR, via=("wayback", "commoncrawl"), seen_until="2019-01-01"), outlet)
    assert (lines["wayback"].slices, lines["wayback"].listings) == (2, 4)
    assert lines["commoncrawl"].listings == 1 + 2 * 2 * 12 * 2
    assert round(lines["wayback"].seconds, 1) == 4 * 2.6


def test_what_no_run_measured_is_unknown_and_is_said_so() -> None:
    line = told(YEAR, tiny.outlet(seeds=(SECTION,)))["section"]
    assert (line.pages, line.adds, line.basis) == (None, None, "no run of this source is on record")
    weekly = tiny.outlet(seeds=(SECTION,), expect=Expect(stories_per_week=(7, 70)))
    assert told(YEAR, weekly)["section"].basis.endswith(
        "its file expects 365 to 3650 stories of all topics in these days"
    )


def test_what_listings_name_and_nobody_could_get_is_said_of_archives() -> None:
    lacking = Missing(since="a", until="b", stories={"listed but lost": 3, "blocked": 1, "refused unseen": 90})
    lines = told(replace(YEAR, via=("section", "wayback")), tiny.outlet(seeds=(SECTION,)), missing=lacking)
    assert lines["wayback"].basis.endswith("record; listings name 4 stories of these days that are lost or blocked")
    assert lines["section"].basis == "no run of this source is on record"


def test_an_estimate_is_measured_on_another_window_and_names_its_run() -> None:
    half = Window(since=date(2018, 1, 1), until=date(2018, 7, 2))
    line = told(YEAR, tiny.outlet(seeds=(SECTION,)), made("wayback"), made(window=half))["section"]
    assert (line.pages, line.adds) == (201, 80)
    assert line.basis == "estimate: backfill-1 fetched 100 and added 40 in 182 days"
    assert line.seconds > 201 * 5


def test_days_that_were_asked_about_already_add_nothing_that_is_known() -> None:
    line = told(YEAR, tiny.outlet(seeds=(SECTION,)), made())["section"]
    assert (line.pages, line.adds) == (0, 0)
    assert line.basis.startswith("backfill-1 asked it about these days already")


def run(**said: Any) -> Run:
    source = {"name": "section", "failed": None, "resumed": 0, "fetched": 7, "new": {"stories": 5, "on_topic": 3}}
    changed = {name: said.pop(name) for name in ("failed", "resumed") if name in said}
    found = {"outlets": [{"outlet": "a", "sources": [source | changed]}]}
    plan = {"since": "2017-01-01", "until": "2018-01-01"}
    whole = {"id": "backfill-1", "kind": "backfill", "started": NOW.isoformat(), "plan": plan, "found": found}
    return Run(**{"outcome": Outcome.DONE, **whole, **said})


def test_earlier_runs_are_read_from_the_ledger() -> None:
    assert earlier([run()], [tiny.outlet()]) == [replace(made(), fetched=7, on_topic=3)]
    assert earlier([run(plan={"round": 6})], [tiny.outlet()])[0].days == 8
    assert earlier([run(plan={"since": "7d"})], [tiny.outlet()])[0].days == 7


def test_runs_that_measured_nothing_whole_are_passed_over() -> None:
    nothing = [
        run(kind="crawl"),
        run(outcome=Outcome.INTERRUPTED),
        run(failed="blocked"),
        run(resumed=2),
        run(plan={}),
        run(plan={"round": 99}),
        run(found={}),
    ]
    assert earlier(nothing, [tiny.outlet()]) == []
    assert earlier([run()], []) == []
