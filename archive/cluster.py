"""Pairs of stories to clusters, and which member stands for each; pure, and the same for any order of arrival."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from archive.likeness.common import Passage
from archive.likeness.copies import is_verbatim
from archive.likeness.fingerprint import Likeness
from archive.records import EdgeKind

_STRENGTH = {kind: strength for strength, kind in enumerate((EdgeKind.COPY, EdgeKind.PART, EdgeKind.SHARED))}


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """What the written total order asks of a story."""

    story: str
    own: bool  # the outlet is the agency that the story credits, or an agency that credits nobody
    earliest: datetime  # lower bound of its publication, UTC

    @property
    def rank(self) -> tuple[bool, datetime, str]:
        """The agency's own story first, then the earliest bound, then the id."""
        return not self.own, self.earliest, self.story


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """Two stories that belong together. Of a part, `inner` is the item and `outer` the longer piece around it.

    `passages` are what their texts have in common, from inner to outer, in words.
    """

    kind: EdgeKind
    inner: str
    outer: str
    inner_text: str  # text digests of the editions compared
    outer_text: str
    likeness: Likeness
    passages: tuple[Passage, ...] = ()

    @property
    def rank(self) -> tuple[int, float, float, str, str]:
        """Of several pairs of editions the best one speaks for two stories.

        A copy goes before a part, a part before a passage; then the likest first.
        """
        alike = self.likeness
        return _STRENGTH[self.kind], -alike.jaccard, -alike.containment, self.inner_text, self.outer_text


