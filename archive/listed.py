"""The shelf `listed/`: what the seeds captured in one WARC listed, as gzipped JSON lines; it reads no listing itself.

First line: ListingHead. Then one line a poll, and one a page that was asked for and gave none. An object is written and
read a line at a time: one sitemap may list 50,000 stories.
"""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import MISSING, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO, Final

from archive import claims, fixity, gzip, texts
from archive.digest import sha256_of
from archive.errors import AlreadyThereError, ArchiveError, CatalogError, FormatError, NotHeldError, StorageError
from archive.gzip import GzipError
from archive.listings import Asked, Content, Days, ListedItem, ListingHead, Poll, Span
from archive.records import Claim, Via
from archive.storage import Storage
from archive.texts import to_line

SCHEMA: Final = 1
SHELF: Final = "listed/"
POINTER: Final = "current.json"
_MEMBER: Final = 1 << 20  # bytes of lines that are packed together
_PIECE: Final = 1 << 16  # bytes that are unpacked at once
_ANEW: Final = "read its WARC again: astana rebuild --from warc"

Line = Poll | Asked


def key(warc: str, outlet: str, lister: str) -> str:
    """Where the listings of a WARC lie: `warc` is the key below `warc/`, its year, month and stem are kept."""
    return SHELF + texts.key(warc, outlet, lister).partition("/")[2]


# ---- lines ---------------------------------------------------------------------------------------------------------


def to_json(said: ListingHead | Line) -> str:
    """One JSON line; what is not known is left out."""
    if isinstance(said, Poll):
        plain = _plain(said, without=("items", "covers", "others", "since", "until"))
        plain["items"] = [_plain(item) for item in said.items]
        if said.others:
            plain["others"] = dict(said.others)
        if said.covers is not None:
            plain["covers"] = [moment.isoformat() for moment in said.covers]
        plain |= {name: day.isoformat() for name in ("since", "until") if (day := getattr(said, name)) is not None}
        return to_line(plain)
    return to_line({"asked": _plain(said)} if isinstance(said, Asked) else _plain(said))


def _plain(noun: Any, without: tuple[str, ...] = ()) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for each in fields(noun):
        value = getattr(noun, each.name)
        is_said = each.default is MISSING or not (value is None or value is False or value == "")
        if each.name in without or not is_said:
            continue
        if isinstance(value, Claim):
            plain[each.name] = claims.to_plain(value)
        else:
            plain[each.name] = [day.isoformat() for day in value] if isinstance(value, tuple) else value
    return plain


def from_json(line: str) -> Line:
    """The poll or the asked page that `to_json` wrote. Raises ValueError, KeyError, TypeError."""
    said = json.loads(line)
    if "asked" in said:
        given = said["asked"]
        return Asked(**{**given, "via": Via(given["via"])})
    read = {
        "via": Via(said["via"]),
        "content": Content(said["content"]),
        "items": tuple(_item(item) for item in said["items"]),
        "covers": span_of(said.get("covers")),
        **{name: date.fromisoformat(said[name]) for name in ("since", "until") if name in said},
    }
    return Poll(**{**said, **read})


def _item(said: dict[str, Any]) -> ListedItem:
    claim = claims.from_plain(said["claim"]) if "claim" in said else None
    return ListedItem(**{**said, "days": days_of(said.get("days")), "claim": claim})


def days_of(said: list[str] | None) -> Days | None:
    """Days from their JSON. Raises ValueError."""
    return (date.fromisoformat(said[0]), date.fromisoformat(said[1])) if said else None


def span_of(said: list[str] | None) -> Span | None:
    """A span from its JSON. Raises ValueError."""
    return (datetime.fromisoformat(said[0]), datetime.fromisoformat(said[1])) if said else None


def packed(head: ListingHead, lines: Iterable[Line]) -> Iterator[bytes]:
    """An object's bytes, member by member; equal content gives equal bytes."""
    waiting, size = [to_json(head)], 0
    for line in lines:
        waiting.append(to_json(line))
        size += len(waiting[-1])
        if size >= _MEMBER:
            yield gzip.compress("".join(f"{each}\n" for each in waiting).encode())
            waiting, size = [], 0
    if waiting:
        yield gzip.compress("".join(f"{each}\n" for each in waiting).encode())


def unpacked(stream: BinaryIO, name: str) -> tuple[ListingHead, Iterator[Line]]:
    """What `packed` wrote: the head, and the lines as they are read; the stream must stay open meanwhile.

    Raises:
        FormatError: written by a newer program.
        ArchiveError: not such an object, also while the lines are read; the message names it.
    """
    raw = _raw(stream)
    try:
        first = json.loads(next(raw, b""))
        if first.get("schema", 0) > SCHEMA:
            raise FormatError(f"{name} has schema {first['schema']}; this program knows {SCHEMA}: upgrade it")
        head = ListingHead(**first)
    except (GzipError, ValueError, TypeError, AttributeError) as error:
        raise _broken(name, error) from None
    return head, _lines(raw, name)


