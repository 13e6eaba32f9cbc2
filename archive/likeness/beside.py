"""Two texts laid beside each other: how alike they are, what both have, and where they part; it judges nothing.

A text is laid out once and compared with many. Words are compared by their numbers (fingerprint.numbers), runs by sums
of these, which two runs may have in common by chance: what is told was compared word by word. Two texts are walked
through once, stretch by stretch of what both have, so that a pair costs by the number of places where its texts part,
not by their length.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from operator import ne
from struct import unpack_from
from typing import Final, Self

from archive.likeness.alignment import ANCHOR, Chain, Gap, between, in_order
from archive.likeness.common import Passage
from archive.likeness.fingerprint import NUMBER, SHINGLE, Likeness
from archive.likeness.formulas import Formulas

CLOSE: Final = ANCHOR  # words: an editor's hand leaves such runs where it breaks longer ones
OPENING: Final = 60  # words: a lead and what follows it
_RUN: Final = SHINGLE * NUMBER  # bytes
# Bits that are taken of a word's number: CLOSE of them, each shifted by one more than the one before, add up to no more
# than fits into two digits of Python's integers, the fastest that there are.
_TAKEN: Final = 57
_LANE: Final = 8 * NUMBER
_HAS: Final = b"\1"
_LACKS: Final = b"\0"
_ALONE: Final = re.compile(_LACKS + b"+")
_WIDE: Final = _HAS * (SHINGLE - CLOSE + 1)  # a run of SHINGLE words is so many of CLOSE words

_PASSAGE: Final[Callable[[tuple[int, int, int]], Passage]] = partial(tuple.__new__, Passage)  # unpacks nothing

Met = tuple[int, int, int]  # where equal words begin in the one text and in the other, and how many
Span = tuple[int, int]  # half-open


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Laid:
    """A text as it is laid beside others: its comparison words, and their runs of CLOSE words by place.

    Equal to itself alone: it is far too long to be looked through each time that it is asked for.
    """

    words: tuple[bytes, ...]
    packed: bytes  # the same in one
    runs: tuple[int, ...]
    firsts: Mapping[int, int]  # where each run stands first
    repeated: bytes  # for each place, whether its run stands elsewhere, too; empty where none does
    is_folded: bool  # whether SHINGLE words may stand at several places
    again: tuple[int, ...]  # places whose run of SHINGLE words stood in the text before, in order
    shingles: int  # different runs of SHINGLE words; a text with fewer words is one, an empty one has none

    @classmethod
    def of(cls, words: tuple[bytes, ...]) -> Self:
        """A text by the numbers of its comparison words (fingerprint.numbers)."""
        packed = b"".join(words)
        runs = _runs(packed)
        firsts = dict(zip(reversed(runs), range(len(runs) - 1, -1, -1), strict=True))
        repeated = _repeated(runs, firsts) if len(firsts) < len(runs) else b""
        again = tuple(_again(words, repeated))
        return cls(
            words=words,
            packed=packed,
            runs=runs,
            firsts=firsts,
            repeated=repeated,
            is_folded=_WIDE in repeated,
            again=again,
            shingles=max(len(words) - SHINGLE + 1, min(len(words), 1)) - len(again),
        )


def _runs(packed: bytes) -> tuple[int, ...]:
    """A number for each run of CLOSE words: all are added up at once, as lanes of one long integer."""
    words = len(packed) // NUMBER
    lanes = int.from_bytes(packed, "little") & _low(words.bit_length())
    lanes += sum(lanes >> place * (_LANE - 1) for place in range(1, CLOSE))
    return unpack_from(f"<{max(words - CLOSE + 1, 0)}Q", lanes.to_bytes(len(packed), "little"))


@lru_cache(maxsize=1 << 5)
def _low(size: int) -> int:
    """The bits that are taken of each of 2**size lanes."""
    return int.from_bytes(((1 << _TAKEN) - 1).to_bytes(NUMBER, "little") * (1 << size), "little")


def _repeated(runs: Sequence[int], firsts: Mapping[int, int]) -> bytes:
    found = bytearray(map(ne, map(firsts.__getitem__, runs), range(len(runs))))
    for at in _places(bytes(found)):
        found[firsts[runs[at]]] = 1
    return bytes(found)


def _again(words: tuple[bytes, ...], repeated: bytes) -> Iterator[int]:
    seen = set()
    at = repeated.find(_WIDE)
    while at >= 0:
        run = words[at : at + SHINGLE]
        if run in seen:
            yield at
        seen.add(run)
        at = repeated.find(_WIDE, at + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What two texts have in common.

    `met`: stretches of CLOSE words and more, in the order of the one text; `passages`: of SHINGLE words and more, where
    none overlaps another; `shared`: the places of runs of SHINGLE words that the other text has, half-open.
    `likeness` counts such runs; nothing is like an empty text.
    """

    one: Laid
    other: Laid
    met: Sequence[Met]
    passages: Sequence[Met]
    shared: Sequence[Span]
    likeness: Likeness

    @classmethod
    def of(cls, one: Laid, other: Laid) -> Self:
        """Two texts, the one with fewer words first."""
        words = len(one.words)
        if one.packed == other.packed:
            whole = [(0, 0, words)] if words else []
            every = [(0, max(words - SHINGLE, 0) + 1)] if words else []
            same = Likeness(jaccard=float(words > 0), containment=float(words > 0))
            return cls(one=one, other=other, met=whole, passages=whole, shared=every, likeness=same)
        has = bytes(map(other.firsts.__contains__, one.runs))
        met = _met(one, other, has)
        passages, shared = _wide(one, other, has, met) if other.is_folded else _plain(met)
        return cls(
            one=one, other=other, met=met, passages=passages, shared=shared, likeness=_likeness(one, other, shared)
        )

    def formula(self, known: Formulas) -> float:
        """How much of what both have is formula: 0 to 1."""
        if not (known.days and self.shared):
            return 0.0
        formulas = known.places(self.one.packed)
        found = sum([formulas.count(1, start, stop) for start, stop in self.shared])
        found -= sum(formulas[at] for at in _seen(self.one, self.shared))
        return found / _many(self.one, self.shared)

    def overlap(self) -> tuple[float, float, float, int]:
        """How much of each text lies in runs of CLOSE words that both have, and of the other's first OPENING words; and
        the longest stretch of the one outside them (words).
        """
        lacking, end, own = len(self.one.words), 0, 0
        outer = bytearray(len(self.other.words))
        for here, there, many in self.met:
            if here > end:
                own = here - end if here - end > own else own
                lacking -= many
            else:
                lacking -= here + many - end
            end = here + many
            outer[there : there + many] = _HAS * many
        opened = outer.count(1, 0, OPENING) / min(len(outer), OPENING)
        for at in _places(self.other.repeated):
            if self.other.runs[at] in self.one.firsts:
                outer[at : at + CLOSE] = _HAS * CLOSE
        return (
            1 - lacking / len(self.one.words),
            1 - outer.count(0) / len(outer),
            opened,
            max(own, len(self.one.words) - end),
        )

    def alone(self) -> list[Span]:
        """The stretches of the other text without any run of SHINGLE words that stands beside the one's."""
        outer = bytearray(len(self.other.words))
        for _, there, many in self.met:
            if many >= SHINGLE:
                outer[there : there + many] = _HAS * many
        return [found.span() for found in _ALONE.finditer(outer)]

    def longest(self) -> int:
        """The words of the longest passage; 0: there is none."""
        return max([many for _, _, many in self.passages], default=0)

    def told(self, *, turned: bool = False) -> tuple[Passage, ...]:
        """The passages, in the order of the one text; `turned`: told from the other."""
        if turned:
            return tuple([_PASSAGE((there, here, many)) for here, there, many in self.passages])
        return tuple(map(_PASSAGE, self.passages))

    def gaps(self) -> Iterator[Gap]:
        """The spans in which they differ between runs found once in each; either may be empty, never both."""
        chains = self._chains()
        end = 0
        for _, there, many in chains:
            if there < end:  # something was moved
                chains = in_order(chains)
                break
            end = there + many
        return between(self.one.words, self.other.words, chains)

    def _chains(self) -> list[Chain]:
        """Runs of CLOSE words found once in each text: where they are, and how many follow each other."""
        if not (self.one.repeated or self.other.repeated):
            return [(here, there, many - CLOSE + 1) for here, there, many in self.met]
        return list(_unbroken(self.met, self.one.repeated, self.other.repeated))


