"""From texts that belong together to who likely had each from whom, among what is held; pure, order-free.

Every tree may have a source that is not held. Where nothing says which of two came from the other, they stay siblings.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from archive.arabic import tokens
from archive.likeness.fingerprint import shingles, skeleton
from archive.likeness.passages import PASSAGE
from archive.lineage.evidence import Evidence, Pair, is_of_its_house, left_standing, pair
from archive.lineage.matching import Match
from archive.lineage.variants import beats
from archive.lineage.witness import Branch, Houses
from archive.records import Kind

CANDIDATES: Final = 8  # of each text, the others most like it that are looked at word by word
SEVERAL: Final = 2  # other houses that have an item: then the dates alone tell nothing between any two
EXTRA: Final = 6  # words of its own that a later text may have and still be taken for a copy by the dates alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Where a text likely came from, among what is held: `pair`, or a source that is not (`unseen`), or neither.

    `unseen` is the agency's name; empty: no name is known. `alike` are held texts that would do as well.
    """

    copy: Branch
    pair: Pair | None = None
    unseen: str | None = None
    evidence: tuple[Evidence, ...] = ()
    alike: tuple[str, ...] = ()

    @property
    def source(self) -> str | None:
        """The story it likely came from."""
        return self.pair.source.story if self.pair else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Siblings:
    """Two texts that share passages, of which nothing says which came from the other."""

    one: str
    edition: int  # of the first one, that most of the second one stands in
    other: str
    match: Match  # the first one's edition as source
    why: str

    @property
    def words(self) -> int:
        """How many words of the second one stand in passages of the first."""
        return self.match.words


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """The texts of one item: by earliest bound, then id."""

    branches: tuple[Branch, ...]
    links: tuple[Link, ...]  # one for each branch
    siblings: tuple[Siblings, ...]
    earliest: tuple[str, ...]  # the earliest held; several when their dates overlap

    def link(self, story: str) -> Link:
        """Where one of them came from. Raises KeyError."""
        return {each.copy.story: each for each in self.links}[story]


def grow(given: Iterable[Branch], houses: Houses) -> Tree:
    """The tree of some stories that print one item."""
    branches = tuple(sorted(given, key=lambda one: (one.current.earliest, one.current.latest, one.story)))
    pairs = {(one.source.story, one.copy.story): one for one in _pairs(branches, houses)}
    links = {branch.story: _link(branch, pairs, houses) for branch in branches}
    _with_siblings_credits(links, pairs)
    _without_circles(links)
    return Tree(
        branches=branches,
        links=tuple(links[branch.story] for branch in branches),
        siblings=tuple(_siblings(branches, pairs, links, houses)),
        earliest=earliest(branches),
    )


def earliest(branches: Sequence[Branch]) -> tuple[str, ...]:
    """Those before which no other was surely published; one alone is the earliest held."""

    def is_after_another(one: Branch) -> bool:
        return any(other.current.is_before(one.current) for other in branches if other is not one)

    return tuple(one.story for one in branches if not is_after_another(one))


def _pairs(branches: Sequence[Branch], houses: Houses) -> Iterator[Pair]:
    """Each text with those others that share most of its words, both ways round."""
    sets = {one.story: shingles(tuple(map(skeleton, tokens(one.current.text)))) for one in branches}
    for copy in branches:
        others = [number for number, one in enumerate(branches) if one is not copy]
        shared = {number: len(sets[copy.story] & sets[branches[number].story]) for number in others}
        ranked = sorted(others, key=lambda number: (-shared[number], number))
        own = [number for number in ranked if branches[number].current.own]
        for number in dict.fromkeys((*ranked[:CANDIDATES], *own[:CANDIDATES])):
            found = pair(branches[number], copy, houses)
            if found.match.words >= PASSAGE:
                yield found


def _link(branch: Branch, pairs: Mapping[tuple[str, str], Pair], houses: Houses) -> Link:
    """By its own credits and what is held; credits of siblings come after."""
    directed = [one for (_, copy), one in sorted(pairs.items()) if copy == branch.story and one.is_directed]
    stated = _unheld(branch, directed, houses)
    printed_by = {one.source.current.outlet for (_, copy), one in pairs.items() if copy == branch.story}
    chosen, alike = _chosen(_believed(directed, printed_by, houses))
    if stated is not None and (chosen is None or chosen.has_dates_alone):
        name, evidence = stated
        return Link(copy=branch, unseen=name, evidence=(evidence,))
    if chosen is None:
        return Link(copy=branch)
    # What a text shares with a source against a wire is that source's own; against a mere sibling it may be the wire's.
    others = [one for one in directed if one is not chosen and not one.has_dates_alone]
    varied = (Evidence.VARIANTS,) if any(beats(chosen, one) for one in others) else ()
    return Link(copy=branch, pair=chosen, evidence=(*chosen.evidence, *varied), alike=alike)


