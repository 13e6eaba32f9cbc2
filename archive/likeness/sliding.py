"""Where a removed or added run begins, when it may begin at several places: at a paragraph, else at a sentence; pure.

Of «وقال أ. وقال ب. وقال ج.» without its middle, «وقال ب.» was removed, although «ب. وقال» may as well have been.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from archive.likeness.units import SENTENCE_ENDS, Unit

FURTHEST: Final = 50  # units that a run is pushed back

Pair = tuple[int, int]


def slid(
    one: Sequence[Unit], other: Sequence[Unit], pairs: list[Pair], moved: tuple[Collection[int], Collection[int]]
) -> None:
    """Push back the runs that one text alone has, by pairing other equal words; as many words are paired as before."""
    for at in range(len(pairs) - 1, 0, -1):
        (here, there), (row, column) = pairs[at - 1], pairs[at]
        start = max(0, at - FURTHEST - 1)
        if column == there + 1 and row > here + 1 and not any(each in moved[0] for each in range(here + 1, row)):
            pairs[start:at] = _pushed(one, other, pairs[start:at], row - here - 1)
        elif row == here + 1 and column > there + 1 and not any(each in moved[1] for each in range(there + 1, column)):
            turned = _pushed(other, one, [(y, x) for x, y in pairs[start:at]], column - there - 1)
            pairs[start:at] = [(x, y) for y, x in turned]


def _pushed(one: Sequence[Unit], other: Sequence[Unit], pairs: list[Pair], length: int) -> list[Pair]:
    """The pairs before a run of so many units of the one text, which begins earlier if it begins better there."""
    room = _room(one, other, pairs, length)
    ends = [one[pairs[-1 - step][0]] for step in range(room + 1)]
    paragraph = next((step for step, unit in enumerate(ends) if unit.is_last or unit.end == 0), None)
    sentence = next((step for step, unit in enumerate(ends) if unit.key in SENTENCE_ENDS), None)
    steps = paragraph if paragraph is not None else sentence or 0
    kept = len(pairs) - steps
    return [*pairs[:kept], *((here + length, there) for here, there in pairs[kept:])]


def _room(one: Sequence[Unit], other: Sequence[Unit], pairs: Sequence[Pair], length: int) -> int:
    """How far the run can be pushed."""
    step = 0
    while step < len(pairs) - 1:
        here, there = pairs[-1 - step]
        if pairs[-2 - step] != (here - 1, there - 1) or one[here + length].key != other[there].key:
            break
        step += 1
    return step
