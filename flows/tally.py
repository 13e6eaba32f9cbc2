"""What a source brought, counted from its crawls and from what was read of them; it changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from archive import texts
from archive.errors import NotHeldError
from archive.holdings import Archive
from archive.listings import State
from archive.records import Article, Reading, Rejection, Window
from crawler.orders import CrawlReport
from flows.reports import Grown, Missing, SourceReport, total

NOT_HELD: Final = (State.LOST, State.BLOCKED, State.UNSEEN)


def tally(archive: Archive, outlet: str, crawls: Sequence[CrawlReport]) -> SourceReport:
    """Pages by what they were read as, beside what the crawls themselves counted. Raises ArchiveError."""
    captures = total(crawl.captures for crawl in crawls)
    runs = {crawl.run for crawl in crawls}
    counted = Counter(_sort(reading) for reading in _readings(archive, outlet, crawls) if reading.hints.run in runs)
    rejected = {sort.partition(" ")[2]: many for sort, many in counted.items() if sort.startswith("rejected ")}
    return SourceReport(
        asked=captures.get("seed", 0),
        listed=sum(crawl.candidates.get("listed", 0) for crawl in crawls),
        fetched=captures.get("page", 0),
        on_topic=counted["on"],
        off_topic=counted["off"],
        rejected=dict(sorted(rejected.items())),
    )


def _readings(archive: Archive, outlet: str, crawls: Iterable[CrawlReport]) -> Iterable[Reading]:
    """What the current reader read in the WARCs that these crawls sealed."""
    reader = archive.reader(outlet)
    for sealed in dict.fromkeys(key for crawl in crawls for key in crawl.sealed):
        key = texts.key(sealed.removeprefix("warc/"), outlet, reader or "")
        try:
            yield from texts.load(archive.storage.get(key), key)[1]
        except NotHeldError:
            continue


def _sort(reading: Reading) -> str:
    if isinstance(reading.outcome, Article):
        return "on" if reading.outcome.topic.on else "off"
    return f"rejected {reading.outcome.reason.value}" if isinstance(reading.outcome, Rejection) else "unchanged"


def grown(archive: Archive, outlet: str) -> Grown:
    """How many stories are held of an outlet, as far as they are indexed. Raises CatalogError."""
    held = next((held for held in archive.catalog.held() if held.outlet == outlet), None)
    return Grown(stories=held.stories, on_topic=held.stories_on_topic) if held else Grown()


def missing(archive: Archive, outlet: str, window: Window) -> Missing:
    """What listings tell of and the archive does not hold, in a window that is closed. Raises CatalogError."""
    known = next(iter(archive.gaps((outlet,), window)))
    stories = {state.value: many for state, many in known.stories.items() if state in NOT_HELD}
    unlisted = known.totals.get(State.NO_LISTING, 0)
    return Missing(since=str(window.since), until=str(window.until), stories=stories, unlisted=unlisted)
