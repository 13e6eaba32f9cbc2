"""Time that several processes share and nobody waits for: it moves on to the next waking when all of them sleep."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from archive.objects import Marked

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
NAP = 0.0005  # real seconds between two looks at the time


class SharedTime:
    """A crawl's clock in a file. Time stands still while any process that has joined is awake."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @classmethod
    def begin(cls, path: Path, processes: int = 1) -> SharedTime:
        """A new one; it does not move before so many processes have waited for the first time."""
        path.write_text(json.dumps({"now": 0.0, "expected": processes, "asleep": {}, "joined": []}), encoding="utf-8")
        return cls(path)

    def now(self) -> datetime:
        return BEGIN + timedelta(seconds=self.uptime())

    def uptime(self) -> float:
        with self.open() as said:
            return float(said["now"])

    def age(self, seen: Marked, written: datetime) -> float:
        return (self.now() - written).total_seconds()

    async def wait(self, seconds: float) -> None:
        me = str(os.getpid())
        with self.open() as said:
            until = said["now"] + max(0.0, seconds)
            said["asleep"][me] = until
            said["joined"] = sorted({*said["joined"], me})
        while not self._woke(me, until):
            await asyncio.sleep(NAP)

    def _woke(self, me: str, until: float) -> bool:
        with self.open() as said:
            if said["now"] >= until:
                said["asleep"].pop(me, None)
                return True
            gone = [name for name in said["joined"] if not Path(f"/proc/{name}").exists()]
            said["expected"] -= len(gone)
            said["joined"] = [name for name in said["joined"] if name not in gone]
            said["asleep"] = {name: at for name, at in said["asleep"].items() if name not in gone}
            if len(said["asleep"]) >= max(said["expected"], len(said["joined"])):
                said["now"] = max(said["now"], min(said["asleep"].values()))
            return False

    def leave(self) -> None:
        """This process waits no more."""
        me = str(os.getpid())
        with self.open() as said:
            said["asleep"].pop(me, None)
            said["expected"] -= 1
            said["joined"] = [name for name in said["joined"] if name != me]

    @contextmanager
    def open(self) -> Iterator[dict[str, Any]]:
        with self._path.open("r+", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            before = file.read()
            said: dict[str, Any] = json.loads(before)
            yield said
            after = json.dumps(said)
            if after != before:
                file.seek(0)
                file.write(after)
                file.truncate()
