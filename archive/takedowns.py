"""What people had taken down, from the ledger: gone from every reading verb, index and export.

An order names a story and every address its captures came from; a lift names the orders it ends, and no others. Both
merge as sets do: an order is in force unless some lift names it, whichever was written or copied first, and one order
in force is enough to hide a story or an address. Only a purge takes anything off a shelf, and no lift ends it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Self

from archive import ledger, tombstones
from archive.errors import ArchiveError, TakenDownError
from archive.ledger import Event
from archive.storage import Storage
from archive.tombstones import Object, Rewritten
from archive.urls import surt

KIND: Final = "takedown"
LIFT: Final = "lift"  # a kind of its own: a program that knows no lifts goes on hiding
# A SURT key begins with the last label of a host, a comma or a bracket behind it.
_ADDRESS: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_SPACE: Final = re.compile(r"\s")


def key_of(name: str) -> str:
    """The SURT key of an address as a CDXJ line spells it; a SURT key stays as it is."""
    return _SPACE.sub("%20", surt(name) if _ADDRESS.match(name) else name)


class Depth(StrEnum):
    """How far an order goes; the later one includes the earlier."""

    HIDDEN = "hidden"  # gone from every answer, index and export
    SEALED = "sealed"  # and each capture listed with its digests: nothing but the archive's own proofs reads its bytes
    PURGED = "purged"  # and the bytes are taken out of every file; only their digests stay, and no lift ends it

    @property
    def rank(self) -> int:
        """Deeper is more."""
        return list(Depth).index(self)


_SAID: Final = {Depth.HIDDEN: "was taken down", Depth.SEALED: "was sealed", Depth.PURGED: "was purged"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A capture that an order of depth sealed found on the shelves: which record, where, and what its bytes are."""

    record: str
    date: str
    url: str
    digest: str  # of the payload, as its index says
    file: str  # below warc/
    offset: int
    length: int
    sha256: str  # of the compressed member; empty for an import


