"""How surely two texts print one item: what both tell, less where the longer one goes its own way, weighed; pure.

Whole numbers alone, so that every machine says the same. How the weights were found: docs/copies.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isqrt
from operator import mul
from typing import Final, NamedTuple, Self

from archive.arabic import tokens
from archive.likeness.beside import Overlap
from archive.likeness.fingerprint import skeletons
from archive.likeness.formulas import Formulas
from archive.likeness.gist import gist

OPENING: Final = 40  # words: what a report is about; a quoted passage or a background paragraph stands further on
UNCOUNTED: Final = 500  # where one text names no number: neither for nor against
MORE: Final = 12  # words: a further item is not shorter
_ALL: Final = 1000  # shares are told in thousandths
_NEAR: Final = 2  # words: an editor may join two items by other words
_FURTHER: Final = """
كما
من جهته
من جانبه
من جهة أخرى
من جهة ثانية
من ناحية أخرى
من ناحية ثانية
من جانب آخر
إلى ذلك
في سياق
وفي سياق
وفي السياق
في شأن
وفي شأن
على صعيد
وعلى صعيد
"""
_OPENERS: Final = tuple(skeletons(tokens(line)) for line in _FURTHER.split("\n") if line)
_FIRST_WORDS: Final = frozenset(opener[0] for opener in _OPENERS)


class Gains(NamedTuple):
    """What speaks for one item; shares in thousandths, or their weights.

    `told`: of the telling words of either text outside formulas, those of both; `opened`: of those of the two openings,
    by the one with fewer; `counted`: of the numbers in figures, by the text with fewer.
    """

    told: int
    opened: int
    counted: int


class Losses(NamedTuple):
    """What speaks against it, or the weights of that.

    `alone`: of the longer text, what lies in long stretches that it has alone (thousandths); `uneven`: how much less of
    one third of it than of another both have (thousandths); `block`: ten times the root of the longest passage's words:
    an editor's hand breaks passages, and a quoted one is whole; `more`: whether the longer one, where the shorter one
    ends, goes on with words that open another item (1 or 0).
    """

    alone: int
    uneven: int
    block: int
    more: int


FOR: Final = Gains(told=45, opened=39, counted=12)
AGAINST: Final = Losses(alone=20, uneven=21, block=230, more=18000)
ENOUGH: Final = 14500  # what speaks for one item, less what speaks against it: from here the two are one


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a text tells, by its comparison words: telling words of all of it and of its opening, and numbers."""

    words: tuple[str, ...]
    gist: frozenset[str]
    opening: frozenset[str]
    numbers: frozenset[str]

    @classmethod
    def of(cls, words: tuple[str, ...]) -> Self:
        """Of a text by its comparison words (fingerprint.skeletons)."""
        return cls(
            words=words,
            gist=gist(words),
            opening=gist(words[:OPENING]),
            numbers=frozenset([word.lstrip("0") for word in words if word.isdigit()]),
        )


def gains(one: Said, other: Said, known: Formulas) -> Gains:
    """What speaks for one item."""
    here, there = known.telling(one.words), known.telling(other.words)
    both = len(here & there)
    return Gains(
        told=_share(both, len(here) + len(there) - both),
        opened=_share(len(one.opening & other.opening), min(len(one.opening), len(other.opening))),
        counted=_share(len(one.numbers & other.numbers), min(len(one.numbers), len(other.numbers)), UNCOUNTED),
    )


def losses(overlap: Overlap, longest: int, longer: Said) -> Losses:
    """What speaks against one item; `longest` in words (Beside.longest)."""
    size = sum(of for _, of in overlap.thirds)
    shares = [_share(many, of) for many, of in overlap.thirds]
    return Losses(
        alone=_share(overlap.alone, size),
        uneven=max(shares) - min(shares),
        block=isqrt(longest * 100),
        more=int(overlap.end is not None and _goes_on(longer.words, overlap.end)),
    )


def _goes_on(words: tuple[str, ...], end: int) -> bool:
    """Whether a text goes on from here, for long enough, with words that open another item."""
    if len(words) - end < MORE:
        return False
    first = max(end - _NEAR, 0)
    starts = [at for at, word in enumerate(words[first : end + _NEAR + 1], first) if word in _FIRST_WORDS]
    return any(words[at : at + len(opener)] == opener for at in starts for opener in _OPENERS)


def weighed(found: Sequence[int], weights: Sequence[int]) -> int:
    """What is found, each by its weight."""
    return sum(map(mul, found, weights))


def _share(many: int, of: int, none: int = 0) -> int:
    return _ALL * many // of if of else none
