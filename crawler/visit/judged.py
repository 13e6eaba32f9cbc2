"""Which held stories were read and are no article: their copies in web archives are worth fetching; it reads no page.

A page that says that it is gone, or a parked host's, is captured with 200 like any other. What reading made of it, the
catalog knows; what it does not know counts as held.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from archive import urls
from archive.catalog import Catalog
from archive.catalog.engine import file_of
from archive.errors import ArchiveError
from archive.records import Rejection
from archive.settings import Settings

logger = logging.getLogger(__name__)


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
