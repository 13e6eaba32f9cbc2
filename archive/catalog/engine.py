"""How the catalog's database is reached and found fit; it asks for no story and writes no row but the first."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError

from archive.catalog import schema
from archive.errors import CatalogError, ForeignCatalogError, FormatError, SettingsError

_BUSY: Final = 30_000  # milliseconds
_JOURNAL: Final = 8000  # pages beside the file before they go into it; an arrival changes a page for each of its bands
_PATIENCE: Final = 10  # seconds to reach a server


def make_engine(url: str) -> Engine:
    """An engine for a catalog's address. Raises SettingsError, CatalogError."""
    parsed = _parsed(url)
    if parsed.get_backend_name() in {"postgresql", "postgres"}:
        return _postgresql(parsed.set(drivername="postgresql+psycopg"))
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed)
    raise SettingsError(f"ASTANA_CATALOG must be sqlite:///… or postgresql://…, not {parsed.drivername}")


def file_of(url: URL | str) -> Path | None:
    """The file of an SQLite catalog; None for one in memory or on a server. Raises SettingsError."""
    parsed = make_url(url) if isinstance(url, URL) else _parsed(url)
    if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
        return None
    return Path(str(parsed.database))


def forget(path: Path) -> None:
    """Remove an SQLite catalog's file, and what stands beside it while it is open."""
    for tail in ("", "-wal", "-shm"):
        path.with_name(path.name + tail).unlink(missing_ok=True)


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except ArgumentError:
        raise SettingsError(f"ASTANA_CATALOG is no database address: {url!r}") from None


def _postgresql(url: URL) -> Engine:
    engine = create_engine(
        url, connect_args={"connect_timeout": _PATIENCE} if "connect_timeout" not in url.query else {}
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: DBAPIConnection, _: object) -> None:
        cursor = connection.cursor()
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (schema.NAMESPACE,))
        if cursor.fetchone() is None:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", (schema.CLAIM,))  # IF NOT EXISTS is no lock
            cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {schema.NAMESPACE}")
        cursor.execute(f"SET search_path TO {schema.NAMESPACE}")
        # As on SQLite: a power cut may lose the last batch, which is indexed again. So nobody waits for a disk.
        cursor.execute("SET synchronous_commit TO off")
        cursor.close()
        connection.commit()

    return engine


def _sqlite(url: URL) -> Engine:
    if url.database and url.database != ":memory:":
        try:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CatalogError(f"the catalog's folder cannot be made: {error}") from None
    path = file_of(url)
    if path is not None and path.exists() and not os.access(path, os.W_OK):
        # A reader's laptop, a read-only mount: nothing is written, not even the journal beside it.
        return create_engine(
            url,
            creator=lambda: sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
            ),
        )
    engine = create_engine(url)

    @event.listens_for(engine, "connect")
    def prepare(connection: DBAPIConnection, _: object) -> None:
        cursor = connection.cursor()
        # Readers go on while one writer writes; a power cut may lose the last batch, which is indexed again.
        for pragma in (f"busy_timeout = {_BUSY}", "journal_mode = WAL", "synchronous = NORMAL", "cache_size = -65536"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.execute(f"PRAGMA wal_autocheckpoint = {_JOURNAL}")
        cursor.close()

    return engine


def is_damage(error: Exception) -> bool:
    """Whether SQLite says that its file is no database any more; nothing that waiting or rights would help."""
    original = getattr(error, "orig", None)
    code = getattr(original, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def settle(connection: Connection, name: str) -> str | None:
    """Make the tables of an empty catalog, all or none; say what is wrong with an older one.

    Raises:
        ForeignCatalogError: the tables there are not ours.
        FormatError: a newer program made them.
    """
    found = schema.found(connection)
    if found == {}:
        schema.claim(connection)
        found = schema.found(connection)  # another may have made them meanwhile
    if found is None:
        raise ForeignCatalogError(f"{name} holds another program's tables; give the catalog a place of its own")
    if not found:
        schema.create(connection)
        return None
    version = found.get("schema", "")
    if version.isdecimal() and int(version) > schema.VERSION:
        raise FormatError(f"the catalog {name} has schema {version}; this program knows {schema.VERSION}: upgrade it")
    mark = schema.mark()
    if {name: found.get(name) for name in mark} != mark:
        return f"the catalog {name} was made by an older program; make it again from the shelves: astana rebuild"
    return None