def _likeness(one: Laid, other: Laid, shared: Sequence[Span]) -> Likeness:
    both = _many(one, shared)
    if not both:
        return Likeness(jaccard=0.0, containment=0.0)
    here, there = one.shingles, other.shingles
    return Likeness(jaccard=round(both / (here + there - both), 6), containment=round(both / min(here, there), 6))


def _many(one: Laid, shared: Sequence[Span]) -> int:
    """How many different runs stand in these places."""
    return sum([stop - start for start, stop in shared]) - sum(1 for _ in _seen(one, shared))


def _seen(one: Laid, shared: Sequence[Span]) -> Iterator[int]:
    for start, stop in shared if one.again else ():
        yield from one.again[bisect_left(one.again, start) : bisect_left(one.again, stop)]


def _places(mask: bytes, start: int = 0, stop: int | None = None) -> Iterator[int]:
    at = mask.find(_HAS, start, stop)
    while at >= 0:
        yield at
        at = mask.find(_HAS, at + 1, stop)


def _unbroken(met: Iterable[Met], here_again: bytes, there_again: bytes) -> Iterator[Chain]:
    for here, there, many in met:
        last = many - CLOSE + 1
        if here_again.find(_HAS, here, here + last) < 0 and there_again.find(_HAS, there, there + last) < 0:
            yield here, there, last
            continue
        breaks = {at - here for at in _places(here_again, here, here + last)}
        breaks |= {at - there for at in _places(there_again, there, there + last)}
        start = 0
        for stop in (*sorted(breaks), last):
            if stop > start:
                yield here + start, there + start, stop - start
            start = stop + 1


