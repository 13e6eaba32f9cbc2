"""A text object without the lines of purged captures, the others leading to where their records lie now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from archive import texts
from archive.records import Article, Reading, Unchanged, is_imported
from archive.storage import Storage
from archive.tombstones import Rewritten, below


def digests(data: bytes, key: str) -> dict[int, str]:
    """Digests of the texts that were read in a WARC, by the offset of their captures.

    Raises:
        ArchiveError: it is no text object.
    """
    _, readings = texts.load(data, key)
    return {
        reading.address.offset: texts.text_digest(reading.outcome.text)
        for reading in readings
        if isinstance(reading.outcome, Article)
    }


def of_file(storage: Storage, key: str) -> Iterator[str]:
    """Keys of what all readers read in a file of warc/. Raises StorageError."""
    stem = below(key).removesuffix(".gz").removesuffix(".warc").removesuffix(".arc")
    shelf, inside = ("text/", stem) if is_imported(stem) else (f"text/{stem.split('/')[0]}/", stem.partition("/")[2])
    return (each for each in storage.list(shelf) if each.endswith(f"/{inside}.jsonl.gz"))


def tells(data: bytes, key: str, changes: Rewritten) -> bool:
    """Whether an object still has lines of what goes. Raises ArchiveError: it is no text object."""
    gone = {each.record for each in changes.gone if each.record}
    return any(reading.record in gone for reading in texts.load(data, key)[1])


def without(data: bytes, key: str, changes: Rewritten, fewer: Mapping[str, int]) -> tuple[str, bytes]:
    """The key and bytes of the text object that a reader would have made of the new file.

    Args:
        data: the old object.
        key: where it lies.
        changes: of its WARC, which becomes another file or stays under its name.
        fewer: how many captures that are no articles it counts fewer.

    Raises:
        ArchiveError: it is no text object.
    """
    head, readings = texts.load(data, key)
    assert changes.becomes is not None
    counts = {kind: number - fewer.get(kind, 0) for kind, number in head.non_articles.items()}
    head = replace(
        head,
        warc=below(changes.becomes.key),
        non_articles={kind: number for kind, number in counts.items() if number > 0},
    )
    gone = {each.offset for each in changes.gone}
    kept = [_moved(reading, changes) for reading in readings if reading.address.offset not in gone]
    return texts.key(head.warc, head.outlet, head.reader), texts.dump(head, kept)


def _moved(reading: Reading, changes: Rewritten) -> Reading:
    address = changes.moved(reading.address)
    anew = next((each for each in changes.rehomed if each.offset == reading.address.offset), None)
    outcome = reading.outcome if anew is None else Unchanged(of=anew.of)
    return replace(reading, address=address, outcome=outcome)
