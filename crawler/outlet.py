"""An outlet as frozen facts: where it publishes and what its stories' addresses look like; it never fetches or reads.

The built-in files lie in `crawler/outlets/`; a folder of the user's adds more, and a file of the same name replaces.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from archive import urls
from archive.errors import UsageError
from crawler import facts
from crawler.errors import FactsError
from crawler.outlet_file import EpochFile, OutletFile, PageFile, SeedKind, is_loopback

BUILT_IN = Path(__file__).parent / "outlets"
OTHER = "other"
OUTLET_ID = re.compile(r"[a-z][a-z0-9]{1,30}")
DAY_GROUPS = ("yyyy", "mm", "dd")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """An entry point of an outlet; `url` is a template of {term} {page} {yyyy} {mm} {dd}."""

    kind: SeedKind
    url: str
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryPatterns:
    """Patterns searched in a story key; `url` empty means every address may be a story."""

    url: tuple[str, ...] = ()
    id: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Seconds between two requests, and how many may be under way at once."""

    delay: float
    concurrency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """CSS selectors for pages captured before `until`; None where the outlet's file says nothing."""

    until: date | None = None
    title: str | None = None
    body: str | None = None
    date: str | None = None
    drop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Epoch:
    """What was true of the outlet before `until`."""

    until: date | None = None
    hosts: tuple[str, ...] = ()
    timezone: str | None = None
    owner: str | None = None
    line: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """Bounds [least, most] of a healthy crawl: stories a week, code points a text."""

    stories_per_week: tuple[float, float] | None = None
    chars: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """One outlet's facts. Its id is the stem of its file and stands in every story id for ever."""

    id: str
    name: str
    english: str
    country: str
    timezone: str
    language: str
    agency: str | None = None
    hosts: tuple[str, ...] = ()
    seeds: tuple[Seed, ...] = ()
    story: StoryPatterns = StoryPatterns()
    pace: Pace = Pace(delay=5.0, concurrency=1)
    pages: tuple[Page, ...] = ()
    epochs: tuple[Epoch, ...] = ()
    expect: Expect = Expect()
    allow_private: bool = False
    tls: str = "verified"
    closed: date | None = None

    @property
    def all_hosts(self) -> frozenset[str]:
        """Hosts of today and of earlier epochs, as written."""
        return _all_hosts(self.hosts, self.epochs)

    @property
    def trees(self) -> tuple[str, ...]:
        """Paths below which all stories lie, where the file says `never: ^/(?!ar/)`: one host, many languages."""
        found = (re.fullmatch(r"\^/\(\?!([\w/|-]+)\)", pattern) for pattern in self.story.never)
        return tuple(f"/{path}" for tree in found if tree for path in tree[1].split("|"))

    def owns(self, url: str) -> bool:
        """Whether the address lies on a host of this outlet.

        `www.` and a trailing dot make no difference; a host without port means the scheme's own port only.
        """
        try:
            name, port = urls.split_host(url)
        except UsageError:
            return False
        return _site(f"[{name}]" if ":" in name else name, port) in _sites(self.hosts, self.epochs)

    def key(self, url: str) -> str:
        """What makes the address's story the same story: the id caught in it, else its canonical path and query.

        An outlet without hosts (`other`) keeps the host in it, because many sites share it. An address that is never
        a story (another language's tree, say) lends its number to none.

        Raises:
            UsageError: not an http or https address.
        """
        path = urls.story_key(url)
        for pattern in () if self._never(path) else self.story.id:
            if found := re.search(pattern, path):
                caught = found.groupdict().get("id") or next(filter(None, found.groups()), None)
                if caught:
                    return caught
        return path if self.hosts else f"{_site(*urls.split_host(url))}{path}"

    def story_key(self, url: str) -> str | None:
        """The story's key, or None when the patterns say that the address is no story of this outlet."""
        try:
            path = urls.story_key(url)
        except UsageError:
            return None
        known_form = not self.story.url or any(re.search(pattern, path) for pattern in self.story.url)
        return self.key(url) if known_form and not self._never(path) else None

    def _never(self, path: str) -> bool:
        return any(re.search(pattern, path) for pattern in self.story.never)

    def story_id(self, url: str) -> str:
        """`<outlet>-<12 letters>`, whether or not the patterns call the address a story.

        Raises:
            UsageError: not an http or https address.
        """
        return urls.story_id(self.id, self.key(url))

    def days_in(self, url: str) -> tuple[date, date] | None:
        """Civil days [first, last] that the address itself names, by groups yyyy, mm, dd of a story pattern."""
        try:
            path = urls.story_key(url)
        except UsageError:
            return None
        for pattern in self.story.url:
            if (found := re.search(pattern, path)) and (days := named_days(found.groupdict())):
                return days
        return None

    def page_on(self, day: date) -> Page | None:
        """The layout of pages published on that day."""
        return next((page for page in self.pages if page.until is None or day < page.until), None)

    def zone_on(self, day: date) -> str:
        """The outlet's IANA time zone on that day."""
        zones = (epoch.timezone for epoch in self.epochs if epoch.until is None or day < epoch.until)
        return next(filter(None, zones), self.timezone)

    def reading_part(self) -> bytes:
        """Canonical JSON of all that changes how a page is read; part of the reader's digest."""
        names = ("name", "language", "timezone", "agency", "story", "pages", "epochs")
        part = {name: value for name, value in asdict(self).items() if name in names}
        return json.dumps(part, ensure_ascii=False, sort_keys=True, default=str).encode()


