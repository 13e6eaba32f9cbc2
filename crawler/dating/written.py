"""Dates in a person's words or figures, read into moments; it looks at one string, never at a page or a clock."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from archive import arabic
from archive.records import Precision
from crawler.dating.calendars import Calendar
from crawler.dating.moments import Moment, NoDate, Why, agree, dated, kept, offset_zone, timed
from crawler.dating.months import LETTER, patterns

NEAR = 40  # code points between a date and the hour, weekday or label that belongs to it
TWIN = 24  # code points between one day in two calendars: «1438 هـ الموافق ل 14 أيلول 2017»
FOUND_AGAIN = 300  # code points: lines, most of which a page is asked about twice
FIGURES = re.compile(r"\d+")  # of any digits
YEARS_ALONE = frozenset({3, 4})  # figures of numbers none of which is a day, or a day glued to its year
BETWEEN = re.compile("[0-9] ?[-/.年]")  # without it no date is in figures alone
KEPT_YEAR = re.compile("1[34][0-9]{2}(?![0-9])")  # of the Hijri or the Persian calendar
ANY_YEAR = re.compile(r"(?<![0-9])(?:1[34]|19|20)[0-9]{2}(?![0-9])")  # of any calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One date of a string, what it is called there (published, modified, clock), and where it stands, folded."""

    moment: Moment | NoDate
    label: str | None
    start: int
    end: int


def _weekday(before: str, after: str) -> int | None:
    """The weekday that stands nearest to a date, as ISO 8601 counts."""
    table = patterns()
    said = table.weekday.findall(before) or table.weekday.findall(after)[:1]
    return table.weekdays[said[-1]] if said else None


def _hour(hour: int, half: str | None) -> int:
    if half is None or hour > 12:
        return hour
    if half == "morning":
        return hour % 12
    if half == "evening":
        return hour % 12 + 12
    return hour + 12 if 6 <= hour < 12 else hour % 12


def _at(day: datetime, before: str, after: str, said: str) -> Moment | NoDate:
    """The day with the hour that stands beside it, if one does."""
    table = patterns()
    found = table.time.search(after) or next(reversed(list(table.time.finditer(before))), None)
    if found is None or int(found["hour"]) > 23:
        return Moment(local=day, precision=Precision.DAY, said=said)
    hour = _hour(int(found["hour"]), table.halves.get(found["half"] or ""))
    clock = table.clocks.get(found["clock"] or "")
    zone = offset_zone(found["offset"]) or (ZoneInfo(clock) if clock else None)
    moment = day.replace(hour=hour, minute=int(found["minute"]), second=int(found["second"] or 0), tzinfo=zone)
    return timed(moment, said, seconds=found["second"] is not None)


def _days(found: re.Match[str], said: str) -> list[Moment | NoDate]:
    """The days a match can mean, the likeliest first: figures are day first, unless that is no day."""
    parts, table = found.groupdict(), patterns()
    year, day = int(found["year"]), int(found["day"])
    if "mark" in parts:
        return _kept_days(found, said)
    if parts.get("name"):
        month = table.months[found["name"]]
        if found["twin"] and table.months[found["twin"]] != month:
            return [NoDate(why=Why.MONTHS)]
        return [dated(year, month, day, said)]
    readings = [dated(year, int(found["month"]), day, said)]
    if found.start("year") > found.start("day"):
        readings.append(dated(year, day, int(found["month"]), said))
    return readings


def _kept_days(found: re.Match[str], said: str) -> list[Moment | NoDate]:
    """The same for the Hijri and the Persian year: by the month's name, else by the mark, else by the year alone."""
    parts, table = found.groupdict(), patterns()
    year, day, calendar = int(found["year"]), int(found["day"]), table.marks.get(found["mark"] or "")
    if parts.get("moon"):
        named, month = table.moons[found["moon"]]
        if calendar not in (None, named):
            return [NoDate(why=Why.CALENDARS)]
        return [kept(year, month, day, said, named)]
    readings = [kept(year, int(found["month"]), day, said, calendar)]
    if found.start("year") > found.start("day"):
        readings.append(kept(year, day, int(found["month"]), said, calendar))
    return readings


def _on(moment: Moment, weekday: int | None) -> Moment | None:
    """The moment when its day can be that weekday; of a day that may be off, the one day that is it."""
    if weekday is None:
        return moment
    for off in sorted(range(-moment.margin, moment.margin + 1), key=abs):
        day = moment.local + timedelta(days=off)
        if day.isoweekday() == weekday:
            return replace(moment, local=day, margin=0)
    return None


