"""What was purged is not let in again: known by its address, its record id, its bytes, or the file it stood in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive import takedowns, warc
from archive.digest import sha256_of
from archive.errors import UsageError
from archive.purge.finding import Wanted
from archive.storage import Storage
from archive.takedowns import Takedown
from archive.warc.read import record_id, url_of

# What holds a page's own bytes; requests for one address may be alike, whoever asks.
_HOLD: Final = frozenset({"response", "resource", "conversion"})
_SILENT: Final = frozenset({"warcinfo"})


IsOf = Callable[[str, str], bool]  # whether a story, by its id, has an address


def _none(url: str) -> bool:
    """No other spelling of an address is known."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """What one order took away, as it can be known again."""

    order: Takedown
    wanted: Wanted
    blocks: frozenset[str]

    @classmethod
    def of(cls, order: Takedown, is_of: IsOf | None = None) -> Purged:
        """Addresses, record ids and digests of an order."""
        gone = [each for file in order.files for each in file.gone]
        blocks = frozenset(each.block for each in gone if each.kind in _HOLD and each.block)
        story = order.story
        more = (lambda url: is_of(story, url)) if is_of is not None and story is not None else _none
        return cls(order=order, wanted=Wanted(keys=order.keys, records=order.records, more=more), blocks=blocks)

    def is_of(self, record: warc.Record | warc.Damage) -> bool:
        """Whether a record, or what is left of one, is one of these, or holds the bytes of one."""
        if isinstance(record, warc.Damage):
            return bool(record.url) and self.wanted.takes(record.url or "")
        known = self.wanted.takes(url_of(record)) or record_id(record) in self.wanted.records
        return known or (record.type in _HOLD and bool(record.block) and warc.sha256(record.block) in self.blocks)

    @property
    def said(self) -> str:
        """When and why."""
        return f"was purged on {self.order.at[:10]}: {self.order.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusing:
    """All that was purged."""

    purges: tuple[Purged, ...]

    @classmethod
    def of(cls, storage: Storage, is_of: IsOf | None = None) -> Refusing:
        """By the ledger, and by what readers know of stories' addresses. Raises ArchiveError, StorageError."""
        return cls(purges=tuple(Purged.of(order, is_of) for order in takedowns.load(storage).purges))

    @property
    def events(self) -> frozenset[str]:
        """Of the orders."""
        return frozenset(each.order.event for each in self.purges)

    def check_file(self, file: Path) -> None:
        """Refuse a file that stood on the shelves before something was purged from it. Raises UsageError."""
        digest = sha256_of(file) if self.purges else ""
        for purged in self.purges:
            for each in purged.order.files:
                if each.was.sha256 == digest:
                    left = f"; what is left of it is held as {each.becomes.key}" if each.becomes else ""
                    raise UsageError(f"{file} holds what {purged.said}{left}; nothing was imported")

    def check_records(self, name: str, part: Path) -> None:
        """Refuse a file that holds a record of what was purged. Raises UsageError."""
        if (said := self.first(name, part)) is not None:
            raise UsageError(f"{said}; nothing was imported: take that record out first")

    def first(self, name: str, part: Path) -> str | None:
        """The first record of a file that was purged, in words; None: there is none."""
        if not self.purges:
            return None
        with part.open("rb") as stream:
            for found in warc.records(stream):
                if isinstance(found, warc.Record) and found.type in _SILENT:
                    continue
                purged = next((each for each in self.purges if each.is_of(found)), None)
                if purged is not None:
                    who = found.url if isinstance(found, warc.Damage) else url_of(found) or record_id(found)
                    return f"{name} at byte {found.offset}: {who} {purged.said}"
        return None
