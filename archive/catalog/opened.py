"""A catalog's database while it is open: reached, found fit, let go; it asks for nothing and writes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from archive.catalog.engine import is_damage, make_engine, settle
from archive.errors import CatalogError

__all__ = ["Connection", "Opened", "transaction"]


class Opened:
    """An open database of a catalog's."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._stale: str | None = None

    @classmethod
    def open(cls, url: str) -> Self:
        """Open the catalog at an SQLAlchemy URL (sqlite:///…, postgresql://…), making its tables when it is empty.

        A catalog of an older program opens too, but every verb except `rebuild` says that it must be rebuilt.

        Raises:
            SettingsError: not such a URL.
            CatalogError: it cannot be reached, or holds another program's tables.
            FormatError: a newer program made it.
        """
        catalog = cls(make_engine(url))
        try:
            with catalog._begin() as connection:
                catalog._stale = settle(connection, catalog.name)
        except BaseException:
            catalog.close()
            raise
        return catalog

    @property
    def name(self) -> str:
        """The catalog's address without its password."""
        return self._engine.url.render_as_string(hide_password=True)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    @contextmanager
    def _begin(self) -> Iterator[Connection]:
        """One transaction. Raises CatalogError, one line."""
        if self._stale:
            raise CatalogError(self._stale)
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            said = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
            advice = "; make it again from the shelves: astana rebuild" if is_damage(error) else ""
            raise CatalogError(f"the catalog {self.name} cannot be used: {said}{advice}") from error


@contextmanager
def transaction(url: str) -> Iterator[Connection]:
    """One transaction of the catalog at an address, for work on all of its rows. Raises CatalogError."""
    with Opened.open(url) as opened, opened._begin() as connection:
        yield connection
