"""The one spider: it carries requests out and answers back; what is wanted the books of the order decide."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any, Generic, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Response
from twisted.python.failure import Failure

from archive.cdx import Known
from archive.records import Hints, Reason, Rejection
from crawler.errors import PrivateAddressError
from crawler.visit.books import Answer, Ask, Books, Paged, Seeded
from crawler.visit.manners import DisallowedError, content, is_baseless, moved_to, said

SEEDS_FIRST = 10  # priority: what a feed says of a story should be known before the story is fetched
AHEAD = 32  # pages that are asked for at once: Scrapy keeps every request in memory
BASELESS = "answered 304, though nothing was said that it could be compared with"


class OutletSpider(Spider, Generic[Seeded, Paged]):
    """Asks for seed pages one after the other, and for the pages that the books let out, a few at a time."""

    name = "outlet"

    def __init__(self, trip: Books[Seeded, Paged], known: Known, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.trip = trip
        self.known = known
        self._under_way = 0  # pages asked for and not yet come or lost
        self._turn = asyncio.Lock()  # the trip hears one answer at a time

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Scrapy's way to build it."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.on_idle, signals.spider_idle)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """Begin with the first seed."""
        for request in self._next_seed():
            yield request

    def _next_seed(self) -> Iterator[Request]:
        page = self.trip.next_seed()
        if page is not None:
            yield self._seed_request(page, self.trip.seed_ask(page))

    def _seed_request(self, page: Seeded, ask: Ask) -> Request:
        return self._request(ask, "seed", SEEDS_FIRST, page=page)

    def _next_pages(self) -> Iterator[Request]:
        """As many more pages as there is room for; the rest waits on disk."""
        while self._under_way < AHEAD and (out := self.trip.next_pages(1)):
            yield self._page_request(out[0])

    def _page_request(self, candidate: Paged) -> Request:
        self._under_way += 1
        return self._request(self.trip.page_ask(candidate), "page", 0, candidate=candidate)

    def on_idle(self) -> None:
        """Nothing is under way. Where stories still wait, an answer broke before it let the next one out: go on."""
        self._under_way = 0
        requests = list(self._next_pages())
        for request in requests:
            self.crawler.engine.crawl(request)
        if requests:
            raise DontCloseSpider

    def _request(self, ask: Ask, kind: str, priority: int, **kept: object) -> Request:
        meta = {
            "hints": replace(ask.hints, run=self.trip.order.run),
            "outlet": self.trip.outlet.id,
            "download_slot": self.trip.outlet.id,
            "via": ask.via,
            "public": ask.public,
            "keep": ask.keep,
        }
        if ask.most is not None:
            meta["download_maxsize"] = ask.most
        request = Request(
            ask.url,
            headers=dict(ask.headers),
            callback=getattr(self, f"on_{kind}"),
            errback=getattr(self, f"on_{kind}_error"),
            cb_kwargs=kept,
            meta=meta,
            priority=priority,
            dont_filter=True,
        )
        if ask.conditional:
            request.headers.update(self._conditions(request.url))  # as percent-encoded by Scrapy: so it is captured
        return request

    def _conditions(self, url: str) -> dict[str, str]:
        """Ask a server not to send again what is held whole."""
        etag, modified = self.known.validators(url)
        offers = {"If-None-Match": etag, "If-Modified-Since": modified}
        return {name: value for name, value in offers.items() if value}

    async def on_seed(self, response: Response, page: Seeded) -> AsyncIterator[Request]:
        """Hand a seed's answer to the trip and go where it says."""
        async with self._turn:
            requests = await self._after_seed(response, page)
        for request in requests:
            yield request

    async def _after_seed(self, response: Response, page: Seeded) -> list[Request]:
        if is_baseless(response):
            self.trip.seed_failed(page, response.url, BASELESS)
            return list(self._next_seed())
        target = moved_to(response)
        if target is None:
            # A map of 50,000 stories takes seconds to read and judge: in a thread, so that no capture waits for it.
            await asyncio.to_thread(self.trip.seed_answered, page, self._answer(response))
            return [*self._next_pages(), *self._next_seed()]
        hints: Hints = response.meta["hints"]
        hops = (*hints.hops, response.url)
        if self.trip.seed_moved(page, response.url, target, len(hops)) is None:
            return [self._seed_request(page, self.trip.seed_ask(page, target, hops))]
        return list(self._next_seed())

    def _answer(self, response: Response) -> Answer:
        count = (response.headers.get(b"X-WP-TotalPages") or b"").strip()
        named = response.headers.get(b"Content-Type")
        came = content(response)
        return Answer(
            url=response.url,
            status=response.status,
            content=came.data,
            content_type=named.decode("latin-1") if named else None,
            total_pages=int(count) if count.isdigit() else None,
            problem=came.problem,
            capture=response.meta.get("capture"),
        )

    async def on_seed_error(self, failure: Failure) -> AsyncIterator[Request]:
        """A seed brought nothing; the next one may."""
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy sets it
        async with self._turn:
            self.trip.seed_failed(request.cb_kwargs["page"], request.url, said(failure.value))
            requests = list(self._next_seed())
        for following in requests:
            yield following

    async def on_page(self, response: Response, candidate: Paged) -> AsyncIterator[Request]:
        """Follow a redirect where scope allows, else note what came."""
        async with self._turn:
            self._under_way -= 1
            requests = [*self._after_page(response, candidate), *self._next_pages()]
        for request in requests:
            yield request

    def _after_page(self, response: Response, candidate: Paged) -> Iterator[Request]:
        if is_baseless(response):
            self.trip.page_lost(response.url, Reason.FETCH_FAILED, BASELESS, candidate)
            return
        target = moved_to(response)
        if target is None:
            self.trip.page_answered(response.status, candidate, response.meta.get("capture"))
            return
        verdict = self.trip.page_moved(candidate, target)
        if isinstance(verdict, Rejection):
            words = f"moved to {target}: {verdict.reason.value}"
            self.trip.page_lost(response.url, verdict.reason, words, candidate)
        else:
            yield self._page_request(verdict)

    async def on_page_error(self, failure: Failure) -> AsyncIterator[Request]:
        """No page came; the crawl goes on."""
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy sets it
        async with self._turn:
            self._under_way -= 1
            candidate = request.cb_kwargs["candidate"]
            self.trip.page_lost(request.url, _reason(failure.value), said(failure.value), candidate)
            requests = list(self._next_pages())
        for following in requests:
            yield following


def _reason(error: BaseException | None) -> Reason:
    if isinstance(error, DisallowedError):
        return Reason.ROBOTS_DISALLOW
    if isinstance(error, PrivateAddressError):
        return Reason.PRIVATE_ADDRESS
    return Reason.FETCH_FAILED
