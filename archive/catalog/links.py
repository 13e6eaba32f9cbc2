"""How stories are tied together: bands, edges, clusters, kept level with the stories that changed and no others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from sqlalchemy import ARRAY, BigInteger, Connection, bindparam, delete, func, insert, literal, or_, select, update

from archive.catalog.schema import among, bands, edges, editions, is_sqlite, stories
from archive.cluster import Edge, Member, canonical, components, strongest
from archive.likeness.copies import Piece, compare
from archive.likeness.fingerprint import Likeness, likeness, shingles, signatures, skeleton
from archive.likeness.fingerprint import bands as band_keys
from archive.records import EdgeKind, Kind

_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Of some stories: what their edges depend on, their cluster, and their editions' folded texts."""

    states: Mapping[str, str]
    clusters: Mapping[str, str]
    folded: Mapping[int, str]
    story_of: Mapping[int, str]

    @classmethod
    def read(cls, connection: Connection, ids: Collection[str]) -> Self:
        """As the rows stand now."""
        rows = connection.execute(
            select(stories.c.id, stories.c.compared, stories.c.cluster).where(among(connection, stories.c.id, ids))
        ).all()
        prints = connection.execute(
            select(editions.c.number, editions.c.story, editions.c.folded).where(
                among(connection, editions.c.story, ids)
            )
        ).all()
        return cls(
            states={row.id: row.compared for row in rows},
            clusters={row.id: row.cluster for row in rows},
            folded={row.number: row.folded for row in prints},
            story_of={row.number: row.story for row in prints},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Print:
    """An edition as it is compared."""

    story: str
    text_digest: str
    piece: Piece


def relink(connection: Connection, before: Compared, after: Compared) -> None:
    """Bring bands, edges and clusters level after the rows of some stories were made anew."""
    ids = before.states.keys() | after.states.keys()
    changed = {story for story in ids if before.states.get(story) != after.states.get(story)}
    keys = _keys({n: folded for n, folded in after.folded.items() if after.story_of[n] in changed})
    _level_bands(connection, before, after, keys)
    if changed:
        touching = or_(among(connection, edges.c.inner, changed), among(connection, edges.c.outer, changed))
        connection.execute(delete(edges).where(touching))
    made = _edges(connection, keys)
    if made:
        connection.execute(insert(edges), [_edge_row(edge) for edge in made])
    neighbours = {story for edge in made for story in (edge.inner, edge.outer)} - ids
    _recluster(connection, set(after.states), set(before.clusters.values()), neighbours)


def _keys(folded: Mapping[int, str]) -> dict[int, tuple[int, ...]]:
    """The band keys of editions; signed together."""
    numbers = sorted(folded)
    signed = signatures([tuple(map(skeleton, folded[n].split())) for n in numbers])
    return {n: band_keys(signature) for n, signature in zip(numbers, signed, strict=True)}


def _level_bands(connection: Connection, before: Compared, after: Compared, keys: Mapping[int, Sequence[int]]) -> None:
    gone = {n: folded for n, folded in before.folded.items() if n not in after.folded}
    pairs = [{"v": value, "e": n} for n, values in _keys(gone).items() for value in values]
    if pairs:
        connection.execute(
            delete(bands).where(bands.c.value == bindparam("v"), bands.c.edition == bindparam("e")), pairs
        )
    new = sorted((value, n) for n, values in keys.items() if n not in before.folded for value in values)
    if not new:
        return
    if is_sqlite(connection):
        connection.execute(insert(bands), [{"value": value, "edition": n} for value, n in new])
        return
    columns = (literal([pair[at] for pair in new], ARRAY(BigInteger)) for at in (0, 1))
    connection.execute(insert(bands).from_select(["value", "edition"], select(*map(func.unnest, columns))))


def _candidates(connection: Connection, keys: Mapping[int, Sequence[int]]) -> set[tuple[int, int]]:
    """Pairs of editions with a band in common, one of them among `keys`; smaller number first."""
    holders: dict[int, list[int]] = defaultdict(list)
    wanted = {value for values in keys.values() for value in values}
    if wanted:
        for row in connection.execute(select(bands).where(among(connection, bands.c.value, wanted))):
            holders[row.value].append(row.edition)
    return {
        (min(n, other), max(n, other))
        for n, values in keys.items()
        for v in values
        for other in holders[v]
        if other != n
    }


def _prints(connection: Connection, numbers: Collection[int]) -> dict[int, _Print]:
    columns = (editions, stories.c.earliest, stories.c.latest, stories.c.dated)
    query = select(*columns).join(stories, stories.c.id == editions.c.story)
    found = {}
    for row in connection.execute(query.where(among(connection, editions.c.number, numbers))):
        # An undated story may be as old as it likes: nothing is known to be far from it.
        earliest = datetime.fromisoformat(row.earliest) if row.dated else _LONG_AGO
        piece = Piece.of(row.folded.split(), Kind(row.kind), earliest, datetime.fromisoformat(row.latest))
        found[row.number] = _Print(story=row.story, text_digest=row.text_digest, piece=piece)
    return found


def _edges(connection: Connection, keys: Mapping[int, Sequence[int]]) -> list[Edge]:
    """Every edge of the editions in `keys`, verified on the texts."""
    pairs = _candidates(connection, keys)
    prints = _prints(connection, {n for pair in pairs for n in pair}) if pairs else {}
    return strongest(_judged((prints[one], prints[other]) for one, other in sorted(pairs)))


def _judged(pairs: Iterable[tuple[_Print, _Print]]) -> Iterator[Edge]:
    for one, other in pairs:
        if one.story == other.story:
            continue
        verdict = compare(one.piece, other.piece)
        if verdict.edge is None:
            continue
        first, second = (other, one) if verdict.inner else (one, other)
        if verdict.edge is EdgeKind.COPY and second.story < first.story:
            first, second = second, first
        yield Edge(
            kind=verdict.edge,
            inner=first.story,
            outer=second.story,
            inner_text=first.text_digest,
            outer_text=second.text_digest,
            likeness=verdict.likeness,
        )


def _edge_row(edge: Edge) -> dict[str, object]:
    return {
        "inner": edge.inner,
        "outer": edge.outer,
        "kind": edge.kind.value,
        "jaccard": edge.likeness.jaccard,
        "containment": edge.likeness.containment,
        "inner_text": edge.inner_text,
        "outer_text": edge.outer_text,
    }


def edge_of(row: Mapping[str, object]) -> Edge:
    """An edge from its row."""
    alike = Likeness(jaccard=float(str(row["jaccard"])), containment=float(str(row["containment"])))
    texts = {"inner_text": str(row["inner_text"]), "outer_text": str(row["outer_text"])}
    return Edge(
        kind=EdgeKind(str(row["kind"])), inner=str(row["inner"]), outer=str(row["outer"]), likeness=alike, **texts
    )


def _recluster(connection: Connection, made: set[str], old: set[str], neighbours: set[str]) -> None:
    """Split and join again the clusters that the stories made anew were in, and those of their new neighbours."""
    joined = select(stories.c.cluster).where(among(connection, stories.c.id, neighbours | made))
    clusters = old | set(connection.execute(joined).scalars())
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
    for together in components(members, _copies_among(connection, members)):
        standing |= dict.fromkeys(together, canonical(together, members))
    stale = {
        story: head
        for story, head in standing.items()
        if rows[story].cluster != head or made & {story, head} or (rows[story].jaccard is None) != (story == head)
    }
    _write_clusters(connection, stale)


def _copies_among(connection: Connection, members: Collection[str]) -> list[Edge]:
    query = select(edges).where(edges.c.kind == EdgeKind.COPY.value, among(connection, edges.c.inner, members))
    return [edge_of(dict(row)) for row in connection.execute(query).mappings()]


def _write_clusters(connection: Connection, standing: Mapping[str, str]) -> None:
    """Write the cluster of each story, and its likeness to the canonical one's current text."""
    copies = {story for story, head in standing.items() if story != head}
    query = select(editions.c.story, editions.c.folded).where(
        editions.c.current, among(connection, editions.c.story, copies | {standing[story] for story in copies})
    )
    sets = {row.story: shingles(tuple(map(skeleton, row.folded.split()))) for row in connection.execute(query)}
    rows = []
    for story, head in sorted(standing.items()):
        alike = likeness(sets[story], sets[head]) if story != head else None
        rows.append(
            {
                "story": story,
                "cluster": head,
                "jaccard": alike.jaccard if alike else None,
                "containment": alike.containment if alike else None,
            }
        )
    if rows:
        connection.execute(update(stories).where(stories.c.id == bindparam("story")), rows)
