"""The smallest outlet that has stories, and the course of a crawl of it, for tests that need no site."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from archive.records import Window
from crawler.orders import CrawlOrder
from crawler.outlet import Outlet, Seed, SeedKind, StoryPatterns
from crawler.scope import NOTHING_HELD
from crawler.visit.frontier import Frontier
from crawler.visit.trip import Trip


def outlet(**changes: object) -> Outlet:
    made = Outlet(
        id="a",
        name="أ",
        english="A",
        country="SY",
        timezone="UTC",
        language="ar",
        hosts=("a.example",),
        story=StoryPatterns(url=(r"^/\d+",), id=(r"^/(\d+)",)),
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # names of fields


def trip(*urls: str, limit: int | None = None) -> Trip:
    """A crawl of it that begins with these sitemaps."""
    return _trip(SeedKind.SITEMAP, urls, limit)


def paged_trip(url: str) -> Trip:
    """A crawl of it that begins with one section."""
    return _trip(SeedKind.SECTION, (url,))


def _trip(kind: SeedKind, urls: tuple[str, ...], limit: int | None = None) -> Trip:
    crawled = outlet(seeds=tuple(Seed(kind=kind, url=url) for url in urls))
    order = CrawlOrder(run="r", outlet="a", now=datetime(2026, 1, 10, tzinfo=UTC))
    frontier = Frontier(outlet=crawled, window=Window(), known=NOTHING_HELD, limit=limit)
    return Trip(order=order, outlet=crawled, frontier=frontier, held_content=lambda url: b"")
