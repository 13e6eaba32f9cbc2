"""Dates in a person's words or figures, read into moments; it looks at one string, never at a page or a clock."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from archive import arabic
from archive.records import Precision
from crawler import facts
from crawler.dating.calendars import Calendar
from crawler.dating.moments import Moment, NoDate, Why, agree, dated, kept, offset_zone, timed
from crawler.facts import Facts

TABLE = Path(__file__).parent / "months.yml"
NEAR = 40  # code points between a date and the hour, weekday or label that belongs to it
TWIN = 24  # code points between one day in two calendars: «1438 هـ الموافق ل 14 أيلول 2017»
LETTER = "[a-zء-ي]"  # of folded text
GAP = "[ ,./|-]*"
DAY = "(?<![0-9])(?P<day>[0-3]?[0-9])"
FIGURES = re.compile(r"\d+")  # of any digits
BETWEEN = re.compile("[0-9] ?[-/.年]")  # without it no date is in figures alone
ANY_YEAR = re.compile(r"(?<![0-9])(?:1[34]|19|20)[0-9]{2}(?![0-9])")  # of any calendar


class LabelWords(Facts):
    """Words beside a date that say what it is."""

    published: tuple[str, ...]
    modified: tuple[str, ...]
    member: tuple[str, ...]  # of a forum: the day its author joined
    clock: tuple[str, ...]


class DateWords(Facts):
    """The table of `months.yml`."""

    months: dict[int, tuple[str, ...]]
    hijri: dict[int, tuple[str, ...]]
    persian: dict[int, tuple[str, ...]]
    hijri_marks: tuple[str, ...]
    persian_marks: tuple[str, ...]
    beside: tuple[str, ...]
    weekdays: dict[int, tuple[str, ...]]
    before_month: tuple[str, ...]
    before_year: tuple[str, ...]
    morning: tuple[str, ...]
    evening: tuple[str, ...]
    night: tuple[str, ...]
    before_clock: tuple[str, ...]
    clocks: dict[str, str]
    labels: LabelWords


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One date of a string, what it is called there (published, modified, clock), and where it stands, folded."""

    moment: Moment | NoDate
    label: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Patterns:
    """The table compiled for folded text; the dictionaries tell what a folded word means."""

    months: Mapping[str, int]
    moons: Mapping[str, tuple[Calendar, int]]  # months of the Hijri and the Persian year
    marks: Mapping[str, Calendar]
    weekdays: Mapping[str, int]
    clocks: Mapping[str, str]
    halves: Mapping[str, str]
    labels: Mapping[str, str]
    dates: tuple[re.Pattern[str], ...]
    worded: tuple[re.Pattern[str], ...]  # those of them that name a month
    yearless: re.Pattern[str]  # a day and a month's name, no year after them
    month: re.Pattern[str]
    weekday: re.Pattern[str]
    time: re.Pattern[str]
    label: re.Pattern[str]
    known: re.Pattern[str]  # any word of the table


def _meanings(words: Iterable[tuple[Iterable[str], str]]) -> dict[str, str]:
    return {arabic.fold(word): meaning for spellings, meaning in words for word in spellings}


def any_of(words: Iterable[str]) -> str:
    """A pattern of whole folded words, the longest first."""
    longest = sorted({arabic.fold(word) for word in words}, key=lambda word: (-len(word), word))
    return rf"(?<!{LETTER})(?:{'|'.join(map(re.escape, longest))})(?!{LETTER})"


def _month_name(months: str) -> str:
    """One name or two: «أيار/مايو», «يناير (كانون الثاني)»."""
    return rf"(?P<name>{months})\.?(?: ?[/\\(|-] ?(?P<twin>{months}) ?\)?)?"


def _day_and_month(months: str, words: DateWords) -> str:
    return rf"{DAY}(?:st|nd|rd|th)?{GAP}(?:{any_of(words.before_month)} )?{_month_name(months)}"


def _date_patterns(months: str, words: DateWords) -> tuple[re.Pattern[str], ...]:
    year, end = r"(?P<year>(?:19|20)[0-9]{2})", "(?![0-9])"
    figure = r"(?P<month>[01]?[0-9])"
    of_year = f"(?:{any_of(words.before_year)} )?"
    said = (
        rf"{_day_and_month(months, words)}{GAP}{of_year}{year}{end}",
        rf"{_month_name(months)} ?(?P<day>[0-3]?[0-9])(?:st|nd|rd|th)?{GAP}{year}{end}",
        rf"(?<![0-9]){year} ?(?P<sep>[-/.]) ?{figure} ?(?P=sep) ?(?P<day>[0-3]?[0-9]){end}",
        rf"{DAY} ?(?P<sep>[-/.]) ?{figure} ?(?P=sep) ?{year}{end}",
        rf"(?<![0-9]){year} ?年 ?{figure} ?月 ?(?P<day>[0-3]?[0-9]) ?日",
    )
    return tuple(map(re.compile, said))


