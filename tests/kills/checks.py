"""What must be true of a store after any death and the restart behind it; each breach is a line that says where."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zlib
from collections import Counter
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from archive import cdx, fixity, http, listed, texts, warc
from archive.catalog import Catalog, ListingObject, TextObject
from archive.digest import sha256_of
from archive.errors import ArchiveError
from archive.records import Capture
from archive.storage import FolderStorage
from tests.kills.outlet import NUMBER, Answer

OUTLET = "trial"
SPOOLED = (".warc.gz.open", ".warc.gz.sealing")


@dataclass(slots=True)
class Found:
    """What lies in a store, by the numbers that the server gave its answers, and by record ids."""

    answers: Counter[int] = field(default_factory=Counter)
    records: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)


def look(store: Path) -> Found:
    """Read every WARC on the shelf and every waiting one, each byte."""
    found = Found()
    for path in _files(store / "warc"):
        _whole_members(path, found)
        _read(path, found)
    for path in _files(store / "spool"):
        if path.name.endswith(SPOOLED):
            _read(path, found)
    twice = [f"record {name} is stored {times} times" for name, times in found.records.items() if times > 1]
    twice += [f"answer {number} is stored {times} times" for number, times in found.answers.items() if times > 1]
    found.problems += twice
    return found


def _files(folder: Path) -> list[Path]:
    """What stands under a final name; drafts of a put that was killed bear a name that no key can have."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".tmp-"))


def _whole_members(path: Path, found: Found) -> None:
    try:
        gzip.decompress(path.read_bytes())
    except (OSError, EOFError, zlib.error) as error:
        found.problems.append(f"{path.name} is half an object: {error}")


def _read(path: Path, found: Found) -> None:
    data = path.read_bytes()
    for record in warc.records(io.BytesIO(data)):
        if isinstance(record, warc.Damage):
            found.problems.append(f"{path.name} at {record.offset}: {record.said}")
    for capture in warc.read(io.BytesIO(data), path.name, OUTLET):
        if not isinstance(capture, Capture):
            found.problems.append(f"{path.name}: {capture.said}")
            continue
        found.records[capture.record] += 1
        number = http.parse(capture.response).header(NUMBER.encode()) if capture.response else None
        if number is not None:
            found.answers[int(number)] += 1


def lost(found: Found, answers: Iterable[Answer], forgiven: Container[int], reported: Iterable[str]) -> Iterator[str]:
    """Answers that had been sent whole and are not held, but for those forgiven; captures reported and not held."""
    for answer in answers:
        if answer.number not in found.answers and answer.number not in forgiven:
            yield f"answer {answer.number} ({answer.path}), finished at {answer.at:.3f}, is not held"
    for record in reported:
        if record not in found.records:
            yield f"capture {record} was reported and is not held"


def shelves(store: Path, *, is_read: bool = True) -> Iterator[str]:
    """Every object whole, WARC and CDXJ and text beside each other, each as the ledger says it was shelved.

    Before the next extraction (`is_read` false) a text may lack its entry: it is whole, and will be read again.
    """
    storage = FolderStorage(store)
    known = fixity.load(storage)
    for shelf in ("warc", "cdxj", "text"):
        for path in _files(store / shelf):
            key = path.relative_to(store).as_posix()
            if key.endswith("/current.json"):
                json.loads(path.read_bytes())
                continue
            data = path.read_bytes()
            if shelf == "text" and not is_read and key not in known:
                yield from _half(data, key)
                continue
            said = fixity.Fixity(sha256=hashlib.sha256(data).hexdigest(), size=len(data))
            if said not in known.get(key, ()):
                yield f"{key} is not what the ledger says: {known.get(key, 'no entry')}"
    yield from _pairs(store)
    for key in known:
        if not (store / key).is_file():
            yield f"the ledger knows {key}, the shelf does not hold it"
    for path in _files(store / "ledger"):
        try:
            json.loads(path.read_bytes())
        except ValueError as error:
            yield f"{path.relative_to(store)} is half an object: {error}"


def _half(data: bytes, key: str) -> Iterator[str]:
    try:
        texts.load(data, key)
    except ArchiveError as error:
        yield f"{key} is half an object: {error}"


def _pairs(store: Path) -> Iterator[str]:
    warcs = {
        path.relative_to(store / "warc").as_posix().removesuffix(".warc.gz"): path for path in _files(store / "warc")
    }
    indexes = {
        path.relative_to(store / "cdxj").as_posix().removesuffix(".cdxj"): path for path in _files(store / "cdxj")
    }
    for stem in sorted(warcs.keys() ^ indexes.keys()):
        yield f"{stem} has {'no CDXJ' if stem in warcs else 'no WARC'}"
    for stem in sorted(warcs.keys() & indexes.keys()):
        data = warcs[stem].read_bytes()
        for line in cdx.load(indexes[stem].read_bytes()):
            member = data[line.offset : line.offset + line.length]
            if f"sha256:{hashlib.sha256(member).hexdigest()}" != line.sha256:
                yield f"{stem}: the CDXJ's line of {line.url} points at other bytes"


def all_read(store: Path) -> Iterator[str]:
    """Each WARC has one whole text of the reader that is current."""
    folder = store / "text" / OUTLET
    reader = json.loads((folder / "current.json").read_text("ascii"))["reader"] if folder.exists() else ""
    read = {}
    for path in _files(folder / reader) if reader else []:
        key = path.relative_to(store).as_posix()
        try:
            head, _ = texts.load(path.read_bytes(), key)
            read[head.warc] = key
        except ArchiveError as error:
            yield f"{key} is half an object: {error}"
    for path in _files(store / "warc"):
        name = path.relative_to(store / "warc").as_posix()
        if name not in read:
            yield f"{name} was not read"


def _listings(store: Path) -> Iterator[ListingObject]:
    """Those of the lister that is current: a catalog takes no others."""
    folder = store / "listed" / OUTLET
    lister = json.loads((folder / "current.json").read_text("ascii"))["lister"] if folder.exists() else ""
    for path in _files(folder / lister) if lister else []:
        if path.name.endswith(".jsonl.gz"):
            data = path.read_bytes()
            head, lines = listed.unpacked(io.BytesIO(data), path.name)
            key = path.relative_to(store).as_posix()
            yield ListingObject(key=key, sha256=sha256_of(data), head=head, lines=tuple(lines))


def catalog(store: Path, scratch: Path) -> Iterator[str]:
    """The catalog equals one that is made from the shelves of texts and listings alone."""
    objects = []
    for path in _files(store / "text"):
        if path.name.endswith(".jsonl.gz"):
            key, data = path.relative_to(store).as_posix(), path.read_bytes()
            head, readings = texts.load(data, key)
            objects.append(TextObject(key=key, sha256=sha256_of(data), head=head, readings=tuple(readings)))
    for left in scratch.parent.glob(f"{scratch.name}*"):
        left.unlink()
    with Catalog.open(f"sqlite:///{scratch}") as fresh:
        fresh.take(objects)
        fresh.take_listings(_listings(store))
        wanted = Counter(fresh.dump())
    with Catalog.open(f"sqlite:///{store}/catalog.db") as present:
        held = Counter(present.dump())
    for line in sorted((wanted - held) + (held - wanted))[:5]:
        yield f"the catalog and the shelves differ: {line[:200]}"
