"""Questions to the database that are asked again and again: each is put into words once, not every time.

Building and compiling a statement takes several times as long as SQLite needs to answer it, and handing it over through
all that SQLAlchemy may do with any statement still as long. So the words are kept, and the driver is asked itself.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Protocol

from sqlalchemy import ARRAY, Column, ColumnElement, Connection, Select, String, any_, bindparam, text
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import DBAPIError

from archive.catalog.schema import is_sqlite
from archive.texts import to_line

Values = Collection[str] | Collection[int]


class Among(Protocol):
    """`column IN values`, the values to be given under a name when it is asked."""

    def __call__(self, column: Column[str] | Column[int], name: str = ..., /) -> ColumnElement[bool]:
        """The condition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """A statement as a driver takes it."""

    said: str
    order: Sequence[str] | None  # of the values, where they are told by place
    fixed: Mapping[str, object]  # values that stand in the statement
    row: Callable[[Iterable[Any]], Any]

    def given(self, values: Mapping[str, object]) -> Any:
        every = {**self.fixed, **values}
        return every if self.order is None else [every[name] for name in self.order]


class Question:
    """A statement whose values come as collections, each one parameter however many there are.

    Rows come as the driver tells them: SQLite knows no truth, only 0 and 1.
    """

    def __init__(self, build: Callable[[Among], Select[Any]]) -> None:
        self._build: Final = build
        self._worded: dict[bool, _Words] = {}

    def ask(self, connection: Connection, values: Values = (), **more: Values) -> Sequence[Any]:
        """The rows that the database answers with. Raises SQLAlchemyError."""
        here = is_sqlite(connection)
        words = self._worded.get(here)
        if words is None:
            self._worded[here] = words = self._put(connection, here=here)
        given = {"among": values, **more}
        packed = {name: to_line(sorted(each)) if here else sorted(each) for name, each in given.items()}
        with _driver(connection, words.said) as cursor:
            cursor.execute(words.said, words.given(packed))
            return [*map(words.row, cursor.fetchall())]

    def _put(self, connection: Connection, *, here: bool) -> _Words:
        asked = self._build(_in_sqlite if here else _in_postgresql)
        made = asked.compile(dialect=connection.dialect)
        row: Any = namedtuple("Row", [*asked.selected_columns.keys()])  # type: ignore[misc]  # as many as are asked
        return _Words(
            said=str(made),
            order=made.positiontup if made.positional else None,
            fixed={name: value for name, value in made.params.items() if value is not None},
            row=row._make,
        )


def put_rows(connection: Connection, said: str, rows: Sequence[Sequence[object]]) -> None:
    """A statement put to the driver in its own words for each of some rows. Raises SQLAlchemyError."""
    with _driver(connection, said) as cursor:
        cursor.executemany(said, rows)


@contextmanager
def _driver(connection: Connection, said: str) -> Iterator[DBAPICursor]:
    """The driver itself, within the transaction; what it raises comes as from all else that is asked."""
    cursor = connection.connection.cursor()
    try:
        yield cursor
    except connection.dialect.loaded_dbapi.Error as error:
        raise DBAPIError(said, None, error) from error
    finally:
        cursor.close()


def _in_sqlite(column: Column[str] | Column[int], name: str = "among", /) -> ColumnElement[bool]:
    given = text(f"SELECT value FROM json_each(:{name})").bindparams(bindparam(name, type_=String))
    return column.in_(given.columns(value=column.type))


def _in_postgresql(column: Column[str] | Column[int], name: str = "among", /) -> ColumnElement[bool]:
    return column == any_(bindparam(name, type_=ARRAY(column.type)))
