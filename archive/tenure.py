"""A lease taken, renewed in the background and given back: one crawler to an outlet, one writer to a catalog."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

from archive import lease
from archive.errors import LeaseError, StorageError
from archive.lease import MARGIN, Lease
from archive.objects import SWAP_PATIENCE
from archive.storage import Storage

LEASE = timedelta(seconds=30)
RENEWAL = 5.0  # seconds between two renewals
PATIENCE = LEASE.total_seconds() + MARGIN + RENEWAL  # seconds that the lease of a dead process is waited for

logger = logging.getLogger(__name__)


def clock() -> datetime:
    """The wall clock, aware UTC."""
    return datetime.now(UTC)


def uptime() -> float:
    """Seconds that only grow, those in which the machine slept among them where the system counts them."""
    boottime = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boottime is None else time.clock_gettime(boottime)


class Tenure:
    """A held lease. `lost` is called once, from a thread of its own, when another process has taken over or may have.

    It may have when the store could not be asked for as long as the lease lasts: other machines may reach it. Once
    `ended` is set, who holds it is to stop.
    """

    def __init__(self, storage: Storage, held: Lease, since: float, ended: Event) -> None:
        self.ended = ended
        self.lost: Callable[[], None] = lambda: None
        self._storage = storage
        self._held = held
        self._until = since + held.seconds  # by `uptime`; counted from before the store was asked
        self._over, self._gone = Event(), Event()
        self._threads = [Thread(target=work, name="lease", daemon=True) for work in (self._renew, self._watch)]
        for thread in self._threads:
            thread.start()

    @property
    def token(self) -> int:
        """The fencing token: later holders have greater ones."""
        return self._held.token

    def check(self) -> None:
        """Cheap, for between two steps of long work. Raises LeaseError: nothing more is to be written."""
        if self.ended.is_set():
            raise LeaseError(f"{self._held.name} was broken off")
        if self._gone.is_set() or uptime() >= self._until:
            raise LeaseError(f"the lease {self._held.name} is lost; another process may be at work")

    def _renew(self) -> None:
        # A thread, because a busy crawl, a long index or a slow seal must not cost the lease.
        while not self._over.wait(RENEWAL):
            since = uptime()
            try:
                self._held = lease.renew(self._storage, self._held)
                self._until = since + self._held.seconds
            except StorageError as error:
                logger.warning("the lease could not be renewed, trying again: %s", error)
            except LeaseError as error:
                self._lose(str(error))
                return

    def _watch(self) -> None:
        """A store that does not answer may hold up the renewing; it cannot hold up this."""
        while not self._over.wait(max(0.0, min(self._until - uptime(), RENEWAL))):
            if self._gone.is_set():
                return
            if uptime() >= self._until:
                self._lose(f"{self._held.name}: the lease could not be renewed in time; this process must stop")
                return

    def _lose(self, why: str) -> None:
        if not self._gone.is_set() and not self._over.is_set():
            self._gone.set()
            logger.error("%s", why)
            self.lost()

    def end(self) -> None:
        """Stop renewing and give the lease back; when the store cannot be told, it runs out by itself."""
        self._over.set()
        for thread in self._threads:
            thread.join(SWAP_PATIENCE)
        with suppress(StorageError):
            lease.give_back(self._storage, self._held)


@contextmanager
def held(storage: Storage, name: str, patience: float = 0.0, ended: Event | None = None) -> Iterator[Tenure]:
    """Hold a lease for the length of a block.

    Args:
        storage: where leases lie.
        name: what is held, such as `crawl-sana`.
        patience: seconds that a living holder is waited for. A holder that died here is followed at once; the lease of
            one on another machine is waited out.
        ended: once it is set nobody is waited for, and each step of the work is the last.

    Raises:
        LeaseError: another process holds it, or it was ended. StorageError: the store cannot be asked.
    """
    tenure = _take(storage, name, patience, ended or Event())
    try:
        yield tenure
    finally:
        tenure.end()


def _take(storage: Storage, name: str, patience: float, ended: Event) -> Tenure:
    """A holder that renews is alive and refuses at once, or when patience ends; a dead one's time is waited out."""
    first, begun = "", time.monotonic()
    while True:
        since = uptime()
        try:
            return Tenure(storage, lease.take(storage, name, LEASE), since, ended)
        except LeaseError as error:
            first = first or error.mark
            alive = error.mark != first
            if time.monotonic() - begun > (patience if alive else max(PATIENCE, patience)) or ended.wait(0.5):
                raise
