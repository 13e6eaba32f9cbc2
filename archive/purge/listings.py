"""What listings say of purged stories is left out: title and summary; that something was listed stays, for the account.

A listing's own capture stays as it is, unless it is purged itself: then its poll goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import BinaryIO

from archive import listed, takedowns
from archive.digest import sha256_of
from archive.errors import ArchiveError
from archive.listed import Line
from archive.listings import ListedItem, Poll
from archive.storage import Storage
from archive.takedowns import Takedown, key_of
from archive.tombstones import Object


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """What no object of the shelf of listings may tell: of which stories, addresses and records."""

    stories: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()
    records: frozenset[str] = frozenset()

    @classmethod
    def of(cls, orders: Iterable[Takedown]) -> Withheld:
        """By some purges."""
        given = tuple(orders)
        return cls(
            stories=frozenset(order.story for order in given if order.story),
            keys=frozenset(key for order in given for key in order.keys),
            records=frozenset(record for order in given for record in order.records),
        )

    @classmethod
    def load(cls, storage: Storage) -> Withheld:
        """By all purges in the ledger. Raises ArchiveError, StorageError."""
        return cls.of(takedowns.load(storage).purges)

    def lines(self, given: Iterable[Line]) -> Iterator[Line]:
        """The lines of an object without what is withheld."""
        for line in given:
            if line.record in self.records:
                continue
            if not isinstance(line, Poll) or not any(map(self._tells, line.items)):
                yield line
            else:
                yield replace(line, items=tuple(map(self._item, line.items)))

    def _tells(self, item: ListedItem) -> bool:
        said = item.title is not None or item.summary is not None
        return said and (item.story in self.stories or (bool(self.keys) and key_of(item.url) in self.keys))

    def _item(self, item: ListedItem) -> ListedItem:
        return replace(item, title=None, summary=None) if self._tells(item) else item

    def concerns(self, stream: BinaryIO, name: str) -> bool:
        """Whether an object tells what is withheld. Raises ArchiveError: it is none."""
        _, lines = listed.unpacked(stream, name)
        return any(
            line.record in self.records or (isinstance(line, Poll) and any(map(self._tells, line.items)))
            for line in lines
        )


def told(storage: Storage, withheld: Withheld) -> Iterator[Object]:
    """Objects of the shelf of listings that tell what is to be withheld; what cannot be read is left to the audit."""
    for key in storage.list(listed.SHELF):
        if not key.endswith(".jsonl.gz"):
            continue
        with suppress(ArchiveError), storage.open(key) as stream:
            if withheld.concerns(stream, key):
                data = storage.get(key)
                yield Object(key=key, sha256=sha256_of(data), size=len(data))
