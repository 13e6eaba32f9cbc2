"""The step that judges: pairs verified on their texts, the best edge of each two stories left for those behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from heapq import merge
from itertools import islice
from operator import itemgetter
from typing import Final

from archive.catalog import pinned, prints, relinking
from archive.catalog.meeting import Pair, batches
from archive.catalog.opened import transaction
from archive.catalog.prints import Judged, Print
from archive.catalog.relinking import Row
from archive.cluster import Edge, strongest
from archive.likeness.verdicts import Verdicts
from archive.reclustering import days, rows, sharing
from archive.reclustering.plan import Plan

_HELD: Final = 2000  # texts in memory, made ready for comparing
_PAIRS: Final = 500  # judged before texts are let go
_TIE: Final = 7  # values of a row before what the texts have in common


def judge(plan: Plan, number: int) -> None:
    """Verify the pairs of a piece on their texts, and leave the best edge of each two stories."""
    numbers, by_days = plan.numbers(), list[Pair]()
    with transaction(plan.url) as connection:
        judge_two = partial(prints.judged, verdicts=Verdicts(pinned.known(connection)))
        pairs = ((numbers[one], numbers[other]) for one, other in sharing.meeting(plan, number))
        found = _strongest(_judged(partial(prints.prints, connection), pairs, judge_two, by_days))
        _leave(plan, number, (relinking.row_of(edge) for edge in found))
    days.leave(plan, number, by_days)


def _leave(plan: Plan, number: int, given: Iterable[Row]) -> None:
    found = sorted(given, key=itemgetter(0, 1))
    rows.leave(plan.file("edges", number), found)
    rows.leave(plan.file("ties", number), (row[:_TIE] for row in found))


def _judged(
    read: Callable[[set[int]], dict[int, Print]],
    pairs: Iterable[Pair],
    judge_two: Callable[[Print, Print], Judged],
    by_days: list[Pair],
) -> Iterator[tuple[str, Edge]]:
    """Edges, and the story of the first edition of each pair, in the order of pairs; those that hang on days noted."""
    held: dict[int, Print] = {}
    for some in batches(pairs, _PAIRS):
        wanted = {number for pair in some for number in pair}
        held |= read(wanted - held.keys())
        for one, other in some:
            found = judge_two(held[one], held[other])
            if found.by_days:
                by_days.append((one, other))
            if found.edge is not None:
                yield held[one].story, found.edge
        for number in list(islice(held, max(0, len(held) - _HELD))):
            del held[number]


def _strongest(edges: Iterable[tuple[str, Edge]]) -> Iterator[Edge]:
    """The best edge of each two stories; all of one first story come together."""
    of, some = "", list[Edge]()
    for story, edge in edges:
        if story != of:
            yield from strongest(some)
            of, some = story, []
        some.append(edge)
    yield from strongest(some)


def edges(plan: Plan) -> Iterator[Row]:
    """The rows of all edges, sorted by stories but for a few: a tree that grows in order is made faster."""
    return days.merged(plan, merge(*map(rows.left, plan.files("edges", plan.pieces)), key=itemgetter(0, 1)))


def ties(plan: Plan) -> Iterator[Row]:
    """The same rows without what the texts have in common."""
    return (row[:_TIE] for row in days.merged(plan, rows.left(*plan.files("ties", plan.pieces))))
