"""Days of the Hijri and the Persian calendar as Gregorian days, by arithmetic alone; it reads no text and no clock.

Hijri: a tabular calendar, eleven leap years in thirty, their phase such that Umm al-Qura's months of 1410 to 1462
begin within a day of it (one month of 626 does not). What a country kept follows its own sighting of the moon, a day
from Umm al-Qura: a printed Hijri day is sure to two days either side, no better.
Persian: the solar year of Iran; eight leap years in thirty-three give the astronomical calendar of 1178 to 1633.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

HIJRI_YEARS = range(1410, 1500)  # from July 1989
PERSIAN_YEARS = range(1368, 1410)  # from March 1989, up to where a Hijri year of the web begins
SIGHTING = 2  # days either side that a Hijri day may be off: one of the table, one of the moon

_HIJRI_EPOCH = 227014  # ordinal of 1 Muharram 1, a Thursday, in the proleptic Gregorian calendar
_PERSIAN_EPOCH = 226894  # ordinal of the day before 1 Farvardin 1 by the cycle of 33 years
_PERSIAN_LEAPS = frozenset({1, 5, 9, 13, 17, 22, 26, 30})  # of 33


class Calendar(StrEnum):
    """Which calendar a date was printed in."""

    GREGORIAN = "gregorian"
    HIJRI = "hijri"
    PERSIAN = "persian"


def calendar_of(year: int) -> Calendar | None:
    """The calendar in which a year is one of the web's; None when in none."""
    if year in PERSIAN_YEARS:
        return Calendar.PERSIAN
    return Calendar.HIJRI if year in HIJRI_YEARS else None


def hijri(year: int, month: int, day: int) -> date:
    """The Gregorian day of a tabular Hijri day.

    Thirty days are granted to every month: a month of 29 by the table may have had 30 by sight.

    Raises:
        ValueError: no Hijri month has that day.
    """
    if not (1 <= month <= 12 and 1 <= day <= 30):
        raise ValueError(f"no Hijri day: {year}-{month}-{day}")
    days = 354 * (year - 1) + (11 * year + 14) // 30 + 29 * (month - 1) + month // 2 + day - 1
    return date.fromordinal(_HIJRI_EPOCH + days)


def is_persian_leap(year: int) -> bool:
    """Whether Esfand has thirty days."""
    return year % 33 in _PERSIAN_LEAPS


def persian(year: int, month: int, day: int) -> date:
    """The Gregorian day of a Persian day.

    Raises:
        ValueError: the month has no such day.
    """
    longest = 31 if month <= 6 else 30 if month <= 11 or is_persian_leap(year) else 29
    if not (1 <= month <= 12 and 1 <= day <= longest):
        raise ValueError(f"no Persian day: {year}-{month}-{day}")
    cycles, rest = divmod(year, 33)
    leaps = 8 * cycles + sum(1 for leap in _PERSIAN_LEAPS if leap < rest)
    before = 31 * (month - 1) if month <= 7 else 186 + 30 * (month - 7)
    return date.fromordinal(_PERSIAN_EPOCH + 365 * (year - 1) + leaps + before + day)
