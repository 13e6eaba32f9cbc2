"""What a crawl is asked for and what it answers: orders and reports, and their JSON; it holds no verb that crawls."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from archive.errors import UsageError
from archive.records import Via, Window
from crawler.outlet_file import SeedKind

SCHEMA = 1
DEFAULT_PAGES = 100
SAMPLE = 0.02
DAYS = ("since", "until", "seen_since", "seen_until")


class Copies(StrEnum):
    """Which of a story's copies are taken from a web archive: the first good one, or each whose bytes differ."""

    FIRST = "first"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlOrder:
    """One outlet and one window, in the outlet's civil days. `now` is the run's instant; no seed kind means all."""

    run: str
    outlet: str
    now: datetime
    since: date | None = None
    until: date | None = None
    limit: int | None = None  # stories
    kinds: tuple[SeedKind, ...] = ()
    seeds: tuple[str, ...] = ()  # as the outlet's file writes them; none means all
    terms: tuple[str, ...] = ()  # for seeds with {term}
    pages: int = DEFAULT_PAGES  # the most pages of one paged seed
    via: Via = Via.LIVE  # whom to ask: the outlet itself, or a web archive about it
    seen_since: date | None = None  # capture days asked of an archive's index, half-open, UTC
    seen_until: date | None = None
    copies: Copies = Copies.FIRST
    budget: int | None = None  # pages fetched although nothing hints at what they are about; None is no bound
    stories: tuple[str, ...] = ()  # addresses of stories, asked for in the place of seeds
    sample: float = SAMPLE  # share of those refused by their hints that is fetched all the same, 0 to 1

    @property
    def window(self) -> Window:
        """The publication days asked for."""
        return Window(since=self.since, until=self.until)

    @property
    def seen(self) -> Window:
        """The capture days asked of an archive's index."""
        return Window(since=self.seen_since, until=self.seen_until)

    def dump(self) -> dict[str, Any]:
        """As JSON values."""
        days = {name: _day(getattr(self, name)) for name in DAYS}
        return {**asdict(self), **days, "now": self.now.isoformat()}


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedReport:
    """What one seed brought: pages asked for, stories and candidates on them, sub-sitemaps left out by their dates."""

    kind: str
    url: str
    pages: int = 0
    candidates: int = 0
    skipped: int = 0
    problem: str | None = None  # the last one


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlError:
    """One address that brought no answer, and why."""

    url: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlReport:
    """What became of an order. `finished` is False when the outlet failed as a whole; `ended` is a line for people."""

    run: str
    outlet: str
    finished: bool
    ended: str
    captures: Mapping[str, int] = field(default_factory=dict)  # page, hop, failed, seed, robots -> number
    answers: Mapping[str, int] = field(default_factory=dict)  # status of pages -> number
    candidates: Mapping[str, int] = field(default_factory=dict)  # listed = admitted + refused + again
    refused: Mapping[str, int] = field(default_factory=dict)  # reason -> number
    errors: tuple[UrlError, ...] = ()
    seeds: tuple[SeedReport, ...] = ()
    sealed: tuple[str, ...] = ()  # keys of WARCs
    waiting: int = 0  # captures that stay in the spool for the next seal
    recovered: str | None = None  # what was cut from a torn spool file
    delay: float | None = None  # seconds kept between requests
    robots: Mapping[str, str] = field(default_factory=dict)  # origin -> verdict on its root
    interrupted: bool = False  # stopped by a signal; what was captured is kept

    def dump(self) -> dict[str, Any]:
        """As JSON values."""
        return {"schema": SCHEMA, **asdict(self)}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def order_of(said: Mapping[str, Any]) -> CrawlOrder:
    """An order from its JSON values.

    Raises:
        UsageError: a value is missing, unknown or of the wrong kind.
    """
    try:
        read = {
            **{name: date.fromisoformat(said[name]) if said.get(name) else None for name in DAYS},
            "now": datetime.fromisoformat(said["now"]).astimezone(UTC),
            "kinds": tuple(SeedKind(kind) for kind in said.get("kinds", ())),
            "seeds": tuple(said.get("seeds", ())),
            "terms": tuple(said.get("terms", ())),
            "stories": tuple(said.get("stories", ())),
            "via": Via(said.get("via", Via.LIVE)),
            "copies": Copies(said.get("copies", Copies.FIRST)),
        }
        return CrawlOrder(**{**said, **read})
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(f"not a crawl order: {error}") from None


def report_of(said: Mapping[str, Any]) -> CrawlReport:
    """A report from its JSON values.

    Raises:
        UsageError: it is of another schema, or not a report.
    """
    try:
        plain = dict(said)
        if plain.pop("schema") != SCHEMA:
            raise UsageError(f"a crawl report of schema {said['schema']}; this program reads {SCHEMA}")
        errors = tuple(UrlError(**error) for error in plain.pop("errors"))
        seeds = tuple(SeedReport(**seed) for seed in plain.pop("seeds"))
        return CrawlReport(errors=errors, seeds=seeds, sealed=tuple(plain.pop("sealed")), **plain)
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(f"not a crawl report: {error!r}") from None


def to_json(noun: CrawlOrder | CrawlReport) -> str:
    """One line of JSON, keys sorted."""
    return json.dumps(noun.dump(), ensure_ascii=False, sort_keys=True)
