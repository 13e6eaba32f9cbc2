"""Pairs of stories that were compared: those that belong together, and those that do not; it changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select

from archive.catalog import equals, meeting, pinned
from archive.catalog.links import edge_of
from archive.catalog.prints import judged, prints
from archive.catalog.schema import bands, edges, editions
from archive.cluster import Edge, strongest
from archive.likeness.copies import is_verbatim
from archive.likeness.verdicts import Verdicts
from archive.records import EdgeKind

_AT_ONCE = 10_000  # rows


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
    several = equals.several(connection)
    columns = (edges.c.inner, edges.c.outer, edges.c.inner_text, edges.c.outer_text, edges.c.kind)
    rows = connection.execute(select(*columns).execution_options(yield_per=_AT_ONCE))
    for inner, outer, inner_text, outer_text, said in rows:
        kind: EdgeKind | None = EdgeKind(said)
        if kind is not EdgeKind.COPY and not several.isdisjoint((inner, outer)):  # by others they may be more
            kind = kind_of(connection, inner, outer)
        yield Pair(one=inner, other=outer, one_text=inner_text, other_text=outer_text, kind=kind)


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
    several = equals.several(connection)
    for one_, other_, one_text, other_text in connection.execute(query.execution_options(yield_per=_AT_ONCE)):
        kind = None if several.isdisjoint((one_, other_)) else kind_of(connection, one_, other_)
        yield Pair(one=one_, other=other_, one_text=one_text, other_text=other_text, kind=kind)


def edges_of(connection: Connection, story: str, kind: EdgeKind | None = None) -> list[Edge]:
    """The edges of a story at either end, of a kind or of any; of texts in equal words one of each days speaks.

    Of each other story the strongest alone: `kind_of` says the same.
    """
    stored = {other: edge for edge in strongest(_all(connection, story)) for other in (edge.inner, edge.outer)}
    stored.pop(story, None)
    many = equals.several(connection, {story, *stored})
    twins, near = _near(connection, story) if story in many else (set[str](), set[str]())
    asked = near | {other for other in stored if story in many or other in many}
    asked -= {other for other, edge in stored.items() if other in twins and edge.kind is EdgeKind.COPY}
    found = [edge for other, edge in stored.items() if other not in asked] + _anew(connection, story, asked)
    return sorted((e for e in found if kind is None or e.kind is kind), key=lambda edge: (edge.inner, edge.outer))


def _near(connection: Connection, story: str) -> tuple[set[str], set[str]]:
    """The stories of texts in the words of one of a story's, and those that speak for texts that these meet.

    Of each days the first one that is in no words of the story itself speaks.
    """
    own = {row.number: row for row in equals.texts_of(connection, {story})}
    twins, keys = {row.story for row in equals.holding(connection, own)}, {row.equal for row in own.values()}
    met, speaks = set[int](), dict[equals.Same, str]()
    for n, each in meeting.signed({n: row.folded for n, row in own.items()}).items():
        met.update(*meeting.candidates(connection, {n: each}))
    for row in equals.holding(connection, met):
        if row.equal not in keys and row.story not in twins:
            speaks.setdefault((row.equal, row.days), row.story)
    return twins - {story}, set(speaks.values())


def _anew(connection: Connection, story: str, others: Collection[str]) -> list[Edge]:
    """What a story is to others, asked of all of their texts: what is kept may be told of others in equal words."""
    if not others:
        return []
    rows = equals.texts_of(connection, {story, *others})
    signed = meeting.signed({row.equal: row.folded for row in rows})
    found, verdicts = prints(connection, {row.number for row in rows}), Verdicts(pinned.known(connection))
    mine = [row for row in rows if row.story == story]
    said = (
        judged(found[here.number], found[there.number], verdicts).edge
        for there in rows
        for here in mine
        if there.story != story
        and (here.equal == there.equal or meeting.meets(signed[here.equal], signed[there.equal]))
    )
    return strongest(edge for edge in said if edge is not None)


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
    if not equals.several(connection, {one, other}):
        both = (edges.c.inner == one) & (edges.c.outer == other), (edges.c.inner == other) & (edges.c.outer == one)
        found = _found(connection, or_(*both))
    else:
        found = _anew(connection, one, {other})
    return found[0].kind if found else None
