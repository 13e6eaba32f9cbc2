"""Ufuq «أفق»: a magazine in a Jannah-like theme, listed by categories and a short feed; it reads no disk."""

from __future__ import annotations

import re
from datetime import UTC

from crawler.newsroom import faults, listings
from crawler.newsroom.answers import HTML, TEXT, Ask, Reply, moved, page
from crawler.newsroom.pages import render, slugged
from crawler.newsroom.paper import Paper, Printed

ARTICLE = re.compile(r"^/(?P<month>[0-9]{4}/[0-9]{2})/(?P<slug>[^/]+)/?$")
CATEGORY = re.compile(r"^/category/(?P<section>[^/]+)/(?:page/(?P<page>[0-9]+)/)?$")
FEED_LENGTH = 10
PAGE_LENGTH = 10
WORDS_A_MINUTE = 180
ABOUT = "أفق: أخبار وتحليلات"


def address(paper: Paper, story: Printed) -> str:
    """The permalink: year, month and percent-encoded slug; the number is nowhere in it."""
    return f"{paper.address}/{story.published:%Y/%m}/{slugged(story.text.slug)}/"


def section_address(paper: Paper, section: str) -> str:
    """The first page of a category."""
    return f"{paper.address}/category/{slugged(section_slug(section))}/"


def section_slug(section: str) -> str:
    """«شؤون دولية» → «شؤون-دولية»."""
    return section.replace(" ", "-")


def sections(paper: Paper) -> list[str]:
    """The categories in use, sorted."""
    return sorted({story.text.section for story in paper.newest})


def answer(paper: Paper, ask: Ask) -> Reply:
    """What this outlet answers to any request."""
    if match := ARTICLE.match(ask.path):
        return _article(paper, match["month"], match["slug"])
    if match := CATEGORY.match(ask.path):
        return _category(paper, match["section"], match["page"] or "")
    match ask.path:
        case "/":
            return page(render("ufuq/listing.html", **_list(paper, "أحدث المقالات", paper.newest[:PAGE_LENGTH])))
        case "/robots.txt":
            return page(faults.ROBOTS["ufuq"], TEXT)
        case "/feed/" | "/feed":
            items = [
                listings.item(story, address(paper, story), f"{paper.address}/?p={story.id}")
                for story in paper.newest[:FEED_LENGTH]
            ]
            return listings.feed(paper, items, "/feed/", ABOUT)
    return page(render("ufuq/missing.html", paper=paper, sections=_menu(paper)), status=404)


def _menu(paper: Paper) -> list[tuple[str, str]]:
    return [(section_address(paper, section), section) for section in sections(paper)]


def _list(paper: Paper, heading: str, stories: tuple[Printed, ...]) -> dict[str, object]:
    return {
        "paper": paper,
        "sections": _menu(paper),
        "heading": heading,
        "stories": [(address(paper, story), story) for story in stories],
        "removed": (),
        "older": "",
    }


def _article(paper: Paper, month: str, slug: str) -> Reply:
    """The page; for anything that is not there the theme answers 200 and says so in words."""
    found = [story for story in paper.newest if (f"{story.published:%Y/%m}", story.text.slug) == (month, slug)]
    if not found:
        return page(render("ufuq/missing.html", paper=paper, sections=_menu(paper)))
    story = found[0]
    if story.id == paper.newest[0].id and paper.first_visit("fails-once"):
        return Reply(status=500, headers=(("Content-Type", HTML),), body="خطأ في الاتصال بقاعدة البيانات\n".encode())
    words = sum(len(paragraph.split()) for paragraph in story.text.paragraphs)
    html = render(
        "ufuq/article.html",
        paper=paper,
        sections=_menu(paper),
        story=story,
        url=address(paper, story),
        section_url=section_address(paper, story.text.section),
        published_utc=story.published.astimezone(UTC),
        modified_utc=story.lastmod.astimezone(UTC),
        minutes=words // WORDS_A_MINUTE + 1,
        inline={
            block.after: (address(paper, paper.stories[block.to]), paper.stories[block.to])
            for block in story.text.inline
        },
        related=[(address(paper, other), other) for other in paper.related(story)],
    )
    return page(html)


def _category(paper: Paper, slug: str, asked: str) -> Reply:
    """Ten a page, newest first; page 1 redirects to the category's own address, a page past the end is 404."""
    names = {section_slug(section): section for section in sections(paper)}
    if slug not in names:
        return page(render("ufuq/missing.html", paper=paper, sections=_menu(paper)), status=404)
    if asked == "1":
        return moved(section_address(paper, names[slug]))
    number = int(asked or 1)
    stories = [story for story in paper.newest if story.text.section == names[slug]]
    shown = tuple(stories[(number - 1) * PAGE_LENGTH : number * PAGE_LENGTH])
    if not shown:
        return page(render("ufuq/missing.html", paper=paper, sections=_menu(paper)), status=404)
    values = _list(paper, names[slug], shown)
    if len(stories) > number * PAGE_LENGTH:
        values["older"] = f"{section_address(paper, names[slug])}page/{number + 1}/"
    if number == 1 and names[slug] == paper.newest[0].text.section:
        listed = faults.LISTED["ufuq"]
        removed = f"{paper.address}/{paper.newest[0].published:%Y/%m}/{slugged(listed.slug)}/"
        values["removed"] = ((removed, listed),)
    return page(render("ufuq/listing.html", **values))
