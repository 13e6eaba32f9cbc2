"""What a run found, for people and for the ledger: nouns and their JSON; it starts nothing and counts nothing twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from archive.errors import ArchiveError
from archive.records import Reading, Rejection
from archive.rereading import Rereading
from crawler.orders import CrawlReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Grown:
    """Stories, and those of them that are on topic."""

    stories: int = 0
    on_topic: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReport:
    """What one source of a backfill brought of one outlet."""

    name: str = ""
    slices: int = 0
    resumed: int = 0  # of them, asked to their end by a run that was stopped: not asked again
    asked: int = 0  # listings and index pages that were captured
    listed: int = 0  # addresses on them
    fetched: int = 0  # pages
    on_topic: int = 0  # what the pages were read as
    off_topic: int = 0
    rejected: Mapping[str, int] = field(default_factory=dict)  # reason -> pages
    new: Grown = Grown()  # stories that were not held before
    failed: str | None = None  # why it was not asked to its end

    @property
    def per_on_topic(self) -> float | None:
        """Pages fetched for each article on the topic; None when there was none."""
        return self.fetched / self.on_topic if self.on_topic else None

    def dump(self) -> dict[str, Any]:
        """As JSON values."""
        per = self.per_on_topic
        return {**asdict(self), "per_on_topic": None if per is None else round(per, 3)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What is not held of an outlet's days [since, until); `astana gaps` names it day by day."""

    since: str
    until: str
    stories: Mapping[str, int] = field(default_factory=dict)  # listed but lost, blocked, refused unseen -> number
    unlisted: int = 0  # days of which no listing gives account


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a backfill is: slices done of all, and what each source of each outlet has brought."""

    done: int
    slices: int
    sources: tuple[tuple[str, SourceReport], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """A page that reading was stopped at, by the limits of the process that read it."""

    url: str
    record: str
    why: str


def stopped_of(readings: Iterable[Reading]) -> dict[str, tuple[Stopped, ...]]:
    """Such pages by outlet."""
    found: dict[str, tuple[Stopped, ...]] = {}
    for one in readings:
        why = one.outcome.detail if isinstance(one.outcome, Rejection) else ""
        told = Stopped(url=one.url, record=one.record, why=why)
        found[one.outlet] = (*found.get(one.outlet, ()), told)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletReport:
    """What one outlet gave: a report for each order, and why it failed if it did."""

    outlet: str
    crawls: tuple[CrawlReport, ...] = ()
    read: int = 0  # WARCs
    failed: str | None = None
    unexpected: str | None = None  # why a crawl that came to its end is not what the outlet's file expects
    sources: tuple[SourceReport, ...] = ()  # of a backfill, in the order in which they were asked
    missing: Missing | None = None  # of a backfill: what it leaves behind
    stopped: tuple[Stopped, ...] = ()  # pages that the last resort was needed for

    @property
    def trouble(self) -> str | None:
        """Why a person should look at it; None when all is well."""
        told = [self.failed] if self.failed else []
        told += [f"not as expected: {self.unexpected}"] if self.unexpected and not self.failed else []
        if self.stopped:
            number, first = len(self.stopped), self.stopped[0]
            pages = "1 page was" if number == 1 else f"{number} pages were"
            told.append(f"{pages} not read, reading was {first.why} at {first.url}")
        return "; ".join(told) or None

    @property
    def captures(self) -> Mapping[str, int]:
        """Captures by what they were made for."""
        return total(crawl.captures for crawl in self.crawls)

    @property
    def refused(self) -> Mapping[str, int]:
        """Candidates refused before anything was fetched, by reason."""
        return total(crawl.refused for crawl in self.crawls)

    @property
    def sealed(self) -> tuple[str, ...]:
        """Keys of the WARCs that were sealed."""
        return tuple(key for crawl in self.crawls for key in crawl.sealed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """What the catalog took in: text objects, readings, and how many stories and editions more it holds."""

    objects: int
    readings: int
    new_stories: int
    new_editions: int

    def __add__(self, other: Indexed) -> Indexed:
        """Both together."""
        return Indexed(
            objects=self.objects + other.objects,
            readings=self.readings + other.readings,
            new_stories=self.new_stories + other.new_stories,
            new_editions=self.new_editions + other.new_editions,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """What a whole run found."""

    run: str
    kind: str
    outlets: tuple[OutletReport, ...] = ()
    read: int = 0  # WARCs, of a rebuild
    reread: tuple[Rereading, ...] = ()  # of a rebuild: what changed readers changed, by outlet
    indexed: Indexed

    @property
    def failures(self) -> tuple[tuple[str, str], ...]:
        """Each outlet that failed, or gave what its file does not expect, with its reason."""
        return tuple((one.outlet, one.trouble) for one in self.outlets if one.trouble is not None)

    def dump(self) -> dict[str, Any]:
        """As JSON values; a crawl's report in the crawl's own form."""
        return {
            "outlets": [
                {
                    "outlet": one.outlet,
                    "failed": one.failed,
                    "unexpected": one.unexpected,
                    "read": one.read,
                    "crawls": [crawl.dump() for crawl in one.crawls],
                    "sources": [source.dump() for source in one.sources],
                    "missing": asdict(one.missing) if one.missing is not None else None,
                    "stopped": [asdict(page) for page in one.stopped],
                }
                for one in self.outlets
            ],
            "read": self.read + sum(one.read for one in self.outlets),
            "reread": [one.dump() for one in self.reread],
            "indexed": asdict(self.indexed),
        }


class RunFailedError(ArchiveError):
    """A run ended, but some of its outlets failed. What the others gave is kept; run again when the reason is gone."""

    def __init__(self, report: RunReport) -> None:
        self.report = report
        super().__init__("; ".join(f"{outlet}: {reason}" for outlet, reason in report.failures))


def total(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Counts added up, by name."""
    summed: Counter[str] = Counter()
    for one in counts:
        summed.update(one)
    return dict(sorted(summed.items()))


def said_of(crawl: CrawlReport) -> str:
    """A crawl in one line."""
    counts = ", ".join(f"{number} {role}" for role, number in sorted(crawl.captures.items())) or "nothing captured"
    refused = ", ".join(f"{number} {reason}" for reason, number in sorted(crawl.refused.items()))
    return f"{counts}{f'; refused {refused}' if refused else ''}; {crawl.ended}"
