"""Files of Common Crawl: captures as WARC records, each a gzip member of its own; it writes no disk."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from uuid import NAMESPACE_URL, uuid5

from crawler.newsroom.archives.captured import Line

STORED_AS_SENT = ("content-encoding", "transfer-encoding", "content-length")


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Where one capture's record lies."""

    line: Line
    filename: str
    offset: int
    length: int


def written(filename: str, lines: Iterable[Line]) -> tuple[bytes, list[Member]]:
    """A whole file: a record about itself, then one for each capture; and where each lies."""
    about = b"isPartOf: practice\r\nformat: WARC File Format 1.0\r\n"
    parts = [_member(_head("warcinfo", filename, "2017-01-01T00:00:00Z", "application/warc-fields", about), about)]
    members: list[Member] = []
    offset = len(parts[0])
    for line in lines:
        packed = _response(line)
        members.append(Member(line=line, filename=filename, offset=offset, length=len(packed)))
        parts.append(packed)
        offset += len(packed)
    return b"".join(parts), members


def _response(line: Line) -> bytes:
    capture = line.capture
    block = _block(line)
    more = [f"WARC-Target-URI: {capture.url}", f"WARC-Payload-Digest: sha1:{line.digest}"]
    if capture.truncated:
        more.append(f"WARC-Truncated: {capture.truncated}")
    date = f"{capture.moment:%Y-%m-%dT%H:%M:%SZ}"
    return _member(_head("response", capture.url, date, "application/http; msgtype=response", block, *more), block)


def _block(line: Line) -> bytes:
    """The answer with its body decoded; what was said of the coding stands under other names, as theirs does."""
    capture = line.capture
    head = [f"HTTP/1.1 {capture.status} {HTTPStatus(capture.status).phrase}"]
    for name, value in capture.headers:
        head.append(f"{'X-Crawler-' if name.lower() in STORED_AS_SENT else ''}{name}: {value}")
    head.append(f"Content-Length: {len(capture.body)}")
    return "\r\n".join(head).encode() + b"\r\n\r\n" + capture.body


def _head(kind: str, name: str, date: str, media: str, block: bytes, *more: str) -> bytes:
    lines = [
        "WARC/1.0",
        f"WARC-Type: {kind}",
        f"WARC-Date: {date}",
        f"WARC-Record-ID: <urn:uuid:{uuid5(NAMESPACE_URL, f'{kind} {name} {date}')}>",
        f"Content-Length: {len(block)}",
        f"Content-Type: {media}",
        *more,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def _member(head: bytes, block: bytes) -> bytes:
    return gzip.compress(head + block + b"\r\n\r\n", 6, mtime=0)
