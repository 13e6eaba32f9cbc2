"""What two texts have in common: runs of equal words with their places in both; pure, and it judges nothing.

Passages are counted in comparison words (arabic.tokens), as which texts are held for comparing; `located` tells them
as code points of the texts themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from archive.arabic import MARKS, tokens
from archive.likeness.fingerprint import SHINGLE

_CHUNK = re.compile(r"\S+")
_PARTS = re.compile(rf"\d+|(?:[^\W\d_]|[{MARKS}])+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A run of words that stands in both texts: where it begins in each, and its length (words)."""

    here: int
    there: int
    length: int

    def turned(self) -> Self:
        """The same passage told from the other text."""
        return type(self)(here=self.there, there=self.here, length=self.length)


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """A passage in code points of both texts, half-open."""

    here: tuple[int, int]
    there: tuple[int, int]


def passages(one: Sequence[int], other: Sequence[int], words: int) -> tuple[Passage, ...]:
    """The runs of SHINGLE words and more that both have, in the order of the first text, where none overlaps another.

    Texts are given as their runs (fingerprint.runs), and how many words the shorter one has. A passage that stands in
    the second text more than once is told where that text goes on from the one before it, else where it stands first.
    """
    first = dict(zip(reversed(other), range(len(other) - 1, -1, -1), strict=True))
    found: list[Passage] = []
    at = after = 0
    while at < len(one):
        there = after if after < len(other) and other[after] == one[at] else first.get(one[at], -1)
        if there < 0:
            at += 1
            continue
        length = _equal(one, at, other, there) + SHINGLE - 1
        found.append(Passage(here=at, there=there, length=min(length, words)))
        at, after = at + length, there + length
    return tuple(found)


def _equal(one: Sequence[int], here: int, other: Sequence[int], there: int) -> int:
    """How many runs from these two places on are equal."""
    length, most = 0, min(len(one) - here, len(other) - there)
    while length < most and one[here + length] == other[there + length]:
        length += 1
    return length


def located(found: Iterable[Passage], here: str, there: str) -> tuple[Located, ...]:
    """Passages of two clean texts as code points of these."""
    one, other = spans(here), spans(there)
    return tuple(
        Located(
            here=(one[each.here][0], one[each.here + each.length - 1][1]),
            there=(other[each.there][0], other[each.there + each.length - 1][1]),
        )
        for each in found
    )


def spans(text: str) -> list[tuple[int, int]]:
    """Where each comparison word of a clean text stands in it: code points, half-open, one for each of its tokens."""
    return [span for chunk in _CHUNK.finditer(text) for span in _within(chunk[0], chunk.start())]


def _within(chunk: str, start: int) -> Iterator[tuple[int, int]]:
    """The words of a piece without spaces; where parts and words do not match one to one, each is the whole piece."""
    many = len(tokens(chunk))
    parts = [(start + part.start(), start + part.end()) for part in _PARTS.finditer(chunk)]
    if len(parts) != many:
        parts = [(parts[0][0], parts[-1][1]) if parts else (start, start + len(chunk))] * many
    yield from parts
