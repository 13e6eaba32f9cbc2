"""All that ties stories together put in the place of what stood there, in one transaction; what it is, others say."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final, TypeVar

from sqlalchemy import (
    ARRAY,
    Connection,
    Double,
    String,
    bindparam,
    delete,
    func,
    literal,
    or_,
    select,
    update,
)

from archive.catalog import meeting, relinking
from archive.catalog.relinking import Row
from archive.catalog.schema import bands, counted, edges, is_sqlite, sketches, stories
from archive.errors import CatalogError

_WRITTEN: Final = 20_000  # rows in one statement
_STANDING: Final = ("story", "cluster", "jaccard", "containment")
# PostgreSQL's binary copy: a row is its number of fields, and each of them behind its length.
_COPY_HEAD: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_COPY_END: Final = b"\xff\xff"
_BAND: Final = struct.pack(">hiqiq", 2, 8, 0, 8, 0)
_VALUE, _EDITION = 6, 18  # where in it they stand
_NUMBER: Final = 8  # bytes

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """One transaction in which everything is replaced, each sort once; `check` is asked on the way and may raise.

    Bands come first: from there on nobody else can write into an SQLite catalog.
    """

    connection: Connection
    check: Callable[[], None]

    def bands(self, rows: Iterable[Sequence[int]]) -> None:
        """Keys and editions by turns, some at once; sorted."""
        if is_sqlite(self.connection):
            self.connection.execute(delete(bands))
            meeting.put_bands(self.connection, self._watched(rows))
        else:
            self._bands_anew(rows)

    def _bands_anew(self, rows: Iterable[Sequence[int]]) -> None:
        """A new table: rows without an index, and the index of all of them, cost a server half of what both do."""
        self.connection.exec_driver_sql("CREATE TABLE bands_anew (LIKE bands)")
        cursor: Any = self.connection.connection.cursor()
        with cursor, cursor.copy("COPY bands_anew FROM STDIN (FORMAT binary, FREEZE)") as copied:
            copied.write(_COPY_HEAD)
            for some in self._watched(rows):
                copied.write(_packed(some))
            copied.write(_COPY_END)
        self.check()
        self.connection.exec_driver_sql("ALTER TABLE bands_anew ADD PRIMARY KEY (value, edition)")

    def sketches(self, rows: Iterable[tuple[int, bytes]]) -> None:
        """Editions and their sketches, sorted."""
        self.connection.execute(delete(sketches))
        meeting.put_sketches(self.connection, self._watched(rows))

    def edges(self, rows: Iterable[Row]) -> None:
        """Their rows, best sorted: a tree that grows in order is made faster."""
        self.connection.execute(delete(edges))
        if is_sqlite(self.connection):
            for some in self._watched(meeting.batches(rows, _WRITTEN)):
                meeting.put_many(self.connection, "edges", len(edges.c), list(chain.from_iterable(some)))
            return
        cursor: Any = self.connection.connection.cursor()
        with cursor, cursor.copy("COPY edges FROM STDIN") as copied:
            for row in self._watched(rows):
                copied.write_row(row)

    def clusters(self, rows: Iterable[Row]) -> None:
        """Story, cluster, Jaccard and containment of the stories that are not alone; all others are."""
        alone = update(stories).values(cluster=stories.c.id, jaccard=None, containment=None)
        self.connection.execute(alone.where(or_(stories.c.cluster != stories.c.id, stories.c.jaccard.is_not(None))))
        for some in self._watched(meeting.batches(rows, _WRITTEN)):
            self._stand(some)

    def _stand(self, rows: Sequence[Row]) -> None:
        if is_sqlite(self.connection):
            told = [dict(zip(_STANDING, row, strict=True)) for row in rows]
            self.connection.execute(update(stories).where(stories.c.id == bindparam("story")), told)
            return
        types = (String, String, Double, Double)
        columns = zip(_STANDING, types, zip(*rows, strict=True), strict=True)
        found = select(
            *(func.unnest(literal([*said], ARRAY(kind))).label(name) for name, kind, said in columns)
        ).subquery()
        moved = {name: found.c[name] for name in _STANDING[1:]}
        self.connection.execute(update(stories).where(stories.c.id == found.c.story).values(moved))

    def unchanged(self, state: str) -> None:
        """Raises CatalogError: the catalog holds something else than what was read; nothing is to be changed."""
        if relinking.state(self.connection) != state:
            raise CatalogError("the catalog was written to meanwhile; link its stories again: astana recluster")

    def settle(self) -> None:
        """The last thing before all of it holds; on PostgreSQL who reads bands just now is waited for."""
        if not is_sqlite(self.connection):
            for said in (
                "DROP TABLE bands",
                "ALTER TABLE bands_anew RENAME TO bands",
                "ALTER INDEX bands_anew_pkey RENAME TO bands_pkey",
            ):
                self.connection.exec_driver_sql(said)
        counted(self.connection)

    def _watched(self, rows: Iterable[T]) -> Iterator[T]:
        for each in rows:
            self.check()
            yield each


def _packed(some: Sequence[int]) -> bytearray:
    """Rows of bands as PostgreSQL copies them: each byte of all rows at once."""
    swapped = array("q", some)
    swapped.byteswap()
    said, rows = swapped.tobytes(), bytearray(_BAND * (len(some) // 2))
    for at in range(_NUMBER):
        rows[_VALUE + at :: len(_BAND)] = said[at :: 2 * _NUMBER]
        rows[_EDITION + at :: len(_BAND)] = said[_NUMBER + at :: 2 * _NUMBER]
    return rows
