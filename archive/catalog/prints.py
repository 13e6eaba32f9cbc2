"""Editions as they are compared, and what two of them are to each other; it writes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection, select

from archive.catalog.meeting import Pair
from archive.catalog.questions import Question
from archive.catalog.schema import editions, stories
from archive.cluster import Edge
from archive.likeness.copies import Piece, Verdict
from archive.likeness.fingerprint import Likeness
from archive.likeness.verdicts import Verdicts
from archive.lineage.witness import LONG_AGO
from archive.records import EdgeKind, Kind

Text = tuple[str, str]  # a story and the digest of one of its texts

_TOLD: Final = (
    *(editions.c.number, editions.c.story, editions.c.text_digest, editions.c.kind, editions.c.equal),
    *(stories.c.earliest, stories.c.latest, stories.c.dated),
)
_TEXTS: Final = Question(
    lambda among: (
        select(*_TOLD, editions.c.folded)
        .join(stories, stories.c.id == editions.c.story)
        .where(among(editions.c.number))
    )
)
_WITHOUT: Final = Question(
    lambda among: (
        select(*_TOLD, stories.c.cluster)
        .join(stories, stories.c.id == editions.c.story)
        .where(among(editions.c.number))
    )
)
_FOLDED: Final = Question(lambda among: select(editions.c.number, editions.c.folded).where(among(editions.c.number)))
# Texts that stay ready for the next arrival: copies of one wire come one after the other, and each meets all before it.
_READY: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """An edition as it is compared."""

    story: str
    text_digest: str
    piece: Piece

    @property
    def text(self) -> Text:
        """What it is known by."""
        return self.story, self.text_digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """Editions as they are compared, by their numbers, and the clusters of their stories."""

    prints: Mapping[int, Print]
    clusters: Mapping[str, str]


_LATELY: dict[Sequence[Any], Print] = {}  # by all that is told of an edition, of its words equals.key_of


def met(connection: Connection, numbers: Collection[int], folded: Mapping[int, str]) -> Met:
    """A few editions, some of which were asked for lately and stay ready: their texts are not read again.

    `folded`: texts that are known.
    """
    if not numbers:
        return Met(prints={}, clusters={})
    rows = [(tuple(row[:-1]), row.cluster) for row in _WITHOUT.ask(connection, numbers)]
    found = {told[0]: _LATELY.get(told) for told, _ in rows}
    left = {n for n, each in found.items() if each is None} - folded.keys()
    texts = {**folded, **(dict(_FOLDED.ask(connection, left)) if left else {})}
    ready, prints_ = _Ready(), dict[int, Print]()
    for told, _ in rows:
        n = told[0]
        prints_[n] = found[n] or _print(told, ready[told[3], texts[n]])
    if len(_LATELY) >= _READY:
        _LATELY.clear()
    _LATELY.update((told, prints_[told[0]]) for told, _ in rows[:_READY])
    return Met(prints=prints_, clusters={told[1]: cluster for told, cluster in rows})


def prints(connection: Connection, numbers: Collection[int]) -> dict[int, Print]:
    """Editions as they are compared, by their numbers."""
    if not numbers:
        return {}
    ready = _Ready()
    return {row.number: _print(row[:-1], ready[row.kind, row.folded]) for row in _TEXTS.ask(connection, numbers)}


def _print(told: Sequence[Any], piece: Piece) -> Print:
    _, story, text_digest, _, _, earliest, latest, dated = told
    # An undated story may be as old as it likes: nothing is known to be far from it.
    since = datetime.fromisoformat(earliest) if dated else LONG_AGO
    dated_ = replace(piece, earliest=since, latest=datetime.fromisoformat(latest))
    return Print(story=story, text_digest=text_digest, piece=dated_)


class _Ready(dict[tuple[str, str], Piece]):
    """Texts made ready, each once."""

    def __missing__(self, same: tuple[str, str]) -> Piece:
        self[same] = piece = _ready(*same)
        return piece


@lru_cache(_READY)
def _ready(kind: str, folded: str) -> Piece:
    """A text made ready; its days are still to be told."""
    return Piece.of(folded.split(), Kind(kind), LONG_AGO, LONG_AGO)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What two editions are to each other; `by_days`: equal ones of other days may have edges of their own (across)."""

    edge: Edge | None
    by_days: bool
    likeness: Likeness | None = None  # of two stories' editions


def judged(one: Print, other: Print, verdicts: Verdicts) -> Judged:
    """What two editions are to each other, verified on their texts."""
    if one.story == other.story:
        return Judged(edge=None, by_days=one.piece.tokens != other.piece.tokens)
    one, other = sorted((one, other), key=_order)
    verdict = verdicts.of(one.piece, other.piece)
    return Judged(edge=_edge(one, other, verdict), by_days=verdict.by_days, likeness=verdict.likeness)


def across(found: Mapping[int, Print], pairs: Iterable[Pair], verdicts: Verdicts) -> Iterator[Edge]:
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
