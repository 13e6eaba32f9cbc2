"""Stores that purged different things of one file, merged: the file that lost the one story loses the other one, too.

A tombstone says what becomes of a file as it was. Where that file had become another one already, by a purge that this
tombstone knows nothing of, what it takes out is looked up anew and said in a further entry of the same reason and day.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from archive import takedowns, warc
from archive.purge.finding import Wanted
from archive.purge.listings import Withheld, told
from archive.purge.planning import Counts, Planner
from archive.records import Capture, NonArticle
from archive.storage import Storage
from archive.takedowns import Takedown
from archive.tombstones import Gone, Rewritten


def lacking(storage: Storage, orders: Sequence[Takedown]) -> Takedown | None:
    """The entry that is still to be written so that one order more is whole, or None: all that can be is.

    Args:
        storage: its files are as these orders say, as far as they fit.
        orders: all purges.

    Raises:
        ArchiveError: what lies there cannot be read. StorageError: the store cannot be.
    """
    lines = _Lines.of(orders)
    titles = _forked_listings(orders)
    for order in orders:
        due = {
            key: _fewer(file) for file in order.files if lines.is_forked(file) for key in lines.lacking(storage, file)
        }
        rest = _planned(storage, order, due) if due else ()
        listings = tuple(told(storage, Withheld.of((order,)))) if titles & {each.key for each in order.listings} else ()
        if rest or listings:
            return replace(order, files=rest, listings=listings)
    return None


def are_apart(orders: Sequence[Takedown]) -> bool:
    """Whether some of these knew nothing of others that changed the same file or listing."""
    lines = _Lines.of(orders)
    return bool(_forked_listings(orders)) or any(lines.is_forked(file) for order in orders for file in order.files)


def write(storage: Storage, order: Takedown) -> Takedown:
    """Add such an entry to the ledger; of the day of the order that it makes whole. Raises StorageError."""
    return takedowns.write_order(storage, order, datetime.fromisoformat(order.at))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lines:
    """Which file became which, by their digests."""

    came_of: Mapping[str, Sequence[Rewritten]]  # by what it became
    became: Mapping[str, Sequence[Rewritten]]  # by what it was

    @classmethod
    def of(cls, orders: Sequence[Takedown]) -> _Lines:
        came_of: dict[str, list[Rewritten]] = defaultdict(list)
        became: dict[str, list[Rewritten]] = defaultdict(list)
        for order in orders:
            for file in order.files:
                became[file.was.sha256].append(file)
                if file.becomes is not None:
                    came_of[file.becomes.sha256].append(file)
        return cls(came_of=came_of, became=became)

    def is_forked(self, file: Rewritten) -> bool:
        """Whether a file, or one that it came of, became two different ones."""
        return any(len({_digest(each) for each in self.became[digest]}) > 1 for digest in self._before(file))

    def _before(self, file: Rewritten) -> set[str]:
        """The digests of a file and of all that it came of."""
        found, waiting = set[str](), [file.was.sha256]
        while waiting:
            digest = waiting.pop()
            if digest not in found:
                found.add(digest)
                waiting += [each.was.sha256 for each in self.came_of.get(digest, ())]
        return found

    def lacking(self, storage: Storage, file: Rewritten) -> Iterator[str]:
        """Keys of the files that stand for this one and have not lost what it loses."""
        roots = self._before(file)
        for digest, ways in self.came_of.items():
            key = next(each.becomes.key for each in ways if each.becomes is not None)
            if not storage.exists(key) or not any(roots & self._before(each) for each in ways):
                continue
            if self._lost(digest) >= {_name(each) for each in file.gone}:
                continue
            with storage.open(key) as stream:
                if hashlib.file_digest(stream, "sha256").hexdigest() == digest:  # type: ignore[arg-type]  # it reads
                    yield key

    def _lost(self, digest: str) -> set[str]:
        """What a file lost on its way."""
        found, seen, waiting = set[str](), set[str](), [digest]
        while waiting:
            digest = waiting.pop()
            for each in self.came_of.get(digest, ()) if digest not in seen else ():
                found |= {_name(one) for one in each.gone}
                waiting.append(each.was.sha256)
            seen.add(digest)
        return found


def _digest(file: Rewritten) -> str:
    return file.becomes.sha256 if file.becomes else ""


def _name(gone: Gone) -> str:
    return gone.record or gone.member


def _forked_listings(orders: Sequence[Takedown]) -> set[str]:
    """Keys of objects of listings that two orders found as the same, so that the one did not see the other's."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    for order in orders:
        for each in order.listings:
            found[each.key, each.sha256] += 1
    return {key for (key, _), number in found.items() if number > 1}


def _planned(storage: Storage, order: Takedown, due: Mapping[str, Counts]) -> tuple[Rewritten, ...]:
    """What becomes of these files; which captures were no articles, the order itself says."""
    wanted = Wanted(keys=order.keys, records=order.records)
    at = warc.warc_date(datetime.fromisoformat(order.at))
    plan = Planner(storage=storage, wanted=wanted, at=at, tell=_untold, said=due).plan()
    return tuple(file for file in plan.files if file.was.key in due and file.gone)


def _fewer(file: Rewritten) -> Counts:
    return {text.key.split("/")[1]: text.fewer for text in file.texts}


def _untold(key: str, capture: Capture) -> tuple[str, NonArticle | None]:
    """Readers are not asked."""
    return "", None
