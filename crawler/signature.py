"""Who signs a line or is credited by it: its words between marks, and what they are; not where the line stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from archive.records import CreditPlace
from crawler.agencies import Agencies, Sort

# Dashes of every kind, MINUS SIGN, TATWEEL as a dash, bullets, slashes, bar, colon, brackets, quotation marks, commas,
# plus; a full stop only at a word's end, and not behind a single letter: «أ.ف.ب» and «أ. ف. ب» are one name.
MARK = r"(?:[-*•‐-―\u2212\u0640/\\|:()\[\]«»“”\",،+\n]|(?<![\s(«“\"][ء-ي])(?<!^[ء-ي])\.(?=\s|$))"
MARKS = re.compile(rf"(?:(?<!\s)\s+)?{MARK}(?:\s|{MARK})*")  # spaces are looked at from their first one alone
SIGNING = (Sort.AGENCY, Sort.PARTIAL, Sort.OWN, Sort.HOMONYM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who signs or is credited, in what words; `signed` when anybody is, `partial` when a wire without a name is."""

    where: CreditPlace = CreditPlace.DATELINE
    agency: str | None = None
    behind: str | None = None  # the agency that it names as its own source
    words: str | None = None
    partial: bool = False
    signed: bool = False


UNSIGNED = Signature()


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The table and the names that the outlet signs itself with."""

    agencies: Agencies
    own: tuple[str, ...]

    def sort(self, words: str) -> Sort:
        """What the words are."""
        return self.agencies.sort(words, self.own)


def cut(line: str) -> list[str]:
    """The words of a line between its marks."""
    return [words for words in MARKS.split(line) if words and words.strip()]


def sign(words: Sequence[str], desk: Desk) -> Signature:
    """Who signs with these words: the one agency named; of two it is not guessed which one."""
    sorts = {said: desk.sort(said) for said in words}
    named = [said for said, sort in sorts.items() if sort is Sort.AGENCY]
    credited = named or [said for said, sort in sorts.items() if sort in (Sort.PARTIAL, Sort.HOMONYM)]
    agencies = {desk.agencies.agency(said) for said in named}
    return Signature(
        agency=agencies.pop() if len(agencies) == 1 else None,
        words="، ".join(credited) or None,
        partial=len(agencies) > 1 or Sort.PARTIAL in sorts.values(),
        signed=any(sort in SIGNING for sort in sorts.values()),
    )
