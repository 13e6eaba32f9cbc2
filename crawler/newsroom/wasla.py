"""Wasla «وكالة وصلة للأنباء»: a wire agency, daily sitemaps and a feed of thirty items; it reads no disk."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from crawler.newsroom import faults, listings
from crawler.newsroom.answers import TEXT, Ask, Reply, chunked, conditional, moved, page, with_modified
from crawler.newsroom.listings import Entry
from crawler.newsroom.pages import render
from crawler.newsroom.paper import Paper, Printed

ARTICLE = re.compile(r"^/(?P<day>[0-9]{4}/[0-9]{2}/[0-9]{2})/(?P<id>[0-9]+)\.html$")
FEED_LENGTH = 30
ABOUT = "وكالة وصلة للأنباء: آخر البرقيات"


def address(paper: Paper, story: Printed) -> str:
    """The article's address carries its day."""
    return f"{paper.address}/{story.published:%Y/%m/%d}/{story.id}.html"


def answer(paper: Paper, ask: Ask) -> Reply:
    """What this outlet answers to any request."""
    if match := ARTICLE.match(ask.path):
        return _article(paper, ask, match["day"], int(match["id"]))
    match ask.path:
        case "/":
            return chunked(page(render("wasla/home.html", paper=paper, stories=_linked(paper, paper.newest[:15]))))
        case "/robots.txt":
            return page(faults.ROBOTS["wasla"].format(address=paper.address), TEXT)
        case "/rss.xml":
            return _feed(paper, ask)
        case "/sitemap.xml":
            return _sitemap(paper, ask)
    return _not_found(paper)


def _not_found(paper: Paper) -> Reply:
    return page(render("wasla/missing.html", paper=paper), status=404)


def _linked(paper: Paper, stories: tuple[Printed, ...]) -> list[tuple[str, Printed]]:
    return [(address(paper, story), story) for story in stories]


def _article(paper: Paper, ask: Ask, day: str, number: int) -> Reply:
    if number == faults.LISTED["wasla"].number:
        return moved(f"http://{faults.OFF_SITE_HOST}/sms/{number}.html", status=302)
    if number not in paper.stories or f"{paper.stories[number].published:%Y/%m/%d}" != day:
        return _not_found(paper)
    story = paper.stories[number]
    html = render(
        "wasla/article.html",
        paper=paper,
        story=story,
        url=address(paper, story),
        inline={block.after: _linked(paper, (paper.stories[block.to],))[0] for block in story.text.inline},
        related=_linked(paper, paper.related(story)),
    )
    reply = conditional(with_modified(page(html), story.lastmod), ask)
    return replace(chunked(reply) if reply.body else reply, slow=paper.is_oldest(story))


def _feed(paper: Paper, ask: Ask) -> Reply:
    items = [listings.item(story, address(paper, story), address(paper, story)) for story in paper.newest[:FEED_LENGTH]]
    reply = listings.feed(paper, items, "/rss.xml", ABOUT)
    return conditional(with_modified(reply, max(story.lastmod for story in paper.newest)), ask)


def _sitemap(paper: Paper, ask: Ask) -> Reply:
    """The stories of one day, told as yyyy, mm and dd with or without leading zeros; today's when no day is told."""
    said = [ask.query.get(name, "") for name in ("yyyy", "mm", "dd")]
    try:
        day = date(*map(int, said)) if any(said) else ask.time.astimezone(paper.masthead.zone).date()
    except ValueError:  # no such day
        return page("bad date\n", TEXT, status=400)
    entries = [
        Entry(url=address(paper, story), lastmod=story.lastmod)
        for story in paper.newest
        if story.published.date() == day
    ]
    latest = paper.newest[0]
    if day == latest.published.date():
        service = f"{paper.address}/{latest.published:%Y/%m/%d}/{faults.LISTED['wasla'].number}.html"
        entries.append(Entry(url=service, lastmod=latest.published))
    return listings.urlset(entries)
