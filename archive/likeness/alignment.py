"""Where two texts run side by side and where they part, word by word; pure, and it judges nothing.

Runs of words found once in each text are the anchors, as in patience diff; between anchors lie the gaps.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TypeVar

ANCHOR = 3  # words


Run = TypeVar("Run", bound=Hashable)


def anchors(one: Sequence[str], other: Sequence[str]) -> list[tuple[int, int]]:
    """Places in both texts of runs found once in each, in the longest order that both texts agree on."""
    return met(once(_runs(one)), once(_runs(other)))


def _runs(words: Sequence[str]) -> list[tuple[str, ...]]:
    return list(zip(*(words[at:] for at in range(ANCHOR)), strict=False))


def once(runs: Sequence[Run]) -> dict[Run, int]:
    """Of runs of ANCHOR words by place, those found once in the text, and where."""
    places = dict(zip(runs, range(len(runs)), strict=True))
    if len(places) < len(runs):
        for run, many in Counter(runs).items():
            if many > 1:
                del places[run]
    return places


def met(one: Mapping[Run, int], other: Mapping[Run, int]) -> list[tuple[int, int]]:
    """The anchors of two texts, each given by what `once` says of it."""
    return _longest_rise(sorted((one[run], other[run]) for run in one.keys() & other.keys()))


def _longest_rise(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest part of the pairs whose second places rise too (patience sorting, n log n)."""
    places = [at for _, at in pairs]
    if places == sorted(places):  # nothing was moved: most copies
        return pairs
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for index, (_, at) in enumerate(pairs):
        pile = bisect_left(ends, at)
        ends[pile : pile + 1] = [at]
        last[pile : pile + 1] = [index]
        before.append(last[pile - 1] if pile else -1)
    rise: list[tuple[int, int]] = []
    index = last[-1] if last else -1
    while index >= 0:
        rise.append(pairs[index])
        index = before[index]
    return rise[::-1]


def gaps(
    one: Sequence[str], other: Sequence[str], found: Sequence[tuple[int, int]] | None = None
) -> Iterator[tuple[range, range]]:
    """The spans in which two texts differ between equal passages; either may be empty, never both.

    `found`: the anchors, where they are known.
    """
    here = there = 0
    for start, stop, many in _passages([*(anchors(one, other) if found is None else found), (len(one), len(other))]):
        late = max(here - start, there - stop, 0)  # anchors that overlap what lies behind
        if start - here == stop - there and start <= here:
            here, there = start + many - 1 + ANCHOR, stop + many - 1 + ANCHOR  # the equal passage goes on
        elif late < many:
            parted = _trim(one, other, range(here, start + late), range(there, stop + late))
            if parted[0] or parted[1]:
                yield parted
            here, there = start + many - 1 + ANCHOR, stop + many - 1 + ANCHOR


def _passages(found: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    """Anchors that follow each other place by place, as one: where the first is in both texts, and how many."""
    starts = [at for at, ((a, b), (c, d)) in enumerate(pairwise(found), start=1) if c != a + 1 or d != b + 1]
    for start, stop in pairwise((0, *starts, len(found))):
        yield (*found[start], stop - start)


def _trim(one: Sequence[str], other: Sequence[str], here: range, there: range) -> tuple[range, range]:
    while here and there and one[here[0]] == other[there[0]]:
        here, there = here[1:], there[1:]
    while here and there and one[here[-1]] == other[there[-1]]:
        here, there = here[:-1], there[:-1]
    return here, there
