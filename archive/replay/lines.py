"""One line of an index on its way into the merged one: what decides where it stands and whether it plays; pure."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Self

from archive.cdx import REVISIT
from archive.records import is_imported

_OFFSET_DIGITS: Final = 20
_PART: Final = b"\0"  # sorts before every letter of a key or name, and stands in none


_CONTROL: Final = re.compile(r"[\0-\x1f]")  # a foreign header may hold any letter


class LeftOut(StrEnum):
    """Why a capture stands in no replay index."""

    NOT_MODIFIED = "not-modified"  # a 304 has no page to show
    TAKEN_DOWN = "taken-down"
    EXCHANGE = "archive-exchange"  # what the archive played stands in it instead, as captured then
    UNADDRESSABLE = "unaddressable"  # its record cannot be sought by itself
    HELD_TWICE = "held-twice"  # the same record stands in two files
    UNRESOLVED = "unresolved-revisit"  # what it stands for is not there, or is left out itself
    CODING = "coding-differs"  # its headers announce another coding than the bytes it stands for have


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A capture's line: `head` is SURT key and time, `block` the JSON as it stands in the index."""

    head: bytes
    filename: str
    offset: int
    length: int
    status: str
    digest: str
    revisit: bool
    record: str
    codings: str  # Transfer- and Content-Encoding as sent
    block: bytes

    @classmethod
    def read(cls, line: bytes) -> Self:
        """The entry of a CDXJ line. Raises ValueError, KeyError, TypeError when it is none."""
        urlkey, stamp, block = line.rstrip(b"\r\n").split(b" ", 2)
        said = json.loads(block)
        digest = said.get("digest", "-")
        entry = cls(
            head=urlkey + b" " + stamp,
            filename=said["filename"],
            offset=int(said["offset"]),
            length=int(said["length"]),
            status=said["status"],
            digest=digest,
            revisit=said["mime"] == REVISIT,
            record=said.get("record", ""),
            codings=f"{said.get('te', '')}|{said.get('ce', '')}".lower(),
            block=block,
        )
        # A bare digest beside prefixed ones would be another one to pywb.
        return entry if ":" in digest or digest == "-" else entry.with_digest(f"sha1:{digest}")

    @property
    def urlkey(self) -> str:
        """The SURT key."""
        return self.head.partition(b" ")[0].decode("utf-8", "replace")

    def with_digest(self, digest: str) -> Self:
        """The same line with another digest: of a revisit, that of the capture it stands for."""
        said = json.loads(self.block)
        said["digest"] = digest
        return replace(self, digest=digest, block=json.dumps(said).encode())

    def doubles(self, other: Entry) -> bool:
        """Whether both are one record in two files: an id alone proves nothing, for anyone can write it.

        A redirect is told by its headers, so that it must be the same byte for byte.
        """
        mine, theirs = ((each.record, each.digest, each.status, each.revisit, each.codings) for each in (self, other))
        return mine == theirs and (not self.status.startswith("3") or self._member() == other._member())

    def _member(self) -> str | None:
        said = json.loads(self.block)
        return said.get("sha256") or said.get("recordDigest") or None

    @property
    def line(self) -> bytes:
        """As it stands in the merged index."""
        return b"%b %b\n" % (self.head, self.block)

    def packed(self) -> bytes:
        """As one line whose bytes sort as captures do: by key, time, our own before imports, file, offset."""
        words = (self.status, self.digest, REVISIT if self.revisit else "", self.record, self.codings)
        said = "\0".join(_CONTROL.sub("?", word) for word in words).encode("utf-8", "replace")
        place = f"{is_imported(self.filename):d}\0{self.filename}\0{self.offset:0{_OFFSET_DIGITS}}\0{self.length}"
        return b"\0".join((self.head, place.encode(), said, self.block)) + b"\n"

    @classmethod
    def unpack(cls, packed: bytes) -> Self:
        """What `packed` packed."""
        head, _, filename, offset, length, *said = packed[:-1].split(_PART, 10)
        status, digest, revisit, record, codings, block = said
        return cls(
            head=head,
            filename=filename.decode(),
            offset=int(offset),
            length=int(length),
            status=status.decode(),
            digest=digest.decode(),
            revisit=bool(revisit),
            record=record.decode(),
            codings=codings.decode(),
            block=block,
        )
