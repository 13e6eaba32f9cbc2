"""WARC and ARC files made by hand, our own and foreign ones, and what is read of them."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime

from archive import warc
from archive.cdx import Known
from archive.records import Address, Capture
from tests.captures import URL, answer, capture, chunked, chunked_gzip, failed

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
LATER = "2026-11-23T10:20:30.000001Z"


def file_of(*captures: Capture, known: Known | None = None) -> tuple[bytes, list[Capture]]:
    """A WARC of some captures, and the captures as they should be read."""
    out = io.BytesIO(warc.warcinfo("press-1.warc.gz", {"software": "tests"}, NOW))
    out.seek(0, io.SEEK_END)
    written = []
    for one in captures:
        composed = warc.compose(one, known)
        member = composed.members[0 if composed.cdx else -1]
        before = 0 if composed.cdx else sum(map(len, composed.members[:-1]))
        address = Address(
            warc="press/press-1.warc.gz", offset=out.tell() + before, length=len(member), sha256=warc.sha256(member)
        )
        out.write(b"".join(composed.members))
        written.append(replace(composed.capture, address=address))
        if known is not None and composed.cdx is not None:
            known.add(composed.cdx)
    return out.getvalue(), written


def read(data: bytes) -> list[Capture | warc.Damage]:
    return list(warc.read(io.BytesIO(data), "warc/press/press-1.warc.gz", "press"))


def captures_in(data: bytes) -> list[Capture]:
    return [found for found in read(data) if isinstance(found, Capture)]


def headers_of(data: bytes) -> list[dict[str, list[str]]]:
    records = []
    for found in warc.records(io.BytesIO(data)):
        assert isinstance(found, warc.Record)
        said: dict[str, list[str]] = {}
        for name, value in found.headers:
            said.setdefault(name, []).append(value)
        records.append(said)
    return records


def mixed() -> bytes:
    known = Known()
    return file_of(
        capture(),
        capture(date=LATER),
        capture(chunked(), url=f"{URL}2"),
        capture(chunked(), url=f"{URL}2", date=LATER),
        capture(chunked_gzip(), url=f"{URL}3"),
        capture(answer(b"", status=b"304 Not Modified"), date=LATER),
        failed(),
        failed(request=b""),
        known=known,
    )[0]


def plain(*parts: tuple[str, str, bytes], version: str = "1.0", url: str = URL) -> bytes:
    out = b""
    for kind, extra, block in parts:
        head = f"WARC/{version}\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2017-01-23T09:30:00Z\r\n"
        out += f"{head}{extra}Content-Length: {len(block)}\r\n\r\n".encode() + block + b"\r\n\r\n"
    return out


RESPONSE = ("response", "WARC-Record-ID: <urn:uuid:1>\r\n", answer())
ASK = ("request", "WARC-Record-ID: <urn:uuid:2>\r\nWARC-Concurrent-To: <urn:uuid:1>\r\n", b"GET / HTTP/1.1\r\n\r\n")


def arc(*bodies: bytes) -> bytes:
    description = b"1 0 Tests\nURL IP-address Archive-date Content-type Archive-length\n"
    out = b"filedesc://tests.arc 0.0.0.0 20170123093000 text/plain %d\n" % len(description) + description + b"\n"
    for body in bodies:
        out += f"{URL}?a b 203.0.113.7 20170123093000 text/html {len(body)}\n".encode() + body + b"\n"
    return out
