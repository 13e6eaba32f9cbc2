"""What a text is compared by: comparison words, shingles, signature, bands, sketch; it never decides what is a copy.

A shingle is known by a 64-bit number made of its words: two of a text meet by chance once in 10^14 texts.
"""

from __future__ import annotations

import re
import struct
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import chain, islice, starmap

from rensa import RMinHash

from archive.arabic import tokens

SHINGLE = 5  # words
SIGNED = 3  # words: texts meet by runs as short as an editor's hand leaves; how alike they are, longer ones tell
SHORT_SHINGLE = 2
FLASH_WORDS = 12  # fewer: the text is compared whole, never by overlap
OVERLAP_WORDS = 24  # fewer: signed by short shingles too, so that both sides of FLASH_WORDS can meet
PERMUTATIONS = 128
BANDS = 64
ROWS = PERMUTATIONS // BANDS
SEED = 20170123
# Stored in the catalog: signatures made otherwise cannot be compared with ours.
SCHEME = f"rensa-rminhash{RMinHash.ALGORITHM_VERSION}-w{SIGNED}-p{PERMUTATIONS}-b{BANDS}x{ROWS}-s{SEED}-skeleton1-n64"
AGREEING = 16  # values of PERMUTATIONS: texts whose sketches agree in fewer share a band by chance, or a phrase