def _believed(directed: Sequence[Pair], printed_by: Collection[str], houses: Houses) -> list[Pair]:
    """Where dates alone speak, a text that has much of its own may as well have it from a source that is not held, and
    so may one that several other houses have too, or that the other house does not call its own: papers that print a
    wire do so one after the other. Whoever prints a document has it from its author.
    """
    if any(not one.has_dates_alone for one in directed):
        return list(directed)
    if any(one.copy.current.kind is Kind.DOCUMENT for one in directed):
        return []
    mine = {one.copy.current.outlet for one in directed}
    are_few = len({*printed_by} - mine) < SEVERAL
    others = [one for one in directed if are_few and is_of_its_house(one.by, houses)]
    return [one for one in directed if (one in others or one.source.current.outlet in mine) and one.extra() < EXTRA]


def _unheld(branch: Branch, directed: Collection[Pair], houses: Houses) -> tuple[str, Evidence] | None:
    """The agency that a text credits, or whose credit it left standing, where no source of it is that agency's."""
    copy = branch.current
    held = {one.source.current.wire for one in directed}
    if copy.agency is not None and copy.agency != copy.wire:
        return None if copy.agency in held else (copy.agency, Evidence.CREDIT)
    if copy.own:
        return None
    left = left_standing(copy, houses)
    return None if left is None or left in held else (left, Evidence.LEFTOVER)


def _chosen(directed: Sequence[Pair]) -> tuple[Pair | None, tuple[str, ...]]:
    """The likeliest of several sources, and those that would do as well."""
    if not directed:
        return None, ()
    unbeaten = [one for one in directed if not any(beats(other, one) for other in directed if other is not one)]
    unbeaten = unbeaten or list(directed)
    best = min(unbeaten, key=_prior)
    alike = [one for one in unbeaten if one is not best and one.match.words == best.match.words]
    return best, tuple(sorted(one.source.story for one in alike))


def likeliest(directed: Sequence[Pair]) -> Pair | None:
    """The likeliest of several sources; None of none."""
    return _chosen(directed)[0]


def _prior(one: Pair) -> tuple[bool, bool, bool, int, object, str]:
    """Where words do not tell: whom it credits, whose name it left, an agency's own item, most words, the earliest."""
    missing = (each not in one.evidence for each in (Evidence.CREDIT, Evidence.LEFTOVER, Evidence.OWN))
    credit, leftover, own = missing
    return credit, leftover, own, -one.match.words, one.source.current.earliest, one.source.story


def _with_siblings_credits(links: dict[str, Link], pairs: Mapping[tuple[str, str], Pair]) -> None:
    """Texts without a source but the dates', that share passages with one of an unseen source, share that source."""
    named = {story: link.unseen for story, link in links.items() if link.unseen}
    for story in sorted(links):
        link = links[story]
        if link.unseen or link.copy.current.own or link.evidence not in ((), (Evidence.DATES,)):
            continue
        akin = {one.source.story for (_, copy), one in pairs.items() if copy == story}
        names = {named[other] for other in akin if other in named}
        if len(names) == 1:
            links[story] = Link(copy=link.copy, unseen=names.pop(), evidence=(Evidence.SIBLING,))


def _without_circles(links: dict[str, Link]) -> None:
    """Where sources lead round to where they began, nothing is said of any of them."""
    for story in sorted(links):
        way = [story]
        while (source := links[way[-1]].source) is not None and source not in way:
            way.append(source)
        if source is not None:
            for each in way[way.index(source) :]:
                links[each] = Link(copy=links[each].copy)


def _siblings(
    branches: Sequence[Branch], pairs: Mapping[tuple[str, str], Pair], links: Mapping[str, Link], houses: Houses
) -> Iterator[Siblings]:
    """Pairs that share passages, neither of which came from the other or, through others, from an ancestor of its."""
    for number, one in enumerate(branches):
        for other in branches[number + 1 :]:
            found = pairs.get((one.story, other.story))
            if found is None or links[other.story].source == one.story or links[one.story].source == other.story:
                continue
            if _above(one.story, links) & _above(other.story, links):
                continue  # they share a held source, which the links tell
            if one.story in _above(other.story, links) or other.story in _above(one.story, links):
                continue
            why = _why(found, links, is_own=is_of_its_house(found.by, houses))
            yield Siblings(one=one.story, edition=found.by.edition, other=other.story, match=found.match, why=why)


def _above(story: str, links: Mapping[str, Link]) -> set[str]:
    found: set[str] = set()
    while (source := links[story].source) is not None:
        story = source
        found.add(story)
    return found


def _why(found: Pair, links: Mapping[str, Link], *, is_own: bool) -> str:
    unseen = {links[each.story].unseen for each in (found.source, found.copy)}
    if found.evidence and found.against:
        return "the evidence is on both sides"
    if len(unseen) == 1 and None not in unseen:
        return "both from a source that is not held"
    if found.has_dates_alone and found.extra() >= EXTRA:
        return f"the later one has {found.extra()} words in sentences that the earlier one lacks"
    if found.has_dates_alone and not is_own:
        return "only the dates tell, and the earlier one does not say that it is its house's own work"
    if found.has_dates_alone:
        return "several houses have it, and the dates alone tell nothing of any two"
    return "their dates overlap, and no credit tells"
