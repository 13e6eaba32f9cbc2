"""Where a removed or added run begins, when it may begin at several places: at a paragraph, else at a sentence; pure.

Of «وقال أ. وقال ب. وقال ج.» without its middle, «وقال ب.» was removed, although «ب. وقال» may as well have been.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from archive.likeness.units import SENTENCE_ENDS, Unit

FURTHEST: Final = 50  # units that a run is pushed

Pair = tuple[int, int]


def slid(
    one: Sequence[Unit], other: Sequence[Unit], pairs: list[Pair], moved: tuple[Collection[int], Collection[int]]
) -> None:
    """Push the runs that one text alone has, by pairing other equal words; as many words are paired as before."""
    for at in range(len(pairs) - 1, 0, -1):
        (here, there), (row, column) = pairs[at - 1], pairs[at]
        span = slice(max(0, at - FURTHEST - 1), at + FURTHEST)
        middle = at - span.start
        if column == there + 1 and row > here + 1 and not any(each in moved[0] for each in range(here + 1, row)):
            pairs[span] = _pushed(one, other, pairs[span], middle)
        elif row == here + 1 and column > there + 1 and not any(each in moved[1] for each in range(there + 1, column)):
            turned = _pushed(other, one, [(y, x) for x, y in pairs[span]], middle)
            pairs[span] = [(x, y) for y, x in turned]


def _pushed(one: Sequence[Unit], other: Sequence[Unit], pairs: list[Pair], middle: int) -> list[Pair]:
    """The pairs around a run of the one text, which stands before the middle one, and may stand better elsewhere."""
    length = pairs[middle][0] - pairs[middle - 1][0] - 1
    back, on = _back(one, other, pairs[:middle], length), _on(one, other, pairs[middle:], length)
    last = pairs[middle - 1][0]
    places = sorted(range(-back, on + 1), key=lambda step: (abs(step), step))
    paragraph = next((step for step in places if one[last + step].is_last or not last + step), None)
    sentence = next((step for step in places if one[last + step].key in SENTENCE_ENDS), 0)
    steps = sentence if paragraph is None else paragraph
    return [
        (here + length, there)
        if middle + steps <= at < middle
        else (here - length, there)
        if middle <= at < middle + steps
        else (here, there)
        for at, (here, there) in enumerate(pairs)
    ]


def _back(one: Sequence[Unit], other: Sequence[Unit], pairs: Sequence[Pair], length: int) -> int:
    """How far the run behind these pairs can be pushed back."""
    step = 0
    while step < len(pairs) - 1:
        here, there = pairs[-1 - step]
        if pairs[-2 - step] != (here - 1, there - 1) or one[here + length].key != other[there].key:
            break
        step += 1
    return step


def _on(one: Sequence[Unit], other: Sequence[Unit], pairs: Sequence[Pair], length: int) -> int:
    """How far the run before these pairs can be pushed on."""
    step = 0
    while step < len(pairs):
        here, there = pairs[step]
        if (here, there) != (pairs[0][0] + step, pairs[0][1] + step) or one[here - length].key != other[there].key:
            break
        step += 1
    return step
