"""The steps that join copies to clusters, and measure each copy beside the canonical text.

Most copies were compared with the canonical text when they were judged: what was said then is said again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import chain
from typing import Any, BinaryIO, Final

from archive.catalog import decisions, equals, links, relinking
from archive.catalog.meeting import batches
from archive.catalog.opened import Connection, transaction
from archive.catalog.relinking import Row
from archive.cluster import Decided, Edge, canonical, components, linked
from archive.reclustering import rows
from archive.reclustering.judging import ties
from archive.reclustering.plan import Plan
from archive.records import EdgeKind

_CLUSTERS: Final = 200  # measured at once
_COPY: Final = EdgeKind.COPY.value
_ALONE: Final = (0, "")  # piece and canonical story of one that copies join to none
_Standing = tuple[str, str, Any, Any]  # story, cluster, Jaccard and containment


def join(plan: Plan) -> None:
    """Join copies to clusters, and share these out for measuring, with what is known of them."""
    with transaction(plan.url) as connection:
        decided = decisions.decided(connection)
        merged = relinking.members(connection, {story for pair in decided.together for story in pair})
        together = frozenset(pair for pair in decided.together if pair <= merged.keys())
    found = list(_clusters(plan, Decided(together=together, apart=decided.apart)))
    heads = _share_out(plan, found)
    with ExitStack() as open_files:
        known = _opened(plan, "known", open_files)
        for some in batches(ties(plan)):
            told: list[list[Row]] = [[] for _ in known]
            for row in some:
                inner, outer = row[0], row[1]
                piece, head = heads.get(inner, _ALONE)
                if head and head in (inner, outer) and heads.get(outer, _ALONE)[1] == head:
                    told[piece].append(row)
            for out, found_ in zip(known, told, strict=True):
                rows.put(out, found_)


def _clusters(plan: Plan, decided: Decided) -> Iterator[frozenset[str]]:
    """Stories joined by copies. Only sets in which people set some apart are held with their edges."""
    merged = ((min(pair), max(pair)) for pair in decided.together)
    copies = ((row[0], row[1]) for row in ties(plan) if row[2] == _COPY)
    hanging = linked(chain(copies, merged))
    place = {story: number for number, together in enumerate(hanging) for story in together} if decided.apart else {}
    both = ({place.get(story) for story in pair} for pair in decided.apart)
    torn = {number for found in both if len(found) == 1 for number in found if number is not None}
    held: dict[int, list[Edge]] = {number: [] for number in torn}
    for row in ties(plan) if torn else ():
        if (number := place.get(row[0], -1)) in held:
            held[number].append(relinking.edge_of(row))
    for number, together in enumerate(hanging):
        if number not in torn:
            yield together
        else:
            with transaction(plan.url) as connection:
                words = equals.words_of(connection, together)
            yield from components(together, held[number], decided, words)


def _share_out(plan: Plan, found: list[frozenset[str]]) -> dict[str, tuple[int, str]]:
    """Leave clusters for each piece of measuring; the piece and the canonical story of each of their stories."""
    heads: dict[str, tuple[int, str]] = {}
    with transaction(plan.url) as connection, ExitStack() as open_files:
        out = _opened(plan, "clusters", open_files)
        for turn, some in enumerate(batches(found, _CLUSTERS)):
            members = relinking.members(connection, [story for stories in some for story in stories])
            by_head = {canonical(stories, members): stories for stories in some}
            rows.put(out[turn % len(out)], ((head, sorted(by_head[head] - {head})) for head in by_head))
            for head, stories in by_head.items():
                heads |= dict.fromkeys(stories, (turn % len(out), head))
    return heads


def _opened(plan: Plan, kind: str, open_files: ExitStack) -> list[BinaryIO]:
    return [open_files.enter_context(file.open("wb")) for file in plan.files(kind, len(plan.parts))]


def measure(plan: Plan, number: int) -> None:
    """How alike each copy's current text and its canonical one's are."""
    known = {frozenset(row[:2]): row for row in rows.left(plan.file("known", number))}
    with transaction(plan.url) as connection:
        rows.leave(
            plan.file("standing", number), _standing(connection, known, rows.left(plan.file("clusters", number)))
        )


def _standing(
    connection: Connection, known: Mapping[frozenset[str], Row], clusters: Iterable[Row]
) -> Iterator[_Standing]:
    for some in batches(clusters, _CLUSTERS):
        texts = relinking.current_texts(connection, [story for head, rest in some for story in (head, *rest)])
        yield from _measured(some, _told(some, known, texts), partial(links.current, connection))


def _told(clusters: Sequence[Row], known: Mapping[frozenset[str], Row], texts: Mapping[str, str]) -> dict[str, Row]:
    """By story, what was said of it and the canonical one, where that was said of the current texts."""
    rows = {story: known.get(frozenset((head, story))) for head, rest in clusters for story in rest}
    return {story: row for story, row in rows.items() if row and (row[5], row[6]) == (texts[row[0]], texts[row[1]])}


def _measured(
    clusters: Sequence[Row], told: Mapping[str, Row], read: Callable[[set[str]], Mapping[str, frozenset[int]]]
) -> Iterator[_Standing]:
    """The standing of the stories of some clusters; texts are read where nothing was said of the current ones."""
    unknown = [(story, head) for head, rest in clusters for story in rest if story not in told]
    sets = read({story for pair in unknown for story in pair})
    for head, rest in clusters:
        yield head, head, None, None
        for story in rest:
            if story in told:
                yield story, head, told[story][3], told[story][4]
            else:
                alike = links.standing_row(story, head, sets)
                yield story, head, alike["jaccard"], alike["containment"]


def standing(plan: Plan) -> Iterator[Row]:
    """The cluster of each story that is not alone, and its likeness to the canonical one."""
    return rows.left(*plan.files("standing", len(plan.parts)))
