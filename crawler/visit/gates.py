"""The last gate before the wire: whose turn it is at a host, and hosts that want to be left alone; it reads no page.

Of an outlet's hosts only refusals are remembered: their pace is Scrapy's slot, and nobody else crawls them meanwhile. A
web archive is shared with all that ask it from here: each request waits for its turn.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
)
from scrapy.http import Response

from archive.errors import StorageError
from crawler.errors import BlockedError
from crawler.visit.books import Books
from crawler.visit.manners import DisallowedError
from crawler.visit.standing import Refusal, retry_after
from crawler.visit.turnstile import Turnstile
from crawler.visit.ways import Ways

TOO_MANY: Final = 429
UNAVAILABLE: Final = 503
AGAIN: Final = 3  # times that a request is sent again after its host asked to wait
OF_STATUS: Final[Mapping[int, Refusal]] = {
    TOO_MANY: Refusal.TOO_MANY,
    UNAVAILABLE: Refusal.UNAVAILABLE,
    502: Refusal.UNAVAILABLE,
    504: Refusal.UNAVAILABLE,
}
FORBIDDEN: Final = 403  # by a web archive: a client that it shut out
# A firewall that drops what comes shows as time-outs; one that breaks off goes on doing so.
_SILENCE: Final = (CannotResolveHostError, DownloadFailedError, DownloadTimeoutError)
_MEMENTO: Final = b"Memento-Datetime"  # what an archive plays is no word of its own

logger = logging.getLogger(__name__)


class HostGate:
    """A downloader middleware, nearest to the wire: it sees each answer before anything tries again."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._turnstiles: dict[str, Turnstile] = {}
        self._free: set[str] = set()  # hosts known to be free

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> HostGate:
        """Scrapy's way to build it."""
        return cls(crawler)

    @property
    def _ways(self) -> Ways:
        ways: Ways = self._crawler.ways  # type: ignore[attr-defined]  # where the errand puts them
        return ways

    @property
    def _books(self) -> Books[object, object]:
        books: Books[object, object] = self._crawler.spider.trip  # type: ignore[union-attr]  # a request needs a spider
        return books

    def _turnstile(self, url: str) -> Turnstile:
        host = urlsplit(url).netloc.lower()
        if host not in self._turnstiles:
            self._turnstiles[host] = self._ways.to(host, self._is_over)
        return self._turnstiles[host]

    def _is_over(self) -> bool:
        return not self._crawler.engine.running or self._books.refusal is not None

    async def process_request(self, request: Request) -> None:
        """Let the request pass when it is its turn.

        Raises:
            BlockedError: its host wants to be left alone for longer than a crawl waits.
            StorageError: the store, which says whose turn it is at an archive, cannot be asked.
        """
        service = self._ways.service
        lane = service.lane(request.url) if service is not None else None
        if lane is None:
            await self._wait(self._turnstile(request.url))
            return
        try:
            await self._turnstile(request.url).turn(lane.name, lane.interval)
        except (BlockedError, StorageError) as error:
            self._books.refusal = self._books.refusal or str(error)
            raise

    async def _wait(self, turnstile: Turnstile) -> None:
        """An outlet is crawled without the store, too: its pace is kept here, and captures wait in the spool."""
        if turnstile.host in self._free:
            return
        try:
            await turnstile.wait()
        except StorageError as error:
            logger.warning("whether %s wants to be left alone is not known: %s", turnstile.host, error)
        self._free.add(turnstile.host)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Remember what a host's answer says of being asked; an outlet's is asked again when its pause is over."""
        turnstile = self._turnstile(request.url)
        refusal = self._refusal(response)
        said = response.headers.get(b"Retry-After")
        asked = retry_after(said.decode("latin-1") if said else None, self._ways.clock.now()) if refusal else None
        if refusal is None or (refusal not in self._ways.pauses and asked is None):
            self._note(turnstile.answered)
            return response
        self._refused(turnstile, refusal, asked)
        return response if self._ways.service is not None else _again(request) or response

    def _refused(self, turnstile: Turnstile, refusal: Refusal, asked: float | None = None) -> None:
        self._free.discard(turnstile.host)
        self._note(lambda: turnstile.refused(refusal, asked))

    def _note(self, write: Callable[[], object]) -> None:
        """What cannot be written down now is told again by the host."""
        try:
            write()
        except StorageError as error:
            logger.warning("a host's answer could not be noted: %s", error)

    def _refusal(self, response: Response) -> Refusal | None:
        if self._ways.service is None:
            return OF_STATUS.get(response.status) if response.status in (TOO_MANY, UNAVAILABLE) else None
        if response.headers.get(_MEMENTO) is not None:
            return None
        is_shut = response.status == FORBIDDEN and self._ways.service.forbids
        return Refusal.FORBIDDEN if is_shut else OF_STATUS.get(response.status)

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Remember a connection that was refused, and an archive that gave no answer."""
        if isinstance(exception, DownloadConnectionRefusedError):
            self._refused(self._turnstile(request.url), Refusal.NO_CONNECTION)
        elif isinstance(exception, _SILENCE) and Refusal.NO_ANSWER in self._ways.pauses:
            self._refused(self._turnstile(request.url), Refusal.NO_ANSWER)


def _again(request: Request) -> Request | None:
    """The request once more, unless it was sent often enough."""
    times = int(request.meta.get("turned_away", 0)) + 1
    if times > AGAIN:
        return None
    again = request.copy()
    again.meta["turned_away"] = times
    again.dont_filter = True
    return again


class ServiceGate:
    """The first gate of an order at an archive, in the place of robots.txt's: nothing but the service is asked."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ServiceGate:
        """Scrapy's way to build it."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let a request of the service pass, its hints saying at which pace.

        Raises:
            DisallowedError: it is none of the service's.
        """
        ways: Ways = self._crawler.ways  # type: ignore[attr-defined]  # where the errand puts them
        lane = ways.service.lane(request.url) if ways.service is not None else None
        if lane is None:
            raise DisallowedError("no address of the web archive that is asked")
        request.meta["hints"] = replace(request.meta["hints"], delay=lane.interval)
