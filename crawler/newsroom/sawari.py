"""Sawari «صواري»: a WordPress site that moved and lost half of its stories, as it stood at any moment."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from crawler.newsroom import listings
from crawler.newsroom.answers import TEXT, Ask, Reply, chunked, gzipped, moved, page
from crawler.newsroom.listings import Entry
from crawler.newsroom.pages import render, script, slugged
from crawler.newsroom.paper import Masthead, Printed
from crawler.newsroom.past import Gone, Piece

MASTHEAD = Masthead(id="sawari", name="صواري", zone=ZoneInfo("Asia/Amman"))
FORMER = "http://www.sawari.example"  # .example never resolves, RFC 6761 §6.5
ABOUT = "صواري: أخبار المشرق"
FEED_LENGTH = 20
PAGE_LENGTH = 10
MOVED_ON = datetime(2017, 4, 1, tzinfo=MASTHEAD.zone)  # from the former name to the present host
LOST_ON = datetime(2020, 6, 1, tzinfo=MASTHEAD.zone)  # a new system, into which half of the stories never came
DRAFT = "/2019/11/11/مسودة-محادثات-أستانا/"  # listed, forbidden by robots.txt; served all the same
ARTICLE = re.compile(r"^(?P<path>/[0-9]{4}/[0-9]{2}/[0-9]{2}/[^/]+/)(?P<amp>amp/)?$")
LISTED = re.compile(r"^/(?P<kind>category|tag)/(?P<slug>[^/]+)/(?:page/(?P<page>[0-9]+)/)?$")
MONTH = re.compile(r"^/sitemap-pt-post-(?P<month>[0-9]{4}-[0-9]{2})\.xml$")
POSTS = "/wp-json/wp/v2/posts"
ROBOTS = "User-agent: *\nDisallow: /wp-admin/\nDisallow: /2019/11/11/\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A piece as it stands at a moment."""

    piece: Piece
    printed: Printed

    @property
    def id(self) -> int:
        """Its number."""
        return self.piece.text.id


class Site:
    """Everything that was ever printed, and the sockets it stands on."""

    def __init__(self, pieces: Sequence[Piece], host: str, sold: str) -> None:
        """`host` is the present one, `sold` the former one's own socket, as `127.0.0.1:port`."""
        self.pieces = tuple(pieces)
        self.host = f"http://{host}"
        self.sold = f"http://{sold}"
        first = datetime.min.replace(tzinfo=MASTHEAD.zone)
        posts = (Post(piece=piece, printed=_printed(piece, first)) for piece in pieces)
        self.posts = sorted(posts, key=lambda post: (post.printed.published, post.id), reverse=True)
        self._times = [-post.printed.published.timestamp() for post in self.posts]

    def by(self, moment: datetime) -> list[Post]:
        """What was printed by then, newest first, as it stood then."""
        printed = self.posts[bisect_left(self._times, -moment.timestamp()) :]
        return [_corrected(post, moment) if post.piece.edited else post for post in printed]


class Edition:
    """The site at one moment: what is printed by then, where it stands, and what it has lost."""

    masthead: Masthead = MASTHEAD
    address: str

    def __init__(self, site: Site, moment: datetime) -> None:
        self.moment = moment
        self.address = FORMER if moment < MOVED_ON else site.host
        self.sold = site.sold
        self._site = site

    @cached_property
    def posts(self) -> tuple[Post, ...]:
        """What it shows, newest first."""
        return tuple(post for post in self._site.by(self.moment) if not self._lost(post.piece))

    def _lost(self, piece: Piece) -> bool:
        return self.moment >= LOST_ON and piece.gone is not Gone.STAYS

    @cached_property
    def forgotten(self) -> tuple[Piece, ...]:
        """What it lost and its sitemaps still list."""
        return tuple(piece for piece in self._site.pieces if piece.listed and self._lost(piece))

    @cached_property
    def by_path(self) -> dict[str, Post]:
        """What it shows, by path without a percent sign."""
        return {plain_path(post.piece): post for post in self.posts}

    @cached_property
    def soft(self) -> frozenset[str]:
        """Paths of what it lost and does not admit to have lost."""
        return frozenset(
            plain_path(piece) for piece in self._site.pieces if self._lost(piece) and piece.gone is Gone.SOFT
        )

    @property
    def menu(self) -> list[tuple[str, str]]:
        """Its sections, each with its address."""
        return [(self.section(section), section) for section in sections(self._site.pieces)]

    def section(self, name: str) -> str:
        """The first page of a section."""
        return f"{self.address}/category/{slugged(name)}/"

    def linked(self, posts: Iterable[Post]) -> list[tuple[str, Printed]]:
        """Posts with their addresses, as templates want them."""
        return [(self.address + post.piece.path, post.printed) for post in posts]


