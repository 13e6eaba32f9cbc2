"""What the tests of purges ask of a store: every byte in it unpacked, and what is held of each capture."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from archive import warc
from archive.holdings import Archive
from archive.objects import DRAFT
from archive.purge.ordering import Done, Knows, purge
from archive.records import Capture, NonArticle
from crawler.extract import non_article
from tests.spooled import NOW


def tell(key: str, capture: Capture) -> tuple[str, NonArticle | None]:
    """All that the tests capture is of one outlet."""
    return "press", non_article(capture)


def purged(archive: Archive, name: str, reason: str = "a court, 4/26") -> Done:
    return purge(archive, name, reason, NOW, Knows(tell=tell, is_of=lambda story, url: False))


def captured(folder: Path) -> Counter[tuple[str, str, bytes, bytes]]:
    """Every capture on the shelves: id, address, request and response."""
    found: Counter[tuple[str, str, bytes, bytes]] = Counter()
    for path in sorted((folder / "warc").rglob("*")):
        if path.is_file() and path.suffix != ".wacz" and not path.name.startswith(DRAFT):
            with path.open("rb") as stream:
                for each in warc.read(stream, path.relative_to(folder).as_posix(), "press"):
                    if isinstance(each, Capture):
                        found[each.record, each.url, each.request, each.response] += 1
    return found


def members(folder: Path) -> set[bytes]:
    """The bytes of every record as they lie."""
    found = set()
    for path in sorted((folder / "warc").rglob("*.gz")):
        data = path.read_bytes()
        for each in warc.records(io.BytesIO(data)):
            assert isinstance(each, warc.Record)
            found.add(data[each.offset : each.offset + each.length])
    return found


def unpacked(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every object of a store, all that is packed in it unpacked, too."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            yield path.name, data
            yield from ((path.name, part) for part in _inside(data))


def _inside(data: bytes) -> Iterator[bytes]:
    """The gzip members and the parts of a ZIP, and what is packed in those."""
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            for name in packed.namelist():
                yield packed.read(name)
                yield from _inside(packed.read(name))
        return
    at = data.find(b"\x1f\x8b\x08")
    while at >= 0:
        member = zlib.decompressobj(31)
        try:
            out = member.decompress(data[at:])
        except zlib.error:
            out = b""
        if out:
            yield out
            yield from _inside(out)
        at = data.find(b"\x1f\x8b\x08", len(data) - len(member.unused_data) if out and member.eof else at + 1)


def holds(folder: Path, words: bytes) -> list[str]:
    """Names of the objects in which some bytes stand, packed or not."""
    return sorted({name for name, data in unpacked(folder) if words in data})


__all__ = ["NOW", "captured", "gzip", "holds", "members", "purged", "tell", "unpacked"]
