"""What was changed between two texts, word by word: spans of both with the words said; pure, and it judges nothing.

Words are compared folded, so that tashkeel, tatweel, hamza, presentation forms and the digits' script make another
spelling, never another word; a passage that stands elsewhere is a move, not a removal and an addition. What is told
are whole words, although words are paired without the particles written together with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from archive.likeness.pairing import paired
from archive.likeness.passages import places
from archive.likeness.units import Unit, units


class Op(StrEnum):
    """What happened to a span, before anybody judges why."""

    RESPELLED = "respelled"  # the same words, written or spaced otherwise
    REPLACED = "replaced"
    REMOVED = "removed"
    ADDED = "added"
    MOVED = "moved"  # the same words at another place


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A piece of a text, in code points, half-open, and the words that stand there; where nothing stands, a place."""

    start: int
    end: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change: what stood in the one text and what stands in the other."""

    op: Op
    before: Span
    after: Span


class Mark(StrEnum):
    """To which of two texts a piece belongs."""

    KEPT = "kept"  # to both
    REMOVED = "removed"
    ADDED = "added"
    LEFT = "left"  # the first one's: it moved away from here
    CAME = "came"  # the second one's: it moved here


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """A span of both texts and what to make of it; several make a change."""

    op: Op | None  # None: equal in both
    before: range
    after: range


def changes(before: str, after: str) -> tuple[Change, ...]:
    """All changes, in the order of the second text; none of equal texts. The other way round they are `mirrored`.

    Time is bounded by the length of the texts: a second or two for 50,000 words.
    """
    if before == after:
        return ()
    if after < before:  # one way round for both directions, so that they tell the same
        return mirrored(changes(after, before))
    one, other = units(before), units(after)
    merged = [_trimmed(piece, before, after) for piece in _merged(_pieces(before, after, one, other), before)]
    return _sorted(
        Change(
            op=_op(
                piece.op, before[piece.before.start : piece.before.stop], after[piece.after.start : piece.after.stop]
            ),
            before=_span(before, piece.before),
            after=_span(after, piece.after),
        )
        for piece in merged
        if piece.op is not None
    )


def mirrored(given: Iterable[Change]) -> tuple[Change, ...]:
    """The same changes told from the other text."""
    turned = {Op.REMOVED: Op.ADDED, Op.ADDED: Op.REMOVED}
    return _sorted(Change(op=turned.get(one.op, one.op), before=one.after, after=one.before) for one in given)


def applied(before: str, given: Sequence[Change]) -> str:
    """The second text, from the first and its changes."""
    here = {Mark.KEPT, Mark.ADDED, Mark.CAME}
    return "".join(words for mark, words in interleaved(before, given) if mark in here)


def interleaved(before: str, given: Sequence[Change]) -> Iterator[tuple[Mark, str]]:
    """Both texts as one, piece by piece: what only the first has, what only the second has, and what both have."""
    parts = sorted([*_gone(given), *_come(given)], key=lambda part: part[0])
    kept = "".join(_kept(before, given))
    at = 0
    for place, mark, words in parts:
        if place > at:
            yield Mark.KEPT, kept[at:place]
            at = place
        yield mark, words
    if kept[at:]:
        yield Mark.KEPT, kept[at:]


def _gone(given: Iterable[Change]) -> Iterator[tuple[int, Mark, str]]:
    """Where among what is kept each piece of the first text stood; the same for the second: `_come`."""
    passed = 0
    for one in sorted(given, key=lambda one: (one.before.start, one.before.end)):
        if one.before.words:
            yield one.before.start - passed, Mark.LEFT if one.op is Op.MOVED else Mark.REMOVED, one.before.words
            passed += len(one.before.words)


def _come(given: Iterable[Change]) -> Iterator[tuple[int, Mark, str]]:
    passed = 0
    for one in sorted(given, key=lambda one: (one.after.start, one.after.end)):
        if one.after.words:
            yield one.after.start - passed, Mark.CAME if one.op is Op.MOVED else Mark.ADDED, one.after.words
            passed += len(one.after.words)


def _kept(before: str, given: Iterable[Change]) -> Iterator[str]:
    at = 0
    for one in sorted(given, key=lambda one: (one.before.start, one.before.end)):
        yield before[at : one.before.start]
        at = one.before.end
    yield before[at:]


def _sorted(given: Iterable[Change]) -> tuple[Change, ...]:
    return tuple(sorted(given, key=lambda one: (one.after.start, one.after.end, one.before.start, one.before.end)))


def _span(text: str, span: range) -> Span:
    return Span(start=span.start, end=span.stop, words=text[span.start : span.stop])


def _op(op: Op | None, before: str, after: str) -> Op:
    if op in (Op.MOVED, Op.RESPELLED) or op is None:
        return op or Op.RESPELLED
    if before.strip() and after.strip():
        return Op.REPLACED
    if before.strip() or after.strip():
        return Op.REMOVED if before.strip() else Op.ADDED
    return Op.RESPELLED  # nothing but space


# ---- from pairs of words to pieces -----------------------------------------------------------------------------------


def _pieces(before: str, after: str, one: Sequence[Unit], other: Sequence[Unit]) -> list[_Piece]:
    """The second text from beginning to end, and every piece of the first one where it stood."""
    pairing = paired(one, other)
    moved = places(pairing.moved)
    pieces: list[_Piece] = []
    ends = (len(one), len(other))
    for (here, there), (row, column) in pairwise([*pairing.pairs, ends]):
        is_next = (row, column) == (here + 1, there + 1)
        pieces += _of_pair(before, after, one[here], other[there], Op.RESPELLED if is_next else Op.REPLACED)
        pieces += _of_gap(one, other, range(here + 1, row), range(there + 1, column), moved)
    pieces += (
        _Piece(
            op=Op.MOVED,
            before=range(one[block.here].start, one[block.here + block.length - 1].stop),
            after=range(other[block.there].start, other[block.there + block.length - 1].stop),
        )
        for block in pairing.moved
    )
    return pieces


def _of_pair(before: str, after: str, one: Unit, other: Unit, behind: Op) -> Iterator[_Piece]:
    """A word that both have, and the space behind it, which is part of a change if words beside it are."""
    if before[one.start : one.stop] == after[other.start : other.stop]:
        yield _Piece(op=None, before=range(one.start, one.stop), after=range(other.start, other.stop))
        return
    op = Op.RESPELLED if one.key == other.key else Op.REPLACED
    same = before[one.start : one.end] == after[other.start : other.end]
    yield _Piece(op=None if same else op, before=range(one.start, one.end), after=range(other.start, other.end))
    same = before[one.end : one.stop] == after[other.end : other.stop]
    yield _Piece(op=None if same else behind, before=range(one.end, one.stop), after=range(other.end, other.stop))


def _of_gap(
    one: Sequence[Unit], other: Sequence[Unit], here: range, there: range, moved: tuple[set[int], set[int]]
) -> Iterator[_Piece]:
    """What only one of the texts has; runs that moved stand between, and are told by themselves."""
    place, spot = one[here.start - 1].stop, other[there.start - 1].stop
    for at in here:
        if at not in moved[0]:
            yield _Piece(op=Op.REMOVED, before=range(one[at].start, one[at].stop), after=range(spot, spot))
        place = one[at].stop
    for at in there:
        if at not in moved[1]:
            yield _Piece(op=Op.ADDED, before=range(place, place), after=range(other[at].start, other[at].stop))


def _merged(pieces: Iterable[_Piece], before: str) -> list[_Piece]:
    """Neighbours of one sort as one: those that touch in both texts, or have but a space between them."""
    merged: list[_Piece] = []
    for piece in pieces:
        if not piece.before and not piece.after:
            continue
        last = merged[-1] if merged else None
        at = len(merged) - (2 if last is not None and _is_space(last, before) else 1)
        if at >= 0 and _alike(merged[at], piece) and all(map(_touch, merged[at:], [*merged[at + 1 :], piece])):
            merged[at:] = [_joined(merged[at], piece)]
        else:
            merged.append(piece)
    return merged


def _trimmed(piece: _Piece, before: str, after: str) -> _Piece:
    """A change of words without the space behind it, if both texts have that."""
    stop, end = piece.before.stop, piece.after.stop
    while stop > piece.before.start and end > piece.after.start and before[stop - 1] == after[end - 1]:
        if piece.op is None or piece.op is Op.MOVED or not before[stop - 1].isspace():
            break
        stop, end = stop - 1, end - 1
    return replace(piece, before=range(piece.before.start, stop), after=range(piece.after.start, end))


def _alike(one: _Piece, other: _Piece) -> bool:
    """Both respelled, or both changed in words."""
    apart = (None, Op.MOVED)
    return one.op not in apart and other.op not in apart and (one.op is Op.RESPELLED) == (other.op is Op.RESPELLED)


def _touch(one: _Piece, other: _Piece) -> bool:
    return one.before.stop == other.before.start and one.after.stop == other.after.start


def _joined(one: _Piece, other: _Piece) -> _Piece:
    op = one.op if one.op is Op.RESPELLED else Op.REPLACED
    return replace(
        one, op=op, before=range(one.before.start, other.before.stop), after=range(one.after.start, other.after.stop)
    )


def _is_space(piece: _Piece, before: str) -> bool:
    if piece.op is not None:
        return False
    said = before[piece.before.start : piece.before.stop]
    return said.isspace() and "\n" not in said
