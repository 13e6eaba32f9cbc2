"""A moment as a page or seed gives it, how exact it is, and the reading of what machines write; it knows no page."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from enum import StrEnum

from archive import arabic, civil
from archive.records import Claim, Precision
from crawler.dating.calendars import SIGHTING, Calendar, calendar_of, hijri, persian

YEARS = range(1990, 2100)  # of the web; Hijri 1438 and Persian 1396 are not among them
SAID = 160  # code points of a claim's words that are kept

# RFC 3339 and its looser kin: 2017-01-23T09:30:00+03:00, 2017/01/23 9:30, 20170123, 2017-01.
ISO = re.compile(
    r"(?P<year>[12]\d{3})(?P<sep>[-/.]?)(?P<month>\d{2})(?:(?P=sep)(?P<day>\d{2})(?:(?:\s*T\s*|\s+)"
    r"(?P<hour>\d{1,2}):?(?P<minute>\d{2})(?:(?::|(?=\d\d))(?P<second>\d{1,2})(?:[.,]\d+)?)?\s*(?P<offset>Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?"
    r")?)?",
    re.IGNORECASE,
)
RFC2822 = re.compile(r"(?:[A-Za-z]{3,9},?\s+)?\d{1,2}\s+[A-Za-z]{3,9}\s+\d{2,4}\s+\d{1,2}:\d{2}.*")
UNIX = re.compile(r"(\d{10})(?:\d{3})?")  # seconds, or milliseconds, since 1970


class Why(StrEnum):
    """Why a string gave no date."""

    NOTHING = "no date in it"
    NO_SUCH_DAY = "no such day in the calendar"
    WEEKDAY = "its weekday contradicts its date"
    CALENDARS = "its days in two calendars contradict each other"
    MONTHS = "its two month names contradict each other"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoDate:
    """The answer when a string holds no date that can be believed."""

    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A date or time as given: naive when it is the outlet's own civil time."""

    local: datetime
    precision: Precision
    said: str
    margin: int = 0  # days either side that the day may be off
    span: tuple[datetime, datetime] | None = None  # UTC bounds, half-open, where they are not the precision's own
    calendar: Calendar = Calendar.GREGORIAN
    other: date | None = None  # the day that figures mean when they are month first, where they can be

    def swapped(self) -> Moment:
        """The moment on the day that its figures mean month first; itself where they mean no other."""
        if self.other is None:
            return self
        local = self.local.replace(year=self.other.year, month=self.other.month, day=self.other.day)
        return replace(self, local=local, other=self.local.date())

    def claim(self, *, zone: str, about: str, source: str) -> Claim:
        """The moment as a claim; `zone` is the outlet's IANA zone on that day."""
        day, margin = self.local.date(), timedelta(days=self.margin)
        if self.span is not None:
            exact = self.precision is not Precision.DAY
            value, (earliest, latest) = _value(self.local) if exact else day.isoformat(), self.span
        elif self.precision is Precision.DAY:
            value = day.isoformat()
            earliest = civil.day_bounds(day - margin, zone)[0]
            latest = civil.day_bounds(day + margin, zone)[1]
        elif self.precision is Precision.MONTH:
            value, (earliest, latest) = f"{day:%Y-%m}", civil.month_bounds(day, zone)
        else:
            value, (earliest, latest) = _value(self.local), civil.time_bounds(self.local, self.precision, zone)
        return Claim(
            source=source,
            about=about,
            said=self.said[:SAID],
            precision=self.precision,
            value=value,
            earliest=earliest,
            latest=latest,
        )


def _value(moment: datetime) -> str:
    """A time with an offset as an instant, one without as it stands."""
    if moment.tzinfo is None:
        return moment.isoformat(timespec="seconds")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def timed(moment: datetime, said: str, *, seconds: bool) -> Moment | NoDate:
    """A moment with its hour; exactly 00:00:00 is a bare date in disguise, taken as written whatever its offset."""
    if moment.year not in YEARS:
        return NoDate(why=Why.NOTHING)
    if moment.hour == moment.minute == moment.second == 0:
        return Moment(local=moment.replace(tzinfo=None), precision=Precision.DAY, said=said)
    return Moment(local=moment, precision=Precision.SECOND if seconds else Precision.MINUTE, said=said)


def dated(year: int, month: int, day: int, said: str) -> Moment | NoDate:
    """A bare day, or why there is none."""
    if year not in YEARS:
        return NoDate(why=Why.NOTHING)
    try:
        return Moment(local=datetime(year, month, day), precision=Precision.DAY, said=said)
    except ValueError:
        return NoDate(why=Why.NO_SUCH_DAY)


def kept(year: int, month: int, day: int, said: str, calendar: Calendar | None = None) -> Moment | NoDate:
    """A bare day of the Hijri or Persian calendar, by default the one whose years of the web hold that year."""
    of_year = calendar_of(year)
    if of_year is None or calendar not in (None, of_year):
        return NoDate(why=Why.NOTHING)
    try:
        found = (hijri if of_year is Calendar.HIJRI else persian)(year, month, day)
    except ValueError:
        return NoDate(why=Why.NO_SUCH_DAY)
    bare = dated(found.year, found.month, found.day, said)
    margin = SIGHTING if of_year is Calendar.HIJRI else 0
    return replace(bare, calendar=of_year, margin=margin) if isinstance(bare, Moment) else bare


def agree(one: Moment, other: Moment) -> bool:
    """Whether both can be one day, each as sure as it is."""
    return abs((one.local.date() - other.local.date()).days) <= one.margin + other.margin


def offset_zone(offset: str | None) -> timezone | None:
    """A fixed zone of «Z», «+03:00», «+0300» or «+3»; None without one."""
    if offset is None:
        return None
    if offset[0] not in "+-":
        return UTC
    hours, minutes = int(offset[1:3]), int(offset[3:].lstrip(":") or 0)
    return timezone((1 if offset[0] == "+" else -1) * timedelta(hours=hours, minutes=minutes))


def _iso(found: re.Match[str], said: str) -> Moment | NoDate:
    year, month = int(found["year"]), int(found["month"])
    if found["day"] is None:
        first = dated(year, month, 1, said)
        if isinstance(first, NoDate) or not found["sep"]:  # «2017-09» is a month, «201709» any number
            return NoDate(why=Why.NOTHING)
        return Moment(local=first.local, precision=Precision.MONTH, said=said)
    if found["hour"] is None:
        return dated(year, month, int(found["day"]), said)
    second = min(int(found["second"] or 0), 59)  # a leap second
    try:
        moment = datetime(
            year,
            month,
            int(found["day"]),
            int(found["hour"]),
            int(found["minute"]),
            second,
            tzinfo=offset_zone(found["offset"]),
        )
    except ValueError:
        return NoDate(why=Why.NO_SUCH_DAY)
    return timed(moment, said, seconds=second != 0)


def _rfc2822(text: str) -> Moment | NoDate:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return NoDate(why=Why.NOTHING)
    return timed(moment, text, seconds=moment.second != 0)


def machine(text: str) -> Moment | NoDate:
    """What a machine wrote: ISO 8601 and its looser kin, RFC 2822, seconds since 1970; the whole string is the date."""
    said = arabic.digits(arabic.clean(text).text)
    if found := ISO.fullmatch(said):
        return _iso(found, said)
    if found := UNIX.fullmatch(said):
        return timed(datetime.fromtimestamp(int(found[1]), UTC), said, seconds=True)
    return _rfc2822(said) if RFC2822.fullmatch(said) else NoDate(why=Why.NOTHING)
