"""A copy against every held text of its wire: which wording is the outlet's own, quotes apart from narration; pure.

Wires send takes and corrections: what any held version of the wire says is the wire's wording. Every answer says how
many versions are held.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from archive.likeness.edits import Edit, Sort, edits, quotations
from archive.likeness.sentences import Aligned
from archive.likeness.units import units
from archive.likeness.wording import Op, Span
from archive.lineage.loaded import Pairs, Phrase
from archive.lineage.matching import match, sentences
from archive.lineage.witness import Witness

SWAPPED: Final = 8  # words on either side; a longer one was told anew
_WORDINGS: Final = frozenset({Sort.REWORDING, Sort.ATTRIBUTION, Sort.QUOTE, Sort.NUMBER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A pair of the table, and which side of it either text took."""

    pair: str
    wire: str  # sides
    outlet: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """Words of the wire with others in their place that no held version of it has."""

    before: Span
    after: Span
    sort: Sort
    quoted: bool  # in quotation marks in either text
    loaded: tuple[Loaded, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """A side of a pair in the wire's narration, where the copy goes on with the wire: kept, or said otherwise."""

    pair: str
    side: str
    kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """A copy held against its wire."""

    copy: Witness
    nearest: Witness  # the version that differs least
    versions: tuple[Witness, ...]  # all that are held
    title: tuple[Edit, ...]
    text: tuple[Edit, ...]  # against the nearest
    sentences: tuple[Aligned, ...]
    swaps: tuple[Swap, ...]
    chances: tuple[Chance, ...]

    @property
    def narration(self) -> tuple[Swap, ...]:
        """Swaps outside quotation marks."""
        return tuple(swap for swap in self.swaps if not swap.quoted)

    @property
    def quotes(self) -> tuple[Swap, ...]:
        """Swaps within quotation marks: somebody's words were changed."""
        return tuple(swap for swap in self.swaps if swap.quoted)


def against(copy: Witness, versions: Sequence[Witness], pairs: Pairs) -> Against:
    """A copy against all held versions of its wire, at least one."""
    several = tuple(sorted(versions, key=lambda one: (one.earliest, one.story, one.edition)))
    nearest = min(several, key=lambda one: (_apart(one, copy), one.story, -one.edition))
    found = edits(nearest.text, copy.text)
    others = [_changed(one, copy) for one in several if one is not nearest]
    swaps = tuple(_swaps(nearest, copy, found, others, pairs))
    return Against(
        copy=copy,
        nearest=nearest,
        versions=several,
        title=edits(nearest.title, copy.title, is_heading=True),
        text=found,
        sentences=sentences(nearest.text, copy.text, (nearest.opening, copy.opening)),
        swaps=swaps,
        chances=tuple(_chances(nearest, found, swaps, pairs)),
    )


@lru_cache(maxsize=256)
def _edits(one: str, other: str) -> tuple[Edit, ...]:
    return edits(one, other)


def _apart(version: Witness, copy: Witness) -> int:
    """Words by which two texts differ; what the copy lacks weighs nothing, for it may be cut from any version."""
    found = _edits(version.text, copy.text)
    return (
        sum(edit.words for edit in found if edit.sort not in (Sort.REMOVAL, Sort.CUT))
        - match(version.text, copy.text).words
    )


def _changed(version: Witness, copy: Witness) -> list[tuple[int, int]]:
    """Where the copy has other words than this version: spans of the copy."""
    apart = (each.change for each in _edits(version.text, copy.text) if each.change.op not in (Op.MOVED, Op.RESPELLED))
    return [(change.after.start, change.after.end) for change in apart]


def _swaps(
    wire: Witness, copy: Witness, found: Iterable[Edit], others: Sequence[Sequence[tuple[int, int]]], pairs: Pairs
) -> Iterator[Swap]:
    heads = len(wire.opening), len(copy.opening)
    quoted = _quoted(wire.text), _quoted(copy.text)
    for edit in found:
        before, after = edit.change.before, edit.change.after
        if edit.change.op is not Op.REPLACED or edit.sort not in _WORDINGS or edit.words > SWAPPED:
            continue
        if before.start < heads[0] or after.start < heads[1] or any(_is_held(after, spans) for spans in others):
            continue
        within = _is_within(before, quoted[0]) or _is_within(after, quoted[1])
        yield Swap(
            before=before,
            after=after,
            sort=edit.sort,
            quoted=within,
            loaded=tuple(_loaded(wire.text, copy.text, before, after, pairs)),
        )


def _is_held(after: Span, changed: Iterable[tuple[int, int]]) -> bool:
    """Whether another version has the copy's wording at that place: nothing of it differs there."""
    return not any(start < after.end and after.start < end for start, end in changed)


@lru_cache(maxsize=512)
def _quoted(text: str) -> tuple[tuple[int, int], ...]:
    return tuple(quotations(text, units(text)))


def _is_within(span: Span, quoted: Iterable[tuple[int, int]]) -> bool:
    end = span.start + len(span.words.rstrip())
    start = span.end - len(span.words.lstrip())
    return any(begin <= start and end <= stop for begin, stop in quoted)


def _loaded(wire: str, copy: str, before: Span, after: Span, pairs: Pairs) -> Iterator[Loaded]:
    """The pairs of which the wire has one side at that place and the copy another."""
    here, there = _touching(wire, before, pairs), _touching(copy, after, pairs)
    found = {
        Loaded(pair=one.pair, wire=one.side, outlet=other.side)
        for one in here
        for other in there
        if one.pair == other.pair and one.side != other.side
    }
    return iter(sorted(found, key=lambda each: (each.pair, each.wire, each.outlet)))


def _touching(text: str, span: Span, pairs: Pairs) -> list[Phrase]:
    return [each for each in pairs.in_text(text) if each.start < span.end and span.start < each.end]


def _chances(wire: Witness, found: Sequence[Edit], swaps: Sequence[Swap], pairs: Pairs) -> Iterator[Chance]:
    """Phrases of the wire outside quotation marks that the copy could keep: sentences left out are no chance."""
    quoted = _quoted(wire.text)
    for each in pairs.in_text(wire.text):
        if any(begin <= each.start and each.end <= stop for begin, stop in quoted):
            continue
        touched = [edit for edit in found if _touches(edit, each)]
        if not touched:
            yield Chance(pair=each.pair, side=each.side, kept=True)
            continue
        swap = next((one for one in swaps if one.before.start < each.end and each.start < one.before.end), None)
        if swap and any(one.pair == each.pair and one.wire == each.side for one in swap.loaded):
            yield Chance(pair=each.pair, side=each.side, kept=False)


def _touches(edit: Edit, phrase: Phrase) -> bool:
    before = edit.change.before
    return (
        edit.sort is not Sort.SPELLING
        and edit.sort is not Sort.MOVE
        and before.start < phrase.end
        and phrase.start < before.end
    )
