"""Where each capture lies, as CDXJ lines, and what an outlet's lines say is held; it never reads a WARC.

A line is SURT key, 14-digit time and a JSON object: the form pywb and OutbackCDX read, with fields of ours added.
"""

from __future__ import annotations

import heapq
import json
import marshal
import re
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, fields
from itertools import islice
from operator import attrgetter
from tempfile import TemporaryFile
from typing import BinaryIO

from archive import mementos, urls
from archive.digest import payload_digest
from archive.errors import FormatError
from archive.http import Message, parse, payload
from archive.records import Capture, RecordType, Role
from archive.scratch import Book, Scratch

REVISIT = "warc/revisit"
RUN = 10_000  # lines that are sorted in memory at once
NOTHING = payload_digest(b"")
_SPACE = re.compile(r"\s")  # some foreign addresses hold spaces; in a line they would part the fields
_OK = "200"
_NOT_MODIFIED = "304"


@dataclass(frozen=True, slots=True, kw_only=True)
class CdxLine:
    """One capture's line; `offset`, `length`: bytes of its compressed member; `filename`: the key below `warc/`."""

    urlkey: str
    timestamp: str  # 14 digits
    url: str
    mime: str
    status: str  # three digits, or "-"
    digest: str
    length: int
    offset: int
    filename: str
    sha256: str = ""  # of the compressed member
    record: str = ""
    date: str = ""  # WARC-Date, letter for letter
    role: str = Role.UNKNOWN.value
    te: str = ""  # Transfer-Encoding as sent
    ce: str = ""  # Content-Encoding as sent
    etag: str = ""
    modified: str = ""  # Last-Modified as sent
    truncated: str = ""  # WARC-Truncated
    via: str = ""  # the web archive that was asked; the line is of the exchange with it
    original: str = ""  # of a memento: its address as it was captured then
    originaldate: str = ""  # when that was, ISO 8601 UTC
    originalstatus: str = ""  # what was answered then: three digits, or "-"

    @property
    def is_revisit(self) -> bool:
        """Whether the record stands for bytes held elsewhere."""
        return self.mime == REVISIT

    @property
    def is_full(self) -> bool:
        """Whether the record holds a whole 200 response: what a revisit may stand for."""
        return self.status == _OK and not self.is_revisit and not self.truncated

    @property
    def keys(self) -> tuple[str, ...]:
        """The SURT keys it is known by: its own, and that of the address a memento was captured at."""
        return (self.urlkey, _key(self.original)) if self.original else (self.urlkey,)

    @property
    def order(self) -> tuple[str, str, str, int]:
        """The sort key; two captures in one second sort by offset."""
        return self.urlkey, self.timestamp, self.filename, self.offset


_PLACE = ("urlkey", "timestamp")
_NAMES = tuple(field.name for field in fields(CdxLine) if field.name not in _PLACE)
_FIELDS = tuple(field.name for field in fields(CdxLine))
_VALUES = attrgetter(*_FIELDS)
_ALWAYS = ("url", "mime", "status", "digest", "length", "offset", "filename")


def line_of(capture: Capture, message: Message | None = None) -> CdxLine:
    """The line of a capture that holds a response or revisit; without an address it lies at 0 of no file.

    Args:
        capture: its payload digest is believed when `message` is given.
        message: its response, when it is taken apart already.

    Raises:
        FormatError: the capture holds no response; nothing can be indexed.
    """
    if not capture.response and capture.type is RecordType.RESPONSE:
        raise FormatError(f"{capture.url} at {capture.date}: no response came, so there is no line for it")
    digest = capture.payload_digest if message is not None else None
    message = message or parse(capture.response)
    where = capture.address
    then = mementos.original(capture)
    return CdxLine(
        urlkey=_key(capture.url),
        timestamp=timestamp(capture),
        url=capture.url,
        mime=_mime(capture, message),
        status=str(message.status) if message.status is not None else "-",
        digest=digest or _digest(capture, message),
        length=where.length if where else 0,
        offset=where.offset if where else 0,
        filename=where.warc if where else "",
        sha256=(where.sha256 if where else None) or "",
        record=capture.record,
        date=capture.date,
        role=capture.hints.role.value,
        te=sent(message, b"Transfer-Encoding"),
        ce=sent(message, b"Content-Encoding"),
        etag=sent(message, b"ETag"),
        modified=sent(message, b"Last-Modified"),
        truncated=capture.truncated.value if capture.truncated else "",
        via=capture.via.value if capture.via in mementos.ARCHIVES else "",
        original=then.url,
        originaldate=then.date,
        originalstatus=then.status,
    )


