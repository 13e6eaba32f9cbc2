"""What two texts have in common, told by places: in comparison words, and in code points; pure, it judges nothing.

Passages are counted in comparison words (arabic.tokens), as which texts are held for comparing (likeness.beside finds
them); `located` tells them as code points of the texts themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from archive.arabic import MARKS, tokens

_CHUNK = re.compile(r"\S+")
_PARTS = re.compile(rf"\d+|(?:[^\W\d_]|[{MARKS}])+")


class Passage(NamedTuple):
    """A run of words that stands in both texts: where it begins in each, and its length (words)."""

    here: int
    there: int
    length: int

    def turned(self) -> Passage:
        """The same passage told from the other text."""
        return Passage(self.there, self.here, self.length)


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """A passage in code points of both texts, half-open."""

    here: tuple[int, int]
    there: tuple[int, int]


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
