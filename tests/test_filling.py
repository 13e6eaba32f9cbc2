"""Backfills of the practice press: source after source, stopped on the way and gone on with."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from archive.catalog.query import Query
from flows import journal, work
from flows.journal import Outcome
from flows.moves import PLAIN, Moves
from flows.plans import Place, Plan
from flows.reports import Progress, RunFailedError, RunReport, SourceReport
from tests.practice import Practice, practice

pytestmark = pytest.mark.long  # whole crawls of the practice press

QUERY = Query(include_off_topic=True)
WASLA = Plan(outlets=("wasla",), since="2017-01-10", until="2017-04-01", sample=1)


class Watched:
    """Hears how far a run is, and stops it after so many slices."""

    def __init__(self, stop: int | None = None) -> None:
        self.heard: list[Progress] = []
        self._stop = stop

    @property
    def moves(self) -> Moves:
        return replace(PLAIN, tell=self.tell)

    async def tell(self, progress: Progress) -> None:
        self.heard.append(progress)
        if progress.done == self._stop:
            raise asyncio.CancelledError


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    with practice(tmp_path_factory.mktemp("filling")) as opened:
        yield opened


def filled(press: Practice, folder: Path, plan: Plan = WASLA, watched: Watched | None = None) -> RunReport:
    place = Place(store=str(folder / "store"), outlets=str(press.outlets))
    return asyncio.run(work.backfill(plan, place, (watched or Watched()).moves))


def asked(press: Practice, since: int) -> list[str]:
    """The months whose daily maps were asked for since then."""
    return [f"{ask.query['yyyy']}-{ask.query['mm']}" for ask in press.newsroom.log[since:] if "sitemap" in ask.path]


def test_a_stopped_backfill_is_gone_on_with_and_its_slices_are_not_asked_again(press: Practice, tmp_path: Path) -> None:
    with pytest.raises(asyncio.CancelledError):
        filled(press, tmp_path, watched=Watched(stop=2))
    first = len(press.newsroom.log)
    report = filled(press, tmp_path)
    [sitemaps, feed] = report.outlets[0].sources
    assert (sitemaps.slices, sitemaps.resumed, feed.resumed) == (3, 2, 0)
    assert set(asked(press, first)) == {"2017-03"}
    with Practice(newsroom=press.newsroom, store=tmp_path / "store", outlets=press.outlets).open() as archive:
        months = {story.published.earliest.strftime("%Y-%m") for story in archive.catalog.stories(QUERY)}
    assert {"2017-01", "2017-02", "2017-03"} <= months


def test_a_backfill_that_came_to_its_end_asks_everything_again_and_fetches_nothing(
    press: Practice, tmp_path: Path
) -> None:
    filled(press, tmp_path)
    first = len(press.newsroom.log)
    again = filled(press, tmp_path)
    assert [(source.resumed, source.fetched, source.new.stories) for source in again.outlets[0].sources] == [
        (0, 0, 0),
        (0, 0, 0),
    ]
    assert asked(press, first)


def test_each_source_says_what_it_brought_and_the_ledger_keeps_it(press: Practice, tmp_path: Path) -> None:
    watched = Watched()
    report = filled(press, tmp_path, watched=watched)
    [sitemaps, feed] = report.outlets[0].sources
    assert (sitemaps.name, sitemaps.slices, feed.name) == ("sitemap", 3, "feed")
    assert sitemaps.fetched >= sitemaps.on_topic + sitemaps.off_topic + sum(sitemaps.rejected.values()) > 0
    assert sitemaps.new.stories + feed.new.stories == report.indexed.new_stories > 0
    assert 0 < sitemaps.new.on_topic <= sitemaps.on_topic
    assert sitemaps.per_on_topic == sitemaps.fetched / sitemaps.on_topic
    missing = report.outlets[0].missing
    assert missing is not None
    assert (missing.since, missing.until) == ("2017-01-10", "2017-04-01")
    assert [progress.done for progress in watched.heard] == [1, 2, 3, 3, 4, 4]
    assert [name for name, _ in watched.heard[-1].sources] == ["wasla", "wasla"]
    with Practice(newsroom=press.newsroom, store=tmp_path / "store", outlets=press.outlets).open() as archive:
        kept = journal.runs(archive.storage)[0]
    assert kept.outcome is Outcome.DONE
    assert kept.found["outlets"][0]["sources"][0]["new"]["stories"] == sitemaps.new.stories


def test_trouble_with_the_live_host_ends_what_is_asked_of_it_and_its_done_slices_stay_done(
    press: Practice, tmp_path: Path
) -> None:
    outlets = tmp_path / "outlets"
    press.newsroom.write_outlets(outlets)
    midan = outlets / "midan.yml"
    good = midan.read_text("utf-8")
    midan.write_text(good.replace(press.newsroom.hosts["midan"], "127.0.0.1:9"), "utf-8")
    place = Place(store=str(tmp_path / "store"), outlets=str(outlets))
    plan = Plan(outlets=("midan", "wasla"), since="2017-01-10", until="2017-02-01", via=("section", "sitemap", "feed"))
    with pytest.raises(RunFailedError) as failure:
        asyncio.run(work.backfill(plan, place, PLAIN))
    by_name = {one.outlet: one for one in failure.value.report.outlets}
    assert by_name["midan"].failed
    assert by_name["midan"].sources[0].failed == by_name["midan"].failed
    assert by_name["wasla"].failed is None
    midan.write_text(good, "utf-8")
    report = asyncio.run(work.backfill(plan, place, PLAIN))
    again: dict[str, tuple[SourceReport, ...]] = {one.outlet: one.sources for one in report.outlets}
    assert all(source.resumed == source.slices for source in again["wasla"])
    assert sum(source.new.stories for source in again["midan"]) > 0
