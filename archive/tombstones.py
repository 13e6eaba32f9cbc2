"""What a purge takes out of the shelves, told before anything is touched; and where what stays lies afterwards.

A tombstone holds digests, addresses and places, never a byte of what is purged. It says all that is needed to do the
work, so that whoever finds it half done can end it: the new file is the old one without some spans, with some revisits
told anew, and with one record behind its end that says so.
"""

from __future__ import annotations

import base64
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from archive.fixity import Fixity
from archive.records import Address

STAGE: Final = "state/purge/"  # a new file is kept here until it stands under its final name


@dataclass(frozen=True, slots=True, kw_only=True)
class Object:
    """An object of the store: its key, the hex SHA-256 of its bytes, and how many there are."""

    key: str
    sha256: str
    size: int

    @property
    def fixity(self) -> Fixity:
        """As the ledger's entries of fixity say it."""
        return Fixity(sha256=self.sha256, size=self.size)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A record that is taken out, or a damaged place that was one; digests are of what stood there."""

    record: str  # its id; empty where none can be read
    kind: str  # response, revisit, request, metadata …; damage
    date: str
    url: str
    payload: str  # of a response or revisit, as its index says; else empty
    block: str  # sha256: of its block; empty of damage
    member: str  # sha256: of its bytes as they lay in the file
    offset: int
    length: int
    texts: tuple[str, ...] = ()  # digests of the texts that readers read in it: what permalinks cite


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehomed:
    """A revisit of another address that stood for purged bytes and stands for another capture of the same bytes now."""

    record: str
    url: str
    was: str  # the record it stood for
    of: str  # the record it stands for now
    offset: int  # in the old file
    length: int
    becomes: str  # its new bytes, base64
    size: int  # of the record in the new file, as an address counts it
    sha256: str  # sha256: of just these bytes

    @property
    def data(self) -> bytes:
        """The new bytes."""
        return base64.b64decode(self.becomes)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextWas:
    """A text object before its lines went, and how many captures that are no articles it counts fewer."""

    key: str
    sha256: str
    size: int
    fewer: Mapping[str, int]

    @property
    def object(self) -> Object:
        """The object alone."""
        return Object(key=self.key, sha256=self.sha256, size=self.size)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """One file of warc/ and what hangs on it: as it was, what it becomes, and what is taken out.

    An own file keeps its key. An import gets that of its new content. A container whose records were copied out of it
    (a WACZ, a file packed as one member) becomes nothing.
    """

    was: Object
    becomes: Object | None
    index: Object | None  # as it was
    gone: tuple[Gone, ...] = ()
    rehomed: tuple[Rehomed, ...] = ()
    tail: str = ""  # base64: the record behind the end
    texts: tuple[TextWas, ...] = ()

    @property
    def added(self) -> bytes:
        """The bytes behind the end."""
        return base64.b64decode(self.tail)

    @property
    def changes(self) -> Sequence[tuple[int, int, bytes]]:
        """Spans of the old file from first to last, and what stands there afterwards."""
        cuts = [(each.offset, each.offset + each.length, b"") for each in self.gone]
        return sorted([*cuts, *((each.offset, each.offset + each.length, each.data) for each in self.rehomed)])

    @property
    def old(self) -> tuple[Object, ...]:
        """Every object as it was."""
        index = () if self.index is None else (self.index,)
        return (self.was, *index, *(text.object for text in self.texts))

    def moved(self, address: Address) -> Address:
        """Where a record lies that stays."""
        changes = self.changes
        starts = [start for start, _, _ in changes]
        before = changes[: bisect_right(starts, address.offset - 1)]
        offset = address.offset + sum(len(data) - (end - start) for start, end, data in before)
        anew = next((each for each in self.rehomed if each.offset == address.offset), None)
        return Address(
            warc=below(self.becomes.key if self.becomes else self.was.key),
            offset=offset,
            length=anew.size if anew else address.length,
            sha256=anew.sha256 if anew else address.sha256,
        )


def below(key: str) -> str:
    """A file's key below `warc/`."""
    return key.removeprefix("warc/")


def dump(files: Sequence[Rewritten]) -> list[dict[str, object]]:
    """As plain JSON."""
    return [asdict(each) for each in files]


def load(said: object) -> tuple[Rewritten, ...]:
    """What `dump` said. Raises ValueError, TypeError, KeyError: it is no tombstone."""
    if not isinstance(said, list):
        raise TypeError("no list of files")
    return tuple(_file(dict(each)) for each in said)


def objects(said: object) -> tuple[Object, ...]:
    """Objects from plain JSON. Raises TypeError: they are none."""
    if not isinstance(said, list):
        raise TypeError("no list of objects")
    return tuple(Object(**each) for each in said)


def _file(said: dict[str, object]) -> Rewritten:
    parts = {name: said.pop(name) for name in ("was", "becomes", "index", "gone", "rehomed", "texts")}
    return Rewritten(
        was=Object(**parts["was"]),  # type: ignore[arg-type]  # whatever it is, only fields of an object fit
        becomes=Object(**parts["becomes"]) if parts["becomes"] else None,  # type: ignore[arg-type]
        index=Object(**parts["index"]) if parts["index"] else None,  # type: ignore[arg-type]
        gone=tuple(Gone(**{**each, "texts": tuple(each["texts"])}) for each in parts["gone"]),  # type: ignore[attr-defined]
        rehomed=tuple(Rehomed(**each) for each in parts["rehomed"]),  # type: ignore[attr-defined]
        texts=tuple(TextWas(**each) for each in parts["texts"]),  # type: ignore[attr-defined]
        **said,  # type: ignore[arg-type]
    )
