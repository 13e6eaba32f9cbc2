"""All that an order asks of an archive's indexes, one address after the other; it fetches nothing.

What the shelf holds of an earlier order is not asked for again, as long as it is fresh.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from archive import urls
from archive.records import Via, Window
from crawler.archives import commoncrawl, wayback
from crawler.archives.commoncrawl import Collections
from crawler.archives.rows import Row, read
from crawler.archives.services import Service
from crawler.archives.walks import TRIES, Walk
from crawler.archives.wayback import Asked, Match
from crawler.outlet import Outlet, SeedKind

HeldAnswer = Callable[[str], bytes]
_RELATIVE: Final = "http://"
LISTINGS: Final = (SeedKind.FEED, SeedKind.SECTION, SeedKind.TAG)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one question to an index brought: its first address, pages read, rows on them, what went wrong."""

    url: str
    pages: int
    rows: int
    problem: str | None


class _Asked:
    """One walk and what it brought."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.url = walk.address or ""
        self.rows = 0

    def told(self) -> Told:
        return Told(url=self.url, pages=self.walk.pages, rows=self.rows, problem=self.walk.problem)


class Indexes:
    """Ask for `address` until it is None, giving each answer to `answered`, each failure to `failed`."""

    def __init__(self, service: Service, outlet: Outlet, seen: Window, held: HeldAnswer) -> None:
        """`seen`: capture days. `held` says what the shelf holds of an address, empty when nothing of use."""
        self.service = service
        self._seen = seen
        self._held = held
        self._places = tuple(places(outlet))
        self._ahead: deque[_Asked] = deque()
        self._now: _Asked | None = None
        self._done: list[_Asked] = []
        self._list_failed = 0
        self._list_problem: str | None = None
        self._wants_list = service.via is Via.COMMONCRAWL
        if service.via is Via.WAYBACK:
            self._ahead.extend(
                _Asked(Walk(wayback.Captures(base=service.index, asked=asked))) for asked in self._every()
            )

    def _every(self) -> Iterator[Asked]:
        for place, match in self._places:
            yield Asked(url=place, match=match, since=self._seen.since, until=self._seen.until)

    def next(self) -> tuple[str | None, tuple[Row, ...]]:
        """The next address to ask for, or None at the end; and the rows that the shelf held on the way there."""
        rows: list[Row] = []
        while (address := self._address()) is not None:
            content = self._held(address)
            if not content or not self._is_sound(content):
                return address, tuple(rows)
            rows.extend(self.answered(content))
        return None, tuple(rows)

    def _address(self) -> str | None:
        if self._wants_list:
            return commoncrawl.collections_address(self.service.index)
        while self._now is None or self._now.walk.address is None:
            if not self._ahead:
                return None
            self._now = self._ahead.popleft()
            self._done.append(self._now)
        return self._now.walk.address

    def _is_sound(self, content: bytes) -> bool:
        """Whether a held answer can be read to its end; an empty one must be asked for anew."""
        if self._wants_list:
            return commoncrawl.read_collections(content).problem is None
        page = read(content)
        return page.problem is None and not page.confirm

    def answered(
        self, content: bytes, status: int = 200, content_type: str | None = None, problem: str | None = None
    ) -> tuple[Row, ...]:
        """Take in an answer to the last address; the rows on it."""
        if self._wants_list:
            self._list(commoncrawl.read_collections(content, status), problem)
            return ()
        if self._now is None:
            return ()
        rows = self._now.walk.answered(content, status, content_type, problem)
        self._now.rows += len(rows)
        return rows

    def failed(self, said: str) -> None:
        """No answer came to the last address."""
        if self._wants_list:
            self._list(Collections(problem=said, again=True), None)
        elif self._now is not None:
            self._now.walk.failed(said)

    def _list(self, found: Collections, problem: str | None) -> None:
        said = problem or found.problem
        if said is not None and (problem is not None or found.again) and self._list_failed + 1 < TRIES:
            self._list_failed += 1
            return
        self._wants_list = False
        self._list_problem = said
        for collection in found.touching(self._seen.since, self._seen.until) if said is None else ():
            self._ahead.extend(
                _Asked(Walk(commoncrawl.Captures(base=self.service.index, collection=collection.id, asked=asked)))
                for asked in self._every()
            )

    def told(self) -> tuple[Told, ...]:
        """What each question asked so far brought."""
        first = commoncrawl.collections_address(self.service.index)
        listed = (Told(url=first, pages=0, rows=0, problem=self._list_problem),) if self._list_problem else ()
        return (*listed, *(asked.told() for asked in self._done))


def _sites(outlet: Outlet) -> tuple[str, ...]:
    """Hosts of today and earlier, those once that an index files under one key."""
    by_key = {urls.surt(f"{_RELATIVE}{host}/"): host for host in sorted(outlet.all_hosts, reverse=True)}
    return tuple(sorted(by_key.values()))


def places(outlet: Outlet) -> Iterator[tuple[str, Match]]:
    """What is asked about: the outlet's hosts; of hosts that it shares with other languages, its own trees.

    Listings outside the trees are asked about, too: feeds may lie elsewhere.
    """
    for site in _sites(outlet):
        if not outlet.trees:
            yield site, Match.HOST
            continue
        listed = (urlsplit(seed.url.partition("{")[0]) for seed in outlet.seeds if seed.kind in LISTINGS)
        paths = {*outlet.trees, *(parts.path for parts in listed if _same_site(parts.netloc, site))}
        for path in sorted(paths):
            if not any(path != other and path.startswith(other) for other in paths):
                yield f"{site}{path}", Match.PREFIX


def _same_site(one: str, other: str) -> bool:
    return urls.surt(f"{_RELATIVE}{one}/") == urls.surt(f"{_RELATIVE}{other}/")