def plain_path(piece: Piece) -> str:
    """The path of a piece, percent-decoded."""
    return f"/{piece.text.published:%Y/%m/%d}/{piece.text.slug}/"


def sections(pieces: Iterable[Piece]) -> list[str]:
    """The sections in use, sorted."""
    return sorted({piece.text.section for piece in pieces})


def _corrected(post: Post, moment: datetime) -> Post:
    return Post(piece=post.piece, printed=_printed(post.piece, moment))


def _printed(piece: Piece, moment: datetime) -> Printed:
    """A piece as it was printed by then: before or after its correction."""
    published = piece.text.published.replace(tzinfo=MASTHEAD.zone)
    changed = piece.edited.replace(tzinfo=MASTHEAD.zone) if piece.edited else None
    if changed is None or moment < changed:
        return Printed(text=piece.text, published=published, lastmod=published)
    edit = piece.text.edits[0]
    text = replace(piece.text, title=edit.title, paragraphs=edit.paragraphs, edits=())
    return Printed(text=text, published=published, lastmod=changed)


def answer(edition: Edition, ask: Ask) -> Reply:
    """What the site answers to any request at that moment."""
    if match := ARTICLE.match(ask.path):
        return _article(edition, ask, match["path"], amp=bool(match["amp"]))
    if match := LISTED.match(ask.path):
        return _listed(edition, match["kind"], match["slug"], match["page"] or "")
    if match := MONTH.match(ask.path):
        return _month(edition, match["month"])
    if ask.path == "/":
        return _front(edition, ask)
    fixed = {"/robots.txt": _robots, "/feed/": _feed, POSTS: _rest}
    return fixed.get(ask.path, _unknown)(edition, ask)


def _front(edition: Edition, ask: Ask) -> Reply:
    """The latest ten, or what a search finds."""
    if "s" in ask.query:
        return _search(edition, ask.query["s"], ask.query.get("paged", "1"))
    return chunked(gzipped(_list(edition, "آخر الأخبار", edition.posts[:PAGE_LENGTH], ""), ask))


def _robots(_: Edition, __: Ask) -> Reply:
    return page(ROBOTS, TEXT)


def _unknown(edition: Edition, _: Ask) -> Reply:
    return _missing(edition)


def parked(_: Ask) -> Reply:
    """What whoever bought the former host answers to any request."""
    return page(render("sawari/parked.html"))


def _missing(edition: Edition, status: int = 404) -> Reply:
    return page(render("sawari/missing.html", paper=edition), status=status)


def _article(edition: Edition, ask: Ask, path: str, *, amp: bool) -> Reply:
    if path == DRAFT:
        return _list(edition, "مسودة", (), "")
    post = edition.by_path.get(path)
    if post is None:
        return _missing(edition, 200 if path in edition.soft else 404)
    url = edition.address + post.piece.path
    if amp:
        return page(render("sawari/amp.html", story=post.printed, url=url, json_ld=script(_json_ld(post, url))))
    place = edition.posts.index(post)
    html = render(
        "sawari/article.html",
        paper=edition,
        story=post.printed,
        url=url,
        views=(edition.moment - post.printed.published).days * 7 + post.id % 90,
        tags=[(f"{edition.address}/tag/{tag_slug(tag)}/", tag) for tag in post.piece.tags],
        related=edition.linked(edition.posts[place + 1 : place + 4]),
    )
    return chunked(gzipped(page(html), ask))


def tag_slug(tag: str) -> str:
    """«محادثات أستانا» as it stands in addresses."""
    return slugged(tag.replace(" ", "-"))


def _json_ld(post: Post, url: str) -> dict[str, object]:
    return {
        "@context": "http://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": url,
        "headline": post.printed.text.title,
        "datePublished": post.printed.published.isoformat(),
        "dateModified": post.printed.lastmod.isoformat(),
    }


def _list(edition: Edition, heading: str, posts: Sequence[Post], older: str, status: int = 200) -> Reply:
    stories = edition.linked(posts)
    html = render("sawari/listing.html", paper=edition, heading=heading, stories=stories, older=older)
    return page(html, status=status)


