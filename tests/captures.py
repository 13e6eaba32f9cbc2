"""Captures made by hand for the tests of WARC, CDXJ and spool."""

from __future__ import annotations

import gzip
from dataclasses import replace

from archive.records import Capture, Hints, Role, Tls
from archive.warc import mint_record

TEXT = "<html><body><p>فقرة كتبت لهذا الاختبار.</p></body></html>".encode()
URL = "https://press.test/news/1"
REQUEST = b"GET /news/1 HTTP/1.1\r\nHost: press.test\r\nUser-Agent: x\r\n\r\n"


def answer(body: bytes = TEXT, *headers: bytes, status: bytes = b"200 OK") -> bytes:
    return b"\r\n".join((b"HTTP/1.1 " + status, b"Content-Type: text/html; charset=utf-8", *headers, b"", body))


def chunked(body: bytes = TEXT, size: int = 20) -> bytes:
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    framed = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
    return answer(framed, b"Transfer-Encoding: chunked")


def chunked_gzip(body: bytes = TEXT) -> bytes:
    packed = gzip.compress(body, mtime=0)
    return chunked(packed).replace(b"chunked\r\n", b"chunked\r\nContent-Encoding: gzip\r\n", 1)


def capture(response: bytes | None = None, **changes: object) -> Capture:
    made = Capture(
        outlet="press",
        url=URL,
        date="2026-11-22T10:20:30.123456Z",
        record=mint_record(),
        request=REQUEST,
        response=answer() if response is None else response,
        peer="203.0.113.7",
        tls=Tls(version="TLSv1.3", cipher="TLS_AES_256_GCM_SHA384", certificate="sha256:" + "ab" * 32),
        elapsed=0.25,
        hints=Hints(role=Role.PAGE, title="عنوان", published="Mon, 23 Jan 2017 09:30:00 +0300"),
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # names of fields


def failed(**changes: object) -> Capture:
    return capture(b"", error="ConnectionRefusedError: refused", peer=None, tls=None, **changes)
