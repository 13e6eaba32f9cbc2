"""What earlier purges left undone is carried out, and orders of merged stores made whole; it takes no new order."""

from __future__ import annotations

from archive import takedowns, tenure
from archive.errors import NotHeldError
from archive.purge import merging
from archive.purge.carrying import finish as carry_out
from archive.storage import Storage

PATIENCE = 600.0  # seconds that another purge is waited for


def finish(storage: Storage) -> int:
    """Carry out what earlier purges left undone; returns the number of files. Cheap where nothing is to be done.

    Purges of one file that knew nothing of each other, from stores that were merged, are made whole.

    Raises:
        ArchiveError: an order cannot be read or carried out. StorageError: the store cannot be read or written.
        LeaseError: another purge is under way, and goes on too long.
    """
    purges = takedowns.load(storage).purges
    done = carry_out(storage, purges)
    if not merging.are_apart(purges):
        return done
    with tenure.held(storage, "purge", PATIENCE):
        return done + merge(storage)


def merge(storage: Storage) -> int:
    """Under the lease of purges: an entry for each order that a file, or a listing, knows nothing of."""
    done = 0
    while (order := merging.lacking(storage, takedowns.load(storage).purges)) is not None:
        merging.write(storage, order)
        done += carry_out(storage, takedowns.load(storage).purges)
    return done


def overtook(storage: Storage, warc_key: str, size: int, text: str) -> bool:
    """Whether something was purged from a file while it was read; the text made of it, by its key, is taken away then.

    Args:
        storage: of both.
        warc_key: the file's.
        size: the file's when reading began, in bytes.
        text: what was put on the shelf since.

    Raises:
        StorageError: the store cannot be asked or written.
    """
    try:
        is_same = storage.size(warc_key) == size
    except NotHeldError:
        is_same = False
    if not is_same:
        storage.delete(text)
    return not is_same
