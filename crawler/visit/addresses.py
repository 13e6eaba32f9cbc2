"""Which addresses may be connected to, and endpoints that connect to no other; it sends and reads nothing.

The address that was checked is the address connected to: a host that answers differently the second time gains nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING, Any

from twisted.internet.abstract import isIPAddress, isIPv6Address
from twisted.internet.defer import fail
from twisted.internet.endpoints import HostnameEndpoint, TCP4ClientEndpoint, TCP6ClientEndpoint, wrapClientTLS
from twisted.internet.interfaces import (
    IHostnameResolver,
    IReactorPluggableNameResolver,
    IResolutionReceiver,
    IStreamClientEndpoint,
)
from twisted.web.iweb import IAgentEndpointFactory
from zope.interface import (  # type: ignore[import-untyped]  # the package bears no types
    directlyProvides,
    implementer,
    providedBy,
)

from crawler.errors import PrivateAddressError

if TYPE_CHECKING:
    from twisted.python.failure import Failure
    from twisted.web.client import URI

# What implements a zope interface: the type checker cannot see that it does.
Provided = Any

# RFC 6052: an IPv4 address in the last 32 bits; a translator in the network would reach it.
_NAT64 = IPv6Network("64:ff9b::/96")


def is_private(address: str) -> bool:
    """Whether an address is anything but public and unicast: loopback, link-local, metadata, multicast and the rest."""
    found = ip_address(address.partition("%")[0])
    inner = _embedded(found) if isinstance(found, IPv6Address) else None
    if inner is not None:
        return is_private(str(inner))
    return not found.is_global or found.is_multicast or getattr(found, "is_site_local", False)


def _embedded(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for (mapped, 6to4, NAT64)."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """What may be connected to.

    `table` maps `host:port` to `address:port` as curl's --resolve does: a fixed answer is an explicit permission.
    """

    private: bool = False
    table: Mapping[str, str] = field(default_factory=dict)

    def fixed(self, host: str, port: int) -> tuple[str, int] | None:
        """The table's answer for a host, or None when it must be resolved."""
        target = self.table.get(f"{host.lower()}:{port}")
        if target is None:
            return None
        address, _, number = target.rpartition(":")
        return address.removeprefix("[").removesuffix("]"), int(number)

    def allows(self, address: str) -> bool:
        """Whether a resolved address may be connected to."""
        return self.private or not is_private(address)


@implementer(IAgentEndpointFactory)
@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedEndpoints:
    """Endpoints for the addresses of URLs; TLS is asked of and verified against the URL's own host name."""

    reactor: Provided
    permission: Permission
    tls: Provided
    timeout: float
    bind: tuple[str, int] | None = None

    def endpointForURI(self, uri: URI) -> Provided:  # noqa: N802  # Twisted's name
        """See IAgentEndpointFactory."""
        host = uri.host.decode("ascii")
        endpoint = CheckedEndpoint(self, host, uri.port)
        if uri.scheme != b"https":
            return endpoint
        tls: Provided = endpoint
        return wrapClientTLS(self.tls.creatorForNetloc(uri.host, uri.port), tls)


@implementer(IStreamClientEndpoint)
class CheckedEndpoint:
    """Resolves a host, drops what may not be connected to, and connects to what is left."""

    def __init__(self, factory: CheckedEndpoints, host: str, port: int) -> None:
        self._factory = factory
        self._host = host
        self._port = port

    def connect(self, protocolFactory: Provided) -> Provided:  # noqa: N803  # Twisted's name
        """See IStreamClientEndpoint.

        Fails with PrivateAddressError when every address of the host is refused.
        """
        make = self._factory
        fixed = make.permission.fixed(self._host, self._port)
        if fixed is not None:
            return self._to(make.reactor, *fixed).connect(protocolFactory)
        if _is_written(self._host) and not make.permission.allows(self._host):
            return fail(self._refusal([self._host]))
        resolver = _CheckedResolver(make.reactor.nameResolver, make.permission)
        connected = self._to(_reactor_with(make.reactor, resolver), self._host, self._port).connect(protocolFactory)
        connected.addErrback(self._failed, resolver)
        return connected

    def _to(self, reactor: Provided, host: str, port: int) -> Provided:
        """An address that is written out is not asked for: some resolvers know names only."""
        make = self._factory
        if _is_written(host):
            straight = TCP6ClientEndpoint if ":" in host else TCP4ClientEndpoint
            return straight(make.reactor, host, port, timeout=make.timeout, bindAddress=make.bind)
        return HostnameEndpoint(reactor, host, port, timeout=make.timeout, bindAddress=make.bind)

    def _refusal(self, refused: Sequence[str]) -> PrivateAddressError:
        return PrivateAddressError(
            f"{self._host}:{self._port} resolves to {', '.join(refused)}, not a public address; "
            "not connected (an outlet's file may say allow_private: true for its own hosts)"
        )

    def _failed(self, failure: Failure, resolver: _CheckedResolver) -> Failure:
        if resolver.refused and not resolver.allowed:
            raise self._refusal(resolver.refused)
        return failure


def _is_written(host: str) -> bool:
    return bool(isIPAddress(host) or isIPv6Address(host))


@implementer(IHostnameResolver)
class _CheckedResolver:
    """Another resolver's answers without those that are not allowed; remembers both."""

    def __init__(self, inner: Provided, permission: Permission) -> None:
        self._inner = inner
        self._permission = permission
        self.allowed: list[str] = []
        self.refused: list[str] = []

    def resolveHostName(  # noqa: N802  # Twisted's name
        self,
        resolutionReceiver: Provided,  # noqa: N803  # Twisted's name
        hostName: str,  # noqa: N803  # Twisted's name
        portNumber: int = 0,  # noqa: N803  # Twisted's name
        addressTypes: Sequence[type] | None = None,  # noqa: N803  # Twisted's name
        transportSemantics: str = "TCP",  # noqa: N803  # Twisted's name
    ) -> Provided:
        """See IHostnameResolver."""
        receiver = _Sieve(self, resolutionReceiver)
        return self._inner.resolveHostName(receiver, hostName, portNumber, addressTypes, transportSemantics)

    def passes(self, host: str) -> bool:
        """Judge and remember one address."""
        allowed = self._permission.allows(host)
        (self.allowed if allowed else self.refused).append(host)
        return allowed


@implementer(IResolutionReceiver)
class _Sieve:
    """Hands on the addresses that pass."""

    def __init__(self, resolver: _CheckedResolver, receiver: Provided) -> None:
        self._resolver = resolver
        self._receiver = receiver

    def resolutionBegan(self, resolutionInProgress: Provided) -> None:  # noqa: N802, N803  # Twisted's name
        self._receiver.resolutionBegan(resolutionInProgress)

    def addressResolved(self, address: Provided) -> None:  # noqa: N802  # Twisted's name
        if self._resolver.passes(address.host):
            self._receiver.addressResolved(address)

    def resolutionComplete(self) -> None:  # noqa: N802  # Twisted's name
        self._receiver.resolutionComplete()


class _Reactor:
    """A reactor that resolves names by a resolver of ours; everything else is the real one's."""

    def __init__(self, reactor: Provided, resolver: Provided) -> None:
        self._reactor = reactor
        self.nameResolver = resolver

    def __getattr__(self, name: str) -> object:
        return getattr(self._reactor, name)


def _reactor_with(reactor: Provided, resolver: Provided) -> _Reactor:
    wrapped = _Reactor(reactor, resolver)
    directlyProvides(wrapped, providedBy(reactor), IReactorPluggableNameResolver)
    return wrapped
