"""Which time a listing gives account of: within it, all that was published stands in the listing; pure, and cautious.

A day is called empty only by this. Where it cannot be told, nothing is covered, and the day stays one without listing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from archive.listings import Span
from crawler.outlet import SeedKind

# Before there was a web: the lower end of a listing that goes back to the outlet's beginning.
ALWAYS = datetime(1990, 1, 1, tzinfo=UTC)
# Items of one listing may be out of order by so much: told to the day, or moved up when they were changed.
JITTER = timedelta(days=1)
# A listing of these shows the newest items, newest first, up to the moment it was asked for.
NEWEST_FIRST = (SeedKind.FEED, SeedKind.REST, SeedKind.SECTION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a listing showed. `spans` are those of its items in their order, None of an item without a date."""

    kind: SeedKind
    at: datetime
    spans: Sequence[Span | None]
    asked: tuple[datetime | None, datetime | None]  # UTC bounds that its address asks for
    page: int = 1
    last: bool = False
    is_partial: bool = False  # by its words it lists what fits them, not what was published


def covers(shown: Shown) -> Span | None:
    """The time that one page gives account of by itself; pages of a series together may tell of more."""
    if shown.is_partial or shown.at <= ALWAYS:
        return None
    spans = [span for span in shown.spans if span is not None]
    is_dated = len(spans) == len(shown.spans)
    since, until = shown.asked
    upper = min(until or shown.at, shown.at)
    if shown.kind is SeedKind.SITEMAP:
        found = _of_map(shown, spans, is_dated, upper)
    elif shown.kind not in NEWEST_FIRST:
        return None
    elif shown.last and shown.page == 1:  # all there is, in whatever order and with dates or without
        found = (since or ALWAYS, upper)
    elif not spans or not is_dated or (slack := _disorder(spans)) is None:
        return None
    else:
        oldest = max(min(span[1] for span in spans) + slack, since or ALWAYS)
        lower = (since or ALWAYS) if shown.last else oldest
        found = (lower, upper if shown.page == 1 else min(upper, max(span[0] for span in spans) - slack))
    return found if found is not None and found[0] < found[1] else None


def _of_map(shown: Shown, spans: Sequence[Span], is_dated: bool, upper: datetime) -> Span | None:
    """A map that is named by its days holds them all; another one tells of the time between its first and last item."""
    since, until = shown.asked
    if since is not None and until is not None:
        return since, upper
    slacks = (_disorder(spans), _disorder(spans[::-1])) if spans and is_dated else ()
    slack = min((each for each in slacks if each is not None), default=None)
    if slack is None:
        return None
    return min(span[1] for span in spans) + slack, min(upper, max(span[0] for span in spans) - slack)


def _disorder(spans: Sequence[Span]) -> timedelta | None:
    """How far items are from standing newest first: not at all, by no more than JITTER, or (None) further."""
    # A span ends before its upper bound: one that begins there is newer.
    steps = [later[0] - earlier[1] for earlier, later in _newest(spans) if later[0] >= earlier[1] < later[1]]
    if not steps:
        return timedelta(0)
    return JITTER if max(steps) <= JITTER else None


def _newest(spans: Sequence[Span]) -> Iterator[tuple[Span, Span]]:
    """Each item with the oldest of those before it, so that small steps upward do not add up."""
    oldest = spans[0]
    for _, span in pairwise(spans):
        yield oldest, span
        oldest = min(oldest, span, key=lambda each: each[1])