@dataclass(frozen=True, slots=True, kw_only=True)
class Takedown:
    """One order: the ledger's event, its time, the story (None: addresses alone), the addresses, how far, and why."""

    event: str
    at: str  # ISO 8601 UTC
    story: str | None
    urls: tuple[str, ...]
    reason: str
    depth: Depth = Depth.HIDDEN
    captures: tuple[Sealed, ...] = ()  # none unless sealed
    files: tuple[Rewritten, ...] = ()  # none unless purged
    listings: tuple[
        Object, ...
    ] = ()  # of the shelf of listings, as they were before its title went; none unless purged

    @property
    def keys(self) -> frozenset[str]:
        """SURT keys of its addresses."""
        return frozenset(map(key_of, self.urls))

    @property
    def records(self) -> frozenset[str]:
        """Ids of the records that it took out of files."""
        return frozenset(each.record for file in self.files for each in file.gone if each.record)

    @property
    def is_purge(self) -> bool:
        """Whether the bytes are gone for good."""
        return self.depth is Depth.PURGED

    @property
    def did(self) -> str:
        """What it did to what it names, in words."""
        return _SAID[self.depth]

    def refusal(self, name: str) -> TakenDownError:
        """What whoever asks for it is told."""
        return TakenDownError(f"{name} {self.did} on {self.at[:10]}: {self.reason}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lift:
    """One undoing: the ledger's event, its time, the events of the orders that it ends, and why."""

    event: str
    at: str  # ISO 8601 UTC
    orders: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An order and, when it is no longer in force, the first lift that names it."""

    order: Takedown
    lift: Lift | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Takedowns:
    """All orders in force; of several on one story or address the deepest is told, and of those the oldest."""

    orders: tuple[Takedown, ...] = ()  # oldest first
    stories: Mapping[str, Takedown] = field(default_factory=dict)
    keys: Mapping[str, Takedown] = field(default_factory=dict)  # by SURT key

    @classmethod
    def of(cls, entries: Iterable[Takedown | Lift]) -> Self:
        """The union of some entries, whatever order they come in."""
        ordered = tuple(one.order for one in told(entries) if one.lift is None)
        stories: dict[str, Takedown] = {}
        keys: dict[str, Takedown] = {}
        for order in sorted(ordered, key=lambda order: (-order.depth.rank, order.at, order.event)):
            if order.story is not None:
                stories.setdefault(order.story, order)
            for key in order.keys:
                keys.setdefault(key, order)
        return cls(orders=ordered, stories=stories, keys=keys)

    def hides(self, url: str) -> bool:
        """Whether an address, or the SURT key of one, was taken down."""
        return bool(self.keys) and key_of(url) in self.keys

    def hides_story(self, story: str) -> bool:
        """Whether a story was taken down, by its id."""
        return story in self.stories

    @property
    def purges(self) -> tuple[Takedown, ...]:
        """Those whose bytes are gone, or are to go."""
        return tuple(order for order in self.orders if order.is_purge)

    def standing(self, story: str | None, urls: Collection[str], depth: Depth = Depth.HIDDEN) -> Iterator[Takedown]:
        """The orders that hide a story, or all of these addresses of no story, as deep already."""
        if story is not None:
            found = [self.stories[story]] if story in self.stories else []
        else:
            found = [self.keys[key_of(url)] for url in urls if self.hides(url)]
            found = found if len(found) == len(urls) else []
        if all(order.depth.rank >= depth.rank for order in found):
            yield from found

    def refuse(self, *, story: str | None = None, url: str | None = None) -> None:
        """Raise TakenDownError when the story or the address was taken down; say nothing otherwise."""
        if story is not None and story in self.stories:
            raise self.stories[story].refusal(story)
        if url is not None and self.hides(url):
            raise self.keys[key_of(url)].refusal(url)

    def __bool__(self) -> bool:
        return bool(self.orders)


def told(entries: Iterable[Takedown | Lift]) -> Sequence[Told]:
    """Every order, oldest first, and what ended it."""
    orders: dict[str, Takedown] = {}
    lifts: list[Lift] = []
    for entry in entries:
        if isinstance(entry, Lift):
            lifts.append(entry)
        else:
            orders[entry.event] = entry
    ended: dict[str, Lift] = {}
    for lift in sorted(lifts, key=lambda lift: (lift.at, lift.event)):
        for event in lift.orders:
            if event not in orders or not orders[event].is_purge:  # what is gone does not come back
                ended.setdefault(event, lift)
    ordered = sorted(orders.values(), key=lambda order: (order.at, order.event))
    return [Told(order=order, lift=ended.get(order.event)) for order in ordered]


def load(storage: Storage) -> Takedowns:
    """Every order in force, by the ledger.

    Raises:
        ArchiveError: an entry cannot be read. It may be an order, so nothing is shown until it is mended.
        StorageError: the store cannot be read.
    """
    return Takedowns.of(new(storage))


def new(storage: Storage, known: Container[str] = frozenset()) -> Iterator[Takedown | Lift]:
    """The orders and lifts whose events are not `known`; only these are read. Raises as `load`."""
    for kind, read in ((KIND, _order), (LIFT, _lift)):
        for key in storage.list(f"ledger/{kind}/"):
            if key.rpartition("/")[2].removesuffix(".json") not in known:
                yield read(ledger.load(storage.get(key), key))


def _order(event: Event) -> Takedown:
    story, urls, reason = (event.said.get(name) for name in ("story", "urls", "reason"))
    if not (isinstance(story, str | None) and isinstance(urls, list) and isinstance(reason, str)):
        raise ArchiveError(f"the ledger's entry {event.id} of kind {KIND} names no story and addresses")
    depth, captures = event.said.get("depth", Depth.HIDDEN.value), event.said.get("captures", [])
    if depth not in list(Depth) or not isinstance(captures, list):
        raise ArchiveError(
            f"the ledger's entry {event.id} orders the depth {depth!r}, unknown here: upgrade the program"
        )
    try:
        sealed = tuple(Sealed(**each) for each in captures)
        files = tombstones.load(event.said.get("files", []))
        listings = tombstones.objects(event.said.get("listings", []))
    except (TypeError, ValueError, KeyError):
        raise ArchiveError(f"the ledger's entry {event.id} of kind {KIND} lists what is no capture") from None
    return Takedown(
        event=event.id,
        at=event.at,
        story=story,
        urls=tuple(map(str, urls)),
        reason=reason,
        depth=Depth(str(depth)),
        captures=sealed,
        files=files,
        listings=listings,
    )


def _lift(event: Event) -> Lift:
    orders, reason = event.said.get("orders"), event.said.get("reason")
    if not (isinstance(orders, list) and isinstance(reason, str)):
        raise ArchiveError(f"the ledger's entry {event.id} of kind {LIFT} names no orders")
    return Lift(event=event.id, at=event.at, orders=tuple(map(str, orders)), reason=reason)


def write_order(storage: Storage, order: Takedown, now: datetime) -> Takedown:
    """Add an order to the ledger, which gives it its event and time. Raises StorageError."""
    said: dict[str, object] = {"story": order.story, "urls": sorted(set(order.urls)), "reason": order.reason}
    if order.depth is not Depth.HIDDEN:
        said |= {"depth": order.depth.value, "captures": [asdict(each) for each in order.captures]}
    if order.is_purge:
        said |= {"files": tombstones.dump(order.files), "listings": [asdict(each) for each in order.listings]}
    return _order(ledger.write(storage, KIND, said, now))


def write_lift(storage: Storage, orders: Iterable[Takedown], reason: str, now: datetime) -> Lift:
    """Add one lift of these orders to the ledger. Raises StorageError."""
    said = {"orders": sorted(order.event for order in orders), "reason": reason}
    return _lift(ledger.write(storage, LIFT, said, now))
