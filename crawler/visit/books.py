"""What the spider asks of the books of an order, whoever keeps them: those of an outlet or of a web archive."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeVar

from archive.records import Capture, Hints, Reason, Rejection, Via
from crawler.orders import CrawlOrder, SeedReport, UrlError
from crawler.outlet import Outlet

MAX_ERRORS: Final = 1000  # kept in the report one by one
MAX_HOPS: Final = 5  # redirects that are followed one after the other


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server answered to a seed page: content with its coding removed, and WordPress's count of pages."""

    url: str
    status: int
    content: bytes = b""
    content_type: str | None = None
    total_pages: int | None = None
    problem: str | None = None  # what kept the content from being whole
    capture: Capture | None = None  # the exchange, where the books wanted it kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request to send. `most`: bytes of an answer's body that are taken, None as many as ever."""

    url: str
    hints: Hints
    via: Via = Via.LIVE
    headers: Mapping[str, str] = field(default_factory=dict)
    most: int | None = None
    public: bool = False  # only a public address may stand behind its host
    keep: bool = False  # whether the books want to see the exchange as it was captured
    conditional: bool = True  # whether a server may say that what is held has not changed


Seeded = TypeVar("Seeded")
Paged = TypeVar("Paged")


class Books(Protocol[Seeded, Paged]):
    """Seed pages and pages to ask for, and what came of them. Both are nouns of whoever keeps the books."""

    order: CrawlOrder
    outlet: Outlet
    refusal: str | None  # why nothing more may be asked, written by the gates
    delay: float  # seconds between requests
    robots: dict[str, str]  # origin -> verdict on its root
    answers: Counter[int]

    def next_seed(self) -> Seeded | None:
        """The next seed page to ask for."""

    def seed_ask(self, page: Seeded, url: str | None = None, hops: tuple[str, ...] = ()) -> Ask:
        """The request for a seed page, or for the address that it moved to."""

    def seed_answered(self, page: Seeded, answer: Answer) -> None:
        """Take in a seed page."""

    def seed_failed(self, page: Seeded, url: str, error: str) -> None:
        """A seed page brought no answer."""

    def seed_moved(self, page: Seeded, url: str, target: str, hops: int) -> Rejection | None:
        """Why a seed page's redirect is not followed; None when it is."""

    def next_pages(self, most: int) -> tuple[Paged, ...]:
        """The next pages to ask for, at most so many."""

    def page_ask(self, candidate: Paged) -> Ask:
        """The request for a page."""

    def page_answered(self, status: int, candidate: Paged, capture: Capture | None = None) -> None:
        """A page came. `capture` is the exchange, where the books wanted it kept."""

    def page_moved(self, candidate: Paged, target: str) -> Paged | Rejection:
        """Where a page's redirect leads, or why it is not followed."""

    def page_lost(self, url: str, reason: Reason, error: str, candidate: Paged | None = None) -> None:
        """No page came."""

    def finish(self) -> None:
        """Nothing more is asked for: settle what was not decided."""

    def counts(self) -> dict[str, int]:
        """Distinct addresses listed, and what became of them."""

    def refusals(self) -> dict[str, int]:
        """Refused candidates by reason."""

    def errors(self) -> tuple[UrlError, ...]:
        """What went wrong, address by address."""

    def seed_reports(self) -> tuple[SeedReport, ...]:
        """What each seed brought."""

    def verdict(self) -> tuple[bool, str]:
        """Whether the order was carried out as a whole, and one line on how it ended."""


class Mishaps:
    """What went wrong, address by address: the first thousand, and how many more."""

    def __init__(self) -> None:
        self._first: list[UrlError] = []
        self._more = 0

    def add(self, url: str, said: str) -> None:
        """Keep one line for the report."""
        if len(self._first) < MAX_ERRORS:
            self._first.append(UrlError(url=url, error=said))
        else:
            self._more += 1

    def told(self) -> tuple[UrlError, ...]:
        """The first of them, and how many more there were."""
        more = (UrlError(url="", error=f"and {self._more} more"),) if self._more else ()
        return (*self._first, *more)
