"""Which words of one text stand for which of another, in order or moved; pure, it knows no letters, only keys.

Runs found once in both texts are the anchors, and what lies between them is looked at again by itself. Whatever the
texts are, the work is bounded: where no anchor is left and the way is long, words count as replaced.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from archive.likeness.alignment import ANCHOR, anchors
from archive.likeness.passages import Block, moved_paragraphs, moved_runs, places
from archive.likeness.sliding import slid
from archive.likeness.units import QUOTATION_MARK, Unit

DEEPEST: Final = 8  # times that what lies between anchors is searched for anchors of its own
FURTHEST: Final = 100  # words put in and taken out between two anchors until a way is given up

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """Units in order in both texts, and runs that moved; all others are in one text only."""

    pairs: tuple[Pair, ...]
    moved: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gap:
    here: range
    there: range


def paired(one: Sequence[Unit], other: Sequence[Unit]) -> Pairing:
    """The pairs of two texts. Which text comes first may decide between two equally good answers."""
    moved = moved_paragraphs(one, other)
    gone, come = places(moved)
    rows = [at for at in range(len(one)) if at not in gone]
    columns = [at for at in range(len(other)) if at not in come]
    found, gaps = _anchored([one[at].bare for at in rows], [other[at].bare for at in columns])
    pairs = [(rows[row], columns[column]) for row, column in found]
    moved += moved_runs(one, other, (gone | {row for row, _ in pairs}, come | {column for _, column in pairs}))
    gone, come = places(moved)
    for gap in gaps:
        inside = [rows[at] for at in gap.here if rows[at] not in gone]
        outside = [columns[at] for at in gap.there if columns[at] not in come]
        common = _common([one[at].bare for at in inside], [other[at].bare for at in outside])
        pairs += [(inside[row], outside[column]) for row, column in common]
    pairs.sort()
    kept = list(_kept(one, other, pairs, (gone, come)))
    slid(one, other, kept, (gone, come))
    return Pairing(pairs=tuple(kept), moved=tuple(moved))


def _anchored(one: Sequence[str], other: Sequence[str]) -> tuple[list[Pair], list[_Gap]]:
    """Pairs along the anchors, and what lies between them without any."""
    pairs: list[Pair] = []
    gaps: list[_Gap] = []
    waiting = [(_Gap(here=range(len(one)), there=range(len(other))), 0)]
    while waiting:
        gap, depth = waiting.pop()
        gap = _trimmed(one, other, gap, pairs)
        if not gap.here or not gap.there:
            continue
        here, there = gap.here, gap.there
        found = anchors(one[here.start : here.stop], other[there.start : there.stop]) if depth < DEEPEST else []
        if not found:
            gaps.append(gap)
            continue
        waiting += [(each, depth + 1) for each in _between(found, gap, pairs)]
    return pairs, gaps


def _trimmed(one: Sequence[str], other: Sequence[str], gap: _Gap, pairs: list[Pair]) -> _Gap:
    """What is left when equal words at both ends are paired."""
    here, there, stop, end = gap.here.start, gap.there.start, gap.here.stop, gap.there.stop
    while here < stop and there < end and one[here] == other[there]:
        pairs.append((here, there))
        here, there = here + 1, there + 1
    while here < stop and there < end and one[stop - 1] == other[end - 1]:
        stop, end = stop - 1, end - 1
        pairs.append((stop, end))
    return _Gap(here=range(here, stop), there=range(there, end))


def _between(found: Sequence[Pair], gap: _Gap, pairs: list[Pair]) -> Iterator[_Gap]:
    here, there = gap.here.start, gap.there.start
    for row, column in found:
        start, begin = gap.here.start + row, gap.there.start + column
        if start < here or begin < there:
            continue  # overlaps the anchor before it
        yield _Gap(here=range(here, start), there=range(there, begin))
        pairs += [(start + step, begin + step) for step in range(ANCHOR)]
        here, there = start + ANCHOR, begin + ANCHOR
    yield _Gap(here=range(here, gap.here.stop), there=range(there, gap.there.stop))


# ---- gaps without anchors -------------------------------------------------------------------------------------------


def _common(one: Sequence[str], other: Sequence[str]) -> list[Pair]:
    """A longest common subsequence (Myers 1986, the greedy way forward); none when the way is too long."""
    ends = {1: 0}
    steps: list[dict[int, int]] = []
    for step in range(min(len(one) + len(other), FURTHEST) + 1):
        steps.append(dict(ends))
        for diagonal in range(-step, step + 1, 2):
            here = _furthest(ends, step, diagonal)
            there = here - diagonal
            while here < len(one) and there < len(other) and one[here] == other[there]:
                here, there = here + 1, there + 1
            ends[diagonal] = here
            if here >= len(one) and there >= len(other):
                return _way_back(steps, here, there)
    return []


def _furthest(ends: dict[int, int], step: int, diagonal: int) -> int:
    return ends[diagonal + 1] if _down(ends, step, diagonal) else ends[diagonal - 1] + 1


def _way_back(steps: Sequence[dict[int, int]], here: int, there: int) -> list[Pair]:
    pairs = []
    for step in range(len(steps) - 1, -1, -1):
        ends, diagonal = steps[step], here - there
        start = _furthest(ends, step, diagonal)
        while here > start:
            here, there = here - 1, there - 1
            pairs.append((here, there))
        if step:
            came = diagonal + 1 if _down(ends, step, diagonal) else diagonal - 1
            here = ends[came]
            there = here - came
    return pairs[::-1]


def _down(ends: dict[int, int], step: int, diagonal: int) -> bool:
    return diagonal == -step or (diagonal != step and ends[diagonal - 1] < ends[diagonal + 1])


# ---- chance ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    here: int
    there: int
    length: int


def _kept(
    one: Sequence[Unit], other: Sequence[Unit], pairs: Sequence[Pair], moved: tuple[set[int], set[int]]
) -> Iterator[Pair]:
    """The pairs but for runs shorter than what changed on either side of them: «في» between two new sentences."""
    sorted_moves = sorted(moved[0]), sorted(moved[1])

    def between(left: _Run, right: _Run) -> int:
        """Units that changed between two runs, in the text where more did."""
        return max(
            _size(range(left.here + left.length, right.here), sorted_moves[0]),
            _size(range(left.there + left.length, right.there), sorted_moves[1]),
        )

    kept = [_Run(here=0, there=0, length=0)]
    for run in (*_runs(pairs), _Run(here=len(one), there=len(other), length=0)):
        kept.append(run)
        while len(kept) > 2 and not _is_edge(one, other, kept[-2]):
            if kept[-2].length >= min(between(kept[-3], kept[-2]), between(kept[-2], kept[-1])):
                break
            del kept[-2]
    for run in kept:
        yield from ((run.here + step, run.there + step) for step in range(run.length))


def _runs(pairs: Sequence[Pair]) -> Iterator[_Run]:
    start = 0
    for at in range(1, len(pairs) + 1):
        if at == len(pairs) or pairs[at] != (pairs[at - 1][0] + 1, pairs[at - 1][1] + 1):
            yield _Run(here=pairs[start][0], there=pairs[start][1], length=at - start)
            start = at


def _size(span: range, moved: Sequence[int]) -> int:
    return len(span) - (bisect_left(moved, span.stop) - bisect_left(moved, span.start))


def _is_edge(one: Sequence[Unit], other: Sequence[Unit], run: _Run) -> bool:
    """Whether a run holds the beginning, a quotation mark or, in both texts, a paragraph's end: they part changes."""
    here, there = one[run.here : run.here + run.length], other[run.there : run.there + run.length]
    return run.here == 0 or any(
        unit.key == QUOTATION_MARK or (unit.is_last and twin.is_last) for unit, twin in zip(here, there, strict=True)
    )
