"""What people decided of two texts against the rule: one item, or not; kept in the ledger, for no rebuild to lose.

A decision names two texts, each by story and digest, and says why. It holds for their stories, read anew or not, and
for what comes later. Decisions merge as sets do; of several on the same two stories the last one stands, and an undoing
names the decisions that it ends.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Self

from archive import ledger
from archive.errors import ArchiveError
from archive.ledger import Event
from archive.storage import Storage

KIND: Final = "override"
UNDO: Final = "undo"  # a kind of its own: a program that knows none goes on obeying


class Decision(StrEnum):
    """What two texts are, whatever the rule says."""

    MERGE = "merge"  # one item: their stories are in one cluster
    SPLIT = "split"  # not one item: their stories are never in one cluster


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text as it was judged."""

    story: str
    digest: str  # of the text; sha256:…


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """One decision: the ledger's event, its time, what it says of which two texts, and why."""

    event: str
    at: str  # ISO 8601 UTC
    decision: Decision
    texts: tuple[Text, Text]  # by story
    reason: str

    @property
    def pair(self) -> frozenset[str]:
        """Ids of the two stories."""
        return frozenset(text.story for text in self.texts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """One undoing: the ledger's event, its time, the events of the decisions it ends, and why."""

    event: str
    at: str  # ISO 8601 UTC
    overrides: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """The decisions that stand, by their two stories."""

    standing: Mapping[frozenset[str], Override] = field(default_factory=dict)

    @classmethod
    def of(cls, entries: Iterable[Override | Undone]) -> Self:
        """The union of some entries, whatever order they come in."""
        several = list(entries)
        ended = {event for entry in several if isinstance(entry, Undone) for event in entry.overrides}
        made = [entry for entry in several if isinstance(entry, Override) and entry.event not in ended]
        last = {entry.pair: entry for entry in sorted(made, key=lambda entry: (entry.at, entry.event))}
        return cls(standing=last)

    def pairs(self, decision: Decision) -> frozenset[frozenset[str]]:
        """The pairs of stories that a decision stands on."""
        return frozenset(pair for pair, one in self.standing.items() if one.decision is decision)

    def on(self, story: str) -> list[Override]:
        """The decisions that name a story, oldest first."""
        named = (one for pair, one in self.standing.items() if story in pair)
        return sorted(named, key=lambda one: (one.at, one.event))

    def __bool__(self) -> bool:
        return bool(self.standing)


def new(storage: Storage, known: Container[str] = frozenset()) -> Iterator[Override | Undone]:
    """The ledger's decisions and undoings whose events are not `known`; only these are read.

    Raises:
        ArchiveError: an entry cannot be read; the message names it.
    """
    for kind, read in ((KIND, _override), (UNDO, _undone)):
        for key in storage.list(f"ledger/{kind}/"):
            if key.rpartition("/")[2].removesuffix(".json") not in known:
                yield read(ledger.load(storage.get(key), key))


def write(storage: Storage, decision: Decision, texts: Collection[Text], reason: str, now: datetime) -> Override:
    """Add a decision to the ledger. Raises StorageError."""
    one, other = sorted(texts, key=lambda text: text.story)
    said = {
        "decision": decision.value,
        "texts": [{"story": text.story, "digest": text.digest} for text in (one, other)],
        "reason": reason,
    }
    return _override(ledger.write(storage, KIND, said, now))


def write_undoing(storage: Storage, overrides: Iterable[Override], reason: str, now: datetime) -> Undone:
    """Add an undoing of these decisions to the ledger. Raises StorageError."""
    said = {"overrides": sorted(one.event for one in overrides), "reason": reason}
    return _undone(ledger.write(storage, UNDO, said, now))


def _override(event: Event) -> Override:
    try:
        one, other = (Text(story=each["story"], digest=each["digest"]) for each in event.said["texts"])  # type: ignore[attr-defined]  # checked by the except
        decision = Decision(str(event.said["decision"]))
        made = Override(
            event=event.id, at=event.at, decision=decision, texts=(one, other), reason=str(event.said["reason"])
        )
    except (KeyError, TypeError, ValueError):
        raise ArchiveError(f"the ledger's entry {event.id} of kind {KIND} decides nothing known here") from None
    if len(made.pair) != 2:
        raise ArchiveError(f"the ledger's entry {event.id} of kind {KIND} names one story twice")
    return made


def _undone(event: Event) -> Undone:
    ended, reason = event.said.get("overrides"), event.said.get("reason")
    if not (isinstance(ended, list) and isinstance(reason, str)):
        raise ArchiveError(f"the ledger's entry {event.id} of kind {UNDO} ends nothing")
    return Undone(event=event.id, at=event.at, overrides=tuple(map(str, ended)), reason=reason)
