"""Captures on their way to the disk: a thread of its own writes them in the order they came, many with one sync.

A capture waits a twentieth of a second for others to be synced with it, or less when many come. What waits is bounded
in bytes: whoever brings more waits too, and with it the crawl. It is told of a capture when it is on disk, not before.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Condition, Lock, Thread

from archive.cdx import Known
from archive.errors import ArchiveError, StorageError
from archive.records import Capture
from archive.sealing import Sealed, shelve
from archive.spool import Spool
from archive.storage import Storage

_BESIDE = 2048  # bytes of a capture that are neither request nor response, about

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much may wait and for how long, and how large a WARC grows."""

    waiting: int = 32 << 20  # bytes of captures that are not on disk yet; then whoever brings one waits
    batch: int = 4 << 20  # bytes that are synced at once, about
    linger: float = 0.05  # seconds that a capture waits for others
    warc: int = 1 << 30  # bytes; the field's tools are used to files of a gigabyte
    captures: int = 5000  # in a WARC: what is read in one lies in memory at once, about 35 KB an article


class Writer:
    """Writes what is put, until it is closed or the disk fails. It begins with the first capture, so it may be forked.

    `kept` is called in the writer's thread with captures that are on disk; `broke` there, once, when it ends early.
    """

    def __init__(self, spool: Spool, known: Known, storage: Storage, bounds: Bounds | None = None) -> None:
        self.spool = spool  # the file that is written now
        self.kept: Callable[[Sequence[Capture]], None] = lambda captures: None
        self.broke: Callable[[], None] = lambda: None
        self.error: StorageError | None = None
        self._known = known
        self._storage = storage
        self._bounds = bounds or Bounds()
        self._queue: deque[Capture] = deque()
        self._bytes = 0  # of what is queued or being written
        self._closing = False
        self._ended = False
        lock = Lock()
        self._came = Condition(lock)
        self._room = Condition(lock)
        self._thread: Thread | None = None
        self._sealers: ThreadPoolExecutor | None = None
        self._sealing: list[Future[Sealed]] = []

    def put(self, capture: Capture) -> None:
        """Hand a capture over; waits while too much waits already. After the disk failed nothing is taken any more."""
        size = _size(capture)
        with self._room:
            self._room.wait_for(lambda: self._ended or not self._bytes or self._bytes + size <= self._bounds.waiting)
            if self._ended or self._closing:
                return
            self._queue.append(capture)
            self._bytes += size
            if len(self._queue) == 1 or self._bytes >= self._bounds.batch:
                self._came.notify()
            if self._thread is None:
                self._thread = Thread(target=self._run, name="captures", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Write all that waits and end; what broke, if anything, is in `error`. Files being shelved arrive."""
        with self._came:
            self._closing = True
            self._came.notify()
        if self._thread is not None:
            self._thread.join()
        if self._sealers is not None:
            self._sealers.shutdown()

    def sealed(self) -> tuple[Sealed, ...]:
        """Files that were shelved meanwhile because they had grown; those that could not be wait for `finish`."""
        return tuple(one.result() for one in self._sealing if one.done() and one.exception() is None)

    def _run(self) -> None:
        error: StorageError | None = StorageError("the writing of captures broke off; see its traceback")
        try:
            while batch := self._take():
                self._write(batch)
            error = None
        except StorageError as failed:
            error = failed
        except ArchiveError as failed:
            error = StorageError(f"a capture cannot be written: {failed}")
        finally:
            with self._room:
                self.error = error
                self._ended = True
                self._room.notify_all()
            if error is not None:
                self.broke()

    def _write(self, batch: Sequence[Capture]) -> None:
        self.kept(self.spool.extend(batch, self._known))
        with self._room:
            self._bytes -= sum(map(_size, batch))
            self._room.notify()
        if self.spool.size >= self._bounds.warc or self.spool.captures >= self._bounds.captures:
            self._turn()

    def _take(self) -> list[Capture]:
        """What is written next: no address twice, so that a capture may stand for one that is on disk."""
        with self._came:
            self._came.wait_for(lambda: self._queue or self._closing)
            self._came.wait_for(lambda: self._closing or self._bytes >= self._bounds.batch, self._bounds.linger)
            taken: dict[str, Capture] = {}
            size = 0
            while self._queue and size < self._bounds.batch and self._queue[0].url not in taken:
                capture = self._queue.popleft()
                taken[capture.url] = capture
                size += _size(capture)
            return list(taken.values())

    def _turn(self) -> None:
        """Begin another file, and shelve the one that has grown while writing goes on."""
        full, self.spool = self.spool, self.spool.following(datetime.now(UTC))
        if self._sealers is None:
            self._sealers = ThreadPoolExecutor(1, "sealing")
        self._sealing.append(self._sealers.submit(self._shelve, full))

    def _shelve(self, full: Spool) -> Sealed:
        try:
            return shelve(full.end(), self._storage)
        except ArchiveError as error:
            logger.warning("%s; it is tried again at the end", error)
            raise


def _size(capture: Capture) -> int:
    return len(capture.request) + len(capture.response) + _BESIDE
