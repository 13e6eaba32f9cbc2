"""What the catalog knows of stories by their ids, whether listed, asked for or held; and what samples showed."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from archive.catalog.polled import accounts
from archive.catalog.schema import among, asked, listed, objects, readings
from archive.expect import Trace
from archive.fates import fate


def traces(connection: Connection, ids: Collection[str]) -> dict[str, Trace]:
    """Those of the stories of which anything is known, by id."""
    rows = connection.execute(select(listed.c.story, listed.c.archived).where(among(connection, listed.c.story, ids)))
    archived: dict[str, str | None] = {row.story: row.archived for row in rows}
    known = set(archived)
    for table in (readings, asked):
        known |= set(connection.execute(select(table.c.story).where(among(connection, table.c.story, ids))).scalars())
    told = accounts(connection, known)
    return {story: Trace(story=story, state=fate(story, told), archived=archived.get(story)) for story in sorted(known)}


def sampled(connection: Connection, outlet: str) -> dict[str, bool]:
    """Stories that were fetched as a sample of the refused and read as an article, and whether they are on topic."""
    rows = connection.execute(
        select(readings.c.story, readings.c.on_topic)
        .join(objects, objects.c.key == readings.c.object)
        .where(objects.c.outlet == outlet, readings.c.sampled, readings.c.on_topic.is_not(None))
        .order_by(readings.c.story)
    )
    found: dict[str, bool] = {}
    for story, on_topic in rows:
        found[story] = found.get(story, False) or on_topic
    return found
