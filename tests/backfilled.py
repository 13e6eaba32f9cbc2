"""The practice press with its archives, crawled and filled from an empty store by a time that costs nothing.

What the servers' log says of manners is told here, too: which pages were fetched, how often, at what pace.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

from archive.catalog import Query
from archive.export import current
from archive.holdings import Archive, open_archive
from archive.records import Story
from archive.settings import hand_down, load_settings
from crawler.newsroom import Hours, Newsroom
from crawler.newsroom import press as manuscripts
from crawler.newsroom.answers import Ask
from crawler.newsroom.archives import CALM, Trouble
from crawler.outlet import Outlet, load_outlets
from flows import work
from flows.moves import PLAIN
from flows.plans import Place, Plan, Slice
from flows.reports import RunReport
from tests import newsroom_truth, past_truth
from tests.archived import hurried
from tests.sharedtime import SharedTime

PAPERS = ("midan", "nakhla", "sawari", "ufuq", "wasla")
SINCE, UNTIL = past_truth.SINCE.isoformat(), past_truth.UNTIL.isoformat()
SEEN_UNTIL = "2022-06-01"  # no archive of the press has anything younger
REPLAY = re.compile(r"/web/[0-9]{14}id_/(?P<url>.+)")
INDEX = "/cdx/search/cdx"


@dataclass(frozen=True, kw_only=True)
class Press:
    """The newsroom with its archives, a store, and the time that all of them go by."""

    folder: Path
    newsroom: Newsroom
    time: SharedTime
    outlets: tuple[str, ...] = PAPERS

    @property
    def place(self) -> Place:
        return Place(store=str(self.folder / "store"), outlets=str(self.folder / "outlets"))

    @property
    def plan(self) -> Plan:
        """The backfill that tests ask for: everything, in slices of years."""
        return Plan(
            outlets=self.outlets, since=SINCE, until=UNTIL, via=("all",), slice=Slice.YEAR, seen_until=SEEN_UNTIL
        )

    def crawl(self) -> RunReport:
        return asyncio.run(work.crawl(Plan(outlets=self.outlets, since=SINCE, until=UNTIL), self.place, PLAIN))

    def backfill(self) -> RunReport:
        return asyncio.run(work.backfill(self.plan, self.place, PLAIN))

    def open(self) -> Archive:
        return open_archive(load_settings(**self.place.given()))

    def outlet(self, name: str) -> Outlet:
        return self._outlets[name]

    @cached_property
    def _outlets(self) -> dict[str, Outlet]:
        return load_outlets(self.folder / "outlets")

    def stories(self) -> dict[str, list[Story]]:
        """Every story held on the topic, by outlet."""
        with self.open() as archive:
            found = list(archive.pull(Query()))
        return {name: [story for story in found if story.outlet == name] for name in self.outlets}

    def told(self) -> set[tuple[str, str]]:
        """Stories of which a listing told the title: (outlet, story key)."""
        with self.open() as archive:
            named = {(one.outlet, one.url) for one in archive.catalog.listed() if one.title}
        return {(name, key) for name, url in named if (key := self.outlet(name).story_key(url)) is not None}

    def titles(self, outlet: str) -> set[str]:
        """Titles of the stories held on the topic."""
        return {current(story).article.title for story in self.stories()[outlet]}


@contextmanager
def press(folder: Path, every: Mapping[Trouble, int] = CALM, outlets: tuple[str, ...] = PAPERS) -> Iterator[Press]:
    """Newsroom and archives open; crawls of this process ask these archives."""
    with hurried(folder) as time, Newsroom.start(hours=Hours(now=time.now), archives=True, every=every) as newsroom:
        newsroom.write_outlets(folder / "outlets")
        where = {
            "ASTANA_WAYBACK_URL": newsroom.wayback,
            "ASTANA_COMMONCRAWL_INDEX_URL": newsroom.commoncrawl_index,
            "ASTANA_COMMONCRAWL_DATA_URL": newsroom.commoncrawl_data,
        }
        hand_down(dict(where))
        try:
            yield Press(folder=folder, newsroom=newsroom, time=time, outlets=outlets)
        finally:
            hand_down(dict.fromkeys(where))


def titles_on_topic(outlet: str) -> set[str]:
    """Titles of all that a paper printed about the talks in the window, as its truth says."""
    if outlet == "sawari":
        return {past_truth.pieces()[number].text.title for number in past_truth.on_topic()}
    on = {one.id for one in newsroom_truth.load()[outlet] if one.topic}
    days = {one.id: one.published.date() for one in manuscripts.load()[outlet]}
    printed = {one.id: one.title for one in manuscripts.load()[outlet]}
    return {printed[number] for number in on if past_truth.SINCE <= days[number] < past_truth.UNTIL}


def titles_lost() -> set[str]:
    """Titles of sawari's stories that are nowhere."""
    numbers = [one.id for one in past_truth.on_topic().values() if not one.found]
    return {past_truth.pieces()[number].text.title for number in numbers}


