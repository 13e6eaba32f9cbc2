"""The gate before the wire: no request passes that robots.txt does not allow, none faster than the host asks.

It fetches each origin's robots.txt once and captures it like everything else; what it means crawler.visit.robots says.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from urllib.parse import quote, urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from twisted.internet.error import ConnectError, ConnectionClosed

from archive import http
from archive.records import Hints, Role
from crawler import discover
from crawler.errors import CredentialsError, HandshakeError, NoHttpError, OverlongError
from crawler.visit import robots
from crawler.visit.robots import Rules, Verdict
from crawler.visit.trip import Trip

# Everything by which the network says that no answer came.
NO_ANSWER = (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
    ConnectError,
    ConnectionClosed,
    CredentialsError,
    HandshakeError,
    NoHttpError,
    OverlongError,
    OSError,
)
REDIRECTS = (301, 302, 303, 307, 308)
FIRST = 1000  # priority


class DisallowedError(IgnoreRequest):
    """robots.txt does not allow the address, or could not be asked. Do not fetch it."""


class RobotsGate:
    """A downloader middleware; each origin's rules are asked for once, however many requests wait for them."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._token = robots.product_token(crawler.settings["USER_AGENT"])
        self._slot: str = crawler.settings["ASTANA_OUTLET"]
        self._rules: dict[str, asyncio.Future[Rules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsGate:
        """Scrapy's way to build it."""
        return cls(crawler)

    @property
    def _trip(self) -> Trip:
        trip: Trip = self._crawler.spider.trip  # type: ignore[union-attr]  # a request needs a spider
        return trip

    async def process_request(self, request: Request) -> None:
        """Let the request pass, its hints saying what robots.txt said.

        Raises:
            DisallowedError: it must not be sent.
            PrivateAddressError: its host lies where nothing may be connected to.
        """
        hints: Hints = request.meta["hints"]
        if hints.role is Role.ROBOTS:
            return
        rules = await self._rules_of(request.url)
        if self._trip.refusal is not None:
            raise DisallowedError(self._trip.refusal)
        verdict = rules.verdict(request.url)
        if verdict is Verdict.UNREACHABLE:
            raise DisallowedError(f"robots.txt could not be read ({rules.said}), so nothing here may be fetched")
        if verdict is Verdict.DISALLOWED:
            raise DisallowedError("robots.txt disallows it")
        request.meta["hints"] = replace(hints, robots=verdict.value, delay=self._trip.delay)

    async def _rules_of(self, url: str) -> Rules:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._rules:
            self._rules[origin] = asyncio.ensure_future(self._ask(origin))
        answer = self._rules[origin]
        return answer.result() if answer.done() else await asyncio.shield(answer)

    async def _ask(self, origin: str) -> Rules:
        """The origin's rules.

        Raises:
            PrivateAddressError: the origin lies where nothing may be connected to.
        """
        self._trip.robots[origin] = Verdict.UNREACHABLE.value
        try:
            rules = await self._fetch(f"{origin}/robots.txt")
        except NO_ANSWER as error:
            rules = robots.unreachable(self._token, said(error))
        self._trip.robots[origin] = rules.verdict(f"{origin}/").value
        if rules.delay > robots.MAX_DELAY:
            asked = f"robots.txt of {origin.partition('://')[2]} asks for {rules.delay:g} seconds between requests"
            self._trip.refusal = f"{asked}, more than {robots.MAX_DELAY:g}: not crawled"
        else:
            self._keep_pace(rules.delay)
        return rules

    async def _fetch(self, url: str) -> Rules:
        """Ask, following redirects as the RFC says, to other hosts too."""
        hops: tuple[str, ...] = ()
        while True:
            response = await self._crawler.engine.download_async(self._request(url, hops))
            target = moved_to(response)
            if target is None or len(hops) == robots.MAX_HOPS:
                return robots.read(self._token, response.status, content(response).data)
            url, hops = target, (*hops, url)

    def _request(self, url: str, hops: tuple[str, ...]) -> Request:
        hints = Hints(role=Role.ROBOTS, hops=hops, delay=self._trip.delay, run=self._trip.order.run)
        # What allow_private permits is the outlet's own hosts; a redirect may name any other.
        foreign = not self._trip.outlet.owns(url)
        meta = {"hints": hints, "outlet": self._slot, "download_slot": self._slot, "public": foreign}
        return Request(url, meta=meta, priority=FIRST, callback=NO_CALLBACK, dont_filter=True)

    def _keep_pace(self, asked: float) -> None:
        """At least the delay that a host asks for, for the whole outlet: its hosts share one slot.

        The live slot is changed, and the one that Scrapy would make anew after a minute of silence.
        """
        trip = self._trip
        if asked <= trip.delay:
            return
        trip.delay = asked
        downloader = self._crawler.engine.downloader
        downloader.per_slot_settings[self._slot]["delay"] = asked
        if self._slot in downloader.slots:
            downloader.slots[self._slot].delay = asked


def content(response: Response) -> http.Content:
    """A response's body, content coding removed, bounded; Scrapy has removed the transfer coding."""
    coding = response.headers.getlist(b"Content-Encoding")
    headers = tuple((b"Content-Encoding", value) for value in coding)
    return http.content(http.Message(start=b"", headers=headers, body=response.body))


def is_baseless(response: Response) -> bool:
    """Whether a server says "not modified" to a request that named nothing it could be compared with."""
    sent = response.request.headers if response.request is not None else {}
    return response.status == 304 and not (sent.get(b"If-None-Match") or sent.get(b"If-Modified-Since"))


def moved_to(response: Response) -> str | None:
    """Where a redirect leads, absolute; None when the response is none. Raw bytes in Location are kept as they are."""
    location = response.headers.get(b"Location")
    if response.status not in REDIRECTS or not location:
        return None
    ascii_only = quote(location, safe="".join(map(chr, range(0x21, 0x7F))))
    return discover.resolved(response.url, ascii_only)


def said(error: BaseException | None) -> str:
    """One line of a network's error, with the reasons that Twisted wraps."""
    wrapped = getattr(error, "__cause__", None) or error
    inner = "; ".join(dict.fromkeys(said(reason.value) for reason in getattr(wrapped, "reasons", ())))
    words = inner or " ".join(str(error).split())
    return words[:300] or type(error).__name__
