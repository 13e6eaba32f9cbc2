"""What is held of each day of an outlet, and what is not: the ledger of gaps, told from listings and holdings; pure.

Absence is one thing, a failed crawl another, a missing listing a third: a day counts as empty only where listings give
account of the whole of it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from archive.coverage import ALWAYS, Coverage, Lapse, coverage, day_of
from archive.listings import Days, HeldDay, Listed, Polled, State
from archive.records import Window

ON_A_DAY: Final = (State.NOTHING, State.NO_LISTING)  # states of days alone
NAMED: Final = (State.LOST, State.BLOCKED)  # stories in these states are named one by one
HELD: Final = (State.HELD, State.FROM_ARCHIVE, State.OFF_TOPIC)
MOST_DAYS: Final = 31  # of a story that is not dated to the day; one that is told less exactly stands on none
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayGap:
    """One civil day of an outlet. `perhaps`: stories that may stand on it, dated to its month or week only."""

    outlet: str
    day: date
    state: State
    counts: Mapping[State, int] = field(default_factory=dict)
    perhaps: Mapping[State, int] = field(default_factory=dict)
    covered: bool = False  # listings give account of the whole day
    failed: int = 0  # polls that could have told of it and did not


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletGaps:
    """One outlet's days in order, what stands on none of them, and where items may have been lost unseen."""

    outlet: str
    zone: str
    days: tuple[DayGap, ...] = ()
    undated: Mapping[State, int] = field(default_factory=dict)  # stories of no known day
    named: tuple[Listed, ...] = ()  # listed but lost, or blocked
    lapses: tuple[Lapse, ...] = ()

    @property
    def totals(self) -> Mapping[State, int]:
        """Days in each state."""
        found = Counter(day.state for day in self.days)
        return {state: found[state] for state in State if found[state]}

    @property
    def stories(self) -> Mapping[State, int]:
        """Stories in each state, each counted once."""
        found = Counter(self.undated)
        for day in self.days:
            found.update(day.counts)
        return {state: found[state] for state in State if found[state]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """All that is known of one outlet."""

    outlet: str
    zone: str
    held: Iterable[HeldDay] = ()
    listed: Iterable[Listed] = ()
    polls: Iterable[Polled] = ()


def gaps(known: Known, window: Window) -> OutletGaps:
    """The ledger of one outlet for a window of its days; where the window is open, from the first to the last known."""
    told = coverage(known.polls, known.zone)
    counts: dict[date, Counter[State]] = defaultdict(Counter)
    perhaps: dict[date, Counter[State]] = defaultdict(Counter)
    undated: Counter[State] = Counter()
    named: list[Listed] = []

    def stand(days: Days | None, state: State) -> None:
        width = None if days is None else (days[1] - days[0]).days + 1
        if days is None or width is None or width > MOST_DAYS:
            undated[state] += 1
        elif width == 1:
            counts[days[0]][state] += 1
        else:
            for day in _through(days):
                perhaps[day][state] += 1

    for story in known.held:
        stand(story.days, story.state)
    for each in known.listed:
        if each.state in HELD:
            continue  # it stood among the held already
        stand(each.days, each.state)
        if each.state in NAMED and (each.days is None or _touches(each.days, window)):
            named.append(each)
    days = _range({*counts, *perhaps}, told, window)
    return OutletGaps(
        outlet=known.outlet,
        zone=known.zone,
        days=tuple(_day(known.outlet, day, (counts[day], perhaps[day]), told) for day in days),
        undated=_told(undated),
        named=tuple(sorted(named, key=lambda each: (each.days or (date.max, date.max), each.story))),
        lapses=tuple(lapse for lapse in told.lapses if _touches(_of(lapse, known.zone), window)),
    )


def _day(outlet: str, day: date, found: tuple[Counter[State], Counter[State]], told: Coverage) -> DayGap:
    counts, perhaps = found
    covered, failed = told.holds(day), told.failures(day)
    return DayGap(
        outlet=outlet,
        day=day,
        state=_state(counts, perhaps, covered=covered, failed=bool(failed)),
        counts=_told(counts),
        perhaps=_told(perhaps),
        covered=covered,
        failed=failed,
    )


def _state(counts: Counter[State], perhaps: Counter[State], *, covered: bool, failed: bool) -> State:
    """What a day is called: the first of the states that its stories are in. What only may stand on it comes after what
    does; and a failed poll, where nothing else accounts for the day, is no better than a story that was not answered.
    """
    present = {state for state in State if counts[state]} or {state for state in State if perhaps[state]}
    if failed and not covered:
        present.add(State.BLOCKED)
    return next((state for state in State if state in present), State.NOTHING if covered else State.NO_LISTING)


def _told(counts: Counter[State]) -> dict[State, int]:
    return {state: counts[state] for state in State if counts[state]}


def _through(days: Days) -> Iterator[date]:
    for number in range((days[1] - days[0]).days + 1):
        yield days[0] + number * _DAY


def _of(lapse: Lapse, zone: str) -> Days:
    return day_of(lapse.after, zone), day_of(lapse.before, zone)


def _touches(days: Days, window: Window) -> bool:
    is_late = window.until is not None and days[0] >= window.until
    is_early = window.since is not None and days[1] < window.since
    return not (is_late or is_early)


def _range(known: set[date], told: Coverage, window: Window) -> list[date]:
    """The days of the window; at its open ends from the first to the last that anything is known of."""
    edges: set[date] = set(known)
    for start, end in told.spans:
        edges.add(day_of(end, told.zone))
        if start > ALWAYS:
            edges.add(day_of(start, told.zone))
    edges.update(day for days in told.failed for day in days)
    if not edges and (window.since is None or window.until is None):
        return []
    first = window.since or min(edges)
    until = window.until or max(edges) + _DAY
    return [first + number * _DAY for number in range((until - first).days)]