def titles_untold(outlet: str) -> set[str]:
    """Titles of stories that nothing but their text tells; nakhla's oldest one is listed under a former slug alone."""
    if outlet == "nakhla":
        return {min(manuscripts.load()[outlet], key=lambda one: one.published).title}
    numbers = [one.id for one in past_truth.on_topic().values() if one.hint == "none"]
    return {past_truth.pieces()[number].text.title for number in numbers}


def pages(asks: tuple[Ask, ...], press: Press) -> Counter[tuple[str, str]]:
    """Requests for pages of stories, live, replayed or as records: (outlet, address) -> how many."""
    return Counter(found for ask in asks if (found := _page(ask, press)) is not None)


def _page(ask: Ask, press: Press) -> tuple[str, str] | None:
    if ask.outlet == "commoncrawl-data":
        return _owner(_recorded(ask, press), press)
    if ask.outlet == "wayback":
        found = REPLAY.fullmatch(ask.target)
        return _owner(found["url"], press) if found else None
    host = press.newsroom.hosts.get(ask.outlet)
    return _owner(f"http://{host}{ask.target}", press) if host else None


def _owner(url: str, press: Press) -> tuple[str, str] | None:
    for name in press.outlets:
        outlet = press.outlet(name)
        if outlet.owns(url) and outlet.story_key(url) is not None:
            return name, outlet.story_key(url) or ""
    return None


def _recorded(ask: Ask, press: Press) -> str:
    """Whose record a ranged request asked for."""
    archives = press.newsroom.archives
    assert archives is not None
    first = int(re.findall(r"[0-9]+", ask.header("Range"))[0])
    return archives.commoncrawl.capture_at(ask.path.lstrip("/"), first).url


def gaps_between(asks: tuple[Ask, ...], outlet: str) -> list[float]:
    """Real seconds between requests to an outlet, over all its hosts."""
    arrived = [ask.arrived for ask in asks if ask.outlet.partition("-")[0] == outlet]
    return [after - before for before, after in pairwise(arrived)]


def most_in_a_minute(asks: tuple[Ask, ...]) -> int:
    """The most requests to Wayback's index in any sixty seconds of the time that the crawl went by."""
    times = [ask.time.timestamp() for ask in asks if ask.outlet == "wayback" and ask.path == INDEX]
    return max((sum(at <= other < at + 60 for other in times) for at in times), default=0)


def strange(asks: tuple[Ask, ...], press: Press) -> list[str]:
    """Requests that nobody should make: what robots.txt forbids, people, comments, an archive's own pages."""
    forbidden = ("/private/", "/admin/", "/2019/11/11/", "/wp/v2/users", "/wp/v2/comments", "/wp-admin/")
    places = {
        "wayback": re.compile(r"/cdx/search/cdx\?.*|/web/[0-9]{14}id_/.*"),
        "commoncrawl-index": re.compile(r"/collinfo\.json|/CC-MAIN-[0-9-]+-index\?.*"),
        "commoncrawl-data": re.compile(r"/crawl-data/.*"),
    }
    found = []
    for ask in asks:
        path = unquote(urlsplit(ask.target).path)
        own = places.get(ask.outlet)
        bad = not own.fullmatch(ask.target) if own else any(word in path for word in forbidden)
        if bad or (ask.outlet == "commoncrawl-data" and not ask.header("Range")):
            found.append(f"{ask.outlet} {ask.target}")
    return found
