"""How a file of CC-NEWS is looked through for the records of some hosts, while it streams by.

CC-NEWS (https://commoncrawl.org/blog/news-dataset-available, from August 2016) has no index: its files are read whole.
Only heads are looked at: WARC-Type, address, time, the first line of the answer. Bodies pass by unparsed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from archive import urls
from archive.errors import UsageError
from archive.gzip import GzipError, Unpacker, decompressobj
from crawler.archives.rows import Row, row_of

HEAD: Final = 16 << 10  # bytes of a record that are looked at: its own head and that of the answer
PIECE: Final = 256 << 10  # bytes that are unpacked at once
_FIELD: Final = re.compile(rb"^([A-Za-z-]+):[ \t]*([^\r\n]*)", re.MULTILINE)
_STATUS: Final = re.compile(rb"HTTP/\S+ (\d{3})")


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
