"""Which window a process is in, in memory shared by two processes, so that it can be read after a death."""

from __future__ import annotations

import mmap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

# From the wide to the narrow: where two are open at once, the later one is where the process was.
WINDOWS: Final = (
    "exchange",
    "append",
    "sealing",
    "put-warc",
    "put-cdxj",
    "fixity",
    "extract",
    "put-text",
    "index",
    "rebuild",
)
UPLOAD: Final = "upload"  # to a bucket: instead of put-warc and put-cdxj
PURGE: Final = "purge"  # from the first byte of the tombstone until the shelves are as it says
_ALL: Final = (*WINDOWS, UPLOAD, PURGE)
_ENTERED, _LEFT, _LASTED = range(3)
_FIELDS: Final = 3
_SIZE: Final = 8 * _FIELDS * len(_ALL)


class Board:
    """For each window how often it was entered, how often left, and how many nanoseconds it lasted the last time."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(_SIZE))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), _SIZE)
        self._fields = memoryview(self._map).cast("Q")
        self._since: dict[str, int] = {}

    def clear(self) -> None:
        """Before the next process."""
        self._map[:] = bytes(_SIZE)

    def _at(self, window: str, field: int) -> int:
        return _ALL.index(window) * _FIELDS + field

    def enter(self, window: str) -> None:
        """The process is in the window from now on."""
        self._since[window] = time.monotonic_ns()
        self._fields[self._at(window, _ENTERED)] += 1

    def leave(self, window: str) -> None:
        """And now no more; leaving what was not entered says nothing."""
        if self.is_in(window):
            self._fields[self._at(window, _LASTED)] = time.monotonic_ns() - self._since[window]
            self._fields[self._at(window, _LEFT)] += 1

    @contextmanager
    def inside(self, window: str) -> Iterator[None]:
        """In the window for the length of a block."""
        self.enter(window)
        try:
            yield
        finally:
            self.leave(window)

    def watch(self, owner: Any, name: str, window: str) -> None:
        """Note when a function or method is entered and left; the real one runs."""
        real: Callable[..., Any] = getattr(owner, name)
        plain = owner.__dict__[name] if isinstance(owner, type) else None

        def watched(*args: Any, **named: Any) -> Any:
            with self.inside(window):
                return real(*args, **named)

        setattr(owner, name, staticmethod(watched) if isinstance(plain, staticmethod | classmethod) else watched)

    def entered(self, window: str) -> int:
        """How often so far."""
        return self._fields[self._at(window, _ENTERED)]

    def lasted(self, window: str) -> float:
        """Seconds between entering and leaving, the last time; 0 when it was never left."""
        return self._fields[self._at(window, _LASTED)] / 1e9

    def is_in(self, window: str) -> bool:
        """Whether it was entered and not left."""
        return self._fields[self._at(window, _ENTERED)] > self._fields[self._at(window, _LEFT)]

    def shown(self) -> str | None:
        """The narrowest window that is open; None between windows."""
        return next((window for window in reversed(_ALL) if self.is_in(window)), None)
