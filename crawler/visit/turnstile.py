"""Whose turn it is at a host, over all processes and machines: notes under `state/hosts/`; it sends nothing.

A note is changed by conditional writes only, so that no two processes are given the same moment. It outlives the
process: a host that asked to be left alone is left alone by whoever comes next, too.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, TypeVar

from archive.errors import NotHeldError, OvertakenError, StorageError
from archive.storage import Storage
from crawler.errors import BlockedError
from crawler.visit.clocks import Clock
from crawler.visit.standing import OF_OUTLETS, Pause, Refusal, Standing, standing_of

PATIENCE: Final = 300.0  # seconds that a crawl waits for its turn; a host that wants more is left to a later one
TRIES: Final = 50  # of one conditional write, against others that write at the same time
SLICE: Final = 5.0  # seconds: how soon a crawl that is to stop stops waiting
Result = TypeVar("Result")
_PLAIN: Final = re.compile(r"[^a-z0-9.-]")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """A note as it stood when it was read."""

    standing: Standing
    mark: str | None


class Turnstile:
    """The way to one host. Several processes may each have one; they share the note in the store."""

    def __init__(
        self,
        storage: Storage,
        host: str,
        clock: Clock,
        pauses: Mapping[Refusal, Pause] = OF_OUTLETS,
        patience: float = PATIENCE,
    ) -> None:
        """`host` may carry a port. `pauses`: what its refusals mean."""
        self.host = host
        self.key = f"state/hosts/{_PLAIN.sub('_', host.lower())}.json"
        self.stopped: Callable[[], bool] = lambda: False  # whether the crawl is to end, so that waiting ends too
        self._storage = storage
        self._clock = clock
        self._pauses = pauses
        self._patience = patience
        self._mark: str | None = None  # of our own last writing
        self._since = 0.0  # when that was, by `uptime`
        self._strikes = 0  # as far as this process knows: a good answer is written down only after a bad one

    async def turn(self, lane: str, interval: float) -> None:
        """Wait for our turn in a lane whose turns lie `interval` seconds apart.

        Raises:
            BlockedError: it is further away than patience reaches; the message says until when.
            StorageError: the store cannot be asked.
        """
        while True:
            wait = self._change(lambda standing: self._reserved(standing, lane, interval))
            await self._sleep(wait)
            # Another process may have been told meanwhile that nothing may be asked.
            if wait == 0 or self._look().standing.blocked == 0:
                return

    def _reserved(self, standing: Standing, lane: str, interval: float) -> tuple[float, Standing]:
        self._check(standing)
        return standing.turn(lane, interval)

    async def wait(self) -> None:
        """Wait until the host may be asked, where no pace of ours is kept.

        Raises:
            BlockedError: that is further away than patience reaches. StorageError: the store cannot be asked.
        """
        seen = self._look()
        self._strikes = seen.standing.strikes
        self._check(seen.standing)
        await self._sleep(seen.standing.blocked)

    def _check(self, standing: Standing) -> None:
        if standing.blocked > self._patience:
            raise self._blocked(standing)

    def _blocked(self, standing: Standing) -> BlockedError:
        until = self._clock.now() + timedelta(seconds=standing.blocked)
        return BlockedError(f"{self.host} {standing.why or 'is left alone'}; it is asked again after {_told(until)}")

    async def _sleep(self, seconds: float) -> None:
        """In slices, so that a crawl that is to stop is not held up. Raises BlockedError when it stops."""
        left = seconds
        while left > 0:
            if self.stopped():
                raise BlockedError(f"the crawl ended while it waited for {self.host}")
            await self._clock.wait(min(left, SLICE))
            left -= SLICE

    def refused(self, refusal: Refusal, asked: float | None = None) -> float:
        """Take down that the host refused us; returns for how many seconds it is left alone.

        Raises:
            StorageError: the store cannot be asked.
        """
        standing = self._change(lambda before: _twice(before.refused(refusal, self._pauses, asked)))
        self._strikes = standing.strikes
        return standing.blocked

    def answered(self) -> None:
        """Take down that the host answered, where it had refused before. Raises StorageError."""
        if self._strikes:
            self._strikes = self._change(lambda before: _twice(before.forgiven())).strikes

    def refusal(self) -> BlockedError | None:
        """Why the host cannot be asked within our patience; None when it can. Raises StorageError."""
        standing = self._look().standing
        return self._blocked(standing) if standing.blocked > self._patience else None

    def _look(self) -> _Seen:
        try:
            seen = self._storage.look(self.key)
        except NotHeldError:
            return _Seen(standing=Standing(), mark=None)
        before = standing_of(seen.data)
        # Our own last writing: nobody came between, and our own clock runs finer than a store's.
        is_ours = seen.mark == self._mark
        age = self._clock.uptime() - self._since if is_ours else self._clock.age(seen, before.written)
        return _Seen(standing=before.aged(age), mark=seen.mark)

    def _change(self, change: Callable[[Standing], tuple[Result, Standing]]) -> Result:
        """Change the note, over and over until nobody came between. What `change` raises leaves it as it is."""
        for _ in range(TRIES):
            seen = self._look()
            result, standing = change(seen.standing)
            since = self._clock.uptime()
            written = replace(standing, written=self._clock.now()).to_bytes(secrets.token_hex(8))
            try:
                self._mark, self._since = self._storage.swap(self.key, written, seen.mark), since
            except OvertakenError:
                continue
            return result
        raise StorageError(f"{self.key} is written by others all the time; the store gives no turn at {self.host}")


def _twice(standing: Standing) -> tuple[Standing, Standing]:
    return standing, standing


def _told(until: datetime) -> str:
    return f"{until:%Y-%m-%dT%H:%M:%SZ}"
