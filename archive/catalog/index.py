"""How readings become rows: objects in, objects out, and what depends on them derived anew; it opens no database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, insert, select, text

from archive.arabic import fold, search_key, tokens
from archive.catalog import equals, witnesses
from archive.catalog.bodies import whole
from archive.catalog.compared import Compared
from archive.catalog.editions import History, Line, history
from archive.catalog.links import relink
from archive.catalog.schema import among, editions, is_sqlite, number, objects, readings, stories
from archive.errors import AlreadyThereError
from archive.fates import said_by
from archive.likeness.copies import last_day
from archive.lineage.witness import LONG_AGO
from archive.records import Article, Reading, Rejection, TextHead
from archive.takedowns import Takedowns
from archive.texts import reading_from_json, reading_to_json, to_line
from archive.urls import surt

STORIES_AT_ONCE = 500
_NAMES = {Article: "article", Rejection: "rejection"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TextObject:
    """One object of the text shelf: its key, the digest of its bytes, and what stands in it."""

    key: str
    sha256: str
    head: TextHead
    readings: tuple[Reading, ...]


def stamp(instant: datetime) -> str:
    """A UTC instant as it stands in a column: fixed width, so that it sorts."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def put_object(connection: Connection, given: TextObject, orders: Takedowns) -> set[str]:
    """Write an object's readings, without the words of those taken down; returns the stories to be derived anew.

    Raises:
        AlreadyThereError: the object is held with other content.
    """
    held = connection.execute(select(objects.c.sha256).where(objects.c.key == given.key)).scalar()
    if held is not None and held != given.sha256:
        raise AlreadyThereError(f"{given.key} is indexed with other content; text objects never change: astana rebuild")
    if held is not None:
        return set()
    connection.execute(insert(objects), [object_row(given)])
    rows = [reading_row(given.key, line, reading, orders) for line, reading in enumerate(given.readings)]
    if rows:
        connection.execute(insert(readings), rows)
    return {reading.story for reading in given.readings}


def object_row(given: TextObject) -> dict[str, object]:
    """A text object's row."""
    head = given.head
    return {
        "key": given.key,
        "sha256": given.sha256,
        "outlet": head.outlet,
        "reader": head.reader,
        "zone": head.zone,
        "agency": head.agency,
        "non_articles": to_line(head.non_articles),
    }


def reading_row(key: str, line: int, reading: Reading, orders: Takedowns) -> dict[str, object]:
    """A reading's row."""
    outcome, urlkey = reading.outcome, surt(reading.url)
    gone = orders.hides_story(reading.story) or orders.hides(urlkey)
    return {
        "object": key,
        "line": line,
        "story": reading.story,
        "outcome": _NAMES.get(type(outcome), "unchanged"),
        "reason": outcome.reason.value if isinstance(outcome, Rejection) else None,
        "on_topic": outcome.topic.on if isinstance(outcome, Article) else None,
        "sampled": reading.hints.sampled,
        "at": stamp(datetime.fromisoformat(reading.date)),
        "via": reading.via.value,
        "said": said_by(reading),
        "urlkey": urlkey,
        "body": "" if gone else reading_to_json(reading),
    }


def remove_objects(connection: Connection, keys: Collection[str]) -> set[str]:
    """Take objects out; returns the stories that must be derived anew."""
    touched = connection.execute(select(readings.c.story).where(among(connection, readings.c.object, keys)))
    dirty = set(touched.scalars())
    connection.execute(delete(readings).where(among(connection, readings.c.object, keys)))
    connection.execute(delete(objects).where(among(connection, objects.c.key, keys)))
    return dirty


