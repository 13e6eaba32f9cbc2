"""A seeded sample over strata: the same lines for the same seed, whatever order they come in; pure."""

from __future__ import annotations

import hashlib
import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Stratum = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One thing that was drawn. `weight`: how many of its stratum it stands for."""

    key: str
    stratum: Stratum
    weight: float


def draw(things: Iterable[tuple[str, Stratum]], number: int, seed: int) -> list[Drawn]:
    """At most `number` things by their keys, strata sharing evenly as far as they reach; by stratum, then key.

    Even shares, and not shares by size, because a rare outlet or year would else not be seen at all; the weights make
    up for it. Raises ValueError: no positive number.
    """
    if number < 1:
        raise ValueError("a sample has at least one thing")
    sizes: Counter[Stratum] = Counter()
    lots: dict[Stratum, list[tuple[int, str]]] = defaultdict(list)  # the smallest lots, as a heap of their negatives
    for key, stratum in things:
        sizes[stratum] += 1
        ticket = (-_lot(key, seed), key)
        if len(lots[stratum]) < number:
            heapq.heappush(lots[stratum], ticket)
        else:
            heapq.heappushpop(lots[stratum], ticket)
    shares = shared(sizes, number)
    found = []
    for stratum, share in sorted(shares.items()):
        keys = [key for _, key in sorted(lots[stratum], reverse=True)[:share]]
        found += [Drawn(key=key, stratum=stratum, weight=sizes[stratum] / share) for key in sorted(keys)]
    return found


def _lot(key: str, seed: int) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}\n{key}".encode()).digest()[:8], "big")


def shared(sizes: Mapping[Stratum, int], number: int) -> dict[Stratum, int]:
    """How many are drawn of each stratum: what small ones cannot give, the larger ones give in their place.

    With fewer than one for each stratum, the larger strata come first.
    """
    shares: dict[Stratum, int] = {}
    left = number
    ordered = sorted(sizes, key=lambda stratum: (-sizes[stratum], stratum))[:number]
    for place, stratum in enumerate(reversed(ordered)):
        shares[stratum] = min(sizes[stratum], left // (len(ordered) - place))
        left -= shares[stratum]
    return shares
