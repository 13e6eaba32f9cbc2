"""An outlet with a seed of every kind that a backfill asks by itself, for tests of what is asked of whom."""

from __future__ import annotations

from datetime import UTC, date, datetime

from crawler.outlet import Outlet, Seed, SeedKind

NOW = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)


def outlet(*seeds: Seed, zone: str = "Asia/Damascus", closed: date | None = None) -> Outlet:
    return Outlet(
        id="paper",
        name="الجريدة",
        english="Paper",
        country="SY",
        timezone=zone,
        language="ar",
        hosts=("paper.example",),
        seeds=seeds,
        closed=closed,
    )


def seed(kind: SeedKind, path: str) -> Seed:
    return Seed(kind=kind, url=f"https://paper.example/{path}")


FEED = seed(SeedKind.FEED, "feed")
DAILY = seed(SeedKind.SITEMAP, "sitemap-{yyyy}-{mm}-{dd}.xml")
SECTION = seed(SeedKind.SECTION, "news/page/{page}")
REST = seed(SeedKind.REST, "wp-json/wp/v2/posts")
SEARCH = seed(SeedKind.SEARCH, "?s={term}")
WHOLE = outlet(FEED, DAILY, SECTION, REST, SEARCH)
