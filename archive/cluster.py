"""Pairs of stories to clusters, and which member stands for each; pure, and the same for any order of arrival."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from archive.likeness.common import Passage
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


def components(stories: Iterable[str], edges: Iterable[Edge]) -> list[frozenset[str]]:
    """Stories joined by copies, each story in exactly one set; parts and passages join nothing."""
    above = {story: story for story in stories}

    def top(story: str) -> str:
        while above[story] != story:
            above[story] = above[above[story]]
            story = above[story]
        return story

    for edge in edges:
        if edge.kind is EdgeKind.COPY:
            one, other = sorted((top(edge.inner), top(edge.outer)))
            above[other] = one
    found: dict[str, set[str]] = {}
    for story in above:
        found.setdefault(top(story), set()).add(story)
    return [frozenset(found[story]) for story in sorted(found)]


def canonical(stories: Iterable[str], members: Mapping[str, Member]) -> str:
    """The first of a cluster's stories in the written total order; its id is the cluster's."""
    return min((members[story] for story in stories), key=lambda member: member.rank).story
