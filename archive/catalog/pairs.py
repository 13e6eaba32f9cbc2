"""Pairs of stories that were compared: those that belong together, and those that do not; it changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select

from archive.catalog import equals
from archive.catalog.links import edge_of
from archive.catalog.schema import among, bands, edges, editions
from archive.cluster import Edge, strongest
from archive.likeness.copies import is_verbatim
from archive.records import EdgeKind

_AT_ONCE = 10_000  # rows


Ends = Mapping[tuple[str, str], bool]  # editions by story and text digest, and whether of the days asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two texts of two stories; `kind` is None of those that a band in common brought together and the rule parted.

    It is what `kind_of` says of the stories.
    """

    one: str
    other: str
    one_text: str  # text digests
    other_text: str
    kind: EdgeKind | None


def linked(connection: Connection) -> Iterator[Pair]:
    """Every two stories that belong together."""
    several = _with_equals(connection)
    columns = (edges.c.inner, edges.c.outer, edges.c.inner_text, edges.c.outer_text, edges.c.kind)
    rows = connection.execute(select(*columns).execution_options(yield_per=_AT_ONCE))
    for inner, outer, inner_text, outer_text, said in rows:
        kind: EdgeKind | None = EdgeKind(said)
        if kind is not EdgeKind.COPY and not several.isdisjoint((inner, outer)):  # by others they may be more
            kind = kind_of(connection, inner, outer)
        yield Pair(one=inner, other=outer, one_text=inner_text, other_text=outer_text, kind=kind)


def _with_equals(connection: Connection) -> set[str]:
    """The stories of editions that are not the only ones with their words."""
    keys = select(editions.c.equal).group_by(editions.c.equal).having(func.count() > 1)
    return set(connection.execute(select(editions.c.story).where(editions.c.equal.in_(keys))).scalars())


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
    several = _with_equals(connection)
    for one_, other_, one_text, other_text in connection.execute(query.execution_options(yield_per=_AT_ONCE)):
        kind = None if several.isdisjoint((one_, other_)) else kind_of(connection, one_, other_)
        yield Pair(one=one_, other=other_, one_text=one_text, other_text=other_text, kind=kind)


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
    return _found(connection, or_(edges.c.inner == story, edges.c.outer == story))


def _found(connection: Connection, condition: ColumnElement[bool]) -> list[Edge]:
    return [edge_of(dict(row)) for row in connection.execute(select(edges).where(condition)).mappings()]


def kind_of(connection: Connection, one: str, other: str) -> EdgeKind | None:
    """What two stories are to each other; they may be so by editions that stand for theirs."""
    here, there = _ends(connection, one), _ends(connection, other)
    mine, others = ({story for story, _ in ends} for ends in (here, there))
    between = (
        and_(among(connection, edges.c.inner, inner), among(connection, edges.c.outer, outer))
        for inner, outer in ((mine, others), (others, mine))
    )
    found = [
        edge for edge in _found(connection, or_(*between)) if _tells(edge, here, there) or _tells(edge, there, here)
    ]
    return min(found, key=lambda edge: edge.rank).kind if found else None


def _ends(connection: Connection, story: str) -> Ends:
    """A story's editions and those that stand for them."""
    query = select(editions.c.text_digest).where(editions.c.story == story)
    found = {(story, digest): True for digest in connection.execute(query).scalars()}
    return found | {(each.story, each.text_digest): each.same_days for each in equals.stands(connection, story)}


def _tells(edge: Edge, inner: Ends, outer: Ends) -> bool:
    """Whether an edge from the one ends to the others says what both are to each other."""
    days = inner.get((edge.inner, edge.inner_text)), outer.get((edge.outer, edge.outer_text))
    return None not in days and (all(days) or not _may_hang_on_days(edge))
