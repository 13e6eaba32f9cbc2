"""How stories are tied together: edges and clusters, kept level with the stories that changed and no others."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from sqlalchemy import Connection, and_, bindparam, delete, insert, or_, select, update

from archive.catalog import decisions, equals, meeting, pinned
from archive.catalog.compared import Change, Compared
from archive.catalog.questions import Question
from archive.catalog.schema import among, edges, editions, stories
from archive.cluster import NO_WORDS, Decided, Edge, Member, canonical, components, strongest
from archive.likeness.common import Passage
from archive.likeness.copies import Piece, Verdict
from archive.likeness.fingerprint import Likeness, likeness, shingles, skeletons
from archive.likeness.verdicts import Verdicts
from archive.lineage.witness import LONG_AGO
from archive.records import EdgeKind, Kind

_TEXT = (editions.c.number, editions.c.story, editions.c.text_digest, editions.c.kind, editions.c.folded)
_PRINTS: Final = Question(
    lambda among: (
        select(*_TEXT, stories.c.earliest, stories.c.latest, stories.c.dated)
        .join(stories, stories.c.id == editions.c.story)
        .where(among(editions.c.number))
    )
)
_CURRENT: Final = Question(
    lambda among: select(editions.c.story, editions.c.folded).where(editions.c.current, among(editions.c.story))
)
_HEAD = stories.alias()
_HEADS: Final = Question(
    lambda among: (
        select(stories.c.id.label("story"), _HEAD.c.id, _HEAD.c.own, _HEAD.c.earliest, editions.c.text_digest)
        .join(_HEAD, _HEAD.c.id == stories.c.cluster)
        .join(editions, and_(editions.c.story == _HEAD.c.id, editions.c.current))
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
_NEW_EDGES: Final = insert(edges)
_NEW_STANDING: Final = update(stories).where(stories.c.id == bindparam("story"))
# Texts that stay ready for the next arrival: copies of one wire come one after the other, and each meets all before it.
_READY: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """An edition as it is compared."""

    story: str
    text_digest: str
    piece: Piece


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
    made = _made(connection, sorted(pairs), change.after)
    if made:
        connection.execute(_NEW_EDGES, [edge_row(edge) for edge in made])
    decided = decisions.decided(connection)
    # Who is held already has at most an edge to another one of equal words now.
    if not (before.states or _speaks(connection, decided, made, after)):
        _join(connection, made, after.states.keys() - change.before.states.keys())
    else:
        neighbours = {story for edge in made for story in (edge.inner, edge.outer)} - after.states.keys()
        old = {*before.clusters.values(), *change.before.clusters.values()}
        _recluster(connection, Touched(made=set(after.states), old=old, neighbours=neighbours), decided)


def decide(connection: Connection, ids: Collection[str]) -> None:
    """Make the clusters of these stories anew: people decided otherwise of them."""
    touched = Touched(made=set(), old=set(), neighbours=set(ids))
    _recluster(connection, touched, decisions.decided(connection))


def prints(connection: Connection, numbers: Collection[int]) -> dict[int, Print]:
    """Editions as they are compared, by their numbers."""
    if not numbers:
        return {}
    found, made = dict[int, Print](), dict[tuple[str, str], Piece]()
    for number, story, text_digest, kind, folded, earliest, latest, dated in _PRINTS.ask(connection, numbers):
        # An undated story may be as old as it likes: nothing is known to be far from it.
        since, until = datetime.fromisoformat(earliest) if dated else LONG_AGO, datetime.fromisoformat(latest)
        if (kind, folded) not in made:
            made[kind, folded] = _ready(kind, folded)
        piece = replace(made[kind, folded], earliest=since, latest=until)
        found[number] = Print(story=story, text_digest=text_digest, piece=piece)
    return found


@lru_cache(_READY)
def _ready(kind: str, folded: str) -> Piece:
    """A text made ready; its days are still to be told."""
    return Piece.of(folded.split(), Kind(kind), LONG_AGO, LONG_AGO)


def _made(connection: Connection, pairs: Collection[meeting.Pair], after: Compared) -> list[Edge]:
    """The edges of stories that come of pairs of editions, one for each two stories."""
    known, found = pinned.known(connection), prints(connection, {n for pair in pairs for n in pair})
    verdicts = Verdicts(known)
    said = [judged(found[one], found[other], verdicts) for one, other in pairs]
    made = [each.edge for each in said if each.edge is not None]
    by_days = [pair for pair, each in zip(pairs, said, strict=True) if each.by_days]
    several = equals.other_days(connection, {n for pair in by_days for n in pair})
    for group in equals.across(by_days, several):
        mine = [pair for pair in group if not after.story_of.keys().isdisjoint(pair)]
        made += across(prints(connection, {n for pair in mine for n in pair}), mine, verdicts)
    return strongest(edge for edge in made if edge.inner in after.states or edge.outer in after.states)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What two editions are to each other; `by_days`: equal ones of other days may have edges of their own (across)."""

    edge: Edge | None
    by_days: bool


