"""Captures as web archives play them, made by hand: the wrapping that archive.mementos takes off again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from email.utils import format_datetime

from archive import gzip, http, warc
from archive.cdx import Known
from archive.records import Capture, Hints, Role, Via
from tests.captures import TEXT, answer, capture

ORIGINAL = "https://press.test/news/1"
THEN = "2017-01-23T10:30:00Z"
WAYBACK = "https://web.archive.org/web"
DATA = "https://data.commoncrawl.org/crawl-data/CC-MAIN-2017-04/segments/1/warc/a.warc.gz"
FRAMED = b"Transfer-Encoding: chunked"
# Headers that the Wayback Machine sends without its prefix.
BARE = (b"content-type", b"location")


def of_then(response: bytes | None = None, **changes: object) -> Capture:
    """A capture as it was made then."""
    changes = {"url": ORIGINAL, "date": THEN, **changes}
    return capture(answer(TEXT) if response is None else response, **changes)


def digits(date: str) -> str:
    return datetime.fromisoformat(date).strftime("%Y%m%d%H%M%S")


def memento_headers(of: Capture) -> list[bytes]:
    stamp = format_datetime(of.instant, usegmt=True).encode()
    return [b"Memento-Datetime: " + stamp, b'Link: <%b>; rel="original"' % of.url.encode()]


def playback(of: Capture, own: Iterable[bytes] = (), body: bytes | None = None) -> bytes:
    """The answer of the Wayback Machine: what was captured, headers under its prefix, beside headers of its own."""
    message = http.parse(of.response)
    played = [
        name + b": " + value if name.lower() in BARE else b"x-archive-orig-" + name + b": " + value
        for name, value in message.headers
    ]
    lines = [message.start, b"Server: nginx", *memento_headers(of), *played, *own, b"", b""]
    return b"\r\n".join(lines) + (http.payload(message) if body is None else body)


def wayback(of: Capture, response: bytes | None = None, **changes: object) -> Capture:
    """The exchange with the Wayback Machine that played a capture, made today."""
    hints = Hints(role=Role.PAGE, memento=of.url, memento_time=digits(of.date))
    changes = {"url": f"{WAYBACK}/{digits(of.date)}id_/{of.url}", "hints": hints, "via": Via.WAYBACK, **changes}
    return capture(playback(of) if response is None else response, **changes)


def member(of: Capture) -> bytes:
    """The capture as a record of a crawl."""
    return warc.compose(of, Known()).members[0]


def ranged(data: bytes, status: bytes = b"206 Partial Content") -> bytes:
    head = [b"HTTP/1.1 " + status, b"Content-Type: application/octet-stream"]
    return b"\r\n".join([*head, b"Content-Length: %d" % len(data), b"", data])


def commoncrawl(of: Capture, response: bytes | None = None, **changes: object) -> Capture:
    """The ranged exchange with Common Crawl that gave the record of a capture, made today."""
    hints = Hints(role=Role.PAGE, memento=of.url, memento_time=digits(of.date))
    changes = {"url": DATA, "hints": hints, "via": Via.COMMONCRAWL, **changes}
    return capture(ranged(member(of)) if response is None else response, **changes)


def framed(body: bytes, size: int = 7) -> bytes:
    """A body in chunks."""
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def packed(body: bytes = TEXT) -> bytes:
    return gzip.compress(body)
