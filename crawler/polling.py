"""When a seed is worth asking again, from what its last polls brought; pure: the instant is an argument.

A feed shows its last twenty items. Asked before half of them are new it has lost nothing, and asking oftener costs its
server requests that bring nothing. So the time between two polls follows the pace at which new stories came.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final

from archive.listings import Content, Polled
from archive.records import Via

SHORTEST: Final = timedelta(minutes=15)
LONGEST: Final = timedelta(days=1)  # a day's silence is worth a look: outlets wake up
TURNED: Final = 0.5  # the share of a listing that may be new at the next poll
LOOKED_AT: Final = 20  # polls that the pace is told from
READ: Final = (Content.LISTED, Content.UNCHANGED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When one seed is worth asking again: `every` is the time between polls, `why` says from what, in a few words."""

    kind: str
    seed: str  # as in the outlet's file
    at: datetime  # UTC
    every: timedelta
    why: str


def due(kind: str, seed: str, polls: Iterable[Polled], now: datetime) -> Due:
    """When a seed is due, from its own polls in any order; one that was never polled is due now."""
    own = [one for one in polls if one.seed == seed and one.kind == kind and one.via is Via.LIVE and one.page == 1]
    several = sorted(own, key=lambda one: (one.at, one.url))[-LOOKED_AT:]
    if not several:
        return Due(kind=kind, seed=seed, at=now, every=SHORTEST, why="never asked")
    last = _instant(several[-1].at)
    failed = _failed_in_a_row(several)
    if failed:
        every = min(SHORTEST * 2**failed, LONGEST)
        why = f"did not answer as a listing {failed} times in a row"
    else:
        every, why = _pace([one for one in several if one.content in READ])
    return Due(kind=kind, seed=seed, at=last + every, every=every, why=why)


def _instant(at: str) -> datetime:
    return datetime.fromisoformat(at.replace("Z", "+00:00")).astimezone(UTC)


def _failed_in_a_row(several: Sequence[Polled]) -> int:
    """How many of the last polls brought no listing, one after the other."""
    count = 0
    for one in reversed(several):
        if one.content in READ and not (one.problem and not one.items):
            break
        count += 1
    return count


def _pace(several: Sequence[Polled]) -> tuple[timedelta, str]:
    """Half of what the listing shows, at the pace at which stories came."""
    shown = max(one.items for one in several)
    if several[-1].overlaps is False:
        return SHORTEST, "it shared nothing with the poll before: stories may have been lost between"
    new = sum(one.new or 0 for _, one in pairwise(several))
    passed = _instant(several[-1].at) - _instant(several[0].at)
    if len(several) == 1 or not passed:
        return SHORTEST * 4, "asked once"
    if not new:
        return min(max(passed, SHORTEST), LONGEST), f"nothing new in {_told(passed)}"
    every = TURNED * shown * passed / new
    return min(max(every, SHORTEST), LONGEST), f"{new} new stories in {_told(passed)}, {shown} shown at once"


def _told(passed: timedelta) -> str:
    hours = passed / timedelta(hours=1)
    return f"{hours / 24:.1f} days" if hours >= 48 else f"{hours:.1f} hours"
