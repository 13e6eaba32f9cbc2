"""The ledger of gaps on a terminal: a line for each month, a letter for each day; it decides nothing.

Letters and digits alone stand in the calendar, so that no terminal turns it round; words of outlets are isolated from
it (UAX #9: FIRST STRONG ISOLATE, POP DIRECTIONAL ISOLATE).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final

from archive.gapchart import LETTERS, marked
from archive.gaps import ON_A_DAY, DayGap, OutletGaps
from archive.listings import Listed, State

STYLES: Final = {
    LETTERS[State.HELD]: "bold green",
    LETTERS[State.FROM_ARCHIVE]: "cyan",
    LETTERS[State.LOST]: "bold red",
    LETTERS[State.BLOCKED]: "yellow",
    LETTERS[State.UNSEEN]: "magenta",
    LETTERS[State.OFF_TOPIC]: "blue",
    "!": "bold red",
}
MISSING: Final = "!"  # behind a day of which something is lost or blocked, although more is held
DULL_MONTHS: Final = 3  # so many alike share a line
NAMED: Final = 40  # stories that are named on a terminal; --json names all
_ISOLATED: Final = ("\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}")
_TURNING: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\x00-\x1f\x7f-\x9f]")


def lines(ledger: OutletGaps) -> Iterator[str]:
    """One outlet: its calendar, what it adds up to, what is missing by name."""
    first, last = (ledger.days[0].day, ledger.days[-1].day) if ledger.days else (None, None)
    yield f"{ledger.outlet}  {first} to {last}" if first else f"{ledger.outlet}  nothing is known"
    if ledger.days:
        yield "         " + "".join(f"{number:<2}" if number % 5 == 1 else "  " for number in range(1, 32)).rstrip()
    yield from _months(ledger.days)
    yield f"days: {_counted(ledger.totals)}"
    yield f"stories: {_counted(ledger.stories)}"
    if ledger.undated:
        yield f"of no known day: {_counted(ledger.undated)}"
    yield from (_named(each) for each in ledger.named[:NAMED])
    if len(ledger.named) > NAMED:
        yield f"and {len(ledger.named) - NAMED} more; --json names all"
    for lapse in ledger.lapses:
        between = f"between {lapse.after:%Y-%m-%d %H:%M} and {lapse.before:%Y-%m-%d %H:%M} UTC"
        yield f"{lapse.kind} {isolated(lapse.seed)}: items may have come and gone unseen {between}"


def _months(days: Sequence[DayGap]) -> Iterator[str]:
    """A line a month; months in a row of which every day is the same dull one share a line."""
    months = [list(each) for _, each in groupby(days, key=lambda day: (day.day.year, day.day.month))]
    for dull, same in groupby(months, key=_dullness):
        alike = list(same)
        if dull is None or len(alike) < DULL_MONTHS:
            yield from map(_month, alike)
        else:
            first, last = alike[0][0].day, alike[-1][-1].day
            yield f"{first:%Y-%m}  {LETTERS[dull]} on every day until {last:%Y-%m}"


def _dullness(month: Sequence[DayGap]) -> State | None:
    """The one state in which every day of a month is, where there is nothing on them to see."""
    states = {day.state for day in month}
    return month[0].state if len(states) == 1 and month[0].state in ON_A_DAY else None


def _month(days: Sequence[DayGap]) -> str:
    cells = ["  "] * 31
    for day in days:
        cells[day.day.day - 1] = LETTERS[day.state] + (MISSING if marked(day) else " ")
    return f"{days[0].day:%Y-%m}  {''.join(cells).rstrip()}"


def key() -> str:
    """What the letters mean."""
    meanings = [f"{LETTERS[state]} {state.value}" for state in State]
    return ", ".join([*meanings, f"{MISSING} something is lost or blocked all the same"])


def _counted(counts: Mapping[State, int]) -> str:
    return ", ".join(f"{number} {state.value}" for state, number in counts.items()) or "none"


def _named(story: Listed) -> str:
    days = "undated" if story.days is None else " to ".join(dict.fromkeys(map(str, story.days)))
    title = f"  {isolated(story.title)}" if story.title else ""
    return f"{story.state.value}: {days}  {story.story}  {isolated(story.url)}{title}"


def isolated(words: str) -> str:
    """Words of any direction, which turn nothing around them, and no terminal's colours."""
    plain = " ".join(_TURNING.sub(" ", words).split())
    return f"{_ISOLATED[0]}{plain}{_ISOLATED[1]}"
