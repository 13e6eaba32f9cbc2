"""What outlets listed, as nouns: items, the polls that showed them, and what became of each; it reads and asks nothing.

A poll is one captured answer of a seed. What it lists is the denominator of every later claim: an outlet's item that
was never fetched is known from here alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from archive.records import Claim, Via, Window

Days = tuple[date, date]  # civil days of the outlet, the first and the last one, both included
Span = tuple[datetime, datetime]  # UTC, half-open


class State(StrEnum):
    """What is known of an outlet's day, or of one listed story; a day with several is called by the first of them."""

    HELD = "held"
    FROM_ARCHIVE = "held from an archive"  # on topic, and no capture of it came from the outlet itself
    LOST = "listed but lost"  # asked for, and every answer said that it is gone
    BLOCKED = "blocked"  # asked for, and no answer said whether it is there
    UNSEEN = "refused unseen"  # listed, and never asked for
    OFF_TOPIC = "held off topic"
    TAKEN_DOWN = "taken down"
    NOTHING = "nothing listed"  # of a day alone: listings give account of the whole of it, and nothing stands on it
    NO_LISTING = "no listing"  # of a day alone: no listing that is held gives account of it


class Content(StrEnum):
    """What the answer of a poll was."""

    LISTED = "listed"  # read, whole or in part; see its `problem`
    UNCHANGED = "unchanged"  # a 304 or a revisit: it shows what an earlier poll showed
    PAST_THE_END = "past the end"  # of a paged seed: there is no such page any more
    MOVED = "moved"  # a redirect: what it led to is another poll
    FAILED = "failed"  # no answer, or none that says anything of the seed


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedItem:
    """One story that a poll lists, with what was said of it; times are kept letter for letter."""

    story: str  # its id
    url: str
    title: str | None = None
    summary: str | None = None
    published: str | None = None
    lastmod: str | None = None
    days: Days | None = None  # of publication, as far as the listing or the address tells
    archived: str | None = None  # of an archive's index: when the archive captured it first, ISO 8601 UTC
    claim: Claim | None = None  # what `published` claims


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """One captured answer of a seed and all that it lists. Its times of capture are those of the listing itself: of an
    archived copy, the archive's.
    """

    outlet: str
    seed: str  # its template in the outlet's file, or the address of an archive's index
    kind: str  # feed, sitemap, rest, section, search, tag; wayback, commoncrawl
    url: str  # as asked for; of an archived copy the outlet's own
    at: str  # WARC-Date; of an archived copy, when the archive captured it
    record: str  # of the capture on our shelves
    via: Via = Via.LIVE
    run: str | None = None
    series: str = ""  # the address with the page's number left out: the pages of one listing have it in common
    page: int = 1
    content: Content = Content.LISTED
    whole: bool = False  # a whole answer of 200: what a later 304 of this address stands for
    of: str | None = None  # of a revisit: the record that it stands for
    items: tuple[ListedItem, ...] = ()
    others: Mapping[str, int] = field(default_factory=dict)  # addresses that are no item: Reason -> number
    problem: str | None = None  # why less was read than the answer may hold
    covers: Span | None = None  # all that was published then stands here, as far as this seed lists it
    last: bool = False  # nothing follows this page
    since: date | None = None  # days of publication [since, until) that its address asks for, read or not
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingHead:
    """The first line of a listing object: what was listed in one WARC."""

    schema: int
    warc: str  # key below warc/
    outlet: str
    lister: str  # digest of all that reads listings
    zone: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A page that was asked for and gave none: no answer came, or a redirect. Other answers stand on the text shelf."""

    outlet: str
    story: str
    url: str
    at: str
    record: str
    via: Via = Via.LIVE
    to: str | None = None  # of a redirect to another story of the outlet: that one's id
    moved: bool = False  # a redirect
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """In which seed a story was listed: the first and the last poll of it that did, ISO 8601 UTC."""

    seed: str
    kind: str
    first: str
    last: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One listed story over all polls, whatever became of it."""

    story: str
    outlet: str
    url: str
    title: str | None
    summary: str | None
    days: Days | None
    first_seen: str  # WARC-Dates of polls
    last_seen: str
    archived: str | None  # when an archive captured it first, by the archives' indexes on our shelves
    seeds: tuple[Sighting, ...]
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """One poll as the catalog knows it, against the poll of the same listing before it."""

    outlet: str
    seed: str
    kind: str
    url: str
    at: str
    record: str
    via: Via
    run: str | None
    series: str
    page: int
    content: Content
    items: int
    new: int | None  # stories that the poll before did not list; None: there was none
    overlaps: bool | None  # whether it shares a story with the poll before; None: there was none, or nothing to share
    problem: str | None
    covers: Span | None
    last: bool
    since: date | None
    until: date | None
    may_have_lost: bool  # new items came, none of the old is left, and nothing tells of the time between


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldDay:
    """A held story as its days know it."""

    story: str
    outlet: str
    days: Days | None  # the outlet's civil days, first and last: of its text, else of listings; nobody dates it: None
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedQuery:
    """Which listed stories: of these outlets, these stories, these days; all when nothing is said."""

    outlets: tuple[str, ...] = ()
    stories: tuple[str, ...] | None = None
    window: Window = field(default_factory=Window)  # days of publication; of an undated story, of its first sighting
    states: tuple[State, ...] = ()
    undated: bool = False  # also those of no known day, whatever the window
    with_hidden: bool = False  # also stories taken down, without address and words
