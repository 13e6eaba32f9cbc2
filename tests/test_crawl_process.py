"""The process of a crawl: cancelled, killed, orphaned, one at a time; what it captured is sealed once."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from archive import warc
from archive.records import Capture, Role
from crawler.crawl import crawl
from crawler.errors import CrawlFailedError
from crawler.orders import CrawlReport
from tests.desk import Desk, news
from tests.sites import Reply, article, feed, served

pytestmark = pytest.mark.slow


def _slow_site(wait: Event) -> Mapping[str, Reply]:
    slow = Reply(body=article(2).body, wait=wait)
    return {"/feed": feed("/news/1", "/news/2", "/news/3"), "/news/2": slow, **news(1, 3)}


async def _until(desk: Desk, path: str, then: Any, written: str = "") -> CrawlReport:
    """Crawl, and do something as soon as a path was asked for, and another one's capture is on the disk."""
    task = asyncio.create_task(crawl(desk.order(), desk.settings))
    while not (path in desk.site.paths() and _is_written(desk, written)) and not task.done():
        await asyncio.sleep(0.01)
    then(task)
    return await task


def _is_written(desk: Desk, path: str) -> bool:
    for waiting in desk.settings.spool_dir.glob("*.open") if path else ():
        with waiting.open("rb") as stream:
            return any(isinstance(found, Capture) and found.url.endswith(path) for found in warc.read(stream, "x", "x"))
    return not path


