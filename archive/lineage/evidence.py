"""What says which of two texts came from the other: dates, credits, names left standing; pure, a refusal is an answer.

Evidence on both sides refuses a direction, and so does none.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from archive.likeness.sentences import Aligned, Fate
from archive.lineage.matching import Match, Named, bones, key_of, match, named, sentences, signed_in, signs_at_its_edges
from archive.lineage.witness import Branch, Houses, Witness
from archive.records import Kind

VERSIONS: Final = 5  # editions of a source that are looked at: its first, and the last ones
OWN_WORDS: Final = 6  # a sentence with fewer is a credit line, no news
_HEAD: Final = re.compile(r"(?:^|\n)[^\n]{0,60}$")  # a dateline stands near a paragraph's head
_CLOSES: Final = re.compile(r"\)\s*[-–—:ـ]")


class Evidence(StrEnum):
    """What speaks for a source. The list is closed."""

    DATES = "dates"  # the one was surely published before the other
    CREDIT = "stated credit"  # the copy credits the source's house
    LEFTOVER = "leftover credit"  # the source's house signs in words that both have
    OWN = "an agency's own item"  # the source is an agency's own text, and the copy no agency's
    VARIANTS = "shared variants"  # it has words, or lacks sentences, as the source alone does
    SIBLING = "a sibling's credit"  # a text of the same words credits it


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A text and another one that may be its source, by the edition that has most of it."""

    source: Branch
    copy: Branch
    by: Witness  # the edition of the source that is compared
    match: Match
    evidence: tuple[Evidence, ...]  # that the copy came from the source
    against: tuple[Evidence, ...]  # that the source came from the copy

    @property
    def is_directed(self) -> bool:
        """Whether something says that the copy came from the source, and nothing the contrary."""
        return bool(self.evidence) and not self.against

    @property
    def has_dates_alone(self) -> bool:
        """Whether nothing but the order of publication speaks for it."""
        return self.evidence == (Evidence.DATES,)

    def sentences(self) -> tuple[Aligned, ...]:
        """What became of the source's sentences in the copy."""
        copy = self.copy.current
        return sentences(self.by.text, copy.text, (self.by.opening, copy.opening))

    def extra(self) -> int:
        """Words of the copy in sentences that the source has not, credit lines left out."""
        added = (each for each in self.sentences() if each.fate is Fate.ADDED)
        return sum(each.words for each in added if each.words >= OWN_WORDS)


def pair(source: Branch, copy: Branch, houses: Houses) -> Pair:
    """Two stories held against each other as source and copy."""
    by, found = _best(source, copy)
    evidence = tuple(_for(by, copy.current, found, houses))
    against = tuple(_for(copy.current, by, match(copy.current.text, by.text), houses))
    if _is_passed_on(evidence):  # an agency's item, and yet none of its own
        against = tuple(each for each in against if each is not Evidence.OWN)
    return Pair(source=source, copy=copy, by=by, match=found, evidence=evidence, against=against)


def _is_passed_on(evidence: Collection[Evidence]) -> bool:
    """Whether a text was surely published after another one whose house it names."""
    return Evidence.DATES in evidence and not {Evidence.CREDIT, Evidence.LEFTOVER}.isdisjoint(evidence)


def is_of_its_house(text: Witness, houses: Houses) -> bool:
    """Whether a text is its house's own work by what it says: a writer's name, or the house's where it signs.

    An agency's text that credits nobody is its own without that.
    """
    if text.own:
        return True
    if text.partial or text.agency not in (None, text.wire):
        return False
    names = houses.of_outlet(text)
    if text.byline and next(named(text.byline, names), None) is None:
        return True
    return any(each.signed for each in named(text.text, names, houses.plain))


def _best(source: Branch, copy: Branch) -> tuple[Witness, Match]:
    """The edition of the source that most of the copy's words stand in; of several the one last seen."""
    several = {each.text_digest: each for each in (*source.versions[:1], *source.versions[1 - VERSIONS :])}
    several[source.current.text_digest] = source.current
    found = [(each, match(each.text, copy.current.text)) for each in several.values()]
    return max(found, key=lambda one: (one[1].words, one[0].edition == source.current.edition, one[0].edition))


def _for(source: Witness, copy: Witness, found: Match, houses: Houses) -> Iterator[Evidence]:
    if source.is_before(copy):
        yield Evidence.DATES
    if is_credited(copy, source, houses):
        yield Evidence.CREDIT
    elif _has_leftover(source, copy, found, houses):
        yield Evidence.LEFTOVER
    if source.own and copy.wire is None and Kind.DOCUMENT not in (source.kind, copy.kind):
        yield Evidence.OWN  # a communiqué is nobody's own but its author's


def is_credited(copy: Witness, source: Witness, houses: Houses) -> bool:
    """Whether a text credits the house of another: as its agency, or by name in byline, credit or closing line."""
    if copy.outlet == source.outlet:
        return False
    if source.wire is not None and source.wire in (copy.agency, *copy.chain):
        return True
    if copy.agency not in (None, copy.wire):
        return False  # it names another one
    return signs_at_its_edges(copy.text, copy.byline, copy.credit, houses.of_outlet(source))


def _has_leftover(source: Witness, copy: Witness, found: Match, houses: Houses) -> bool:
    """Whether the source's house signs in words that the copy shares with it; not where both are of one house."""
    names = [name for name in houses.of_outlet(source) if name not in houses.of_outlet(copy)]
    return copy.outlet != source.outlet and bool(names) and signed_in(found, names, houses.plain)


def left_standing(copy: Witness, houses: Houses) -> str | None:
    """The one agency, not its own, whose dateline or reporter a text left standing inside; None of none or several."""
    others = set(houses.agencies) - {copy.wire, *houses.outlets.get(copy.outlet, ())}
    spelled = {spelling: name for name in sorted(others) for spelling in houses.of_agency(name)}
    agencies = {key_of(spelling): name for spelling, name in spelled.items()}
    hits = list(named(copy.text, spelled, houses.plain))
    found = {agencies[each.name] for each in hits if _stands(copy.text, each)} | set(copy.leftover)
    return found.pop() if len(found) == 1 else None


def _stands(text: str, name: Named) -> bool:
    """A name that somebody told something to, or in a bracket near a paragraph's head with a dash behind it."""
    given = bones(text)
    start, end = given[name.first].start, given[name.last].end
    bracketed = text[:start].endswith("(") and _CLOSES.match(text[end : end + 4].lstrip()) is not None
    return name.told or (bracketed and _HEAD.search(text[:start]) is not None)
