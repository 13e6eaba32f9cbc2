"""Which of two possible sources a text agrees with where they part: words, sentences left out, slips; pure.

Shared errors make a family (Lachmann): what one source alone has, and the copy has too, speaks for it; what the other
source alone has, and the copy has too, speaks against.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from archive.likeness.sentences import Aligned, Fate
from archive.lineage.evidence import OWN_WORDS, Pair
from archive.lineage.matching import bones, sentences

ENOUGH: Final = 2  # distinct words, or sentences left out, that no accident puts into two texts
MANY: Final = 8
OUTWEIGHED: Final = 4  # so many times as much for as against


def beats(one: Pair, other: Pair) -> bool:
    """Whether a copy agrees with the one source where the two part, and hardly anywhere with the other."""
    mine, yours = agreement(one, other), agreement(other, one)
    return (mine >= ENOUGH and yours == 0) or (mine >= MANY and mine >= OUTWEIGHED * yours)


def agreement(one: Pair, other: Pair) -> int:
    """Distinct words that a copy shares with the one source alone, and sentences of the other that both leave out."""
    units = bones(one.match.copy)
    alone = one.match.covered - other.match.covered
    held = {unit.bare for unit in bones(other.match.source) if unit.is_word}
    words = {units[at].bare for at in alone} - held
    return len(words) + _left_out(one, other)


def _left_out(one: Pair, other: Pair) -> int:
    """Sentences within the other source that neither the copy nor the one source has; a cut end tells nothing."""
    gone = _inner_losses(other.sentences())
    missing = _dropped(one, other)
    return len(gone & missing)


def _inner_losses(given: Sequence[Aligned]) -> set[tuple[str, ...]]:
    """Dropped sentences of a source behind which something was kept."""
    kept = max((each.source.end for each in given if each.source and each.copy), default=0)
    return {
        each.source.keys
        for each in given
        if each.fate is Fate.DROPPED and each.source and each.source.end <= kept and each.words >= OWN_WORDS
    }


def _dropped(one: Pair, other: Pair) -> set[tuple[str, ...]]:
    """Sentences of the other source that the one source has not."""
    found = sentences(other.by.text, one.by.text, (other.by.opening, one.by.opening))
    return {each.source.keys for each in found if each.fate is Fate.DROPPED and each.source}
