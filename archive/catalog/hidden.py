"""What the catalog knows of takedowns and lifts, and that no row they hide holds a word; the ledger decides."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, Connection, bindparam, insert, or_, select, update

from archive.catalog.bodies import whole
from archive.catalog.schema import among, lifts, readings, takedowns
from archive.records import Reading
from archive.takedowns import Depth, Lift, Takedown, Takedowns
from archive.texts import reading_from_json, reading_to_json, to_line

# The readings of a text object, by its key; None where it is not on the shelf.
Read = Callable[[str], Sequence[Reading] | None]


def known(connection: Connection) -> frozenset[str]:
    """The ledger's events that the rows obey already."""
    both = select(takedowns.c.event).union(select(lifts.c.event))
    return frozenset(connection.execute(both).scalars())


def orders(connection: Connection) -> Takedowns:
    """The orders in force that the rows obey; the captures that a sealed one lists stay in the ledger."""
    entries: list[Takedown | Lift] = [
        Takedown(
            event=row.event,
            at=row.at,
            story=row.story,
            urls=tuple(whole(json.loads, row.urls)),
            reason=row.reason,
            depth=Depth(row.depth),
        )
        for row in connection.execute(select(takedowns))
    ]
    for row in connection.execute(select(lifts)):
        entries.append(Lift(event=row.event, at=row.at, orders=tuple(whole(json.loads, row.orders)), reason=row.reason))
    return Takedowns.of(entries)


def hide(connection: Connection, given: Collection[Takedown | Lift], read: Read) -> set[str]:
    """Take new orders and lifts in: empty the readings that are hidden now, fill again those that no longer are.

    Returns the stories that must be derived anew.
    """
    held = known(connection)
    new = [entry for entry in given if entry.event not in held]
    if not new:
        return set()
    before = orders(connection)
    _keep(connection, new)
    after = orders(connection)
    standing = {order.event for order in after.orders}
    fresh = {entry.event for entry in new}
    dirty = _empty(connection, Takedowns.of(order for order in after.orders if order.event in fresh))
    freed = Takedowns.of(order for order in before.orders if order.event not in standing)
    return dirty | _fill(connection, freed, after, read)


def _keep(connection: Connection, new: Collection[Takedown | Lift]) -> None:
    ordered = [
        {
            "event": entry.event,
            "at": entry.at,
            "story": entry.story,
            "urls": to_line(entry.urls),
            "reason": entry.reason,
            "depth": entry.depth.value,
        }
        for entry in new
        if isinstance(entry, Takedown)
    ]
    lifted = [
        {"event": entry.event, "at": entry.at, "orders": to_line(entry.orders), "reason": entry.reason}
        for entry in new
        if isinstance(entry, Lift)
    ]
    if ordered:
        connection.execute(insert(takedowns), ordered)
    if lifted:
        connection.execute(insert(lifts), lifted)


def _meant(connection: Connection, given: Takedowns) -> ColumnElement[bool]:
    return or_(among(connection, readings.c.story, given.stories), among(connection, readings.c.urlkey, given.keys))


def _empty(connection: Connection, given: Takedowns) -> set[str]:
    if not given:
        return set()
    meant = _meant(connection, given)
    dirty = set(connection.execute(select(readings.c.story).where(meant)).scalars())
    connection.execute(update(readings).where(meant).values(body=""))
    return dirty


def _fill(connection: Connection, freed: Takedowns, after: Takedowns, read: Read) -> set[str]:
    """Bring the words of readings back from the text shelf, but for those that another order hides still."""
    if not freed:
        return set()
    columns = (readings.c.object, readings.c.line, readings.c.story, readings.c.urlkey)
    lines: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for row in connection.execute(select(*columns).where(_meant(connection, freed), readings.c.body == "")):
        if not (after.hides_story(row.story) or after.hides(row.urlkey)):
            lines[row.object].append((row.line, row.story))
    back = (
        update(readings)
        .where(readings.c.object == bindparam("in_object"), readings.c.line == bindparam("at_line"))
        .values(body=bindparam("words"))
    )
    dirty: set[str] = set()
    for key, wanted in sorted(lines.items()):
        held = read(key)
        if held is None:
            continue  # lost from the shelf, which an audit says; the rows stay without words
        found = [(line, story) for line, story in wanted if line < len(held) and held[line].story == story]
        rows = [{"in_object": key, "at_line": line, "words": reading_to_json(held[line])} for line, _ in found]
        if rows:
            connection.execute(back, rows)
        dirty |= {story for _, story in found}
    return dirty


def urls_of(connection: Connection, story: str) -> list[str]:
    """Every address that a story was captured under, but for captures whose words were taken down before."""
    bodies = connection.execute(select(readings.c.body).where(readings.c.story == story, readings.c.body != ""))
    return sorted({whole(reading_from_json, body).url for body in bodies.scalars()})


def reach(connection: Connection) -> Takedowns:
    """The orders, each with every address that its story was captured under, those captured since included."""
    found = orders(connection)
    query = select(readings.c.story, readings.c.urlkey).where(among(connection, readings.c.story, found.stories))
    held = sorted((row.urlkey, row.story) for row in connection.execute(query.distinct()))
    keys = {key: found.stories[story] for key, story in held}
    return replace(found, keys={**keys, **found.keys})


def stories_at(connection: Connection, urlkey: str) -> list[str]:
    """Ids of the stories that a capture of an address was read for, articles or not."""
    query = select(readings.c.story).where(readings.c.urlkey == urlkey).distinct().order_by(readings.c.story)
    return list(connection.execute(query).scalars())
