"""Only public addresses are connected to, and the address that was checked is the one connected to."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.address import IPv4Address as Tcp4
from twisted.internet.address import IPv6Address as Tcp6
from twisted.internet.interfaces import IHostnameResolver, IHostResolution, IReactorPluggableNameResolver
from twisted.internet.protocol import Factory
from twisted.internet.testing import MemoryReactorClock
from twisted.python.failure import Failure
from twisted.web.client import URI, BrowserLikePolicyForHTTPS
from zope.interface import directlyProvides, implementer, providedBy

from crawler.errors import PrivateAddressError
from crawler.visit.addresses import CheckedEndpoints, Permission, is_private

PUBLIC = "93.184.216.34"


@implementer(IHostResolution)
class Resolution:
    def __init__(self, name: str) -> None:
        self.name = name

    def cancel(self) -> None:
        """Nothing goes on."""


@implementer(IHostnameResolver)
class Rebinding:
    """A name server of an attacker: each question gets the next answer."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)

    def resolveHostName(self, receiver: Any, name: str, port: int, *_: Any) -> Resolution:  # noqa: N802  # Twisted's
        resolution = Resolution(name)
        receiver.resolutionBegan(resolution)
        for address in self.answers.pop(0):
            receiver.addressResolved((Tcp6 if ":" in address else Tcp4)("TCP", address, port))
        receiver.resolutionComplete()
        return resolution


def connect(
    url: bytes, permission: Permission, *answers: Sequence[str]
) -> tuple[list[tuple[str, int]], list[Failure], Rebinding]:
    """Ask for a connection on a reactor of memory: which addresses it went to, and how it failed."""
    reactor = MemoryReactorClock()
    resolver = Rebinding(*answers)
    reactor.nameResolver = resolver
    directlyProvides(reactor, providedBy(reactor), IReactorPluggableNameResolver)
    made = CheckedEndpoints(reactor=reactor, permission=permission, tls=BrowserLikePolicyForHTTPS(), timeout=5)
    failures: list[Failure] = []
    made.endpointForURI(URI.fromBytes(url)).connect(Factory()).addErrback(failures.append)
    reactor.advance(1)
    return [(host, port) for host, port, *_ in reactor.tcpClients], failures, resolver


def test_the_checked_address_is_the_one_connected_to_and_the_name_is_asked_once() -> None:
    went, failures, resolver = connect(b"http://press.example/", Permission(), [PUBLIC], ["127.0.0.1"])
    assert went == [(PUBLIC, 80)]
    assert not failures
    assert resolver.answers == [["127.0.0.1"]]


@pytest.mark.parametrize("url", [b"http://press.example/", b"https://press.example/", b"http://press.example:8080/"])
@pytest.mark.parametrize("answer", [["127.0.0.1"], ["10.1.2.3", "::1"], ["169.254.169.254"], ["::ffff:192.168.1.1"]])
def test_a_host_with_private_addresses_only_is_refused_by_name(url: bytes, answer: list[str]) -> None:
    went, failures, _ = connect(url, Permission(), answer)
    assert went == []
    (failure,) = failures
    assert failure.check(PrivateAddressError)
    assert "press.example" in str(failure.value)
    assert answer[0] in str(failure.value)


@pytest.mark.parametrize("url", [b"http://127.0.0.1/", b"http://[::1]:80/", b"https://169.254.169.254/"])
def test_a_private_address_written_in_the_url_is_refused_without_asking(url: bytes) -> None:
    went, failures, _ = connect(url, Permission())
    assert went == []
    assert failures[0].check(PrivateAddressError)


def test_of_mixed_answers_only_the_public_ones_are_tried() -> None:
    went, failures, _ = connect(b"http://press.example/", Permission(), ["10.0.0.1", PUBLIC, "::1"])
    assert went == [(PUBLIC, 80)]
    assert not failures


def test_a_host_without_any_address_fails_as_unknown_not_as_private() -> None:
    went, failures, _ = connect(b"http://press.example/", Permission(), [])
    assert went == []
    assert not failures[0].check(PrivateAddressError)


def test_the_fixed_table_answers_without_asking_and_permits() -> None:
    permission = Permission(table={"press.example:443": "127.0.0.1:8443", "v6.example:80": "[::1]:8080"})
    went, failures, _ = connect(b"https://PRESS.example/", permission)
    assert not failures
    assert permission.fixed("press.example", 443) == ("127.0.0.1", 8443)
    assert permission.fixed("v6.example", 80) == ("::1", 8080)
    assert permission.fixed("press.example", 80) is None
    assert went == [("127.0.0.1", 8443)]
    assert connect(b"http://v6.example/", permission)[0] == [("::1", 8080)]


def test_private_addresses_are_connected_to_where_the_outlet_allows_them() -> None:
    went, failures, _ = connect(b"http://press.example/", Permission(private=True), ["192.168.0.7"])
    assert went == [("192.168.0.7", 80)]
    assert not failures


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.9.9.9",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.255.255",
        "100.64.0.1",
        "169.254.169.254",  # metadata service of clouds
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd00:ec2::254",  # the same, over IPv6
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",  # NAT64 of 127.0.0.1
        "2002:7f00:1::",  # 6to4 of 127.0.0.1
    ],
)
def test_an_address_that_is_not_public_is_private(address: str) -> None:
    assert is_private(address)


@pytest.mark.parametrize("address", ["1.1.1.1", PUBLIC, "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_a_public_address_is_not_private(address: str) -> None:
    assert not is_private(address)


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_judged_alike_in_every_ipv6_dress(address: IPv4Address) -> None:
    dresses = [
        IPv6Address(int(IPv6Address("::ffff:0:0")) + int(address)),
        IPv6Address(int(IPv6Address("64:ff9b::")) + int(address)),
        IPv6Address(int(IPv6Address("2002::")) + (int(address) << 80)),
    ]
    assert {is_private(str(dress)) for dress in dresses} == {is_private(str(address))}
