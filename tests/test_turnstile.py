"""The way to a host: one turn at a time over all processes, blocks that outlive them, minutes that cost nothing."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from archive.errors import StorageError
from archive.storage import open_storage
from crawler.archives.wayback import REQUESTS_A_MINUTE
from crawler.errors import BlockedError
from crawler.visit.clocks import StoreClock
from crawler.visit.standing import DAY, HOUR, OF_ARCHIVES, Refusal
from crawler.visit.turnstile import Turnstile
from tests.sharedtime import SharedTime

HOST = "web.archive.example"
PACE = 2.6


@pytest.fixture
def time(tmp_path: Path) -> SharedTime:
    return SharedTime.begin(tmp_path / "time")


def way(tmp_path: Path, time: SharedTime, host: str = HOST) -> Turnstile:
    return Turnstile(open_storage(str(tmp_path / "store")), host, time, OF_ARCHIVES)


def busiest_minute(moments: list[float]) -> int:
    return max(sum(begin <= moment < begin + 60 for moment in moments) for begin in moments)


def test_several_processes_together_keep_to_the_archives_rate_and_nobody_is_left_standing(tmp_path: Path) -> None:
    processes, turns = 4, 20
    SharedTime.begin(tmp_path / "time", processes)
    words = [str(tmp_path / "store"), str(tmp_path / "time"), HOST, str(turns), "index", str(PACE)]
    running = [
        subprocess.Popen([sys.executable, "-m", "tests.takingturns", *words], stdout=subprocess.PIPE)
        for _ in range(processes)
    ]
    moments = sorted(moment for process in running for moment in json.loads(process.communicate(timeout=60)[0]))
    assert len(moments) == processes * turns
    assert busiest_minute(moments) <= REQUESTS_A_MINUTE
    apart = [after - before for before, after in pairwise(moments)]
    assert min(apart) >= PACE - 1e-6
    assert moments[-1] == pytest.approx(PACE * (len(moments) - 1), abs=1), "no turn was left unused"


def test_lanes_are_apart_and_hosts_too(tmp_path: Path, time: SharedTime) -> None:
    async def walk() -> list[float]:
        moments = []
        for host, lane in ((HOST, "index"), (HOST, "page"), ("other.example:8080", "index"), (HOST, "index")):
            await way(tmp_path, time, host).turn(lane, PACE)
            moments.append(time.uptime())
        return moments

    assert asyncio.run(walk()) == [0, 0, 0, PACE]
    notes = sorted(path.name for path in (tmp_path / "store" / "state" / "hosts").glob("*.json"))
    assert notes == ["other.example_8080.json", f"{HOST}.json"]


def test_a_short_block_is_waited_out_and_a_second_refusal_waits_twice_as_long(tmp_path: Path, time: SharedTime) -> None:
    async def walk() -> list[float]:
        turnstile, moments = way(tmp_path, time), []
        for refused in (True, True, False, True):
            await turnstile.turn("page", 1.0)
            moments.append(time.uptime())
            turnstile.refused(Refusal.TOO_MANY) if refused else turnstile.answered()
        await turnstile.turn("page", 1.0)
        return [*moments, time.uptime()]

    assert asyncio.run(walk()) == [0, 60, 180, 181, 241]


def test_a_long_block_outlives_the_process_and_says_until_when(tmp_path: Path, time: SharedTime) -> None:
    assert way(tmp_path, time).refused(Refusal.NO_CONNECTION) == HOUR
    later = way(tmp_path, time)
    words = rf"^{HOST} refused the connection; it is asked again after 2026-11-01T01:00:00Z$"
    with pytest.raises(BlockedError, match=words):
        asyncio.run(later.turn("index", PACE))
    with pytest.raises(BlockedError, match=words):
        asyncio.run(later.wait())
    assert str(later.refusal()) in words.strip("^$")
    asyncio.run(time.wait(HOUR))
    assert later.refusal() is None
    asyncio.run(later.turn("index", PACE))
    assert later.refused(Refusal.NO_CONNECTION) == 2 * HOUR


def test_who_waits_hears_of_a_block_that_came_meanwhile(tmp_path: Path, time: SharedTime) -> None:
    async def walk() -> float:
        first, second = way(tmp_path, time), way(tmp_path, time)
        await first.turn("index", 30.0)
        waiting = asyncio.ensure_future(second.turn("index", 30.0))
        await asyncio.sleep(0)
        first.refused(Refusal.UNAVAILABLE, asked=100.0)
        await waiting
        return time.uptime()

    assert asyncio.run(walk()) >= 100


def test_retry_after_of_days_is_kept_and_shorter_words_do_not_shorten_it(tmp_path: Path, time: SharedTime) -> None:
    turnstile = way(tmp_path, time)
    assert turnstile.refused(Refusal.UNAVAILABLE, asked=3 * DAY) == 3 * DAY
    assert turnstile.refused(Refusal.TOO_MANY, asked=1) == 3 * DAY
    turnstile.answered()
    with pytest.raises(BlockedError, match="2026-11-04T00:00:00Z"):
        asyncio.run(turnstile.turn("page", 1.0))


def test_an_answer_costs_no_writing_where_nothing_was_wrong(tmp_path: Path, time: SharedTime) -> None:
    turnstile = way(tmp_path, time)
    asyncio.run(turnstile.wait())
    turnstile.answered()
    assert not (tmp_path / "store" / "state" / "hosts").exists()


def test_a_crawl_that_is_to_stop_stops_waiting(tmp_path: Path, time: SharedTime) -> None:
    way(tmp_path, time).refused(Refusal.TOO_MANY)
    turnstile = way(tmp_path, time)
    turnstile.stopped = lambda: time.uptime() >= 10
    with pytest.raises(BlockedError, match="the crawl ended while it waited"):
        asyncio.run(turnstile.wait())
    assert time.uptime() <= 15


def test_by_the_real_clock_turns_lie_apart_too(tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path))

    async def walk(turnstile: Turnstile, turns: int) -> float:
        for _ in range(turns):
            await turnstile.turn("index", 0.05)
        return StoreClock().uptime()

    began = StoreClock().uptime()  # before the first turn, which may be woken late
    took = asyncio.run(walk(Turnstile(storage, HOST, StoreClock()), 5)) - began
    assert 4 * 0.05 - 0.02 <= took < 2, "its own writing is as old as its own clock says"


def test_a_note_that_others_write_all_the_time_gives_no_turn_instead_of_hanging(tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path))
    turnstile = Turnstile(storage, HOST, StoreClock())
    storage.swap(turnstile.key, b"0", None)
    look = storage.look

    def looked(key: str) -> object:
        seen = look(key)
        storage.swap(key, str(len(seen.data) + int(seen.data)).encode() if seen.data.isdigit() else b"1", seen.mark)
        return seen

    storage.look = looked  # type: ignore[method-assign,assignment]  # another writer, always quicker than we are
    with pytest.raises(StorageError, match="gives no turn"):
        asyncio.run(turnstile.turn("index", 0.0))
