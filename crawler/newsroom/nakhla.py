"""Nakhla «النخلة»: WordPress-like: feed, gz sitemaps, JSON-LD, furniture inside the article; it reads no disk."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import quote

from crawler.newsroom import faults, listings
from crawler.newsroom.answers import (
    TEXT,
    Ask,
    Reply,
    chunked,
    conditional,
    gzipped,
    moved,
    page,
    with_etag,
    with_modified,
)
from crawler.newsroom.listings import Entry
from crawler.newsroom.pages import render, script, slugged
from crawler.newsroom.paper import Paper, Printed

ARTICLE = re.compile(r"^/archives/(?P<id>[0-9]+)(?:/(?P<slug>[^/]*))?/?$")
YEAR = re.compile(r"^/post-sitemap-(?P<year>[0-9]{4})\.xml\.gz$")
FEED_LENGTH = 20
ABOUT = "النخلة: صحيفة إلكترونية مستقلة"


def address(paper: Paper, story: Printed) -> str:
    """The permalink: number and percent-encoded Arabic slug."""
    return f"{paper.address}/archives/{story.id}/{slugged(story.text.slug)}"


def answer(paper: Paper, ask: Ask) -> Reply:
    """What this outlet answers to any request."""
    if match := ARTICLE.match(ask.path):
        return _article(paper, ask, int(match["id"]), match["slug"] or "")
    if match := YEAR.match(ask.path):
        return _year(paper, ask, int(match["year"]))
    return _fixed(paper, ask)


def _fixed(paper: Paper, ask: Ask) -> Reply:
    match ask.path:
        case "/":
            return _home(paper, ask)
        case "/robots.txt":
            return page(faults.ROBOTS["nakhla"].format(address=paper.address), TEXT)
        case "/feed/" | "/feed":
            return _feed(paper, ask)
        case "/sitemap_index.xml.gz":
            return _index(paper, ask)
        case path if path.startswith("/private/"):
            listed = faults.LISTED["nakhla"]
            return page(render("nakhla/draft.html", paper=paper, title=listed.title))
    return _not_found(paper)


def _home(paper: Paper, ask: Ask) -> Reply:
    """The latest ten; `/?p=` and a number is the short form of an article's address."""
    short = ask.query.get("p", "")
    if short.isdecimal() and int(short) in paper.stories:
        return moved(address(paper, paper.stories[int(short)]))
    return gzipped(page(render("nakhla/home.html", paper=paper, stories=_linked(paper, paper.newest[:10]))), ask)


def _not_found(paper: Paper) -> Reply:
    return page(render("nakhla/missing.html", paper=paper), status=404)


def _linked(paper: Paper, stories: tuple[Printed, ...]) -> list[tuple[str, Printed]]:
    return [(address(paper, story), story) for story in stories]


def _article(paper: Paper, ask: Ask, number: int, slug: str) -> Reply:
    """The page, or 301 to it from any other slug, as WordPress does."""
    if number not in paper.stories:
        return _not_found(paper)
    story = paper.stories[number]
    if slug != story.text.slug:
        return moved(address(paper, story))
    html = render(
        "nakhla/article.html",
        paper=paper,
        story=story,
        url=address(paper, story),
        json_ld=script(_json_ld(paper, story)),
        inline={block.after: _linked(paper, (paper.stories[block.to],))[0] for block in story.text.inline},
        related=_linked(paper, paper.related(story)),
    )
    reply = with_modified(with_etag(page(html)), story.lastmod)
    return chunked_when_full(conditional(gzipped(reply, ask), ask))


def chunked_when_full(reply: Reply) -> Reply:
    """Chunked, unless there is no body to chunk."""
    return chunked(reply) if reply.body else reply


def _json_ld(paper: Paper, story: Printed) -> dict[str, object]:
    """schema.org NewsArticle without articleBody, dates with the outlet's offset."""
    return {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": {"@type": "WebPage", "@id": address(paper, story)},
        "headline": story.text.title,
        "datePublished": story.published.isoformat(),
        "dateModified": story.lastmod.isoformat(),
        "articleSection": story.text.section,
        "inLanguage": "ar",
        "author": {"@type": "Person", "name": story.text.byline or paper.masthead.name},
        "publisher": {
            "@type": "Organization",
            "name": paper.masthead.name,
            "logo": {"@type": "ImageObject", "url": f"{paper.address}/wp-content/uploads/logo.png"},
        },
    }


def _feed(paper: Paper, ask: Ask) -> Reply:
    items = (
        listings.item(story, address(paper, story), f"{paper.address}/?p={story.id}")
        for story in paper.newest[:FEED_LENGTH]
    )
    reply = with_etag(listings.feed(paper, items, "/feed/", ABOUT))
    return conditional(with_modified(reply, max(story.lastmod for story in paper.newest)), ask)


def _index(paper: Paper, ask: Ask) -> Reply:
    years = sorted({story.published.year for story in paper.newest})
    entries = (Entry(url=f"{paper.address}/post-sitemap-{year}.xml.gz", lastmod=_latest(paper, year)) for year in years)
    reply = with_etag(listings.as_gz_file(listings.index(entries)))
    return conditional(reply, ask)


def _latest(paper: Paper, year: int) -> datetime:
    return max(story.lastmod for story in paper.newest if story.published.year == year)


def _year(paper: Paper, ask: Ask, year: int) -> Reply:
    stories = [story for story in paper.newest if story.published.year == year]
    if not stories:
        return _not_found(paper)
    entries = [Entry(url=_in_sitemap(paper, story), lastmod=story.lastmod) for story in stories]
    if year == paper.newest[0].published.year:
        listed = faults.LISTED["nakhla"]
        draft = f"{paper.address}/private/archives/{listed.number}/{slugged(listed.slug)}"
        entries.append(Entry(url=draft, lastmod=paper.newest[0].lastmod))
    reply = with_etag(listings.as_gz_file(listings.urlset(entries)))
    return conditional(with_modified(reply, _latest(paper, year)), ask)


def _in_sitemap(paper: Paper, story: Printed) -> str:
    """The plug-in that writes the sitemap encodes in capitals, and missed that the oldest story was renamed."""
    if paper.is_oldest(story):
        return f"{paper.address}/archives/{story.id}/{quote(faults.FORMER_SLUG)}"
    return f"{paper.address}/archives/{story.id}/{quote(story.text.slug)}"
