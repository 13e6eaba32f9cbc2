"""What a text is compared by: comparison words, shingles, signature and bands; it never decides what is a copy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rensa import RMinHash

from archive.arabic import tokens

SHINGLE = 5  # words
SHORT_SHINGLE = 2
FLASH_WORDS = 12  # fewer: the text is compared whole, never by overlap
OVERLAP_WORDS = 24  # fewer: signed by short shingles too, so that both sides of FLASH_WORDS can meet
PERMUTATIONS = 128
BANDS = 64
ROWS = PERMUTATIONS // BANDS
SEED = 20170123
# Stored in the catalog: signatures made otherwise cannot be compared with ours.
SCHEME = f"rensa-rminhash{RMinHash.ALGORITHM_VERSION}-w{SHINGLE}-p{PERMUTATIONS}-b{BANDS}x{ROWS}-s{SEED}-skeleton1"

_SKELETON_WORDS = 5  # letters; shorter words keep their vowels, or unlike words would meet
_LONG_VOWELS = str.maketrans("", "", "اويىءئؤ")
_STEP = 0x9E3779B97F4A7C15  # odd, so that each band has a range of its own
_MASK = (1 << 64) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How alike two texts are, exactly: shares of word shingles."""

    jaccard: float
    containment: float  # of the one with fewer shingles in the other


@lru_cache(maxsize=1 << 16)  # a language says the same words again and again
def skeleton(word: str) -> str:
    """A folded word as two spellers of a foreign name agree on it: long words lose long vowels and doubled letters.

    لافرنتييف and لافرينتييف, استانا and استانه meet; a key for comparing passages, never shown, never searched.
    """
    if len(word) < _SKELETON_WORDS or not word.isalpha():
        return word
    head, tail = word[0], word[1:].translate(_LONG_VOWELS)
    if tail.endswith("ه"):
        tail = tail[:-1]
    kept = [head]
    for letter in tail:
        if letter != kept[-1]:
            kept.append(letter)
    return "".join(kept)


def words(text: str) -> tuple[str, ...]:
    """The comparison words of a clean text, in order."""
    return tuple(skeleton(token) for token in tokens(text))


def shingles(text: Sequence[str], width: int = SHINGLE) -> frozenset[str]:
    """Every run of `width` words; a text with fewer words is one shingle, an empty one has none."""
    if not text:
        return frozenset()
    return frozenset(" ".join(text[at : at + width]) for at in range(max(1, len(text) - width + 1)))


def likeness(one: frozenset[str], other: frozenset[str]) -> Likeness:
    """Jaccard and containment of two shingle sets; nothing is like an empty one."""
    if not one or not other:
        return Likeness(jaccard=0.0, containment=0.0)
    shared = len(one & other)
    return Likeness(
        jaccard=round(shared / (len(one) + len(other) - shared), 6),
        containment=round(shared / min(len(one), len(other)), 6),
    )


def signatures(texts: Iterable[Sequence[str]]) -> list[list[int]]:
    """MinHash of each text's shingles, PERMUTATIONS 32-bit values each; computed together because that is faster."""
    sets = [sorted(_signed(text)) for text in texts]
    return RMinHash.digests_from_token_sets(sets, PERMUTATIONS, SEED) if sets else []


def _signed(text: Sequence[str]) -> frozenset[str]:
    wide = shingles(text) if len(text) >= FLASH_WORDS else frozenset()
    return wide | shingles(text, SHORT_SHINGLE) if len(text) < OVERLAP_WORDS else wide


def bands(signature: Sequence[int]) -> tuple[int, ...]:
    """BANDS signed 64-bit keys; two texts with one key in common are candidates. An empty text has none."""
    if all(value == signature[0] for value in signature):
        return ()  # rensa signs an empty set with one and the same value everywhere
    keys = []
    for band in range(BANDS):
        value = (band + 1) * _STEP
        for row in signature[band * ROWS : (band + 1) * ROWS]:
            value = (value << 32 | value >> 32) ^ row
            value = value * _STEP & _MASK
        keys.append(value - (1 << 63))
    return tuple(keys)
