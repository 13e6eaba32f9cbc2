"""All editions read for linking them anew; it changes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    Connection,
    func,
    select,
)

from archive.catalog import decisions, equals, links
from archive.catalog.schema import among, edges, editions, meta, stories
from archive.cluster import Edge, Member
from archive.texts import to_line

AT_ONCE: Final = 1000  # rows

Row = Sequence[Any]  # the values of a table's row, in the order of its columns


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some stories, by id: from `since` on, before `until`; `first` is how many editions stand before theirs."""

    first: int
    editions: int
    since: str
    until: str | None


def held(connection: Connection) -> int:
    """How many editions there are."""
    return connection.execute(select(func.count()).select_from(editions)).scalar() or 0


def parts(connection: Connection, size: int) -> tuple[Part, ...]:
    """All stories in parts of about equal size, of about so many editions at most; at least one."""
    many = held(connection)
    size = max(1, -(-many // max(1, -(-many // size))))
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
