"""What hints missed, told from a sample: how many of the stories refused unseen are on topic, with its bounds; pure.

Interval: Clopper and Pearson's construction (Biometrika 26, 1934) on the hypergeometric distribution, for the sample is
drawn without replacement from a counted number of stories. Every number of stories on topic is in it under which what
the sample showed, or more extreme, is no less likely than half of what the level leaves, on either side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import exp, fsum, lgamma
from typing import Final

LEVEL: Final = 0.95
METHOD: Final = "exact hypergeometric (Clopper-Pearson's construction)"
NEARLY: Final = 1e-9  # relative: the sums below are of floating point


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Stories of an outlet and a year that their hints refused, each counted once.

    `unseen` were never looked at, `looked` are the sample of them that was, `on_topic` of those were on topic. `year`
    is None where no listing dates them.
    """

    outlet: str
    year: int | None
    unseen: int
    looked: int
    on_topic: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """How many of the unseen stories are on topic: between `low` and `high`, at the level; `likely` is the sample's
    share of them, None where nothing was looked at.
    """

    refused: Refused
    likely: float | None
    low: int
    high: int
    level: float = LEVEL
    method: str = METHOD


def missed(refused: Refused, level: float = LEVEL) -> Missed:
    """What the sample says of the stories that nobody looked at.

    Raises:
        ValueError: the counts are impossible, or the level is no probability.
    """
    unseen, looked, found = refused.unseen, refused.looked, refused.on_topic
    if not 0 <= found <= looked or unseen < 0 or not 0 < level < 1:
        raise ValueError(f"no sample: {refused}")
    low, high = interval(unseen + looked, looked, found, level)
    return Missed(
        refused=refused,
        likely=unseen * found / looked if looked else None,
        low=low - found,
        high=high - found,
        level=level,
    )


def interval(stories: int, looked: int, found: int, level: float = LEVEL) -> tuple[int, int]:
    """Bounds on how many of so many stories are on topic, when of those looked at so many were found to be."""
    rest = (1 - level) / 2
    fewest, most = found, stories - (looked - found)  # what was seen stands

    def allows_few(number: int) -> bool:
        return _at_most(number, stories, looked, found - 1) <= (1 - rest) * (1 + NEARLY)

    def allows_many(number: int) -> bool:
        return _at_most(number, stories, looked, found) >= rest * (1 - NEARLY)

    return _first(fewest, most, allows_few), _last(fewest, most, allows_many)


def _first(low: int, high: int, allows: Callable[[int], bool]) -> int:
    """The first number that is allowed, where every one after it is."""
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if allows(middle) else (middle + 1, high)
    return low


def _last(low: int, high: int, allows: Callable[[int], bool]) -> int:
    """The last number that is allowed, where every one before it is."""
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if allows(middle) else (low, middle - 1)
    return low


def _at_most(on_topic: int, stories: int, looked: int, found: int) -> float:
    """The probability that a sample shows at most so many on topic when so many of the stories are."""
    first = max(0, looked - (stories - on_topic))
    last = min(found, looked, on_topic)
    whole = _ways(stories, looked)
    return fsum(
        exp(_ways(on_topic, shown) + _ways(stories - on_topic, looked - shown) - whole)
        for shown in range(first, last + 1)
    )


def _ways(of: int, chosen: int) -> float:
    """The logarithm of the binomial coefficient."""
    return lgamma(of + 1) - lgamma(chosen + 1) - lgamma(of - chosen + 1)


def together(strata: Iterable[Refused], outlet: str) -> Refused:
    """All years of an outlet as one: the same share was drawn of each."""
    several = list(strata)
    return Refused(
        outlet=outlet,
        year=None,
        unseen=sum(one.unseen for one in several),
        looked=sum(one.looked for one in several),
        on_topic=sum(one.on_topic for one in several),
    )
