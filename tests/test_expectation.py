"""A crawl's listings held against the outlet's file and earlier crawls: silence, too few, too many, sudden change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.settings import hand_down
from crawler import expectation
from crawler.expectation import Brought
from crawler.orders import CrawlOrder, CrawlReport
from crawler.outlet import Expect, SeedKind
from flows.cli import run
from tests.desk import news
from tests.sites import feed, served

TODAY = date(2026, 1, 10)
ORDER = CrawlOrder(run="r", outlet="a", now=datetime(2026, 1, 10, tzinfo=UTC), since=date(2026, 1, 3))
REPORT = CrawlReport(run="r", outlet="a", finished=True, ended="a: done")
EXPECT = Expect(stories_per_week=(14, 70), chars=(100, 5000))


def test_stories_are_what_is_listed_without_what_is_none_or_of_other_days() -> None:
    refused = {"not-a-story": 5, "foreign-host": 1, "outside-window": 4, "already-held": 7, "off-topic-hints": 20}
    found = expectation.brought(date(2026, 1, 3), TODAY, {"listed": 50, "again": 3}, refused)
    assert found == Brought(stories=37, days=7)


@pytest.mark.parametrize(
    ("stories", "days", "said"),
    [
        (14, 7, None),
        (70, 7, None),
        (2, 1, None),
        (0, 7, "silence: its seeds list no story of the last 7 days; its file expects 14 to 70"),
        (13, 7, "its seeds list 13 stories of the last 7 days; its file expects 14 to 70"),
        (71, 7, "its seeds list 71 stories of the last 7 days; its file expects 14 to 70"),
        (15, 14, "its seeds list 15 stories of the last 14 days; its file expects 28 to 140"),
    ],
)
def test_the_number_of_stories_is_held_against_the_file_by_the_days_asked_for(
    stories: int, days: int, said: str | None
) -> None:
    assert expectation.counted(EXPECT, Brought(stories=stories, days=days)) == said
    assert expectation.counted(Expect(), Brought(stories=stories, days=days)) is None


def test_a_change_is_sudden_only_against_a_habit() -> None:
    habit = [10.0, 12.0, 11.0]
    assert expectation.changed(Brought(stories=70, days=7), habit) is None
    assert expectation.changed(Brought(stories=7, days=7), habit) == (
        "sudden change: 1.0 stories a day are listed, 11.0 were in the last 3 crawls"
    )
    assert "sudden change" in (expectation.changed(Brought(stories=700, days=7), habit) or "")
    assert expectation.changed(Brought(stories=0, days=7), habit[:2]) is None
    assert expectation.changed(Brought(stories=0, days=7), [1.0, 2.0, 1.0]) is None


@given(st.integers(0, 10_000), st.integers(1, 32), st.lists(st.floats(0, 1000), max_size=12))
def test_a_crawl_like_every_crawl_before_it_is_no_change(stories: int, days: int, others: list[float]) -> None:
    found = Brought(stories=stories, days=days)
    assert expectation.changed(found, [found.rate] * (len(others) + 3)) is None


def test_the_usual_length_of_texts_is_held_against_the_file() -> None:
    assert expectation.measured(EXPECT, [120, 300, 90_000]) is None
    assert expectation.measured(EXPECT, []) is None
    assert (expectation.measured(EXPECT, [10, 20, 30]) or "").startswith("its 3 texts have 20 code points")


@pytest.mark.parametrize(
    ("order", "report", "comparable"),
    [
        (ORDER, REPORT, True),
        (replace(ORDER, limit=5), REPORT, False),
        (replace(ORDER, kinds=(SeedKind.FEED,)), REPORT, False),
        (replace(ORDER, since=date(2017, 1, 1)), REPORT, False),
        (replace(ORDER, since=None), REPORT, False),
        (replace(ORDER, until=date(2026, 1, 9)), REPORT, False),
        (ORDER, replace(REPORT, finished=False), False),
    ],
)
def test_only_a_whole_crawl_of_the_last_days_is_compared(
    order: CrawlOrder, report: CrawlReport, comparable: bool
) -> None:
    assert expectation.is_comparable(order, report, TODAY) is comparable


@pytest.mark.long
@pytest.mark.slow  # crawls in processes of their own
def test_silence_of_an_outlet_is_exit_1_with_its_reason_and_its_usual_week_is_0(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    outlets = tmp_path / "outlets"
    outlets.mkdir()
    facts = "name: م\nenglish: M\ncountry: SY\ntimezone: UTC\nlanguage: ar\nhosts: ['HOST']\n"
    facts += "seeds:\n  - {kind: feed, url: 'http://HOST/feed'}\nstory: {url: '/news/[0-9]+'}\n"
    facts += "pace: {delay: 0.01}\nallow_private: true\nexpect: {stories_per_week: [2, 9], chars: [30, 9000]}\n"
    hand_down({"ASTANA_STORE": str(tmp_path / "store"), "ASTANA_OUTLETS": str(outlets)})
    try:
        with served(
            {"/feed": lambda before: feed("/news/1", "/news/2") if before == 0 else feed(), **news(1, 2)}
        ) as site:
            (outlets / "trial.yml").write_text(facts.replace("HOST", site.host), encoding="utf-8")
            assert run(["crawl", "trial"]) == 0
            assert run(["crawl", "trial"]) == 1
    finally:
        hand_down({"ASTANA_STORE": None, "ASTANA_OUTLETS": None})
    said = capfd.readouterr().err
    assert "trial failed: not as expected: silence: its seeds list no story of the last 7 days" in said
