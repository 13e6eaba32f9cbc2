"""What listings tell of when stories were published: their claims, and that a story was there; it judges none."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, select

from archive import claims
from archive.catalog.bodies import whole
from archive.catalog.schema import among, listed, stories
from archive.records import Claim
from archive.texts import to_line

FACTS: Final = ("first_seen", "archived", "claims")  # columns of a listed story that its date may hang on
MOST: Final = 8  # claims kept of one story's listings: a feed that moves its dates again and again says no more
NOTHING: Final = "[]"  # the column of a story whose listings claim nothing


def together(one: str, other: str) -> str:
    """Claims of two rows as one column: the earliest of all, so that any order of rows gives the same."""
    if other in (one, NOTHING):
        return one
    return column({claims.from_plain(plain) for said in (one, other) for plain in whole(json.loads, said)})


def column(several: Collection[Claim]) -> str:
    """Claims as a column of a row."""
    return to_line([claims.to_plain(claim) for claim in sorted(several, key=claims.rank)[:MOST]])


def of_stories(connection: Connection, ids: Collection[str]) -> dict[str, tuple[Claim, ...]]:
    """What listings tell of stories, by id; those that none showed are left out."""
    columns = (listed.c.story, *(listed.c[name] for name in FACTS))
    rows = connection.execute(select(*columns).where(among(connection, listed.c.story, ids))).mappings()
    return {str(row["story"]): tuple(_told(row)) for row in rows}


def _told(row: Mapping[Any, Any]) -> Iterator[Claim]:
    yield claims.sighting("listing", datetime.fromisoformat(row["first_seen"]))
    if row["archived"]:
        yield claims.sighting("archive-index", datetime.fromisoformat(row["archived"]))
    yield from map(claims.from_plain, whole(json.loads, row["claims"]))


def held(connection: Connection, ids: Collection[str]) -> set[str]:
    """Those of some stories that have a date to be judged anew."""
    if not ids:
        return set()
    return set(connection.execute(select(stories.c.id).where(among(connection, stories.c.id, ids))).scalars())
