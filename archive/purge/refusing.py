"""What was purged is not let in again: known by its address, its record id, its bytes, or the file it stood in."""

from __future__ import annotations

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """What one order took away, as it can be known again."""

    order: Takedown
    wanted: Wanted
    blocks: frozenset[str]

    @classmethod
    def of(cls, order: Takedown) -> Purged:
        """Addresses, record ids and digests of an order."""
        gone = [each for file in order.files for each in file.gone]
        records = frozenset(each.record for each in gone if each.record)
        blocks = frozenset(each.block for each in gone if each.kind in _HOLD and each.block)
        return cls(order=order, wanted=Wanted(keys=order.keys, records=records), blocks=blocks)

    def is_of(self, record: warc.Record) -> bool:
        """Whether a record is one of these, or holds the bytes of one."""
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
    def of(cls, storage: Storage) -> Refusing:
        """By the ledger. Raises ArchiveError, StorageError."""
        return cls(purges=tuple(map(Purged.of, takedowns.load(storage).purges)))

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
        if not self.purges:
            return
        with part.open("rb") as stream:
            for found in warc.records(stream):
                if isinstance(found, warc.Damage) or found.type in _SILENT:
                    continue
                purged = next((each for each in self.purges if each.is_of(found)), None)
                if purged is not None:
                    where = f"{name} at byte {found.offset}: {url_of(found) or record_id(found)}"
                    raise UsageError(f"{where} {purged.said}; nothing was imported: take that record out first")
