"""The tap: the exact bytes of every exchange that crossed the socket, handed on as captures; it changes none of them.

A Scrapy download handler for http and https. It leans on private names of Scrapy 2.19 and Twisted; its test compares
what it took with what a server's socket saw.

- `crawler.wire_sink(capture)` is called once for each exchange: robots, redirects, retries and failures too.
- With `request.meta["keep"]` the capture stands in `request.meta["capture"]` afterwards.
- `request.meta["hints"]` (Hints) and `request.meta["outlet"]`, else the setting ASTANA_OUTLET, go into the capture.
- ASTANA_TLS `unverified` is the only way to switch verification off; ASTANA_ALLOW_PRIVATE and ASTANA_RESOLVE (a dict)
  say what may be connected to, and `request.meta["public"]` takes the first back for one request.
- ASTANA_PATIENCE: seconds of silence after which an answer whose end nobody knows is taken as over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urldefrag, urlsplit

from scrapy.core.downloader.contextfactory import _ScrapyClientContextFactory
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _ScrapyAgent,
)
from scrapy.exceptions import DownloadCancelledError, NotConfigured, NotSupported
from scrapy.http import Response
from scrapy.utils._download_handlers import wrap_twisted_exceptions
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IHandshakeListener
from twisted.internet.protocol import connectionDone
from twisted.internet.ssl import Certificate
from twisted.python.failure import Failure
from twisted.web._newclient import HTTP11ClientProtocol
from twisted.web.client import Agent
from zope.interface import implementer  # type: ignore[import-untyped]  # the package bears no types

from archive.digest import sha256
from archive.records import Capture, Hints, Role, Tls, Via
from crawler.errors import CrawlerError, CredentialsError, NoHttpError, PrivateAddressError
from crawler.visit import outcome
from crawler.visit.addresses import CheckedEndpoints, Permission
from crawler.visit.answer import Gathered, take_over
from crawler.visit.asking import TaggingAgent, Tee
from crawler.visit.exchange import Asked, Exchange

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from twisted.internet.interfaces import IAddress
    from twisted.web._newclient import Request as TxRequest
    from twisted.web.iweb import IResponse

Sink = Callable[[Capture], object]
Agents = Callable[[bool, float], Agent]  # whether only public addresses may be connected to, seconds to connect

UNVERIFIED = "unverified"
# Heads, chunk framing and trailers may come on top of DOWNLOAD_MAXSIZE, which counts bodies.
_FRAMING = 1 << 20
# An answer whose end nobody knows, on a connection that stays open, is taken as over after so many seconds of silence.
_PATIENCE = 3.0
_SENT_AGAIN = "the kept connection was closed before any answer came; sent again on a new one"


def _hints(request: Request) -> Hints:
    hints = request.meta.get("hints")
    if not isinstance(hints, Hints):
        is_robots = urlsplit(request.url).path == "/robots.txt"
        hints = Hints(role=Role.ROBOTS if is_robots else Role.UNKNOWN)
    hops = tuple(urldefrag(url)[0] for url in request.meta.get("redirect_urls", ()))
    return replace(hints, hops=hops) if hops else hints


def _tls(transport: Any, *, verified: bool) -> Tls | None:
    """Version, cipher and certificate of a connection whose handshake is done."""
    handle, certificate = transport.getHandle(), transport.getPeerCertificate()
    if certificate is None:
        return None
    return Tls(
        version=handle.get_protocol_version_name(),
        cipher=handle.get_cipher_name() or "",
        certificate=sha256(Certificate(certificate).dump()),  # type: ignore[no-untyped-call]
        verified=verified,
    )


@implementer(IHandshakeListener)
class TappedProtocol(_LenientHTTP11ClientProtocol):
    """One connection; what it sends and receives is kept by the exchange that goes on over it."""

    sink: Sink
    patience: float
    transport: Any  # Twisted's, of which zope shows no types
    _exchange: Exchange | None = None
    _secure = False
    _silence: Any = None  # what will hang up

    def request(self, request: TxRequest) -> Deferred[IResponse]:
        """Send a request whose bytes are kept as they are written."""
        exchange = self._exchange = getattr(request.headers, "exchange", None)
        if exchange is None:
            return super().request(request)
        if exchange.request:
            self.sink(exchange.end(error=_SENT_AGAIN))
        exchange.begin()
        if self._secure:
            exchange.left = True
            self._see_tls(exchange)
        exchange.peer = self.transport.getPeer().host
        write: Callable[..., Deferred[None]] = type(request).writeTo
        tapped: Any = request
        tapped.writeTo = lambda transport: write(request, Tee(transport, exchange.request))
        answer = HTTP11ClientProtocol.request(self, request)
        if self._parser is not None:
            take_over(self._parser, exchange)
        return answer

    def handshakeCompleted(self) -> None:  # noqa: N802  # Twisted's name
        """See IHandshakeListener: from here on, what was written has gone out."""
        self._secure = True
        if self._exchange is not None:
            self._exchange.left = True
            self._see_tls(self._exchange)

    def _see_tls(self, exchange: Exchange) -> None:
        exchange.tls = _tls(self.transport, verified=exchange.asked.verified)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802  # Twisted's name
        """Keep what came, after TLS and before any parsing; hang up on what never ends."""
        exchange = self._exchange
        if exchange is None:
            super().dataReceived(data)  # type: ignore[no-untyped-call]
            return
        if self._secure and exchange.tls is None:
            self._see_tls(exchange)
        if not exchange.receive(data):
            self._exchange = None
            self.transport.abortConnection()
            return
        super().dataReceived(data)  # type: ignore[no-untyped-call]
        if exchange.problem is not None and not exchange.whole:
            self._wait()

    def _wait(self) -> None:
        from twisted.internet import reactor

        if self._silence is None:
            later: Any = reactor
            self._silence = later.callLater(self.patience, self._hang_up)
        else:
            self._silence.reset(self.patience)

    def _hang_up(self) -> None:
        self._silence = None
        if self._exchange is not None:
            self._exchange.silent = True
        self.transport.abortConnection()

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: N802  # Twisted's name
        """See IProtocol."""
        exchange = self._exchange
        if exchange is not None and not exchange.left:
            exchange.unproven = outcome.unproven(self.transport.getHandle())
        if self._silence is not None:
            self._silence.cancel()
            self._silence = None
        super().connectionLost(reason)  # type: ignore[no-untyped-call]

    def _finishResponse(self, rest: bytes) -> None:  # noqa: N802  # Twisted's name
        """The answer is over; bytes behind its end are none of it, and their connection is not used again."""
        exchange = self._exchange
        if exchange is not None:
            exchange.finish(len(rest))
            self._exchange = None
            parser: Any = self._parser
            if self._currentRequest is not None and (rest or not parser.keeps):
                self._currentRequest.persistent = False
        super()._finishResponse(rest)


def _factory(sink: Sink, patience: float) -> type[_LenientHTTP11ClientFactory]:
    """The pool asks a class for its protocols; this one gives tapped ones."""

    class TappedFactory(_LenientHTTP11ClientFactory):
        def buildProtocol(self, addr: IAddress | None) -> HTTP11ClientProtocol:  # noqa: N802  # Twisted's name
            protocol = TappedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]
            protocol.sink = sink
            protocol.patience = patience
            return protocol

    return TappedFactory


class _TappedAgent(_ScrapyAgent):
    """Downloads one request; its exchange goes to the sink whatever happens."""

    def __init__(self, *, agents: Agents, exchange: Exchange, sink: Sink, **given: Any) -> None:
        super().__init__(**given)
        self._agents = agents
        self._exchange = exchange
        self._sink = sink

    def _get_agent(self, request: Request, timeout: float) -> Agent:
        if request.meta.get("proxy"):
            raise NotSupported("a proxy would resolve host names unchecked; captures are made without one")
        agent = self._agents(bool(request.meta.get("public")), timeout)
        return cast("Agent", TaggingAgent(agent, self._exchange))

    def download_request(self, request: Request) -> Deferred[Response]:
        """Download, and hand on the exchange before anyone sees the response."""
        return super().download_request(request).addBoth(self._over)

    def _cb_bodyready(self, txresponse: Any, request: Request) -> Any:
        """Take the body in, without the signals that Scrapy sends for each piece and nobody here hears."""
        if txresponse.length == 0:
            return self._answer(txresponse, request, (b"", []))
        limit = int(request.meta.get("download_maxsize", self._maxsize))
        if isinstance(txresponse.length, int) and 0 < limit < txresponse.length:
            txresponse._transport._producer.abortConnection()
            raise DownloadCancelledError(f"its body of {txresponse.length} bytes is longer than {limit}")

        def give_up(done: Deferred[tuple[bytes, list[str]]]) -> None:
            self._cancel(done, txresponse)
            done.errback(DownloadCancelledError(f"its body is longer than {limit} bytes"))  # a time-out has own words

        done: Deferred[tuple[bytes, list[str]]] = Deferred(give_up)
        txresponse.deliverBody(Gathered(done, limit))
        self._txresponse = txresponse
        return done.addCallback(partial(self._answer, txresponse, request))

    def _answer(self, txresponse: Any, request: Request, came: tuple[bytes, list[str]]) -> Response:
        """For the crawl; Scrapy's own would guess the kind of every page, which nobody here asks."""
        headers = dict(txresponse.headers.getAllRawHeaders())
        url = request.url.partition("#")[0]
        return Response(url, status=txresponse.code, headers=headers, body=came[0], flags=came[1])

    def _cb_bodydone(self, result: Any, url: str) -> Any:
        return result

    def _over(self, result: Response | Failure) -> Response | Failure:
        exchange = self._exchange
        if not isinstance(result, Failure):
            problem = None if result.status else outcome.NO_STATUS
            self._sink(exchange.end(problem, outcome.cut(result.flags, exchange)))
            return _failure(NoHttpError(problem)) if problem else result
        error = result.value
        if isinstance(error, PrivateAddressError):  # nothing was connected to: a refusal, not an exchange
            return result
        self._sink(exchange.end(outcome.said(error, exchange), outcome.cut_by(error, exchange)))
        final = outcome.final(error, exchange)
        return _failure(final) if final else result


