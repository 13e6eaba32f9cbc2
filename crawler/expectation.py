"""Whether a crawl brought what its outlet's file expects: silence and sudden change, in words; pure, it asks nothing.

Stories are counted as listed, not as fetched: what a crawl refuses or holds already stands in its listings too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from archive.records import Reason
from crawler.orders import CrawlOrder, CrawlReport
from crawler.outlet import Expect

LONGEST = 32  # days back that an everyday listing can be expected to show
BEFORE = 3  # earlier crawls that make a habit
FEWEST = 3.0  # stories a day from which a habit is told: below, chance alone makes jumps
SHARE = 0.2  # of the habit below which, and the times above which, a change is sudden
NO_STORIES = (Reason.NOT_A_STORY, Reason.FOREIGN_HOST, Reason.BAD_URL, Reason.OUTSIDE_WINDOW)
WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """Stories that a crawl's listings showed of its window, and the window's days."""

    stories: int
    days: int

    @property
    def rate(self) -> float:
        """Stories a day."""
        return self.stories / self.days


def brought(since: date | None, today: date, candidates: Mapping[str, int], refused: Mapping[str, int]) -> Brought:
    """From a crawl's own counts; an open window stands for the longest that is compared."""
    others = sum(refused.get(reason.value, 0) for reason in NO_STORIES)
    stories = candidates.get("listed", 0) - candidates.get("again", 0) - others
    days = (today - since).days if since else LONGEST
    return Brought(stories=max(stories, 0), days=max(days, 1))


def is_comparable(order: CrawlOrder, report: CrawlReport, today: date) -> bool:
    """Whether the crawl asked every seed for the last days, without a limit, and came to its end."""
    is_recent = order.since is not None and 0 < (today - order.since).days <= LONGEST
    reaches_today = order.until is None or order.until > today
    return report.finished and is_recent and reaches_today and order.limit is None and not order.kinds


def counted(expect: Expect, found: Brought) -> str | None:
    """Why the number of stories is not what the file expects; None when it is, or when the file says nothing."""
    if expect.stories_per_week is None:
        return None
    least, most = (bound * found.days / WEEK for bound in expect.stories_per_week)
    bounds = f"its file expects {least:.0f} to {most:.0f}"
    if found.stories == 0 and least > 0:
        return f"silence: its seeds list no story of the last {found.days} days; {bounds}"
    if not least <= found.stories <= most:
        return f"its seeds list {found.stories} stories of the last {found.days} days; {bounds}"
    return None


def changed(found: Brought, earlier: Sequence[float]) -> str | None:
    """Why the stories a day are not what they were in earlier crawls; None when they are, or too few are known."""
    if len(earlier) < BEFORE or (usual := median(earlier)) < FEWEST:
        return None
    if usual * SHARE <= found.rate <= usual / SHARE:
        return None
    return (
        f"sudden change: {found.rate:.1f} stories a day are listed, {usual:.1f} were in the last {len(earlier)} crawls"
    )


def measured(expect: Expect, lengths: Sequence[int]) -> str | None:
    """Why the texts' usual length, in code points, is not what the file expects; None without a text or a bound."""
    if expect.chars is None or not lengths:
        return None
    least, most = expect.chars
    usual = int(median(lengths))
    if least <= usual <= most:
        return None
    return f"its {len(lengths)} texts have {usual} code points in the median; its file expects {least} to {most}"
