"""The shelf of listings against its WARCs, and the catalog's rows of them against the shelf; it changes nothing."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from archive import cdx, listed, takedowns
from archive.audit.findings import Finding, Kind, Passed
from archive.audit.warcs import cdxj_key
from archive.audit.withheld import unreadable
from archive.cdx import CdxLine
from archive.digest import sha256_of
from archive.errors import ArchiveError, CatalogError
from archive.fixity import Fixity
from archive.listings import Asked, Content, ListingHead, Poll
from archive.records import Role
from archive.storage import Storage

if TYPE_CHECKING:
    from archive.catalog import Catalog

_TAIL: Final = ".jsonl.gz"

Found = Finding | Passed
Row = tuple[tuple[Any, ...], str]  # its name, and all that it says


# ---- the shelf -----------------------------------------------------------------------------------------------------


def audit_listed(storage: Storage, known: Mapping[str, tuple[Fixity, ...]], outlet: str | None) -> Iterator[Found]:
    """Every object and pointer of the shelf, and what should be there and is not.

    Args:
        storage: of the shelves.
        known: what is on record of each file.
        outlet: this one's only; None: all.

    Raises:
        StorageError: the store cannot be read.
    """
    place = f"{listed.SHELF}{outlet}/" if outlet else listed.SHELF
    there: set[str] = set()
    names: set[str] = set()
    for key in storage.list(place):
        parts = key.split("/")
        if len(parts) == 3 and parts[2] == listed.POINTER:
            names.add(parts[1])
            yield from _pointer(storage, key)
        elif len(parts) == 6 and key.endswith(_TAIL):
            names.add(parts[1])
            there.add(key)
            yield from _object(storage, key, known.get(key, ()))
        else:
            yield Finding(kind=Kind.STRAY, file=key, said="it is of no shelf; this archive did not put it there")
    for key in sorted(key for key in known if key.startswith(place) and key not in there):
        yield Finding(kind=Kind.LOST, file=key, said="it is on record, and not there")
    yield from _unread(storage, there, names)


def _pointer(storage: Storage, key: str) -> Iterator[Finding]:
    try:
        data = storage.get(key)
        lister = listed.lister_of(storage, key.split("/")[1])
    except CatalogError:
        yield Finding(kind=Kind.POINTER, file=key, said="it names no lister")
        return
    except ArchiveError as error:
        yield unreadable(storage, key, error)
        return
    if lister is None or data != listed.pointer(lister):
        yield Finding(kind=Kind.POINTER, file=key, said="it is not written as this archive writes")


def _unread(storage: Storage, there: Collection[str], names: Iterable[str]) -> Iterator[Finding]:
    """WARCs that the current lister has not read, and outlets of which nothing says which lister is current."""
    for name in sorted(names):
        pointer = f"{listed.SHELF}{name}/{listed.POINTER}"
        try:
            lister = listed.lister_of(storage, name)
        except ArchiveError:
            continue  # told where the pointer itself was looked at
        warcs = [key.removeprefix("warc/") for key in storage.list(f"warc/{name}/") if key.endswith(".warc.gz")]
        if lister is None:
            said = "listings are there, and nothing says which lister is current"
            yield Finding(kind=Kind.UNREAD, file=pointer, said=said)
            continue
        for warc in warcs:
            if listed.key(warc, name, lister) not in there:
                said = f"the current lister {lister} has not read it"
                yield Finding(kind=Kind.UNREAD, file=f"warc/{warc}", said=said)


def _object(storage: Storage, key: str, known: Collection[Fixity]) -> Iterator[Found]:
    try:
        data = storage.get(key)
    except ArchiveError as error:
        yield unreadable(storage, key, error)
        return
    if not known:
        yield Finding(kind=Kind.UNRECORDED, file=key, said="no fixity on record")
    elif Fixity(sha256=sha256_of(data), size=len(data)) not in known:
        yield Finding(kind=Kind.FIXITY, file=key, said=f"its {len(data)} bytes are not those on record")
    count = 0
    try:
        head, lines = listed.unpacked(io.BytesIO(data), key)
        of_warc = _lines_of(storage, head.warc)
        if listed.key(head.warc, head.outlet, head.lister) != key:
            yield _wrong(key, f"it says that it lies at {listed.key(head.warc, head.outlet, head.lister)}")
        elif of_warc is None:
            yield Finding(kind=Kind.LOST, file=f"warc/{head.warc}", said=f"{key} was read from it; it is not there")
        seen: set[str] = set()
        for line in lines:
            count += 1
            seen.add(line.record)
            if of_warc is not None:
                yield from _unlike(key, head, line, of_warc.get(line.record))
        for record, at in (of_warc or {}).items():
            if at.role == Role.SEED.value and record not in seen:
                yield _wrong(key, f"the seed's capture {record} of its WARC is not in it", record, at.url)
    except ArchiveError as error:
        yield _wrong(key, str(error))
    yield Passed(file=key, records=count, bytes=len(data))


def _lines_of(storage: Storage, warc: str) -> dict[str, CdxLine] | None:
    """The index of a WARC by record; None when the WARC is not there, empty when its index cannot be read."""
    if not storage.exists(f"warc/{warc}"):
        return None
    try:
        lines = cdx.load(storage.get(cdxj_key(f"warc/{warc}")))
    except ArchiveError:
        return {}  # told where the index itself was looked at
    return {line.record: line for line in lines}


def _unlike(key: str, head: ListingHead, line: Poll | Asked, at: CdxLine | None) -> Iterator[Finding]:
    """What a line says otherwise than the index of its WARC does; of what never came there is no index line."""
    if line.outlet != head.outlet:
        yield _wrong(key, f"a line of {line.outlet} stands in the listings of {head.outlet}", line.record, line.url)
    came = isinstance(line, Poll) and line.content is not Content.FAILED
    if at is None:
        if came:
            yield _wrong(key, f"no capture {line.record} is in its WARC", line.record, line.url)
        return
    role = Role.SEED if isinstance(line, Poll) else Role.PAGE
    if at.role != role.value:
        yield _wrong(key, f"it is read as a {role.value}, the WARC says {at.role}", line.record, line.url)
    if came and (at.original or at.url, at.originaldate or at.date) != (line.url, line.at):
        said = f"it stands for {line.url} at {line.at}, the WARC gives {at.original or at.url} at {at.date}"
        yield _wrong(key, said, line.record, line.url)


def _wrong(key: str, said: str, record: str | None = None, url: str | None = None) -> Finding:
    return Finding(kind=Kind.LISTING, file=key, said=said, record=record, url=url)


# ---- the catalog ---------------------------------------------------------------------------------------------------


def audit_listing_rows(storage: Storage, catalog: Catalog, outlet: str | None) -> Iterator[Finding]:
    """What the catalog holds otherwise than the shelf gives: its rows are made again beside it, and compared.

    Raises:
        StorageError: the store cannot be read. CatalogError: the catalog cannot be.
    """
    try:
        wanted = [key for key in listed.current(storage) if outlet in (None, key.split("/")[1])]
    except CatalogError:
        return  # told where the pointer itself was looked at
    held = {key: digest for key, digest in catalog.listed_in().items() if outlet in (None, key.split("/")[1])}
    for key in wanted:
        if key not in held:
            yield Finding(kind=Kind.BEHIND, file=key, said="the catalog has not taken it in yet")
    for key in sorted(held.keys() - set(wanted)):
        said = "the catalog holds listings that are gone, or no longer of the current lister"
        yield Finding(kind=Kind.CATALOG, file=key, said=said)
    for name in sorted({key.split("/")[1] for key in held}):
        mine = {key: digest for key, digest in held.items() if key.split("/")[1] == name}
        if mine.keys() <= set(wanted):
            yield from _rows(storage, catalog, name, mine)


def _rows(storage: Storage, catalog: Catalog, outlet: str, held: Mapping[str, str]) -> Iterator[Finding]:
    from archive.relisting import objects

    for key, digest in held.items():
        try:
            if sha256_of(storage.get(key)) != digest:
                yield Finding(kind=Kind.CATALOG, file=key, said="the catalog took in other bytes than lie there now")
                return
        except ArchiveError:
            return  # told where the object itself was looked at
    with tempfile.TemporaryDirectory(prefix="astana-audit-") as folder:
        from archive.catalog import Catalog as Fresh

        with Fresh.open(f"sqlite:///{Path(folder) / 'listings.db'}") as fresh:
            try:
                fresh.hide(list(takedowns.new(storage)))
                fresh.take_listings(objects(storage, sorted(held), lambda: None))
            except ArchiveError:
                return  # told where the object itself was looked at
            for name, said in _differing(catalog.listing_rows(outlet), fresh.listing_rows(outlet)):
                yield Finding(kind=Kind.CATALOG, file="catalog", said=f"{outlet}: {name}: {said}")


def _differing(mine: Iterable[Row], true: Iterable[Row]) -> Iterator[tuple[str, str]]:
    """Rows that differ, both sides being in the order of their names."""
    left, right = iter(mine), iter(true)
    one, other = next(left, None), next(right, None)
    while one is not None or other is not None:
        if other is None or (one is not None and one[0] < other[0]):
            yield " ".join(map(str, (one or other or ("",))[0])), "it stands in the catalog alone"
            one = next(left, None)
        elif one is None or other[0] < one[0]:
            yield " ".join(map(str, other[0])), "it is not in the catalog"
            other = next(right, None)
        else:
            if one[1] != other[1]:
                yield " ".join(map(str, one[0])), "it is not what the listings give"
            one, other = next(left, None), next(right, None)