def _failure(error: CrawlerError) -> Failure:
    return Failure(error)  # type: ignore[no-untyped-call]


class TappedDownloadHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP/1.1 download handler with the tap in it, addresses checked and certificates verified."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        sink = getattr(crawler, "wire_sink", None)
        if sink is None:
            raise NotConfigured("crawler.wire_sink must be set: captures that go nowhere would be lost")
        self._sink = cast("Sink", sink)
        settings = crawler.settings
        self._pool._factory = _factory(self._sink, settings.getfloat("ASTANA_PATIENCE", _PATIENCE))
        self._outlet = str(settings.get("ASTANA_OUTLET") or "other")
        self._verified = settings.get("ASTANA_TLS") != UNVERIFIED
        self._permission = Permission(
            private=settings.getbool("ASTANA_ALLOW_PRIVATE"), table=dict(settings.getdict("ASTANA_RESOLVE"))
        )
        # Scrapy's default accepts any certificate; only the outlet's own word may.
        tls: Any = _ScrapyClientContextFactory(verify_certificates=self._verified)
        tls.creatorForNetloc = cache(tls.creatorForNetloc)  # each would read the authorities' certificates anew
        self._contextFactory = tls
        self._agents = cache(self._agent)

    def _agent(self, public: bool, timeout: float) -> Agent:
        """The agent of all requests that may go to the same addresses."""
        from twisted.internet import reactor

        endpoints = CheckedEndpoints(
            reactor=reactor,
            permission=replace(self._permission, private=self._permission.private and not public),
            tls=self._contextFactory,
            timeout=timeout,
        )
        return cast("Agent", Agent.usingEndpointFactory(reactor, endpoints, self._pool))  # type: ignore[no-untyped-call]

    async def download_request(self, request: Request) -> Response:
        """Download one request.

        Raises:
            CredentialsError: its address holds a user name or password.
            PrivateAddressError: its host has no address that may be connected to.
            HandshakeError: TLS failed for good.
            NoHttpError: what came is no HTTP answer.
            OverlongError: the answer is longer than may be taken.
        """
        if "@" in request.url and "@" in urlsplit(request.url).netloc:
            raise CredentialsError("the address holds a user name or password; it was not asked for")
        agent = _TappedAgent(
            agents=self._agents,
            exchange=Exchange(self._asked(request)),
            sink=partial(self._hand_on, request) if request.meta.get("keep") else self._sink,
            contextFactory=self._contextFactory,
            pool=self._pool,
            maxsize=self._default_maxsize,
            warnsize=self._default_warnsize,
            fail_on_dataloss=self._fail_on_dataloss,
            crawler=self._crawler,
        )
        with wrap_twisted_exceptions():
            return await maybe_deferred_to_future(agent.download_request(request))

    def _hand_on(self, request: Request, capture: Capture) -> None:
        request.meta["capture"] = capture
        self._sink(capture)

    def _asked(self, request: Request) -> Asked:
        maxsize = int(request.meta.get("download_maxsize", self._default_maxsize))
        return Asked(
            url=request.url.partition("#")[0],
            outlet=str(request.meta.get("outlet") or self._outlet),
            hints=_hints(request),
            via=Via(request.meta.get("via", Via.LIVE)),
            limit=maxsize + _FRAMING if maxsize else 0,
            verified=self._verified,
        )
