"""The time that a crawl waits by: the store's own for what several machines share; it decides nothing."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Protocol

from archive.objects import Marked
from archive.tenure import clock, uptime

GRAIN = 1.0  # seconds: a store may tell time in whole ones only


class Clock(Protocol):
    """What tells the time, and how to wait. A test gives one of its own, and minutes cost nothing."""

    def now(self) -> datetime:
        """The instant, aware UTC: what people are told, and what a server's dates are compared with."""

    def uptime(self) -> float:
        """Seconds that only grow, for this process alone."""

    def age(self, seen: Marked, written: datetime) -> float:
        """Seconds since another process wrote an object, never too many. `written`: when that was, as it says."""

    async def wait(self, seconds: float) -> None:
        """Let so many seconds go by."""


class StoreClock:
    """The clock of every crawl: the store judges what is old, for no two machines' clocks agree."""

    def now(self) -> datetime:
        """See Clock."""
        return clock()

    def uptime(self) -> float:
        """See Clock."""
        return uptime()

    def age(self, seen: Marked, written: datetime) -> float:
        """See Clock. The writer's own clock may be wrong, so what it says is not heard."""
        return max(0.0, seen.age - GRAIN)

    async def wait(self, seconds: float) -> None:
        """See Clock."""
        await asyncio.sleep(seconds)
