"""Captures made by hand, put on the shelves of a store: in files of ours, and in files as other crawlers write them."""

from __future__ import annotations

import gzip
import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from archive import cdx, warc
from archive.cdx import CdxLine, Known
from archive.holdings import Archive, open_archive
from archive.imports import Imported, shelve
from archive.records import Capture, Reference
from archive.settings import load_settings
from archive.warc.write import PROFILE
from tests.captures import TEXT, capture

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def at(second: int, response: bytes | None = None, **changes: object) -> Capture:
    """The capture made by hand, at a second of its minute."""
    return capture(response, date=f"2026-11-22T10:20:{second:02}Z", **changes)


def shelved(store: Archive, name: str, *captures: Capture, outlet: str = "press") -> list[CdxLine]:
    """One WARC of some captures, revisits of each other where they may be, with its index."""
    known, key = Known(), f"{outlet}/2026/11/{name}.warc.gz"
    data = warc.warcinfo(f"{name}.warc.gz", {"software": "test"}, NOW)
    for each in captures:
        written = warc.compose(each, known)
        data += b"".join(written.members)
        if written.cdx is not None:
            known.add(replace(written.cdx, filename=key))
    store.storage.put(f"warc/{key}", data)
    found = [each for each in warc.read(io.BytesIO(data), key, outlet) if isinstance(each, Capture)]
    lines = [cdx.line_of(each) for each in found if each.response]
    store.storage.put(f"cdxj/{outlet}/2026/11/{name}.cdxj", cdx.dump(lines))
    return lines


def lone_revisit(of: Capture, refers: Reference, *, headers: bytes | None = None, digest: str | None = None) -> bytes:
    """A revisit record as other crawlers write it, its original nowhere near."""
    block = of.response.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if headers is None else headers
    said = [
        "WARC/1.0",
        "WARC-Type: revisit",
        f"WARC-Record-ID: <{of.record}>",
        f"WARC-Date: {of.date}",
        f"WARC-Target-URI: {of.url}",
        f"WARC-Payload-Digest: {digest or warc.payload_digest(TEXT)}",
        f"WARC-Profile: {PROFILE}",
        f"WARC-Refers-To-Target-URI: {refers.url}",
        f"WARC-Refers-To-Date: {refers.date}",
        *([f"WARC-Refers-To: <{refers.record}>"] if refers.record else []),
        "Content-Type: application/http; msgtype=response",
        f"Content-Length: {len(block)}",
    ]
    return gzip.compress("\r\n".join([*said, "", ""]).encode() + block + b"\r\n\r\n", mtime=0)


def put_foreign(store: Archive, name: str, *members: bytes) -> Imported:
    """Import a file of these members; its name tells what it is."""
    path = Path(store.settings.store).parent / name
    path.write_bytes(b"".join(members))
    return shelve(store, path, NOW)


def arc_members(url: str, stamp: str, response: bytes) -> list[bytes]:
    """An ARC of version 1: the file's own record, then one answer (archive.org/web/researcher/ArcFileFormat.php)."""
    head = b"1 0 Test\nURL IP-address Archive-date Content-type Archive-length\n"
    first = b"filedesc://old.arc 0.0.0.0 20040506000000 text/plain %d\n" % len(head) + head + b"\n"
    record = f"{url} 203.0.113.9 {stamp} text/html {len(response)}\n".encode() + response + b"\n"
    return [gzip.compress(first, mtime=0), gzip.compress(record, mtime=0)]


@contextmanager
def copied(store: Path, to: Path) -> Iterator[Archive]:
    """A copy of a store, to be changed."""
    shutil.copytree(store, to)
    with open_archive(load_settings(store=str(to))) as archive:
        yield archive
