"""Whether rows are what the texts give: read only, row for row; it opens no database and changes none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from sqlalchemy import Connection, select

from archive.catalog import hidden, index
from archive.catalog.index import TextObject
from archive.catalog.schema import among, editions, objects, readings, stories

Unlike = tuple[str | None, str]  # a story where one is meant, and what differs
_LINKED = frozenset({"cluster", "jaccard", "containment"})  # follow from all stories together


def of_object(connection: Connection, given: TextObject) -> Iterator[Unlike]:
    """How the rows of a text object differ from it; it has been taken in."""
    row = connection.execute(select(objects).where(objects.c.key == given.key)).mappings().first()
    wanted = index.object_row(given)
    yield from (
        (None, f"{name} is {row[name]!r}, not {true!r}") for name, true in wanted.items() if row and row[name] != true
    )
    orders = hidden.orders(connection)
    lines = {row["line"]: row for row in _rows(connection, given.key)}
    for line, reading in enumerate(given.readings):
        true_row = index.reading_row(given.key, line, reading, orders)
        yield from ((reading.story, said) for said in _differs(f"line {line}", lines.pop(line, None), true_row))
    yield from ((str(row["story"]), f"line {line} stands in the catalog alone") for line, row in lines.items())


def _rows(connection: Connection, key: str) -> list[Mapping[str, object]]:
    return [dict(row) for row in connection.execute(select(readings).where(readings.c.object == key)).mappings()]


def _differs(what: str, row: Mapping[str, object] | None, true: Mapping[str, object]) -> Iterator[str]:
    if row is None:
        yield f"{what} is not in the catalog"
        return
    wrong = sorted(name for name, value in true.items() if name not in _LINKED and row[name] != value)
    if wrong:
        yield f"{what}: {', '.join(wrong)} {'is' if len(wrong) == 1 else 'are'} not what the texts give"


def of_stories(connection: Connection, ids: Collection[str]) -> Iterator[Unlike]:
    """How the rows of stories and editions differ from what their readings say together."""
    held = {
        row["id"]: dict(row)
        for row in connection.execute(select(stories).where(among(connection, stories.c.id, ids))).mappings()
    }
    prints = Counter[str]()
    rows: dict[int, Mapping[str, object]] = {}
    for row in connection.execute(select(editions).where(among(connection, editions.c.story, ids))).mappings():
        rows[row["number"]] = dict(row)
        prints[row["story"]] += 1
    for one in index.histories(connection, ids):
        yield from (
            (one.story, said) for said in _differs("the story", held.pop(one.story, None), index.story_row(one))
        )
        for true in index.edition_rows(one):
            prints[one.story] -= 1
            yield from (
                (one.story, said)
                for said in _differs(f"edition {true['ordinal']}", rows.get(int(str(true["number"]))), true)
            )
    yield from ((story, "no reading gives this story") for story in held)
    yield from (
        (story, f"{number} editions more than its readings give") for story, number in prints.items() if number > 0
    )


def story_ids(connection: Connection, outlet: str | None, after: str, size: int) -> list[str]:
    """Stories that any row speaks of, some at a time."""
    of_readings = select(readings.c.story).where(readings.c.story > after)
    of_stories_ = select(stories.c.id).where(stories.c.id > after)
    if outlet is not None:
        of_readings = of_readings.where(readings.c.story.like(f"{outlet}-%"))
        of_stories_ = of_stories_.where(stories.c.id.like(f"{outlet}-%"))
    both = of_readings.union(of_stories_).subquery()
    column = next(iter(both.columns))
    return list(connection.execute(select(column).order_by(column).limit(size)).scalars())
