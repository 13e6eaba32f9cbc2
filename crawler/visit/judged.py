"""What reading makes of pages that came with 200: one that says that it is gone, or a parked host's, is no article.

Of held stories the catalog knows it, and what it does not know counts as held: copies of the others in web archives are
worth fetching. Of a copy that has just come it is read here.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Final

from archive import urls
from archive.catalog import Catalog
from archive.catalog.engine import file_of
from archive.errors import ArchiveError
from archive.records import Capture, Reason, Rejection
from archive.settings import Settings
from crawler.agencies import load_agencies
from crawler.alone import read_apart
from crawler.outlet import Outlet
from crawler.reader import Mode, Reader
from crawler.topic import load_topic

logger = logging.getLogger(__name__)

# The page is none of the story's own, so that another copy may be.
NOT_ITS_OWN: Final = frozenset(
    {Reason.SOFT_404, Reason.CONSENT_PAGE, Reason.BLOCK_PAGE, Reason.PARKED_PAGE, Reason.LISTING}
)


def reading(outlet: Outlet, settings: Settings) -> Callable[[Capture], Rejection | None]:
    """Why a page is none of its story's own; None for an article and for whatever else is wrong with it."""

    @cache
    def reader() -> Reader:
        return Reader(
            outlet=outlet,
            topic=load_topic(settings.topic),
            agencies=load_agencies(filter(None, [outlet.agency])),
            mode=Mode(settings.reading),
        )

    def refusal(capture: Capture) -> Rejection | None:
        found = read_apart(capture, reader())
        return found if isinstance(found, Rejection) and found.reason in NOT_ITS_OWN else None

    return refusal


class Read(Mapping[str, datetime]):
    """Stories held, without those that were read and are no article."""

    def __init__(self, outlet: str, held: Mapping[str, datetime], is_none: Callable[[str], bool]) -> None:
        """`held`: story key -> instant of its latest capture; `is_none`: what reading made of a story, by its id."""
        self._outlet = outlet
        self._held = held
        self._is_none = is_none

    def __getitem__(self, key: str) -> datetime:
        instant = self._held[key]
        if self._is_none(urls.story_id(self._outlet, key)):
            raise KeyError(key)
        return instant

    def __iter__(self) -> Iterator[str]:
        return (key for key in self._held if key in self)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self.get(key) is not None

    def __len__(self) -> int:
        return sum(1 for _ in self)


@contextmanager
def no_articles(settings: Settings) -> Iterator[Callable[[str], bool]]:
    """Whether a story was read and is no article, by its id; where there is no catalog, none is known to be.

    The catalog is opened when the first is asked about: a crawl of an outlet itself asks about none.
    """
    opened: list[Catalog | None] = []

    def is_none(story: str) -> bool:
        if not opened:
            opened.append(_catalog(settings))
        readings = opened[0].readings_of([story]) if opened[0] is not None else []
        return bool(readings) and all(isinstance(reading.outcome, Rejection) for reading in readings)

    try:
        yield is_none
    finally:
        for catalog in opened:
            if catalog is not None:
                catalog.close()


def _catalog(settings: Settings) -> Catalog | None:
    try:
        path = file_of(settings.catalog_url)
        return Catalog.open(settings.catalog_url) if path is None or path.exists() else None
    except ArchiveError as error:
        logger.warning("which held pages are no articles is not known: %s", error)
        return None
