"""Dates told from the moment of the capture, «قبل ساعتين», «أمس»: read where a date line stands, never in a sentence.

They are as wide as they are honest: an hour either side of hours, a day either side of days, «أمس» a civil day of the
outlet's zone. Weeks and months are not read: so wide a span dates nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from archive import arabic
from archive.records import Precision
from crawler import facts
from crawler.dating import months, written
from crawler.dating.layout import Layout
from crawler.dating.moments import Moment, dated
from crawler.dating.stated import Stated
from crawler.dating.visible import AFTER, BEFORE, Manner, Seen, in_text, nearest
from crawler.facts import Facts

TABLE = Path(__file__).parent / "relative.yml"
SOURCE = "relative"
UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}
MOST = {"minute": 120, "hour": 72, "day": 60}  # of a unit; beyond it no page counts so
TICKING = timedelta(minutes=10)  # «اليوم 14:30» so near to the capture is the page's clock, for all we know


class RelativeWords(Facts):
    """The table of `relative.yml`."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    one: dict[str, tuple[str, ...]]
    two: dict[str, tuple[str, ...]]
    many: dict[str, tuple[str, ...]]
    days: dict[int, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patterns:
    """The table compiled for folded text: what is told as so long ago, and civil days by name."""

    ago: re.Pattern[str]
    counts: Mapping[str, tuple[str, int]]  # «ساعتين» -> hour, 2
    units: Mapping[str, str]
    day: re.Pattern[str]
    days: Mapping[str, int]


@lru_cache(maxsize=1)
def patterns() -> Patterns:
    """The table of `relative.yml`, compiled once.

    Raises:
        FactsError: the table is broken.
    """
    words = facts.load(TABLE, RelativeWords)
    counts = {arabic.fold(name): (unit, 1) for unit, names in words.one.items() for name in names}
    counts |= {arabic.fold(name): (unit, 2) for unit, names in words.two.items() for name in names}
    units = {arabic.fold(name): unit for unit, names in words.many.items() for name in names}
    days = {arabic.fold(name): back for back, names in words.days.items() for name in names}
    apart = f"(?<!{months.LETTER})(?<![0-9])"
    much = rf"(?:(?P<count>{months.any_of(counts)})|(?P<number>[0-9]{{1,3}}) ?(?P<unit>{months.any_of(units)}))"
    other = much.replace("?P<", "?P<late_")
    return Patterns(
        ago=re.compile(rf"{apart}(?:{months.any_of(words.before)} {much}|{other} {months.any_of(words.after)})"),
        counts=counts,
        units=units,
        day=re.compile(rf"{apart}(?P<day>{months.any_of(days)})"),
        days=days,
    )


def _long_ago(found: re.Match[str], now: datetime, said: str) -> Moment | None:
    """So many minutes, hours or days before now."""
    table, parts = patterns(), found.groupdict()
    count = parts["count"] or parts["late_count"]
    number, unit = parts["number"] or parts["late_number"], parts["unit"] or parts["late_unit"]
    name, many = table.counts[count] if count else (table.units[unit], int(number))
    if not 0 < many <= MOST[name]:
        return None
    step = UNITS[name]
    then = now - many * step
    if name == "day":
        bare = dated(then.year, then.month, then.day, said)
        return replace(bare, margin=1) if isinstance(bare, Moment) else None
    exact = name == "minute"
    instant = then.astimezone(UTC)
    return Moment(
        local=then if exact else then.replace(tzinfo=None),
        precision=Precision.MINUTE if exact else Precision.DAY,
        said=said,
        span=(instant - step, min(instant + step, now.astimezone(UTC) + timedelta(seconds=1))),
    )


def _named(found: re.Match[str], folded: str, now: datetime, said: str) -> Moment | None:
    """A civil day by its name, with the hour beside it."""
    day = now - timedelta(days=patterns().days[found["day"]])
    # The reader of written dates reads the hour and tries the weekday beside it.
    whole = f"{folded[: found.start()]} {day:%Y-%m-%d} {folded[found.end() :]}"
    moment = written.written(whole)
    if not isinstance(moment, Moment) or moment.local.date() != day.date():
        return None
    ticks = moment.precision is not Precision.DAY and abs(_aware(moment.local, now) - now) <= TICKING
    return None if ticks else replace(moment, said=said)


def _aware(local: datetime, now: datetime) -> datetime:
    return local if local.tzinfo else local.replace(tzinfo=now.tzinfo)


def find(text: str, now: datetime) -> tuple[written.Found, ...]:
    """The one relative date of a line that says little else; `now` is the capture's instant in the outlet's zone.

    A line that names a year, two relative dates, or any other word is none.
    """
    folded, said, table = arabic.fold(text), arabic.clean(text).text, patterns()
    ago, days = list(table.ago.finditer(folded)), list(table.day.finditer(folded))
    if written.ANY_YEAR.search(folded) or len(ago) + len(days) != 1:
        return ()
    found = (ago or days)[0]
    moment = _long_ago(found, now, said) if ago else _named(found, folded, now, said)
    if moment is None:
        return ()
    called = written.label(folded[: found.start()])
    date = written.Found(moment=moment, label=called, start=found.start(), end=found.end())
    return () if written.other_words(text, [date]) else (date,)


def _may(text: str) -> bool:
    folded, table = arabic.fold(text), patterns()
    return bool(table.ago.search(folded) or table.day.search(folded))


def _stands_as_date(date: Seen) -> bool:
    """«أمس» and «اليوم» alone may head a list; they are a date where something calls them one, or with an hour."""
    told = date.moment.span is not None or date.moment.margin or date.moment.precision is not Precision.DAY
    return bool(told or date.named or date.label == "published")


def seen(layout: Layout, now: datetime) -> Iterator[Stated]:
    """The relative date that stands nearest to the page's title, in the page's own part; one or none."""
    manner = Manner(may=_may, find=lambda line: find(line, now), words=0, wide=True)
    dates = [
        date
        for piece in layout.near(BEFORE, AFTER)
        for date in in_text(piece, manner)
        if date.label in (None, "published") and _stands_as_date(date)
    ]
    for date in nearest(dates, layout.titles, (0, AFTER)) or nearest(dates, layout.titles, (-BEFORE, -1)):
        yield Stated(source=SOURCE, about="published", moment=date.moment)
