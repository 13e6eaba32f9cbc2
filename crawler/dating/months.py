"""The table of `months.yml`, compiled: months, weekdays and the words about them, as patterns of folded text.

It reads no string.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from archive import arabic
from crawler import facts
from crawler.dating.calendars import Calendar
from crawler.facts import Facts

TABLE = Path(__file__).parent / "months.yml"
LETTER = "[a-zء-ي]"  # of folded text
GAP = "[ ,./|-]*"
DAY = "(?<![0-9])(?P<day>[0-3]?[0-9])"

Tree = dict[str, "Tree"]  # words by their letters


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
class Patterns:
    """The table compiled for folded text; the dictionaries tell what a folded word means."""

    months: Mapping[str, int]
    moons: Mapping[str, tuple[Calendar, int]]  # months of the Hijri and the Persian year
    marks: Mapping[str, Calendar]
    weekdays: Mapping[str, int]
    clocks: Mapping[str, str]
    halves: Mapping[str, str]
    labels: Mapping[str, str]
    # Of whole dates: those that a text can match by whether it may hold one in figures alone, or a year not of ours.
    dates: Mapping[tuple[bool, bool], tuple[re.Pattern[str], ...]]
    yearless: re.Pattern[str]  # a day and a month's name, no year after them
    month: re.Pattern[str]
    weekday: re.Pattern[str]
    time: re.Pattern[str]
    label: re.Pattern[str]
    known: re.Pattern[str]  # any word of the table


def _meanings(words: Iterable[tuple[Iterable[str], str]]) -> dict[str, str]:
    return {arabic.fold(word): meaning for spellings, meaning in words for word in spellings}


def any_of(words: Iterable[str]) -> str:
    """A pattern of whole folded words, of two that begin alike the longer one first.

    It branches letter by letter, and looks back only behind the first: hundreds of words tried one after another at
    every place are what a search would spend its time on.
    """
    first: Tree = {}
    for word in sorted({arabic.fold(word) for word in words}):
        here = first
        for letter in word:
            here = here.setdefault(letter, {})
        here[""] = {}  # a word may end here
    ways = (f"{re.escape(a)}(?<!{LETTER}{re.escape(a)}){_branches(rest)}" for a, rest in first.items())
    return rf"(?:{'|'.join(ways)})(?!{LETTER})"


def _branches(tree: Tree) -> str:
    ways = "|".join(re.escape(letter) + _branches(rest) for letter, rest in tree.items() if letter)
    return f"(?:{ways}){'?' if '' in tree else ''}" if ways else ""


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


def _may_match(dates: Iterable[re.Pattern[str]], figures: bool, kept: bool) -> tuple[re.Pattern[str], ...]:
    """Of the patterns those that are left where none is in figures alone, or none has a year of another calendar."""
    names = ("month", figures), ("mark", kept)
    return tuple(date for date in dates if all(may or name not in date.groupindex for name, may in names))


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
        dates={(f, k): _may_match(dates, f, k) for f in (False, True) for k in (False, True)},
        yearless=re.compile(rf"(?<![0-9][:./-])(?<!{LETTER}){_day_and_month(any_of(months), words)}"),
        month=re.compile(any_of(months)),
        weekday=re.compile(any_of(weekdays)),
        time=_time_pattern(words),
        label=re.compile(any_of(labels)),
        known=re.compile(any_of([*labels, *weekdays, *halves, *words.clocks, *beside])),
    )
