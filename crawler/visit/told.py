"""What listings read before this crawl said of an outlet's stories: titles, summaries, searches that led to them.

It reads the shelf of listings and never writes. An archive's index tells nothing of a story but its address; the
outlet's own feed may have told its title years before.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Final

from archive import listed
from archive.errors import ArchiveError, StorageError
from archive.listings import Poll
from archive.records import Hints
from archive.scratch import Book, Scratch
from archive.storage import Storage
from crawler.outlet_file import SeedKind

MOST: Final = 8  # different words that are kept of one story: an outlet may change a title, none changes it so often
SEEKING: Final = (SeedKind.SEARCH.value, SeedKind.TAG.value)  # their addresses hold words

logger = logging.getLogger(__name__)


class Told:
    """Hints by story id, in a book on disk."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def __call__(self, story: str) -> tuple[Hints, ...]:
        """All that earlier listings said of a story; nothing of one that none of them named."""
        said = json.loads(self._book.get(story) or "[]")
        return tuple(Hints(title=title, summary=summary, seed=seed) for title, summary, seed in said)


def look(storage: Storage, outlet: str) -> Told:
    """Read the outlet's objects on the shelf of listings, one after the other.

    Raises:
        StorageError: the store cannot be read, or the folder for temporary files is full.
    """
    book = Scratch().book()
    try:
        lister = listed.lister_of(storage, outlet)
        for key in sorted(listed.of_lister(storage, outlet, lister)) if lister is not None else ():
            with listed.opened(storage, key) as (_, lines):
                for poll in lines:
                    if isinstance(poll, Poll):
                        _note(book, poll)
    except StorageError:
        raise
    except ArchiveError as error:  # the shelf is derived: without it a crawl is less economical, and as right
        logger.warning("%s: what earlier listings said cannot be read: %s", outlet, error)
    return Told(book)


def _note(book: Book, poll: Poll) -> None:
    seed = poll.url if poll.kind in SEEKING or "search=" in poll.url else None
    for story, words in _said(poll, seed):
        before = json.loads(book.get(story) or "[]")
        if words not in before and len(before) < MOST:
            book[story] = json.dumps([*before, words])


def _said(poll: Poll, seed: str | None) -> Iterator[tuple[str, list[str | None]]]:
    for item in poll.items:
        if item.title or item.summary or seed:
            yield item.story, [item.title, item.summary, seed]
