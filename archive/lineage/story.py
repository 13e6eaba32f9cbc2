"""All that lineage tells of one story: the tree of its cluster, longer pieces, credits, and what it grew from; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from archive.lineage.chains import Step, chain
from archive.lineage.credits import Check, checks, part_check
from archive.lineage.evidence import Evidence, Pair, is_of_its_house, left_standing, pair
from archive.lineage.matching import Match, Passage, match
from archive.lineage.tree import Link, Tree, grow, likeliest
from archive.lineage.witness import Branch, Houses, Witness


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """An item inside a longer piece. `pair` says which likely came from which; None: nothing tells, or both had it
    from an agency whose text is not held (`unseen`).
    """

    item: str  # the story of the item that the longer piece shares most with
    piece: str
    cluster: str  # the item's
    pair: Pair | None
    match: Match  # the item as source, the longer piece as copy
    unseen: str | None = None
    check: Check | None = None

    @property
    def words(self) -> int:
        """How many words of the longer piece stand in passages of the item."""
        return self.match.words


@dataclass(frozen=True, slots=True, kw_only=True)
class Passing:
    """Another item that has a passage of the story, or the story one of it: who had it earlier, where that is sure."""

    other: str
    words: int  # of the story, in passages
    passages: tuple[Passage, ...]  # `source` is the other one
    earlier: str | None  # story; None: their dates overlap


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """What is told of a story."""

    story: str
    cluster: str
    tree: Tree
    inside: tuple[Inside, ...]
    passing: tuple[Passing, ...]
    checks: tuple[Check, ...]
    chain: tuple[Step, ...]

    @property
    def link(self) -> Link:
        """Where the story itself came from."""
        return self.tree.link(self.story)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A story with all that is held beside it: its cluster, items inside it and pieces around it, its house's texts."""

    story: str
    cluster: str
    branches: tuple[Branch, ...]  # of its cluster, itself among them
    items: tuple[tuple[str, tuple[Branch, ...]], ...]  # clusters of which an item is inside the story
    pieces: tuple[Branch, ...]  # longer pieces that hold an item of its cluster
    shared: tuple[Branch, ...]  # other items with a passage in common
    house: tuple[Witness, ...]  # what the same outlet printed around then


def trace(asked: Asked, houses: Houses) -> Lineage:
    """The lineage of a story, from what is held beside it."""
    tree = grow(asked.branches, houses)
    itself = next(branch for branch in asked.branches if branch.story == asked.story)
    inside = [_inside(grow(branches, houses), itself, cluster, houses) for cluster, branches in asked.items]
    inside += [_inside(tree, piece, asked.cluster, houses) for piece in asked.pieces]
    return Lineage(
        story=asked.story,
        cluster=asked.cluster,
        tree=_less_unseen(tree, asked.story, inside),
        inside=tuple(inside),
        passing=tuple(_passing(other.current, itself.current) for other in asked.shared),
        checks=checks(tree, houses),
        chain=chain(itself.current, asked.house),
    )


def _passing(other: Witness, text: Witness) -> Passing:
    """A passage in common tells no source: both may have it from a third, or from anybody's stock of phrases."""
    found = match(other.text, text.text)
    earlier = next((one.story for one, later in ((other, text), (text, other)) if one.is_before(later)), None)
    return Passing(other=other.story, words=found.words, passages=found.passages, earlier=earlier)


def _inside(items: Tree, piece: Branch, cluster: str, houses: Houses) -> Inside:
    """One longer piece and the item of a cluster that it holds: the likeliest source, whichever way round."""
    found = [pair(item, piece, houses) for item in items.branches]
    chosen = likeliest([one for one in found if one.is_directed])
    nearest = chosen or max(found, key=lambda one: (one.match.words, one.source.story))
    told = Inside(item=nearest.source.story, piece=piece.story, cluster=cluster, pair=chosen, match=nearest.match)
    if chosen is None:
        back = pair(piece, nearest.source, houses)
        return replace(told, pair=back if back.is_directed and _is_believed(back, houses) else None)
    unseen = items.link(told.item).unseen or left_standing(piece.current, houses)
    if chosen.has_dates_alone and (unseen or not _is_believed(chosen, houses)):
        return replace(told, pair=None, unseen=unseen)
    return replace(told, check=part_check(chosen, houses))


def _is_believed(found: Pair, houses: Houses) -> bool:
    """Of two houses the dates alone tell nothing, unless the one calls its text its own."""
    one, other = found.by, found.copy.current
    return not found.has_dates_alone or one.outlet == other.outlet or is_of_its_house(one, houses)


def _less_unseen(tree: Tree, story: str, inside: Iterable[Inside]) -> Tree:
    """A credit that a longer piece left standing is seen where the item that it came with is held."""
    held = {one.pair.source.current.wire for one in inside if one.pair and one.piece == story}
    link = tree.link(story)
    if link.unseen not in held or link.evidence != (Evidence.LEFTOVER,):
        return tree
    plain = replace(link, unseen=None, evidence=())
    return replace(tree, links=tuple(plain if each is link else each for each in tree.links))
