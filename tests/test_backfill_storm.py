"""Archives whose every so many answers go wrong, and a backfill that is killed five times: the same stories."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.newsroom.archives import STORM, Trouble
from crawler.orders import Copies
from flows import work
from flows.moves import PLAIN
from flows.plans import Plan
from tests import past_truth
from tests.backfilled import (
    SEEN_UNTIL,
    SINCE,
    UNTIL,
    Press,
    most_in_a_minute,
    pages,
    press,
    strange,
    titles_lost,
    titles_on_topic,
    titles_untold,
)
from tests.composed import ROOT

pytestmark = [pytest.mark.long, pytest.mark.timeout(1800)]

SAWARI = ("sawari",)
KILLS = 5
BETWEEN = 70  # requests from one start to its kill


def wanted() -> set[str]:
    """What must be found: all that is anywhere and told of by anything but its own text."""
    return titles_on_topic("sawari") - titles_lost() - titles_untold("sawari")


def test_with_every_fault_of_the_archives_the_same_stories_are_found(tmp_path: Path) -> None:
    with press(tmp_path, STORM, SAWARI) as opened:
        opened.crawl()
        report = opened.backfill()
        archives = opened.newsroom.archives
        assert archives is not None
        assert set(archives.troubles["wayback"].shown) == set(Trouble)
        assert wanted() <= opened.titles("sawari") <= titles_on_topic("sawari")
        assert report.failures == ()
        assert most_in_a_minute(opened.newsroom.log) <= 24
        assert strange(opened.newsroom.log, opened) == []


def test_killed_five_times_it_finds_the_same_stories_and_fetches_no_page_twice(tmp_path: Path) -> None:
    with press(tmp_path, outlets=SAWARI) as opened:
        opened.crawl()
        for _ in range(KILLS):
            kill_after(opened, len(opened.newsroom.log) + BETWEEN)
        last = started(opened)
        assert last.wait(timeout=900) == 0
        assert wanted() <= opened.titles("sawari") <= titles_on_topic("sawari")
        outlet = opened.outlet("sawari")
        held = {outlet.story_key(story.url) for story in opened.stories()["sawari"]}
        fetched = pages(opened.newsroom.log, opened)
        again = {key: number for (_, key), number in fetched.items() if key in held and number > 1}
        # What was under way when the process died was not reported, and is fetched once more.
        assert sum(number - 1 for number in again.values()) <= KILLS, again


def started(opened: Press) -> subprocess.Popen[bytes]:
    place = {"ASTANA_STORE": opened.place.store, "ASTANA_OUTLETS": opened.place.outlets}
    words = [
        "backfill",
        "sawari",
        "--since",
        SINCE,
        "--until",
        UNTIL,
        "--via",
        "all",
        "--slice",
        "year",
        "--seen-until",
        SEEN_UNTIL,
    ]
    env = {**os.environ, **{name: value for name, value in place.items() if value}}
    return subprocess.Popen([sys.executable, "-m", "tests.backfilling", *words], cwd=ROOT, env=env)


def kill_after(opened: Press, requests: int) -> None:
    """Start it, and end it and its crawl at once, without a word, when the servers have seen so many requests."""
    running = started(opened)
    assert opened.newsroom.waited(requests, 600)
    for process in (running.pid, *children(running.pid)):
        os.kill(process, signal.SIGKILL)
    running.wait(timeout=60)


def children(process: int) -> list[int]:
    found = [task.read_text() for task in Path(f"/proc/{process}/task").glob("*/children")]
    return [int(number) for words in found for number in words.split()]


def test_archives_that_show_different_texts_give_one_story_with_both(tmp_path: Path) -> None:
    with press(tmp_path, outlets=SAWARI) as opened:
        september = Plan(
            outlets=SAWARI,
            since="2017-09-15",
            until="2017-09-16",
            seen_until="2018-02-01",
            via=("wayback", "commoncrawl"),
            copies=Copies.CHANGED,
        )
        asyncio.run(work.backfill(september, opened.place, PLAIN))
        title = past_truth.pieces()[110].text.title
        [story] = [one for one in opened.stories()["sawari"] if one.editions[0].article.title == title]
        assert len(story.editions) == next(one.texts for one in past_truth.load().stories if one.id == 110)
        assert {edition.via for edition in story.editions} == {"wayback", "commoncrawl"}
        assert all(edition.unconfirmed for edition in story.editions)