def _all_hosts(hosts: tuple[str, ...], epochs: tuple[Epoch, ...]) -> frozenset[str]:
    return frozenset(hosts).union(*(epoch.hosts for epoch in epochs))


@lru_cache(maxsize=256)  # asked of every address that a seed lists
def _sites(hosts: tuple[str, ...], epochs: tuple[Epoch, ...]) -> frozenset[str]:
    return frozenset(map(_written_site, _all_hosts(hosts, epochs)))


def _site(name: str, port: int | None) -> str:
    return name.removeprefix("www.") if port is None else f"{name.removeprefix('www.')}:{port}"


def _written_site(host: str) -> str:
    name, colon, port = host.rpartition(":") if not host.endswith("]") else (host, "", "")
    return _site(name, int(port)) if colon else _site(host, None)


def named_days(groups: Mapping[str, str | None]) -> tuple[date, date] | None:
    """The span of days that yyyy, mm, dd name; None when there is no such date or no year."""
    year, month, day = (int(said) if (said := groups.get(name)) else None for name in DAY_GROUPS)
    if year is None:
        return None
    try:
        first = date(year, month or 1, day or 1)
        if day:
            return first, first
        after = date(year + (month or 12) // 12, (month or 12) % 12 + 1, 1)
    except ValueError:
        return None
    return first, date.fromordinal(after.toordinal() - 1)


def owner_of(url: str, outlets: Iterable[Outlet]) -> str:
    """The id of the outlet whose host the address lies on; `other` when nobody's."""
    return next((outlet.id for outlet in outlets if outlet.owns(url)), OTHER)


def _page(said: PageFile) -> Page:
    return Page(until=said.until, title=said.title, body=said.body, date=said.date, drop=said.drop)


def _epoch(said: EpochFile) -> Epoch:
    return Epoch(**said.model_dump())


def _outlet(stem: str, said: OutletFile) -> Outlet:
    return Outlet(
        id=stem,
        seeds=tuple(Seed(kind=seed.kind, url=seed.url, since=seed.since, until=seed.until) for seed in said.seeds),
        story=StoryPatterns(url=said.story.url, id=said.story.id, never=said.story.never),
        pace=Pace(delay=said.pace.delay, concurrency=said.pace.concurrency),
        pages=tuple(map(_page, said.pages)),
        epochs=tuple(map(_epoch, said.epochs)),
        expect=Expect(stories_per_week=said.expect.stories_per_week, chars=said.expect.chars),
        **said.model_dump(exclude={"seeds", "story", "pace", "pages", "epochs", "expect"}),
    )


def _line_of(path: Path, words: str) -> int:
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    return next((number for number, line in enumerate(lines, 1) if words in line), 1)


def load_outlet(path: Path) -> Outlet:
    """One outlet from its file.

    Raises:
        FactsError: "file:line: what is wrong".
    """
    if not OUTLET_ID.fullmatch(path.stem):
        raise FactsError(f"{path}:1: an outlet's file is named by its id: lower-case letters and digits, then .yml")
    outlet = _outlet(path.stem, facts.load(path, OutletFile))
    for seed in outlet.seeds:
        if not outlet.owns(re.sub(r"\{\w+\}", "1", seed.url)):
            raise FactsError(f"{path}:{_line_of(path, seed.url)}: seed is on a host that is not in hosts: {seed.url}")
    return outlet


def file_of(name: str, folder: Path | None = None) -> Path:
    """Where an outlet's facts stand: in the folder when it has a file of that name, else among the built-in ones."""
    own = folder / f"{name}.yml" if folder is not None else None
    return own if own is not None and own.is_file() else BUILT_IN / f"{name}.yml"


def load_outlets(folder: Path | None = None) -> dict[str, Outlet]:
    """Every outlet by id, sorted: the built-in ones, and those of a folder, where the same name replaces.

    Raises:
        FactsError: a file is broken, or two outlets claim one host; the message names file and line.
    """
    if folder is not None and not folder.is_dir():
        raise FactsError(f"{folder}:1: no such folder of outlets")
    paths = {path.stem: path for place in (BUILT_IN, folder) if place for path in sorted(place.glob("*.yml"))}
    outlets = {stem: load_outlet(path) for stem, path in sorted(paths.items())}
    claimed: dict[str, str] = {}
    for outlet in outlets.values():
        for host in sorted(outlet.all_hosts):
            other = claimed.setdefault(_written_site(host), outlet.id)
            if other != outlet.id:
                where = f"{paths[outlet.id]}:{_line_of(paths[outlet.id], host)}"
                raise FactsError(f"{where}: host {host} is claimed by {other} too ({paths[other]})")
    return outlets


__all__ = [
    "BUILT_IN",
    "OTHER",
    "Epoch",
    "Expect",
    "Outlet",
    "Pace",
    "Page",
    "Seed",
    "SeedKind",
    "StoryPatterns",
    "file_of",
    "is_loopback",
    "load_outlet",
    "load_outlets",
    "owner_of",
]
