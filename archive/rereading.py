"""What a newer reader changed: each capture that two readers read, held against the other; it changes nothing.

Nobody says which reading is right. What tells is the paragraphs: one that stands in several stories is of none of them,
so a text that lost it is better and one that gained it worse; any other paragraph is of its story, and there it is the
other way round.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Final

from archive import texts
from archive.arabic import fold
from archive.errors import ArchiveError, NotHeldError
from archive.records import Article, Reading
from archive.storage import Storage

RECURS: Final = 3  # stories; a paragraph of so many is furniture
EXAMPLES: Final = 5  # of each change


class Change(StrEnum):
    """What became of a capture's reading."""

    SAME = "same"
    FACTS = "facts"  # the same text, with another title, date, credit, kind or label
    BETTER = "better"
    WORSE = "worse"
    OTHER = "other"  # another text, and nothing or both tell
    FOUND = "found"  # an article where there was none
    GONE = "gone"  # none where there was one


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One capture whose reading changed: paragraphs of its own that went and came, and recurring ones that did."""

    story: str
    record: str
    lost: int = 0
    gained: int = 0
    furniture_gone: int = 0
    furniture_come: int = 0

    @property
    def change(self) -> Change:
        """What the paragraphs tell together."""
        better = self.gained + self.furniture_gone
        worse = self.lost + self.furniture_come
        if bool(better) is bool(worse):
            return Change.OTHER
        return Change.BETTER if better else Change.WORSE


@dataclass(frozen=True, slots=True, kw_only=True)
class Rereading:
    """How the readings of an outlet changed from one reader to the next; captures that both read."""

    outlet: str
    before: str  # readers
    after: str
    changes: Mapping[Change, int] = field(default_factory=dict)
    examples: Mapping[Change, tuple[Example, ...]] = field(default_factory=dict)

    def dump(self) -> dict[str, object]:
        """As JSON values."""
        return {
            "outlet": self.outlet,
            "before": self.before,
            "after": self.after,
            "changes": {change.value: number for change, number in self.changes.items()},
            "examples": {change.value: [asdict(one) for one in found] for change, found in self.examples.items()},
        }

    @property
    def said(self) -> str:
        """In one line."""
        counts = ", ".join(f"{number} {change.value}" for change, number in self.changes.items())
        return f"{self.outlet}: read anew, {counts or 'nothing that both read'} ({self.before} → {self.after})"


Outcomes = tuple[Reading, Reading]


def reread(storage: Storage, outlet: str, before: str, after: str) -> Rereading:
    """Hold all that two readers read of an outlet's captures against each other.

    A text that only one of them has, or that cannot be read, is passed over: an audit names it.

    Raises:
        StorageError: the store cannot be read.
    """
    keys = list(storage.list(f"text/{outlet}/{after}/"))
    several = recurring(one for key in keys for pair in _pairs(storage, key, before, after) for one in pair)
    counts: Counter[Change] = Counter()
    examples: dict[Change, list[Example]] = defaultdict(list)
    for key in keys:
        for old, new in _pairs(storage, key, before, after):
            change, example = compare(old, new, several)
            counts[change] += 1
            if change is not Change.SAME and len(examples[change]) < EXAMPLES:
                examples[change].append(example)
    return Rereading(
        outlet=outlet,
        before=before,
        after=after,
        changes=dict(sorted(counts.items())),
        examples={change: tuple(found) for change, found in sorted(examples.items())},
    )


def _pairs(storage: Storage, key: str, before: str, after: str) -> Iterator[Outcomes]:
    old = {reading.record: reading for reading in _readings(storage, key.replace(f"/{after}/", f"/{before}/", 1))}
    for new in _readings(storage, key) if old else ():
        if new.record in old:
            yield old[new.record], new


def _readings(storage: Storage, key: str) -> Sequence[Reading]:
    try:
        data = storage.get(key)
    except NotHeldError:
        return ()
    try:
        return texts.load(data, key)[1]
    except ArchiveError:
        return ()


def compare(old: Reading, new: Reading, several: frozenset[int]) -> tuple[Change, Example]:
    """What became of one capture's reading. `several`: keys of paragraphs that stand in several stories."""
    example = Example(story=new.story, record=new.record)
    one, other = old.outcome, new.outcome
    if one == other:
        return Change.SAME, example
    if not isinstance(one, Article) or not isinstance(other, Article):
        if isinstance(other, Article):
            return Change.FOUND, example
        return (Change.GONE if isinstance(one, Article) else Change.FACTS), example
    if one.text == other.text:
        return Change.FACTS, example
    gone, come = _only(one, other), _only(other, one)
    counted = Example(
        story=new.story,
        record=new.record,
        lost=sum(key not in several for key in gone),
        gained=sum(key not in several for key in come),
        furniture_gone=sum(key in several for key in gone),
        furniture_come=sum(key in several for key in come),
    )
    return counted.change, counted


def _only(here: Article, there: Article) -> list[int]:
    """Keys of the paragraphs whose words stand nowhere in the other text; a paragraph that was parted stands there."""
    whole = " ".join(fold(paragraph.text) for paragraph in there.paragraphs)
    folded = (fold(paragraph.text) for paragraph in here.paragraphs)
    return [_key(words) for words in folded if words not in whole]


def _key(words: str) -> int:
    return int.from_bytes(hashlib.blake2b(words.encode(), digest_size=8).digest(), "big")


def recurring(readings: Iterable[Reading]) -> frozenset[int]:
    """Keys of the paragraphs that stand in so many stories."""
    seen: dict[int, tuple[str, ...]] = {}
    for reading in readings:
        if isinstance(reading.outcome, Article):
            for paragraph in reading.outcome.paragraphs:
                key = _key(fold(paragraph.text))
                stories = seen.get(key, ())
                if len(stories) < RECURS and reading.story not in stories:
                    seen[key] = (*stories, reading.story)
    return frozenset(key for key, stories in seen.items() if len(stories) == RECURS)
