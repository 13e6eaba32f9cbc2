"""What purges took off the shelves: no longer to be held against them, and not to be there again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from archive import cdx, takedowns
from archive.audit.findings import Finding, Kind, at_line
from archive.errors import ArchiveError, FormatError
from archive.fixity import Fixity
from archive.storage import Storage
from archive.takedowns import Takedown
from archive.tombstones import Object


@dataclass(frozen=True, slots=True, kw_only=True)
class Purges:
    """The purges that stand in the ledger."""

    orders: tuple[Takedown, ...] = ()

    @classmethod
    def of(cls, storage: Storage) -> Purges:
        """As far as the ledger can be read; an entry that cannot be is a finding of its own. Raises StorageError."""
        try:
            return cls(orders=takedowns.load(storage).purges)
        except ArchiveError:
            storage.exists("format.json")
            return cls()

    def _old(self) -> Iterator[tuple[Object, bool]]:
        """Every object as it was before, and whether its key is to be empty."""
        for order in self.orders:
            for file in order.files:
                is_moved = file.becomes is None or file.becomes.key != file.was.key
                yield from ((each, is_moved) for each in file.old)
            yield from ((each, False) for each in order.listings)

    def without(self, known: Mapping[str, tuple[Fixity, ...]]) -> Mapping[str, tuple[Fixity, ...]]:
        """What is on record of each file, but for what it was before something was purged from it."""
        left = dict(known)
        for each, is_moved in self._old():
            kept = () if is_moved else tuple(one for one in left.get(each.key, ()) if one != each.fixity)
            if kept:
                left[each.key] = kept
            else:
                left.pop(each.key, None)
        imports = {_stem(each.key) for each, is_moved in self._old() if is_moved}
        for key in [key for key in left if imports and key.startswith("text/") and _stem(key) in imports]:
            del left[key]  # of a reader that the order knew nothing of
        return left

    def findings(self, storage: Storage, outlet: str | None) -> Iterator[Finding]:
        """What was purged and lies on a shelf, as the indexes tell. Raises StorageError."""
        for each, is_moved in self._old():
            if is_moved and outlet in (None, each.key.split("/")[1]) and storage.exists(each.key):
                said = "something was purged from it, and what is left lies under another key; run any astana command"
                yield Finding(kind=Kind.PURGED, file=each.key, said=said)
        keys = {key: order for order in self.orders for key in order.keys}
        records = {record: order for order in self.orders for record in order.records}
        for index in storage.list(f"cdxj/{outlet}/" if outlet else "cdxj/") if self.orders else ():
            with suppress(ArchiveError, OSError), storage.open(index) as lines:
                for raw in lines:
                    with suppress(FormatError):
                        for line in cdx.load(raw):
                            found = [keys[key] for key in line.keys if key in keys]
                            order = records.get(line.record)
                            if order is None and found:
                                order = found[0]
                            if order is not None:
                                yield _there(line, order)


def _there(line: cdx.CdxLine, order: Takedown) -> Finding:
    name = order.story or line.url
    said = f"{order.refusal(name)}; it lies there: astana takedown {name} --purge --irrevocably --reason … takes it out"
    return at_line(Kind.PURGED, f"warc/{line.filename}", said, line)


def _stem(key: str) -> str:
    return key.rpartition("/")[2].partition(".")[0]
