"""Mementos as records of then, under their own address and time, so that they play: made from the exchanges alone.

What the Wayback Machine and its kin played becomes a response record with the original URI, WARC-Date at the time of
the memento, WARC-Source-URI and WARC-Creation-Date naming the exchange. A record of Common Crawl is copied as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from archive import cdx, mementos, warc
from archive.cdx import CdxLine
from archive.digest import sha256
from archive.errors import NotHeldError, WarcError
from archive.records import Address, Capture, Hints, Role, Via
from archive.settings import PRODUCT
from archive.storage import Storage

FOLDER: Final = "mementos/"
FORM: Final = "1"  # of the records that are made; under another one, all are made anew
_OURS: Final = re.compile(r"mementos/\d+/[^/]+/.+\.(?:warc\.gz|cdxj)")  # a person's folder may hold other things
_SOURCE: Final = "source"  # in a line: the record of the exchange
_SAID: Final = (
    "Responses that web archives hold, as they were captured then. Those played by an archive are reconstructed from "
    "the exchange that WARC-Source-URI and WARC-Creation-Date name: WARC-Date is the time of the memento, headers are "
    "those that the archive gave as x-archive-orig. Records of Common Crawl are copied member for member."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A memento's gzip member and its index line, which names no place yet."""

    member: bytes
    line: CdxLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Where the records are kept: below `prefix` of a storage; `draft` takes them while they are written."""

    storage: Storage
    prefix: str
    draft: Path


def make(line: CdxLine, storage: Storage) -> Made:
    """The record of a memento, of the exchange that an index line leads to.

    Raises:
        WarcError: it is not there, not whole, or holds no such memento.
        StorageError: the shelf cannot be read.
    """
    place = f"warc/{line.filename} at {line.offset}"
    try:
        exchange = replace(
            warc.read_at(storage.read(f"warc/{line.filename}", line.offset, line.length)), via=Via(line.via)
        )
    except (NotHeldError, WarcError) as error:
        raise WarcError(f"{place}: {error}") from None
    found = mementos.unwrap(exchange)
    if not isinstance(found, Capture) or found.url != line.original:
        raise WarcError(f"{place}: it holds no memento of {line.original}")
    copied = mementos.member_of(exchange) if exchange.via is Via.COMMONCRAWL else None
    member = copied or warc.reconstructed(found, exchange)
    address = Address(warc="", offset=0, length=len(member), sha256=sha256(member))
    # From here on an answer like any other, whatever its digest was taken of.
    then = replace(warc.read_at(member, address), hints=Hints(role=Role(line.role)), payload_digest=None)
    return Made(member=member, line=cdx.line_of(then))


def info(name: str, lines: Sequence[CdxLine]) -> bytes:
    """The head of a file of such records, which says what they are; its time is that of the first exchange."""
    first = min(line.date for line in lines)
    return warc.warcinfo(name, {"software": PRODUCT, "description": _SAID}, datetime.fromisoformat(first))


def key_of(file: str) -> str:
    """Where the mementos of a WARC lie: below the shelf's prefix, and so named in the index."""
    return f"{FOLDER}{FORM}/{file.removesuffix('.gz').removesuffix('.warc')}.warc.gz"


def index_of(key: str) -> str:
    """Where their index lies."""
    return f"{key.removesuffix('.warc.gz')}.cdxj"


def lines_of(shelf: Shelf, source: Storage, lines: Sequence[CdxLine], broken: list[str]) -> list[bytes]:
    """The index lines of the mementos in one WARC; their records are made, unless just these are there already.

    Args:
        shelf: where they are kept.
        source: where the exchanges lie.
        lines: of the exchanges of one WARC that hold mementos which may be shown.
        broken: takes what could not be made, and why.

    Raises:
        StorageError: a shelf could not be read or written.
    """
    key = key_of(lines[0].filename)
    there = _there(shelf, key)
    if sorted(map(_source, there)) == sorted(line.record for line in lines):
        return there
    index: list[bytes] = []
    with shelf.draft.open("wb") as out:
        at = out.write(info(key.rpartition("/")[2], lines))
        for line in sorted(lines, key=lambda line: line.offset):
            try:
                made = make(line, source)
            except WarcError as error:
                broken.append(str(error))
                continue
            index.append(_placed(replace(made.line, filename=key, offset=at), line.record))
            at += out.write(made.member)
    shelf.storage.delete(shelf.prefix + index_of(key))  # while it stands, it leads into the file that stands
    shelf.storage.put(shelf.prefix + key, shelf.draft, replace=True)
    shelf.storage.put(shelf.prefix + index_of(key), b"".join(index), replace=True)
    return index


def _there(shelf: Shelf, key: str) -> list[bytes]:
    with suppress(NotHeldError):
        if shelf.storage.exists(shelf.prefix + key):
            return shelf.storage.get(shelf.prefix + index_of(key)).splitlines(keepends=True)
    return []


def _source(line: bytes) -> str:
    try:
        return str(json.loads(line.split(b" ", 2)[2])[_SOURCE])
    except (ValueError, IndexError, KeyError, TypeError):
        return ""


def _placed(line: CdxLine, source: str) -> bytes:
    head, said = cdx.dump([line]).split(b" {", 1)
    return b"%b %b\n" % (head, json.dumps({**json.loads(b"{" + said), _SOURCE: source}).encode())


def tidy(shelf: Shelf, kept: frozenset[str]) -> None:
    """Remove the records of WARCs that hold no memento to show any more. Raises StorageError."""
    wanted = kept | set(map(index_of, kept))
    for key in list(shelf.storage.list(shelf.prefix + FOLDER)):
        below = key.removeprefix(shelf.prefix)
        if below not in wanted and _OURS.fullmatch(below):
            shelf.storage.delete(key)
