"""The books that an order is carried out by, made of what is held: the outlet's own, or those of a web archive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

from crawler.archives.choosing import Choice, Known
from crawler.archives.course import Course, Pages
from crawler.archives.indexes import Indexes
from crawler.orders import CrawlOrder
from crawler.scope import NOTHING_HELD, Held
from crawler.visit.books import Books
from crawler.visit.frontier import Frontier
from crawler.visit.held import Shelf
from crawler.visit.trip import Trip
from crawler.visit.waiting import Economy
from crawler.visit.ways import Task

# How long an index's answer stands for what the index would say now: archives take in captures of past days for long.
FRESH: Final = timedelta(days=7)
OPEN: Final = timedelta(days=1)  # where the capture days asked for are not over


@dataclass(frozen=True, slots=True, kw_only=True)
class Fresh:
    """What the shelf holds of an archive's index, as long as it is fresh."""

    shelf: Shelf
    order: CrawlOrder

    def content(self, url: str) -> bytes:
        """Content of an answer; empty when none is held, or when it was too long ago."""
        line = self.shelf.known.latest(url)
        if line is None or not line.date:
            return b""
        captured = datetime.fromisoformat(line.date)
        return self.shelf.content(url) if self.order.now - captured <= self._span(captured) else b""

    def _span(self, captured: datetime) -> timedelta:
        until = self.order.seen_until
        is_over = until is not None and datetime.combine(until, time.min, UTC) <= captured
        return FRESH if is_over else OPEN


def books(
    task: Task, shelf: Shelf, economy: Economy | None, is_none: Callable[[str], bool] = lambda story: False
) -> Books[Any, Any]:
    """The books of an order. `is_none`: whether a held story was read and is no article, by its id."""
    order, outlet, service = task.order, task.outlet, task.ways.service
    # Which of an archive's copies are held, the choice among them knows.
    known = shelf.stories if service is None else NOTHING_HELD
    frontier = Frontier(outlet=outlet, window=order.window, known=known, limit=order.limit, economy=economy)
    if service is None:
        return Trip(order=order, outlet=outlet, frontier=frontier, held_content=shelf.content)
    from crawler.visit.judged import Read, reading  # late: a crawl of an outlet reads no page and starts sooner

    held = Held(captured=Read(outlet.id, shelf.stories.captured, is_none))
    copies = Known(stories=held, mementos=shelf.mementos)
    return Course(
        order=order,
        indexes=Indexes(service, outlet, order.seen, Fresh(shelf=shelf, order=order).content),
        choice=Choice(outlet, order.window, order.copies, copies),
        frontier=frontier,
        pages=Pages(shelved=lambda name: shelf.memento(name, order.via), reading=reading(outlet, task.settings)),
    )
