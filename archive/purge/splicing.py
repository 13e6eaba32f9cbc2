"""A file without some of its spans: every other byte is copied as it lies; it opens no storage and decides nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from archive import cdx, warc
from archive.digest import CHUNK
from archive.gzip import compress
from archive.records import Capture, is_imported
from archive.tombstones import Rewritten
from archive.warc import fields as warc_fields
from archive.warc.fields import BLOCK_SHA256
from archive.warc.write import companion

_REFERS = ("warc-refers-to:", "warc-refers-to-target-uri:", "warc-refers-to-date:")
_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spliced:
    """Hex SHA-256 and bytes of what was read and of what was written."""

    was: tuple[str, int]
    becomes: tuple[str, int]


def splice(stream: BinaryIO, changes: Rewritten, out: BinaryIO) -> Spliced:
    """Copy a file without what is to go.

    Args:
        stream: the old file, seekable.
        changes: what goes, what is told anew, what is added.
        out: the new file.
    """
    old, new = hashlib.sha256(), hashlib.sha256()
    read = written = 0

    def put(data: bytes) -> None:
        nonlocal written
        new.update(data)
        out.write(data)
        written += len(data)

    stream.seek(0)
    for start, end, data in changes.changes:
        for piece in _pieces(stream, start - read):
            old.update(piece)
            put(piece)
            read += len(piece)
        put(data)
        for piece in _pieces(stream, end - read):
            old.update(piece)
            read += len(piece)
    for piece in _pieces(stream, None):
        old.update(piece)
        put(piece)
        read += len(piece)
    put(changes.added)
    return Spliced(was=(old.hexdigest(), read), becomes=(new.hexdigest(), written))


def index(stream: BinaryIO, key: str) -> bytes:
    """The index of a file, by its key below `warc/`."""
    outlet = "" if is_imported(key) else key.split("/", maxsplit=1)[0]
    found = (each for each in warc.read(stream, key, outlet) if isinstance(each, Capture))
    return cdx.dump(cdx.line_of(each) for each in found if cdx.has_line(each))


def _pieces(stream: BinaryIO, size: int | None) -> Iterator[bytes]:
    while (size is None or size > 0) and (piece := stream.read(CHUNK if size is None else min(CHUNK, size))):
        yield piece
        size = None if size is None else size - len(piece)


def notice(name: str, at: str, records: list[str], *, is_gzip: bool) -> bytes:
    """The record behind the end of a file out of which others were taken: a warcinfo record that nothing follows.

    Args:
        name: of the file, where it does not follow from its content; else empty.
        at: WARC-Date.
        records: ids of what was taken out.
        is_gzip: packed as a member of its own, as in all but plain files.
    """
    said = "Records of this file were purged; what they were, their digests and the reason stand in the ledger."
    pairs = [("format", "WARC File Format 1.1"), ("description", said)]
    block = warc_fields.dump([*pairs, *(("purged-record", record) for record in records)])
    digest = warc.sha256(block)
    lines = [
        "WARC/1.1",
        "WARC-Type: warcinfo",
        f"WARC-Record-ID: <{companion('warcinfo', f'{name}/{at}/{digest}')}>",
        f"WARC-Date: {at}",
        *([f"WARC-Filename: {name}"] if name else []),
        "Content-Type: application/warc-fields",
        f"WARC-Block-Digest: {warc.payload_digest(block)}",
        f"{BLOCK_SHA256}: {digest}",
        f"Content-Length: {len(block)}",
    ]
    data = "".join(f"{line}\r\n" for line in lines).encode() + b"\r\n" + block + _END
    return compress(data) if is_gzip else data


def told_anew(record: warc.Record, data: bytes, of: tuple[str, str, str], *, is_gzip: bool) -> tuple[bytes, int]:
    """A revisit's bytes when it stands for another capture, and how many of them are the record.

    Its head names the other capture; all else is as it was.

    Args:
        record: the revisit.
        data: its bytes as they lie in the file, up to the next record.
        of: record id, address and date of the other capture.
        is_gzip: whether the bytes are a gzip member.
    """
    head = record.head.decode("utf-8", "surrogateescape")
    eol = "\r\n" if "\r\n" in head else "\n"
    kept, is_dropped = list[str](), False
    for line in head.rstrip("\r\n").split(eol):
        is_dropped = is_dropped if line[:1] in (" ", "\t") else line.lower().startswith(_REFERS)
        if not is_dropped:
            kept.append(line)
    kept += [f"WARC-Refers-To: <{of[0]}>", f"WARC-Refers-To-Target-URI: {of[1]}", f"WARC-Refers-To-Date: {of[2]}"]
    made = eol.join([*kept, "", ""]).encode("utf-8", "surrogateescape") + record.block
    if is_gzip:
        member = compress(made + _END)
        return member, len(member)
    return made + data[len(record.head) + len(record.block) :], len(made)
