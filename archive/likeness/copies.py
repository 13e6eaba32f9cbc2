"""Whether two texts print one item, one is an item inside the other, or neither; pure, the same from both sides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import accumulate
from typing import Self

from archive.likeness import telling
from archive.likeness.beside import Beside, Laid
from archive.likeness.common import Passage
from archive.likeness.fingerprint import FLASH_WORDS, Likeness, skeletons
from archive.likeness.formulas import NONE, Formulas
from archive.likeness.gist import gist
from archive.records import EdgeKind, Kind

SWAP_WORDS = 20  # a longer differing passage was written anew, not filled in
DATELINE_WORDS = 4  # the place a text opens with is where the outlet wrote, not what happened
WORDS_PER_SWAP = (
    150  # of equal text: a long report may carry one corrected figure, a template of two paragraphs may not
)
STRONG_SWAPS = frozenset({"ordinal", "day", "month", "hijri"})
DAYS_APART = 5
VERBATIM_JACCARD = 0.5  # copies further apart in time are believed from here
VERBATIM_CONTAINMENT = 0.85
# Of the telling words of the shorter text, in the longer one too: from here both tell the same. Where no formulas are
# known, nothing else parts a form of words with other names from an edited copy; and documents are never edited.
GIST = 0.74
GIST_BLIND = 0.86
COVERED = 0.62  # of the shorter text, by runs of CLOSE words: the same words told anew are no copy
FORMULA = 0.35  # of what both share: from here they share a form of words
SAME_FORMULA = 0.7  # Jaccard: so like, it is one item although it is all formula
FILLING = 0.8  # of the telling words of the shorter text outside formulas: in the longer one too, both are filled alike
WHOLE = 0.56  # of the longer text: covered so far, it is the same item with something added
# Of a form of words, and where the longer text goes on for long, it takes more: the one holds a second cable, the other
# a second report, though both open as the shorter one does. An editor's additions are shorter, or stand here and there.
WHOLE_SURELY = 0.7
SECOND_ITEM = 120  # words of the longer text, at a stretch
ROUND_UP_WHOLE = 0.8
OPENING = 5  # words: the longer text begins as the shorter one does, but for its dateline
OWN_WORDS = 20  # at a stretch of the shorter text: of two that open otherwise, each has a passage of its own
INSIDE = 0.7  # of the shorter text: held so far, it is an item inside
FORM = 0.3  # Jaccard: so much in common is a form of words, where other things are named in it
SHARED_WORDS = 20  # in one run: fewer are a form of words that anybody may use
_COLLECTIONS = frozenset({Kind.ROUND_UP, Kind.LIVE})


class Refusal(StrEnum):
    """Why two texts are not the same item."""

    UNLIKE = "unlike"
    TEMPLATE = "template"  # a form of words, or a number, day, month or place filled in anew
    APART = "apart"  # days apart and not verbatim
    FLASH = "flash"  # too short to be anything but equal


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A text as it is compared: folded tokens, kind, and the UTC bounds between which it was published.

    `words` (one for each token), `laid` and `gist` are made from the tokens, once: a text is compared with many.
    """

    tokens: tuple[str, ...]
    kind: Kind
    earliest: datetime
    latest: datetime
    words: tuple[str, ...]
    laid: Laid
    gist: frozenset[str]

    @classmethod
    def of(cls, tokens: Sequence[str], kind: Kind, earliest: datetime, latest: datetime) -> Self:
        """A piece from its folded tokens (arabic.tokens)."""
        words = skeletons(tokens)
        return cls(
            tokens=tuple(tokens),
            kind=kind,
            earliest=earliest,
            latest=latest,
            words=words,
            laid=Laid.of(words),
            gist=gist(words),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What two texts are to each other; of a part, `inner` says which one (0 or 1) is inside the other.

    `passages` are what they have in common, from the first text to the second, in words; told with an edge only.
    `by_days`: of other days they may be something else (is_far).
    """

    likeness: Likeness
    edge: EdgeKind | None = None
    refusal: Refusal | None = None
    by_days: bool = False
    inner: int = 0
    passages: tuple[Passage, ...] = ()


def compare(one: Piece, other: Piece, known: Formulas = NONE) -> Verdict:
    """Judge two texts; asked the other way round, `inner` changes and each passage is turned."""
    flipped = (len(other.tokens), other.tokens) < (len(one.tokens), one.tokens)
    short, long = (other, one) if flipped else (one, other)
    side = Beside.of(short.laid, long.laid)
    found = _judge(short, long, side, known)
    by_days = found in (EdgeKind.COPY, Refusal.APART, EdgeKind.PART) and not is_verbatim(side.likeness)
    inner = int(flipped)
    if found is EdgeKind.COPY and (short.kind is Kind.DOCUMENT) != (long.kind is Kind.DOCUMENT):
        found = EdgeKind.PART  # a communiqué and the report that quotes it stay apart
        if short.words == long.words:  # neither is longer, however names are spelled
            inner = int(other.kind is Kind.DOCUMENT)
    if isinstance(found, Refusal):
        if found in (Refusal.FLASH, Refusal.TEMPLATE) or side.longest() < SHARED_WORDS:
            return Verdict(likeness=side.likeness, refusal=found, by_days=by_days)
        if side.likeness.jaccard >= FORM and _is_template(short, long, side):
            return Verdict(likeness=side.likeness, refusal=Refusal.TEMPLATE, by_days=by_days)
        found = EdgeKind.SHARED
    told = side.told(turned=flipped)
    return Verdict(likeness=side.likeness, edge=found, inner=inner, passages=told, by_days=by_days)


def is_verbatim(measured: Likeness) -> bool:
    """Whether texts are so like each other that they are one item on whatever days."""
    return measured.jaccard >= VERBATIM_JACCARD or measured.containment >= VERBATIM_CONTAINMENT


def is_far(one: Piece, other: Piece) -> bool:
    """Whether so many days lie between two texts that they are one item only when verbatim.

    By days, so that equal texts of the same days are judged alike (catalog/equals.py).
    """
    first, second = last_day(one.earliest, one.latest), last_day(other.earliest, other.latest)
    return max(one.earliest.date() - second, other.earliest.date() - first) > timedelta(days=DAYS_APART)


def last_day(earliest: datetime, latest: datetime) -> date:
    """The last day of the calendar in half-open bounds: «the 24th» ends when the 25th begins, and holds none of it."""
    return max(earliest, latest - timedelta(microseconds=1)).date()


def _judge(short: Piece, long: Piece, side: Beside, known: Formulas) -> EdgeKind | Refusal:
    if short.words == long.words:
        return _in_time(short, long, side.likeness)
    if len(short.tokens) < FLASH_WORDS:
        return _flash(short, long, side.likeness)
    is_form = side.likeness.jaccard < SAME_FORMULA and side.formula(known) >= FORMULA
    if is_form and not _is_filled_alike(short, long, known):
        return Refusal.TEMPLATE
    is_sharp = known.days and Kind.DOCUMENT not in (short.kind, long.kind)
    if len(short.gist & long.gist) < (GIST if is_sharp else GIST_BLIND) * len(short.gist):
        return Refusal.UNLIKE
    found = _by_words(short, long, side, is_form=is_form)
    return _in_time(short, long, side.likeness) if found is EdgeKind.COPY else found


def _is_filled_alike(short: Piece, long: Piece, known: Formulas) -> bool:
    """Whether what fills a form of words is the same: names, places, numbers, and whatever no formula says."""
    filling = short.gist & known.beyond(short.words)
    return bool(filling) and len(filling & long.gist) >= FILLING * len(filling)


def _by_words(short: Piece, long: Piece, side: Beside, *, is_form: bool) -> EdgeKind | Refusal:
    """What two texts with one gist are to each other, whenever they were printed.

    An outlet that cuts a wire keeps its opening, and one that adds a paragraph keeps most of the whole; a round-up
    opens with something else, or goes on with it. That two open with one form of words says nothing.
    """
    inside, whole, opening, own, added = side.overlap()
    if inside < COVERED:
        return Refusal.UNLIKE
    collected = long.kind in _COLLECTIONS and short.kind not in _COLLECTIONS
    if (
        (collected and whole < ROUND_UP_WHOLE)
        or ((is_form or added >= SECOND_ITEM) and whole < WHOLE_SURELY)
        or ((is_form or opening > OPENING) and (whole < WHOLE or own > OWN_WORDS))
    ):
        return EdgeKind.PART if inside >= INSIDE else Refusal.UNLIKE
    return Refusal.TEMPLATE if _is_template(short, long, side) else EdgeKind.COPY


def _flash(short: Piece, long: Piece, measured: Likeness) -> EdgeKind | Refusal:
    """A one-line flash is a copy only of the same line; «عاجل» and an agency's name may stand around it."""
    shorter, longer = telling.bare_flash(short.words), telling.bare_flash(long.words)
    return _in_time(short, long, measured) if shorter and shorter == longer else Refusal.FLASH


def _in_time(short: Piece, long: Piece, measured: Likeness) -> EdgeKind | Refusal:
    return EdgeKind.COPY if is_verbatim(measured) or not is_far(short, long) else Refusal.APART


def _is_template(short: Piece, long: Piece, side: Beside) -> bool:
    most = len(short.words) // WORDS_PER_SWAP
    return any(total > most for total in accumulate(_swaps(short, long, side)))


def _swaps(short: Piece, long: Piece, side: Beside) -> Iterator[int]:
    """The weight of each short passage that names another thing where the other text has its own."""
    # A word on each side is looked at too: «الرابعة» and «الرابعة عشرة» differ by one that alone tells nothing.
    for start, end, begin, stop in side.gaps():
        if end - start > SWAP_WORDS or stop - begin > SWAP_WORDS:
            continue
        here = telling.told(short.tokens[start - 1 if start else 0 : end + 1])
        there = telling.told(long.tokens[begin - 1 if begin else 0 : stop + 1]) if here else here
        if not there:
            continue
        classes = telling.apart(here, there)
        if min(start, begin) < DATELINE_WORDS:
            classes -= {"place"}
        yield 2 if classes & STRONG_SWAPS else len(classes)
