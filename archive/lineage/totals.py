"""What copies of wires add up to, by outlet and month: credits and loaded words, each share with n and interval; pure.

Counted are copies, not words: a copy that says one thing five times has decided once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from archive.lineage.credits import Check, Stated
from archive.lineage.swaps import Against
from archive.proportions import Share, share


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A copy of a wire that is held: how it credits it, and how it differs."""

    check: Check
    against: Against


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Of the copies whose wire says one side of a pair in its narration, those that say another side instead."""

    pair: str
    wire: str
    outlet: str
    share: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """One outlet in one month, or in all (`month` None)."""

    outlet: str
    month: str | None
    copies: int
    stated: tuple[tuple[Stated, Share], ...]
    swapped: Share  # copies with a wording of the outlet's own in place of the wire's, quotes left out
    requoted: Share  # copies in which somebody's quoted words are others than in every held version of the wire
    turns: tuple[Turn, ...]


def totals(given: Iterable[Judged]) -> tuple[Total, ...]:
    """Each outlet's months, then all of them together, by outlet."""
    found: dict[tuple[str, str], list[Judged]] = defaultdict(list)
    for one in given:
        found[one.against.copy.outlet, one.against.copy.month].append(one)
    made = []
    for outlet in sorted({outlet for outlet, _ in found}):
        months = sorted(month for name, month in found if name == outlet)
        made += [_total(outlet, month, found[outlet, month]) for month in months]
        made.append(_total(outlet, None, [one for month in months for one in found[outlet, month]]))
    return tuple(made)


def _total(outlet: str, month: str | None, several: list[Judged]) -> Total:
    n = len(several)
    return Total(
        outlet=outlet,
        month=month,
        copies=n,
        stated=tuple((stated, share(sum(one.check.stated is stated for one in several), n)) for stated in Stated),
        swapped=share(sum(bool(one.against.narration) for one in several), n),
        requoted=share(sum(bool(one.against.quotes) for one in several), n),
        turns=tuple(_turns(several)),
    )


def _turns(several: Iterable[Judged]) -> Iterable[Turn]:
    chances: dict[tuple[str, str], int] = defaultdict(int)
    taken: dict[tuple[str, str, str], int] = defaultdict(int)
    for one in several:
        for each in {(chance.pair, chance.side) for chance in one.against.chances}:
            chances[each] += 1
        for turn in {(each.pair, each.wire, each.outlet) for swap in one.against.narration for each in swap.loaded}:
            taken[turn] += 1
    for pair, wire, outlet in sorted(taken):
        n = max(chances[pair, wire], taken[pair, wire, outlet])
        yield Turn(pair=pair, wire=wire, outlet=outlet, share=share(taken[pair, wire, outlet], n))
    for pair, wire in sorted(set(chances) - {(pair, wire) for pair, wire, _ in taken}):
        yield Turn(pair=pair, wire=wire, outlet="another", share=share(0, chances[pair, wire]))
