"""Words that take sides, and the words the other side says instead, found in texts by the phrase; it counts nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Self

from archive.arabic import tokens
from archive.likeness.units import Unit, units

_ATTACHED: Final = "وفبلك"


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """A phrase of one side of a pair, where it stands in a text (code points, half-open)."""

    pair: str
    side: str
    start: int
    end: int
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """The table: what each side of each pair says, folded. One phrase may stand in several pairs."""

    phrases: Mapping[tuple[str, ...], tuple[tuple[str, str], ...]]  # -> (pair, side)
    longest: int  # words

    @classmethod
    def of(cls, table: Mapping[str, Mapping[str, Sequence[str]]]) -> Self:
        """From pair -> side -> phrases, as people write them."""
        found: dict[tuple[str, ...], tuple[tuple[str, str], ...]] = {}
        for pair, sides in table.items():
            for side, phrases in sides.items():
                for phrase in phrases:
                    key = tuple(tokens(phrase))
                    found[key] = (*found.get(key, ()), (pair, side))
        found.pop((), None)
        return cls(phrases=found, longest=max(map(len, found), default=0))

    def in_text(self, text: str) -> tuple[Phrase, ...]:
        """Where phrases stand in a text, the longest at each place; particles may be written together with them."""
        given = _words(text)
        found: list[Phrase] = []
        at = 0
        while at < len(given):
            here = list(self._at(text, given, at))
            found += here
            at += max((len(tokens(each.said)) for each in here), default=1)
        return tuple(found)

    def _at(self, text: str, given: Sequence[Unit], at: int) -> Iterator[Phrase]:
        for length in range(min(self.longest, len(given) - at), 0, -1):
            rest = tuple(unit.key for unit in given[at + 1 : at + length])
            named = next(
                (self.phrases[key] for form in _forms(given[at].key) if (key := (form, *rest)) in self.phrases), ()
            )
            if named:
                start, end = given[at].start, given[at + length - 1].end
                yield from (
                    Phrase(pair=pair, side=side, start=start, end=end, said=text[start:end]) for pair, side in named
                )
                return


@lru_cache(maxsize=512)
def _words(text: str) -> tuple[Unit, ...]:
    return tuple(unit for unit in units(text) if unit.is_word)


def _forms(word: str) -> tuple[str, ...]:
    """A word, and what is left without one and two particles before it; «لل» stands for «ل» before «ال»."""
    found = [word]
    while len(found) <= 2 and len(word) > 3 and word[0] in _ATTACHED:
        word = "ا" + word[1:] if word.startswith("لل") else word[1:]
        found.append(word)
    return tuple(found)
