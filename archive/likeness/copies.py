"""Whether two texts print one item, one is an item inside the other, or neither; pure, the same from both sides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from archive.likeness import telling
from archive.likeness.alignment import gaps
from archive.likeness.common import Passage, passages
from archive.likeness.fingerprint import FLASH_WORDS, SHINGLE, Likeness, likeness, runs, skeleton
from archive.records import EdgeKind, Kind

JACCARD = 0.3
CONTAINMENT = 0.8
SWAP_WORDS = 20  # a longer differing passage was written anew, not filled in
DATELINE_WORDS = 4  # the place a text opens with is where the outlet wrote, not what happened
WORDS_PER_SWAP = (
    150  # of equal text: a long report may carry one corrected figure, a template of two paragraphs may not
)
STRONG_SWAPS = frozenset({"ordinal", "day", "month", "hijri"})
DAYS_APART = 5
VERBATIM_JACCARD = 0.5  # copies further apart in time are believed from here
VERBATIM_CONTAINMENT = 0.85
LEAD_WORDS = 30
LEAD_SHARED = 0.5
WHOLE = 0.55  # of the longer text: covered so far, it is the same item with something added
ROUND_UP_WHOLE = 0.8
INSIDE = 0.8  # of the shorter text: held so far, it is an item inside
SHARED_WORDS = 20  # in one run: fewer are a form of words that anybody may use
_COLLECTIONS = frozenset({Kind.ROUND_UP, Kind.LIVE})


class Refusal(StrEnum):
    """Why two texts are not the same item."""

    UNLIKE = "unlike"
    TEMPLATE = "template"  # a number, day, month or place was filled in anew
    APART = "apart"  # days apart and not verbatim
    FLASH = "flash"  # too short to be anything but equal


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A text as it is compared: folded tokens, kind, and the UTC bounds between which it was published.

    `words` (one for each token), `runs` (of words, by place) and `shingles` are made from the tokens, once.
    """

    tokens: tuple[str, ...]
    kind: Kind
    earliest: datetime
    latest: datetime
    words: tuple[str, ...]
    runs: tuple[int, ...]
    shingles: frozenset[int]

    @classmethod
    def of(cls, tokens: Sequence[str], kind: Kind, earliest: datetime, latest: datetime) -> Self:
        """A piece from its folded tokens (arabic.tokens)."""
        words = tuple(map(skeleton, tokens))
        places = runs(words)
        return cls(
            tokens=tuple(tokens),
            kind=kind,
            earliest=earliest,
            latest=latest,
            words=words,
            runs=places,
            shingles=frozenset(places),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What two texts are to each other; of a part, `inner` says which one (0 or 1) is inside the other.

    `passages` are what they have in common, from the first text to the second, in words; told with an edge only.
    """

    likeness: Likeness
    edge: EdgeKind | None = None
    refusal: Refusal | None = None
    inner: int = 0
    passages: tuple[Passage, ...] = ()


def compare(one: Piece, other: Piece) -> Verdict:
    """Judge two texts; asked the other way round, `inner` changes and each passage is turned."""
    flipped = (len(other.tokens), other.tokens) < (len(one.tokens), one.tokens)
    short, long = (other, one) if flipped else (one, other)
    measured = likeness(short.shingles, long.shingles)
    found = _judge(short, long, measured)
    if found in (Refusal.FLASH, Refusal.TEMPLATE):
        return Verdict(likeness=measured, refusal=Refusal(found))
    common = passages(short.runs, long.runs, len(short.words))
    if isinstance(found, Refusal):
        if max((each.length for each in common), default=0) < SHARED_WORDS:
            return Verdict(likeness=measured, refusal=found)
        found = EdgeKind.SHARED
    told = tuple(each.turned() for each in common) if flipped else common
    return Verdict(likeness=measured, edge=found, inner=int(flipped), passages=told)


def _judge(short: Piece, long: Piece, measured: Likeness) -> EdgeKind | Refusal:
    if short.words == long.words:
        return _in_time(short, long, measured)
    if len(short.tokens) < FLASH_WORDS:
        return _flash(short, long, measured)
    if measured.jaccard < JACCARD and measured.containment < CONTAINMENT:
        return Refusal.UNLIKE
    if _is_part(short, long):
        return EdgeKind.PART
    if _is_template(short, long):
        return Refusal.TEMPLATE
    return _in_time(short, long, measured)


def _flash(short: Piece, long: Piece, measured: Likeness) -> EdgeKind | Refusal:
    """A one-line flash is a copy only of the same line; «عاجل» and an agency's name may stand around it."""
    shorter, longer = telling.bare_flash(short.words), telling.bare_flash(long.words)
    return _in_time(short, long, measured) if shorter and shorter == longer else Refusal.FLASH


def _in_time(short: Piece, long: Piece, measured: Likeness) -> EdgeKind | Refusal:
    apart = max(short.earliest - long.latest, long.earliest - short.latest)
    verbatim = measured.jaccard >= VERBATIM_JACCARD or measured.containment >= VERBATIM_CONTAINMENT
    return EdgeKind.COPY if verbatim or apart <= timedelta(days=DAYS_APART) else Refusal.APART


def _covered(piece: Piece, shared: frozenset[int]) -> list[int]:
    """The places of a text's words that lie in a shingle shared with the other text."""
    places = set[int]()
    for at, run in enumerate(piece.runs):
        if run in shared:
            places.update(range(at, at + SHINGLE))
    return sorted(places)


def _is_part(short: Piece, long: Piece) -> bool:
    """Whether the shorter text is one item of a longer piece, and not the longer one cut or lengthened.

    An outlet that cuts a wire keeps its lead, and one that adds a paragraph keeps most of the whole; a round-up opens
    with something else.
    """
    shared = short.shingles & long.shingles
    inside = len(_covered(short, shared)) / len(short.words)
    places = _covered(long, shared)
    whole = len(places) / len(long.words)
    if inside < INSIDE:
        return False
    if long.kind in _COLLECTIONS and short.kind not in _COLLECTIONS:
        return whole < ROUND_UP_WHOLE
    lead = sum(place < LEAD_WORDS for place in places) / LEAD_WORDS
    return whole < WHOLE and lead < LEAD_SHARED


def _is_template(short: Piece, long: Piece) -> bool:
    shared = len(_covered(short, short.shingles & long.shingles))
    return sum(_swaps(short, long)) > shared // WORDS_PER_SWAP


def _swaps(short: Piece, long: Piece) -> Iterator[int]:
    """The weight of each short passage that names another thing where the other text has its own."""
    for here, there in gaps(short.words, long.words):
        if max(len(here), len(there)) > SWAP_WORDS:
            continue
        # A word on each side is looked at too: «الرابعة» and «الرابعة عشرة» differ by one that alone tells nothing.
        classes = telling.swapped(_widened(short, here), _widened(long, there))
        if min(here.start, there.start) < DATELINE_WORDS:
            classes -= {"place"}
        yield 2 if classes & STRONG_SWAPS else len(classes)


def _widened(piece: Piece, span: range) -> tuple[str, ...]:
    return piece.tokens[max(0, span.start - 1) : span.stop + 1]
