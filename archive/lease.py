"""One holder at a time over all processes and machines: leases under `state/`, with expiry and fencing token.

A lease is one object, changed by conditional writes only, so that of all who try exactly one succeeds. Clocks of
machines are never compared: how long ago a holder last wrote is told by the store's own clock, and a holder counts its
own time from before it asked. So the holder's time is over before anyone may follow, however wrong their clocks are.
"""

from __future__ import annotations

import json
import secrets
import socket
from dataclasses import asdict, dataclass, replace
from datetime import timedelta

from archive import processes
from archive.errors import LeaseError, NotHeldError, OvertakenError
from archive.objects import Marked
from archive.storage import Storage

MARGIN = 5.0  # seconds: stores tell time in whole ones, and no two clocks run at quite the same speed


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A held lease; the token grows with each holder, so that a late writer can be told from the present one."""

    name: str
    holder: str
    token: int
    seconds: float  # that it lasts after each writing
    turn: int = 0  # grows with each writing, so that no content comes twice
    process: str = ""  # the mark of the process that holds it; empty once it is given back
    mark: str = ""  # the store's, of our last writing

    @property
    def key(self) -> str:
        """Where it lies."""
        return _key(self.name)

    def to_bytes(self) -> bytes:
        """As it lies in the store."""
        return json.dumps({key: value for key, value in asdict(self).items() if key != "mark"}).encode()


def take(storage: Storage, name: str, ttl: timedelta) -> Lease:
    """Take the lease when nobody holds it, its time ran out, or its process ran here and is gone.

    Raises:
        LeaseError: someone holds it; the message says who, the error's `mark` which writing of theirs it was.
        StorageError: the store cannot be asked.
    """
    seen = _look(storage, name)
    last = _lease_of(name, seen)
    if last is not None and seen is not None and not _is_over(last, seen.age):
        said = f"{name} is being worked on by {last.holder}, which said so {seen.age:.0f} s ago"
        raise LeaseError(said, mark=seen.mark)
    lease = Lease(
        name=name,
        holder=f"{socket.gethostname()}-{secrets.token_hex(6)}",
        token=last.token + 1 if last else 1,
        seconds=ttl.total_seconds(),
        process=processes.mark(),
    )
    try:
        return replace(lease, mark=storage.swap(lease.key, lease.to_bytes(), seen.mark if seen else None))
    except OvertakenError:
        raise LeaseError(f"{name} has just been taken by another process") from None


def renew(storage: Storage, lease: Lease) -> Lease:
    """Hold on for longer.

    Raises:
        LeaseError: it ran out and another took over; stop writing.
        StorageError: the store cannot be asked; until its time is over, the lease is held all the same.
    """
    return _write(storage, replace(lease, turn=lease.turn + 1))


def give_back(storage: Storage, lease: Lease) -> None:
    """End the lease now; the token stays, so that tokens keep growing. Another's is left alone. Raises StorageError."""
    try:
        _write(storage, replace(lease, turn=lease.turn + 1, seconds=0.0, process=""))
    except LeaseError:
        return


def check(storage: Storage, lease: Lease) -> None:
    """Ask the store whether the lease is still ours: the token is compared, before something that cannot be undone.

    Raises:
        LeaseError: another holds it. StorageError: the store cannot be asked.
    """
    _mark(storage, lease)


def _mark(storage: Storage, lease: Lease) -> str:
    """The mark of what stands there, which must be a writing of this very holder. Raises LeaseError, StorageError."""
    seen = _look(storage, lease.name)
    last = _lease_of(lease.name, seen)
    if seen is None or last is None or (last.holder, last.token) != (lease.holder, lease.token):
        raise LeaseError(f"{lease.name} was taken over by another process; this one must stop")
    return seen.mark


def _write(storage: Storage, lease: Lease) -> Lease:
    """Write over our last writing, and over one of ours whose answer was lost."""
    for _ in range(2):
        try:
            return replace(lease, mark=storage.swap(lease.key, lease.to_bytes(), lease.mark))
        except OvertakenError:
            lease = replace(lease, mark=_mark(storage, lease), turn=lease.turn + 1)
    raise LeaseError(f"{lease.name} was taken over by another process; this one must stop")


def _is_over(last: Lease, age: float) -> bool:
    return last.seconds == 0 or age > last.seconds + MARGIN or processes.is_gone(last.process)


def _key(name: str) -> str:
    return f"state/lease/{name}/lease.json"


def _look(storage: Storage, name: str) -> Marked | None:
    try:
        return storage.look(_key(name))
    except NotHeldError:
        return None


def _lease_of(name: str, seen: Marked | None) -> Lease | None:
    """What stands there; a damaged object is nobody's lease, and whoever follows begins to count again."""
    if seen is None:
        return None
    try:
        said = json.loads(seen.data)
        return Lease(
            name=name,
            holder=str(said["holder"]),
            token=int(said["token"]),
            seconds=float(said["seconds"]),
            turn=int(said["turn"]),
            process=str(said["process"]),
        )
    except (ValueError, KeyError, TypeError):
        return None
