"""The steps that judge: pairs verified on their texts, copies joined to clusters, and each measured beside the
canonical one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain, islice
from typing import Any, Final

from archive.catalog import decisions, links, pinned, relinking
from archive.catalog.links import Judged, Print
from archive.catalog.meeting import Pair, batches
from archive.catalog.opened import transaction
from archive.cluster import Decided, Edge, canonical, components, linked, strongest
from archive.likeness.verdicts import Verdicts
from archive.reclustering import days, sharing
from archive.reclustering.plan import Plan
from archive.records import EdgeKind
from archive.texts import to_line

_HELD: Final = 2000  # texts in memory, made ready for comparing
_PAIRS: Final = 500  # judged before texts are let go
_CLUSTERS: Final = 200  # measured at once


def judge(plan: Plan, number: int) -> None:
    """Verify the pairs of a piece on their texts, and leave the best edge of each two stories."""
    numbers, by_days = plan.numbers(), list[Pair]()
    with transaction(plan.url) as connection, plan.file("edges", number).open("w", encoding="utf-8") as out:
        judge_two = partial(links.judged, verdicts=Verdicts(pinned.known(connection)))
        pairs = ((numbers[one], numbers[other]) for one, other in sharing.meeting(plan, number))
        for edge in _strongest(_judged(partial(links.prints, connection), pairs, judge_two, by_days)):
            out.write(to_line(links.edge_row(edge)) + "\n")
    days.leave(plan, number, by_days)


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


def edges(plan: Plan) -> Iterator[dict[str, Any]]:
    """The rows of all edges."""
    yield from days.merged(plan, _told(plan))


def _told(plan: Plan) -> Iterator[dict[str, Any]]:
    for number in range(len(plan.parts)):
        with plan.file("edges", number).open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def join(plan: Plan) -> None:
    """Join copies to clusters, and share these out for measuring."""
    with transaction(plan.url) as connection:
        decided = decisions.decided(connection)
        merged = relinking.members(connection, {story for pair in decided.together for story in pair})
    together = frozenset(pair for pair in decided.together if pair <= merged.keys())
    found = list(_clusters(plan, Decided(together=together, apart=decided.apart)))
    out = [plan.file("clusters", number).open("w", encoding="utf-8") for number in range(len(plan.parts))]
    try:
        with transaction(plan.url) as connection:
            for start, some in enumerate(batches(found, _CLUSTERS)):
                members = relinking.members(connection, [story for stories in some for story in stories])
                for stories in some:
                    head = canonical(stories, members)
                    out[start % len(out)].write(to_line([head, sorted(stories - {head})]) + "\n")
    finally:
        for each in out:
            each.close()


def _clusters(plan: Plan, decided: Decided) -> Iterator[frozenset[str]]:
    """Stories joined by copies. Only sets in which people set some apart are held with their edges."""
    merged = ((min(pair), max(pair)) for pair in decided.together)
    copies = ((row["inner"], row["outer"]) for row in edges(plan) if row["kind"] == EdgeKind.COPY.value)
    hanging = linked(chain(copies, merged))
    place = {story: number for number, together in enumerate(hanging) for story in together}
    both = ({place.get(story) for story in pair} for pair in decided.apart)
    torn = {number for found in both if len(found) == 1 for number in found if number is not None}
    ties: dict[int, list[Edge]] = {number: [] for number in torn}
    for row in edges(plan) if torn else ():
        if (number := place.get(row["inner"], -1)) in ties:
            ties[number].append(links.edge_of({name: said for name, said in row.items() if name != "passages"}))
    for number, together in enumerate(hanging):
        yield from components(together, ties[number], decided) if number in torn else (together,)


def measure(plan: Plan, number: int) -> None:
    """How alike each copy's current text and its canonical one's are."""
    with (
        transaction(plan.url) as connection,
        plan.file("clusters", number).open(encoding="utf-8") as lines,
        plan.file("standing", number).open("w", encoding="utf-8") as out,
    ):
        for some in batches(map(json.loads, lines), _CLUSTERS):
            sets = links.current(connection, [story for head, rest in some for story in (head, *rest)])
            for head, rest in some:
                for story, cluster in ((head, head), *((each, head) for each in rest)):
                    out.write(to_line(links.standing_row(story, cluster, sets)) + "\n")


def standing(plan: Plan) -> Iterator[dict[str, Any]]:
    """The cluster of each story that is not alone, and its likeness to the canonical one."""
    for number in range(len(plan.parts)):
        with plan.file("standing", number).open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)
