"""Polls, listing objects and small worlds of an outlet made by hand, for tests of listings and gaps."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from archive.catalog import Catalog, ListingObject
from archive.gaps import Known, OutletGaps, gaps
from archive.listed import Line
from archive.listings import Asked, Content, Listed, ListedItem, ListedQuery, ListingHead, Poll
from archive.records import Via, Window

ZONE = "Asia/Damascus"
FEED = "https://a.example/feed"
MAP = "https://a.example/map-{yyyy}-{mm}-{dd}.xml"


def moment(hours: float) -> datetime:
    """So many hours after midnight UTC of the 24th of January 2017."""
    return datetime(2017, 1, 24, tzinfo=UTC) + timedelta(hours=hours)


def stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def item(name: str, day: date | None = None, **changes: object) -> ListedItem:
    given = {"title": f"عنوان {name}", "days": (day, day) if day else None, **changes}
    return ListedItem(story=f"a-{name}", url=f"https://a.example/{name}", **given)  # type: ignore[arg-type]  # fields


def poll(at: float, *items: ListedItem, **changes: object) -> Poll:
    """A poll of the feed, so many hours after the beginning."""
    given: dict[str, object] = {
        "outlet": "a",
        "seed": FEED,
        "kind": "feed",
        "url": FEED,
        "series": changes.get("url", FEED),
        "at": stamp(moment(at)),
        "record": f"urn:uuid:{at}-{changes.get('url', FEED)}-{changes.get('page', 1)}",
        "items": items,
        "whole": changes.get("content", Content.LISTED) is Content.LISTED,
        **changes,
    }
    return Poll(**given)  # type: ignore[arg-type]  # names of fields


def again(at: float, of: str | None = None, **changes: object) -> Poll:
    """A 304, or the revisit of a record."""
    return poll(at, content=Content.UNCHANGED, of=of, **changes)


def failed(at: float, **changes: object) -> Poll:
    return poll(at, content=Content.FAILED, problem="answered 503", **changes)


def asked(name: str, at: float, **changes: object) -> Asked:
    """A page that was asked for and never came."""
    return Asked(
        outlet="a",
        story=f"a-{name}",
        url=f"https://a.example/{name}",
        at=stamp(moment(at)),
        record=f"urn:uuid:{name}-{at}",
        **{"via": Via.LIVE, **changes},  # type: ignore[arg-type]  # names of fields
    )


def listing(name: str, *lines: Line, outlet: str = "a", lister: str = "11") -> ListingObject:
    """An object of the shelf of listings."""
    key = f"listed/{outlet}/{lister}/2017/01/{name}.jsonl.gz"
    head = ListingHead(schema=1, warc=f"{outlet}/2017/01/{name}.warc.gz", outlet=outlet, lister=lister, zone=ZONE)
    digest = hashlib.sha256(repr(lines).encode()).hexdigest()
    return ListingObject(key=key, sha256=digest, head=head, lines=lines)


def listed(catalog: Catalog, **query: object) -> dict[str, Listed]:
    """Listed stories by the last part of their ids."""
    found = catalog.listed(ListedQuery(**query))  # type: ignore[arg-type]  # names of fields
    return {each.story.rpartition("-")[2]: each for each in found}


def ledger(catalog: Catalog, window: Window) -> OutletGaps:
    """What the catalog knows of the outlet a, as Archive.gaps puts it together."""
    query = ListedQuery(outlets=("a",), window=window, undated=True, with_hidden=True)
    held = catalog.held_days(("a",), window)
    known = Known(outlet="a", zone=ZONE, held=held, listed=catalog.listed(query), polls=catalog.polls(("a",)))
    return gaps(known, window)


def dump_of(url: str, objects: Iterable[ListingObject]) -> list[str]:
    """Every row of a catalog that took these one after the other."""
    Catalog.rebuild(url, ())
    with Catalog.open(url) as catalog:
        for each in objects:
            catalog.take_listings([each])
        return list(catalog.dump())