def _key(url: str) -> str:
    return _SPACE.sub("%20", urls.surt(url))


def has_line(capture: Capture) -> bool:
    """Whether a line leads to a capture: it can be sought, and an answer came or, of a revisit, is stood for."""
    return capture.address is not None and bool(capture.response or capture.type is RecordType.REVISIT)


def timestamp(capture: Capture) -> str:
    """The capture's 14 digits."""
    return capture.instant.strftime("%Y%m%d%H%M%S")


def sent(message: Message, name: bytes) -> str:
    """All values of a header as one string, as sent."""
    return b", ".join(message.headers_all(name)).decode("latin-1")


def _mime(capture: Capture, message: Message) -> str:
    if capture.type is RecordType.REVISIT:
        return REVISIT
    return sent(message, b"Content-Type").split(";")[0].split(",")[0].strip().lower().replace(" ", "") or "unk"


def _digest(capture: Capture, message: Message) -> str:
    """The standard payload digest: computed of what is held; of a revisit as it says, `sha1:` put before a bare one."""
    if capture.type is RecordType.RESPONSE:
        return payload_digest(payload(message))
    said = capture.payload_digest or "-"
    return said if ":" in said or said == "-" else f"sha1:{said}"


def dump(lines: Iterable[CdxLine]) -> bytes:
    """The file of some lines, sorted; same lines, same bytes. Numbers are strings, as other indexers write them."""
    return b"".join(text for _, text in sorted((line.order, _line(line)) for line in lines))


def _line(line: CdxLine) -> bytes:
    values = {name: str(getattr(line, name)) for name in _NAMES}
    kept = {name: value for name, value in values.items() if value or name in _ALWAYS}
    return f"{line.urlkey} {line.timestamp} {json.dumps(kept, ensure_ascii=True)}\n".encode()


def write(lines: Iterable[CdxLine], out: BinaryIO) -> int:
    """Write the same bytes as `dump` in bounded memory, sorted runs on disk; returns the number of lines."""
    coming = iter(lines)
    count = 0
    with ExitStack() as stack:
        runs: list[BinaryIO] = []
        while batch := list(islice(coming, RUN)):
            run = stack.enter_context(TemporaryFile())
            run.write(dump(batch))
            run.seek(0)
            runs.append(run)
            count += len(batch)
        out.writelines(text for _, text in heapq.merge(*map(_ordered, runs)))
    return count


def _ordered(run: Iterable[bytes]) -> Iterator[tuple[tuple[str, str, str, int], bytes]]:
    for number, text in enumerate(run, 1):
        yield _parse(number, text.decode()).order, text


def load(data: bytes) -> list[CdxLine]:
    """The lines of a file; fields of others are left out.

    Raises:
        FormatError: a line is no CDXJ; the message names its number.
    """
    return list(read(data.split(b"\n")))


def read(stream: Iterable[bytes]) -> Iterator[CdxLine]:
    """The same of an open file, one after the other. Raises FormatError."""
    for number, raw in enumerate(stream, 1):
        line = raw.decode("utf-8", "replace").rstrip("\n")
        if line.strip() and not line.startswith("!"):
            yield _parse(number, line)


