"""How stories are tied together: edges and clusters, kept level with the stories that changed and no others."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import Connection, bindparam, delete, insert, or_, select, update

from archive.catalog import decisions, meeting, pinned
from archive.catalog.compared import Change, Compared
from archive.catalog.schema import among, edges, editions, stories
from archive.cluster import Decided, Edge, Member, canonical, components, strongest
from archive.likeness.common import Passage
from archive.likeness.copies import Piece, compare
from archive.likeness.fingerprint import Likeness, likeness, shingles, skeletons
from archive.likeness.formulas import Formulas
from archive.records import EdgeKind, Kind
from archive.texts import to_line

_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


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
    if change.stories:
        touching = or_(*(among(connection, side, change.stories) for side in (edges.c.inner, edges.c.outer)))
        connection.execute(delete(edges).where(touching))
    known = pinned.known(connection)
    made = strongest(_judged(prints(connection, {n for pair in pairs for n in pair}), sorted(pairs), known))
    if made:
        connection.execute(insert(edges), [edge_row(edge) for edge in made])
    neighbours = {story for edge in made for story in (edge.inner, edge.outer)} - after.states.keys()
    _recluster(connection, set(after.states), {*before.clusters.values(), *change.before.clusters.values()}, neighbours)


def decide(connection: Connection, ids: Collection[str]) -> None:
    """Make the clusters of these stories anew: people decided otherwise of them."""
    _recluster(connection, set(), set(), set(ids))


def prints(connection: Connection, numbers: Collection[int]) -> dict[int, Print]:
    """Editions as they are compared, by their numbers."""
    if not numbers:
        return {}
    columns = (editions.c.number, editions.c.story, editions.c.text_digest, editions.c.kind, editions.c.folded)
    query = select(*columns, stories.c.earliest, stories.c.latest, stories.c.dated)
    query = query.join(stories, stories.c.id == editions.c.story).where(among(connection, editions.c.number, numbers))
    found, made = dict[int, Print](), dict[tuple[str, str], Piece]()
    for number, story, text_digest, kind, folded, earliest, latest, dated in connection.execute(query):
        # An undated story may be as old as it likes: nothing is known to be far from it.
        since, until = datetime.fromisoformat(earliest) if dated else _LONG_AGO, datetime.fromisoformat(latest)
        if (kind, folded) not in made:
            made[kind, folded] = Piece.of(folded.split(), Kind(kind), since, until)
        piece = replace(made[kind, folded], earliest=since, latest=until)
        found[number] = Print(story=story, text_digest=text_digest, piece=piece)
    return found


def _judged(found: Mapping[int, Print], pairs: Iterable[meeting.Pair], known: Formulas) -> Iterator[Edge]:
    for one, other in pairs:
        edge = judged(found[one], found[other], known)
        if edge is not None:
            yield edge


def judged(one: Print, other: Print, known: Formulas) -> Edge | None:
    """The edge of two editions, verified on their texts; None: of one story, or nothing to each other."""
    if one.story == other.story:
        return None
    one, other = sorted((one, other), key=_order)
    verdict = compare(one.piece, other.piece, known)
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
        "passages": to_line([[each.here, each.there, each.length] for each in edge.passages]),
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


def _recluster(connection: Connection, made: set[str], old: set[str], neighbours: set[str]) -> None:
    """Split and join again the clusters that the stories made anew were in, and those of their new neighbours."""
    joined = select(stories.c.cluster).where(among(connection, stories.c.id, neighbours | made))
    decided = decisions.decided(connection)
    clusters = _reached(connection, old | set(connection.execute(joined).scalars()), decided)
    columns = (stories.c.id, stories.c.own, stories.c.earliest, stories.c.cluster, stories.c.jaccard)
    rows = {
        row.id: row
        for row in connection.execute(select(*columns).where(among(connection, stories.c.cluster, clusters)))
    }
    members = {
        row.id: Member(story=row.id, own=row.own, earliest=datetime.fromisoformat(row.earliest))
        for row in rows.values()
    }
    standing: dict[str, str] = {}
    for together in components(members, _ties_among(connection, members), decided):
        standing |= dict.fromkeys(together, canonical(together, members))
    stale = {
        story: head
        for story, head in standing.items()
        if rows[story].cluster != head or made & {story, head} or (rows[story].jaccard is None) != (story == head)
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
    ties = edges.c.kind.in_((EdgeKind.COPY.value, EdgeKind.PART.value))
    query = select(*columns).where(ties, among(connection, edges.c.inner, members))
    return [edge_of(dict(row)) for row in connection.execute(query).mappings()]


def _write_clusters(connection: Connection, standing: Mapping[str, str]) -> None:
    """Write the cluster of each story, and its likeness to the canonical one's current text."""
    copies = {story for story, head in standing.items() if story != head}
    sets = current(connection, copies | {standing[story] for story in copies})
    rows = [standing_row(story, head, sets) for story, head in sorted(standing.items())]
    if rows:
        connection.execute(update(stories).where(stories.c.id == bindparam("story")), rows)


def current(connection: Connection, ids: Collection[str]) -> dict[str, frozenset[int]]:
    """The shingles of stories' current texts."""
    query = select(editions.c.story, editions.c.folded).where(
        editions.c.current, among(connection, editions.c.story, ids)
    )
    return {story: shingles(skeletons(folded.split())) for story, folded in connection.execute(query)}


def standing_row(story: str, head: str, sets: Mapping[str, frozenset[int]]) -> dict[str, object]:
    """A story's cluster and its likeness to the canonical text; `sets`: shingles of copies and their heads."""
    alike = likeness(sets[story], sets[head]) if story != head else None
    return {
        "story": story,
        "cluster": head,
        "jaccard": alike.jaccard if alike else None,
        "containment": alike.containment if alike else None,
    }