_SKELETON_WORDS = 5  # letters; shorter words keep their vowels, or unlike words would meet
_LONG_VOWELS = "اويىءئؤ"
_DOUBLED = re.compile(r"(.)\1+")
NUMBER = 8  # bytes of a word's number
_LANE = 8 * NUMBER
_TURN = 13  # bits by which a word's number is turned for each place it stands further on in a shingle
_WORDS_KNOWN = 1 << 18  # whose numbers are remembered; a language says the same words again and again
_TOGETHER = 16  # texts: more words than stay in the processor's own memory are slower
_SHAPE = struct.Struct(f"<{PERMUTATIONS}I")
_KEYS = struct.Struct(f"<{BANDS}q")
# Keys of band b begin with b: what two bands hold never meets, and each band has a range of its own.
_SALTS = int.from_bytes(b"".join((band << 58).to_bytes(8, "little") for band in range(BANDS)), "little")
_SALTED = [bytes(top ^ band << 2 for top in range(256)) for band in range(BANDS)]  # the highest byte, by what it was


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How alike two texts are, exactly: shares of word shingles."""

    jaccard: float
    containment: float  # of the one with fewer shingles in the other


class _Skeletons(dict[str, str]):
    """Folded words and what is left of them when they are compared."""

    def __missing__(self, word: str) -> str:
        if len(self) >= _WORDS_KNOWN:
            self.clear()
        self[word] = found = _skeleton(word)
        return found


def _skeleton(word: str) -> str:
    if len(word) < _SKELETON_WORDS or not word.isalpha():
        return word
    tail = word[1:]
    for vowel in _LONG_VOWELS:  # several times faster than a table of translation
        tail = tail.replace(vowel, "")
    kept = word[0] + tail.removesuffix("ه")
    return kept if len(set(kept)) == len(kept) else _DOUBLED.sub(r"\1", kept)


_SKELETONS = _Skeletons()


def skeleton(word: str) -> str:
    """A folded word as two spellers of a foreign name agree on it: long words lose long vowels and doubled letters.

    لافرنتييف and لافرينتييف, استانا and استانه meet; a key for comparing passages, never shown, never searched.
    """
    return _SKELETONS[word]


def skeletons(folded: Iterable[str]) -> tuple[str, ...]:
    """The comparison words of folded ones (arabic.tokens), in order."""
    return tuple(map(_SKELETONS.__getitem__, folded))


def words(text: str) -> tuple[str, ...]:
    """The comparison words of a clean text, in order."""
    return skeletons(tokens(text))


class _Numbers(dict[str, bytes]):
    """The number of each word, the same everywhere and always; of folded ones, the number of their skeleton."""

    def __init__(self, *, folded: bool) -> None:
        super().__init__()
        self._folded = folded

    def __missing__(self, word: str) -> bytes:
        if len(self) >= _WORDS_KNOWN:
            self.clear()
        read = _skeleton(word) if self._folded else word
        self[word] = number = blake2b(read.encode(), digest_size=NUMBER).digest()
        return number


_NUMBERS = _Numbers(folded=False)
_FOLDED_NUMBERS = _Numbers(folded=True)


def numbers(folded: Iterable[str]) -> tuple[bytes, ...]:
    """The number of the comparison word of each folded word (arabic.tokens), NUMBER bytes, in order.

    Equal where comparison words are; one look at each word tells it, and no skeleton is made of one seen before.
    """
    return tuple(map(_FOLDED_NUMBERS.__getitem__, folded))


def runs(text: Sequence[str], width: int = SHINGLE) -> tuple[int, ...]:
    """The number of the run of `width` comparison words at each place.

    A text with fewer words is one run, an empty one has none.
    """
    return _runs(_lanes(text, _NUMBERS), len(text), width)


def numbered_runs(packed: bytes, width: int = SHINGLE) -> tuple[int, ...]:
    """The same of a text given by its words' numbers, one behind the other."""
    return _runs(int.from_bytes(packed, "little"), len(packed) // NUMBER, width)


def _lanes(text: Iterable[str], known: _Numbers) -> int:
    """A text's words as lanes of one long integer: what is done to it is done to all of them at once."""
    return int.from_bytes(b"".join(map(known.__getitem__, text)), "little")


def _runs(lanes: int, words: int, width: int) -> tuple[int, ...]:
    if not words:
        return ()
    many = max(1, words - width + 1)
    return struct.unpack_from(f"<{many}Q", _turned(lanes, words, width))


def _turned(lanes: int, words: int, width: int) -> bytes:
    """The number of the run at each word, eight bytes each; the last `width - 1` of them go on beyond the last word.

    Each word's number is turned by its place in the run, and laid over the others'.
    """
    found = lanes
    for place in range(1, width):
        bits = place * _TURN
        high, low = _masks(bits, (words - 1).bit_length())
        found ^= ((lanes << bits) & high | (lanes >> (_LANE - bits)) & low) >> (place * _LANE)
    return found.to_bytes(words * NUMBER, "little")


@lru_cache(maxsize=1 << 7)
def _masks(bits: int, size: int) -> tuple[int, int]:
    """The upper and the lower bits of 2**size lanes that have been turned by so many bits."""
    low = ((1 << bits) - 1).to_bytes(NUMBER, "little") * (1 << size)
    every = (1 << (_LANE << size)) - 1
    return every ^ int.from_bytes(low, "little"), int.from_bytes(low, "little")


def shingles(text: Sequence[str], width: int = SHINGLE) -> frozenset[int]:
    """Every run of `width` words, by a number that holds in this process; a text with fewer words is one run."""
    if len(text) < width:
        return frozenset((hash(tuple(text)),)) if text else frozenset()
    return frozenset(map(hash, zip(*(text[at:] for at in range(width)), strict=False)))


def likeness(one: frozenset[int], other: frozenset[int]) -> Likeness:
    """Jaccard and containment of two shingle sets; nothing is like an empty one."""
    if not one or not other:
        return Likeness(jaccard=0.0, containment=0.0)
    shared = len(one & other)
    return Likeness(
        jaccard=round(shared / (len(one) + len(other) - shared), 6),
        containment=round(shared / min(len(one), len(other)), 6),
    )


def signatures(texts: Iterable[Sequence[str]]) -> list[list[int]]:
    """MinHash of the runs of SIGNED words of each text, given by its folded words: PERMUTATIONS 32-bit values each.

    Computed together because that is faster.
    """
    found, ends = array("Q"), array("Q", [0])
    for some in _together(texts):
        runs_of = _turned(_lanes(chain.from_iterable(some), _FOLDED_NUMBERS), sum(map(len, some)), SIGNED)
        every, at = array("Q", runs_of), 0
        for text in some:
            many = len(text)
            if many >= FLASH_WORDS:
                found += every[at : at + many - SIGNED + 1]
            if many < OVERLAP_WORDS:
                found.extend(_runs(_lanes(text, _FOLDED_NUMBERS), many, SHORT_SHINGLE))
            ends.append(len(found))
            at += many
    if len(ends) == 1:
        return []
    rows: list[list[int]] = RMinHash.digest_matrix_from_flat_token_hashes(found, ends, PERMUTATIONS, SEED).to_rows()
    return rows


def _together(texts: Iterable[Sequence[str]]) -> Iterator[list[Sequence[str]]]:
    """A few texts at a time, whose runs are computed as if they were one; those across two of them are left out."""
    left = iter(texts)
    while some := list(islice(left, _TOGETHER)):
        yield some


def bands(signature: Sequence[int]) -> tuple[int, ...]:
    """BANDS signed 64-bit keys; two texts with one key in common are candidates. An empty text has none."""
    if signature.count(signature[0]) == PERMUTATIONS:
        return ()  # rensa signs an empty set with one and the same value everywhere
    values = int.from_bytes(_SHAPE.pack(*signature), "little") ^ _SALTS
    return _KEYS.unpack(values.to_bytes(_KEYS.size, "little"))


def sketch(signature: Sequence[int]) -> bytes:
    """The lowest byte of each value: enough to tell texts that share something from those that met by chance."""
    return sketches(_SHAPE.pack(*signature))


def packed(signed: Iterable[Sequence[int]]) -> bytes:
    """The values of signatures, one behind the other: what is done to them is done to all of them at once."""
    return b"".join(starmap(_SHAPE.pack, signed))


def sketches(packed: bytes) -> bytes:
    """The sketches of packed signatures, PERMUTATIONS bytes each."""
    return packed[:: _SHAPE.size // PERMUTATIONS]


def columns(packed: bytes) -> Iterator[list[bytes]]:
    """For each band the keys of packed signatures (`bands`), none of an empty text: a column of the highest bytes of
    all of them, one of the next, and so on.
    """
    size = _KEYS.size // BANDS
    for band in range(BANDS):
        last = (band + 1) * size - 1
        highest, *others = (packed[last - place :: _SHAPE.size] for place in range(size))
        yield [highest.translate(_SALTED[band]), *others]


def agreement(one: bytes, other: bytes) -> int:
    """In how many of PERMUTATIONS values two sketches agree; about as many by 256 do by chance."""
    apart = int.from_bytes(one, "little") ^ int.from_bytes(other, "little")
    return apart.to_bytes(PERMUTATIONS, "little").count(0)
