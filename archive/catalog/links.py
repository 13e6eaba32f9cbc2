"""How stories are tied together: edges and clusters, kept level with the stories that changed and no others."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Connection, and_, delete, or_, select

from archive.catalog import decisions, equals, meeting, pinned
from archive.catalog.compared import Change, Compared
from archive.catalog.prints import Text, across, judged, met
from archive.catalog.questions import Question, put_rows
from archive.catalog.schema import among, edges, editions, is_sqlite, stories
from archive.cluster import NO_WORDS, Decided, Edge, Member, canonical, components, linked, strongest
from archive.likeness.common import Passage
from archive.likeness.fingerprint import Likeness, likeness, shingles, skeletons
from archive.likeness.verdicts import Verdicts
from archive.records import EdgeKind

_CURRENT: Final = Question(
    lambda among: select(editions.c.story, editions.c.folded).where(editions.c.current, among(editions.c.story))
)
_HEADS: Final = Question(
    lambda among: (
        select(stories.c.id, stories.c.own, stories.c.earliest, editions.c.text_digest)
        .join(editions, and_(editions.c.story == stories.c.id, editions.c.current))
        .where(among(stories.c.id))
    )
)
_MEMBERS: Final = Question(
    lambda among: (
        select(stories.c.id, stories.c.cluster, editions.c.text_digest)
        .join(editions, and_(editions.c.story == stories.c.id, editions.c.current))
        .where(among(stories.c.cluster))
    )
)
_CLUSTERS: Final = Question(lambda among: select(stories.c.cluster).distinct().where(among(stories.c.id)))
_NEW_EDGES: Final = meeting.unnested(edges, **{column.name: column.type for column in edges.c})
_NEW_STANDING: Final = "UPDATE stories SET cluster = {0}, jaccard = {0}, containment = {0} WHERE id = {0}"


def relink(connection: Connection, before: Compared, after: Compared) -> None:
    """Bring bands, edges and clusters level after the rows of some stories were made anew."""
    change = Change.of(connection, before, after)
    meeting.forget(connection, change.gone)
    found = meeting.signed(change.firsts)
    pairs = meeting.candidates(connection, found) | change.equal(connection)
    meeting.put(connection, {n: found[n] for n in change.came})
    if change.before.states:
        touching = or_(*(among(connection, side, change.stories) for side in (edges.c.inner, edges.c.outer)))
        connection.execute(delete(edges).where(touching))
    links = _linked(connection, sorted(pairs), change.after)
    made = links.edges
    _put(connection, made)
    decided = decisions.decided(connection)
    # Who is held already has at most an edge to another one of equal words now.
    if not (before.states or _speaks(connection, decided, made, after)):
        _join(connection, links, after.states.keys() - change.before.states.keys())
    else:
        neighbours = {story for edge in made for story in (edge.inner, edge.outer)} - after.states.keys()
        old = {*before.clusters.values(), *change.before.clusters.values()}
        _recluster(connection, Touched(made=set(after.states), old=old, neighbours=neighbours), decided)


def decide(connection: Connection, ids: Collection[str]) -> None:
    """Make the clusters of these stories anew: people decided otherwise of them."""
    touched = Touched(made=set(), old=set(), neighbours=set(ids))
    _recluster(connection, touched, decisions.decided(connection))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Linked:
    """The edges that come of pairs of editions, one for each two stories, and what was learned of these on the way."""

    edges: Sequence[Edge]
    alike: Mapping[frozenset[Text], Likeness | None]
    clusters: Mapping[str, str]  # in which the stories stand yet


def _linked(connection: Connection, pairs: Collection[meeting.Pair], after: Compared) -> _Linked:
    if not pairs:
        return _Linked(edges=(), alike={}, clusters={})
    found, verdicts = met(connection, _ends(pairs), after.folded), Verdicts(pinned.known(connection))
    prints, clusters = found.prints, {**found.clusters}
    said = [(pair, judged(prints[pair[0]], prints[pair[1]], verdicts)) for pair in pairs]
    made = [each.edge for _, each in said if each.edge is not None]
    by_days = [pair for pair, each in said if each.by_days]
    several = equals.other_days(connection, _ends(by_days))
    for group in equals.across(by_days, several):
        mine = [pair for pair in group if not after.story_of.keys().isdisjoint(pair)]
        more = met(connection, _ends(mine), after.folded)
        made += across(more.prints, mine, verdicts)
        clusters |= more.clusters
    return _Linked(
        edges=strongest(edge for edge in made if edge.inner in after.states or edge.outer in after.states),
        alike={frozenset((prints[one].text, prints[other].text)): each.likeness for (one, other), each in said},
        clusters=clusters,
    )


def _ends(pairs: Iterable[meeting.Pair]) -> set[int]:
    return {n for pair in pairs for n in pair}


def _put(connection: Connection, made: Collection[Edge]) -> None:
    rows = [edge_row(edge) for edge in made]
    if rows and is_sqlite(connection):
        meeting.put_many(connection, edges.name, len(edges.c), [value for row in rows for value in row.values()])
    elif rows:
        connection.execute(_NEW_EDGES, {name: [row[name] for row in rows] for name in rows[0]})


def edge_row(edge: Edge) -> dict[str, object]:
    """An edge's row."""
    return {
        "inner": edge.inner,
        "outer": edge.outer,
        "kind": edge.kind.value,
        "jaccard": edge.likeness.jaccard,
        "containment": edge.likeness.containment,
        "inner_text": edge.inner_text,
        "outer_text": edge.outer_text,
        "passages": "[" + ",".join([f"[{here},{there},{many}]" for here, there, many in edge.passages]) + "]",
    }


