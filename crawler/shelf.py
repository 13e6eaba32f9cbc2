"""The second move over the shelves: each WARC without a text of the current reader becomes one; it fetches nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from archive import cdx
from archive.holdings import Archive
from crawler.extract import Reader
from crawler.outlet import OTHER, Outlet
from crawler.readings import read_warc

MakeReader = Callable[[Outlet], Reader]


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """What the move did: WARCs read now, and for which outlets the reader changed."""

    warcs: tuple[str, ...]
    outlets: tuple[str, ...]


def owner_of(outlets: Mapping[str, Outlet], url: str) -> str:
    """The outlet that a URL belongs to by its host; `other` when none is known."""
    return next((name for name, outlet in sorted(outlets.items()) if outlet.owns(url)), OTHER)


def extract(
    archive: Archive, outlets: Mapping[str, Outlet], make_reader: MakeReader, only: frozenset[str] | None = None
) -> Extracted:
    """Read every WARC that the current reader of its outlet has not read, then say that this reader is current.

    When the reader of an outlet changed, all its WARCs are read again, so that no story mixes readers.

    Raises:
        StorageError: a WARC could not be read or a text not be written; what was written before is whole.
    """
    done: list[str] = []
    touched: list[str] = []
    wanted = _work(archive, outlets, only)
    for name, warcs in sorted(wanted.items()):
        reader = make_reader(outlets[name])
        for warc in warcs:
            if archive.has_text(warc, name, reader.digest):
                continue
            with archive.storage.open(f"warc/{warc}") as stream:
                head, readings = read_warc(stream, warc, reader)
            archive.put_text(head, readings)
            done.append(warc)
        if warcs:
            archive.set_reader(name, reader.digest)
            touched.append(name)
    return Extracted(warcs=tuple(done), outlets=tuple(touched))


def _work(archive: Archive, outlets: Mapping[str, Outlet], only: frozenset[str] | None) -> dict[str, list[str]]:
    """WARCs by outlet. An outlet whose file is gone is left as it was last read."""
    work: dict[str, list[str]] = {}
    for name in outlets:
        if only is None or name in only:
            work[name] = archive.warcs(name)
    for warc in archive.imports():
        for name in _outlets_in(archive, outlets, warc):
            if name in work:
                work[name].append(warc)
    return work


def _outlets_in(archive: Archive, outlets: Mapping[str, Outlet], warc: str) -> Iterator[str]:
    stem = warc.rpartition("/")[2]
    lines = cdx.load(archive.storage.get(f"cdxj/_import/{stem}.cdxj"))
    yield from sorted({owner_of(outlets, line.url) for line in lines})
