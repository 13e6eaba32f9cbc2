"""Bytes of a seed read into candidates with their hints; it never fetches, judges a date or decides what is wanted."""

from __future__ import annotations

from crawler.listing.feeds import read_xml
from crawler.listing.links import read_links
from crawler.listing.nouns import MAX_BYTES, Candidate, Further, Listing, resolved
from crawler.listing.posts import read_rest
from crawler.outlet_file import SeedKind

PAGES = (SeedKind.SECTION, SeedKind.SEARCH, SeedKind.TAG)


def read_seed(kind: SeedKind, url: str, content: bytes, content_type: str | None) -> Listing:
    """Read one seed page, content coding already removed. Never raises: what cannot be read is a `problem`."""
    if kind is SeedKind.REST:
        return read_rest(url, content)
    if kind in PAGES:
        return read_links(kind, url, content, content_type)
    return read_xml(kind, url, content, content_type)


__all__ = ["MAX_BYTES", "Candidate", "Further", "Listing", "read_seed", "resolved"]