def _listed(edition: Edition, kind: str, slug: str, asked: str) -> Reply:
    """Ten a page, newest first; page 1 leads to the list's own address, a page past the end is 404."""
    own = f"{edition.address}/{kind}/{slugged(slug)}/"
    if asked == "1":
        return moved(own)
    name = slug.replace("-", " ")
    posts = [post for post in edition.posts if name in ((post.piece.text.section,), post.piece.tags)[kind == "tag"]]
    return _paged(edition, name, posts, int(asked or 1), f"{own}page/{{}}/")


def _search(edition: Edition, words: str, asked: str) -> Reply:
    """Posts that hold every word in title or text, letter for letter, newest first."""
    posts = [post for post in edition.posts if _holds(post, words)]
    number = int(asked) if asked.isdecimal() else 1
    if not posts:
        return _list(edition, f"نتائج البحث عن: {words}", (), "")
    return _paged(
        edition, f"نتائج البحث عن: {words}", posts, number, f"{edition.address}/?s={slugged(words)}&paged={{}}"
    )


def _holds(post: Post, words: str) -> bool:
    text = " ".join((post.printed.text.title, *post.printed.text.paragraphs))
    return all(word in text for word in words.split())


def _paged(edition: Edition, heading: str, posts: Sequence[Post], number: int, template: str) -> Reply:
    shown = posts[(number - 1) * PAGE_LENGTH : number * PAGE_LENGTH]
    if not shown:
        return _missing(edition)
    more = template.format(number + 1) if len(posts) > number * PAGE_LENGTH else ""
    return _list(edition, heading, shown, more)


def _feed(edition: Edition, _: Ask) -> Reply:
    items = [
        listings.item(post.printed, edition.address + post.piece.path, f"{edition.address}/?p={post.id}")
        for post in edition.posts[:FEED_LENGTH]
    ]
    return listings.feed(edition, items, "/feed/", ABOUT)


def _month(edition: Edition, month: str) -> Reply:
    """Addresses without titles; some of what is gone is still listed, that of the former host under its socket."""
    entries = [
        Entry(url=edition.address + post.piece.path, lastmod=post.printed.lastmod)
        for post in edition.posts
        if f"{post.printed.published:%Y-%m}" == month
    ]
    for piece in edition.forgotten:
        if f"{piece.text.published:%Y-%m}" == month:
            address = edition.sold if piece.gone is Gone.PARKED else edition.address
            entries.append(Entry(url=address + piece.path, lastmod=_printed(piece, edition.moment).lastmod))
    if DRAFT.startswith(f"/{month.replace('-', '/')}/") and entries:
        entries.append(Entry(url=edition.address + slugged(DRAFT), lastmod=entries[0].lastmod))
    return listings.urlset(entries) if entries else _missing(edition)


def _rest(edition: Edition, ask: Ask) -> Reply:
    """WordPress's posts: paged by headers; `after` and `before` are exclusive and in the outlet's time."""
    asked = ask.query
    size, number = int(asked.get("per_page", "10")), int(asked.get("page", "1"))
    posts = [post for post in edition.posts if _asked_for(post, asked.get("after", ""), asked.get("before", ""))]
    posts = [post for post in posts if _holds(post, asked.get("search", ""))]
    pages = -(-len(posts) // size)
    if number > max(pages, 1):
        said = {
            "code": "rest_post_invalid_page_number",
            "message": "رقم الصفحة أكبر من المتاح.",
            "data": {"status": 400},
        }
        return page(json.dumps(said, ensure_ascii=False), "application/json; charset=UTF-8", status=400)
    wanted = [name for name in asked.get("_fields", "").split(",") if name]
    rows = [_row(edition, post, wanted) for post in posts[(number - 1) * size : number * size]]
    reply = page(json.dumps(rows, ensure_ascii=False), "application/json; charset=UTF-8")
    return reply.plus(("X-WP-Total", str(len(posts))), ("X-WP-TotalPages", str(pages)))


def _asked_for(post: Post, after: str, before: str) -> bool:
    said = f"{post.printed.published:%Y-%m-%dT%H:%M:%S}"
    return (not after or said > after) and (not before or said < before)


def _row(edition: Edition, post: Post, wanted: Sequence[str]) -> dict[str, object]:
    row: dict[str, object] = {
        "id": post.id,
        "date": f"{post.printed.published:%Y-%m-%dT%H:%M:%S}",
        "modified": f"{post.printed.lastmod:%Y-%m-%dT%H:%M:%S}",
        "link": edition.address + post.piece.path,
        "title": {"rendered": post.printed.text.title},
        "excerpt": {"rendered": f"<p>{post.printed.excerpt}</p>\n", "protected": False},
        "author": 1,
    }
    return {name: value for name, value in row.items() if not wanted or name in wanted}
