"""A request on its way out: bound to its exchange through pool, copies and resending, kept as it is written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from twisted.web.http_headers import Headers

from crawler.visit.exchange import Exchange

if TYPE_CHECKING:
    from twisted.internet.defer import Deferred
    from twisted.web.client import Agent
    from twisted.web.iweb import IBodyProducer, IResponse


class TaggedHeaders(Headers):
    """Carries the exchange from the agent down to the protocol."""

    exchange: Exchange

    def copy(self) -> TaggedHeaders:
        """The same headers, tagged with the same exchange."""
        return tagged(self, self.exchange)


def tagged(headers: Headers | None, exchange: Exchange) -> TaggedHeaders:
    """A copy of headers that are clean already: Twisted would clean each value once more."""
    copy = TaggedHeaders()
    copy.exchange = exchange
    if headers is not None:
        copy._rawHeaders = {name: list(values) for name, values in headers.getAllRawHeaders()}
    return copy


class TaggingAgent:
    """An agent whose every request bears the exchange that it belongs to."""

    def __init__(self, agent: Agent, exchange: Exchange) -> None:
        self._agent = agent
        self._exchange = exchange

    def request(
        self, method: bytes, uri: bytes, headers: Headers | None = None, body: IBodyProducer | None = None
    ) -> Deferred[IResponse]:
        """See IAgent."""
        return self._agent.request(method, uri, tagged(headers, self._exchange), body)


class Tee:
    """A transport for the writing of one request that also keeps what is written."""

    def __init__(self, transport: Any, kept: bytearray) -> None:
        self._transport = transport
        self._kept = kept

    def write(self, data: bytes) -> None:
        """Keep and send."""
        self._kept += data
        self._transport.write(data)

    def writeSequence(self, parts: Iterable[bytes]) -> None:  # noqa: N802  # Twisted's name
        """Keep and send."""
        self.write(b"".join(parts))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
