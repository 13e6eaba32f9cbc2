"""What is read in one capture: an article, its paragraphs, what it says of date, place, source and topic; frozen."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from archive.terms import CreditPlace, Ground, Kind, Loss, Precision


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """One paragraph of a clean text and where it stands in the decoded payload."""

    text: str
    where: str  # element path, or what told it: "json-ld:articleBody", "app-state:__NEXT_DATA__.props.article.body"
    offset: int  # code points from the start of the decoded payload; -1 when not found there
    length: int
    repairs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One statement of a page or seed about when the article was published or changed."""

    source: str  # json-ld, meta, time, visible, url, feed, sitemap, news-sitemap, listing, dateline …
    about: str  # published | modified | seen: the story was there at that instant
    said: str  # the words or value, as found
    precision: Precision
    value: str  # civil date or local time or instant, ISO 8601
    earliest: datetime  # UTC bounds, half-open
    latest: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Losing:
    """A claim of publication that is not the verdict, and why."""

    claim: Claim
    why: Loss


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The verdict over all claims. With day precision `value` is the outlet's civil date, never shifted by UTC."""

    value: str | None
    local: str | None  # the outlet's local time, when a time of day is known
    earliest: datetime
    latest: datetime
    precision: Precision | None
    source: str  # the winning claim's; of an undated story, whose its first capture is: capture, archive-index
    reason: Ground
    losing: tuple[Losing, ...] = ()  # claims of publication that name another day, or cannot be true


@dataclass(frozen=True, slots=True, kw_only=True)
class Dateline:
    """«أستانا (رويترز) -»: where and by whom an article says it was written."""

    place: str | None = None
    agency: str | None = None
    date: str | None = None
    said: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sourcing:
    """What a text says of whom it is taken from, beside the one agency that it credits."""

    where: CreditPlace | None = None  # where the credit stands
    partial: bool = False  # wires are credited that nobody names («وكالات»), alone or beside a named one
    chain: tuple[str, ...] = ()  # agencies, the credited one first, each taken from the next
    leftover: tuple[str, ...] = ()  # agencies whose own reporters speak in the text («موفد سانا») and nobody credits


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """Whether a text is about the topic, and the terms that say so."""

    on: bool
    score: float
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What was read in one capture."""

    title: str
    paragraphs: tuple[Paragraph, ...]
    language: str
    kind: Kind
    topic: Topic
    dateline: Dateline
    agency: str | None = None  # canonical name of the wire credited, or None: no credit found in this capture
    credit: str | None = None  # the words that credit it
    sourcing: Sourcing = field(default_factory=Sourcing)
    byline: str | None = None
    subtitle: str | None = None
    claims: tuple[Claim, ...] = ()
    captions: tuple[str, ...] = ()  # clean words under its pictures, in the page's order; no part of the text
    encoding: str | None = None  # how the payload was decoded
    extractor: str | None = None  # outlet-rules | json-ld | microdata | tawsiyat | app-state | shape | trafilatura
    canonical_url: str | None = None  # as the page itself says

    @property
    def text(self) -> str:
        """The clean text: paragraphs separated by one blank line, no title."""
        return "\n\n".join(p.text for p in self.paragraphs)

    @property
    def flash(self) -> bool:
        """A one-line «عاجل» or the like."""
        return self.kind is Kind.FLASH
