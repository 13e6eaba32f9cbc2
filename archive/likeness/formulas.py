"""Forms of words that come back again and again: learned from many texts, known by their runs of words; pure.

A wire item stands in many texts of a few days; the words of congratulations and of the weather stand in texts of days
far apart. What two texts share of that kind makes no item of them. A table is pinned by its digest: the same texts in
any order teach the same.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import groupby
from typing import Final, Self

from archive.digest import sha256_of
from archive.likeness.fingerprint import NUMBER, SCHEME, SHINGLE, numbered_runs, runs, skeletons

KIND: Final = "formulas"
DAYS: Final = 3
APART: Final = 3  # days between one and the next: an item is reprinted for two days, seldom longer
NUMBERING: Final = SCHEME.rpartition("-")[2]  # how runs are numbered: a table of another numbering knows none of ours
_IN_HAND: Final = 4_000_000  # runs, about 600 MB: of more texts the runs are taken in turns
_RUNS: Final = 250  # in a text, about
_TEXTS: Final = 1 << 12  # whose formulas are remembered: a text is compared with many


@dataclass(frozen=True, slots=True, kw_only=True)
class Formulas:
    """Runs of words that are anybody's, and on how many days far apart each was met."""

    days: Mapping[int, int] = field(default_factory=dict)

    def __hash__(self) -> int:
        """By identity: a table is far too large to be looked through each time that it is asked."""
        return object.__hash__(self)

    @lru_cache(maxsize=_TEXTS)  # noqa: B019 - a process knows one table
    def places(self, packed: bytes) -> bytes:
        """For each run of a text, given by its words' numbers (fingerprint), whether it is a formula: 1, or 0."""
        return bytes(map(self.days.__contains__, numbered_runs(packed)))

    def beyond(self, packed: bytes) -> frozenset[bytes]:
        """The words of a text, by their numbers, that stand somewhere in it outside all formulas."""
        words = [packed[at : at + NUMBER] for at in range(0, len(packed), NUMBER)]
        within = bytearray(len(words))
        for at, is_formula in enumerate(self.places(packed)):
            if is_formula:
                within[at : at + SHINGLE] = b"\1" * len(words[at : at + SHINGLE])
        return frozenset(word for word, hidden in zip(words, within, strict=True) if not hidden)

    def to_bytes(self) -> bytes:
        """The table as it is shelved."""
        rows = "\n".join(f'"{run:016x}":{days}' for run, days in sorted(self.days.items())).replace("\n", ",\n")
        return f'{{"numbering":"{NUMBERING}","days":{{\n{rows}\n}}}}\n'.encode()

    @property
    def digest(self) -> str:
        """What the table is named by, 64 hex digits."""
        return sha256_of(self.to_bytes())

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """A shelved table. Raises ValueError: it is none, or numbers its runs in another way."""
        held = json.loads(data)
        if not isinstance(held, dict) or held.get("numbering") != NUMBERING or not isinstance(held.get("days"), dict):
            raise ValueError(f"no table of formulas numbered {NUMBERING}")
        return cls(days={int(run, 16): int(days) for run, days in held["days"].items()})


NONE: Final = Formulas()


def turns(texts: int) -> int:
    """In how many turns the runs of so many texts are gone through, so that memory is bounded."""
    return 1 + texts * _RUNS // _IN_HAND


def learned(texts: Iterable[tuple[date, tuple[str, ...]]], turns: int = 1) -> Formulas:
    """The formulas of dated texts, each given by its folded words (arabic.tokens), the earliest day first.

    A formula is a run that stands in texts of DAYS days, each APART days or more after the one before it. The texts are
    gone through once each turn; in how many turns makes no difference. Raises ValueError: a text is out of order.
    """
    found: dict[int, int] = {}
    for turn in range(turns):
        met: dict[int, tuple[int, int]] = {}  # run -> last day that counted, how many did
        before = date.min
        for day, words in texts:
            if day < before:
                raise ValueError(f"a text of {day} comes after one of {before}")
            before, at = day, day.toordinal()
            for run in {run for run in runs(skeletons(words)) if run % turns == turn}:
                last, many = met.get(run, (at - APART, 0))
                if at - last >= APART:
                    met[run] = at, many + 1
        found.update((run, many) for run, (_, many) in met.items() if many >= DAYS)
    return Formulas(days=found)


def phrases(texts: Iterable[tuple[str, ...]], known: Formulas, most: int) -> list[tuple[str, int]]:
    """The stretches of formula in texts, given by their folded words, that take up most of them; in how many texts."""
    said: Counter[str] = Counter()
    for words in texts:
        places = [run in known.days for run in runs(skeletons(words))]
        said.update({" ".join(words[start : end + SHINGLE - 1]) for start, end in _stretches(places)})
    return sorted(said.items(), key=lambda each: (-each[1] * len(each[0]), each[0]))[:most]


def _stretches(places: Iterable[bool]) -> Iterator[tuple[int, int]]:
    """Where a formula begins and where none goes on, in runs."""
    for is_formula, group in groupby(enumerate(places), key=lambda place: place[1]):
        if is_formula:
            at = [number for number, _ in group]
            yield at[0], at[-1] + 1
