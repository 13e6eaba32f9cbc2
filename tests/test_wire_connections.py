"""Connections: refused, sent again, and never to a private address."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from archive.records import Role
from tests.oddanswers import ODD, WHOLE, sized
from tests.oddserver import Odd, OddServer
from tests.wired import FOLLOWING, HOST, crawl, table

pytestmark = pytest.mark.slow


def test_a_request_sent_again_leaves_both_tries(tmp_path: Path) -> None:
    answers = {"/case": ODD["/case"], "/stale": Odd(answer=sized(b"ok"))}
    with OddServer(answers=answers) as server:
        asked = [{"url": f"http://{HOST}{path}"} for path in answers]
        found = crawl(tmp_path, asked, ASTANA_RESOLVE=table("http", server), CONCURRENT_REQUESTS=1)
    first, second = found.of("/stale")
    assert first.response == b""
    assert first.request == second.request != b""
    assert "sent again" in (first.error or "")
    assert second.response == sized(b"ok")
    assert second.error is None
    assert first.record != second.record


def test_a_refused_connection_and_an_unknown_host_are_recorded(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    asked = [{"url": f"http://{HOST}/case"}, {"url": "http://no-such-host.invalid/case"}]
    found = crawl(tmp_path, asked, ASTANA_RESOLVE={f"{HOST}:80": f"127.0.0.1:{port}"}, RETRY_ENABLED=False)
    assert len(found.captures) == 2
    for capture in found.captures:
        assert (capture.request, capture.response) == (b"", b"")
        assert capture.error
    assert "ConnectionRefused" in (found.one("/case").error or "")


def test_a_private_address_is_never_connected_to(tmp_path: Path) -> None:
    with OddServer() as server:
        asked = [{"url": f"http://{host}:{server.port}/case"} for host in ("127.0.0.1", "localhost", "[::1]", "127.1")]
        found = crawl(tmp_path, asked)
        assert server.connections == 0
    assert {name for name, _ in found.errors.values()} == {"PrivateAddressError"}
    assert len(found.errors) == len(asked)
    assert found.captures == []


def test_a_redirect_to_a_private_address_is_refused_and_the_hop_is_kept(tmp_path: Path) -> None:
    with OddServer() as inside:
        target = f"http://127.0.0.1:{inside.port}/case"
        hop = sized(b"", b"Location: " + target.encode() + b"\r\n", b"302 Found")
        answers = {"/out": Odd(answer=hop), "/hop": ODD["/hop"], "/case": ODD["/case"]}
        with OddServer(answers=answers) as server:
            asked = [{"url": f"http://{HOST}{path}"} for path in ("/out", "/hop")]
            resolve = table("http", server)
            found = crawl(tmp_path, asked, ASTANA_RESOLVE=resolve, **FOLLOWING)
        assert inside.connections == 0
    assert found.errors[target][0] == "PrivateAddressError"
    assert found.one("/out").response == hop
    assert found.one("/case?from=hop").hints.hops == (f"http://{HOST}/hop",)
    assert found.one("/robots.txt").hints.role is Role.ROBOTS
    assert len(found.captures) == 4


def test_private_addresses_are_connected_to_where_that_is_allowed(tmp_path: Path) -> None:
    with OddServer(answers=ODD) as server:
        asked = [{"url": f"http://localhost:{server.port}/case"}]
        found = crawl(tmp_path, asked, ASTANA_ALLOW_PRIVATE=True)
    assert [capture.response for capture in found.captures] == [WHOLE["/case"]]


def test_a_proxy_is_refused(tmp_path: Path) -> None:
    with OddServer() as server:
        asked = [{"url": f"http://{HOST}/case", "meta": {"proxy": f"http://127.0.0.1:{server.port}"}}]
        found = crawl(tmp_path, asked)
        assert server.connections == 0
    assert next(iter(found.errors.values()))[0] == "NotSupported"
