"""What a way of finding copies is worth: weighted precision and recall, look-alikes merged, B-cubed."""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.copies.labelled import LOOK_ALIKES, Labelled, Pair

Together = Callable[[Pair], bool]
DRAWS = 2000
SURE = 1.96  # deviations: an interval that holds the truth 95 times in 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """So many of so many, with Wilson's interval."""

    many: int
    of: int

    @property
    def interval(self) -> tuple[float, float]:
        if not self.of:
            return 0.0, 1.0
        share, square = self.many / self.of, SURE**2 / self.of
        middle = share + square / 2
        reach = SURE * math.sqrt(share * (1 - share) / self.of + square / 4 / self.of)
        return max(0.0, (middle - reach) / (1 + square)), min(1.0, (middle + reach) / (1 + square))

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.many} of {self.of} ({low:.3f}–{high:.3f})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """Over labelled pairs: precision and recall of what is put together, each pair standing for its stratum."""

    precision: float
    recall: float
    merged: Rate  # look-alikes: of one form or with a passage in common, and not one item
    cubed: tuple[float, float]  # B-cubed precision and recall


def worth(labelled: Sequence[Labelled], together: Together) -> Worth:
    """What one way makes of labelled pairs. Where two judges part, each label counts half."""
    put = [each for each in labelled if together(each.pair)]
    right = sum(each.weight * each.copy for each in put)
    alike = [each for each in labelled if each.called(LOOK_ALIKES)]
    return Worth(
        precision=right / (sum(each.weight for each in put) or 1),
        recall=right / sum(each.weight * each.copy for each in labelled),
        merged=Rate(many=sum(together(each.pair) for each in alike), of=len(alike)),
        cubed=_cubed_of_pairs(labelled, together),
    )


def bounds(labelled: Sequence[Labelled], together: Together) -> tuple[tuple[float, float], tuple[float, float]]:
    """Intervals of precision and of recall that hold 95 of 100 draws of as many pairs again from each stratum."""
    strata: dict[str, list[Labelled]] = defaultdict(list)
    for each in labelled:
        strata[each.stratum].append(each)
    put = {each.pair: together(each.pair) for each in labelled}
    chance = random.Random(DRAWS)
    drawn = [
        worth([chance.choice(pairs) for pairs in strata.values() for _ in pairs], put.__getitem__) for _ in range(DRAWS)
    ]
    rarest = DRAWS // 40
    precisions, recalls = sorted(each.precision for each in drawn), sorted(each.recall for each in drawn)
    return (precisions[rarest], precisions[-1 - rarest]), (recalls[rarest], recalls[-1 - rarest])


def _cubed_of_pairs(labelled: Iterable[Labelled], together: Together) -> tuple[float, float]:
    """B-cubed over the articles of labelled pairs: each article is judged by those it was labelled with, and itself."""
    put, true, both, weight = (defaultdict[str, float](lambda: 1.0) for _ in range(4))
    for each in labelled:
        for name in each.pair:
            put[name] += together(each.pair)
            true[name] += each.copy
            both[name] += each.copy * together(each.pair)
            weight[name] = each.weight
    total = sum(weight.values())
    precision = sum(weight[name] * both[name] / put[name] for name in weight) / total
    return precision, sum(weight[name] * both[name] / true[name] for name in weight) / total


def cubed(made: Mapping[str, Hashable], true: Mapping[str, Hashable]) -> tuple[float, float]:
    """B-cubed precision and recall of a whole grouping: who each text is put with, and whom it belongs with."""
    here, there = _groups(made), _groups(true)
    shared = {name: len(here[made[name]] & there[true[name]]) for name in true}
    precision = sum(shared[name] / len(here[made[name]]) for name in true) / len(true)
    return precision, sum(shared[name] / len(there[true[name]]) for name in true) / len(true)


def _groups(names: Mapping[str, Hashable]) -> dict[Hashable, set[str]]:
    found: dict[Hashable, set[str]] = defaultdict(set)
    for name, group in names.items():
        found[group].add(name)
    return found
