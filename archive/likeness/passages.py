"""Passages of one text that stand elsewhere in another: whole paragraphs first, then runs of words; pure."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from archive.likeness.alignment import ANCHOR
from archive.likeness.units import Unit

PASSAGE: Final = 5  # words: a shorter run is nobody's passage, but for a whole paragraph
PARAGRAPH: Final = 3  # words: a shorter one is a line between paragraphs


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A run of units that stands elsewhere in the other text."""

    here: int
    there: int
    length: int


def places(moved: Sequence[Block]) -> tuple[set[int], set[int]]:
    """Where the moved runs stood in the first text, and where they stand in the second."""
    gone = {at for block in moved for at in range(block.here, block.here + block.length)}
    come = {at for block in moved for at in range(block.there, block.there + block.length)}
    return gone, come


def moved_paragraphs(one: Sequence[Unit], other: Sequence[Unit]) -> list[Block]:
    """Paragraphs found once in each text that are not among the most words which both texts have in one order."""
    here, there = _once(one), _once(other)
    common = sorted((at, there[run], len(run)) for run, at in here.items() if run in there)
    in_order = _heaviest_rise(common)
    return [
        Block(here=at, there=spot, length=length)
        for number, (at, spot, length) in enumerate(common)
        if number not in in_order and sum(unit.is_word for unit in one[at : at + length]) >= PARAGRAPH
    ]


def _once(text: Sequence[Unit]) -> dict[tuple[str, ...], int]:
    """Paragraphs that stand in a text once, and the unit that each begins with."""
    runs = [(tuple(unit.key for unit in text[span.start : span.stop]), span.start) for span in _paragraphs(text)]
    seen = Counter(run for run, _ in runs)
    return {run: at for run, at in runs if seen[run] == 1}


def _paragraphs(text: Sequence[Unit]) -> Iterator[range]:
    start = 1  # the first unit stands for the beginning
    for at in range(1, len(text)):
        if text[at].is_last:
            yield range(start, at + 1)
            start = at + 1


def _heaviest_rise(common: Sequence[tuple[int, int, int]]) -> frozenset[int]:
    """Which of these (sorted by first place, with second place and weight) rise in both texts and weigh most."""
    ranks = sorted(spot for _, spot, _ in common)
    best = _Best(len(ranks))
    before: list[int] = []
    for number, (_, spot, weight) in enumerate(common):
        rank = bisect_left(ranks, spot)
        total, last = best.below(rank)
        before.append(last)
        best.put(rank, total + weight, number)
    rise = set()
    number = best.below(len(ranks))[1]
    while number >= 0:
        rise.add(number)
        number = before[number]
    return frozenset(rise)


class _Best:
    """The heaviest entry below any rank, found and changed in log n steps (a Fenwick tree of maxima)."""

    def __init__(self, ranks: int) -> None:
        self._tree = [(0, -1)] * (ranks + 1)

    def below(self, rank: int) -> tuple[int, int]:
        """The heaviest of all ranks below this one, and whose it is; -1: none."""
        found = (0, -1)
        while rank:
            found = max(found, self._tree[rank])
            rank &= rank - 1
        return found

    def put(self, rank: int, weight: int, whose: int) -> None:
        """Something of a rank weighs so much."""
        rank += 1
        while rank < len(self._tree):
            self._tree[rank] = max(self._tree[rank], (weight, whose))
            rank += rank & -rank


def moved_runs(
    one: Sequence[Unit], other: Sequence[Unit], taken: tuple[Collection[int], Collection[int]]
) -> list[Block]:
    """Runs of equal words among those not taken, found once in what is left of both texts."""
    left = _Left(one, taken[0]), _Left(other, taken[1])
    elsewhere = left[1].runs()
    blocks = []
    for run, here in left[0].runs().items():
        there = elsewhere.get(run, -1)
        if here < 0 or there < 0 or not (left[0].free[here] and left[1].free[there]):
            continue
        block = _grown(left, here, there)
        if _is_passage(one, block.here, block.length) and _is_passage(other, block.there, block.length):
            blocks.append(block)
            left[0].take(block.here, block.length)
            left[1].take(block.there, block.length)
    return blocks


class _Left:
    """What is not taken of a text."""

    def __init__(self, text: Sequence[Unit], taken: Collection[int]) -> None:
        self.keys = [unit.key for unit in text]
        self.free = [at not in taken for at in range(len(text))]

    def runs(self) -> dict[tuple[str, ...], int]:
        """Where each free run of words begins; -1 when it is there twice."""
        found: dict[tuple[str, ...], int] = {}
        for at in range(len(self.keys) - ANCHOR + 1):
            if all(self.free[at : at + ANCHOR]):
                run = tuple(self.keys[at : at + ANCHOR])
                found[run] = -1 if run in found else at
        return found

    def take(self, at: int, length: int) -> None:
        """Nobody else may have these."""
        self.free[at : at + length] = [False] * length


def _grown(left: tuple[_Left, _Left], here: int, there: int) -> Block:
    """The longest free run around two equal places."""
    one, other = left

    def goes_on(row: int, column: int) -> bool:
        return one.free[row] and other.free[column] and one.keys[row] == other.keys[column]

    while here and there and goes_on(here - 1, there - 1):
        here, there = here - 1, there - 1
    length, most = 0, min(len(one.keys) - here, len(other.keys) - there)
    while length < most and goes_on(here + length, there + length):
        length += 1
    return Block(here=here, there=there, length=length)


def _is_passage(text: Sequence[Unit], at: int, length: int) -> bool:
    """Long enough to be known again, or a whole paragraph."""
    run = text[at : at + length]
    words = sum(unit.is_word for unit in run)
    is_whole = (at == 1 or text[at - 1].is_last) and run[-1].is_last
    return words >= PASSAGE or (is_whole and words >= PARAGRAPH)
