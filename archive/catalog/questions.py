"""Questions to the database that are asked again and again: each is put into words once, not every time.

Building and compiling a statement takes several times as long as SQLite needs to answer it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, Final, Protocol

from sqlalchemy import ARRAY, Column, ColumnElement, Connection, Select, String, any_, bindparam, text

from archive.catalog.schema import is_sqlite
from archive.texts import to_line

Values = Collection[str] | Collection[int]


class Among(Protocol):
    """`column IN values`, the values to be given under a name when it is asked."""

    def __call__(self, column: Column[str] | Column[int], name: str = ..., /) -> ColumnElement[bool]:
        """The condition."""


class Question:
    """A statement whose values come as collections, each one parameter however many there are."""

    def __init__(self, build: Callable[[Among], Select[Any]]) -> None:
        self._build: Final = build
        self._built: dict[bool, Select[Any]] = {}

    def ask(self, connection: Connection, values: Values, **more: Values) -> Sequence[Any]:
        """The rows that the database answers with."""
        here = is_sqlite(connection)
        if here not in self._built:
            self._built[here] = self._build(_in_sqlite if here else _in_postgresql)
        given = {"among": values, **more}
        packed = {name: to_line(sorted(each)) if here else sorted(each) for name, each in given.items()}
        return connection.execute(self._built[here], packed).all()


def _in_sqlite(column: Column[str] | Column[int], name: str = "among", /) -> ColumnElement[bool]:
    given = text(f"SELECT value FROM json_each(:{name})").bindparams(bindparam(name, type_=String))
    return column.in_(given.columns(value=column.type))


def _in_postgresql(column: Column[str] | Column[int], name: str = "among", /) -> ColumnElement[bool]:
    return column == any_(bindparam(name, type_=ARRAY(column.type)))