def edge_of(row: Mapping[str, object]) -> Edge:
    """An edge from its row, which may be asked without its passages."""
    alike = Likeness(jaccard=float(str(row["jaccard"])), containment=float(str(row["containment"])))
    places = json.loads(str(row.get("passages", "[]")))
    return Edge(
        kind=EdgeKind(str(row["kind"])),
        inner=str(row["inner"]),
        outer=str(row["outer"]),
        inner_text=str(row["inner_text"]),
        outer_text=str(row["outer_text"]),
        likeness=alike,
        passages=tuple(Passage(here=here, there=there, length=length) for here, there, length in places),
    )


def _speaks(connection: Connection, decided: Decided, made: Iterable[Edge], after: Compared) -> bool:
    """Whether people decided anything of these stories, or of a cluster that edges tie them to."""
    if not decided:
        return False
    of_them = {story for pair in decided.together | decided.apart for story in pair}
    if not of_them.isdisjoint(after.states):
        return True
    tied = {story for edge in made for story in (edge.inner, edge.outer)} - after.states.keys()
    there, here = (
        {row.cluster for row in _CLUSTERS.ask(connection, ids)} if ids else set[str]() for ids in (of_them, tied)
    )
    return not there.isdisjoint(here)


def _join(connection: Connection, found: _Linked, new: Collection[str]) -> None:
    """Join stories that were not held before, each alone yet, to clusters: what stands together stays together."""
    head_of = found.clusters
    ties = [(head_of[edge.inner], head_of[edge.outer]) for edge in found.edges if edge.kind is EdgeKind.COPY]
    if not ties:
        return
    rows = _HEADS.ask(connection, {head for pair in ties for head in pair})
    members = {row.id: _member(row) for row in rows}
    heads = {head: canonical(together, members) for together in linked(ties) for head in together}
    moved = {old for old, head in heads.items() if old != head}
    of_old = _MEMBERS.ask(connection, moved.difference(new)) if not moved.issubset(new) else ()
    standing = {
        **{story: heads[story] for story in moved.intersection(new)},
        **{m.id: heads[m.cluster] for m in of_old},
    }
    texts = {row.id: row.text_digest for row in (*rows, *of_old)}  # of all that move, and of their heads
    told = {
        pair: found.alike.get(frozenset((story, texts[story]) for story in pair))
        for pair in map(frozenset, standing.items())
    }
    _write_clusters(connection, standing, {pair: each for pair, each in told.items() if each is not None})


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """Stories and clusters that are to be split and joined again."""

    made: set[str]  # stories made anew
    old: set[str]  # clusters that they were in
    neighbours: set[str]  # stories that are tied to them now


