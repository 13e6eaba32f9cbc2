"""How far the archive is right by what people said: precision and recall over a weighted sample, with intervals; pure.

Interval: Wilson's score interval at the effective size of the sample (Kish: the square of the weights' sum over the sum
of their squares), so that it is wide where few lines stand for many.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from typing import Final

Z: Final = 1.959963984540054  # of the level 0.95, both sides


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One coded thing: what the people say, what the archive says (None: nothing found), and its weight."""

    people: str | None
    archive: str | None
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A weighted share of some things, and the interval it lies in at the level 0.95; of no thing nothing is known."""

    things: int
    value: float | None
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Of what the archive found, the share that is right; of what there is to find, the share that it found."""

    precision: Share
    recall: Share


def scores(judged: Iterable[Judged]) -> Scores:
    """Precision and recall by what people say."""
    several = list(judged)
    return Scores(
        precision=share((one.archive == one.people, one.weight) for one in several if one.archive is not None),
        recall=share((one.archive == one.people, one.weight) for one in several if one.people is not None),
    )


def share(things: Iterable[tuple[bool, float]]) -> Share:
    """The weighted share of things that are so. Raises ValueError: a weight is not positive."""
    several = list(things)
    if any(weight <= 0 for _, weight in several):
        raise ValueError("a weight is positive")
    if not several:
        return Share(things=0, value=None, low=0.0, high=1.0)
    whole = sum(weight for _, weight in several)
    value = sum(weight for so, weight in several if so) / whole
    effective = whole * whole / sum(weight * weight for _, weight in several)
    low, high = interval(value, effective)
    return Share(things=len(several), value=value, low=low, high=high)


def interval(value: float, size: float) -> tuple[float, float]:
    """Wilson's score interval of a share seen in a sample of so many, at the level 0.95."""
    middle = value + Z * Z / (2 * size)
    half = Z * sqrt(value * (1 - value) / size + Z * Z / (4 * size * size))
    scale = 1 + Z * Z / size
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)
