"""The words that announce another story inside a paragraph (inline.yml), in every spelling that folds to them."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from archive.arabic import fold
from crawler.facts import Facts, load

TABLE = Path(__file__).with_name("inline.yml")
_LETTERS = "0-9a-zA-Z\u0621-\u064a"
_MARKS = "[\u0621\u0640\u064b-\u0652\u0670]*"  # HAMZA, TATWEEL and vowels, which folding leaves out
_SPELLINGS = {"ا": "[اأإآٱ]", "ي": "[يىئ]", "و": "[وؤ]", "ه": "[هة]", " ": r"\s+"}
_ALIKE = (("ى", "ي"), ("ة", "ه"), ("ٱ", "ا"), ("ء", ""))  # of letters in a skeleton, as folding has them


class _Table(Facts):
    references: tuple[str, ...]
    sure: tuple[str, ...]


@cache
def opening() -> re.Pattern[str]:
    """The table's words in any spelling that folds to them, as they are printed."""
    folded = sorted({fold(words) for words in load(TABLE, _Table).references}, key=len, reverse=True)
    said = ("".join(_SPELLINGS.get(sign, sign) + _MARKS for sign in words) for words in folded)
    return re.compile(f"(?<![{_LETTERS}])(?:{'|'.join(said)})(?![{_LETTERS}])", re.IGNORECASE)


@cache
def _told_apart(*, ascii_only: bool) -> tuple[str, ...]:
    """The letters of the table's words, but those that hold others of them."""
    said = {"".join(fold(words).split()) for words in load(TABLE, _Table).references}
    fewest = (words for words in said if not any(other in words for other in said - {words}))
    return tuple(sorted(words for words in fewest if words.isascii() or not ascii_only))


def may_refer(letters: str) -> bool:
    """Whether a skeleton holds the letters of a reference: asked first, for it is many times as fast as the pattern."""
    if letters.isascii():
        return any(words in letters for words in _told_apart(ascii_only=True))
    for said, folded in _ALIKE:
        letters = letters.replace(said, folded)
    return any(words in letters for words in _told_apart(ascii_only=False))


@cache
def sure() -> frozenset[str]:
    """Words that hardly begin a sentence."""
    return frozenset(fold(words) for words in load(TABLE, _Table).sure)
