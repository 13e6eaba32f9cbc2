"""Pairs of stories that were compared: those that belong together, and those that do not; it changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlalchemy import Connection, and_, exists, or_, select

from archive.catalog import equals
from archive.catalog.links import edge_of
from archive.catalog.schema import bands, edges, editions
from archive.cluster import Edge, strongest
from archive.likeness.copies import is_verbatim
from archive.records import EdgeKind

_AT_ONCE = 10_000  # rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two texts of two stories; `kind` is None of those that a band in common brought together and the rule parted."""

    one: str
    other: str
    one_text: str  # text digests
    other_text: str
    kind: EdgeKind | None


def linked(connection: Connection) -> Iterator[Pair]:
    """Every two stories that belong together."""
    columns = (edges.c.inner, edges.c.outer, edges.c.inner_text, edges.c.outer_text, edges.c.kind)
    rows = connection.execution_options(yield_per=_AT_ONCE).execute(select(*columns))
    for inner, outer, inner_text, outer_text, kind in rows:
        yield Pair(one=inner, other=outer, one_text=inner_text, other_text=outer_text, kind=EdgeKind(kind))


def parted(connection: Connection) -> Iterator[Pair]:
    """Every two stories whose current texts were compared and do not belong together."""
    here, there = bands.alias(), bands.alias()
    one, other = editions.alias(), editions.alias()
    is_linked = exists().where(
        or_(
            and_(edges.c.inner == one.c.story, edges.c.outer == other.c.story),
            and_(edges.c.inner == other.c.story, edges.c.outer == one.c.story),
        )
    )
    query = (
        select(one.c.story, other.c.story, one.c.text_digest, other.c.text_digest)
        .distinct()
        .select_from(here)
        .join(there, and_(there.c.value == here.c.value, here.c.edition < there.c.edition))
        .join(one, and_(one.c.number == here.c.edition, one.c.current))
        .join(other, and_(other.c.number == there.c.edition, other.c.current))
        .where(one.c.story != other.c.story, ~is_linked)
    )
    for row in connection.execution_options(yield_per=_AT_ONCE).execute(query):
        yield Pair(one=row[0], other=row[1], one_text=row[2], other_text=row[3], kind=None)


def edges_of(connection: Connection, story: str, kind: EdgeKind | None = None) -> list[Edge]:
    """The edges of a story at either end, of a kind or of any; also those of editions that stand for one of its own.

    Of each other story the strongest alone.
    """
    found = (edge for edge in strongest(_all(connection, story)) if kind is None or edge.kind is kind)
    return sorted(found, key=lambda edge: (edge.inner, edge.outer))


def _all(connection: Connection, story: str) -> list[Edge]:
    found = _edges(connection, story)
    for stand in equals.stands(connection, story):
        at_it = (stand.story, stand.text_digest)
        for edge in _edges(connection, stand.story):
            if _may_hang_on_days(edge) and not stand.same_days:
                continue  # the first one of the same days tells it
            if (edge.inner, edge.inner_text) == at_it and edge.outer != story:
                found.append(replace(edge, inner=story, inner_text=stand.own))
            elif (edge.outer, edge.outer_text) == at_it and edge.inner != story:
                found.append(replace(edge, outer=story, outer_text=stand.own))
    return found


def _may_hang_on_days(edge: Edge) -> bool:
    """Whether two texts of other days, in the same words, may be less to each other."""
    return edge.kind is not EdgeKind.SHARED and not is_verbatim(edge.likeness)


def _edges(connection: Connection, story: str) -> list[Edge]:
    query = select(edges).where(or_(edges.c.inner == story, edges.c.outer == story))
    return [edge_of(dict(row)) for row in connection.execute(query).mappings()]


def kind_of(connection: Connection, one: str, other: str) -> EdgeKind | None:
    """What two stories are to each other; they may be so by editions that stand for theirs."""
    there = {(stand.story, stand.text_digest): stand.same_days for stand in equals.stands(connection, other)}
    found = [
        edge
        for edge in _all(connection, one)
        for story, text in ((edge.inner, edge.inner_text), (edge.outer, edge.outer_text))
        if story == other
        or (story != one and there.get((story, text), False))
        or (story != one and (story, text) in there and not _may_hang_on_days(edge))
    ]
    return min(found, key=lambda edge: edge.rank).kind if found else None
