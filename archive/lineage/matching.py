"""Which words of a text stand in another one, spelling aside, and where names are signed in it; pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from archive.arabic import tokens
from archive.likeness.fingerprint import skeleton
from archive.likeness.pairing import paired
from archive.likeness.passages import PASSAGE, Block, moved_runs
from archive.likeness.sentences import Aligned, aligned
from archive.likeness.units import Unit, units
from archive.likeness.wording import Span

_ATTACHED: Final = "وفبلك"
_NEAR: Final = 2  # words: a name so near to a passage is part of it
_REPORTERS: Final = ("مراسل", "مراسلة", "مراسلو", "مندوب", "موفد", "لوكالة", "ل")
_PAPERS: Final = ("وكالة", "صحيفة", "لصحيفة", "موقع", "لموقع", "قناة", "لقناة", "علمت", "علم", "حصلت")
# Before a name: somebody told the house something, or it speaks of itself.
_TOLD: Final = frozenset(word for said in _REPORTERS for word in tokens(said))
_SPEAKING: Final = _TOLD | frozenset(word for said in _PAPERS for word in tokens(said))
CLOSING_WORDS: Final = 6
_SIGNS: Final = frozenset("\"()[]«»“”/-–—:'‹›|ـ")
_AGENCY: Final = frozenset(tokens("وكالة لوكالة"))


@lru_cache(maxsize=512)
def bones(text: str) -> tuple[Unit, ...]:
    """The units of a text with skeletons as keys, so that two spellings of a word are one."""
    return tuple(
        Unit(each.start, each.end, each.stop, skeleton(each.key), skeleton(each.bare), each.is_word, each.is_last)
        for each in units(text)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A run of words that stands in both texts, each with its place in code points."""

    source: Span
    copy: Span


Twins = tuple[tuple[int, int], ...]  # (unit of the copy, unit of the source), by place in the copy


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Which words of a copy stand in a source, spelling aside."""

    source: str
    copy: str
    covered: frozenset[int]  # units of the copy, words alone
    runs: tuple[Twins, ...]  # PASSAGE words or more that follow each other in both texts, signs aside

    @property
    def words(self) -> int:
        """How many words of the copy stand in passages of the source."""
        return sum(map(len, self.runs))

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The runs with their places, in the copy's order."""
        one, other = bones(self.source), bones(self.copy)
        found = []
        for run in self.runs:
            (there, here), (last, end) = run[0], run[-1]
            source = _span(self.source, one[here], one[end])
            found.append(Passage(source=source, copy=_span(self.copy, other[there], other[last])))
        return tuple(found)


def _runs(one: Sequence[int], other: Sequence[int], twins: Twins) -> Iterator[Twins]:
    """The passages among twins, by the numbers of the units among the words of either text."""
    start = 0
    for at in range(1, len(twins) + 1):
        if at < len(twins):
            (there, here), (last, end) = twins[at], twins[at - 1]
            if other[there] == other[last] + 1 and one[here] == one[end] + 1:
                continue
        if at - start >= PASSAGE:
            yield twins[start:at]
        start = at


@lru_cache(maxsize=512)
def _numbers(given: tuple[Unit, ...]) -> tuple[int, ...]:
    """The number of each unit among the words."""
    found, number = [], 0
    for unit in given:
        found.append(number)
        number += unit.is_word
    return tuple(found)


def _span(text: str, first: Unit, last: Unit) -> Span:
    return Span(start=first.start, end=last.end, words=text[first.start : last.end])


@lru_cache(maxsize=2048)
def match(source: str, copy: str) -> Match:
    """Which words of one text stand in another, in order or moved; the other way round they are the same words."""
    pairs = [(there, here) for here, there in _pairs(copy, source)] if copy < source else _pairs(source, copy)
    twins = tuple(sorted((there, here) for here, there in pairs))
    runs = tuple(_runs(_numbers(bones(source)), _numbers(bones(copy)), twins))
    return Match(source=source, copy=copy, covered=frozenset(there for there, _ in twins), runs=runs)


@lru_cache(maxsize=1024)
def _pairs(before: str, after: str) -> tuple[tuple[int, int], ...]:
    """Words of one text with their twins in another."""
    one, other = bones(before), bones(after)
    found = paired(one, other)
    pairs = [*found.pairs, *_steps(found.moved)]
    # What a diff takes for chance between two larger changes is a passage here, if it is long enough for one.
    taken = {here for here, _ in pairs}, {there for _, there in pairs}
    pairs += _steps(moved_runs(one, other, taken))
    return tuple((here, there) for here, there in pairs if one[here].is_word and other[there].is_word)