def _child_of(pid: int) -> int:
    """The crawl process, by /proc."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "stat").read_text().rpartition(")")[2].split()
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if int(words[1]) == pid and b"crawler.crawl" in command:
            return int(folder.name)
    raise AssertionError("no crawl process")


def test_what_a_killed_crawl_left_is_cleared_by_the_next_and_a_living_ones_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    ended = subprocess.Popen(["true"])
    ended.wait()
    names = [f"astana-crawl-{ended.pid}-old", "astana-crawl-x7_old", f"astana-crawl-{os.getpid()}-long", "other-old"]
    elsewhere = f"astana-crawl-{ended.pid}-elsewhere"  # its number means another process there
    for name in (*names, elsewhere):
        (temporary / name).mkdir(parents=True)
        os.utime(temporary / name, (time.time() - 90, time.time() - 90))
    (temporary / f"astana-crawl-{ended.pid}-new").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    holder = os.open(temporary / elsewhere, os.O_RDONLY)
    fcntl.flock(holder, fcntl.LOCK_EX)
    with served({"/feed": feed()}) as site:
        assert Desk(tmp_path, site).crawl().finished
    os.close(holder)
    kept = {f"astana-crawl-{ended.pid}-new", f"astana-crawl-{os.getpid()}-long", "other-old", elsewhere}
    assert {path.name for path in temporary.iterdir()} == kept


def test_the_process_tells_its_log_and_progress_as_json_lines(tmp_path: Path) -> None:
    heard: list[Mapping[str, Any]] = []
    with served({"/feed": feed("/news/1"), **news(1)}) as site:
        desk = Desk(tmp_path, site)
        asyncio.run(crawl(desk.order(), desk.settings, heard.append))
    assert {line["kind"] for line in heard} <= {"log", "progress"}
    assert any(line["kind"] == "progress" for line in heard)
    assert [line for line in heard if line["kind"] == "log" and line["level"] >= 30] == []


def test_a_cancelled_crawl_seals_what_it_has(tmp_path: Path) -> None:
    wait = Event()

    def cancel(task: asyncio.Task[CrawlReport]) -> None:
        task.cancel()
        asyncio.get_running_loop().call_later(0.5, wait.set)

    with served(_slow_site(wait)) as site:
        desk = Desk(tmp_path, site)
        with pytest.raises(asyncio.CancelledError):
            asyncio.run(_until(desk, "/news/2", cancel))
        urls = [capture.url for capture in desk.captures()]
        assert urls == [site.url(path) for path in ("/robots.txt", "/feed", "/news/1", "/news/2")]
        assert "/news/3" not in site.paths()


@pytest.mark.slow
def test_a_killed_crawl_is_an_error_and_nothing_that_was_captured_is_lost_or_kept_twice(tmp_path: Path) -> None:
    wait = Event()

    def kill(_: object) -> None:
        os.kill(_child_of(os.getpid()), signal.SIGKILL)

    with served(_slow_site(wait)) as site:
        desk = Desk(tmp_path, site)
        with pytest.raises(CrawlFailedError, match="SIGKILL"):
            asyncio.run(_until(desk, "/news/2", kill, written="/news/1"))
        assert desk.captures() == []
        wait.set()
        report = desk.crawl(run="r2")
        captures = desk.captures()
    assert report.finished, report.ended
    pages = [capture.url for capture in captures if capture.hints.role is Role.PAGE]
    assert pages == [site.url("/news/1"), site.url("/news/2"), site.url("/news/3")]
    assert report.refused == {"already-held": 1}
    assert len({capture.record for capture in captures}) == len(captures)


@pytest.mark.slow
def test_one_crawler_at_a_time_works_on_an_outlet(tmp_path: Path) -> None:
    wait = Event()

    async def two(desk: Desk) -> tuple[CrawlReport, CrawlReport]:
        first = asyncio.create_task(crawl(desk.order(), desk.settings))
        while "/news/2" not in desk.site.paths():
            await asyncio.sleep(0.01)
        second = await crawl(desk.order(run="r2"), desk.settings)
        wait.set()
        return await first, second

    with served(_slow_site(wait)) as site:
        first, second = asyncio.run(two(Desk(tmp_path, site)))
    assert first.finished
    assert not second.finished
    assert "crawl-trial is being worked on" in second.ended
    assert site.paths().count("/feed") == 1


@pytest.mark.slow
def test_a_crawl_whose_parent_dies_stops_and_seals(tmp_path: Path) -> None:
    wait = Event()
    program = (
        "import asyncio, json, sys\n"
        "from archive.settings import load_settings\n"
        "from crawler.crawl import crawl\n"
        "from crawler.orders import order_of\n"
        "said = json.load(sys.stdin)\n"
        "asyncio.run(crawl(order_of(said['order']), load_settings(**said['settings'])))\n"
    )
    with served(_slow_site(wait)) as site:
        desk = Desk(tmp_path, site)
        said = {"order": desk.order().dump(), "settings": desk.settings.model_dump(mode="json")}
        parent = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE)
        assert parent.stdin is not None
        parent.stdin.write(json.dumps(said).encode())
        parent.stdin.close()
        deadline = time.monotonic() + 30
        while "/news/2" not in site.paths() and time.monotonic() < deadline:
            wait.wait(0.02)
        child = _child_of(parent.pid)
        parent.kill()
        parent.wait()
        wait.wait(0.5)
        wait.set()
        while Path(f"/proc/{child}/cmdline").exists() and time.monotonic() < deadline:
            Event().wait(0.02)
        urls = [capture.url for capture in desk.captures()]
    # The page under way at the death is waited for, as after any SIGTERM; no more is asked.
    assert urls == [site.url(path) for path in ("/robots.txt", "/feed", "/news/1", "/news/2")]
    assert "/news/3" not in site.paths()


def test_a_parents_death_that_is_told_twice_ends_the_crawl_as_gently_as_once(tmp_path: Path) -> None:
    wait = Event()

    def orphan(_: object) -> None:
        child = _child_of(os.getpid())
        for _ in range(3):  # Linux tells it once for each thread of the parent
            os.kill(child, signal.SIGHUP)
            wait.wait(0.1)
        wait.set()

    with served(_slow_site(wait)) as site:
        desk = Desk(tmp_path, site)
        report = asyncio.run(_until(desk, "/news/2", orphan))
        urls = [capture.url for capture in desk.captures()]
    assert report.interrupted
    assert urls == [site.url(path) for path in ("/robots.txt", "/feed", "/news/1", "/news/2")]
    assert "/news/3" not in site.paths()


def test_a_crawl_whose_parent_died_before_it_began_asks_for_nothing(tmp_path: Path) -> None:
    with served({"/feed": feed("/news/1"), **news(1)}) as site:
        desk = Desk(tmp_path, site)
        settings = desk.settings.model_dump(mode="json")
        brief = {"order": desk.order().dump(), "settings": settings, "report": str(tmp_path / "r.json"), "parent": 1}
        ended = subprocess.run(
            [sys.executable, "-m", "crawler.crawl"],
            input=json.dumps(brief).encode(),
            stderr=subprocess.PIPE,
            check=False,
        )
    assert (ended.returncode, site.asked) == (3, [])
    assert ended.stderr.decode() == "the process that asked for the crawl has died\n"