def strongest(edges: Iterable[Edge]) -> list[Edge]:
    """The best edge of each two stories, whatever their direction."""
    best: dict[frozenset[str], Edge] = {}
    for edge in edges:
        pair = frozenset((edge.inner, edge.outer))
        if pair not in best or edge.rank < best[pair].rank:
            best[pair] = edge
    return [best[pair] for pair in sorted(best, key=sorted)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What people decided of pairs of stories against the rule: in one cluster, or never in one."""

    together: frozenset[frozenset[str]] = frozenset()
    apart: frozenset[frozenset[str]] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.together or self.apart)


UNDECIDED: Final = Decided()


# Of editions, by story and text digest: equals.key_of and days_of. Equal keys are copies on whatever days.
Words = Mapping[tuple[str, str], tuple[int, int]]
NO_WORDS: Final[Words] = MappingProxyType({})


def components(
    stories: Iterable[str], edges: Iterable[Edge], decided: Decided = UNDECIDED, words: Words = NO_WORDS
) -> list[frozenset[str]]:
    """Stories joined by copies, each story in exactly one set; parts and passages join nothing.

    What people put together is joined first, then texts of equal words, then copies, the likest first. Nothing is
    joined that would bring into one set two stories that people set apart. So the sets are the same for any order, as
    long as all copies are given that reach a story, over others, too; and whichever of equal texts an edge is told of.
    """
    copies = (edge for edge in edges if edge.kind is EdgeKind.COPY)
    sets = _Sets(stories)
    sets.keep_apart(decided.apart)
    for one, other in sorted(map(sorted, decided.together)):
        sets.join(one, other)
    if not sets.foes:
        for edge in copies:
            sets.join(edge.inner, edge.outer)
        return sets.all()
    equal = _Equal(sets, words)
    for edge in sorted(copies, key=equal.rank):
        for inner in equal.ends(edge, edge.inner, edge.inner_text):
            for outer in equal.ends(edge, edge.outer, edge.outer_text):
                sets.join(inner, outer)
    return sets.all()


def linked(pairs: Iterable[tuple[str, str]]) -> list[frozenset[str]]:
    """What hangs together by pairs of stories, whatever keeps some of them apart."""
    sets = _Sets(())
    for one, other in pairs:
        sets.know(one)
        sets.know(other)
        sets.join(one, other)
    return sets.all()


class _Sets:
    """Sets of stories that grow together, but for those that are kept apart."""

    def __init__(self, stories: Iterable[str]) -> None:
        self._above = {story: story for story in stories}
        self.foes: dict[str, set[str]] = {}  # of each set, by its top: stories that may never be in it
        self._of: dict[str, set[str]] = {}  # the members of sets, once there are foes

    def top(self, story: str) -> str:
        """The story that a set is known by as it stands."""
        above = self._above
        while above[story] != story:
            above[story] = above[above[story]]
            story = above[story]
        return story

    def know(self, story: str) -> None:
        """A story, alone as long as it is joined to none."""
        self._above.setdefault(story, story)

    def keep_apart(self, pairs: Iterable[frozenset[str]]) -> None:
        """From here on no two of a pair come into one set; those that are in one already stay."""
        for pair in pairs:
            if pair <= self._above.keys() and len({self.top(story) for story in pair}) > 1:
                for story in pair:
                    self.foes.setdefault(self.top(story), set()).update(pair - {story})
        if self.foes and not self._of:
            for story in self._above:
                self._of.setdefault(self.top(story), set()).add(story)

    def join(self, here: str, there: str) -> None:
        """Make two sets one, unless one of them holds a foe of the other, or one of the stories is not known."""
        if not (here in self._above and there in self._above):
            return
        one, other = sorted((self.top(here), self.top(there)))
        if one == other:
            return
        if self._of:
            if self._of[one] & self.foes.get(other, set()):
                return
            self._of[one] |= self._of.pop(other)
            self.foes.setdefault(one, set()).update(self.foes.pop(other, ()))
        self._above[other] = one

    def all(self) -> list[frozenset[str]]:
        """The sets, by their first stories."""
        found: dict[str, set[str]] = {}
        for story in self._above:
            found.setdefault(self.top(story), set()).add(story)
        return [frozenset(found[story]) for story in sorted(found)]


class _Equal:
    """Equal texts of which people set some apart: who nobody set apart is with the first, whoever comes beside them.

    What is like one of them is like all; it goes to the first of their sets that takes it.
    """

    def __init__(self, sets: _Sets, words: Words) -> None:
        self._words = words
        holders: dict[int, set[str]] = {}
        for (story, _), (key, _) in words.items():
            holders.setdefault(key, set()).add(story)
        several = {key: sorted(found) for key, found in sorted(holders.items()) if len(found) > 1}
        self._of_all = {key: _fitted(sets, found) for key, found in several.items()}
        self._of_days: dict[tuple[int, int], list[str]] = {}
        for (story, _), same in sorted(words.items()):
            if same[0] in several:
                self._of_days.setdefault(same, []).append(story)
        for (key, days), found in self._of_days.items():
            place = {sets.top(one): number for number, one in reversed([*enumerate(self._of_all[key])])}
            tops = {sets.top(one): one for one in reversed(found)}
            self._of_days[key, days] = [tops[top] for top in sorted(tops, key=lambda top: place[top])]

    def ends(self, edge: Edge, story: str, text: str) -> list[str]:
        """One story of each set that holds texts equal to this one; on its days, where days may decide."""
        same = self._words.get((story, text))
        if same is None or same[0] not in self._of_all:
            return [story]
        return self._of_all[same[0]] if is_verbatim(edge.likeness) else self._of_days[same]

    def rank(self, edge: Edge) -> tuple[object, ...]:
        """The likest first; then by the words of both, which stay whoever holds them."""
        both = ((edge.inner, edge.inner_text), (edge.outer, edge.outer_text))
        said = sorted(tuple(map(str, self._words.get((story, text), (text, story)))) for story, text in both)
        return edge.rank[:3], said, edge.inner, edge.outer


def _fitted(sets: _Sets, stories: Iterable[str]) -> list[str]:
    """Each story joined to the first set that takes it; one story of each."""
    found: list[str] = []
    for story in stories:
        for one in found:
            sets.join(one, story)
            if sets.top(one) == sets.top(story):
                break
        else:
            found.append(story)
    return found


def canonical(stories: Iterable[str], members: Mapping[str, Member]) -> str:
    """The first of a cluster's stories in the written total order; its id is the cluster's."""
    return min((members[story] for story in stories), key=lambda member: member.rank).story
