"""The members of chosen captures, copied from the shelf byte for byte with their requests, metadata and file heads.

A capture whose bytes are not those that were indexed is never copied: the export stops and names it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import IO, BinaryIO, Final, Protocol

from archive import cdx, gzip, warc
from archive.cdx import CdxLine
from archive.digest import sha256
from archive.errors import NotHeldError, WarcError
from archive.replay.lines import Entry
from archive.replay.mementos import info, make
from archive.storage import Storage

_GZIP: Final = b"\x1f\x8b"
_ARC: Final = (".arc", ".arc.gz")
_BESIDE: Final = frozenset({"request", "metadata"})


class Target(Protocol):
    """Where members go: the WARC being written, which may end and another begin between two captures."""

    def begin(self, *, fresh: bool) -> str:
        """The name of the WARC that takes the next record; only a `fresh` capture may open another."""

    def write(self, data: bytes) -> int:
        """Append bytes; returns where they begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copying:
    """From where and to where; `left_out` counts captures that cannot go along: those of ARC files.

    `exchanges` takes the index lines of those with web archives: they go along, and what was played is shown instead.
    """

    storage: Storage
    target: Target
    left_out: Counter[str]
    exchanges: IO[bytes]


IN_ARC: Final = "in-an-arc"  # an ARC record cannot enter a WARC byte for byte


def copy(chosen: Iterable[CdxLine], job: Copying) -> Iterator[bytes]:
    """Copy captures that come sorted by file and offset; gives the lines of the new index, ready to be sorted.

    Raises:
        WarcError: a record is not there, or not as it was indexed.
        StorageError: the shelf cannot be read, or the file not be written.
    """
    for file, lines in groupby(chosen, key=lambda line: line.filename):
        wanted = {line.offset: line for line in lines}
        if file.endswith(_ARC):
            job.left_out[IN_ARC] += len(wanted)
            continue
        try:
            yield from _from_file(file, wanted, job)
        except NotHeldError:
            raise WarcError(f"warc/{file} is not on the shelf; look with astana audit") from None


def _from_file(file: str, wanted: dict[int, CdxLine], job: Copying) -> Iterator[bytes]:
    names = {name for line in wanted.values() for name in (line.record, f"{line.url} {line.date}")}
    left = dict(wanted)
    head: warc.Record | None = None
    begun: tuple[str, int] | None = None  # the WARC written, and the head that stands in it for what follows
    key = f"warc/{file}"
    with job.storage.open(key) as stream, job.storage.open(key) as bytes_:
        for record in warc.records(stream):
            if isinstance(record, warc.Damage):
                continue
            if record.type == "warcinfo":
                head = record
            line = left.pop(record.offset, None)
            beside = record.type in _BESIDE and bool(names & _names(record))
            if line is None and not beside:
                if not left and record.type not in _BESIDE:
                    break
                continue
            name = job.target.begin(fresh=line is not None)
            if head is not None and begun != (name, head.offset):
                _put(head, bytes_, job.target)
                begun = (name, head.offset)
            if line is not None and line.sha256 and record.sha256 != line.sha256:
                raise WarcError(f"{key} at {record.offset}: the record's bytes changed since they were indexed")
            at, member = _put(record, bytes_, job.target)
            if line is not None and line.via:
                job.exchanges.write(cdx.dump([line]))
            elif line is not None and line.status != "304":
                yield entry(line, name, at, member)
    for line in left.values():
        raise WarcError(f"{key} at {line.offset}: there is no record of {line.url}; look with astana audit")


def _names(record: warc.Record) -> set[str]:
    ids = (record.header("WARC-Record-ID"), record.header("WARC-Concurrent-To"))
    url = _bare(record.header("WARC-Target-URI") or "")
    return {_bare(name) for name in ids if name} | {f"{url} {record.header('WARC-Date')}"}


def _bare(value: str) -> str:
    return value.strip().removeprefix("<").removesuffix(">")


def _put(record: warc.Record, bytes_: BinaryIO, target: Target) -> tuple[int, bytes]:
    """One member as it lies on the shelf; a record of a file that is not packed becomes a member of its own."""
    bytes_.seek(record.offset)
    member = bytes_.read(record.length)
    if not member.startswith(_GZIP):
        member = gzip.compress(member + b"\r\n\r\n")
    return target.write(member), member


def mementos(exchanges: Iterable[CdxLine], storage: Storage, target: Target) -> Iterator[bytes]:
    """Write what archives played as records of then; gives the lines of the new index, ready to be sorted.

    Raises:
        WarcError: a record is not there, or holds no memento.
        StorageError: the shelf cannot be read, or the file not be written.
    """
    begun = ""
    for line in exchanges:
        made = make(line, storage)
        name = target.begin(fresh=True)
        if name != begun:
            target.write(info(name, [line]))
            begun = name
        placed = replace(made.line, filename=line.filename, offset=line.offset)
        if made.line.status != "304":
            yield entry(placed, name, target.write(made.member), made.member)


def entry(line: CdxLine, name: str, at: int, member: bytes) -> bytes:
    """The line of the new index, packed beside the place on the shelf where its record can still be read."""
    moved = replace(line, filename=name, offset=at, length=len(member), sha256=sha256(member))
    read = Entry.read(cdx.dump([moved]))
    said = json.loads(read.block)
    said["recordDigest"] = said.pop("sha256")
    shelf = replace(read, filename=line.filename, offset=line.offset, length=line.length)
    return replace(shelf, block=json.dumps(said).encode()).packed()
