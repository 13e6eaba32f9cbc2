"""A process that takes turns at a host, by a time shared with others: store, time, host, number of turns, lane, pace.

It prints the moments at which it was let through, a JSON array of seconds.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from archive.storage import open_storage
from crawler.visit.turnstile import Turnstile
from tests.sharedtime import SharedTime


async def take(way: Turnstile, clock: SharedTime, turns: int, lane: str, interval: float) -> list[float]:
    await clock.wait(0)
    moments = []
    for _ in range(turns):
        await way.turn(lane, interval)
        moments.append(clock.uptime())
    clock.leave()
    return moments


if __name__ == "__main__":
    store, time, host, turns, lane, interval = sys.argv[1:]
    clock = SharedTime(Path(time))
    way = Turnstile(open_storage(store), host, clock)
    print(json.dumps(asyncio.run(take(way, clock, int(turns), lane, float(interval)))))
