"""The first two steps: every edition signed, and those paired up that share a band; which of them belong together is
for the next."""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress, count, islice
from operator import eq, itemgetter
from pathlib import Path
from typing import Final

from archive.catalog import relinking
from archive.catalog.opened import transaction
from archive.likeness import fingerprint
from archive.likeness.fingerprint import PERMUTATIONS
from archive.reclustering.plan import BINS, NUMBER, Plan

_ENTRY: Final = struct.Struct(">qI")  # a band's key and an edition's rank, so that bytes sort as they do
_WHOLE: Final = struct.Struct(f"{_ENTRY.size}s")
_KEY: Final = 8
_RANK: Final = 4
_HOMES: Final = bytes(highest >> 2 for highest in range(256))  # the bin of a key, by its highest byte
RANK_BITS: Final = 32  # a pair of ranks is one number
RANK: Final = (1 << RANK_BITS) - 1
_READ: Final = 1 << 21  # bytes: whole rows
_UNSIGNED: Final = bytes(PERMUTATIONS)  # stands in the place of a sketch
_WORDLESS: Final = fingerprint.sketch(fingerprint.signatures([[]])[0])


def sign(plan: Plan, number: int) -> None:
    """Sign a part's editions: numbers, stories and sketches by rank, and each band's key into its bin.

    One that another of equal words stands for is not signed: it is written down with that one.
    """
    part = plan.parts[number]
    bins = [bytearray() for _ in range(BINS)]
    numbers, stories, sketches, equal = array("q"), array("I"), bytearray(), array("q")
    last = ""
    with transaction(plan.url) as connection:
        for some in relinking.texts(connection, part):
            sketched = _signed(some, part.first + len(numbers), bins)
            for edition, folded, first, story in some:
                rank = part.first + len(numbers)
                numbers.append(edition)
                stories.append(stories[-1] if story == last else rank)
                last = story
                if edition == first:
                    sketches += next(sketched) if folded else _WORDLESS
                else:
                    equal.extend((rank, first))
                    sketches += _UNSIGNED
    _lay(plan.file("numbers"), part.first * NUMBER, numbers.tobytes())
    _lay(plan.file("stories"), part.first * stories.itemsize, stories.tobytes())
    _lay(plan.file("sketches"), part.first * PERMUTATIONS, sketches)
    plan.file("equal", number).write_bytes(equal.tobytes())
    for at, entries in enumerate(bins):
        plan.file("keys", at, number).write_bytes(entries)


def _signed(some: Sequence[tuple[int, str, int, str]], since: int, bins: list[bytearray]) -> Iterator[bytes]:
    """The sketches of those editions that have words of their own; `since`: the rank of the first of all. What bands
    hold them is left in the bins.
    """
    own = [(rank, row[1]) for rank, row in enumerate(some, since) if row[1] and row[0] == row[2]]
    values = fingerprint.packed(fingerprint.signatures(folded.split() for _, folded in own))
    ranks = array("I", map(itemgetter(0), own))
    if sys.byteorder == "little":
        ranks.byteswap()
    _spread(values, ranks.tobytes(), bins)
    found = fingerprint.sketches(values)
    return (found[at : at + PERMUTATIONS] for at in range(0, len(found), PERMUTATIONS))


