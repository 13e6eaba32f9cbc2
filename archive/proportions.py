"""Shares of counted things with their exact intervals (Clopper and Pearson, Biometrika 26, 1934); pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, fsum, lgamma, log
from typing import Final

LEVEL: Final = 0.95
_STEPS: Final = 60  # halvings: far below what anybody prints


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """`found` of `n`, and the interval that the share lies in at the level; of nothing, anything between 0 and 1."""

    found: int
    n: int
    low: float
    high: float
    level: float = LEVEL

    @property
    def likely(self) -> float | None:
        """The share itself; None of nothing."""
        return self.found / self.n if self.n else None


def share(found: int, n: int, level: float = LEVEL) -> Share:
    """So many of so many.

    Raises:
        ValueError: the counts are impossible, or the level is no probability.
    """
    if not 0 <= found <= n or not 0 < level < 1:
        raise ValueError(f"no share: {found} of {n} at {level}")
    rest = (1 - level) / 2
    low = 0.0 if found == 0 else _where(lambda p: 1 - _at_most(found - 1, n, p), rest)
    high = 1.0 if found == n else 1 - _where(lambda p: 1 - _at_most(n - found - 1, n, p), rest)
    return Share(found=found, n=n, low=low, high=high, level=level)


def _where(rising: Callable[[float], float], value: float) -> float:
    """Where a rising function of a probability reaches a value."""
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < value else (low, middle)
    return (low + high) / 2


def _at_most(found: int, n: int, p: float) -> float:
    """The probability of at most so many of n, each with probability p strictly between 0 and 1."""
    whole = lgamma(n + 1)
    return fsum(
        exp(whole - lgamma(k + 1) - lgamma(n - k + 1) + k * log(p) + (n - k) * log(1 - p)) for k in range(found + 1)
    )
