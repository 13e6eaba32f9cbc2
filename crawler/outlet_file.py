"""What one outlet's YAML may say, checked at the edge; it holds the shape of the file, never what is done with it.

Selectors are CSS (https://www.w3.org/TR/selectors-3/); patterns are Python regular expressions searched in the story
key of an address: canonical path and query, percent-encoded, without scheme, host, closing slash or tracking parts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from ipaddress import ip_address
from itertools import pairwise
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cssselect import GenericTranslator, SelectorError
from pydantic import AfterValidator, BeforeValidator, Field, field_validator, model_validator

from crawler.facts import Facts

TEMPLATE_WORDS = ("term", "page", "yyyy", "mm", "dd", "m", "d", "cursor")  # m and d: without a leading nought
HOST = re.compile(r"(?P<name>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{1,5}))?")


class SeedKind(StrEnum):
    """What sort of entry point a seed is."""

    FEED = "feed"
    SITEMAP = "sitemap"
    REST = "rest"
    SECTION = "section"
    SEARCH = "search"
    TAG = "tag"


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("unknown time zone; use an IANA name such as Asia/Damascus") from None
    return name


def _pattern(words: str) -> str:
    try:
        re.compile(words)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from None
    return words


def _catching(words: str) -> str:
    if not re.compile(words).groups:
        raise ValueError("an id pattern needs a group: what it catches is the id")
    return words


def _selector(words: str) -> str:
    try:
        GenericTranslator().css_to_xpath(words)
    except SelectorError as error:
        raise ValueError(f"not a CSS selector: {error}") from None
    return words


def _host(words: str) -> str:
    found = HOST.fullmatch(words)
    if found is None:
        raise ValueError("not a host: lower-case name (punycode for other letters), perhaps with :port")
    if found["port"] and not 0 < int(found["port"]) < 65536:
        raise ValueError("no such port")
    if is_loopback(found["name"]) and not found["port"]:
        raise ValueError("a loopback host must carry a port")
    return words


def _address(words: str) -> str:
    unknown = [word for word in re.findall(r"\{([^{}]*)\}", words) if word not in TEMPLATE_WORDS]
    if unknown:
        raise ValueError(f"unknown template word {{{unknown[0]}}}; known: {', '.join(TEMPLATE_WORDS)}")
    if urlsplit(words).scheme not in ("http", "https") or not urlsplit(words).hostname:
        raise ValueError("not an http or https address")
    if "@" in urlsplit(words).netloc:
        raise ValueError("an address with a user name or password is not asked for; leave them out")
    return words


def _written_date(value: object) -> object:
    """A date is written YYYY-MM-DD; a bare number would be read as seconds."""
    if value is not None and not (isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value)):
        raise ValueError("a date is written YYYY-MM-DD")
    return value


def _several(value: object) -> object:
    """One pattern may stand alone, several in a list."""
    return [value] if isinstance(value, str) else value


def _distinct(values: Sequence[object], what: str) -> None:
    for number, value in enumerate(values):
        if value in values[:number]:
            raise ValueError(f"{what} stands twice: {value}")


def is_loopback(name: str) -> bool:
    """Whether a host name or literal address is this machine's own."""
    try:
        return ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")


Day = Annotated[date, BeforeValidator(_written_date)]
Zone = Annotated[str, AfterValidator(_zone)]
Pattern = Annotated[str, AfterValidator(_pattern)]
IdPattern = Annotated[str, AfterValidator(_pattern), AfterValidator(_catching)]
Patterns = Annotated[tuple[Pattern, ...], BeforeValidator(_several)]
IdPatterns = Annotated[tuple[IdPattern, ...], BeforeValidator(_several)]
Selector = Annotated[str, AfterValidator(_selector)]
HostName = Annotated[str, AfterValidator(_host)]
Template = Annotated[str, AfterValidator(_address)]
Words = Annotated[str, Field(min_length=1)]


class _Span(Facts):
    since: Day | None = None
    until: Day | None = None

    @model_validator(mode="after")
    def _forwards(self) -> _Span:
        if self.since and self.until and self.since >= self.until:
            raise ValueError("since must lie before until")
        return self


