"""From an outlet's seeds to the addresses of seed pages: templates filled, pages turned; it never fetches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from archive.records import Window
from archive.scratch import Scratch
from crawler.facts import Facts, load
from crawler.outlet import Outlet, Seed, SeedKind

FIRST_PAGE = 1
REST_FIELDS = "id,date,modified,link,title,excerpt"  # never the comments or people of an outlet, never `_embed`
REST_PAGE = 100  # posts a page, WordPress's most
OPEN_DAYS = 7  # days that a dated template looks back when the window does not say
SEARCHES = Path(__file__).with_name("searches.yml")
MAX_SPANS = 4000  # addresses of one dated template: eleven years of days
TERMED = frozenset({SeedKind.SEARCH, SeedKind.TAG, SeedKind.REST})


class Searches(Facts):
    """The table of words for seeds with {term}."""

    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedPage:
    """One page of a seed to ask for. `number` counts the pages of a paged seed from 1; `depth` is that of sitemaps."""

    seed: Seed
    url: str
    template: str  # the url with only {page} left open; the url itself when the seed is not paged
    number: int = FIRST_PAGE
    depth: int = 0

    @property
    def is_paged(self) -> bool:
        """Whether another page may follow this one."""
        return self.seed.kind is SeedKind.REST or "{page}" in self.template


class Turning:
    """What one paged seed has shown so far; says whether its next page is worth asking for."""

    def __init__(self, most: int) -> None:
        """`most`: pages that are asked for at most."""
        self.most = most
        self._seen = Scratch().book()
        self._stale = 0  # pages in a row on which every new story was older than the window

    def turn(self, keys: frozenset[str], older: frozenset[str], number: int) -> bool:
        """Whether to turn the page: it showed stories not seen before, and not only too old ones twice running."""
        new = {key for key in keys if key not in self._seen}
        for key in new:
            self._seen[key] = ""
        self._stale = self._stale + 1 if new and new <= older else 0
        return bool(new) and self._stale < 2 and number < self.most


def search_terms(terms: tuple[str, ...], kinds: tuple[SeedKind, ...]) -> tuple[str, ...]:
    """The words asked for, else the table's when seeds that may search are; an everyday crawl searches for nothing.

    Raises:
        FactsError: the table is broken.
    """
    if terms or not TERMED & set(kinds):
        return terms
    return load(SEARCHES, Searches).terms


def seed_pages(
    outlet: Outlet, window: Window, kinds: tuple[SeedKind, ...], terms: tuple[str, ...], today: date
) -> list[SeedPage]:
    """The first page of every seed of these kinds (of all when none is named) that can hold the window's days."""
    wanted = [seed for seed in outlet.seeds if (not kinds or seed.kind in kinds) and _can_hold(seed, window)]
    return [page for seed in wanted for page in _expanded(seed, window, terms, today)]


def _can_hold(seed: Seed, window: Window) -> bool:
    too_old = window.since and seed.until and seed.until <= window.since
    too_new = window.until and seed.since and seed.since >= window.until
    return not too_old and not too_new


def _expanded(seed: Seed, window: Window, terms: tuple[str, ...], today: date) -> Iterator[SeedPage]:
    for term in terms if "{term}" in seed.url else ("",):
        worded = seed.url.replace("{term}", quote(term, safe=""))
        for filled in _dated(worded, seed, window, today):
            template = _rest(filled, window) if seed.kind is SeedKind.REST else filled
            first = SeedPage(seed=seed, url=template, template=template)
            yield numbered(first, FIRST_PAGE) if first.is_paged else first


def _dated(template: str, seed: Seed, window: Window, today: date) -> Iterator[str]:
    """One address a day, month or year of the window within the seed's own bounds, newest first."""
    if "{yyyy}" not in template:
        yield template
        return
    after = min(bound for bound in (window.until, seed.until, today + timedelta(days=1)) if bound)
    since = max((bound for bound in (window.since, seed.since) if bound), default=after - timedelta(days=OPEN_DAYS))
    spans = dict.fromkeys(
        _filled(template, after - timedelta(days=back)) for back in range(1, (after - since).days + 1)
    )
    yield from islice(spans, MAX_SPANS)


def _filled(template: str, day: date) -> str:
    named = {"{yyyy}": f"{day.year:04}", "{mm}": f"{day.month:02}", "{dd}": f"{day.day:02}"}
    plain = {"{m}": str(day.month), "{d}": str(day.day)}
    for word, value in (named | plain).items():
        template = template.replace(word, value)
    return template


def _rest(url: str, window: Window) -> str:
    """Posts of the window, oldest bound first; `after` and `before` are exclusive and in the outlet's local time."""
    asked = {"per_page": str(REST_PAGE), "_fields": REST_FIELDS, "orderby": "date", "order": "desc"}
    if window.since:
        asked["after"] = f"{window.since - timedelta(days=1)}T23:59:59"
    if window.until:
        asked["before"] = f"{window.until}T00:00:00"
    return with_query(url, asked)


def with_query(url: str, asked: dict[str, str]) -> str:
    """The address with these parameters set; those of the same name are replaced, the others kept."""
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in asked]
    return urlunsplit(parts._replace(query=urlencode([*kept, *asked.items()], safe=",:")))


def numbered(page: SeedPage, number: int) -> SeedPage:
    """The same seed's page of that number."""
    if page.seed.kind is SeedKind.REST and "{page}" not in page.template:
        return replace(page, url=with_query(page.template, {"page": str(number)}), number=number)
    return replace(page, url=page.template.replace("{page}", str(number)), number=number)
