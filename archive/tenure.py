"""A lease taken, renewed in the background and given back: one crawler to an outlet, one writer to a catalog."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

from archive import lease
from archive.errors import LeaseError, StorageError
from archive.lease import Lease
from archive.storage import Storage

LEASE = timedelta(seconds=15)
RENEWAL = 4.0  # seconds between two renewals
PATIENCE = 20.0  # seconds that the lease of a dead process is waited for: a little more than one lasts

logger = logging.getLogger(__name__)


def clock() -> datetime:
    """The wall clock, aware UTC."""
    return datetime.now(UTC)


class Tenure:
    """A held lease. `lost` is called, from a thread of its own, when another process has taken over."""

    def __init__(self, storage: Storage, held: Lease) -> None:
        self.lost: Callable[[], None] = lambda: None
        self._storage = storage
        self._held = held
        self._over = Event()
        self._thread = Thread(target=self._renew, name="lease", daemon=True)
        self._thread.start()

    def _renew(self) -> None:
        # A thread, because a busy crawl, a long index or a slow seal must not cost the lease.
        while not self._over.wait(RENEWAL):
            try:
                lease.renew(self._storage, self._held, LEASE, clock())
            except StorageError as error:
                logger.warning("the lease could not be renewed, trying again: %s", error)
            except LeaseError as error:
                logger.error("%s", error)
                self.lost()
                return

    def end(self) -> None:
        """Stop renewing and give the lease back."""
        self._over.set()
        self._thread.join()
        lease.give_back(self._storage, self._held, clock())


@contextmanager
def held(storage: Storage, name: str, patience: float = 0.0) -> Iterator[Tenure]:
    """Hold a lease for the length of a block.

    Args:
        storage: where leases lie.
        name: what is held, such as `crawl-sana`.
        patience: seconds that a living holder is waited for. A holder that died here is followed at once; the lease of
            one on another machine is waited out.

    Raises:
        LeaseError: another process holds it.
    """
    tenure = Tenure(storage, _take(storage, name, patience))
    try:
        yield tenure
    finally:
        tenure.end()


def _take(storage: Storage, name: str, patience: float) -> Lease:
    """A holder that renews is alive and refuses at once, or when patience ends; a dead one's time is waited out."""
    first, begun = "", time.monotonic()
    while True:
        try:
            return lease.take(storage, name, LEASE, clock())
        except LeaseError as error:
            first = first or str(error)
            alive = str(error) != first
            if time.monotonic() - begun > (patience if alive else max(PATIENCE, patience)):
                raise
        time.sleep(0.5)
