"""A text cut into words, numbers and signs, each with its place and the keys it is compared by; pure.

Words keep their own spelling: the keys lose on purpose and are never shown. Nothing of a text falls between two units:
the space behind a unit, up to the next one, belongs to it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from archive.arabic import CLITICS, MARKS, fold

# Marks and what has no width stand inside words. ZERO WIDTH SPACE … RIGHT-TO-LEFT MARK, WORD JOINER, SOFT HYPHEN.
_INSIDE = f"{MARKS}\u0300-\u036f\u200b-\u200f\u2060\u00ad"
# Digits with ARABIC DECIMAL and THOUSANDS SEPARATOR, point or comma between them are one number.
_UNIT = re.compile(rf"(?P<number>\d+(?:[.,٫٬]\d+)*)|(?P<word>(?:[^\W\d]|[{_INSIDE}])+)|\S")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_ARABIC = re.compile("[ء-ي]+")
QUOTATION_MARK = '"'  # the key of all of them
SENTENCE_ENDS = frozenset(".!?")  # keys


@dataclass(frozen=True, slots=True)
class Unit:
    """A word, number or sign: where it begins, ends and the next one begins (code points), and its keys."""

    start: int
    end: int
    stop: int
    key: str  # equal: the same word, however it is spelled
    bare: str  # without the particles that are written together with it
    is_word: bool
    is_last: bool  # of its paragraph


def units(text: str) -> list[Unit]:
    """All units in order. The first has no letters and stands for the beginning: space before the first word is its."""
    found = list(_UNIT.finditer(text))
    starts = [0, *(match.start() for match in found)]
    ends = [0, *(match.end() for match in found)]
    stops = [*starts[1:], len(text)]
    keys = [("", "", False), *(keyed(match[0]) for match in found)]
    return [
        Unit(start, end, stop, *key, "\n" in text[end:stop] or stop == len(text))
        for start, end, stop, key in zip(starts, ends, stops, keys, strict=True)
    ]


@lru_cache(maxsize=1 << 16)  # the same few words again and again
def keyed(said: str) -> tuple[str, str, bool]:
    """The folded unit, the same without its particles, and whether it is a word or number."""
    key = fold(said) or said
    if _GROUPED.fullmatch(key):
        key = key.replace(",", "")
    is_word = any(map(str.isalnum, key))
    return key, _bare(key) if is_word else key, is_word


def _bare(word: str) -> str:
    """Without و ف ب ل ك س and ال before it, as long as a word is left."""
    if not _ARABIC.fullmatch(word):
        return word
    while True:
        particle = next((p for p, left in CLITICS if word.startswith(p) and len(word) - len(p) >= left), "")
        if not particle:
            return word
        word = word.removeprefix(particle)
