"""The reading of one answer off a connection; it keeps no byte, the exchange does that.

Heads are read by `archive.http`, as they will be read from the shelf: what the shelf can read is never refused here.
It stands in for Twisted's own parser, which gives a whole answer up for a NUL, a long line or a wrong length in its
head. RFC 9110 §5.5 lets a reader put a space for a NUL: so the crawl sees it, while the capture keeps the NUL.
"""

from __future__ import annotations

import re
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone
from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure
from twisted.web._newclient import HTTPClientParser, Response, ResponseDone
from twisted.web.http import PotentialDataLoss, _DataLoss
from twisted.web.http_headers import InvalidHeaderName

from archive.http import Message, parse
from crawler.errors import OverlongError
from crawler.visit.exchange import ANSWER, Exchange
from crawler.visit.framing import End, Unsized, body_of, framing, keeps

MAX_HEAD = 1 << 20  # browsers take a quarter of it
_HEAD_END = re.compile(rb"\n\r?\n")
_LONGEST_BEGINNING = 6
_VERSION = re.compile(rb"HTTP/(\d)(?:\.(\d))?[ \t]*\S*[ \t]*")
_OF_CONNECTION = HTTPClientParser.CONNECTION_CONTROL_HEADERS


class AnswerParser(HTTPClientParser):
    """Takes the place of the parser that a connection has made for a request: see `take_over`."""

    exchange: Exchange
    transport: Any
    _responseDeferred: Any  # noqa: N815  # Twisted's name
    bodyDecoder: Any = None  # noqa: N815  # Twisted's name
    _head = b""
    keeps = False  # whether the connection may be used again

    def dataReceived(self, data: bytes) -> None:  # noqa: N802  # Twisted's name
        """Read on.

        Raises:
            OverlongError: the head has no end.
        """
        self._everReceivedData = True
        exchange = self.exchange
        if exchange.refused is not None:
            return
        if exchange.body is None:
            self._head = self._head + data if self._head else data
            self._read_heads()
        else:
            self._feed(data)

    def _read_heads(self) -> None:
        while self._begins() and (end := _HEAD_END.search(self._head)):
            block, self._head = self._head[: end.end()], self._head[end.end() :]
            message = parse(block)
            if message.status is None or not 100 <= message.status < 200 or message.status == 101:
                self._answer(message)
                return
        if len(self._head) > MAX_HEAD:
            self.exchange.overrun = True
            raise OverlongError(f"its head is longer than {MAX_HEAD} bytes")

    def _begins(self) -> bool:
        """Whether what came may be the beginning of an answer; nothing else is read any further."""
        start = self._head[:_LONGEST_BEGINNING]
        if ANSWER.match(start) or b"HTTP/".startswith(start):
            return True
        self.exchange.refused = f"no HTTP answer: it begins with {self._head[:40]!r}"
        return False

    def _answer(self, message: Message) -> None:
        """The head of the final answer is whole."""
        exchange = self.exchange
        rest, self._head = self._head, b""
        self.response = self._response(message)
        framed = framing(message, bodiless=self.request.method == b"HEAD")
        length = None if framed.end in (End.CHUNKS, End.CLOSE) else framed.length
        exchange.answered(body_of(framed, self.response._bodyDataReceived), length, len(rest))
        self.keeps = keeps(message) and framed.end is not End.CLOSE
        answered = self._responseDeferred
        del self._responseDeferred
        if exchange.body is None:
            self.response.length = 0
            self._end(rest)
            self.response._bodyDataFinished()
            answered.callback(self.response)
            return
        if framed.end is End.LENGTH:
            self.response.length = framed.length
        self.bodyDecoder = self  # from here on the loss of the connection is the loss of a body
        answered.callback(self.response)
        if rest:
            self._feed(rest)

    def _response(self, message: Message) -> Any:
        """What the crawl sees of a head: no header that is none, no NUL."""
        version = _VERSION.match(message.start)
        major, minor = (int(version[1]), int(version[2] or 0)) if version else (1, 0)
        phrase = message.start[version.end() :] if version else b""
        for name, value in message.headers:
            if name.lower() not in _OF_CONNECTION:
                try:
                    self.headers.addRawHeader(name, value.replace(b"\0", b" "))
                except InvalidHeaderName:
                    continue  # it stands in the capture
        status = message.status or 0
        construct: Any = Response._construct
        return construct((b"HTTP", major, minor), status, phrase, self.headers, self.transport, self.request)

    def _feed(self, data: bytes) -> None:
        body = self.exchange.body
        rest = body.feed(data) if body is not None else None
        if rest is not None:
            self._end(rest)

    def _end(self, rest: bytes) -> None:
        self._finished(rest)  # type: ignore[no-untyped-call]

    def noMoreData(self) -> None:  # noqa: N802  # Twisted's name
        """The connection is over; called once, by `connectionLost`.

        Raises:
            PotentialDataLoss: that is the end of the body, too.
            _DataLoss: the body was not over.
        """
        if self.state == "DONE":
            return
        if isinstance(self.exchange.body, Unsized):
            self._end(b"")
            raise PotentialDataLoss
        raise _DataLoss

    def connectionLost(self, reason: Failure | None = None) -> None:  # noqa: N802  # Twisted's name
        """See IProtocol; a reset where an orderly end would be the end of the body is none."""
        if isinstance(self.exchange.body, Unsized) and self.state != "DONE" and reason is not None:
            self.exchange.torn = not isinstance(reason.value, ConnectionDone)
        super().connectionLost(reason)


def take_over(parser: HTTPClientParser, exchange: Exchange) -> AnswerParser:
    """Make a fresh parser of Twisted's one of ours: its connection makes it and lets no other be given."""
    parser.__class__ = AnswerParser
    taken: Any = parser
    taken.exchange = exchange
    return taken  # type: ignore[no-any-return]


class Gathered(Protocol):
    """The body for the crawl's eyes: fires with its pieces as one, and with Scrapy's flag where it may not be whole.

    The limit is Scrapy's: of the body alone, transfer coding removed.
    """

    def __init__(self, done: Deferred[tuple[bytes, list[str]]], limit: int) -> None:
        self._done = done
        self._limit = limit
        self._pieces: list[bytes] = []
        self._size = 0

    def dataReceived(self, data: bytes) -> None:  # noqa: N802  # Twisted's name
        """See IProtocol."""
        if self._done.called:
            return
        self._pieces.append(data)
        self._size += len(data)
        if 0 < self._limit < self._size:
            self._pieces.clear()
            self._done.cancel()

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: N802  # Twisted's name
        """See IProtocol; what came of a broken body is handed on, marked."""
        if self._done.called:
            return
        flags = [] if isinstance(reason.value, ResponseDone) else ["dataloss"]
        self._done.callback(
            (b"".join(self._pieces), ["partial"] if isinstance(reason.value, PotentialDataLoss) else flags)
        )
