"""The step that judges equal texts of other days: where days decide what two texts are, each day's first is asked.

Of equal texts the first alone was judged beside others (catalog/equals.py).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence

from archive.catalog import equals, pinned, prints, relinking
from archive.catalog.meeting import Pair
from archive.catalog.opened import transaction
from archive.catalog.relinking import Row
from archive.cluster import strongest
from archive.likeness.verdicts import Verdicts
from archive.reclustering import rows
from archive.reclustering.plan import Plan

_FILE = "other-days"


def leave(plan: Plan, number: int, pairs: Sequence[Pair]) -> None:
    """Note the pairs of a piece on which days decide, where equal texts of other days are held."""
    with transaction(plan.url) as connection:
        several = equals.other_days(connection, {edition for pair in pairs for edition in pair})
    kept = (edition for pair in pairs if not several.keys().isdisjoint(pair) for edition in pair)
    plan.file("by-days", number).write_bytes(array("q", kept).tobytes())


def judge(plan: Plan) -> None:
    """Verify what pairs of all pieces are on other days, and leave the best edge of each two stories."""
    pairs = list(_left(plan))
    with transaction(plan.url) as connection:
        verdicts = Verdicts(pinned.known(connection))
        several = equals.other_days(connection, {edition for pair in pairs for edition in pair})
        found = strongest(
            edge
            for group in equals.across(pairs, several)
            for edge in prints.across(prints.prints(connection, {n for pair in group for n in pair}), group, verdicts)
        )
    rows.leave(plan.file(_FILE), map(relinking.row_of, found))


def _left(plan: Plan) -> Iterator[Pair]:
    for number in range(plan.pieces):
        some = array("q")
        some.frombytes(plan.file("by-days", number).read_bytes())
        yield from zip(some[::2], some[1::2], strict=True)


def merged(plan: Plan, given: Iterable[Row]) -> Iterator[Row]:
    """The rows of edges, and those found here; of each two stories the best."""
    more = {_stories(row): row for row in rows.left(plan.file(_FILE))}
    named = frozenset(story for pair in more for story in pair)
    for row in given:
        other = more.pop(_stories(row), row) if row[0] in named and row[1] in named else row
        yield min(row, other, key=lambda each: relinking.edge_of(each).rank) if other is not row else row
    yield from more.values()


def _stories(row: Row) -> frozenset[str]:
    return frozenset(row[:2])