def _kept_patterns(moons: str, marks: str, words: DateWords) -> tuple[re.Pattern[str], ...]:
    """Days of the Hijri and the Persian year; glued as they often are: «23ذو الحجة1438هـ»."""
    year = r"(?P<year>1[34][0-9]{2})(?![0-9])"
    figure, mark = r"(?P<month>[01]?[0-9])", rf"(?: ?[(]?(?P<mark>{marks})[)]?)?"
    named = rf"{GAP}(?:{any_of(words.before_month)} )?(?P<moon>{moons}){GAP}(?:{any_of(words.before_year)} )?"
    said = (
        rf"{DAY}{named}{year}{mark}",
        rf"(?<![0-9]){year} ?(?P<sep>[-/.]) ?{figure} ?(?P=sep) ?(?P<day>[0-3]?[0-9])(?![0-9]){mark}",
        rf"{DAY} ?(?P<sep>[-/.]) ?{figure} ?(?P=sep) ?{year}{mark}",
    )
    return tuple(map(re.compile, said))


def _time_pattern(words: DateWords) -> re.Pattern[str]:
    half = any_of([*words.morning, *words.evening, *words.night])
    clock = rf"(?:{any_of(words.before_clock)} )?(?P<clock>{any_of(words.clocks)})"
    return re.compile(
        r"(?<![0-9:.])(?P<hour>[0-2]?[0-9]) ?: ?(?P<minute>[0-5][0-9])(?: ?: ?(?P<second>[0-5][0-9]))?(?![0-9:])"
        rf"(?: ?(?P<half>{half}))?(?:[ (]*{clock} ?(?P<offset>[+-][0-9]{{1,2}})?)?"
    )


@lru_cache(maxsize=1)
def patterns() -> Patterns:
    """The table of `months.yml`, compiled once.

    Raises:
        FactsError: the table is broken.
    """
    words = facts.load(TABLE, DateWords)
    months = {arabic.fold(name): number for number, names in words.months.items() for name in names}
    weekdays = {arabic.fold(name): number for number, names in words.weekdays.items() for name in names}
    labels = _meanings((spellings, label) for label, spellings in words.labels.model_dump().items())
    solar = {arabic.fold(name): number for number, names in words.persian.items() for name in names}
    lunar = {arabic.fold(name): number for number, names in words.hijri.items() for name in names}
    moons = {name: (Calendar.PERSIAN, number) for name, number in solar.items()}
    moons |= {name: (Calendar.HIJRI, number) for name, number in lunar.items()}
    marks = {arabic.fold(mark): Calendar.HIJRI for mark in words.hijri_marks}
    marks |= {arabic.fold(mark): Calendar.PERSIAN for mark in words.persian_marks}
    beside = [*words.hijri_marks, *words.persian_marks, *words.beside, *words.before_month, *words.before_year]
    halves = _meanings([(words.morning, "morning"), (words.evening, "evening"), (words.night, "night")])
    dates = _date_patterns(any_of(months), words) + _kept_patterns(any_of(moons), any_of(marks), words)
    return Patterns(
        months=months,
        moons=moons,
        marks=marks,
        weekdays=weekdays,
        clocks={arabic.fold(name): zone for name, zone in words.clocks.items()},
        halves=halves,
        labels=labels,
        dates=dates,
        worded=tuple(p for p in dates if "month" not in p.groupindex),
        yearless=re.compile(rf"(?<![0-9][:./-])(?<!{LETTER}){_day_and_month(any_of(months), words)}"),
        month=re.compile(any_of(months)),
        weekday=re.compile(any_of(weekdays)),
        time=_time_pattern(words),
        label=re.compile(any_of(labels)),
        known=re.compile(any_of([*labels, *weekdays, *halves, *words.clocks, *beside])),
    )


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
    if len(FIGURES.findall(text)) < 2:  # neither a day nor its year: most lines
        return ()
    folded, said = arabic.fold(text), arabic.clean(text).text
    table = patterns()
    worded = table.dates if BETWEEN.search(folded) else table.worded
    matches = sorted((m for p in worded for m in p.finditer(folded)), key=lambda m: (m.start(), -m.end()))
    if not matches:
        return ()
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
