"""The second move's other half: each WARC without listings of the current lister becomes an object of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from archive import listed
from archive.errors import AlreadyThereError, WarcError
from archive.holdings import Archive
from archive.listings import ListingHead
from archive.purge.listings import Withheld
from crawler.outlet import Outlet
from crawler.polls.lister import Lister
from crawler.polls.reading import read_polls


def list_seeds(
    archive: Archive,
    outlets: Mapping[str, Outlet],
    only: frozenset[str] | None = None,
    *,
    anew: bool = False,
    step: Callable[[], None] = lambda: None,
) -> tuple[str, ...]:
    """Read the listings in every WARC that the current lister of its outlet has not read, then say that it is current.

    Imports hold no seeds: nobody said what their captures were made for. With `anew` every WARC is read, and an object
    that stands there already must come out the same. `step` is called before each: what it raises ends the work.
    Returns the WARCs that were read.

    Raises:
        AlreadyThereError: read anew, a WARC listed something else than the object on the shelf.
        StorageError: a WARC could not be read or an object not be written; what was written before is whole.
        ArchiveError: a takedown cannot be read; what a purge took away might be written again.
    """
    done: list[str] = []
    withheld = Withheld.load(archive.storage)
    for name in sorted(outlets if only is None else only & outlets.keys()):
        warcs = archive.warcs(name)
        lister = Lister.of(outlets[name])
        already: frozenset[str] = frozenset() if anew else listed.of_lister(archive.storage, name, lister.digest)
        for warc in warcs:
            step()
            if listed.key(warc, name, lister.digest) not in already:
                _read(archive, warc, lister, withheld)
                done.append(warc)
        if warcs:
            listed.set_lister(archive.storage, name, lister.digest)
    return tuple(done)


def _read(archive: Archive, warc: str, lister: Lister, withheld: Withheld) -> None:
    head = ListingHead(
        schema=listed.SCHEMA,
        warc=warc,
        outlet=lister.outlet.id,
        lister=lister.digest,
        zone=lister.outlet.timezone,
    )
    with archive.storage.open(f"warc/{warc}") as stream:
        try:
            listed.put(archive.storage, head, withheld.lines(read_polls(stream, warc, lister)))
        except WarcError as error:
            raise WarcError(f"warc/{warc}: {error}") from None
        except AlreadyThereError as error:
            raise AlreadyThereError(f"warc/{warc} lists otherwise now: {error}") from None
