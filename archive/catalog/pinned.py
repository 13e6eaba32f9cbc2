"""The forms of words by which a catalog compares texts: pinned in it, so that all its rows follow from one table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, func, select

from archive.catalog.opened import transaction
from archive.catalog.questions import Question
from archive.catalog.schema import editions, meta, stories
from archive.likeness.formulas import NONE, Formulas

_DIGEST: Final = "formulas"
_TABLE: Final = "formulas-table"
_SAID: Final = Question(lambda among: select(meta.c.value).where(among(meta.c.name)))
_AT_ONCE: Final = 1000  # rows
_READ: dict[str, Formulas] = {}  # the table read last, by its digest: each arrival asks for it


def known(connection: Connection) -> Formulas:
    """The pinned table; none was learned: NONE."""
    digest = _said(connection, _DIGEST)
    if digest is None:
        return NONE
    if digest not in _READ:
        table = Formulas.from_bytes(str(_said(connection, _TABLE)).encode())
        _READ.clear()
        _READ[digest] = table
    return _READ[digest]


def _said(connection: Connection, name: str) -> str | None:
    return next((row.value for row in _SAID.ask(connection, [name])), None)


def pin(connection: Connection, table: Formulas) -> None:
    """Compare by this table from now on; to be done before any text is taken in."""
    if table.days:
        said = {_DIGEST: table.digest, _TABLE: table.to_bytes().decode()}
        connection.execute(meta.insert(), [{"name": name, "value": value} for name, value in said.items()])


@dataclass(frozen=True, slots=True)
class Dated:
    """The current texts of dated stories in the catalog at an address, the earliest first: day (UTC), folded words."""

    url: str

    def __len__(self) -> int:
        with transaction(self.url) as connection:
            query = select(func.count()).select_from(editions).join(stories, stories.c.id == editions.c.story)
            return connection.execute(query.where(editions.c.current, stories.c.dated)).scalar() or 0

    def __iter__(self) -> Iterator[tuple[date, tuple[str, ...]]]:
        query = select(stories.c.earliest, editions.c.folded).join(stories, stories.c.id == editions.c.story)
        query = query.where(editions.c.current, stories.c.dated).order_by(stories.c.earliest, stories.c.id)
        with transaction(self.url) as connection:
            for earliest, folded in connection.execution_options(yield_per=_AT_ONCE).execute(query):
                yield datetime.fromisoformat(earliest).date(), tuple(folded.split())