class SeedFile(_Span):
    """An entry point; `since` and `until` bound the days it can hold. `source` says where the fact is from."""

    kind: SeedKind
    url: Template
    source: Words | None = None

    @model_validator(mode="after")
    def _template_fits(self) -> SeedFile:
        if self.kind is SeedKind.SEARCH and "{term}" not in self.url:
            raise ValueError("a search seed needs {term} in its url")
        named = [any("{" + word + "}" in self.url for word in words) for words in (("yyyy",), ("mm", "m"), ("dd", "d"))]
        if named != sorted(named, reverse=True):
            raise ValueError("{dd} needs {mm}, and {mm} needs {yyyy}")
        return self


class StoryFile(Facts):
    """Which addresses are stories (`url`, all when none is given), what in them is the id, which never are."""

    url: Patterns = ()
    id: IdPatterns = ()
    never: Patterns = ()


class PaceFile(Facts):
    """Seconds between two requests to the outlet, and how many may be under way."""

    delay: Annotated[float, Field(gt=0, le=3600, allow_inf_nan=False)] = 5.0
    concurrency: Annotated[int, Field(ge=1, le=4)] = 1


class PageFile(Facts):
    """Where title, body and date stand on pages captured before `until`; `drop` is cut out of the body first."""

    until: Day | None = None
    title: Selector | None = None
    body: Selector | None = None
    date: Selector | None = None
    drop: tuple[Selector, ...] = ()
    source: Words | None = None


class EpochFile(Facts):
    """What was true of the outlet before `until`: hosts, zone, owner, line; `source` says who says so."""

    until: Day | None = None
    hosts: tuple[HostName, ...] = ()
    timezone: Zone | None = None
    owner: Words | None = None
    line: Words | None = None
    source: Words | None = None


class ExpectFile(Facts):
    """What a healthy crawl brings: stories a week and code points a text, each [least, most]."""

    stories_per_week: tuple[Annotated[float, Field(ge=0)], Annotated[float, Field(ge=0)]] | None = None
    chars: tuple[Annotated[int, Field(ge=0)], Annotated[int, Field(ge=0)]] | None = None

    @field_validator("stories_per_week", "chars")
    @classmethod
    def _least_first(cls, pair: tuple[float, float] | None) -> tuple[float, float] | None:
        if pair and pair[0] > pair[1]:
            raise ValueError("write [least, most]")
        return pair


class OutletFile(Facts):
    """One outlet's YAML; unknown keys are refused."""

    name: Words
    english: Words
    country: Words  # ISO 3166, where there is one
    timezone: Zone
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
    agency: Words | None = None
    hosts: tuple[HostName, ...] = ()
    seeds: tuple[SeedFile, ...] = ()
    story: StoryFile = StoryFile()
    pace: PaceFile = PaceFile()
    pages: tuple[PageFile, ...] = ()
    epochs: tuple[EpochFile, ...] = ()
    expect: ExpectFile = ExpectFile()
    allow_private: bool = False
    tls: Literal["verified", "unverified"] = "verified"
    closed: Day | None = None

    @field_validator("hosts")
    @classmethod
    def _hosts_once(cls, hosts: tuple[str, ...]) -> tuple[str, ...]:
        _distinct(hosts, "host")
        return hosts

    @field_validator("seeds")
    @classmethod
    def _seeds_once(cls, seeds: tuple[SeedFile, ...]) -> tuple[SeedFile, ...]:
        _distinct([f"{seed.kind} {seed.url}" for seed in seeds], "seed")
        return seeds

    @field_validator("pages", "epochs")
    @classmethod
    def _oldest_first(cls, spans: tuple[PageFile | EpochFile, ...]) -> tuple[PageFile | EpochFile, ...]:
        bounds = [span.until or date.max for span in spans]
        if any(earlier >= later for earlier, later in pairwise(bounds)):
            raise ValueError("order them oldest first by until; only the last may leave it out")
        return spans
