"""The nouns of the archive, frozen; it holds no verb that reads or writes anything."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from archive.article import Article, Claim, Dateline, Losing, Paragraph, Published, Sourcing, Topic
from archive.terms import (
    CreditPlace,
    EdgeKind,
    Ground,
    Kind,
    Loss,
    NonArticle,
    Precision,
    Reason,
    RecordType,
    Role,
    Truncation,
    Via,
)

__all__ = [
    "Address",
    "Article",
    "Capture",
    "Claim",
    "Cluster",
    "Copy",
    "CreditPlace",
    "Dateline",
    "EdgeKind",
    "Edition",
    "Ground",
    "Hints",
    "Kind",
    "Losing",
    "Loss",
    "NonArticle",
    "Paragraph",
    "Precision",
    "Published",
    "Reading",
    "Reason",
    "RecordType",
    "Reference",
    "Rejection",
    "Role",
    "Sighting",
    "Sourcing",
    "Story",
    "TextHead",
    "Tls",
    "Topic",
    "Truncation",
    "Unchanged",
    "Via",
    "Window",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """What the connection's TLS was."""

    version: str
    cipher: str
    certificate: str  # sha256: hex of the peer's certificate, DER
    verified: bool = True  # False where the outlet's file allowed a certificate that proves nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What discovery knew of a capture before it was fetched; stands in its WARC metadata record.

    Times are kept as the seed gave them, letter for letter; reading them is the reader's work.
    """

    role: Role = Role.UNKNOWN
    seed: str | None = None
    seed_kind: str | None = None
    title: str | None = None
    summary: str | None = None
    published: str | None = None  # a feed's pubDate, a news sitemap's publication_date
    lastmod: str | None = None
    hops: tuple[str, ...] = ()  # URLs redirected from, first one first
    robots: str | None = None  # allowed | disallowed | unreachable
    delay: float | None = None  # seconds kept between requests
    run: str | None = None
    memento: str | None = None  # the address that a web archive was asked for
    memento_time: str | None = None  # the capture asked for: 14 digits
    sampled: bool = False  # refused by its hints, and fetched all the same to learn what hints miss


def is_imported(warc: str) -> bool:
    """Whether a file below `warc/` came by an import: what it says never goes before what we captured ourselves."""
    return warc.startswith("_import/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a record lies: key below `warc/`, byte offset, length and SHA-256 of its compressed member."""

    warc: str
    offset: int
    length: int
    sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What a revisit stands for: WARC-Refers-To, -Target-URI and -Date, letter for letter."""

    record: str | None
    url: str
    date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One HTTP exchange at one instant, bytes as received.

    `request` and `response` are whole HTTP messages as they crossed the wire (after TLS), chunk framing and all;
    `response` is empty when none came. Of a revisit, `response` holds its own headers only.
    """

    outlet: str
    url: str
    date: str  # the WARC-Date string
    record: str  # urn:uuid:… of the response or revisit record; minted once, at capture
    request: bytes
    response: bytes
    type: RecordType = RecordType.RESPONSE
    interim: bytes = b""  # 1xx responses that came before
    peer: str | None = None
    tls: Tls | None = None
    truncated: Truncation | None = None
    missing: int | None = None  # bytes of a truncated body that never came, where its head says how many there are
    error: str | None = None  # what failed or was odd about the exchange
    elapsed: float | None = None  # seconds
    via: Via = Via.LIVE
    hints: Hints = field(default_factory=Hints)
    refers_to: Reference | None = None
    payload_digest: str | None = None  # as the record says; None before it is written
    address: Address | None = None  # None before it is shelved

    @property
    def instant(self) -> datetime:
        """The capture's time, aware UTC."""
        return datetime.fromisoformat(self.date.replace("Z", "+00:00"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """An expected refusal with its reason."""

    reason: Reason
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """A capture that stands for one already read: a revisit (`of` its original's record) or a 304."""

    of: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One line of a text object: what one capture of an article candidate was read as."""

    story: str  # story id
    outlet: str
    url: str  # of the capture
    record: str
    date: str  # WARC-Date
    via: Via
    address: Address
    payload_digest: str | None
    hints: Hints
    outcome: Article | Rejection | Unchanged


@dataclass(frozen=True, slots=True, kw_only=True)
class TextHead:
    """The first line of a text object."""

    schema: int
    warc: str  # key below warc/
    outlet: str
    reader: str
    non_articles: dict[str, int]  # NonArticle -> captures
    zone: str = "UTC"  # the outlet's time zone
    agency: str | None = None  # the outlet's own name as a news agency
    pages: str | None = None  # digest of all of the reader but its topic; None of texts of older programs


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """The n-th distinct text of a story, within one reader."""

    story: str
    ordinal: int  # display only; 1 is the earliest captured
    text_digest: str
    payload_digest: str | None
    record: str  # its first capture
    captured: str  # WARC-Date of that capture
    url: str
    via: Via
    address: Address
    reader: str
    article: Article
    unconfirmed: bool = False  # only one source shows this text, and another source shows another one


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One capture that showed a text of a story, by itself or by standing for one already read."""

    ordinal: int  # of the edition shown
    captured: str  # WARC-Date
    record: str
    via: Via
    title: str | None  # as that capture had it; None where it stands for an earlier one


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A story's place in a cluster."""

    story: str
    of: str  # the canonical story
    likeness: float  # Jaccard to the canonical text
    containment: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Stories that print the same item. Its id is its first member's in the written total order."""

    id: str
    canonical: str
    copies: tuple[Copy, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One outlet's item at one canonical URL, with every edition held."""

    id: str
    outlet: str
    url: str
    published: Published
    editions: tuple[Edition, ...]
    current: int  # ordinal of the edition last seen; a later capture may show an older text again
    cluster: str
    canonical: bool
    copy_of: str | None
    likeness: float | None
    claims: tuple[Claim, ...]
    sightings: tuple[Sighting, ...] = ()  # of every text, by capture time
    wire: str | None = None  # the outlet's own name as a news agency


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A half-open span of publication days [since, until) in an outlet's civil days; None is open."""

    since: date | None = None
    until: date | None = None
