"""Whether two texts print one item, one is an item inside the other, or neither; pure, the same from both sides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import accumulate
from typing import NamedTuple, Self

from archive.likeness import telling
from archive.likeness.beside import Beside, Laid
from archive.likeness.common import Passage
from archive.likeness.fingerprint import FLASH_WORDS, Likeness, numbers, skeletons
from archive.likeness.formulas import NONE, Formulas
from archive.likeness.gist import gist
from archive.likeness.turns import Turn, turned
from archive.records import EdgeKind, Kind

SWAP_WORDS = 20  # a longer differing passage was written anew, not filled in
FEW_WORDS = 4  # of longer ones the one is less than twice the other: what is filled in is about as long
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
# An item that is written anew sentence by sentence keeps less, but keeps it throughout: few of its longer runs are
# left, and yet no stretch of it is its own. Nor is it a form of words.
RETOLD_GIST = 0.72
RETOLD_COVERED = 0.5
RETOLD_WHOLE = 0.3
RETOLD_CONTAINMENT = 0.2, 0.5  # fewer runs are anybody's
RETOLD_FORMULA = 0.15
OWN_WORDS = 20
FORMULA = 0.35  # of what both share: from here they share a form of words
SAME_FORMULA = 0.7  # Jaccard: so like, it is one item although it is all formula
FILLING = 0.8  # of the telling words of the shorter text outside formulas: in the longer one too, both are filled alike
# Of the opening of the longer text: from here it opens with what the shorter one says, and is the same item with more
# of it; else it is one from WHOLE on, of all its words.
OPENED = 0.34
CUT = 0.2  # of the longer text: a shorter lead is a report of its own
WHOLE = 0.65
WHOLE_SURELY = 0.7  # of a form of words, and where an editor put an article's length beside it, at a stretch
SECOND_ITEM = 500  # words
BEHIND = 300  # words, where he left the item as it was
# Where the longer one says itself that it turns to another matter, it may be one that an editor wrote anew from
# TURNED_AWAY on (to another speaker: TURNED); where he left the item as it was and put another beside it, hardly ever.
TURNED = 0.5
TURNED_AWAY = 0.65
TURNED_VERBATIM = 0.85
LEFT_ALONE = 0.8  # containment from which a text was left as it was
ROUND_UP_WHOLE = 0.8
INSIDE = 0.7  # of the shorter text: held so far, it is an item inside
FORM = 0.3  # Jaccard: so much in common is a form of words, where other things are named in it
SHARED_WORDS = 20  # in one run: fewer are a form of words that anybody may use
_FEW_DAYS = timedelta(days=DAYS_APART)
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

    `laid` and `gist` are made from the tokens, once: a text is compared with many.
    """

    tokens: tuple[str, ...]
    kind: Kind
    earliest: datetime
    latest: datetime
    laid: Laid
    gist: frozenset[bytes]

    @classmethod
    def of(cls, tokens: Sequence[str], kind: Kind, earliest: datetime, latest: datetime) -> Self:
        """A piece from its folded tokens (arabic.tokens)."""
        words = numbers(tokens)
        return cls(
            tokens=tuple(tokens),
            kind=kind,
            earliest=earliest,
            latest=latest,
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


class Kept(NamedTuple):
    """How much two texts keep of each other (Beside.overlap): of the shorter, of the longer, of its opening; and the
    longest stretch that the shorter one has alone (words).
    """

    inside: float
    whole: float
    opened: float
    own: int


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
        if short.laid.packed == long.laid.packed:  # neither is longer, however names are spelled
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
    if one.earliest - other.latest < _FEW_DAYS and other.earliest - one.latest < _FEW_DAYS:
        return False  # nor by days: told in a tenth of the time
    first, second = last_day(one.earliest, one.latest), last_day(other.earliest, other.latest)
    return max(one.earliest.date() - second, other.earliest.date() - first) > _FEW_DAYS


def last_day(earliest: datetime, latest: datetime) -> date:
    """The last day of the calendar in half-open bounds: «the 24th» ends when the 25th begins, and holds none of it."""
    return max(earliest, latest - timedelta(microseconds=1)).date()


def _judge(short: Piece, long: Piece, side: Beside, known: Formulas) -> EdgeKind | Refusal:
    if short.laid.packed == long.laid.packed:
        return _in_time(short, long, side.likeness)
    if len(short.tokens) < FLASH_WORDS:
        return _flash(short, long, side.likeness)
    is_form = side.likeness.jaccard < SAME_FORMULA and side.formula(known) >= FORMULA
    if is_form and not _is_filled_alike(short, long, known):
        return Refusal.TEMPLATE
    is_sharp = bool(known.days) and Kind.DOCUMENT not in (short.kind, long.kind)
    told = len(short.gist & long.gist) / len(short.gist)
    if told < (RETOLD_GIST if is_sharp else GIST_BLIND):
        return Refusal.UNLIKE
    kept = Kept(*side.overlap())
    is_retold = is_sharp and _is_retold(short, long, side, kept, known)
    if not is_retold and (told < GIST or kept.inside < COVERED):
        return Refusal.UNLIKE
    least = WHOLE_SURELY if is_form else CUT if is_retold or kept.opened >= OPENED else WHOLE
    found = _by_words(short, long, side, kept, least)
    return _in_time(short, long, side.likeness) if found is EdgeKind.COPY else found


def _is_filled_alike(short: Piece, long: Piece, known: Formulas) -> bool:
    """Whether what fills a form of words is the same: names, places, numbers, and whatever no formula says."""
    filling = short.gist & known.beyond(short.laid.packed)
    return bool(filling) and len(filling & long.gist) >= FILLING * len(filling)


def _is_retold(short: Piece, long: Piece, side: Beside, kept: Kept, known: Formulas) -> bool:
    """Whether the shorter text is the longer one's wording throughout, though its sentences were written anew."""
    return (
        kept.own <= OWN_WORDS
        and kept.inside >= RETOLD_COVERED
        and kept.whole >= RETOLD_WHOLE
        and RETOLD_CONTAINMENT[0] <= side.likeness.containment < RETOLD_CONTAINMENT[1]
        and side.formula(known) < RETOLD_FORMULA
        and not _is_template(short, long, side)
    )


def _by_words(short: Piece, long: Piece, side: Beside, kept: Kept, least: float) -> EdgeKind | Refusal:
    """What two texts with one gist are to each other, whenever they were printed; `least`: of the longer, for a copy.

    An outlet that cuts a wire keeps its opening; a round-up opens with something else, or goes on with it and says so.
    """
    if long.kind in _COLLECTIONS and short.kind not in _COLLECTIONS:
        least = ROUND_UP_WHOLE
    if least <= kept.whole < TURNED_VERBATIM:
        alone = side.alone()
        is_left_alone = side.likeness.containment >= LEFT_ALONE
        if max((end - start for start, end in alone), default=0) >= (BEHIND if is_left_alone else SECOND_ITEM):
            least = max(least, WHOLE_SURELY)
        if turn := turned(long.tokens, alone):
            away = TURNED_VERBATIM if is_left_alone else TURNED_AWAY
            least = max(least, away if turn is Turn.AWAY else TURNED)
    if kept.whole < least:
        return EdgeKind.PART if kept.inside >= INSIDE else Refusal.UNLIKE
    is_other = telling.other_phase(short.tokens, long.tokens) or _is_template(short, long, side)
    return Refusal.TEMPLATE if is_other else EdgeKind.COPY


def _flash(short: Piece, long: Piece, measured: Likeness) -> EdgeKind | Refusal:
    """A one-line flash is a copy only of the same line; «عاجل» and an agency's name may stand around it."""
    shorter, longer = (telling.bare_flash(skeletons(each.tokens)) for each in (short, long))
    return _in_time(short, long, measured) if shorter and shorter == longer else Refusal.FLASH


def _in_time(short: Piece, long: Piece, measured: Likeness) -> EdgeKind | Refusal:
    return EdgeKind.COPY if is_verbatim(measured) or not is_far(short, long) else Refusal.APART


def _is_template(short: Piece, long: Piece, side: Beside) -> bool:
    most = len(short.tokens) // WORDS_PER_SWAP
    return any(total > most for total in accumulate(_swaps(short, long, side)))


def _swaps(short: Piece, long: Piece, side: Beside) -> Iterator[int]:
    """The weight of each short passage that names another thing where the other text has its own."""
    # A word on each side is looked at too: «الرابعة» and «الرابعة عشرة» differ by one that alone tells nothing.
    for start, end, begin, stop in side.gaps():
        fewer, more = end - start, stop - begin
        if fewer > more:
            fewer, more = more, fewer
        if more > SWAP_WORDS or (more > FEW_WORDS and more >= 2 * fewer):
            continue
        here = telling.told(short.tokens[start - 1 if start else 0 : end + 1])
        there = telling.told(long.tokens[begin - 1 if begin else 0 : stop + 1]) if here else here
        if not there:
            continue
        classes = telling.apart(here, there)
        if min(start, begin) < DATELINE_WORDS:
            classes -= {"place"}
        yield 2 if classes & STRONG_SWAPS else len(classes)
