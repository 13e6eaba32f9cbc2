"""Feeds and sitemaps, the same form for every outlet that has them; it knows no layout of a page."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from crawler.newsroom.answers import RSS, XML, Reply, page
from crawler.newsroom.pages import render
from crawler.newsroom.paper import Masthead, Printed


class Publisher(Protocol):
    """Whoever has a feed: a name, and where the site stands."""

    @property
    def masthead(self) -> Masthead:
        """What never changes about it."""

    @property
    def address(self) -> str:
        """`http://host:port`, no slash."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a sitemap."""

    url: str
    lastmod: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item of a feed."""

    url: str
    guid: str
    title: str
    published: datetime
    section: str
    excerpt: str
    byline: str = ""


def item(story: Printed, url: str, guid: str) -> Item:
    """A story as a feed tells it."""
    return Item(
        url=url,
        guid=guid,
        title=story.text.title,
        published=story.published,
        section=story.text.section,
        excerpt=story.excerpt,
        byline=story.text.byline,
    )


def feed(paper: Publisher, items: Iterable[Item], at: str, about: str) -> Reply:
    """RSS 2.0; `at` is the feed's own path."""
    return page(render("feed.xml", paper=paper, items=list(items), at=at, about=about), RSS)


def urlset(entries: Iterable[Entry]) -> Reply:
    """A sitemap; empty when there is nothing to list."""
    return page(render("sitemap.xml", entries=list(entries)), XML)


def index(entries: Iterable[Entry]) -> Reply:
    """A sitemap index."""
    return page(render("sitemap_index.xml", entries=list(entries)), XML)


def as_gz_file(reply: Reply) -> Reply:
    """The body as a `.gz` file: the file is gzip, the transfer is not coded."""
    packed = gzip.compress(reply.body, 6, mtime=0)
    return Reply(status=reply.status, headers=(("Content-Type", "application/x-gzip"),), body=packed)
