"""Which process of which machine wrote something, and whether it is provably gone; it starts and ends none.

A process is named by the machine's boot, its space of process numbers, its number and its start, so that neither a
restart, a container nor a number given out again makes one process look like another.
"""

from __future__ import annotations

import os
from pathlib import Path

_PROC = Path("/proc")
_BOOT = _PROC / "sys/kernel/random/boot_id"
_DEAD = frozenset("ZX")  # proc(5): zombie, dead


def mark() -> str:
    """The name of this process; empty where the system does not say enough to tell it from another."""
    try:
        return f"{_space()}:{os.getpid()}:{_start(os.getpid())}"
    except OSError:
        return ""


def is_gone(name: str) -> bool:
    """Whether the process of a mark ran here and runs no more; in any doubt, False."""
    space, _, rest = name.rpartition(":")[0].rpartition(":")
    try:
        if not space or space != _space():
            return False  # another machine, another container, or before a restart: only time can tell
        return not _runs(int(rest), name.rpartition(":")[2])
    except (OSError, ValueError, OverflowError):
        return False


def _space() -> str:
    """The boot of this machine, and the space in which its process numbers count."""
    return f"{_BOOT.read_text('ascii').strip()}:{(_PROC / 'self/ns/pid').readlink().name}"


def _runs(pid: int, start: str) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return _start(pid) == start and not _is_dying(pid)


def _start(pid: int) -> str:
    """Clock ticks between boot and the process's start: the 22nd field."""
    return _fields(_PROC / str(pid) / "stat")[19]


def _is_dying(pid: int) -> bool:
    """Whether each thread has ended: a killed process may still have one inside a write."""
    return all(_fields(thread / "stat")[0] in _DEAD for thread in (_PROC / str(pid) / "task").iterdir())


def _fields(stat: Path) -> list[str]:
    """From the third on; the second, the program's name, may hold anything."""
    return stat.read_text("utf-8", "replace").rpartition(")")[2].split()