def _spread(values: bytes, ranks: bytes, bins: list[bytearray]) -> None:
    """Lay the keys of signatures into the bins: all keys of a band at once, each with its edition's rank behind it."""
    entries = bytearray(len(ranks) // _RANK * _ENTRY.size)
    for place in range(_RANK):
        entries[_KEY + place :: _ENTRY.size] = ranks[place::_RANK]
    for columns in fingerprint.columns(values):
        for place, column in enumerate(columns):
            entries[place :: _ENTRY.size] = column
        for home, (entry,) in zip(columns[0].translate(_HOMES), _WHOLE.iter_unpack(entries), strict=True):
            bins[home] += entry


def _lay(file: Path, at: int, content: bytes | bytearray) -> None:
    with file.open("r+b") as opened:
        opened.seek(at)
        opened.write(content)


def pair_up(plan: Plan, group: int) -> None:
    """Sort some bins of keys, and write every two editions that share one to the part of one of them."""
    numbers = plan.numbers()
    for at in plan.bins(group):
        values, ranks = _sorted(plan, at)
        held = array("q", bytes(2 * _KEY * len(values)))
        held[::2], held[1::2] = values, array("q", map(numbers.__getitem__, ranks))
        plan.file("bands", at).write_bytes(held)
        pairs: list[list[int]] = [[] for _ in plan.parts]
        for some in _sharing(values, ranks):
            _pair(some, pairs)
        _leave(plan, "pairs", pairs, at)
    if group == 0:
        pairs = [[] for _ in plan.parts]
        for pair in _equal(plan, numbers):
            _pair(pair, pairs)
        _leave(plan, "equals", pairs)


def _leave(plan: Plan, kind: str, pairs: list[list[int]], *at: int) -> None:
    for part, found in enumerate(pairs):
        plan.file(kind, part, *at).write_bytes(array("Q", found).tobytes())


def unsigned(plan: Plan) -> dict[int, int]:
    """The ranks of editions that another stands for, and that one's number."""
    found = dict[int, int]()
    for part in range(len(plan.parts)):
        some = array("q")
        some.frombytes(plan.file("equal", part).read_bytes())
        found.update(zip(some[::2], some[1::2], strict=True))
    return found


def _equal(plan: Plan, numbers: array[int]) -> list[list[int]]:
    """The ranks of each edition that another stands for, and of that one; the smaller first."""
    known = unsigned(plan)
    firsts = set(known.values())
    ranks = {number: rank for rank, number in enumerate(numbers) if number in firsts}
    return sorted(sorted((rank, ranks[number])) for rank, number in known.items())


def _sorted(plan: Plan, at: int) -> tuple[array[int], array[int]]:
    """The keys of a bin, sorted, and the rank of who holds each."""
    entries: list[bytes] = []
    for part in range(len(plan.parts)):
        file = plan.file("keys", at, part)
        entries += map(itemgetter(0), _WHOLE.iter_unpack(file.read_bytes()))
        file.unlink()
    entries.sort()
    halves = array("I", b"".join(entries))  # of a key the upper and the lower one, and a rank
    keys = array("I", bytes(_KEY * len(entries)))
    keys[::2], keys[1::2] = halves[::3], halves[1::3]
    values, ranks = array("q", keys.tobytes()), halves[2::3]
    if sys.byteorder == "little":
        values.byteswap()
        ranks.byteswap()
    return values, ranks


def _sharing(values: array[int], ranks: array[int]) -> Iterator[array[int]]:
    """The ranks of those who hold one key, of each key that several do; equal keys stand behind each other."""
    start, last = 0, -1
    for at in compress(count(), map(eq, values, islice(values, 1, None))):  # as the next one
        if at != last + 1:
            if last >= 0:
                yield ranks[start : last + 2]
            start = at
        last = at
    if last >= 0:
        yield ranks[start : last + 2]


def _pair(ranks: Sequence[int], pairs: list[list[int]]) -> None:
    """Each two of some ranks that ascend, to the part that the first one's rank tells: no part gets all of them."""
    for at, one in enumerate(ranks, 1):
        first = one << RANK_BITS
        pairs[one % len(pairs)] += [first | other for other in ranks[at:]]


def bands(plan: Plan) -> Iterator[array[int]]:
    """Every band's key and who holds it by turns, sorted, some at once, as the bins were left by `pair_up`."""
    for at in (*range(BINS // 2, BINS), *range(BINS // 2)):  # the highest bit is the sign
        with plan.file("bands", at).open("rb") as file:
            while data := file.read(_READ):
                yield array("q", data)


def sketches(plan: Plan) -> Iterator[tuple[int, bytes]]:
    """Every edition that none stands for, and its sketch; by number."""
    numbers, left_out = plan.numbers(), unsigned(plan)
    with plan.mapped("sketches") as mapped:
        for rank in sorted(range(len(numbers)), key=numbers.__getitem__):
            if rank not in left_out:
                yield numbers[rank], mapped[rank * PERMUTATIONS : (rank + 1) * PERMUTATIONS]


def pairs_of(plan: Plan, number: int) -> set[tuple[int, int]]:
    """The ranks of every two editions that share a band, of which this part got the first one."""
    return set(_unpacked(plan.file("pairs", number, at) for at in range(BINS)))


def equals_of(plan: Plan, number: int) -> set[tuple[int, int]]:
    """The ranks of every edition and the one of equal words that stands for it; the first told is of this part."""
    return set(_unpacked([plan.file("equals", number)]))


def _unpacked(files: Iterable[Path]) -> Iterator[tuple[int, int]]:
    found = set[int]()
    for file in files:
        some = array("Q")
        some.frombytes(file.read_bytes())
        found.update(some)
    return ((pair >> RANK_BITS, pair & RANK) for pair in found)
