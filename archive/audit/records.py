"""Whether a record is as this archive writes it: gzip head, fields, ids, digests; it reads no file.

The rules are those of `archive.warc.write`; foreign records are judged by `archive.warc.check_record` alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from archive.audit.findings import Finding, Kind, at_record
from archive.digest import payload_digest, sha256
from archive.http import Message, content, parse, payload
from archive.sound.heads import GZIP
from archive.warc import Record, companion
from archive.warc.fields import BLOCK_SHA256, CONTENT_SHA256
from archive.warc.read import url_of

_ID = re.compile(r"<urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}>")
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z")
_HTTP = {"response": "response", "revisit": "response", "request": "request"}
_KNOWN = frozenset({"warcinfo", "metadata", *_HTTP})
_REPEATED = frozenset({"warc-protocol", "warc-concurrent-to"})


class Records:
    """One WARC's records as they come, each held against those before it."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._ids: set[str] = set()
        self._answer: str | None = ""  # id that companions must name; None after damage: it may lie there
        self._count = 0
        self.parsed: dict[int, tuple[Message, str]] = {}  # responses by offset, with their true payload digests
        self.under_way: str | None = None  # URL of the exchange whose companions are still to come

    def torn(self, response: str | None) -> str | None:
        """Bytes came that are no record: a response from an address, if the index says so, else a companion.

        Returns the address of the exchange it belonged to; None when that cannot be told.
        """
        self._answer, self._count = None, self._count + 1
        url, self.under_way = response or self.under_way, response
        return url

    def judge(self, record: Record) -> Iterator[Finding]:
        """What is wrong with the next record."""
        said: list[tuple[Kind, str]] = [(Kind.RECORD, line) for line in self._form(record)]
        said += [(Kind.DIGEST, line) for line in self._digests(record)]
        if not GZIP.fullmatch(record.gzip):
            said.append((Kind.MEMBER, f"its gzip member begins {record.gzip.hex()}, not as this archive packs"))
        self._count += 1
        for kind, line in said:
            yield at_record(kind, self._file, line, record)

    def _form(self, record: Record) -> Iterator[str]:
        names = [name.lower() for name, _ in record.headers]
        kind, name = record.type, record.header("WARC-Record-ID") or ""
        if len(set(names)) != len(names):
            twice = {each for each in names if names.count(each) > 1} - _REPEATED
            if twice:
                yield f"{', '.join(sorted(twice))} stands there more than once"
        if not record.head.startswith(b"WARC/1.1\r\n"):
            yield f"it begins {record.head[:12]!r}"
        if kind not in _KNOWN:
            yield f"its type is {kind!r}"
        if not _ID.fullmatch(name) or name in self._ids:
            yield f"its id {name!r} {'is that of an earlier record' if name in self._ids else 'is none'}"
        if not _DATE.fullmatch(record.header("WARC-Date") or ""):
            yield f"its date is {record.header('WARC-Date')!r}"
        if kind != "warcinfo" and not self._count:
            yield "the file does not begin with a warcinfo record"
        if kind in _HTTP and record.header("Content-Type") != f"application/http; msgtype={_HTTP[kind]}":
            yield f"its content type is {record.header('Content-Type')!r}"
        if not record.length:
            yield "it shares its gzip member with other records"
        yield from self._group(record, kind, name)
        self._ids.add(name)
        self.under_way = None if kind in ("metadata", "warcinfo") else url_of(record) or None

    def _group(self, record: Record, kind: str, name: str) -> Iterator[str]:
        """Companions name the response before them, and their ids follow from its id."""
        if kind == "warcinfo":
            if record.header("WARC-Filename") != self._file.rpartition("/")[2]:
                yield f"it names the file {record.header('WARC-Filename')!r}"
            return
        beside = record.header("WARC-Concurrent-To")
        if kind in ("response", "revisit"):
            self._answer = name
        elif beside is None:  # the metadata record of an exchange without answer bears the capture's own id
            if kind != "metadata":
                yield "it names no response that it stands beside"
        elif name != f"<{companion(beside.strip('<>'), kind)}>":
            yield f"its id does not follow from {beside}, which it stands beside"
        elif kind == "metadata" and self._answer not in (None, beside):
            yield f"it stands beside {beside}, but the response before it is {self._answer or 'none'}"

    def _digests(self, record: Record) -> Iterator[str]:
        if record.long is not None:
            wanted = {"WARC-Block-Digest": record.long.sha1, BLOCK_SHA256: record.long.sha256}
        else:
            wanted = {"WARC-Block-Digest": payload_digest(record.block), BLOCK_SHA256: sha256(record.block)}
        if record.type == "response" and record.long is None:
            message = parse(record.block)
            true = payload_digest(payload(message))
            self.parsed[record.offset] = message, true
            wanted["WARC-Payload-Digest"] = true
            unpacked = content(message)
            if unpacked.problem is None:
                wanted[CONTENT_SHA256] = sha256(unpacked.data)
            elif record.header(CONTENT_SHA256):
                yield f"{CONTENT_SHA256} stands there, but the content cannot be unpacked whole"
        for name, true in wanted.items():
            said = record.header(name)
            if said != true:
                yield f"{name} says {said}, the bytes give {true}" if said else f"{name} is missing"
