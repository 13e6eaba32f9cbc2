"""What a program and the processes that it began take of a machine, told by Linux."""

from __future__ import annotations

import os
import resource
from pathlib import Path
from threading import Event, Thread


def cpu_seconds() -> float:
    """CPU-seconds of this process and of all that it began, or they."""
    spent = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in spent) + sum(map(_cpu_of, _children()))


class Memory:
    """The most that this process and its children held at once in each step, looked at twice a second."""

    def __init__(self) -> None:
        self.step = ""
        self.most: dict[str, int] = {}
        self._over = Event()
        self._thread = Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.5):
            held = sum(map(_resident, [str(os.getpid()), *_children()]))
            self.most[self.step] = max(self.most.get(self.step, 0), held)


def _children(of: int | str | None = None) -> list[str]:
    """The processes that this one began, and theirs."""
    try:
        found = Path(f"/proc/{of or os.getpid()}/task/{of or os.getpid()}/children").read_text().split()
    except OSError:  # it has ended
        return []
    return [each for child in found for each in (child, *_children(child))]


def _cpu_of(process: str) -> float:
    """CPU-seconds of one that has not ended, and of those of its own that have."""
    try:
        told = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:  # it has
        return 0.0
    return sum(map(int, told[11:15])) / os.sysconf("SC_CLK_TCK")


def _resident(process: str) -> int:
    """Bytes; shared ones counted for each."""
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:  # it has ended
        return 0
