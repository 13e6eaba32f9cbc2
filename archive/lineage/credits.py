"""What a copy says of its wire, held against where its words stand: precision before recall; pure.

Only a copy whose wire is held, that shares enough with it, and that no evidence says came before it, is judged. What is
told is of one capture: the credit may have stood elsewhere on the page, or in another edition.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from archive.lineage.evidence import Pair
from archive.lineage.matching import match, named, signed_in, signs_at_its_edges, words_of
from archive.lineage.tree import Tree
from archive.lineage.witness import Branch, Houses, Witness
from archive.records import Kind

LEAST_WORDS: Final = 25  # in passages; fewer prove no wire
LEAST_SHARE: Final = 0.4  # of the copy's words, or of an item inside a longer piece
PART_SHARE: Final = 0.6


class Stated(StrEnum):
    """What a copy says of its wire. The list is closed."""

    CREDITED = "credited"
    PARTIAL = "partial"  # a wire without a name («وكالات»), or its name in the text and not as a source
    NONE = "no credit found in this capture"
    OTHER = "credit names another"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A copy and its wire: what was found, and the words that say so."""

    story: str
    wire: str  # the agency's name
    source: str  # its story
    stated: Stated
    said: str | None
    words: int  # of the copy, in passages that stand in the wire's text


def checks(tree: Tree, houses: Houses) -> tuple[Check, ...]:
    """Every copy of a tree that can be judged."""
    found = []
    for link in tree.links:
        wire = wire_above(link.copy.story, tree)
        check = judged(link.copy, wire, houses) if wire else None
        if check:
            found.append(check)
    return tuple(found)


def wire_above(story: str, tree: Tree) -> Branch | None:
    """The nearest text of an agency that a copy's sources lead to, its own or passed on."""
    link = tree.link(story)
    while link.pair is not None:
        if link.pair.source.current.wire is not None:
            return link.pair.source
        link = tree.link(link.pair.source.story)
    return None


def judged(copy: Branch, wire: Branch, houses: Houses, *, inside: bool = False) -> Check | None:
    """One copy against an agency's text, or a longer piece against an item `inside` it; None: no judgement."""
    one, other = copy.current, wire.current
    if other.wire is None or one.wire == other.wire or Kind.DOCUMENT in (one.kind, other.kind):
        return None
    found = match(other.text, one.text)
    whole, share = (words_of(other.text), PART_SHARE) if inside else (words_of(one.text), LEAST_SHARE)
    if found.words < min(LEAST_WORDS, whole) or found.words < share * whole:
        return None
    stated, said = _stated(one, other, other.wire, houses)
    return Check(story=copy.story, wire=other.wire, source=wire.story, stated=stated, said=said, words=found.words)


def part_check(pair: Pair, houses: Houses) -> Check | None:
    """A longer piece that holds an agency's own item."""
    return judged(pair.copy, pair.source, houses, inside=True) if pair.source.current.own else None


def _stated(copy: Witness, wire: Witness, name: str, houses: Houses) -> tuple[Stated, str | None]:
    names = houses.of_agency(name)
    if name in (copy.agency, *copy.chain):
        return Stated.CREDITED, copy.credit
    at_its_edges = signs_at_its_edges(copy.text, copy.byline, copy.credit, names)
    if at_its_edges or signed_in(match(wire.text, copy.text), names, houses.plain):
        return Stated.CREDITED, copy.credit or name
    if copy.agency is not None:
        # The wire may have had it from there itself.
        passed_on = copy.agency in (wire.agency, *wire.chain) or next(
            named(wire.text, houses.of_agency(copy.agency)), None
        )
        return (Stated.CREDITED if passed_on else Stated.OTHER), copy.credit or copy.agency
    if copy.partial:
        return Stated.PARTIAL, copy.credit
    if next(named(copy.text, names), None):
        return Stated.PARTIAL, name
    return Stated.NONE, None