def _steps(blocks: Iterable[Block]) -> list[tuple[int, int]]:
    return [(block.here + step, block.there + step) for block in blocks for step in range(block.length)]


@lru_cache(maxsize=1024)
def sentences(source: str, copy: str, openings: tuple[str, str]) -> tuple[Aligned, ...]:
    """What became of the sentences of one text in another (`likeness.sentences`)."""
    return aligned(source, copy, openings)


def words_of(text: str) -> int:
    """How many words a text has."""
    return sum(unit.is_word for unit in bones(text))


# ---- names -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Where a name stands in a text: its first and last unit, and the name by its words (`key_of`)."""

    name: tuple[str, ...]
    first: int
    last: int
    signed: bool  # in quotation marks, brackets or between dashes, or behind a word of speaking
    told: bool  # somebody told it something: «لرويترز», «مراسل رويترز»


@lru_cache(maxsize=1 << 12)
def key_of(name: str) -> tuple[str, ...]:
    """A name by its folded words."""
    return tuple(tokens(name))


@lru_cache(maxsize=512)
def _plain(text: str) -> tuple[Unit, ...]:
    return tuple(units(text))


@lru_cache(maxsize=64)
def _by_first(names: frozenset[str]) -> dict[str, list[tuple[str, ...]]]:
    """Names by their first word, the longest first."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for key in sorted({key_of(name) for name in names} - {()}, key=lambda key: (-len(key), key)):
        found.setdefault(key[0], []).append(key)
    return found


def named(text: str, names: Iterable[str], plain: Collection[str] = ()) -> Iterator[Named]:
    """Where any of the names stands in a text; particles may be written together with it.

    Of a `plain` word a particle makes no name: «لأفق» may be any horizon.
    """
    given = _plain(text)
    wanted, common = _by_first(frozenset(names)), {key_of(name) for name in plain}
    places = [at for at, unit in enumerate(given) if unit.is_word]
    for number, at in enumerate(places):
        for name in (name for form in _forms(given[at].key) for name in wanted.get(form, ())):
            spots = places[number : number + len(name)]
            keys = [given[spot].key for spot in spots]
            if tuple(keys[1:]) == name[1:]:
                yield _named(given, spots, name, attached=keys[0] != name[0] and name not in common)
                break


def _named(given: Sequence[Unit], spots: Sequence[int], name: tuple[str, ...], *, attached: bool) -> Named:
    first, last = spots[0], spots[-1]
    before = given[first - 1].key if first else ""
    behind = given[last + 1].key if last + 1 < len(given) else ""
    between = given[first - 2].key if first > 1 and (before in _SIGNS or before in _AGENCY) else before
    told = (attached and given[first].key.startswith("ل")) or before in _TOLD or between in _TOLD
    signed = before in _SIGNS or behind in _SIGNS or before in _SPEAKING or between in _SPEAKING or told
    return Named(name=name, first=first, last=last, signed=signed, told=told)


@lru_cache(maxsize=1 << 16)  # the same few words again and again
def _forms(word: str) -> tuple[str, ...]:
    """A word, and what is left without particles before it; «لل» stands for «ل» before «ال»."""
    found = [word]
    while len(found) <= 2 and len(word) > 3 and word[0] in _ATTACHED:
        word = "ا" + word[1:] if word.startswith("لل") else word[1:]
        found.append(word)
    return tuple(found)


def signed_in(found: Match, names: Sequence[str], plain: Collection[str] = ()) -> bool:
    """Whether a copy signs with one of the names within, or right beside, words that stand in the source."""
    other = bones(found.copy)
    numbers = _numbers(other)
    covered = {numbers[there] for there in found.covered}
    for each in named(found.copy, names, plain):
        around = range(numbers[each.first] - _NEAR, numbers[each.last] + _NEAR + 1)
        if each.signed and covered & set(around):
            return True
    return False


def signs_at_its_edges(copy: str, byline: str | None, credit: str | None, names: Sequence[str]) -> bool:
    """Whether one of the names is a text's credit: in its byline, its credit, or alone in its closing line."""
    if any(next(named(words, names), None) for words in (byline, credit) if words):
        return True
    last = copy.rpartition("\n")[2]
    return len(last.split()) <= CLOSING_WORDS and next(named(last, names), None) is not None
