"""The three moves as plain functions: capture, read, index; Prefect is not needed and not known here."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from threading import Event
from typing import Final, TypeVar

from archive.catalog import Counts, Taken
from archive.holdings import open_archive
from archive.purge import ending
from archive.settings import Settings
from crawler import learning
from crawler.dateline import load_agencies
from crawler.errors import ReadingStoppedError
from crawler.extract import Reader
from crawler.hands import Hands
from crawler.orders import CrawlOrder, CrawlReport
from crawler.outlet import Outlet, load_outlets
from crawler.page.taught import Taught
from crawler.polls import list_seeds
from crawler.reader import Mode
from crawler.shelf import Extracted, MakeReader, extract, judgeable
from crawler.topic import load_topic
from flows.reports import Indexed, Progress

Done = TypeVar("Done")
NOTHING: Final = Counts(
    captures=0,
    articles_on_topic=0,
    articles_off_topic=0,
    rejections={},
    unchanged=0,
    non_articles={},
    stories=0,
    stories_on_topic=0,
    editions=0,
    clusters=0,
    copies=0,
    parts=0,
)


async def capture(order: CrawlOrder, settings: Settings) -> CrawlReport:
    """The first move: one outlet and one window, in a process of its own.

    Raises:
        CrawlFailedError: that process died; what it had sealed is kept.
        LeaseError: another crawl of this outlet is under way.
    """
    from crawler.crawl import crawl

    return await crawl(order, settings)


async def read(outlet: str | None, settings: Settings, anew: bool = False) -> Extracted:
    """The second move: every WARC of an outlet (None: of all) that its reader has not read yet, or all `anew`.

    Anew, each WARC's index comes first: one that is missing or wrong is written again.

    Raises:
        AlreadyThereError: read anew, a WARC gave another text than the one that stands there.
        StorageError: a WARC could not be read, or a text not be written.
    """
    return await _in_thread(partial(_read, outlet, settings, anew))


async def index(settings: Settings) -> Indexed:
    """The third move: the catalog takes in what is new on the text shelf. Raises LeaseError, CatalogError."""
    return await _in_thread(partial(_index, settings))


async def reindex(settings: Settings) -> Indexed:
    """The third move from nothing: the catalog is forgotten and made again. Raises as `index`.

    Where nothing of an outlet's reader changed but the topic, its texts are judged by that first; no WARC is opened.
    """
    return await _in_thread(partial(_reindex, settings))


async def _in_thread(move: Callable[[Event], Done]) -> Done:
    """A move in a thread, which is waited for even by who was interrupted: so it is told, and ends at its next step."""
    ended = Event()
    try:
        return await asyncio.to_thread(move, ended)
    finally:
        ended.set()


def _read(outlet: str | None, settings: Settings, anew: bool, ended: Event) -> Extracted:
    outlets = load_outlets(settings.outlets)
    with open_archive(settings, create=True) as archive:
        only = frozenset({outlet}) if outlet else None
        ending.finish(archive.storage)  # one that was broken off: its texts are not to be read again
        if anew:
            from archive.reindexing import mend  # opened only to make something again

            mend(archive.storage, outlet, partial(_go_on, ended))
        list_seeds(archive, outlets, only, anew=anew, step=partial(_go_on, ended))
        make = reader_maker(outlets, settings, learning.tables(archive.storage))
        hands = Hands(many=settings.processes, ended=ended)
        return extract(archive, outlets, make, only, anew=anew, read=hands, step=partial(_go_on, ended))


def _index(settings: Settings, ended: Event) -> Indexed:
    with open_archive(settings, create=True) as archive:
        before = archive.counts()
        return _indexed(archive.index(ended), before, archive.counts())


def _reindex(settings: Settings, ended: Event) -> Indexed:
    with open_archive(settings) as archive:
        outlets = load_outlets(settings.outlets)
        make = reader_maker(outlets, settings, learning.tables(archive.storage))
        only = judgeable(archive, outlets, make)
        if only:
            hands = Hands(many=settings.processes, ended=ended)
            extract(archive, outlets, make, only, read=hands, step=partial(_go_on, ended))
        return _indexed(archive.reindex(ended), NOTHING, archive.counts())


def _go_on(ended: Event) -> None:
    """Raises ReadingStoppedError once it is set."""
    if ended.is_set():
        raise ReadingStoppedError("reading was broken off")


def _indexed(taken: Taken, before: Counts, after: Counts) -> Indexed:
    return Indexed(
        objects=taken.objects,
        readings=taken.readings,
        new_stories=after.stories - before.stories,
        new_editions=after.editions - before.editions,
    )


def reader_maker(outlets: Mapping[str, Outlet], settings: Settings, learned: Mapping[str, Taught]) -> MakeReader:
    """How the settings, and what was learned of each outlet, say that its pages are read. Raises FactsError."""
    topic = load_topic(settings.topic)
    agencies = load_agencies(outlet.agency for outlet in outlets.values() if outlet.agency)
    mode = Mode(settings.reading)
    return lambda outlet: Reader(
        outlet=outlet, topic=topic, agencies=agencies, learned=learned.get(outlet.id, Taught()), mode=mode
    )


async def quiet(progress: Progress) -> None:
    """Tell nobody: log lines say it already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """The moves as a run calls them: these plain ones, or the same with Prefect's eye on them."""

    capture: Callable[[CrawlOrder, Settings], Awaitable[CrawlReport]] = capture
    read: Callable[[str | None, Settings, bool], Awaitable[Extracted]] = read
    index: Callable[[Settings], Awaitable[Indexed]] = index
    reindex: Callable[[Settings], Awaitable[Indexed]] = reindex
    tell: Callable[[Progress], Awaitable[None]] = quiet  # how far a backfill is


PLAIN = Moves()
