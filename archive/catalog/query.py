"""What people ask of the catalog and how it is looked up; it changes nothing and opens no database."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, func, literal, select, text, tuple_

from archive.arabic import fold, search_key
from archive.catalog import bodies
from archive.catalog.index import histories, stamp
from archive.catalog.pairs import edges_of
from archive.catalog.schema import among, is_sqlite, readings, stories
from archive.cluster import Edge
from archive.errors import NotHeldError, UsageError
from archive.records import Cluster, Copy, EdgeKind, Reading, Reason, Story, Window, is_imported
from archive.texts import reading_from_json

PAGE: Final = 200
_QUOTES: Final = str.maketrans("«»“”„", '"' * 5)
_PARTS: Final = re.compile(r'"([^"]*)"|([^"\s]+)')


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which stories are asked for; every condition given must hold.

    `text`: words, all of which must stand in title or current text; words in quotes stand together, in that order.
    `after`: the cursor of the last story seen. `limit`: stories, or clusters.
    """

    text: str | None = None
    outlets: tuple[str, ...] = ()
    window: Window = field(default_factory=Window)
    agency: str | None = None
    cluster: str | None = None  # any member's id
    canonical: bool = False
    include_off_topic: bool = False
    limit: int | None = None
    after: str | None = None


MOST_WORDS = 100  # each is a condition of its own, and databases bound how deep conditions nest


def phrases(given: str) -> tuple[str, ...]:
    """The folded phrases of a text query, a lone word being a phrase too.

    Raises:
        UsageError: a quotation is not closed, no word is left to look for, or there are too many.
    """
    plain = given.translate(_QUOTES)
    if plain.count('"') % 2:
        raise UsageError(f"the query has a quotation mark that is not closed: {given}")
    found: list[str] = []
    for quoted, lone in _PARTS.findall(plain):
        key = search_key(quoted or lone)
        found += [key] if quoted else key.split()
    if not any(found):
        raise UsageError(f"the query has no word to look for: {given!r}")
    wanted = sorted({phrase for phrase in found if phrase})
    if len(wanted) > MOST_WORDS:
        raise UsageError(f"the query has {len(wanted)} words; at most {MOST_WORDS} can be looked for at once")
    return tuple(wanted)


def cursor(story: Story) -> str:
    """Where a later query goes on after this story."""
    return f"{stamp(story.published.earliest)},{story.id}"


def _position(after: str) -> tuple[str, str]:
    earliest, comma, story = after.partition(",")
    try:
        return stamp(datetime.fromisoformat(earliest)), story if comma and story else _refuse(after)
    except ValueError:
        return _refuse(after), ""


def _refuse(after: str) -> str:
    raise UsageError(f"not a cursor: {after!r}; take one from an earlier answer")


def _words(connection: Connection, given: str) -> ColumnElement[bool]:
    """Text conditions. The index finds stories that hold every word; the column itself is asked for the phrases.

    SQLite's tokenizer may part a word that we do not, so there each word is asked of the column as well: both databases
    give the same stories.
    """
    wanted = phrases(given)
    single = sorted({word for phrase in wanted for word in phrase.split()})
    padded = literal(" ").op("||")(stories.c.words).op("||")(literal(" "))
    if is_sqlite(connection):
        match = " AND ".join('"' + word.replace('"', '""') + '"' for word in single)
        rows = text("SELECT rowid FROM search WHERE search MATCH :match").bindparams(match=match)
        held = stories.c.number.in_(rows.columns(stories.c.number).scalar_subquery())
        return and_(held, *(func.instr(padded, f" {phrase} ") > 0 for phrase in {*wanted, *single}))
    lists = func.string_to_array(stories.c.words, " ")
    held = lists.op("@>")(func.string_to_array(" ".join(single), " "))
    return and_(held, *(func.strpos(padded, f" {phrase} ") > 0 for phrase in wanted if " " in phrase))


def _conditions(connection: Connection, query: Query) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if query.text is not None:
        wanted.append(_words(connection, query.text))
    if query.outlets:
        wanted.append(among(connection, stories.c.outlet, query.outlets))
    if query.window.since:
        wanted.append(stories.c.day >= query.window.since.isoformat())
    if query.window.until:
        wanted.append(stories.c.day < query.window.until.isoformat())
    if query.agency is not None:
        wanted.append(stories.c.agency == fold(query.agency))
    if query.cluster is not None:
        wanted.append(stories.c.cluster == cluster_id(connection, query.cluster))
    if query.canonical:
        wanted.append(stories.c.cluster == stories.c.id)
    if not query.include_off_topic:
        wanted.append(stories.c.on_topic)
    return wanted


def check(query: Query) -> None:
    """Refuse what makes no sense.

    Raises:
        UsageError: a limit below one, or a window that ends before it starts.
    """
    if query.limit is not None and query.limit < 1:
        raise UsageError(f"a limit of {query.limit} asks for nothing")
    since, until = query.window.since, query.window.until
    if since and until and until <= since:
        raise UsageError(f"the window ends at {until}, not after its start at {since}")


