"""Listings in plain text: a sitemap of one address a line, and the Sitemap lines of a robots.txt; it fetches nothing.

https://www.sitemaps.org/protocol.html#otherformats and #submit_robots.
"""

from __future__ import annotations

import re

from crawler.listing.nouns import Candidate, Further, Listing, firsts, hinted, resolved
from crawler.outlet_file import SeedKind

SITEMAP_LINE = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)
RULE_LINE = re.compile(r"^[ \t]*(?:user-?agent|disallow|allow)[ \t]*:", re.IGNORECASE | re.MULTILINE)


def read_lines(kind: SeedKind, url: str, text: str, problem: str | None) -> Listing:
    """What plain text lists; `problem` is what kept it from being whole."""
    more = tuple(firsts(Further(url=resolved(url, said)) for said in SITEMAP_LINE.findall(text)))
    if more or RULE_LINE.search(text):
        named = None if more else "robots.txt names no sitemap"
        return Listing(more=more, problem=problem or named)
    lines = (line.strip() for line in text.splitlines())
    wanted = (line for line in lines if line.lower().startswith(("http://", "https://")))
    candidates = tuple(firsts(Candidate(url=resolved(url, line), hints=hinted(kind, url)) for line in wanted))
    if not candidates and problem is None:
        problem = "empty" if not text.strip() else "neither XML nor a list of addresses"
    return Listing(candidates=candidates, problem=problem)