def _lines(raw: Iterator[bytes], name: str) -> Iterator[Line]:
    try:
        for line in raw:
            yield from_json(line.decode())
    except (GzipError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _broken(name, error) from None


def _broken(name: str, error: Exception) -> ArchiveError:
    return ArchiveError(f"{name} is no listing object ({error}); {_ANEW}")


def _raw(stream: BinaryIO) -> Iterator[bytes]:
    """The lines of all members. Raises GzipError."""
    rest, data, member = b"", stream.read(_PIECE), gzip.decompressobj()
    if not data:
        raise GzipError("it is empty")
    while data:
        pieces = (rest + member.decompress(data)).split(b"\n")
        rest = pieces.pop()
        yield from pieces
        data = b""
        if member.eof:
            data, member = member.unused_data, gzip.decompressobj()
            fresh = not data
        else:
            fresh = False
        data = data or stream.read(_PIECE)
        if not data and not fresh:
            raise GzipError("it is cut off")
    if rest:
        raise GzipError("its last line does not end")


# ---- the shelf -----------------------------------------------------------------------------------------------------


def put(storage: Storage, head: ListingHead, lines: Iterable[Line]) -> str:
    """Shelve what one WARC's seeds listed and put its fixity on record; returns its key.

    Raises:
        AlreadyThereError: the same lister gave something else before: it is not what its digest says.
        StorageError: it could not be written, or the folder for temporary files is full.
    """
    place = key(head.warc, head.outlet, head.lister)
    with _drafted(packed(head, lines)) as path:
        shelved: bytes | Path = path
        try:
            storage.put(place, path)
        except AlreadyThereError:
            # Another zlib packs the same lines into other bytes; bytes that are no listing object at all are damage.
            there = storage.get(place)
            if not is_whole(there):
                storage.put(place, path, replace=True)
            elif _all(path.read_bytes()) == _all(there):
                shelved = there
            else:
                raise
        size = len(shelved) if isinstance(shelved, bytes) else shelved.stat().st_size
        fixity.record(storage, place, sha256_of(shelved), size)
    return place


@contextmanager
def _drafted(pieces: Iterable[bytes]) -> Iterator[Path]:
    """A file of these bytes that goes when it is no longer needed. Raises StorageError."""
    with tempfile.TemporaryDirectory(prefix="astana-listed-") as folder:
        path = Path(folder) / "object"
        try:
            with path.open("wb") as stream:
                stream.writelines(pieces)
        except OSError as error:
            raise StorageError(f"the folder for temporary files: {error.strerror or error}") from None
        yield path


def _all(data: bytes) -> bytes:
    return gzip.decompress(data)


def is_whole(data: bytes) -> bool:
    """Whether the bytes are a listing object that can be read, of this program or a newer one."""
    try:
        for _ in unpacked(io.BytesIO(data), "")[1]:
            pass
    except FormatError:
        return True
    except ArchiveError:
        return False
    return True


@contextmanager
def opened(storage: Storage, place: str) -> Iterator[tuple[ListingHead, Iterator[Line]]]:
    """An object of the shelf while it is read. Raises NotHeldError, StorageError, FormatError, ArchiveError."""
    with storage.open(place) as stream:
        yield unpacked(stream, place)


def of_lister(storage: Storage, outlet: str, lister: str) -> frozenset[str]:
    """Keys of this lister's objects that are done: on the shelf and on record; a kill may part the two."""
    return fixity.recorded(storage, storage.list(f"{SHELF}{outlet}/{lister}/"))


def lister_of(storage: Storage, outlet: str) -> str | None:
    """The digest of the lister that is current for an outlet; None before anything was listed.

    Raises:
        CatalogError: the pointer is there and names none.
    """
    place = f"{SHELF}{outlet}/{POINTER}"
    try:
        return str(json.loads(storage.get(place))["lister"])
    except NotHeldError:
        return None
    except (ValueError, KeyError, TypeError):
        raise CatalogError(f"{place} names no lister; {_ANEW}") from None


def set_lister(storage: Storage, outlet: str, lister: str) -> None:
    """Say which lister is current; the objects of older ones stay."""
    try:
        current = lister_of(storage, outlet)
    except CatalogError:
        current = None
    if current != lister:
        storage.put(f"{SHELF}{outlet}/{POINTER}", pointer(lister), replace=True)


def pointer(lister: str) -> bytes:
    """The bytes that name a current lister."""
    return f'{{"lister": "{lister}"}}\n'.encode()


def current(storage: Storage) -> list[str]:
    """Keys of all objects of the current listers; of an outlet whose pointer is not there yet, none: its first listing
    is under way, or was never asked for.

    Raises:
        CatalogError: a pointer names no lister.
    """
    found: list[str] = []
    for outlet in dict.fromkeys(each.split("/")[1] for each in storage.list(SHELF)):
        if (lister := lister_of(storage, outlet)) is not None:
            found += storage.list(f"{SHELF}{outlet}/{lister}/")
    return found
