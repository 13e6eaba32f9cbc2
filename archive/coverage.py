"""Which of an outlet's days its polls give account of, and on which they failed to; pure, cautious and order-free."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from archive.listings import Content, Polled, Span

# Before there was a web: the lower end of a listing that goes back to the outlet's beginning.
ALWAYS: Final = datetime(1990, 1, 1, tzinfo=UTC)
_READ: Final = (Content.LISTED, Content.UNCHANGED)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapse:
    """Two polls of one listing that share nothing: what came and went between them was seen by nobody."""

    seed: str
    kind: str
    after: datetime
    before: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Time that listings give account of, as spans in order that do not touch; days that a failed poll leaves open."""

    zone: str
    spans: tuple[Span, ...] = ()
    failed: tuple[tuple[date, date], ...] = ()  # days [first, last]
    lapses: tuple[Lapse, ...] = ()

    def holds(self, day: date) -> bool:
        """Whether the whole of a civil day is accounted for."""
        start, end = bounds(day, self.zone)
        at = bisect_right(self.spans, start, key=lambda span: span[0]) - 1
        return at >= 0 and self.spans[at][1] >= end

    def failures(self, day: date) -> int:
        """How many polls that could have told of a day failed."""
        return sum(1 for first, last in self.failed if first <= day <= last)


def bounds(day: date, zone: str) -> Span:
    """A civil day of a zone in UTC, half-open."""
    place = ZoneInfo(zone)
    first, after = (datetime.combine(each, time.min, place).astimezone(UTC) for each in (day, day + _DAY))
    return first, after


def day_of(moment: datetime, zone: str) -> date:
    """The civil day of an instant."""
    return moment.astimezone(ZoneInfo(zone)).date()


def coverage(polls: Iterable[Polled], zone: str) -> Coverage:
    """What the polls of one outlet tell of its days."""
    given = sorted(polls, key=lambda poll: (poll.seed, poll.series, poll.run or "", poll.page, poll.at, poll.record))
    spans = [span for _, pages in groupby(given, key=_visit) for span in _told(list(pages), zone)]
    return Coverage(
        zone=zone,
        spans=tuple(_joined(spans)),
        failed=tuple(sorted(_failures(given, zone))),
        lapses=tuple(sorted(_lapses(given), key=lambda lapse: (lapse.after, lapse.seed, lapse.before))),
    )


def _visit(poll: Polled) -> tuple[str, str, str]:
    """One crawl's walk through the pages of one listing; without a run, each poll stands by itself."""
    return poll.seed, poll.series, poll.run or f"{poll.at} {poll.record}"


def _told(pages: Sequence[Polled], zone: str) -> Iterator[Span]:
    """What pages tell by themselves, and together: one after the other without a break, they leave nothing out."""
    by_number: dict[int, Polled] = {}
    for page in pages:
        if page.covers is not None and page.problem is None:
            yield page.covers
        if page.content is not Content.FAILED or page.page not in by_number:
            by_number[page.page] = page
    span: Span | None = None
    number = min(by_number)
    while number in by_number:
        page = by_number[number]
        if span is not None and _ends(page):
            yield _floor(page, zone), span[1]
            return
        covers = page.covers if page.problem is None else None
        if covers is None or (span is not None and covers[0] > span[0]):
            break
        span = (covers[0], span[1]) if span is not None else covers
        number += 1
    if span is not None:
        yield span


def _ends(page: Polled) -> bool:
    """Whether a page says that there is no more."""
    is_empty = page.content in _READ and page.problem is None and page.items == 0 and page.last
    return page.content is Content.PAST_THE_END or is_empty


def _floor(page: Polled, zone: str) -> datetime:
    return bounds(page.since, zone)[0] if page.since is not None else ALWAYS


def _joined(spans: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for since, until in sorted(spans):
        if joined and since <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], until)
        else:
            joined.append((since, until))
    return joined


# ---- failures ------------------------------------------------------------------------------------------------------


def _failures(polls: Sequence[Polled], zone: str) -> Iterator[tuple[date, date]]:
    """The days that a poll was meant to tell of, or its own, where it did not tell all, and no other made it good."""
    sound: dict[tuple[str, str], list[Polled]] = defaultdict(list)
    for poll in polls:
        if poll.problem is None and poll.content is not Content.FAILED:
            sound[poll.url, poll.via.value].append(poll)
    for poll in polls:
        if poll.content is not Content.FAILED and poll.problem is None:
            continue
        if not any(_makes_good(other, poll, zone) for other in sound[poll.url, poll.via.value]):
            yield _meant(poll, zone)


def _meant(poll: Polled, zone: str) -> tuple[date, date]:
    own = day_of(moment(poll), zone)
    if poll.since is None and poll.until is None:
        return own, own
    last = poll.until - _DAY if poll.until is not None else own
    return poll.since or last, last


def _makes_good(sound: Polled, failed: Polled, zone: str) -> bool:
    if failed.since is not None or failed.until is not None:
        return True  # the address names its days: whenever it was read, it told of them
    at, again = moment(failed), moment(sound)
    if sound.covers is not None and sound.covers[0] <= at < sound.covers[1]:
        return True
    return again >= at and day_of(again, zone) == day_of(at, zone)


def moment(poll: Polled) -> datetime:
    """When a poll was made."""
    return datetime.fromisoformat(poll.at)


def _lapses(polls: Sequence[Polled]) -> Iterator[Lapse]:
    """Between a poll that shares nothing with the one before it, and that one."""
    ordered = sorted(polls, key=lambda poll: (poll.seed, poll.series, poll.page, poll.at, poll.record))
    for _, series in groupby(ordered, key=lambda poll: (poll.seed, poll.series, poll.page)):
        before: Polled | None = None
        for poll in series:
            if before is not None and poll.may_have_lost:
                yield Lapse(seed=poll.seed, kind=poll.kind, after=moment(before), before=moment(poll))
            if poll.content in _READ and poll.items:
                before = poll
