"""Where two texts run side by side and where they part, word by word; pure, and it judges nothing.

Runs of words found once in each text are the anchors, as in patience diff; between anchors lie the gaps.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence

ANCHOR = 3  # words


def anchors(one: Sequence[str], other: Sequence[str]) -> list[tuple[int, int]]:
    """Places in both texts of runs found once in each, in the longest order that both texts agree on."""
    here, there = _once(one), _once(other)
    return _longest_rise(sorted((at, there[run]) for run, at in here.items() if run in there))


def _once(words: Sequence[str]) -> dict[tuple[str, ...], int]:
    runs = list(zip(*(words[at:] for at in range(ANCHOR)), strict=False))
    seen = Counter(runs)
    return {run: at for at, run in enumerate(runs) if seen[run] == 1}


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


def gaps(one: Sequence[str], other: Sequence[str]) -> Iterator[tuple[range, range]]:
    """The spans in which two texts differ between equal passages; either may be empty, never both."""
    here = there = 0
    for start, stop in [*anchors(one, other), (len(one), len(other))]:
        if start - here == stop - there and start <= here:
            here, there = start + ANCHOR, stop + ANCHOR  # the equal passage goes on
        elif start >= here and stop >= there:
            found = _trim(one, other, range(here, start), range(there, stop))
            if found[0] or found[1]:
                yield found
            here, there = start + ANCHOR, stop + ANCHOR


def _trim(one: Sequence[str], other: Sequence[str], here: range, there: range) -> tuple[range, range]:
    while here and there and one[here[0]] == other[there[0]]:
        here, there = here[1:], there[1:]
    while here and there and one[here[-1]] == other[there[-1]]:
        here, there = here[:-1], there[:-1]
    return here, there