def _parse(number: int, line: str) -> CdxLine:
    try:
        urlkey, stamp, block = line.split(" ", 2)
        said = {name: str(value) for name, value in json.loads(block).items() if name in _NAMES}
        said.setdefault("digest", "-")
        numbers = {name: int(said.pop(name)) for name in ("length", "offset")}
        return CdxLine(urlkey=urlkey, timestamp=stamp, **numbers, **said)  # type: ignore[arg-type]  # names are _NAMES
    except (ValueError, KeyError, TypeError, AttributeError):
        raise FormatError(f"line {number} of the CDXJ is broken; rebuild it from its WARC") from None


class Known:
    """What is held of one outlet, by exact URL; grows as captures are shelved, on disk and not in memory."""

    def __init__(self, lines: Iterable[CdxLine] = (), without: Container[str] = frozenset(), outlet: str = "") -> None:
        """What may be stood for can be narrowed.

        Args:
            lines: what is held, in any order.
            without: addresses and record ids that may not be stood for, such as those taken down.
            outlet: whose own files hold what may be stood for; every file's when it is not said.
        """
        self._without = without
        self._place = f"{outlet}/" if outlet else ""
        self._scratch = Scratch()
        self._lines = self._scratch.pile()
        self._oldest = self._scratch.book()  # payload digest and URL -> number of its oldest line
        self._newest = self._scratch.book()  # URL -> number of its newest whole 200 response
        self._seen = self._scratch.book()  # URL -> number of its newest 200, revisit or 304, where it is another one
        for line in lines:
            self.add(line)

    def add(self, line: CdxLine) -> None:
        """Take one more line in; order does not matter."""
        if any(name in self._without for name in (line.record, line.url, line.original) if name):
            return
        with self._scratch.lock:
            number = ""
            if self._may_be_stood_for(line):
                number = self._keep(self._oldest, _both(line.url, line.digest), line, min, number)
            if line.is_full:
                self._keep(self._newest, line.url, line, max, number)
            elif line.status in (_OK, _NOT_MODIFIED) and not line.truncated:
                self._keep(self._seen, line.url, line, max, number)

    def _may_be_stood_for(self, line: CdxLine) -> bool:
        """A whole answer of the outlet itself, with something in it, in a file of its own."""
        is_own = not line.via and line.filename.startswith(self._place)
        return line.is_full and is_own and line.digest != NOTHING

    def _keep(self, book: Book, key: str, line: CdxLine, choose: Callable[..., CdxLine], number: str) -> str:
        """Enter a line where it is older, or newer, than the one entered; it goes on the pile once, at `number`."""
        held = self._held(book, key)
        if held is None or choose(held, line, key=_age) is line:
            number = number or str(self._lines.add(marshal.dumps(_VALUES(line))))
            book[key] = number
        return number

    def _held(self, book: Book, key: str) -> CdxLine | None:
        number = book.get(key)
        return CdxLine(**dict(zip(_FIELDS, marshal.loads(self._lines[int(number)]), strict=True))) if number else None

    def latest(self, url: str) -> CdxLine | None:
        """The newest whole 200 response of exactly this URL."""
        return self._held(self._newest, url)

    def original(self, url: str, digest: str) -> CdxLine | None:
        """The oldest whole 200 response of exactly this URL with this payload digest, when it may be stood for."""
        return self._held(self._oldest, _both(url, digest))

    def validators(self, url: str) -> tuple[str, str]:
        """ETag and Last-Modified of the newest whole 200 response, to ask with; empty where it sent none."""
        line = self.latest(url)
        return (line.etag, line.modified) if line else ("", "")

    def captured(self, url: str) -> str | None:
        """The WARC-Date of the newest 200, revisit or 304 of exactly this URL."""
        found = (self._held(book, url) for book in (self._newest, self._seen))
        newest = max((line for line in found if line), key=_age, default=None)
        return newest.date if newest else None

    def __contains__(self, url: object) -> bool:
        return url in self._newest or url in self._seen


def _both(url: str, digest: str) -> str:
    return f"{digest} {url}"


def _age(line: CdxLine) -> tuple[str, str, str, int]:
    return line.timestamp, line.date, line.filename, line.offset
