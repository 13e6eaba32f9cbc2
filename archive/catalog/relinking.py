"""All editions read for linking them anew, and the bands, edges and clusters of all written in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    Connection,
    Double,
    String,
    bindparam,
    delete,
    func,
    literal,
    or_,
    select,
    update,
)

from archive.catalog import decisions, equals, links, meeting
from archive.catalog.schema import among, bands, counted, edges, editions, is_sqlite, meta, sketches, stories
from archive.cluster import Edge, Member
from archive.errors import CatalogError
from archive.texts import to_line

AT_ONCE: Final = 1000  # rows
_WRITTEN: Final = 20_000  # rows in one statement
_STANDING: Final = ("story", "cluster", "jaccard", "containment")

Row = Sequence[Any]  # the values of a table's row, in the order of its columns


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some stories, by id: from `since` on, before `until`; `first` is how many editions stand before theirs."""

    first: int
    editions: int
    since: str
    until: str | None


def parts(connection: Connection, size: int) -> tuple[Part, ...]:
    """All stories in parts of about equal size, of about so many editions at most; at least one."""
    held = connection.execute(select(func.count()).select_from(editions)).scalar() or 0
    size = max(1, -(-held // max(1, -(-held // size))))
    starts: list[tuple[int, str]] = [(0, "")]
    rank, last = 0, ""
    rows = connection.execution_options(yield_per=AT_ONCE).execute(select(editions.c.story).order_by(editions.c.story))
    for story in rows.scalars():
        if rank >= starts[-1][0] + size and story != last:
            starts.append((rank, story))
        rank, last = rank + 1, story
    ends: list[tuple[int, str | None]] = [*starts[1:], (rank, None)]
    return tuple(
        Part(first=first, editions=end - first, since=since, until=until)
        for (first, since), (end, until) in zip(starts, ends, strict=True)
    )


def texts(connection: Connection, part: Part) -> Iterator[list[tuple[int, str, int, str]]]:
    """A part's editions by story and number, some at once: number, folded text, which stands for it, and story."""
    columns = (editions.c.number, editions.c.folded, editions.c.equal, editions.c.story)
    query = select(*columns).where(editions.c.story >= part.since)
    if part.until is not None:
        query = query.where(editions.c.story < part.until)
    query = query.order_by(editions.c.story, editions.c.number).execution_options(yield_per=AT_ONCE)
    for some in connection.execute(query).partitions():
        first_of = equals.Firsts.among({}, equals.firsts(connection, {row.equal for row in some})).of_all
        yield [(row.number, row.folded, first_of[row.equal], row.story) for row in some]


def members(connection: Connection, ids: Collection[str]) -> dict[str, Member]:
    """What the total order of a cluster asks of stories."""
    query = select(stories.c.id, stories.c.own, stories.c.earliest).where(among(connection, stories.c.id, ids))
    return {
        story: Member(story=story, own=own, earliest=datetime.fromisoformat(earliest))
        for story, own, earliest in connection.execute(query)
    }


def current_texts(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    """The digests of stories' current texts."""
    query = select(editions.c.story, editions.c.text_digest).where(among(connection, editions.c.story, ids))
    return {row.story: row.text_digest for row in connection.execute(query.where(editions.c.current))}


def state(connection: Connection) -> str:
    """A digest of all that links depend on: texts and dates of the stories, the formulas, what people decided."""
    made = hashlib.sha256()
    columns = (stories.c.id, stories.c.own, stories.c.compared)
    for query in (select(meta).order_by(meta.c.name), select(*columns).order_by(stories.c.id)):
        # Said of the query alone: on PostgreSQL the connection would go on to ask for a cursor for all that is written.
        for some in connection.execute(query.execution_options(yield_per=AT_ONCE)).partitions():
            made.update(to_line([[*row] for row in some]).encode())
    found = decisions.decided(connection)
    made.update(to_line([sorted(map(sorted, pairs)) for pairs in (found.together, found.apart)]).encode())
    return made.hexdigest()


def row_of(edge: Edge) -> Row:
    """An edge's row."""
    return tuple(links.edge_row(edge).values())


def edge_of(row: Row) -> Edge:
    """An edge from its row, which may lack what its texts have in common."""
    return links.edge_of(dict(zip(edges.c.keys(), row, strict=False)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Everything that ties stories together, each sorted by its key."""

    state: str  # of the catalog as it was looked at
    bands: Iterable[Sequence[int]]  # keys and editions by turns, some at once
    sketches: Iterable[tuple[int, bytes]]
    edges: Iterable[Row]
    standing: Iterable[Row]  # story, cluster, Jaccard, containment: of stories that are not alone


def write(connection: Connection, found: Links) -> None:
    """Put these in the place of all that stood there.

    Raises:
        CatalogError: the catalog holds something else than what was read; nothing was changed.
    """
    if state(connection) != found.state:
        raise CatalogError("the catalog was written to meanwhile; link its stories again: astana recluster")
    for table in (bands, sketches, edges):
        connection.execute(delete(table))
    _put_bands(connection, found.bands)
    meeting.put_sketches(connection, found.sketches)
    _put_edges(connection, found.edges)
    alone = update(stories).values(cluster=stories.c.id, jaccard=None, containment=None)
    connection.execute(alone.where(or_(stories.c.cluster != stories.c.id, stories.c.jaccard.is_not(None))))
    for some in meeting.batches(found.standing, _WRITTEN):
        _stand(connection, some)
    counted(connection)


def _put_bands(connection: Connection, rows: Iterable[Sequence[int]]) -> None:
    if is_sqlite(connection):
        meeting.put_bands(connection, rows)
        return
    cursor: Any = connection.connection.cursor()
    with cursor, cursor.copy("COPY bands FROM STDIN") as copied:  # in half of the time of statements
        for some in rows:
            copied.write("%d\t%d\n" * (len(some) // 2) % tuple(some))


def _put_edges(connection: Connection, rows: Iterable[Row]) -> None:
    if is_sqlite(connection):
        for some in meeting.batches(rows, _WRITTEN):
            meeting.put_many(connection, "edges", len(edges.c), list(chain.from_iterable(some)))
        return
    cursor: Any = connection.connection.cursor()
    with cursor, cursor.copy("COPY edges FROM STDIN") as copied:
        for row in rows:
            copied.write_row(row)


def _stand(connection: Connection, rows: Sequence[Row]) -> None:
    """Stories put into the clusters that they stand in."""
    if is_sqlite(connection):
        told = [dict(zip(_STANDING, row, strict=True)) for row in rows]
        connection.execute(update(stories).where(stories.c.id == bindparam("story")), told)
        return
    types = (String, String, Double, Double)
    columns = zip(_STANDING, types, zip(*rows, strict=True), strict=True)
    given = select(*(func.unnest(literal([*said], ARRAY(kind))).label(name) for name, kind, said in columns)).subquery()
    moved = {name: given.c[name] for name in _STANDING[1:]}
    connection.execute(update(stories).where(stories.c.id == given.c.story).values(moved))
