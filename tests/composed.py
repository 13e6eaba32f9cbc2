"""WARCs composed of captures, and the records in them."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from pathlib import Path

from archive import warc
from archive.cdx import Known
from archive.records import Capture
from tests.captures import TEXT, URL, answer, capture, chunked, chunked_gzip, failed

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
LATER = "2026-11-23T10:20:30.5Z"
DIGEST = re.compile(r"sha1:[A-Z2-7]{32}|sha256:[0-9a-f]{64}")
ROOT = Path(__file__).parents[1]


def written(*captures: Capture, known: Known | None = None) -> bytes:
    """A WARC of some captures; `known` makes revisits."""
    out = [warc.warcinfo("press-1.warc.gz", {"software": "tests"}, NOW)]
    for one in captures:
        composed = warc.compose(one, known)
        out += composed.members
        if known is not None and composed.cdx is not None:
            known.add(composed.cdx)
    return b"".join(out)


def records(data: bytes) -> list[warc.Record]:
    return [found for found in warc.records(io.BytesIO(data)) if isinstance(found, warc.Record)]


def of_type(data: bytes, kind: str) -> list[warc.Record]:
    return [record for record in records(data) if record.type == kind]


def every_sort() -> bytes:
    """One capture of each sort that we write."""
    return written(
        capture(),
        capture(date=LATER),
        capture(chunked(), url=f"{URL}2"),
        capture(chunked(TEXT, 7), url=f"{URL}2", date=LATER),
        capture(chunked_gzip(), url=f"{URL}3", interim=b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"),
        capture(answer(b"", status=b"304 Not Modified"), date=LATER),
        capture(answer(b""), url=f"{URL}4"),
        failed(),
        failed(request=b""),
        known=Known(),
    )


def ids(data: bytes) -> list[str | None]:
    return [record.header("WARC-Record-ID") for record in records(data)]
