"""Sentences of one text that stand in another: kept, moved, reworded, dropped, added; pure, and it judges nothing.

Compared by skeletons of words (`fingerprint.skeleton`), so that spelling makes no other sentence; words of the opening
(dateline) that the caller names are left out.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import Final

from archive.likeness.fingerprint import skeleton
from archive.likeness.units import units

REWORDED: Final = 0.4  # of words and pairs of words: from here two sentences are one told otherwise
JOINED: Final = 0.7  # of its words: a sentence that went into another one
JOINED_WORDS: Final = 4  # a shorter sentence stands in another by chance
COMMON: Final = 20  # sentences: a pair of words that more of them hold tells nothing
INITIAL: Final = 2  # letters: «د.», «أ.» end no sentence

# A sentence ends at its sign and the closing quotation mark or bracket behind it, or with its line.
_END = re.compile(r"(?P<word>\S*?)(?P<sign>[.!?؟]+|…)[»”\"')\]]*(?:\s+|$)|\n+")


class Fate(StrEnum):
    """What became of a sentence."""

    KEPT = "kept"
    MOVED = "moved"
    REWORDED = "reworded"
    DROPPED = "dropped"
    ADDED = "added"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence and where it stands, in code points, half-open; `keys` are its comparison words."""

    start: int
    end: int
    said: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Aligned:
    """A sentence of the source, of the copy, or of both, and what became of it."""

    fate: Fate
    source: Sentence | None
    copy: Sentence | None
    likeness: float  # 1: the same words

    @property
    def words(self) -> int:
        """How many words it has, in the copy if it stands there."""
        held = self.copy or self.source
        return len(held.keys) if held else 0


def sentences(text: str, opening: str = "") -> list[Sentence]:
    """The sentences of a text that hold a word, behind its opening if it begins with that."""
    start = len(opening) if opening and text.startswith(opening) else 0
    found = []
    for end in _ends(text, start):
        said = text[start:end]
        keys = tuple(skeleton(unit.bare) for unit in units(said) if unit.is_word)
        if keys:
            first = start + len(said) - len(said.lstrip())
            found.append(Sentence(start=first, end=start + len(said.rstrip()), said=said.strip(), keys=keys))
        start = end
    return found


def _ends(text: str, start: int) -> Iterator[int]:
    for match in _END.finditer(text, start):
        word = match["word"]
        is_line = word is None or "\n" in match[0]
        if is_line or match["sign"] != "." or (len(word) > INITIAL and not word[-1].isdigit()):
            yield match.end()
    if start < len(text):
        yield len(text)


def aligned(source: str, copy: str, openings: tuple[str, str] = ("", "")) -> tuple[Aligned, ...]:
    """What became of each sentence: those of the copy in its order, each dropped one behind what it stood behind."""
    one, other = sentences(source, openings[0]), sentences(copy, openings[1])
    pairs = _equal(one, other)
    pairs |= _alike(one, other, pairs)
    twins = {there: here for here, there in pairs.items()}
    in_order = _heaviest_rise(sorted((here, there, len(other[there].keys)) for here, there in pairs.items()))
    joined = _joined(one, other, pairs)
    parted = _joined(other, one, twins)
    found: list[tuple[tuple[int, int, int], Aligned]] = []
    for there, sentence in enumerate(other):
        here = twins.get(there, parted.get(there))
        fate = Fate.ADDED if here is None else Fate.REWORDED
        alike = 0.0 if here is None else _likeness(one[here], sentence)
        if there in twins:
            fate = Fate.MOVED if here not in in_order else Fate.KEPT if alike == 1 else Fate.REWORDED
        twin = None if here is None else one[here]
        found.append(((there, 0, 0), Aligned(fate=fate, source=twin, copy=sentence, likeness=alike)))
    found += _left(one, other, pairs, joined)
    return tuple(each for _, each in sorted(found, key=lambda pair: pair[0]))


def counted(given: Iterable[Aligned]) -> dict[Fate, int]:
    """How many sentences of each fate, in the list's order, none left out."""
    seen = Counter(each.fate for each in given)
    return {fate: seen[fate] for fate in Fate}