def _recluster(connection: Connection, touched: Touched, decided: Decided) -> None:
    """Split and join again the clusters that the stories made anew were in, and those of their new neighbours."""
    joined = select(stories.c.cluster).where(among(connection, stories.c.id, touched.neighbours | touched.made))
    clusters = _reached(connection, touched.old | set(connection.execute(joined).scalars()), decided)
    columns = (stories.c.id, stories.c.own, stories.c.earliest, stories.c.cluster, stories.c.jaccard)
    query = select(*columns).where(among(connection, stories.c.cluster, clusters))
    rows = {row.id: row for row in connection.execute(query)}
    words = equals.words_of(connection, rows) if decided.apart else NO_WORDS
    members = {story: _member(row) for story, row in rows.items()}
    standing: dict[str, str] = {}
    for together in components(members, _ties_among(connection, members), decided, words):
        standing |= dict.fromkeys(together, canonical(together, members))
    stale = {
        story: head
        for story, head in standing.items()
        if rows[story].cluster != head
        or touched.made & {story, head}
        or (rows[story].jaccard is None) != (story == head)
    }
    _write_clusters(connection, stale)


def _member(row: Any) -> Member:
    return Member(story=row.id, own=bool(row.own), earliest=datetime.fromisoformat(row.earliest))


def _reached(connection: Connection, clusters: set[str], decided: Decided) -> set[str]:
    """These clusters, and all that copies or decisions tie to them: where stories are kept apart, a copy may lie
    between two clusters, and what one of them loses another may take.
    """
    known, fresh = set(clusters), set(clusters)
    while fresh:
        of_them = select(stories.c.id).where(among(connection, stories.c.cluster, fresh))
        ids = set(connection.execute(of_them).scalars())
        there = {story for pair in decided.together if pair & ids for story in pair}
        for here, other in ((edges.c.inner, edges.c.outer), (edges.c.outer, edges.c.inner)):
            query = select(other).where(edges.c.kind == EdgeKind.COPY.value, among(connection, here, ids))
            there |= set(connection.execute(query).scalars())
        tied = select(stories.c.cluster).where(among(connection, stories.c.id, there - ids))
        fresh = set(connection.execute(tied).scalars()) - known if there - ids else set()
        known |= fresh
    return known


def _ties_among(connection: Connection, members: Collection[str]) -> list[Edge]:
    columns = [column for column in edges.c if column is not edges.c.passages]
    is_copy = edges.c.kind == EdgeKind.COPY.value
    query = select(*columns).where(is_copy, among(connection, edges.c.inner, members))
    return [edge_of(dict(row)) for row in connection.execute(query).mappings()]


def _write_clusters(
    connection: Connection, standing: Mapping[str, str], alike: Mapping[frozenset[str], Likeness] = MappingProxyType({})
) -> None:
    """Write the cluster of each story, and its likeness to the canonical one's current text.

    Args:
        connection: of the catalog.
        standing: the cluster of each story.
        alike: what is known already of how like the current texts of two stories are.
    """
    unknown = {pair for pair in standing.items() if pair[0] != pair[1] and frozenset(pair) not in alike}
    sets = current(connection, {story for pair in unknown for story in pair}) if unknown else {}
    known = {**alike, **{frozenset((story, head)): likeness(sets[story], sets[head]) for story, head in unknown}}
    rows = [_standing_row(story, head, known.get(frozenset((story, head)))) for story, head in sorted(standing.items())]
    if rows:
        said = _NEW_STANDING.format("?" if is_sqlite(connection) else "%s")
        put_rows(connection, said, [(*moved, story) for story, *moved in map(dict.values, rows)])


def current(connection: Connection, ids: Collection[str]) -> dict[str, frozenset[int]]:
    """The shingles of stories' current texts."""
    return {story: shingles(skeletons(folded.split())) for story, folded in _CURRENT.ask(connection, ids)}


def standing_row(story: str, head: str, sets: Mapping[str, frozenset[int]]) -> dict[str, object]:
    """A story's cluster and its likeness to the canonical text; `sets`: shingles of copies and their heads."""
    return _standing_row(story, head, likeness(sets[story], sets[head]) if story != head else None)


def _standing_row(story: str, head: str, alike: Likeness | None) -> dict[str, object]:
    return {
        "story": story,
        "cluster": head,
        "jaccard": alike.jaccard if alike else None,
        "containment": alike.containment if alike else None,
    }
