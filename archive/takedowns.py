"""What people had taken down, from the ledger: gone from every reading verb, index and export, never from a shelf.

An order names a story and every address its captures came from. Orders merge as sets do: one order is enough to hide
a story or an address, whatever else is said of it.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Self

from archive import ledger
from archive.errors import ArchiveError, TakenDownError
from archive.ledger import Event
from archive.storage import Storage
from archive.urls import surt

KIND: Final = "takedown"
# A SURT key begins with the last label of a host, a comma or a bracket behind it.
_ADDRESS: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_SPACE: Final = re.compile(r"\s")


def key_of(name: str) -> str:
    """The SURT key of an address as a CDXJ line spells it; a SURT key stays as it is."""
    return _SPACE.sub("%20", surt(name) if _ADDRESS.match(name) else name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Takedown:
    """One order: the ledger's event, its time, the story (None: addresses alone), the addresses, and why."""

    event: str
    at: str  # ISO 8601 UTC
    story: str | None
    urls: tuple[str, ...]
    reason: str

    @property
    def keys(self) -> frozenset[str]:
        """SURT keys of its addresses."""
        return frozenset(map(key_of, self.urls))

    def refusal(self, name: str) -> TakenDownError:
        """What whoever asks for it is told."""
        return TakenDownError(f"{name} was taken down on {self.at[:10]}: {self.reason}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Takedowns:
    """All orders together; of several on one story or address, the oldest is told."""

    orders: tuple[Takedown, ...] = ()  # oldest first
    stories: Mapping[str, Takedown] = field(default_factory=dict)
    keys: Mapping[str, Takedown] = field(default_factory=dict)  # by SURT key

    @classmethod
    def of(cls, orders: Iterable[Takedown]) -> Self:
        """The union of some orders, whatever order they come in."""
        ordered = tuple(sorted(orders, key=lambda order: (order.at, order.event)))
        stories: dict[str, Takedown] = {}
        keys: dict[str, Takedown] = {}
        for order in ordered:
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

    def standing(self, story: str | None, urls: Iterable[str]) -> Iterator[Takedown]:
        """The orders that hide a story, or all of these addresses of no story, already."""
        if story is not None:
            yield from (order for order in self.orders if order.story == story)
        elif all(self.hides(url) for url in urls):
            yield from (self.keys[key_of(url)] for url in urls)

    def refuse(self, *, story: str | None = None, url: str | None = None) -> None:
        """Raise TakenDownError when the story or the address was taken down; say nothing otherwise."""
        if story is not None and story in self.stories:
            raise self.stories[story].refusal(story)
        if url is not None and self.hides(url):
            raise self.keys[key_of(url)].refusal(url)

    def __bool__(self) -> bool:
        return bool(self.orders)


def load(storage: Storage) -> Takedowns:
    """Every order in the ledger.

    Raises:
        ArchiveError: an entry cannot be read. It may be an order, so nothing is shown until it is mended.
        StorageError: the store cannot be read.
    """
    return Takedowns.of(new(storage))


def new(storage: Storage, known: Container[str] = frozenset()) -> Iterator[Takedown]:
    """The orders whose events are not `known`; only these are read. Raises as `load`."""
    for key in storage.list(f"ledger/{KIND}/"):
        if key.rpartition("/")[2].removesuffix(".json") not in known:
            yield _order(ledger.load(storage.get(key), key))


def _order(event: Event) -> Takedown:
    story, urls, reason = (event.said.get(name) for name in ("story", "urls", "reason"))
    if not (isinstance(story, str | None) and isinstance(urls, list) and isinstance(reason, str)):
        raise ArchiveError(f"the ledger's entry {event.id} of kind {KIND} names no story and addresses")
    return Takedown(event=event.id, at=event.at, story=story, urls=tuple(map(str, urls)), reason=reason)


def write(storage: Storage, story: str | None, urls: Iterable[str], reason: str, now: datetime) -> Takedown:
    """Add one order to the ledger. Raises StorageError."""
    said = {"story": story, "urls": sorted(set(urls)), "reason": reason}
    return _order(ledger.write(storage, KIND, said, now))
