"""Whether two people who coded the same things agree, beyond what chance would give; pure.

Krippendorff's alpha for nominal labels and two coders (Computing Krippendorff's Alpha-Reliability, 2011).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """`pairs`: both labels of each thing that both coded, counted. `alpha` is None where all labels are one."""

    pairs: Counter[tuple[str, str]]
    alpha: float | None

    @property
    def coded(self) -> int:
        """Things that both coded."""
        return self.pairs.total()

    @property
    def same(self) -> int:
        """Things that both gave the same label."""
        return sum(number for (one, other), number in self.pairs.items() if one == other)


def agreement(labels: Sequence[tuple[str, str]]) -> Agreement:
    """How two coders' labels of the same things agree."""
    pairs = Counter(labels)
    return Agreement(pairs=pairs, alpha=_alpha(pairs))


def _alpha(pairs: Counter[tuple[str, str]]) -> float | None:
    """1 - observed disagreement / the disagreement that is expected when the same labels are dealt out by chance."""
    given: Counter[str] = Counter()
    for (one, other), number in pairs.items():
        given[one] += number
        given[other] += number
    total = given.total()
    by_chance = total * total - sum(number * number for number in given.values())
    if not by_chance:
        return None
    differ = 2 * sum(number for (one, other), number in pairs.items() if one != other)
    return 1 - (total - 1) * differ / by_chance