def _met(one: Laid, other: Laid, has: bytes) -> list[Met]:
    """Equal stretches; where a run stands several times in the other text, where that goes on, or the first time."""
    found: list[Met] = []
    firsts, runs, again = other.firsts, one.runs, other.repeated
    inner, outer = one.packed, other.packed
    here = after = 0
    at = has.find(_HAS)
    while at >= 0:
        there = firsts[runs[at]]
        if again and again[there]:
            goes_on = at - here + after
            if goes_on >= 0 and other.runs[goes_on : goes_on + 1] == (runs[at],):
                there = goes_on
        many = _until(has, at) + CLOSE - 1 - at
        if inner[at * NUMBER : (at + many) * NUMBER] != outer[there * NUMBER : (there + many) * NUMBER]:
            many = _equal(inner, at, outer, there, many)
            if many < CLOSE:  # other words with one number
                at = has.find(_HAS, at + 1)
                continue
        here, after = at, there
        while again and here and after and one.words[here - 1] == other.words[after - 1]:
            here, after, many = here - 1, after - 1, many + 1  # was taken for another place's
        found.append((here, after, many))
        at = has.find(_HAS, here + many - CLOSE + 1)
    return found


def _plain(met: Iterable[Met]) -> tuple[list[Met], list[Span]]:
    """What `_wide` finds where no SHINGLE words stand at several places of the other text."""
    told, shared, end = list[Met](), list[Span](), 0
    for here, there, many in met:
        if many < SHINGLE:
            continue
        shared.append((here, here + many - SHINGLE + 1))
        late = max(end - here, 0)
        if many - late >= SHINGLE:
            told.append((here + late, there + late, many - late))
            end = here + many
    return told, shared


def _until(has: bytes, at: int) -> int:
    """Up to where the other text has what the one has from here on."""
    end = has.find(_LACKS, at)
    return len(has) if end < 0 else end


def _equal(one: bytes, here: int, other: bytes, there: int, most: int) -> int:
    """How many words from these two places on are equal, of so many; not all are."""
    start, begin = here * NUMBER, there * NUMBER
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        size = middle * NUMBER
        done = low * NUMBER
        if one[start + done : start + size] == other[begin + done : begin + size]:
            low = middle
        else:
            high = middle
    return low


def _wide(one: Laid, other: Laid, has: bytes, met: Iterable[Met]) -> tuple[list[Met], list[Span]]:
    """The passages of SHINGLE words and more, and the places of such runs; some overlap a passage, and are not told."""
    told: list[Met] = []
    shared: list[Span] = []
    known = {here: (there, many) for here, there, many in met}
    end = after = 0
    at = has.find(_WIDE)
    while at >= 0:
        there = _stands(one, at, other, after)
        if there < 0 or at < end:
            if there >= 0:
                shared.append((at, at + 1))
            at = has.find(_WIDE, at + 1)
            continue
        place, many = known.get(at, (-1, 0))
        if place != there:
            many = _equal(one.packed, at, other.packed, there, _until(has, at) - at + CLOSE)
        told.append((at, there, many))
        shared.append((at, at + many - SHINGLE + 1))
        end, after = at + many, there + many
        at = has.find(_WIDE, end - SHINGLE + 1)
    return told, shared


def _stands(one: Laid, at: int, other: Laid, after: int) -> int:
    """Where a run of SHINGLE words stands in the other text: where that goes on, or the first time; -1: nowhere."""
    run = one.packed[at * NUMBER : at * NUMBER + _RUN]
    there = other.firsts[one.runs[at]]
    if not (other.repeated and other.repeated[there]):
        return there if other.packed[there * NUMBER : there * NUMBER + _RUN] == run else -1
    if other.packed[after * NUMBER : after * NUMBER + _RUN] == run:
        return after
    found = other.packed.find(run)
    while found % NUMBER and found >= 0:
        found = other.packed.find(run, found + 1)
    return found // NUMBER