def judged(one: Print, other: Print, verdicts: Verdicts) -> Judged:
    """What two editions are to each other, verified on their texts."""
    if one.story == other.story:
        return Judged(edge=None, by_days=one.piece.tokens != other.piece.tokens)
    one, other = sorted((one, other), key=_order)
    verdict = verdicts.of(one.piece, other.piece)
    return Judged(edge=_edge(one, other, verdict), by_days=verdict.by_days)


def across(found: Mapping[int, Print], pairs: Iterable[meeting.Pair], verdicts: Verdicts) -> Iterator[Edge]:
    """The edges of editions where days decide, the first of each two equal to all first ones, the second to all second;
    where these decide nothing, there are none.
    """
    for pair in pairs:
        one, other = sorted((found[number] for number in pair), key=_order)
        if one.story == other.story:
            continue
        verdict = verdicts.of(one.piece, other.piece)
        if not verdict.by_days:
            return
        edge = _edge(one, other, verdict)
        if edge is not None:
            yield edge


def _edge(one: Print, other: Print, verdict: Verdict) -> Edge | None:
    if verdict.edge is None:
        return None
    turned = bool(verdict.inner) if verdict.edge is EdgeKind.PART else other.story < one.story
    inner, outer = (other, one) if turned else (one, other)
    return Edge(
        kind=verdict.edge,
        inner=inner.story,
        outer=outer.story,
        inner_text=inner.text_digest,
        outer_text=outer.text_digest,
        likeness=verdict.likeness,
        passages=tuple(each.turned() for each in verdict.passages) if turned else verdict.passages,
    )


def _order(one: Print) -> tuple[bool, str]:
    """Of equal words, of which neither is longer, the communiqué is inside the report."""
    return one.piece.kind is not Kind.DOCUMENT, one.story


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


def _join(connection: Connection, made: Iterable[Edge], new: Collection[str]) -> None:
    """Join stories that were not held before, each alone yet, to clusters: what stands together stays together."""
    copies = [edge for edge in made if edge.kind is EdgeKind.COPY]
    if not copies:
        return
    rows = _HEADS.ask(connection, {story for edge in copies for story in (edge.inner, edge.outer)})
    head_of = {row.story: row.id for row in rows}
    members = {row.id: Member(story=row.id, own=row.own, earliest=datetime.fromisoformat(row.earliest)) for row in rows}
    ties = (replace(edge, inner=head_of[edge.inner], outer=head_of[edge.outer]) for edge in copies)
    heads = {head: canonical(together, members) for together in components(members, ties) for head in together}
    moved = {old for old, head in heads.items() if old != head}
    of_old = _MEMBERS.ask(connection, moved.difference(new)) if not moved.issubset(new) else ()
    standing = {
        **{story: heads[story] for story in moved.intersection(new)},
        **{m.id: heads[m.cluster] for m in of_old},
    }
    texts = {row.id: row.text_digest for row in (*rows, *of_old)}
    alike = {
        frozenset((edge.inner, edge.outer)): edge.likeness
        for edge in copies
        if (texts.get(edge.inner), texts.get(edge.outer)) == (edge.inner_text, edge.outer_text)
    }
    _write_clusters(connection, standing, alike)


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
    members = {
        row.id: Member(story=row.id, own=row.own, earliest=datetime.fromisoformat(row.earliest))
        for row in rows.values()
    }
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
        connection.execute(_NEW_STANDING, rows)


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
