"""Where two texts run side by side and where they part, word by word; pure, and it judges nothing.

Runs of words found once in each text are the anchors, as in patience diff; between anchors lie the gaps.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import accumulate
from typing import TypeVar

ANCHOR = 3  # words

Chain = tuple[int, int, int]  # anchors that follow each other: where the first is in both texts, and how many
Gap = tuple[int, int, int, int]  # from where to where in the one text and in the other, half-open
Run = TypeVar("Run", bound=Hashable)


def anchors(one: Sequence[str], other: Sequence[str]) -> list[tuple[int, int]]:
    """Places in both texts of runs found once in each, in the longest order that both texts agree on."""
    here, there = _once(_runs(one)), _once(_runs(other))
    return _longest_rise(sorted((here[run], there[run]) for run in here.keys() & there.keys()))


def _runs(words: Sequence[str]) -> list[tuple[str, ...]]:
    return list(zip(*(words[at:] for at in range(ANCHOR)), strict=False))


def _once(runs: Sequence[Run]) -> dict[Run, int]:
    """Of runs by place, those found once in the text, and where."""
    places = dict(zip(runs, range(len(runs)), strict=True))
    if len(places) < len(runs):
        for run, many in Counter(runs).items():
            if many > 1:
                del places[run]
    return places


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


def in_order(chains: Iterable[Chain]) -> list[Chain]:
    """Chains of anchors, some of which were moved, as the chains of the longest order that both texts agree on.

    Patience sorting of whole chains: the anchors of one lie on piles that follow each other.
    """
    whole = _whole(chains)
    starts = [*accumulate((many for _, _, many in whole), initial=0)]
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for (_, there, many), start in zip(whole, starts, strict=False):
        pile = bisect_left(ends, there)
        ends[pile : pile + many] = range(there, there + many)
        last[pile : pile + many] = range(start, start + many)
        before.append(last[pile - 1] if pile else -1)
    rise: list[Chain] = []
    anchor = last[-1] if last else -1
    while anchor >= 0:
        number = bisect_right(starts, anchor) - 1
        here, there, _ = whole[number]
        rise.append((here, there, anchor - starts[number] + 1))
        anchor = before[number]
    return rise[::-1]


def _whole(chains: Iterable[Chain]) -> list[Chain]:
    """Chains by their places in the one text, those that go on as one made one."""
    found: list[Chain] = []
    for here, there, many in sorted(chains):
        start, stop, before = found[-1] if found else (0, 0, -1)
        if here <= start + before and there - here == stop - start:
            found[-1] = (start, stop, max(before, here + many - start))
        else:
            found.append((here, there, many))
    return found


def between(one: Sequence[object], other: Sequence[object], chains: Iterable[Chain]) -> Iterator[Gap]:
    """The spans in which two texts differ between chains of anchors, in order; either may be empty, never both."""
    here = there = 0
    for start, stop, many in (*chains, (len(one), len(other), 1)):
        if start - here == stop - there and start <= here:
            here, there = start + many - 1 + ANCHOR, stop + many - 1 + ANCHOR  # the equal passage goes on
            continue
        late = here - start if here - start > there - stop else there - stop
        late = late if late > 0 else 0  # anchors that overlap what lies behind
        if late < many:
            parted = _trim(one, other, (here, start + late, there, stop + late))
            if parted[0] < parted[1] or parted[2] < parted[3]:
                yield parted
            here, there = start + many - 1 + ANCHOR, stop + many - 1 + ANCHOR


def _trim(one: Sequence[object], other: Sequence[object], gap: Gap) -> Gap:
    start, end, begin, stop = gap
    while start < end and begin < stop and one[start] == other[begin]:
        start, begin = start + 1, begin + 1
    while start < end and begin < stop and one[end - 1] == other[stop - 1]:
        end, stop = end - 1, stop - 1
    return start, end, begin, stop
