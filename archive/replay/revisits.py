"""Which of the sorted captures play: each once, and a revisit only with the bytes that it stands for.

pywb looks for those bytes by digest, first among the captures of the same address, then at the address and date that
the revisit's own record names. Where the record names a capture that is held under another digest (foreign crawlers
digest the chunked bytes), the line is given that capture's digest.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Mapping
from pathlib import Path
from typing import BinaryIO, Final

from archive import warc
from archive.errors import NotHeldError, WarcError
from archive.records import is_imported
from archive.replay.lines import Entry, LeftOut
from archive.storage import Storage
from archive.takedowns import key_of

NO_HEADERS: Final = "-"  # the status of a revisit that holds none of its own
_NO_DIGIT: Final = re.compile(r"\D")


def playable(sorted_: Iterable[bytes], storage: Storage, index: Path, counts: Counter[LeftOut]) -> int:
    """Write the lines that play, in their order; returns how many, and counts the others.

    Raises:
        StorageError: a revisit's record could not be read.
    """
    draft = index.with_name(f"{index.name}.draft")
    with draft.open("wb") as out:
        number, open_ = _settled(sorted_, out, counts)
    if open_:
        return _decided(draft, open_, storage, index, counts)
    draft.replace(index)
    return number


def _settled(sorted_: Iterable[bytes], out: BinaryIO, counts: Counter[LeftOut]) -> tuple[int, dict[int, Entry]]:
    """Write each capture once; returns how many, and by their number the revisits whose bytes are still sought."""
    open_: dict[int, Entry] = {}
    head = b""
    originals: dict[str, str] = {}  # digest -> codings of the first capture of this address with it, as pywb takes it
    records: dict[str, list[Entry]] = {}  # of this address and second
    number = 0
    for packed in sorted_:
        entry = Entry.unpack(packed)
        if entry.head != head:
            if entry.head.partition(b" ")[0] != head.partition(b" ")[0]:
                originals = {}
            head, records = entry.head, {}
        if entry.record:
            same = records.setdefault(entry.record, [])
            if any(entry.doubles(other) for other in same):
                counts[LeftOut.HELD_TWICE] += 1
                continue
            same.append(entry)
        if not entry.revisit:
            originals.setdefault(entry.digest, entry.codings)
        elif entry.digest not in originals:
            open_[number] = entry
        elif not _fits(entry, originals[entry.digest]):
            counts[LeftOut.CODING] += 1
            continue
        out.write(entry.line)
        number += 1
    return number, open_


def _fits(revisit: Entry, codings: str) -> bool:
    """Whether a revisit's headers tell how the original's bytes are packed; one without headers borrows those too."""
    return revisit.status == NO_HEADERS or revisit.codings == codings


def _decided(draft: Path, open_: Mapping[int, Entry], storage: Storage, index: Path, counts: Counter[LeftOut]) -> int:
    """Write the draft without the revisits that stand for nothing held."""
    named = {number: _names(entry, storage) for number, entry in open_.items()}
    held = _held(draft, {name for names in named.values() for name in names})
    written = 0
    with draft.open("rb") as lines, index.open("wb") as out:
        for number, line in enumerate(lines):
            if (revisit := open_.get(number)) is None:
                out.write(line)
            elif (original := next((held[name] for name in named[number] if name in held), None)) is None:
                counts[LeftOut.UNRESOLVED] += 1
                continue
            elif _fits(revisit, original.codings):
                out.write(revisit.with_digest(original.digest).line)
            else:
                counts[LeftOut.CODING] += 1
                continue
            written += 1
    return written


def _names(revisit: Entry, storage: Storage) -> tuple[str, ...]:
    """What a revisit's own record calls its original, the surest first: record id and second, either; or nothing."""
    try:
        found = warc.read_at(storage.read(f"warc/{revisit.filename}", revisit.offset, revisit.length))
    except (NotHeldError, WarcError):
        return ()
    if found.refers_to is None:
        return ()
    key = key_of(found.refers_to.url)
    second = _NO_DIGIT.sub("", found.refers_to.date)[:14]
    record = found.refers_to.record
    both = f"{record} {second}" if record and second else None
    return tuple(f"{key} {name}" for name in (both, record, second) if name)


def _held(draft: Path, wanted: Container[str]) -> dict[str, Entry]:
    """The captures that are called so and are no revisits themselves; our own before any import's."""
    found: dict[str, Entry] = {}
    with draft.open("rb") as lines:
        for line in lines:
            entry = Entry.read(line)
            if entry.revisit:
                continue
            key, second = entry.head.decode("utf-8", "replace").split(" ")
            for name in (f"{key} {entry.record} {second}", f"{key} {entry.record}", f"{key} {second}"):
                if name in wanted and (name not in found or _goes_before(entry, found[name])):
                    found[name] = entry
    return found


def _goes_before(entry: Entry, other: Entry) -> bool:
    return is_imported(other.filename) and not is_imported(entry.filename)
