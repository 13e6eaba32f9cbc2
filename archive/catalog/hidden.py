"""What the catalog knows of takedowns: the orders, and that no row of theirs holds a word; the ledger decides."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace

from sqlalchemy import Connection, insert, or_, select, update

from archive.catalog.bodies import whole
from archive.catalog.schema import among, readings, takedowns
from archive.takedowns import Takedown, Takedowns
from archive.texts import reading_from_json, to_line


def known(connection: Connection) -> frozenset[str]:
    """The ledger's events that the rows obey already."""
    return frozenset(connection.execute(select(takedowns.c.event)).scalars())


def orders(connection: Connection) -> Takedowns:
    """The orders that the rows obey."""
    rows = connection.execute(select(takedowns))
    return Takedowns.of(
        Takedown(event=row.event, at=row.at, story=row.story, urls=tuple(whole(json.loads, row.urls)), reason=row.reason)
        for row in rows
    )


def hide(connection: Connection, given: Collection[Takedown]) -> set[str]:
    """Take new orders in and empty the readings they are about; returns the stories that must be derived anew."""
    held = known(connection)
    new = [order for order in given if order.event not in held]
    if not new:
        return set()
    rows = [
        {
            "event": order.event,
            "at": order.at,
            "story": order.story,
            "urls": to_line(order.urls),
            "reason": order.reason,
        }
        for order in new
    ]
    connection.execute(insert(takedowns), rows)
    union = Takedowns.of(new)
    meant = or_(among(connection, readings.c.story, union.stories), among(connection, readings.c.urlkey, union.keys))
    dirty = set(connection.execute(select(readings.c.story).where(meant)).scalars())
    connection.execute(update(readings).where(meant).values(body=""))
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
