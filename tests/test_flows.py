from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.errors import LeaseError, StorageError, UsageError
from archive.storage import FolderStorage
from crawler.orders import CrawlReport, SeedReport
from flows import journal, runs, work
from flows.journal import Outcome, Run
from flows.moves import PLAIN
from flows.plans import Place, Plan, Rebuild, Source
from flows.reports import Indexed, OutletReport, RunFailedError, RunReport, said_of, total
from tests.practice import OUTLETS, Practice, practice

pytestmark = pytest.mark.slow  # whole crawls of the practice press

NOW = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)


# ---- on the practice press -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    with practice(tmp_path_factory.mktemp("flows")) as opened:
        yield opened


@pytest.fixture(scope="module")
def filled(press: Practice) -> RunReport:
    """The first weeks of 2017, filled by months."""
    return asyncio.run(work.backfill(Plan(outlets=OUTLETS, since="2017-01-10", until="2017-03-01"), press.place, PLAIN))


@pytest.mark.long
def test_a_backfill_goes_by_slices_where_seeds_name_days(filled: RunReport) -> None:
    crawls = {one.outlet: [{seed.kind for seed in crawl.seeds} for crawl in one.crawls] for one in filled.outlets}
    assert crawls["wasla"] == [{"sitemap"}, {"sitemap"}, {"feed"}]  # January, February, and the feed once
    assert crawls["midan"] == [{"section"}]
    assert filled.indexed.new_stories > 0
    assert filled.failures == ()


def test_a_backfill_brings_the_windows_stories_and_no_others(press: Practice, filled: RunReport) -> None:
    with press.open() as archive:
        days = [(held.first_day, held.last_day) for held in archive.catalog.held() if held.outlet == "wasla"]
    assert days
    assert all("2017-01-10" <= first <= last < "2017-03-01" for first, last in days if first and last)


@pytest.mark.long
def test_a_backfill_repeated_asks_for_no_page_that_is_held(press: Practice, filled: RunReport) -> None:
    plan = Plan(outlets=("wasla",), since="2017-01-10", until="2017-03-01")
    again = asyncio.run(work.backfill(plan, press.place, PLAIN))
    assert again.outlets[0].captures.get("page", 0) == 0
    assert again.outlets[0].refused["already-held"] > 0
    assert (again.indexed.new_stories, again.indexed.new_editions) == (0, 0)


def test_every_run_says_what_it_was_asked_and_how_it_ended(press: Practice, filled: RunReport) -> None:
    with press.open() as archive:
        run = next(run for run in journal.runs(archive.storage) if run.id == filled.run)
    assert run.outcome is Outcome.DONE
    assert run.plan["since"] == "2017-01-10"
    assert run.found == json.loads(json.dumps(filled.dump()))


def test_what_is_rebuilt_from_the_warcs_of_one_outlet_is_indexed_with_all(press: Practice, filled: RunReport) -> None:
    with press.open() as archive:
        stories = archive.counts().stories
        texts = [key for key in archive.text_keys() if key.startswith("text/ufuq/")]
        for key in texts:
            archive.storage.delete(key)
    report = asyncio.run(work.rebuild(Rebuild(source=Source.WARC, outlet="ufuq"), press.place, PLAIN))
    assert report.read == len(texts) > 0
    assert report.indexed.new_stories == stories


def test_a_plan_that_makes_no_sense_leaves_no_trace(press: Practice, tmp_path: Path) -> None:
    place = replace(press.place, store=str(tmp_path / "store"))
    asked = len(press.newsroom.log)
    with pytest.raises(UsageError):
        asyncio.run(work.crawl(Plan(outlets=("midan", "nobody")), place, PLAIN))
    with pytest.raises(UsageError):
        asyncio.run(work.backfill(Plan(outlets=OUTLETS, since="2017-01-01", via=("pigeon",)), place, PLAIN))
    assert not (tmp_path / "store").exists()
    assert len(press.newsroom.log) == asked


def test_nothing_is_rebuilt_where_nothing_is(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="there is no archive"):
        asyncio.run(work.rebuild(Rebuild(), Place(store=str(tmp_path / "none")), PLAIN))


def test_a_world_that_breaks_on_the_way_ends_the_run_and_the_ledger_says_so(press: Practice, tmp_path: Path) -> None:
    place = replace(press.place, store=str(tmp_path / "store"))
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "spool").touch()  # where the crawls would write first
    with pytest.raises(StorageError):
        asyncio.run(work.crawl(Plan(outlets=OUTLETS, since="2017-01-10", until="2017-02-01"), place, PLAIN))
    run = journal.runs(FolderStorage(tmp_path / "store"))[0]
    assert run.outcome is Outcome.FAILED
    assert run.reason


