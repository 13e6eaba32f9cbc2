"""Which captures of a web archive are worth fetching: each story's first good copy, or each that differs; pure.

Captured redirects, errors and cut pages never stand in for a page. The outlet's own listings among the captures (feeds,
sitemaps, sections) are found too: they name stories with their titles and dates, and stories that no archive holds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from archive import urls
from archive.errors import UsageError
from archive.records import Hints, Reason, Rejection, Role, Via, Window
from archive.scratch import Scratch
from crawler import scope
from crawler.archives.rows import Row, row_of
from crawler.discover import Candidate
from crawler.orders import Copies
from crawler.outlet import Outlet, Seed, SeedKind

SPARE: Final = 3  # further copies of a story that are kept in case its first does not come
KEPT: Final = 16  # differing copies that are remembered of one story when its first good one is wanted
BAD: Final = 16  # digests of errors and redirects that are remembered of one story
NOTHING: Final = '{"url": "~", "first": "~", "rows": [], "bad": []}'  # is known of a story before its first row
XML: Final = ("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/xml", "text/xml")
# An address that says of itself what it is, where the outlet's file of today does not know it.
_FEED: Final = re.compile(r"(?:^|[/._-])(?:rss2?|feeds?|atom)(?:[/._-]|$)", re.IGNORECASE)
_SITEMAP: Final = re.compile(r"sitemap[^/]*$", re.IGNORECASE)
_COMMENTS: Final = re.compile(r"comments?(?:[/._-]|$)", re.IGNORECASE)
_FEED_TAIL: Final = re.compile(r"/(?:feed|rss)(?:/atom)?/?$", re.IGNORECASE)
_OF_PATH: Final = re.compile(r"(?:/pages?)?/\{page\}(?=[/?]|$)", re.IGNORECASE)
_OF_QUERY: Final = re.compile(r"([?&])[^?&=]+=\{page\}(&?)")
_BLANKS: Final = {
    "{term}": "[^/?&]+",
    "{page}": "[0-9]+",
    "{yyyy}": "[0-9]{4}",
    "{mm}": "[0-9]{1,2}",
    "{dd}": "[0-9]{1,2}",
    "{cursor}": "[^/?&]+",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What need not be fetched: stories held, and captures of archives by `memento_name`."""

    stories: scope.Held = scope.NOTHING_HELD
    mementos: Container[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """A copy to fetch, and those to try in its place if it does not come, best first."""

    key: str  # the story's
    row: Row
    spare: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingCopy:
    """A capture of one of the outlet's own listings. `seed.url` is the listing's address, no template."""

    seed: Seed
    row: Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """An address of which nothing is fetched, and why."""

    url: str
    why: Rejection


def memento_name(url: str, stamp: str) -> str:
    """One capture of an archive: what was captured, and when."""
    return f"{stamp} {url}"


def candidate(pick: Pick, via: Via, index: str) -> Candidate:
    """A pick as a candidate. `index` is the address of the index that told of it."""
    hints = Hints(role=Role.PAGE, seed=index, seed_kind=via.value, memento=pick.row.url, memento_time=pick.row.stamp)
    return Candidate(url=pick.row.url, hints=hints)


class Choice:
    """Takes in the rows of an outlet's indexes in any order; says then what to fetch. Its books lie on disk."""

    def __init__(self, outlet: Outlet, window: Window, copies: Copies, known: Known | None = None) -> None:
        """`window`: publication days; a story captured before them was published before them."""
        self.outlet = outlet
        self.copies = copies
        self.known = known or Known()
        self._window = window
        self._since = scope.bounds(outlet, window)[0]
        self._listed = [(_pattern(seed.url), seed) for seed in outlet.seeds]
        scratch = Scratch()
        self._stories = scratch.book()  # story key -> what is known of its copies
        self._listings = scratch.book()  # address and day -> kind and row
        self._others = scratch.book()  # address -> reason why it is no story

    def take(self, rows: Iterable[Row]) -> None:
        """Take in what a page of an index says."""
        for row in rows:
            seed = self._seed(row) if self.outlet.owns(row.url) else None
            if seed is not None:
                self._take_listing(seed, row)
                continue
            refused = scope.of_outlet(row.url, self.outlet)
            key = self.outlet.story_key(row.url) if refused is None else None
            if key is not None:
                self._take_story(key, row)
            else:
                self._others[row.url] = (refused.reason if refused else Reason.NOT_A_STORY).value

    def stories(self) -> Iterator[Pick | Refused]:
        """The verdict on every story that the rows name, in the order of their keys."""
        for key in self._stories:
            yield from self._judged(key, json.loads(self._stories[key]))

    def others(self) -> Iterator[Refused]:
        """Addresses that are no stories of the outlet."""
        for url, reason in self._others.items():
            yield Refused(url=url, why=Rejection(reason=Reason(reason), detail=url))

    def listings(self, most: int) -> tuple[list[ListingCopy], int]:
        """Copies of listings to read, held or not, oldest first, `most` of each; and how many more there are."""
        by_seed: dict[str, list[ListingCopy]] = {}
        for entry, said in self._listings.items():
            copy = _listing(said)
            by_seed.setdefault(entry.partition(" ")[0], []).append(copy)
        chosen = [copy for every in by_seed.values() for copy in spread(_differing(every), most)]
        return sorted(chosen, key=lambda copy: _earliest(copy.row)), len(self._listings) - len(chosen)

    def _seed(self, row: Row) -> Seed | None:
        """The listing that the row is a capture of."""
        if row.status != 200:
            return None
        path = urls.story_key(row.url)
        is_story = bool(self.outlet.story.url) and self.outlet.story_key(row.url) is not None
        # A template may be so wide that stories fit into it; an address without blanks means itself.
        likely = ((pattern, seed) for pattern, seed in self._listed if not (is_story and "{" in seed.url))
        listed = next((seed for pattern, seed in likely if pattern.fullmatch(path)), None)
        kind = listed.kind if listed is not None else _kind(self.outlet, row, path)
        return Seed(kind=kind, url=row.url) if kind is not None else None

    def _take_listing(self, seed: Seed, row: Row) -> None:
        """One capture a day is enough of a listing."""
        entry = f"{urls.story_key(row.url)} {row.stamp[:8]}"
        before = self._listings.get(entry)
        if before is None or _earliest(row) < _earliest(_listing(before).row):
            self._listings[entry] = json.dumps([seed.kind.value, row.dump()])

    def _take_story(self, key: str, row: Row) -> None:
        book: dict[str, Any] = json.loads(self._stories.get(key) or NOTHING)
        book["url"] = min(book["url"], row.url)
        if row.is_page:
            book["first"] = min(book["first"], row.stamp)
            book["rows"] = self._kept([*map(_row, book["rows"]), row])
        else:
            book["bad"] = sorted({*book["bad"], f"{row.status or 'cut'} {row.digest or ''}"})[:BAD]
        self._stories[key] = json.dumps(book)

    def _kept(self, rows: list[Row]) -> list[dict[str, str | int]]:
        """The copies worth remembering: of each digest the best one, and so many digests as may be fetched."""
        best: dict[str, Row] = {}
        for row in sorted(rows, key=_order):
            best.setdefault(row.digest or memento_name(row.url, row.stamp), row)
        most = None if self.copies is Copies.CHANGED else KEPT
        return [row.dump() for row in best.values()][:most]

    def _judged(self, key: str, book: dict[str, Any]) -> Iterator[Pick | Refused]:
        bad = {said.partition(" ")[2] for said in book["bad"]}
        rows = [row for row in map(_row, book["rows"]) if not (row.is_revisit and row.digest in bad)]
        url = rows[0].url if rows else book["url"]
        why = self._refusal(key, book["first"], rows) if rows else _no_page(book["bad"])
        fresh = [row for row in rows if memento_name(row.url, row.stamp) not in self.known.mementos]
        if why is None and not fresh:
            why = Rejection(reason=Reason.ALREADY_HELD, detail="every copy of it")
        if why is not None:
            yield Refused(url=url, why=why)
        elif self.copies is Copies.CHANGED:
            yield from (Pick(key=key, row=row) for row in sorted(fresh, key=_earliest))
        else:
            yield Pick(key=key, row=fresh[0], spare=tuple(fresh[1 : 1 + SPARE]))

    def _refusal(self, key: str, first: str, rows: list[Row]) -> Rejection | None:
        if key in self.known.stories.purged:
            return Rejection(reason=Reason.PURGED, detail=rows[0].url)
        seen = replace(rows[0], stamp=first).instant
        if seen < self._since:
            said = f"before {self._window.since}: captured {seen:%Y-%m-%d}"
            return Rejection(reason=Reason.OUTSIDE_WINDOW, detail=said)
        held = self.known.stories.captured.get(key) if self.copies is Copies.FIRST else None
        if held is not None:
            return Rejection(reason=Reason.ALREADY_HELD, detail=f"captured {held:%Y-%m-%dT%H:%M:%SZ}")
        return None


def _no_page(bad: list[str]) -> Rejection:
    statuses = ", ".join(sorted({said.partition(" ")[0] for said in bad}))
    return Rejection(reason=Reason.NO_MEMENTO, detail=f"no copy is a whole page: {statuses}")


def _row(said: dict[str, Any]) -> Row:
    row = row_of(said)
    if row is None:
        raise AssertionError("a row that was written down is one when it is read again")
    return row


def _order(row: Row) -> tuple[bool, str, bool, str, str]:
    """Best first: the story's own address before its AMP or print twin, the earliest, a page before a revisit."""
    return _is_twin(row.url), row.stamp, row.is_revisit, *_rest(row)


def _earliest(row: Row) -> tuple[str, str, str]:
    return row.stamp, *_rest(row)


def _rest(row: Row) -> tuple[str, str]:
    """What parts rows that one moment has, so that none is before another only because it was told of first."""
    return row.url, json.dumps(row.dump(), sort_keys=True)


def _is_twin(url: str) -> bool:
    try:
        plain = re.sub(r"^(https?://[^/?#]*?):(?:80|443)(?=[/?#]|$)", r"\1", url)
        return len(urls.canonical(url)) < len(plain)
    except UsageError:
        return True


def _listing(said: str) -> ListingCopy:
    kind, row = json.loads(said)
    read = _row(row)
    return ListingCopy(seed=Seed(kind=SeedKind(kind), url=read.url), row=read)


def _differing(copies: list[ListingCopy]) -> list[ListingCopy]:
    """Those whose bytes are new: the same listing captured again names nothing more."""
    seen: dict[str, ListingCopy] = {}
    for copy in sorted(copies, key=lambda copy: _earliest(copy.row)):
        seen.setdefault(copy.row.digest or copy.row.stamp, copy)
    return list(seen.values())


def spread(copies: list[ListingCopy], most: int) -> list[ListingCopy]:
    """At most so many, evenly over the time they span, the first and the last among them."""
    if len(copies) <= most:
        return copies
    if most < 2:
        return copies[:most]
    return [copies[round(number * (len(copies) - 1) / (most - 1))] for number in range(most)]


def _pattern(template: str) -> re.Pattern[str]:
    """What the addresses of a template have in common, over all mirror hosts and schemes.

    The first page of a paged listing stands under an address without a number as well: archives hold that one most.
    """
    bare = _OF_QUERY.sub(lambda found: found[1] if found[2] else "", _OF_PATH.sub("", template))
    return re.compile("|".join(map(_filled, dict.fromkeys((template, bare)))))


def _filled(template: str) -> str:
    marks = {blank: f"blank{number}blank" for number, blank in enumerate(_BLANKS)}
    plain = template
    for blank, mark in marks.items():
        plain = plain.replace(blank, mark)
    pattern = re.escape(urls.story_key(plain))
    for blank, mark in marks.items():
        pattern = pattern.replace(mark, _BLANKS[blank])
    return pattern


def _kind(outlet: Outlet, row: Row, path: str) -> SeedKind | None:
    """What a capture says of itself by its type and its address: a feed or a sitemap; a story's comments are none."""
    if row.mime not in XML or _COMMENTS.search(path) or outlet.story_key(_FEED_TAIL.sub("", row.url)) is not None:
        return None
    if _SITEMAP.search(path.partition("?")[0]):
        return SeedKind.SITEMAP
    return SeedKind.FEED if _FEED.search(path) else None
