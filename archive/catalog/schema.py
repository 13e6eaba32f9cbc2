"""The catalog's tables, equal on SQLite and PostgreSQL; every row is derived from the text shelf and may be lost.

No column holds a wall clock, a random id or an order of arrival: equal shelves give equal rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from typing import Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    any_,
    bindparam,
    func,
    inspect,
    literal,
    select,
    text,
)

from archive.catalog import rules
from archive.likeness.fingerprint import SCHEME
from archive.texts import to_line

VERSION: Final = 7
NAMESPACE: Final = "astana"  # the PostgreSQL schema that is ours, so that the database may be shared
CLAIM: Final = 0x617374616E61  # of the lock on PostgreSQL under which schema and tables are made
LETTERS: Final = String().with_variant(String(collation="C"), "postgresql")  # sorted by code point, as SQLite does
LINES: Final = Text().with_variant(Text(collation="C"), "postgresql")

metadata = MetaData()

meta = Table("meta", metadata, Column("name", LETTERS, primary_key=True), Column("value", LETTERS, nullable=False))

objects = Table(
    "objects",
    metadata,
    Column("key", LETTERS, primary_key=True),
    Column("sha256", LETTERS, nullable=False),
    Column("outlet", LETTERS, nullable=False),
    Column("reader", LETTERS, nullable=False),
    Column("zone", LETTERS, nullable=False),
    Column("agency", LETTERS),
    Column("non_articles", LINES, nullable=False),  # JSON: NonArticle -> captures
)

takedowns = Table(
    "takedowns",
    metadata,
    Column("event", LETTERS, primary_key=True),  # of the ledger
    Column("at", LETTERS, nullable=False),
    Column("story", LETTERS),
    Column("urls", LINES, nullable=False),  # JSON
    Column("reason", LINES, nullable=False),
    Column("depth", LETTERS, nullable=False),
)

lifts = Table(
    "lifts",
    metadata,
    Column("event", LETTERS, primary_key=True),  # of the ledger
    Column("at", LETTERS, nullable=False),
    Column("orders", LINES, nullable=False),  # JSON: events of takedowns
    Column("reason", LINES, nullable=False),
)

readings = Table(
    "readings",
    metadata,
    Column("object", LETTERS, primary_key=True),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("story", LETTERS, nullable=False, index=True),
    Column("outcome", LETTERS, nullable=False),  # article | rejection | unchanged
    Column("reason", LETTERS),
    Column("on_topic", Boolean),
    Column("sampled", Boolean, nullable=False),  # its hints refused it, and it was fetched all the same
    Column("at", LETTERS, nullable=False),  # of the capture, UTC, written so that it sorts
    Column("via", LETTERS, nullable=False),
    Column("said", LETTERS),  # fates.Said: article | gone | nothing
    Column("urlkey", LETTERS, nullable=False, index=True),
    Column("body", LINES, nullable=False),  # the reading's own line, texts.reading_to_json; empty when taken down
    sqlite_with_rowid=False,
)

stories = Table(
    "stories",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),  # of the id: the full-text rowid
    Column("id", LETTERS, nullable=False, unique=True),
    Column("outlet", LETTERS, nullable=False),
    Column("earliest", LETTERS, nullable=False),  # UTC bounds, written so that they sort
    Column("latest", LETTERS, nullable=False),
    Column("dated", Boolean, nullable=False),
    Column("day", LETTERS, nullable=False),  # the outlet's civil day
    Column("on_topic", Boolean, nullable=False),
    Column("agency", LETTERS),  # folded
    Column("own", Boolean, nullable=False),
    Column("cluster", LETTERS, nullable=False, index=True),
    Column("jaccard", Double),  # to the canonical text; none for the canonical story
    Column("containment", Double),
    Column("compared", LINES, nullable=False),  # JSON: all that its edges depend on
    Column("words", LINES, nullable=False),  # search_key of title and text of the current edition
    Index("stories_in_pull_order", "earliest", "id"),
    Index("stories_by_day", "outlet", "day"),
)

editions = Table(
    "editions",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),  # of story and digest
    Column("story", LETTERS, nullable=False, index=True),
    Column("ordinal", Integer, nullable=False),
    Column("text_digest", LETTERS, nullable=False),
    Column("kind", LETTERS, nullable=False),
    Column("current", Boolean, nullable=False),
    Column("object", LETTERS, nullable=False),
    Column("line", Integer, nullable=False),
    Column("folded", LINES, nullable=False),  # tokens, one space between
    Column("equal", BigInteger, nullable=False),  # equals.key_of
    Column("days", BigInteger, nullable=False),  # equals.days_of
    Index("editions_of_equal_words", "equal", "days", "number"),
)

bands = Table(
    "bands",
    metadata,
    Column("value", BigInteger, primary_key=True, autoincrement=False),
    Column("edition", BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

sketches = Table(
    "sketches",
    metadata,
    Column("edition", BigInteger, primary_key=True, autoincrement=False),
    Column("sketch", LargeBinary, nullable=False),  # fingerprint.sketch
    sqlite_with_rowid=False,
)

edges = Table(
    "edges",
    metadata,
    Column("inner", LETTERS, primary_key=True),
    Column("outer", LETTERS, primary_key=True),
    Column("kind", LETTERS, nullable=False),
    Column("jaccard", Double, nullable=False),
    Column("containment", Double, nullable=False),
    Column("inner_text", LETTERS, nullable=False),
    Column("outer_text", LETTERS, nullable=False),
    Column("passages", LINES, nullable=False),  # JSON: [word of inner, word of outer, words]
    Index("edges_by_outer", "outer"),
)

decisions = Table(
    "decisions",  # of the ledger: overrides, and what undid them
    metadata,
    Column("event", LETTERS, primary_key=True),
    Column("at", LETTERS, nullable=False),
    Column("decision", LETTERS),  # merge | split; none of an undoing
    Column("texts", LINES, nullable=False),  # JSON: [story, digest] of both; of an undoing, the events that it ends
    Column("reason", LINES, nullable=False),
)

listings = Table(
    "listings",  # objects of the shelf listed/
    metadata,
    Column("key", LETTERS, primary_key=True),
    Column("sha256", LETTERS, nullable=False),
    Column("outlet", LETTERS, nullable=False, index=True),
    Column("lister", LETTERS, nullable=False),
    Column("zone", LETTERS, nullable=False),
)

polls = Table(
    "polls",
    metadata,
    Column("object", LETTERS, primary_key=True),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("outlet", LETTERS, nullable=False),
    Column("seed", LINES, nullable=False),
    Column("kind", LETTERS, nullable=False),
    Column("url", LINES, nullable=False),
    Column("at", LETTERS, nullable=False),  # UTC, written so that it sorts
    Column("record", LETTERS, nullable=False),
    Column("via", LETTERS, nullable=False),
    Column("run", LETTERS),
    Column("series", LINES, nullable=False),
    Column("page", Integer, nullable=False),
    Column("content", LETTERS, nullable=False),
    Column("whole", Boolean, nullable=False),
    Column("of", LETTERS),
    Column("items", Integer, nullable=False),
    Column("stories", LINES, nullable=False),  # the letters of the first ones' ids
    Column("problem", LINES),
    Column("covers_since", LETTERS),
    Column("covers_until", LETTERS),
    Column("last", Boolean, nullable=False),
    Column("since", LETTERS),
    Column("until", LETTERS),
    Index("polls_by_seed", "outlet", "at"),
    sqlite_with_rowid=False,
)

asked = Table(
    "asked",
    metadata,
    Column("object", LETTERS, primary_key=True),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("outlet", LETTERS, nullable=False),
    Column("story", LETTERS, nullable=False, index=True),
    Column("at", LETTERS, nullable=False),
    Column("via", LETTERS, nullable=False),
    Column("moved", Boolean, nullable=False),
    Column("to", LETTERS),
    sqlite_with_rowid=False,
)

listed = Table(
    "listed",
    metadata,
    Column("story", LETTERS, primary_key=True),
    Column("outlet", LETTERS, nullable=False),
    Column("urlkey", LETTERS, nullable=False, index=True),
    Column("url", LINES, nullable=False),  # empty when taken down, as are title and summary
    Column("url_rank", LINES, nullable=False),  # by which the url was chosen among others; so title and summary
    Column("title", LINES),
    Column("title_rank", LINES),
    Column("summary", LINES),
    Column("summary_rank", LINES),
    Column("first_seen", LETTERS, nullable=False),
    Column("last_seen", LETTERS, nullable=False),
    Column("first_day", LETTERS),
    Column("last_day", LETTERS),
    Column("archived", LETTERS),
    Column("claims", LINES, nullable=False),  # JSON: what listings say of its publication; empty when taken down
    Column("seeds", LINES, nullable=False),  # JSON: [seed, kind] -> first and last poll
    Index("listed_by_day", "outlet", "first_day"),
    sqlite_with_rowid=False,
)

_SEARCH_SQLITE = (
    "CREATE VIRTUAL TABLE search USING fts5"
    "(words, content='stories', content_rowid='number', tokenize='unicode61 remove_diacritics 0')"
)
_SEARCH_POSTGRESQL = "CREATE INDEX stories_by_word ON stories USING gin (string_to_array(words, ' '))"


def number(*names: str) -> int:
    """A signed 64-bit number for a name, the same everywhere and always."""
    return int.from_bytes(hashlib.sha256("\n".join(names).encode()).digest()[:8], "big", signed=True)


def is_sqlite(connection: Connection) -> bool:
    """Which of the two databases this is."""
    return connection.dialect.name == "sqlite"


def among(
    connection: Connection, column: Column[str] | Column[int], values: Collection[str] | Collection[int]
) -> ColumnElement[bool]:
    """`column IN values` as one parameter, however many values there are."""
    if is_sqlite(connection):
        given = bindparam("among", to_line(sorted(values)), String, unique=True)
        return column.in_(text("SELECT value FROM json_each(:among)").bindparams(given).columns(value=column.type))
    return column == any_(literal(sorted(values), ARRAY(column.type)))


def mark() -> dict[str, str]:
    """What a catalog says of itself: its version, how its signatures were made, and by which rules its rows came out.

    Rows of two rules must not stand side by side: whoever changes a rule makes every catalog one to rebuild.
    """
    return {"schema": str(VERSION), "fingerprint": SCHEME, "rules": rules.digest()}


def claim(connection: Connection) -> None:
    """Be the only one who makes tables until the transaction ends, which on SQLite begins here."""
    if is_sqlite(connection):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.execute(select(func.pg_advisory_xact_lock(literal(CLAIM, BigInteger))))


def create(connection: Connection) -> None:
    """Make every table in an empty catalog."""
    metadata.create_all(connection)
    connection.execute(text(_SEARCH_SQLITE if is_sqlite(connection) else _SEARCH_POSTGRESQL))
    connection.execute(meta.insert(), [{"name": name, "value": value} for name, value in sorted(mark().items())])


def counted(connection: Connection) -> None:
    """Let a server count what the tables hold, now that they were written anew.

    Until it does so by itself, minutes later, it plans by guesses: an arrival among a million took seconds.
    """
    if not is_sqlite(connection):
        connection.execute(text("ANALYZE " + ", ".join(table.name for table in metadata.sorted_tables)))


def drop(connection: Connection) -> None:
    """Remove every table, also those of an older program."""
    if not is_sqlite(connection):
        connection.execute(text(f"DROP SCHEMA IF EXISTS {NAMESPACE} CASCADE"))
        connection.execute(text(f"CREATE SCHEMA {NAMESPACE}"))
        return
    # First of all search: FTS5 takes its own tables along.
    for name in sorted(inspect(connection).get_table_names(), key=lambda name: (name != "search", name)):
        connection.execute(text(f'DROP TABLE IF EXISTS "{name}"'))


def found(connection: Connection) -> dict[str, str] | None:
    """What the catalog there says of itself; empty: nothing is there yet; None: tables, but not ours."""
    names = inspect(connection).get_table_names(schema=None if is_sqlite(connection) else NAMESPACE)
    if "meta" not in names:
        return None if names else {}
    if not {"name", "value"} <= {column["name"] for column in inspect(connection).get_columns("meta")}:
        return None
    return {row.name: row.value for row in connection.execute(select(meta))}
