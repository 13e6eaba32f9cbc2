"""The verb of a catalog on what ties the stories of one cluster together."""

from __future__ import annotations

from sqlalchemy import select

from archive.catalog.links import edge_of
from archive.catalog.opened import Opened
from archive.catalog.schema import edges, stories
from archive.cluster import Edge


class Tied(Opened):
    """The part of a catalog that knows edges with their passages."""

    def ties(self, cluster: str) -> list[Edge]:
        """The edges between the stories of a cluster, of every kind, by inner story, then outer; none of an unknown id.

        Editions of equal words are tied to the one that stands for them.
        """
        one, other = stories.alias(), stories.alias()
        query = select(edges).join(one, one.c.id == edges.c.inner).join(other, other.c.id == edges.c.outer)
        query = query.where(one.c.cluster == cluster, other.c.cluster == cluster)
        with self._begin() as connection:
            rows = connection.execute(query.order_by(edges.c.inner, edges.c.outer)).mappings()
            return [edge_of(dict(row)) for row in rows]
