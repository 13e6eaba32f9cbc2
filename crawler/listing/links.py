"""Listings that are pages: every link of a section, tag or search page; which of them are stories it does not know."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

from crawler.listing.nouns import MAX_BYTES, MAX_CANDIDATES, Candidate, Listing, firsts_of, hinted, resolved
from crawler.outlet_file import SeedKind
from crawler.page import dom, refusals
from crawler.page.decode import decode

FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json")
WORDPRESS = "https://api.w.org/"


def read_links(kind: SeedKind, url: str, content: bytes, content_type: str | None) -> Listing:
    """Every link of a listing page to a web address, in the page's order, with the longest of its link texts.

    A soft 404, a consent, block or parked page lists nothing, whatever links stand on it; nor does a search of
    WordPress's that found nothing and shows its newest stories instead.
    """
    decoded = decode(content[:MAX_BYTES], content_type)
    root = dom.parse(decoded.text) if decoded.text.strip() else None
    if root is None:
        return Listing(problem=decoded.problem or "empty")
    refused = refusals.of_listing(root, decoded.text)
    if refused is not None:
        return Listing(problem=f"{refused.reason.value}: {refused.detail}", reason=refused.reason)
    if kind is SeedKind.SEARCH and _found_nothing(root):
        return Listing(problem=decoded.problem)
    named = next((said for element in root.iter("base") if (said := element.get("href"))), "")
    base = resolved(url, named)
    titles: dict[str, str] = {}
    for anchor in root.iter("a", "area"):
        said = (anchor.get("href") or "").strip()
        address = resolved(base, said, decoded.encoding) if said and not said.startswith("#") else ""
        if address.startswith(("http://", "https://")) and len(titles) < MAX_CANDIDATES:
            title = dom.text_of(anchor) or " ".join((anchor.get("title") or "").split())
            titles[address] = max(titles.get(address, ""), title, key=len)
    found = tuple(Candidate(url=at, hints=hinted(kind, url, title=title)) for at, title in titles.items() if at != url)
    return Listing(candidates=found, problem=decoded.problem)


def _found_nothing(root: etree._Element) -> bool:
    body = root.find("body")
    return body is not None and "search-no-results" in (body.get("class") or "").split()


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """What pages say of their own site: feeds they name, the root of WordPress's REST, the site's name."""

    feeds: tuple[str, ...] = ()
    rest: str | None = None
    name: str | None = None

    @classmethod
    def joined(cls, found: Iterable[Offers]) -> Offers:
        """Of several pages: every feed, the first of the rest."""
        all_of = tuple(found)
        return cls(
            feeds=firsts_of(feed for one in all_of for feed in one.feeds),
            rest=next((one.rest for one in all_of if one.rest), None),
            name=next((one.name for one in all_of if one.name), None),
        )


def offers(url: str, content: bytes, content_type: str | None) -> Offers:
    """Read one page's head; feeds of comments are left out."""
    decoded = decode(content[:MAX_BYTES], content_type)
    root = dom.parse(decoded.text) if decoded.text.strip() else None
    if root is None:
        return Offers()
    links = [(link, resolved(url, href)) for link in root.iter("link") if (href := (link.get("href") or "").strip())]
    feeds = (at for link, at in links if (link.get("type") or "").lower() in FEED_TYPES and "comments" not in at)
    rest = next((at for link, at in links if link.get("rel") == WORDPRESS), None)
    named = (meta.get("content") for meta in root.iter("meta") if meta.get("property") == "og:site_name")
    return Offers(feeds=firsts_of(feeds), rest=rest, name=next(filter(None, named), None))