# ---- the journal ---------------------------------------------------------------------------------------------------


def test_a_run_that_never_ended_is_told_from_one_that_did(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path)
    lost = journal.begin(storage, "crawl", {"since": "7d"}, NOW)
    done = journal.begin(storage, "rebuild", {"from": "text"}, NOW + timedelta(minutes=1), "0a")
    journal.end(storage, done, {"outcome": Outcome.DONE, "found": {"read": 3}}, NOW + timedelta(minutes=2))
    newest, oldest = journal.runs(storage)
    assert (newest.id, newest.outcome, newest.found, newest.prefect) == (done.id, Outcome.DONE, {"read": 3}, "0a")
    assert newest.ended == (NOW + timedelta(minutes=2)).isoformat()
    assert (oldest.id, oldest.outcome, oldest.ended) == (lost.id, Outcome.NOT_ENDED, None)


def run(name: str, minute: int, prefect: str | None, outcome: Outcome = Outcome.NOT_ENDED) -> Run:
    started = (NOW + timedelta(minutes=minute)).isoformat()
    return Run(id=name, kind="crawl", started=started, plan={}, prefect=prefect, outcome=outcome)


def test_runs_of_the_ledger_and_of_the_server_are_told_once_each() -> None:
    written = [run("by-hand", 3, None, Outcome.DONE), run("ours", 2, "p2", Outcome.DONE), run("killed", 1, "p1")]
    crashed = replace(run("p1", 1, "p1", Outcome.FAILED), reason="Prefect says Crashed", ended="later")
    seen = [run("p4", 4, "p4", Outcome.FAILED), run("p2", 2, "p2", Outcome.FAILED), crashed]
    told = runs.joined(written, seen)
    assert [one.id for one in told] == ["p4", "by-hand", "ours", "killed"]
    assert told[2].outcome is Outcome.DONE  # the ledger's own word goes first
    assert (told[3].outcome, told[3].reason, told[3].ended) == (Outcome.FAILED, "Prefect says Crashed", "later")


@pytest.mark.parametrize(
    ("name", "api", "said"),
    [
        ("killed", "http://127.0.0.1:9/api", "does not answer"),
        ("by-hand", None, "started by hand"),
        ("done", None, "has ended already"),
        ("nobody", None, "there is no run nobody"),
    ],
)
def test_what_cannot_be_cancelled_is_refused(tmp_path: Path, name: str, api: str | None, said: str) -> None:
    storage = FolderStorage(tmp_path)
    names = {}
    for word, prefect in (("killed", "6f2c1c9e-7d0a-4a7e-9d64-3a1a6d6f7b10"), ("by-hand", None), ("done", None)):
        begun = journal.begin(storage, "crawl", {}, NOW, prefect)
        names[word] = begun
    journal.end(storage, names["done"], {"outcome": Outcome.DONE}, NOW)
    with pytest.raises((UsageError, runs.ServerError), match=said):
        runs.cancel(names[name].id if name in names else name, storage, api)


# ---- reports -------------------------------------------------------------------------------------------------------

CRAWL = CrawlReport(
    run="r",
    outlet="midan",
    finished=True,
    ended="every seed was followed to its end",
    captures={"page": 2, "seed": 1},
    refused={"not-a-story": 3},
    seeds=(SeedReport(kind="section", url="http://midan.example/1"),),
    sealed=("warc/midan/1.warc.gz",),
)


def test_counts_of_several_crawls_add_up() -> None:
    outlet = OutletReport(outlet="midan", crawls=(CRAWL, replace(CRAWL, captures={"page": 1, "robots": 1})))
    assert outlet.captures == {"page": 3, "robots": 1, "seed": 1}
    assert outlet.refused == {"not-a-story": 6}
    assert outlet.sealed == ("warc/midan/1.warc.gz",) * 2
    assert total([]) == {}


def test_a_crawl_is_told_in_one_line() -> None:
    assert said_of(CRAWL) == "2 page, 1 seed; refused 3 not-a-story; every seed was followed to its end"
    nothing = replace(CRAWL, captures={}, refused={}, ended="unreachable")
    assert said_of(nothing) == "nothing captured; unreachable"


def test_a_failed_run_names_each_outlet_with_its_reason() -> None:
    nothing = Indexed(objects=0, readings=0, new_stories=0, new_editions=0)
    outlets = (OutletReport(outlet="a", failed="gone"), OutletReport(outlet="b"), OutletReport(outlet="c", failed="no"))
    assert str(RunFailedError(RunReport(run="r", kind="crawl", outlets=outlets, indexed=nothing))) == "a: gone; c: no"


def test_a_lease_that_another_holds_is_no_reason_to_stop_the_others() -> None:
    assert not issubclass(LeaseError, StorageError)
