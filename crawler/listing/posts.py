"""Listings in JSON: posts of WordPress's REST, and JSON Feed; it asks for nothing and never raises on what it gets.

REST: https://developer.wordpress.org/rest-api/reference/posts/. JSON Feed: https://www.jsonfeed.org/version/1.1/.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from crawler import escapes
from crawler.listing.nouns import MAX_BYTES, Candidate, Listing, firsts, hinted, resolved
from crawler.outlet_file import SeedKind


def read_rest(url: str, content: bytes) -> Listing:
    """Posts of one answer of WordPress's REST; an error of the server's own is told in its words."""
    try:
        text = content[:MAX_BYTES].decode(json.detect_encoding(content))
        posts = json.loads(escapes.whole(text))
    except (ValueError, RecursionError) as error:
        return Listing(problem=f"not JSON: {error}")
    if isinstance(posts, dict):
        return Listing(problem=f"the server says {posts.get('code', 'something else')}")
    if not isinstance(posts, list):
        return Listing(problem="not a list of posts")
    found = (_post(url, post) for post in posts if isinstance(post, dict) and isinstance(post.get("link"), str))
    return Listing(candidates=tuple(firsts(found)))


def _post(url: str, post: Mapping[str, object]) -> Candidate:
    """A WordPress post. `date` and `modified` are the outlet's local time; the `_gmt` twins can disagree with them."""
    hints = hinted(
        SeedKind.REST,
        url,
        title=_rendered(post.get("title")),
        summary=_rendered(post.get("excerpt")),
        published=_words(post.get("date")),
        lastmod=_words(post.get("modified")),
    )
    return Candidate(url=resolved(url, str(post["link"])), hints=hints)


def read_items(kind: SeedKind, url: str, text: str, problem: str | None) -> Listing:
    """Items of a JSON Feed; `problem` is what kept the text from being whole."""
    try:
        feed = json.loads(escapes.whole(text))
    except (ValueError, RecursionError) as error:
        return Listing(problem=problem or f"not JSON: {error}")
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        return Listing(problem=problem or "JSON, but no feed")
    found = (_item(kind, url, item) for item in items if isinstance(item, dict) and _address(item))
    return Listing(candidates=tuple(firsts(found)), problem=problem)


def _address(item: Mapping[str, object]) -> str:
    """The item's page, else its id when that is an address."""
    offers = (_words(item.get("url")), _words(item.get("id")))
    return next((said for said in offers if said and said.startswith(("http://", "https://", "/"))), "")


def _item(kind: SeedKind, url: str, item: Mapping[str, object]) -> Candidate:
    hints = hinted(
        kind,
        url,
        title=_words(item.get("title")),
        summary=_words(item.get("summary")),
        published=_words(item.get("date_published")),
        lastmod=_words(item.get("date_modified")),
    )
    return Candidate(url=resolved(url, _address(item)), hints=hints)


def _rendered(field: object) -> str | None:
    return _words(field.get("rendered")) if isinstance(field, dict) else None


def _words(value: object) -> str | None:
    return value if isinstance(value, str) else None
