"""One holder at a time over all processes and machines: leases under `state/`, with expiry and fencing token."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from archive import processes
from archive.errors import AlreadyThereError, LeaseError, NotHeldError
from archive.storage import Storage


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A held lease; the token grows with each holder, so that a late writer can be told from the present one."""

    key: str
    holder: str
    token: int
    until: datetime
    process: str = ""  # the mark of the process that holds it


def _read(storage: Storage, key: str) -> Lease | None:
    try:
        fields = json.loads(storage.get(key))
    except NotHeldError:
        return None
    return Lease(
        key=key,
        holder=fields["holder"],
        token=fields["token"],
        until=datetime.fromisoformat(fields["until"]),
        process=fields.get("process", ""),
    )


def _bytes(lease: Lease) -> bytes:
    until = lease.until.isoformat()
    said = {"holder": lease.holder, "token": lease.token, "until": until, "process": lease.process}
    return json.dumps(said).encode()


def _slot(name: str, token: int) -> str:
    return f"state/lease/{name}/{token:012d}.json"


def take(storage: Storage, name: str, ttl: timedelta, now: datetime) -> Lease:
    """Take the lease, or the next one after a holder whose time ran out or whose process ran here and was killed.

    Each holder writes a new object under the next number, which only one writer can create: no storage needs to
    lock, and a folder and a bucket behave alike.

    Raises:
        LeaseError: someone holds it; the message says until when.
    """
    slots = list(storage.list(f"state/lease/{name}/"))
    last = _read(storage, slots[-1]) if slots else None
    if last is not None and last.until > now and not processes.is_gone(last.process):
        raise LeaseError(f"{name} is being worked on by {last.holder} until {last.until:%Y-%m-%d %H:%M:%S} UTC")
    token = last.token + 1 if last else 1
    lease = Lease(
        key=_slot(name, token), holder=secrets.token_hex(6), token=token, until=now + ttl, process=processes.mark()
    )
    try:
        storage.put(lease.key, _bytes(lease))
    except AlreadyThereError:
        raise LeaseError(f"{name} has just been taken by another process") from None
    for old in slots[:-1]:
        storage.delete(old)
    return lease


def renew(storage: Storage, lease: Lease, ttl: timedelta, now: datetime) -> Lease:
    """Hold on for longer.

    Raises:
        LeaseError: it ran out and another took over; stop writing.
    """
    name = lease.key.split("/")[2]
    newest = list(storage.list(f"state/lease/{name}/"))
    if not newest or newest[-1] != lease.key:
        raise LeaseError(f"{name} was taken over by another process; this one must stop")
    longer = replace(lease, until=now + ttl)
    storage.put(lease.key, _bytes(longer), replace=True)
    return longer


def give_back(storage: Storage, lease: Lease, now: datetime) -> None:
    """End the lease now; the number stays, so that tokens keep growing."""
    held = _read(storage, lease.key)
    if held is not None and held.holder == lease.holder:
        storage.put(lease.key, _bytes(replace(lease, until=now)), replace=True)
