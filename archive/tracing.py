"""What lineages and comparisons with wires are told from, looked up in the catalog; the telling is in lineage/."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final

from archive.catalog import Catalog, Query
from archive.errors import NotHeldError
from archive.lineage.chains import chain
from archive.lineage.credits import judged, wire_above
from archive.lineage.loaded import Pairs
from archive.lineage.story import Asked, Lineage, trace
from archive.lineage.swaps import against
from archive.lineage.totals import Judged, Total, totals
from archive.lineage.tree import Tree, grow
from archive.lineage.witness import Branch, Houses, Witness
from archive.records import EdgeKind, Story, Window

MOST: Final = 400  # texts of a house around a day, of which one may be a step before or after
ITEMS: Final = 40  # of a round-up, or round-ups of an item
RESENT: Final = timedelta(hours=12)  # a day later the same form of words tells of the next day
TREES: Final = 64  # clusters whose copies come close to each other in time


__all__ = ["Houses", "Judged", "Lineage", "Pairs", "Total", "lineage", "members", "wire_totals", "wires"]


def lineage(catalog: Catalog, story: Story, houses: Houses | None = None) -> Lineage:
    """The lineage of a held story."""
    houses = houses or Houses()
    cluster = members(catalog, story.cluster)
    ids = {branch.story for branch in cluster}
    items, pieces = _parts(catalog, story.id, ids)
    asked = Asked(
        story=story.id,
        cluster=story.cluster,
        branches=cluster,
        items=tuple((name, members(catalog, name)) for name in items),
        pieces=tuple(Branch.of(catalog.story(name)) for name in pieces),
        shared=tuple(Branch.of(catalog.story(name)) for name in _sharing(catalog, story.id, ids)),
        house=tuple(_house(catalog, Branch.of(story).current)),
    )
    return trace(asked, houses)


def wires(
    catalog: Catalog, story: Story, houses: Houses | None = None, pairs: Pairs | None = None
) -> tuple[Judged, ...]:
    """A copy against its wire; of a wire's own story each of its copies.

    Raises:
        NotHeldError: no held text is the story's wire, or none of its copies is held.
    """
    houses, pairs = houses or Houses(), pairs or Pairs.of({})
    tree = grow(members(catalog, story.cluster), houses)
    mine = next(branch for branch in tree.branches if branch.story == story.id)
    if mine.current.wire is not None and wire_above(story.id, tree) is None:
        below = [branch for branch in tree.branches if wire_above(branch.story, tree) is mine]
        found = tuple(filter(None, (_judged(catalog, tree, each, houses, pairs) for each in below)))
        if not found:
            raise NotHeldError(f"{story.id} is an agency's, and no copy of it is held")
        return found
    one = _judged(catalog, tree, mine, houses, pairs)
    if one is None:
        raise NotHeldError(f"no wire of {story.id} is held that it shares enough with; see astana lineage {story.id}")
    return (one,)


def wire_totals(
    catalog: Catalog, query: Query, houses: Houses | None = None, pairs: Pairs | None = None
) -> tuple[Total, ...]:
    """All copies among the stories that fit, by outlet and month."""
    names, table = houses or Houses(), pairs or Pairs.of({})

    @lru_cache(maxsize=TREES)
    def tree_of(cluster: str) -> Tree:
        return grow(members(catalog, cluster), names)

    def copies() -> Iterator[Judged]:
        for story in catalog.stories(query):
            tree = tree_of(story.cluster)
            mine = next(branch for branch in tree.branches if branch.story == story.id)
            found = _judged(catalog, tree, mine, names, table) if len(tree.branches) > 1 else None
            if found:
                yield found

    return totals(copies())


def _judged(catalog: Catalog, tree: Tree, copy: Branch, houses: Houses, pairs: Pairs) -> Judged | None:
    wire = wire_above(copy.story, tree)
    check = judged(copy, wire, houses) if wire else None
    if wire is None or check is None:
        return None
    return Judged(check=check, against=against(copy.current, _versions(catalog, tree, wire), pairs))


def _versions(catalog: Catalog, tree: Tree, wire: Branch) -> list[Witness]:
    """Every held text of a wire: its takes in the cluster, what it grew from and into, and each one's editions."""
    takes = [branch for branch in tree.branches if branch.current.wire == wire.current.wire]
    known = {branch.story for branch in takes}
    grown = chain(wire.current, _house(catalog, wire.current))
    more = {step.text.story for step in grown}
    for edge in (edge for take in takes for edge in catalog.parts(take.story, EdgeKind.SHARED)):
        more |= {edge.inner, edge.outer}  # a take may share a passage and no more
    held = (Branch.of(catalog.story(story)) for story in sorted(more - known))
    takes += [branch for branch in held if _is_take(branch.current, wire.current)]
    return [version for branch in takes for version in branch.versions]


def _is_take(text: Witness, wire: Witness) -> bool:
    """Whether the same agency sent a text within the hours in which it may send its item again."""
    return text.wire == wire.wire and abs(text.earliest - wire.earliest) <= RESENT


def members(catalog: Catalog, cluster: str) -> tuple[Branch, ...]:
    """The stories of a cluster, whatever their topic."""
    return tuple(map(Branch.of, catalog.stories(Query(cluster=cluster, include_off_topic=True))))


def _parts(catalog: Catalog, story: str, ids: Collection[str]) -> tuple[list[str], list[str]]:
    """Clusters of which an item stands inside the story, and longer pieces that hold an item of its cluster."""
    items, pieces = set(), set()
    for edge in _edges(catalog, ids):
        if edge[1] == story and edge[0] not in ids:
            items.add(catalog.story(edge[0]).cluster)
        elif edge[0] in ids and edge[1] not in ids:
            pieces.add(edge[1])
    return sorted(items)[:ITEMS], sorted(pieces)[:ITEMS]


def _sharing(catalog: Catalog, story: str, ids: Collection[str]) -> list[str]:
    """Items outside its cluster that have a passage in common with a story."""
    edges = catalog.parts(story, EdgeKind.SHARED)
    return sorted({name for edge in edges for name in (edge.inner, edge.outer)} - {*ids})[:ITEMS]


def _edges(catalog: Catalog, ids: Iterable[str]) -> Iterator[tuple[str, str]]:
    for one in sorted(ids):
        for edge in catalog.parts(one):
            if edge.kind is EdgeKind.PART:
                yield edge.inner, edge.outer


def _house(catalog: Catalog, text: Witness) -> Iterator[Witness]:
    """What the same outlet printed within a day."""
    if not text.dated:
        return
    window = Window(since=_day(text.earliest, -1), until=_day(text.latest, 2))
    query = Query(outlets=(text.outlet,), window=window, include_off_topic=True, limit=MOST)
    for each in catalog.stories(query):
        yield Branch.of(each).current


def _day(instant: datetime, days: int) -> date:
    return (instant.astimezone(UTC) + timedelta(days=days)).date()
