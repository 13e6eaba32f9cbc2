"""The catalog brought level with the shelf of listings: what is new is taken, what an older lister made is let go."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator

from archive import listed
from archive.catalog import Catalog, ListingObject
from archive.digest import sha256_of
from archive.storage import Storage


def level(storage: Storage, catalog: Catalog, check: Callable[[], None]) -> int:
    """Take in what is not indexed yet; where an object is gone, its outlet's are all taken again. Returns how many.

    Args:
        storage: of the shelves.
        catalog: to be brought level.
        check: called before each object; it raises when this process may write no more.

    Raises:
        ArchiveError: an object cannot be read; the message names it.
    """
    wanted = listed.current(storage)
    held = catalog.listed_in()
    gone = {key.split("/")[1] for key in held.keys() - set(wanted)}
    if gone:
        catalog.drop_listings(gone)
        held = catalog.listed_in()
    return catalog.take_listings(objects(storage, (key for key in wanted if key not in held), check))


def objects(storage: Storage, keys: Iterable[str], check: Callable[[], None]) -> Iterator[ListingObject]:
    """Objects of the shelf as the catalog takes them, one after the other. Raises as `level`."""
    for key in keys:
        check()
        data = storage.get(key)
        head, lines = listed.unpacked(io.BytesIO(data), key)
        yield ListingObject(key=key, sha256=sha256_of(data), head=head, lines=lines)
