"""How CC-NEWS is looked through: lists of files by month, and a file scanned for the records of some hosts.

CC-NEWS (https://commoncrawl.org/blog/news-dataset-available, from August 2016) has no index: its files are read whole.
Only heads are looked at: WARC-Type, address, time, the first line of the answer. Bodies pass by unparsed.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from archive import urls
from archive.errors import UsageError
from archive.gzip import GzipError, Unpacker, decompressobj
from crawler.archives.rows import Row, row_of

FIRST: Final = date(2016, 8, 1)
HEAD: Final = 16 << 10  # bytes of a record that are looked at: its own head and that of the answer
PIECE: Final = 256 << 10  # bytes that are unpacked at once
MAX_LIST: Final = 16 << 20  # bytes of a list of files, unpacked
_PATH: Final = re.compile(r"crawl-data/CC-NEWS/\d{4}/\d{2}/CC-NEWS-(?P<stamp>\d{14})-\d{5}\.warc\.gz")
_FIELD: Final = re.compile(rb"^([A-Za-z-]+):[ \t]*([^\r\n]*)", re.MULTILINE)
_STATUS: Final = re.compile(rb"HTTP/\S+ (\d{3})")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsFile:
    """One file of CC-NEWS, and when it was begun."""

    path: str  # below the base of the data
    begun: datetime  # no zone said: UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsFiles:
    """The files of one month, oldest first."""

    every: tuple[NewsFile, ...] = ()
    problem: str | None = None
    again: bool = False  # what is wrong may pass

    def touching(self, since: date | None, until: date | None) -> tuple[NewsFile, ...]:
        """Those with captures of days [since, until). A file holds what came until the next was begun."""
        ends = [*(one.begun for one in self.every[1:]), datetime.max]
        return tuple(
            one
            for one, end in zip(self.every, ends, strict=False)
            if (until is None or one.begun.date() < until) and (since is None or end.date() >= since)
        )


def months(since: date, until: date) -> Iterator[date]:
    """The first day of each month that touches [since, until); none before there was CC-NEWS.

    A month's first files may have been begun in the month before: it is among them.
    """
    month = max((since.replace(day=1) - timedelta(days=1)).replace(day=1), FIRST)
    while month < until:
        yield month
        month = (month + timedelta(days=32)).replace(day=1)


def list_address(base: str, month: date) -> str:
    """Where the list of a month's files is."""
    return f"{base.rstrip('/')}/crawl-data/CC-NEWS/{month:%Y/%m}/warc.paths.gz"


def read_list(content: bytes, status: int = 200) -> NewsFiles:
    """Read a month's list, packed or not. Never raises: what cannot be read is a `problem`; 404 means no such month."""
    if status == 404:
        return NewsFiles()
    if status != 200:
        return NewsFiles(problem=f"answered {status}", again=status in (408, 425, 429) or status >= 500)
    text, problem = _unpacked(content)
    found = {line: stamp for line in text.split() if (stamp := _begun(line))}
    every = sorted((NewsFile(path=path, begun=begun) for path, begun in found.items()), key=lambda one: one.path)
    if not every and problem is None:
        problem = "names no file of CC-NEWS"
    return NewsFiles(every=tuple(every), problem=problem, again=problem is not None)


def _unpacked(content: bytes) -> tuple[str, str | None]:
    if not content.startswith(b"\x1f\x8b"):
        return content[:MAX_LIST].decode("utf-8", "replace"), None
    unpack = zlib.decompressobj(wbits=31)
    try:
        text = unpack.decompress(content, MAX_LIST).decode("utf-8", "replace")
    except zlib.error as error:
        return "", f"broken gzip: {error}"
    return text, None if unpack.eof else "cut short"


def _begun(path: str) -> datetime | None:
    found = _PATH.fullmatch(path)
    try:
        return datetime.strptime(found["stamp"], "%Y%m%d%H%M%S") if found else None
    except ValueError:
        return None


class Scanner:
    """Finds the responses of some hosts in one file while it streams by.

    Memory stays that of a piece, whatever the file holds. A damaged member ends the scan with a `problem`: where the
    next one begins cannot be told.
    """

    def __init__(self, filename: str, hosts: Iterable[str]) -> None:
        """`hosts` as an outlet's file writes them: a leading `www.` makes no difference, a port does."""
        self.filename = filename
        self.records = 0  # members seen whole
        self.problem: str | None = None
        self._sites = {host.removeprefix("www.").lower() for host in hosts}
        self._member: Unpacker | None = None
        self._head = bytearray()
        self._start = 0  # of the member under way, in the file
        self._read = 0  # bytes of the file taken in

    def feed(self, data: bytes) -> Iterator[Row]:
        """Take in more of the file; the rows of records that ended in it."""
        while data and self.problem is None:
            piece, data = data[:PIECE], data[PIECE:]
            while piece and self.problem is None:
                piece = self._step(piece)
                if self._member is None and self.problem is None:
                    yield from self._ended(self._read)

    def end(self) -> None:
        """The file is at its end."""
        if self._member is not None and self.problem is None:
            self.problem = f"ends within the member at {self._start}"

    def _step(self, piece: bytes) -> bytes:
        """Unpack into the member under way; what lies behind its end comes back."""
        self._read += len(piece)
        if self._member is None:
            self._member, self._start = decompressobj(), self._read - len(piece)
        try:
            while piece:
                unpacked = self._member.decompress(piece, PIECE)
                self._head += unpacked[: HEAD - len(self._head)]
                if self._member.eof:
                    return self._rest()
                piece = self._member.unconsumed_tail
        except GzipError as error:
            self.problem = f"damaged at {self._start}: {error}"
        return b""

    def _rest(self) -> bytes:
        rest = self._member.unused_data if self._member is not None else b""
        self._member = None
        self._read -= len(rest)
        return rest

    def _ended(self, end: int) -> Iterator[Row]:
        head = bytes(self._head)
        self._head.clear()
        self.records += 1
        row = self._row(head, end - self._start)
        if row is not None:
            yield row

    def _row(self, head: bytes, length: int) -> Row | None:
        """The row of a response of one of the hosts."""
        own, _, block = head.partition(b"\r\n\r\n")
        said = {name.lower(): value.strip() for name, value in _FIELD.findall(own)}
        url = said.get(b"warc-target-uri", b"").decode("utf-8", "replace").strip("<>")
        if said.get(b"warc-type", b"").lower() != b"response" or not self._is_wanted(url):
            return None
        status = _STATUS.match(block)
        answered = {name.lower(): value for name, value in _FIELD.findall(block.partition(b"\r\n\r\n")[0])}
        stamp = re.sub(rb"\.\d+|[^0-9]", b"", said.get(b"warc-date", b""))
        return row_of(
            {
                "url": url,
                "timestamp": stamp.decode("ascii", "replace"),
                "status": status[1].decode() if status else None,
                "mime": answered.get(b"content-type", b"").decode("latin-1"),
                "digest": said.get(b"warc-payload-digest", b"").decode("latin-1"),
                "filename": self.filename,
                "offset": str(self._start),
                "length": str(length),
                "truncated": said.get(b"warc-truncated", b"").decode("latin-1"),
            }
        )

    def _is_wanted(self, url: str) -> bool:
        try:
            host, port = urls.split_host(url)
        except UsageError:
            return False
        site = host.removeprefix("www.")
        return (site if port is None else f"{site}:{port}") in self._sites
