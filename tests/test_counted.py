"""What was written anew on a server is counted at once, so that the next question is planned by what is there."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from archive.catalog import Catalog
from archive.catalog.opened import transaction
from archive.catalog.schema import bands, editions, sketches, stories
from archive.reclustering import steps
from archive.reclustering.local import recluster
from archive.reclustering.plan import Plan
from tests.catalogs import press_objects

pytestmark = [pytest.mark.slow, pytest.mark.service]
_MARKED = "UPDATE pg_class SET reltuples = -1 WHERE relname = :name AND relnamespace = 'astana'::regnamespace"
_TOLD = "SELECT reltuples FROM pg_class WHERE relname = :name AND relnamespace = 'astana'::regnamespace"


def counts(connection: Connection) -> dict[str, float]:
    names = (table.name for table in (bands, editions, sketches, stories))
    return {name: float(connection.execute(text(_TOLD), {"name": name}).scalar_one()) for name in names}


async def here(name: str, plan: Plan, number: int) -> None:
    steps.do(name, plan, number)


def test_a_catalog_made_again_is_counted(database: str) -> None:
    Catalog.rebuild(database, press_objects())
    with transaction(database) as connection:
        assert all(many > 0 for many in counts(connection).values())


def test_what_was_linked_anew_is_counted(database: str, tmp_path: Path) -> None:
    Catalog.rebuild(database, press_objects())
    with transaction(database) as connection:
        for name in counts(connection):
            connection.execute(text(_MARKED), {"name": name})
    asyncio.run(recluster(database, tmp_path, here, lambda: None, 1000))
    with transaction(database) as connection:
        assert all(many > 0 for many in counts(connection).values())
