"""Which editions meet: their bands and sketches, kept level with the texts; whether two belong together it never says.

Two editions meet when they share a band and their sketches agree in more than chance lets them; both are asked of the
two texts alone, so that no arrival changes whether two others meet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, islice
from typing import Any, Final, TypeVar

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Connection,
    Insert,
    LargeBinary,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
)
from sqlalchemy.types import TypeEngine

from archive.catalog.questions import Question, put_rows
from archive.catalog.schema import among, bands, is_sqlite, sketches
from archive.likeness import fingerprint

_SQLITE_SKETCHES: Final = "INSERT INTO sketches (edition, sketch) VALUES (?, ?)"
_TOLD: Final = fingerprint.BANDS  # rows that one statement puts: an edition's
_HELD: Final = Question(lambda among: select(bands.c.value, bands.c.edition).where(among(bands.c.value)))
_SKETCHES: Final = Question(
    lambda among: select(sketches.c.edition, sketches.c.sketch).where(among(sketches.c.edition))
)
_NEAR: Final = Question(
    lambda among: select(sketches.c.edition, sketches.c.sketch).where(
        sketches.c.edition.in_(select(bands.c.edition).where(among(bands.c.value)))
    )
)
AT_ONCE: Final = 1 << 17  # rows


def unnested(table: Table, **columns: TypeEngine[Any]) -> Insert:
    """Rows put into PostgreSQL as one array of each column, all of them parameters."""
    arrays = (func.unnest(bindparam(name, type_=ARRAY(kind))) for name, kind in columns.items())
    return insert(table).from_select([*columns], select(*arrays))


_BANDS: Final = unnested(bands, value=BigInteger(), edition=BigInteger())
_BOTH: Final = _BANDS.add_cte(
    insert(sketches)
    .from_select(
        ["edition", "sketch"],
        select(
            func.unnest(bindparam("signed", type_=ARRAY(BigInteger))),
            func.unnest(bindparam("sketch", type_=ARRAY(LargeBinary))),
        ),
    )
    .cte("put")
)
_SKETCHED: Final = unnested(sketches, edition=BigInteger(), sketch=LargeBinary())

Pair = tuple[int, int]  # numbers of editions, the smaller first


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """What an edition is found by."""

    keys: tuple[int, ...]
    sketch: bytes


def signed(folded: Mapping[int, str]) -> dict[int, Signed]:
    """What editions are found by, from their folded texts; computed together because that is faster."""
    numbers = sorted(folded)
    made = fingerprint.signatures([folded[n].split() for n in numbers])
    return {
        n: Signed(keys=fingerprint.bands(signature), sketch=fingerprint.sketch(signature))
        for n, signature in zip(numbers, made, strict=True)
    }


def meets(one: Signed, other: Signed) -> bool:
    """Whether two editions meet."""
    return not set(one.keys).isdisjoint(other.keys) and _agrees(one.sketch, other.sketch)


def _agrees(one: bytes, other: bytes) -> bool:
    return fingerprint.agreement(one, other) >= fingerprint.AGREEING


def forget(connection: Connection, gone: Mapping[int, str]) -> None:
    """Take editions out, found by their folded texts."""
    rows = [{"v": value, "e": n} for n, each in signed(gone).items() for value in each.keys]
    if rows:
        connection.execute(
            delete(bands).where(bands.c.value == bindparam("v"), bands.c.edition == bindparam("e")), rows
        )
    if gone:
        connection.execute(delete(sketches).where(among(connection, sketches.c.edition, gone)))


def put(connection: Connection, come: Mapping[int, Signed]) -> None:
    """Let editions be found."""
    rows = sorted((value, n) for n, each in come.items() for value in each.keys)
    signed_ = [(n, each.sketch) for n, each in sorted(come.items())]
    if is_sqlite(connection) or len(rows) > AT_ONCE:
        put_bands(connection, map(list, map(chain.from_iterable, batches(rows))))
        put_sketches(connection, signed_)
    elif signed_:
        told = {"value": [value for value, _ in rows], "edition": [n for _, n in rows]}
        told_signed = {"signed": [n for n, _ in signed_], "sketch": [sketch for _, sketch in signed_]}
        connection.execute(_BOTH, {**told, **told_signed})


def put_bands(connection: Connection, rows: Iterable[Sequence[int]]) -> None:
    """Bands and their editions by turns, some at once, sorted: a tree that grows in order is made many times faster."""
    for some in rows:
        if is_sqlite(connection):
            put_many(connection, "bands", 2, some)
        else:
            connection.execute(_BANDS, {"value": [*some[::2]], "edition": [*some[1::2]]})


def put_many(connection: Connection, table: str, columns: int, values: Sequence[object]) -> None:
    """Rows of a table in SQLite, given by their values one after the other.

    Many rows of one statement are put several times faster than statement by statement.
    """
    row = "(" + ", ".join("?" * columns) + ")"
    size = columns * _TOLD
    whole = len(values) - len(values) % size
    for start, stop, many in ((0, whole, _TOLD), (whole, len(values), 1)):
        step = columns * many
        told = [tuple(values[at : at + step]) for at in range(start, stop, step)]
        if told:
            put_rows(connection, f"INSERT INTO {table} VALUES {', '.join([row] * many)}", told)


def put_sketches(connection: Connection, rows: Iterable[tuple[int, bytes]]) -> None:
    """Editions and their sketches, sorted."""
    for some in batches(rows):
        if is_sqlite(connection):
            put_rows(connection, _SQLITE_SKETCHES, some)
        else:
            numbers, values = zip(*some, strict=True)
            connection.execute(_SKETCHED, {"edition": [*numbers], "sketch": [*values]})


T = TypeVar("T")


def batches(rows: Iterable[T], size: int = AT_ONCE) -> Iterator[list[T]]:
    """What is handed to the database at once; SQLAlchemy and the driver take tuples as they are."""
    left = iter(rows)
    while some := list(islice(left, size)):
        yield some


def candidates(connection: Connection, found: Mapping[int, Signed]) -> set[Pair]:
    """Pairs of editions that meet, one of them among those given; to be asked before these are put."""
    if len(found) == 1:
        [(n, each)] = found.items()
        held = {other: bytes(sketch) for other, sketch in _NEAR.ask(connection, each.keys)} | {n: each.sketch}
        return set(_agreeing(((min(n, other), max(n, other)) for other in held if other != n), held))
    holders: dict[int, list[int]] = defaultdict(list)
    for n, each in found.items():
        for value in each.keys:
            holders[value].append(n)
    pairs = {pair for numbers in holders.values() if len(numbers) > 1 for pair in combinations(sorted(numbers), 2)}
    if holders:
        meeting: dict[int, set[int]] = defaultdict(set)
        for value, other in _HELD.ask(connection, holders):
            for n in holders[value]:
                meeting[n].add(other)
        pairs.update((min(n, other), max(n, other)) for n, others in meeting.items() for other in others - found.keys())
    return set(_agreeing(pairs, _sketches(connection, pairs, found)))


def _sketches(connection: Connection, pairs: Collection[Pair], found: Mapping[int, Signed]) -> dict[int, bytes]:
    known = {n: each.sketch for n, each in found.items()}
    others = {n for pair in pairs for n in pair if n not in known}
    if others:
        known |= {n: bytes(sketch) for n, sketch in _SKETCHES.ask(connection, others)}
    return known


def _agreeing(pairs: Iterable[Pair], known: Mapping[int, bytes]) -> Iterator[Pair]:
    for one, other in pairs:
        if _agrees(known[one], known[other]):
            yield one, other