def _left(
    one: Sequence[Sentence], other: Sequence[Sentence], pairs: dict[int, int], joined: dict[int, int]
) -> Iterator[tuple[tuple[int, int, int], Aligned]]:
    """Sentences of the source that have no twin: they went into another sentence, or are gone."""
    behind = -1
    for here, sentence in enumerate(one):
        if here in pairs:
            behind = pairs[here]
            continue
        there = joined.get(here)
        fate = Fate.DROPPED if there is None else Fate.REWORDED
        alike = 0.0 if there is None else _likeness(sentence, other[there])
        copy = None if there is None else other[there]
        yield (behind, 1, here), Aligned(fate=fate, source=sentence, copy=copy, likeness=alike)


def _equal(one: Sequence[Sentence], other: Sequence[Sentence]) -> dict[int, int]:
    """Sentences of the same words, the first with the first where one stands several times."""
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for there, sentence in enumerate(other):
        places[sentence.keys].append(there)
    found = {}
    for here, sentence in enumerate(one):
        if places[sentence.keys]:
            found[here] = places[sentence.keys].pop(0)
    return found


def _alike(one: Sequence[Sentence], other: Sequence[Sentence], taken: dict[int, int]) -> dict[int, int]:
    """Of the rest the likest together, one with one."""
    left = [here for here in range(len(one)) if here not in taken]
    holders: dict[tuple[str, str], list[int]] = defaultdict(list)
    gone = set(taken.values())
    for there, sentence in enumerate(other):
        if there not in gone:
            for pair in set(_pairs(sentence.keys)):
                holders[pair].append(there)
    scored = []
    for here in left:
        held = (holders.get(pair, []) for pair in _pairs(one[here].keys))
        for there in {there for several in held if len(several) <= COMMON for there in several}:
            alike = _likeness(one[here], other[there])
            if alike >= REWORDED:
                scored.append((-alike, abs(here - there), here, there))
    found: dict[int, int] = {}
    for _, _, here, there in sorted(scored):
        if here not in found and there not in gone:
            found[here] = there
            gone.add(there)
    return found


def _joined(one: Sequence[Sentence], other: Sequence[Sentence], pairs: dict[int, int]) -> dict[int, int]:
    """Sentences without a twin whose words went into a sentence that has one: two were made one."""
    free = {there: _grams(other[there].keys) - _grams(one[here].keys) for here, there in pairs.items()}
    found = {}
    for here, sentence in enumerate(one):
        if here in pairs or len(sentence.keys) < JOINED_WORDS:
            continue
        grams = _grams(sentence.keys)
        shares = [((grams & rest).total() / grams.total(), -there) for there, rest in sorted(free.items())]
        best = max(shares, default=(0.0, 0))
        if best[0] >= JOINED:
            found[here] = -best[1]
    return found


def _pairs(keys: Sequence[str]) -> list[tuple[str, str]]:
    return list(pairwise(keys))


@lru_cache(maxsize=1 << 12)
def _grams(keys: tuple[str, ...]) -> Counter[tuple[str, ...]]:
    """Words and pairs of words; nobody changes them."""
    return Counter[tuple[str, ...]]([*((key,) for key in keys), *_pairs(keys)])


def _likeness(one: Sentence, other: Sentence) -> float:
    """Of their words and pairs of words, how many they share (Dice)."""
    if one.keys == other.keys:
        return 1.0
    here, there = _grams(one.keys), _grams(other.keys)
    return round(min(2 * (here & there).total() / (here.total() + there.total()), 0.999), 3)


def _heaviest_rise(pairs: Sequence[tuple[int, int, int]]) -> frozenset[int]:
    """Which of these (sorted by first place, with second place and weight) rise in both and weigh most."""
    best: list[tuple[int, int]] = []  # weight of the heaviest rise that ends here, and what stands before it
    for at, (_, there, weight) in enumerate(pairs):
        below = [(best[number][0], number) for number in range(at) if pairs[number][1] < there]
        heavy, last = max(below, key=lambda pair: (pair[0], -pair[1]), default=(0, -1))
        best.append((heavy + weight, last))
    at = max(range(len(best)), key=lambda number: (best[number][0], -number), default=-1)
    rise = set()
    while at >= 0:
        rise.add(pairs[at][0])
        at = best[at][1]
    return frozenset(rise)
