"""An outlet's civil days, months and times as half-open spans of UTC instants; it judges nothing and reads no clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from archive.records import Precision

# A date printed somewhere on a page without belonging to the article: today's, for all we know. It dates nothing.
CLOCK: Final = "clock"


def day_bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """A civil day of a zone as UTC instants, half-open; 23 or 25 hours long where clocks change."""
    return _midnight(day, zone), _midnight(day + timedelta(days=1), zone)


def month_bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """The civil month that holds the day, as UTC instants, half-open."""
    first = day.replace(day=1)
    return _midnight(first, zone), _midnight((first + timedelta(days=32)).replace(day=1), zone)


def time_bounds(local: datetime, precision: Precision, zone: str) -> tuple[datetime, datetime]:
    """A minute or second as UTC instants, half-open.

    A naive time is the zone's civil time. Of an hour that clocks passed twice both passes are inside the bounds.
    """
    width = timedelta(seconds=1) if precision is Precision.SECOND else timedelta(minutes=1)
    floor = local.replace(microsecond=0) if precision is Precision.SECOND else local.replace(second=0, microsecond=0)
    if floor.tzinfo is not None:
        start = floor.astimezone(UTC)
        return start, start + width
    passes = [floor.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC) for fold in (0, 1)]
    return min(passes), max(passes) + width


def _midnight(day: date, zone: str) -> datetime:
    """When the day starts there. Midnight skipped: the instant of the change; passed twice: the first pass."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
