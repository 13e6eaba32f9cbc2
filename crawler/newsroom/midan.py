"""Midan «الميدان»: a site of the 2010s in windows-1256 tables, print twins, a clock of today; it reads no disk."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from crawler.newsroom import faults
from crawler.newsroom.answers import Ask, Reply
from crawler.newsroom.pages import render
from crawler.newsroom.paper import Paper, Printed

PAGE_LENGTH = 10
CATEGORY_OF_ALL = 1
SILENT = "text/html"  # a charset is never told in the header

# What the pages say of their own bytes, by number modulo three: the truth, nothing, what an unused template left.
META_CHARSETS = ("windows-1256", "", "utf-8")


def answer(paper: Paper, ask: Ask) -> Reply:
    """What this outlet answers to any request."""
    match ask.path:
        case "/" | "/index.php":
            return _section(paper, ask, CATEGORY_OF_ALL, 1)
        case "/section.php":
            return _section(paper, ask, _number(ask, "cat", 0), _number(ask, "page", 1))
        case "/news.php" | "/print.php":
            return _article(paper, ask, _number(ask, "id", 0))
        case "/admin/news.php":
            return _written(render("midan/proof.html", paper=paper, today=_today(paper, ask)))
        case "/robots.txt":
            return Reply(status=200, headers=(("Content-Type", "text/plain"),), body=faults.ROBOTS["midan"].encode())
    return _not_found(paper, ask)


def address(paper: Paper, story: Printed) -> str:
    """The article's address, without a session."""
    return f"{paper.address}/news.php?id={story.id}"


def categories(paper: Paper) -> dict[int, str]:
    """Category numbers: 1 holds everything, the sections follow in the alphabet's order."""
    sections = sorted({story.text.section for story in paper.newest})
    return {CATEGORY_OF_ALL: "كل الأخبار"} | dict(enumerate(sections, CATEGORY_OF_ALL + 1))


def _number(ask: Ask, name: str, otherwise: int) -> int:
    said = ask.query.get(name, "")
    return int(said) if said.isdecimal() else otherwise


def _today(paper: Paper, ask: Ask) -> datetime:
    return ask.time.astimezone(paper.masthead.zone)


def _session(paper: Paper, ask: Ask) -> str:
    """`&PHPSESSID=…`: one session a day, so that a page asked for twice in a day is the same bytes."""
    seed = f"{paper.masthead.id} {_today(paper, ask).date()}"
    return f"&PHPSESSID={hashlib.sha256(seed.encode()).hexdigest()[:26]}"


def _written(html: str, status: int = 200) -> Reply:
    """windows-1256 bytes; what the code page lacks (Arabic-Indic digits above all) as character references."""
    body = html.encode("windows-1256", errors="xmlcharrefreplace")
    return Reply(status=status, headers=(("Content-Type", SILENT),), body=body)


def _not_found(paper: Paper, ask: Ask) -> Reply:
    return _written(render("midan/missing.html", paper=paper, today=_today(paper, ask)), status=404)


def _section(paper: Paper, ask: Ask, category: int, asked: int) -> Reply:
    """Ten a page, newest first; a page past the end is the last page again."""
    names = categories(paper)
    if category not in names:
        return _not_found(paper, ask)
    stories = [story for story in paper.newest if category == CATEGORY_OF_ALL or story.text.section == names[category]]
    last = (len(stories) - 1) // PAGE_LENGTH + 1
    number = min(max(asked, 1), last)
    html = render(
        "midan/section.html",
        paper=paper,
        today=_today(paper, ask),
        categories=names,
        category=category,
        number=number,
        last=last,
        stories=stories[(number - 1) * PAGE_LENGTH : number * PAGE_LENGTH],
        session=_session(paper, ask) if number % 2 == 0 else "",
        gone=_gone(number, category),
        proof=faults.MIDAN_PROOF,
    )
    return _written(html)


def _gone(number: int, category: int) -> Sequence[faults.Listed]:
    """The article that was deleted but is listed still, at the foot of the first page."""
    return (faults.LISTED["midan"],) if (number, category) == (1, CATEGORY_OF_ALL) else ()


def _article(paper: Paper, ask: Ask, number: int) -> Reply:
    if number not in paper.stories:
        return _not_found(paper, ask)
    story = paper.stories[number]
    template = "midan/print.html" if ask.path == "/print.php" else "midan/article.html"
    html = render(
        template,
        paper=paper,
        story=story,
        today=_today(paper, ask),
        charset=META_CHARSETS[number % len(META_CHARSETS)],
        categories=categories(paper),
        inline={block.after: paper.stories[block.to] for block in story.text.inline},
        related=paper.related(story),
        session=_session(paper, ask) if number % 2 == 0 else "",
    )
    return _written(html)