def page(connection: Connection, query: Query, size: int) -> list[Story]:
    """The next `size` stories in pull order: earliest bound, then id."""
    wanted = _conditions(connection, query)
    if query.after is not None:
        wanted.append(tuple_(stories.c.earliest, stories.c.id) > tuple_(*map(literal, _position(query.after))))
    rows = connection.execute(
        select(stories.c.id).where(*wanted).order_by(stories.c.earliest, stories.c.id).limit(size)
    )
    ids = list(rows.scalars())
    found = whole(connection, ids)
    return [found[story] for story in ids]


def whole(connection: Connection, ids: Collection[str]) -> dict[str, Story]:
    """Stories with every edition, from their readings."""
    columns = (stories.c.id, stories.c.cluster, stories.c.jaccard)
    rows = connection.execute(select(*columns).where(among(connection, stories.c.id, ids)))
    placed = {row.id: row for row in rows}
    found = {}
    for one in histories(connection, placed):
        row = placed[one.story]
        alone = row.cluster == one.story
        found[one.story] = Story(
            id=one.story,
            outlet=one.outlet,
            url=one.current.first.reading.url,
            published=one.published,
            editions=tuple(each.edition for each in one.prints),
            current=one.current.ordinal,
            cluster=row.cluster,
            canonical=alone,
            copy_of=None if alone else row.cluster,
            likeness=row.jaccard,
            claims=one.claims,
            sightings=one.sightings,
            wire=one.current.first.agency,
        )
    return found


def of_url(connection: Connection, urlkey: str) -> list[Story]:
    """Stories of which a capture stood at an address, by its SURT key: in pull order, those of imports alone last."""
    ids = connection.execute(select(readings.c.story).where(readings.c.urlkey == urlkey)).scalars()
    found = whole(connection, set(ids))
    return sorted(found.values(), key=lambda story: (_is_foreign(story), story.published.earliest, story.id))


def _is_foreign(story: Story) -> bool:
    return all(is_imported(edition.address.warc) for edition in story.editions)


def readings_of(connection: Connection, ids: Collection[str]) -> list[Reading]:
    """Every reading of some stories but those taken down, by story, object and line."""
    wanted = select(readings.c.body).where(among(connection, readings.c.story, ids), readings.c.body != "")
    ordered = wanted.order_by(readings.c.story, readings.c.object, readings.c.line)
    return [bodies.whole(reading_from_json, body) for body in connection.execute(ordered).scalars()]


def rejected(connection: Connection, reasons: Collection[Reason]) -> Iterator[Reading]:
    """Readings that were refused for one of these reasons, by object and line."""
    names = sorted(reason.value for reason in reasons)
    wanted = select(readings.c.body).where(among(connection, readings.c.reason, names), readings.c.body != "")
    rows = connection.execution_options(yield_per=PAGE).execute(wanted.order_by(readings.c.object, readings.c.line))
    for body in rows.scalars():
        yield bodies.whole(reading_from_json, body)


def cluster_id(connection: Connection, story: str) -> str:
    """The cluster of a story. Raises NotHeldError."""
    found = connection.execute(select(stories.c.cluster).where(stories.c.id == story)).scalar()
    if found is None:
        raise NotHeldError(f"no story {story} is held; look with astana search")
    return str(found)


def clusters(connection: Connection, ids: Sequence[str]) -> list[Cluster]:
    """Clusters by id, in the order asked; copies in pull order."""
    columns = (stories.c.id, stories.c.cluster, stories.c.jaccard, stories.c.containment)
    query = select(*columns).where(among(connection, stories.c.cluster, ids))
    members: dict[str, list[Copy]] = {name: [] for name in ids}
    for row in connection.execute(query.order_by(stories.c.earliest, stories.c.id)):
        if row.id != row.cluster:
            copy = Copy(story=row.id, of=row.cluster, likeness=row.jaccard, containment=row.containment)
            members[row.cluster].append(copy)
    return [Cluster(id=name, canonical=name, copies=tuple(copies)) for name, copies in members.items()]


def cluster_ids(connection: Connection, query: Query) -> list[str]:
    """Clusters of at least two stories of which one fits the query, in the pull order of their canonical stories."""
    fitting = select(stories.c.cluster).where(*_conditions(connection, query))
    several = select(stories.c.cluster).group_by(stories.c.cluster).having(func.count() > 1)
    wanted: list[ColumnElement[bool]] = [stories.c.id.in_(fitting), stories.c.id.in_(several)]
    if query.after is not None:
        wanted.append(tuple_(stories.c.earliest, stories.c.id) > tuple_(*map(literal, _position(query.after))))
    rows = select(stories.c.id).where(*wanted).order_by(stories.c.earliest, stories.c.id)
    return list(connection.execute(rows.limit(query.limit)).scalars())


def parts(connection: Connection, story: str, kind: EdgeKind) -> list[Edge]:
    """Edges of one kind, of a story at either end."""
    return edges_of(connection, story, kind)
