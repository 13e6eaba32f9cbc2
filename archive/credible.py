"""Which claims of a story's date can be true, and why the others cannot; it decides between none of them.

It looks at claims and at when the story was there first, never at a page or a clock.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from archive.civil import CLOCK, day_bounds
from archive.records import Claim, Losing, Loss, Precision

# What can be a clock though it stands where the article's date stands.
CLOCK_LIKE: Final = frozenset({"visible", "relative", "time", "fallback"})
# Who speaks in each source: what a template writes for machines, what it writes into feeds, what a reader sees, what
# the address says.
VOICES: Final = {
    **dict.fromkeys(("json-ld", "meta"), "template"),
    **dict.fromkeys(("rest", "feed", "news-sitemap"), "seed"),
    **dict.fromkeys(("outlet-rule", "time", "visible", "relative", "listing"), "page"),
    "url": "address",
}
# The zone of outlets whose own is not known: there, the offset that a time is written with says the local day.
NO_ZONE: Final = "UTC"
# Nothing on the web is older; 1970 is a counter that started at nought.
OLDEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
_OFFSET = re.compile(r"(?:([+-])([01][0-9]):?([0-5][0-9])|Z)\Z")
_LONGEST_OFFSET = len("+03:00")
_INSTANT = timedelta(microseconds=1)
_DAYS_APART = timedelta(days=3)  # no two clocks of the world name one day of instants so far apart
_TIMES = (Precision.SECOND, Precision.MINUTE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sifted:
    """Claims of publication that can be true, and those that cannot."""

    standing: tuple[Claim, ...]
    losing: tuple[Losing, ...]


def sift(claims: Iterable[Claim], seen: datetime, zone: str) -> Sifted:
    """Part what can be true of a story that was there at an instant from what cannot.

    Args:
        claims: of its publication; their order makes no difference.
        seen: aware; nothing is published after it.
        zone: the outlet's IANA zone.
    """
    said = set(claims)
    possible = {claim for claim in said if _impossible(claim, seen) is None}
    today = day_bounds(seen.astimezone(ZoneInfo(zone)).date(), zone)
    standing: list[Claim] = []
    losing: list[Losing] = []
    for claim in said:
        loss = _impossible(claim, seen) or _unlikely(claim, possible - {claim}, today, zone)
        if loss is None:
            standing.append(claim)
        else:
            losing.append(Losing(claim=claim, why=loss))
    return Sifted(standing=tuple(standing), losing=tuple(losing))


def _impossible(claim: Claim, seen: datetime) -> Loss | None:
    if claim.source == CLOCK:
        return Loss.CLOCK
    if claim.earliest > seen:
        return Loss.AFTER_FIRST_CAPTURE
    return Loss.TOO_OLD if claim.earliest < OLDEST else None


def _unlikely(claim: Claim, others: set[Claim], today: tuple[datetime, datetime], zone: str) -> Loss | None:
    if _is_clock(claim, others, today):
        return Loss.CLOCK
    if _is_bare_new_year(claim, others, zone):
        return Loss.BARE_NEW_YEAR
    return Loss.LOCAL_TIME_AS_UTC if any(_is_misnamed(claim, other, zone) for other in others) else None


def meet(one: Claim, other: Claim) -> bool:
    """Whether both may speak of one instant: their spans meet."""
    return one.earliest < other.latest and other.earliest < one.latest


def _is_clock(claim: Claim, others: Iterable[Claim], today: tuple[datetime, datetime]) -> bool:
    """A visible date of the capture's own day that another claim contradicts is the page's clock."""
    if claim.source not in CLOCK_LIKE or not (claim.earliest < today[1] and today[0] < claim.latest):
        return False
    return any(
        other.latest <= today[0] if other.source in CLOCK_LIKE else not meet(claim, other)
        for other in others
        if other.source != "dateline"  # may well be a day older than its story
    )


def _is_bare_new_year(claim: Claim, others: Iterable[Claim], zone: str) -> bool:
    """1 January without an hour, said by machines alone, stands for a day that nobody entered."""
    if claim.precision is not Precision.DAY or claim.value[4:10] != "-01-01":
        return False
    voice = VOICES.get(claim.source)
    if voice in ("page", "address"):
        return False
    told = (other for other in others if VOICES.get(other.source) not in (None, voice))
    return not any(same_civil_day(claim, other, zone) for other in told)


def offset_written(claim: Claim) -> timedelta | None:
    """The offset from UTC that a claim's words are written with; None where they name none."""
    if claim.precision not in _TIMES or not (written := _OFFSET.search(claim.said.rstrip()[-_LONGEST_OFFSET:])):
        return None
    ahead = timedelta(hours=int(written[2] or 0), minutes=int(written[3] or 0))
    return -ahead if written[1] == "-" else ahead


def _is_misnamed(claim: Claim, other: Claim, zone: str) -> bool:
    """The outlet's wall time called UTC, where another claim gives the same wall time as what it is."""
    if zone == NO_ZONE or claim.precision not in _TIMES or other.precision not in _TIMES:
        return False
    if offset_written(claim) != timedelta(0) or offset_written(other) == timedelta(0):
        return False
    ahead = other.earliest.astimezone(ZoneInfo(zone)).utcoffset() or timedelta(0)
    return bool(ahead) and _to_the_minute(claim.earliest) == _to_the_minute(other.earliest) + ahead


def _to_the_minute(instant: datetime) -> datetime:
    return instant.replace(second=0, microsecond=0)


def local_zone(claim: Claim, zone: str) -> tzinfo:
    """The outlet's zone; where it is not known, the one that the claim itself is written in."""
    written = offset_written(claim) if zone == NO_ZONE else None
    if written is not None:
        return timezone(written)
    return UTC if zone == NO_ZONE else ZoneInfo(zone)


def same_civil_day(one: Claim, other: Claim, zone: str) -> bool:
    """Whether both may name one day on the outlet's wall; where its zone is not known, each by the offset it writes."""
    if one.latest + _DAYS_APART < other.earliest or other.latest + _DAYS_APART < one.earliest:
        return False
    ours, theirs = _civil_days(one, zone), _civil_days(other, zone)
    return ours[0] <= theirs[1] and theirs[0] <= ours[1]


@lru_cache(maxsize=1 << 6)  # each claim is held against each other one
def _civil_days(claim: Claim, zone: str) -> tuple[date, date]:
    """The first and the last day that a claim names, as the wall tells it."""
    there = local_zone(claim, zone)
    return claim.earliest.astimezone(there).date(), (claim.latest - _INSTANT).astimezone(there).date()