def histories(connection: Connection, ids: Collection[str]) -> Iterator[History]:
    """What the held readings of these stories say; one without an article, or taken down, is left out."""
    columns = (readings, objects.c.reader, objects.c.zone, objects.c.agency)
    query = (
        select(*columns)
        .join(objects, objects.c.key == readings.c.object)
        .where(among(connection, readings.c.story, ids), readings.c.body != "")
    )
    lines: dict[str, list[Line]] = defaultdict(list)
    for row in connection.execute(query):
        reading = whole(reading_from_json, row.body)
        line = Line(
            object=row.object, line=row.line, reader=row.reader, zone=row.zone, agency=row.agency, reading=reading
        )
        lines[row.story].append(line)
    told = witnesses.of_stories(connection, lines)
    for story in sorted(lines):
        found = history(lines[story], told.get(story, ()))
        if found is not None:
            yield found


def derive(connection: Connection, dirty: Iterable[str]) -> None:
    """Make the rows of these stories, and of what hangs on them, say again what the readings say."""
    ids = sorted(dirty)
    for start in range(0, len(ids), STORIES_AT_ONCE):
        _derive(connection, ids[start : start + STORIES_AT_ONCE])


def _derive(connection: Connection, ids: Sequence[str]) -> None:
    before = Compared.read(connection, ids)
    _forget(connection, ids)
    found = list(histories(connection, ids))
    if found:
        connection.execute(insert(stories), [story_row(one) for one in found])
        connection.execute(insert(editions), [row for one in found for row in edition_rows(one)])
        _index_words(connection, [one.story for one in found])
    relink(connection, before, Compared.read(connection, ids))


def _forget(connection: Connection, ids: Sequence[str]) -> None:
    old = connection.execute(select(stories.c.number).where(among(connection, stories.c.id, ids))).scalars().all()
    if is_sqlite(connection) and old:
        unlist = (
            "INSERT INTO search(search, rowid, words) SELECT 'delete', number, words FROM stories WHERE number = :n"
        )
        connection.execute(text(unlist), [{"n": each} for each in old])
    connection.execute(delete(stories).where(among(connection, stories.c.id, ids)))
    connection.execute(delete(editions).where(among(connection, editions.c.story, ids)))


def _index_words(connection: Connection, ids: Sequence[str]) -> None:
    """SQLite's full-text index is filled by hand; PostgreSQL's is an index on the column."""
    if is_sqlite(connection):
        connection.execute(
            text("INSERT INTO search(rowid, words) SELECT number, words FROM stories WHERE number = :n"),
            [{"n": number(story)} for story in ids],
        )


def story_row(one: History) -> dict[str, object]:
    """A story's row before it is linked to others."""
    article = one.current.article
    bounds = {"earliest": stamp(one.published.earliest), "latest": stamp(one.published.latest), "dated": one.dated}
    prints = [[each.text_digest, each.article.kind.value] for each in one.prints]
    return {
        "number": number(one.story),
        "id": one.story,
        "outlet": one.outlet,
        **bounds,
        "day": one.day.isoformat(),
        "on_topic": article.topic.on,
        "agency": fold(article.agency) if article.agency else None,
        "own": one.own,
        "cluster": one.story,
        "jaccard": None,
        "containment": None,
        "compared": to_line([bounds, prints]),
        "words": search_key(f"{article.title}\n{article.subtitle or ''}\n{article.text}"),
    }


def edition_rows(one: History) -> Iterator[dict[str, object]]:
    """The rows of a story's editions."""
    since = one.published.earliest.astimezone(UTC) if one.dated else LONG_AGO
    until = last_day(since, one.published.latest.astimezone(UTC))
    days = equals.days_of(since.date() if one.dated else None, until)
    for each in one.prints:
        itself, folded = number(one.story, each.text_digest), " ".join(tokens(each.article.text))
        yield {
            "number": itself,
            "story": one.story,
            "ordinal": each.ordinal,
            "text_digest": each.text_digest,
            "kind": each.article.kind.value,
            "current": each is one.current,
            "object": each.first.object,
            "line": each.first.line,
            "folded": folded,
            # Texts without words are equal to none: nothing is known of them.
            "equal": equals.key_of(one.outlet, each.article.kind, folded) if folded else itself,
            "days": days,
        }
