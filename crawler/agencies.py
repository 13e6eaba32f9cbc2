"""The names that stand for wires in credits, and what a few printed words are among them; it reads no article."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from archive import arabic
from crawler import facts
from crawler.facts import Facts

TABLE = Path(__file__).parent / "agencies.yml"
REMEMBERED = 120  # code points of words whose tokens are kept: what stands between marks is shorter


class AgencyWords(Facts):
    """The table of `agencies.yml`."""

    agencies: dict[str, tuple[str, ...]]
    openers: dict[str, str]
    plain: tuple[str, ...]
    also_places: tuple[str, ...]
    partial: tuple[str, ...]
    own: tuple[str, ...]
    homonyms: tuple[str, ...]
    around: tuple[str, ...]
    sections: tuple[str, ...]
    verbs: tuple[str, ...]
    places: tuple[str, ...]
    attributions: tuple[str, ...]
    told: tuple[str, ...]
    to: tuple[str, ...]
    interviews: tuple[str, ...]
    reporters: tuple[str, ...]
    witnesses: tuple[str, ...]
    surveys: tuple[str, ...]
    from_others: tuple[str, ...]
    speakers: tuple[str, ...]
    sources: tuple[str, ...]
    endings: tuple[str, ...]
    photographs: tuple[str, ...]


class Sort(StrEnum):
    """What a few words of a credit or dateline are."""

    AGENCY = "agency"
    PARTIAL = "partial"
    OWN = "own"
    HOMONYM = "homonym"
    SECTION = "section"
    PLACE = "place"
    OTHER = "other"


def key(words: str | Iterable[str]) -> str:
    """Folded words without anything between them: «أ.ف.ب» and «أف ب» alike."""
    return "".join(_tokens(words) if isinstance(words, str) else words)


def _tokens(words: str) -> tuple[str, ...]:
    return _remembered(words) if len(words) <= REMEMBERED else tuple(arabic.tokens(words))


@lru_cache(maxsize=1 << 12)  # the same words are asked for in every row of the table
def _remembered(words: str) -> tuple[str, ...]:
    return tuple(arabic.tokens(words))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Agencies:
    """The table with the agencies that outlets add, ready to look up. Its digest is part of the reader's."""

    words: AgencyWords
    names: Mapping[str, str]  # key of a spelling -> canonical name
    openers: Mapping[str, str]  # key of a word that names an agency only at the head of a dateline -> canonical name
    rows: Mapping[str, frozenset[str]]  # row of the table -> keys of its words
    extra: tuple[str, ...]  # names that outlets add
    longest: int  # words of the longest spelling
    digest: str  # SHA-256, hex, over all that the table says

    def says(self, sort: str, words: str) -> bool:
        """Whether the words stand in that row of the table, whole."""
        return key(words) in self.rows[sort]

    def opener(self, words: str) -> str | None:
        """The canonical name that a plain word stands for at the head of a dateline, before a place."""
        return self.openers.get(key(words))

    def agency(self, words: str) -> str | None:
        """The canonical name, when the words are an agency's and nothing else but general words."""
        tokens = _tokens(words)
        around = self.rows["around"]
        bare = [token for token in tokens if token not in around]
        return self.names.get("".join(tokens)) or self.names.get("".join(bare))

    def named_within(self, tokens: Sequence[str]) -> str | None:
        """The first agency named among folded tokens, «ل» before it passed over; the longest spelling wins."""
        for start in range(len(tokens)):
            for length in range(self.longest, 0, -1):
                said = key(tokens[start : start + length])
                bare = said.removeprefix("ل")
                for name in (said, bare, f"ا{bare}"):  # «رويترز», «لرويترز», «للأناضول»
                    if name in self.names:
                        return self.names[name]
        return None

    def sort(self, words: str, own: Iterable[str]) -> Sort:
        """What the words are; `own` are the names the outlet signs itself with. An agency's own name is an agency."""
        if self.agency(words):
            return Sort.AGENCY
        said, rows = key(words), self.rows
        if said in rows["places"]:  # «الرياض - واس» in the paper of that name
            return Sort.PLACE
        if said in rows["own"] or any(said == key(name) for name in own):
            return Sort.OWN
        for sort, row in (
            (Sort.PARTIAL, "partial"),
            (Sort.SECTION, "sections"),
            (Sort.HOMONYM, "homonyms"),
        ):
            if said in rows[row]:
                return sort
        return Sort.OTHER


def load_agencies(extra: Iterable[str] = ()) -> Agencies:
    """The built-in table and the agencies that outlets are (their `agency`).

    Raises:
        FactsError: the table is broken.
    """
    words, added = facts.load(TABLE, AgencyWords), sorted(set(extra))
    spellings = [(spelling, name) for name, said in words.agencies.items() for spelling in (name, *said)]
    spellings += [(name, name) for name in added]
    rows: dict[str, tuple[str, ...]] = words.model_dump(exclude={"agencies", "openers"})
    said = json.dumps([words.model_dump(), added], ensure_ascii=False, sort_keys=True)
    return Agencies(
        words=words,
        names={key(spelling): name for spelling, name in spellings},
        openers={key(word): name for word, name in words.openers.items()},
        extra=tuple(added),
        rows={row: frozenset(map(key, said)) for row, said in rows.items()},
        longest=max(len(arabic.tokens(spelling)) for spelling, _ in spellings),
        digest=hashlib.sha256(said.encode()).hexdigest(),
    )