def _judge(found: re.Match[str], before: str, after: str, said: str) -> Moment | NoDate:
    """One match as a moment; a weekday beside it decides between two readings or refuses both."""
    days = [reading for reading in _days(found, said) if isinstance(reading, Moment)]
    if not days:
        return next(iter(_days(found, said)))
    weekday = _weekday(before, after)
    fitting = [day for reading in days if (day := _on(reading, weekday))]
    if not fitting:
        return NoDate(why=Why.WEEKDAY)
    if fitting[0].margin:
        return fitting[0]
    moment = _at(fitting[0].local, before, after, said)
    other = next((day.local.date() for day in fitting[1:] if day.local != fitting[0].local), None)
    return replace(moment, calendar=fitting[0].calendar, other=other) if isinstance(moment, Moment) else moment


def label(before: str) -> str | None:
    """What the words before a date call it, by the last of them that does."""
    said = patterns().label.findall(before)
    return patterns().labels[said[-1]] if said else None


def _surer(one: Moment, other: Moment) -> Moment:
    """Of one day in two calendars ours, else the narrower, with the hour that stands beside either."""
    best, second = sorted((one, other), key=lambda m: (m.calendar is not Calendar.GREGORIAN, m.margin))
    if best.precision is Precision.DAY and best.local.date() == second.local.date():
        return replace(second, calendar=best.calendar, margin=best.margin)
    return best


def _twins(dates: list[Found]) -> Iterator[Found]:
    """The dates of a string; where one day stands in two calendars, ours decides, and a fight refuses both."""
    settled = list(dates)
    for here, there in pairwise(range(len(dates))):
        one, other = dates[here].moment, dates[there].moment
        near = dates[there].start - dates[here].end <= TWIN
        if near and isinstance(one, Moment) and isinstance(other, Moment) and one.calendar != other.calendar:
            both = _surer(one, other) if agree(one, other) else NoDate(why=Why.CALENDARS)
            called = dates[here].label or dates[there].label
            settled[here] = replace(dates[here], moment=both, label=called)
            settled[there] = replace(dates[there], moment=both, label=called)
    yield from settled


def find(text: str) -> tuple[Found, ...]:
    """Every whole date (day, month and year) of a string, in order; a date without its year is none."""
    return _found(text) if len(text) <= FOUND_AGAIN else _find(text)


def _find(text: str) -> tuple[Found, ...]:
    figures = FIGURES.findall(text)
    if len(figures) < 2 or (YEARS_ALONE.issuperset(map(len, figures)) and text.isprintable()):
        return ()  # not both a day and its year: most lines
    folded = arabic.fold(text)
    may_match = patterns().dates[BETWEEN.search(folded) is not None, KEPT_YEAR.search(folded) is not None]
    matches = [match for pattern in may_match for match in pattern.finditer(folded)]
    if not matches:
        return ()
    matches.sort(key=lambda match: (match.start(), -match.end()))
    said = arabic.clean(text).text
    apart: list[re.Match[str]] = []
    for match in matches:
        if not apart or match.start() >= apart[-1].end():
            apart.append(match)
    edges = [0, *(match.end() for match in apart)]
    starts = [*(match.start() for match in apart), len(folded)]
    found = [
        Found(
            moment=_judge(
                match,
                folded[max(edges[number], match.start() - NEAR) : match.start()],
                folded[match.end() : min(starts[number + 1], match.end() + NEAR)],
                said,
            ),
            label=label(folded[max(edges[number], match.start() - NEAR) : match.start()]),
            start=match.start(),
            end=match.end(),
        )
        for number, match in enumerate(apart)
    ]
    return tuple(_twins(found))


_found = lru_cache(maxsize=1 << 10)(_find)


def other_words(text: str, dates: Sequence[Found] | None = None) -> int:
    """How many words of a string belong to none of its dates: a date line has few, a sentence many."""
    folded = arabic.fold(text)
    for found in reversed(find(text) if dates is None else dates):
        folded = folded[: found.start] + " " + folded[found.end :]
    table = patterns()
    return len(re.findall(rf"{LETTER}{{2,}}", table.known.sub(" ", table.time.sub(" ", folded))))


def written(text: str) -> Moment | NoDate:
    """The first whole date of a string that can be believed, or why there is none."""
    found = [date.moment for date in find(text)]
    return next(
        (moment for moment in found if isinstance(moment, Moment)), found[0] if found else NoDate(why=Why.NOTHING)
    )
