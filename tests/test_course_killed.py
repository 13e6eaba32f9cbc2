"""Orders at a web archive that are killed, and several at once: nothing reported is lost or asked for twice."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from archive.records import Via
from crawler.crawl import crawl
from crawler.newsroom.answers import Ask
from crawler.newsroom.archives import Holding
from crawler.orders import CrawlOrder
from tests.archived import FILE, HOST, Reading, archived, day, page
from tests.test_course import busiest

pytestmark = pytest.mark.long

STORIES = 12
SPAN = {"seen_since": day("2017-01-01"), "seen_until": day("2018-01-01")}


def killed_after(reading: Reading, order: CrawlOrder, asks: int) -> None:
    """Start an order in a process of its own and kill it when it has asked so many times more."""
    enough, before = Event(), len(reading.archives.log)

    def noted(ask: Ask) -> None:
        if len(reading.archives.log) - before >= asks:
            enough.set()

    reading.archives.noted = noted
    brief = {
        "order": order.dump(),
        "settings": reading.settings.model_dump(mode="json"),
        "report": str(reading.folder / "report.json"),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.hurried"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    process.stdin.write(json.dumps(brief).encode())  # type: ignore[union-attr]  # it is a pipe
    process.stdin.close()  # type: ignore[union-attr]
    assert enough.wait(120), "it asked for too little"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


@pytest.mark.parametrize("via", [Via.WAYBACK, Via.COMMONCRAWL])
def test_killed_five_times_an_order_brings_the_same_and_asks_again_for_nothing_that_it_had(
    tmp_path: Path, via: Via
) -> None:
    many = tuple(page(number, f"201703{number:02}120000") for number in range(1, STORIES + 1))
    with archived(tmp_path, Holding(wayback=many, commoncrawl=many, most=5)) as (reading, _):
        for asks in (1, 2, 4, 3, 5):
            killed_after(reading, reading.order(via, **SPAN), asks)
        report = reading.read(via, **SPAN)
        found = reading.mementos()
        asked = Counter((ask.target, ask.header("Range")) for ask in reading.archives.log)
    assert report.finished, report.ended
    assert sorted(one.url for one in found) == sorted(one.url for one in many), "each once"
    kept = Counter((one.url, one.hints.memento) for one in reading.captures())
    assert set(kept.values()) == {1}, "what reached the disk was asked for once"
    # At each kill one answer is under way, and one or two more are on their way to the disk.
    assert sum(times - 1 for times in asked.values()) <= 3 * 5


def test_two_outlets_at_once_share_the_archives_pace(tmp_path: Path) -> None:
    other = HOST.replace("midad", "sahifa")
    many = tuple(
        page(number, f"201703{number:02}120000", host=host) for number in range(1, 21) for host in (HOST, other)
    )
    with archived(tmp_path, Holding(wayback=many, most=2)) as (reading, _):
        settings = reading.settings
        (tmp_path / "outlets" / "sahifa.yml").write_text(FILE.format(host=other, more=""), encoding="utf-8")
        orders = [reading.order(Via.WAYBACK, outlet=name, **SPAN) for name in ("midad", "sahifa")]
        with ThreadPoolExecutor(2) as both:
            reports = list(both.map(lambda order: asyncio.run(crawl(order, settings)), orders))
        log = reading.archives.log
    assert [report.answers for report in reports] == [{"200": 20}, {"200": 20}]
    index = [ask for ask in log if ask.path == "/cdx/search/cdx"]
    assert len(index) >= 20
    assert busiest(index, seconds=60) <= 24
    assert busiest([ask for ask in log if ask.path != "/cdx/search/cdx"], seconds=60) <= 60
