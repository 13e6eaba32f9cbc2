"""The tap takes what the server's socket saw, byte for byte, and nothing goes by it unseen."""

from __future__ import annotations

import hashlib
import io
import json
import os
import pickle
import socket
import ssl
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import trustme
from fastwarc.warc import ArchiveIterator as FastIterator

from archive import warc
from archive.cdx import Known
from archive.records import Capture, Role, Truncation
from archive.spool import Spool
from archive.storage import open_storage
from tests.oddserver import CLOSED, GARBAGE, KEPT, STALLED, OddServer, sized

DRIVER = Path(__file__).with_name("wire_crawl.py")
HOST = "press.test"
PATHS = [*KEPT, *CLOSED, *STALLED]


@dataclass
class Wired:
    captures: list[Capture]
    answers: dict[str, tuple[int, int]]
    errors: dict[str, tuple[str, str]]

    def of(self, path: str) -> list[Capture]:
        return [capture for capture in self.captures if capture.url.partition(HOST)[2] == path]

    def one(self, path: str) -> Capture:
        (found,) = self.of(path)
        return found


def crawl(folder: Path, requests: list[dict[str, Any]], authority: Path | None = None, **settings: object) -> Wired:
    order, out = folder / "order.json", folder / "out.pickle"
    order.write_text(json.dumps({"requests": requests, "settings": settings}), "utf-8")
    kept = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    kept.pop("SSL_CERT_FILE", None)
    environment = {**kept, "PYTHONPATH": str(Path(__file__).parent.parent)}
    if authority:
        environment["SSL_CERT_FILE"] = str(authority)
    command = [sys.executable, str(DRIVER), str(order), str(out)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return Wired(*pickle.loads(out.read_bytes()))


def table(scheme: str, server: OddServer, host: str = HOST) -> dict[str, str]:
    return {f"{host}:{443 if scheme == 'https' else 80}": f"127.0.0.1:{server.port}"}


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def authority_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("authority") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


def context_for(authority: trustme.CA, host: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host).configure_cert(context)
    return context


@pytest.fixture(scope="module", params=["http", pytest.param("https", marks=pytest.mark.slow)])
def odd(
    request: pytest.FixtureRequest,
    authority: trustme.CA,
    authority_file: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[str, Wired, OddServer]:
    """All odd paths over one scheme, in one crawl."""
    scheme = request.param
    with OddServer(context_for(authority, HOST) if scheme == "https" else None) as server:
        requests: list[dict[str, Any]] = [{"url": f"{scheme}://{HOST}{path}#part"} for path in PATHS if path != "/post"]
        posted = {"x-MIXED-Case": "v", "Content-Type": "application/x-www-form-urlencoded"}
        requests.append({"url": f"{scheme}://{HOST}/post", "method": "POST", "body": "q=أس", "headers": posted})
        found = crawl(
            tmp_path_factory.mktemp(scheme),
            requests,
            authority_file,
            ASTANA_RESOLVE=table(scheme, server),
            ROBOTSTXT_OBEY=True,
            CONCURRENT_REQUESTS_PER_DOMAIN=4,
        )
        return scheme, found, server


def test_every_request_and_answer_is_what_the_servers_socket_saw(odd: tuple[str, Wired, OddServer]) -> None:
    _, found, server = odd
    assert len(PATHS) >= 25
    sent = Counter(
        (path, request, answer.removesuffix(GARBAGE))
        for path, exchanges in server.seen.items()
        for request, answer in exchanges
    )
    taken = Counter(
        (capture.url.partition(HOST)[2], capture.request, capture.interim + capture.response)
        for capture in found.captures
    )
    assert taken == sent
    assert {path for path, _, _ in sent} == {*PATHS, "/robots.txt", "/case?from=hop"}


def test_interim_answers_stand_beside_the_final_one(odd: tuple[str, Wired, OddServer]) -> None:
    _, found, _ = odd
    capture = found.one("/early-hints")
    assert capture.interim.startswith(b"HTTP/1.1 103 Early Hints\r\nLink")
    assert capture.response.startswith(b"HTTP/1.1 200 OK")
    assert found.one("/two-interim").interim.count(b"HTTP/1.1 10") == 2
    alone = found.one("/interim-only")
    assert alone.response == b""
    assert alone.interim == CLOSED["/interim-only"]
    assert alone.error


@pytest.mark.parametrize(
    ("path", "truncated"),
    [
        ("/torn-body", Truncation.DISCONNECT),
        ("/torn-chunk", Truncation.DISCONNECT),
        ("/torn-head", Truncation.DISCONNECT),
        ("/stall", Truncation.TIME),
        ("/case", None),
        ("/until-close", None),
        ("/http10", None),
        ("/chunk-trailer", None),
        ("/204", None),
        ("/304", None),
        ("/empty", None),
        ("/not-really-gzip", None),
    ],
)
def test_a_truncated_answer_says_why(
    odd: tuple[str, Wired, OddServer], path: str, truncated: Truncation | None
) -> None:
    assert odd[1].one(path).truncated == truncated


def test_an_exchange_without_answer_is_handed_on_with_its_error(odd: tuple[str, Wired, OddServer]) -> None:
    _, found, _ = odd
    for path in ("/silent-close", "/never"):
        capture = found.of(path)[-1]  # closed in silence on a kept connection, it is asked once more
        assert capture.response == b""
        assert capture.request.startswith(f"GET {path} HTTP/1.1\r\n".encode())
        assert capture.error
        assert capture.truncated is None
    assert "Timeout" in (found.one("/never").error or "")


def test_peer_tls_hints_hops_and_robots_are_known(odd: tuple[str, Wired, OddServer]) -> None:
    scheme, found, server = odd
    assert {capture.peer for capture in found.captures} == {"127.0.0.1"}
    assert {capture.outlet for capture in found.captures} == {"odd"}
    assert found.one("/robots.txt").hints.role is Role.ROBOTS
    assert found.one("/case").hints.title == "عنوان من القائمة"
    assert found.one("/case?from=hop").hints.hops == (f"{scheme}://{HOST}/hop",)
    assert all(capture.elapsed is not None and capture.elapsed >= 0 for capture in found.captures)
    assert len({capture.record for capture in found.captures}) == len(found.captures)
    if scheme == "http":
        assert {capture.tls for capture in found.captures} == {None}
        return
    tls = {capture.tls for capture in found.captures}
    assert len(tls) == 1
    (shaken,) = tls
    assert shaken is not None
    assert shaken.version == "TLSv1.3"
    assert shaken.cipher.startswith("TLS_")
    assert shaken.verified
    assert server.names == {HOST}


def test_connections_are_kept_and_no_cookie_is_sent(odd: tuple[str, Wired, OddServer]) -> None:
    _, found, server = odd
    assert server.connections < len(found.captures)
    assert not any(b"\r\ncookie:" in capture.request.lower() for capture in found.captures)


def test_what_the_wire_gave_is_written_and_read_back_equal(odd: tuple[str, Wired, OddServer], tmp_path: Path) -> None:
    _, found, _ = odd
    storage = open_storage(str(tmp_path / "store"))
    waiting = Spool.open(tmp_path / "spool", "odd", "w1", datetime.now(UTC), {})
    written = [waiting.append(capture, Known()) for capture in found.captures]
    sealed = waiting.seal(storage)
    assert sealed is not None
    with storage.open(sealed.warc) as stream:
        assert list(warc.read(stream, sealed.warc, "odd")) == written
    for capture, before in zip(written, found.captures, strict=True):
        assert replace(capture, address=None, payload_digest=None) == before
    for capture in written:
        assert capture.address is not None
        member = storage.read(f"warc/{capture.address.warc}", capture.address.offset, capture.address.length)
        assert warc.check(member) == ()


def test_other_tools_find_every_block_of_the_wire_right(odd: tuple[str, Wired, OddServer], tmp_path: Path) -> None:
    _, found, _ = odd
    # warcio 1.8 dies of any record with Content-Encoding br, in its own reader.
    captures = [capture for capture in found.captures if b"Content-Encoding: br" not in capture.response]
    assert len(captures) == len(found.captures) - 1
    path = tmp_path / "odd.warc.gz"
    path.write_bytes(b"".join(member for capture in captures for member in warc.compose(capture).members))
    command = [str(Path(sys.executable).with_name("warcio")), "check", "-v", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    assert "block digest failed" not in done.stdout
    chunked = sum(b"\r\ntransfer-encoding: chunked" in capture.response.lower() for capture in captures)
    assert done.stdout.count("payload digest failed") == chunked == 5
    records = list(FastIterator(io.BytesIO(path.read_bytes()), parse_http=False))
    assert len(records) > 2 * len(captures)
    for record in FastIterator(io.BytesIO(path.read_bytes()), parse_http=False):
        assert record.verify_block_digest()


def test_a_torn_body_is_marked_where_scrapy_is_told_to_accept_it(tmp_path: Path) -> None:
    with OddServer() as server:
        asked = [{"url": f"http://{HOST}{path}"} for path in ("/torn-body", "/torn-chunk")]
        resolve = table("http", server)
        found = crawl(tmp_path, asked, ASTANA_RESOLVE=resolve, DOWNLOAD_FAIL_ON_DATALOSS=False)
    for path in ("/torn-body", "/torn-chunk"):
        assert found.one(path).truncated is Truncation.DISCONNECT
        assert found.one(path).response == CLOSED[path]
    assert len(found.answers) == 2


def test_the_certificate_kept_is_the_servers(authority: trustme.CA, authority_file: Path, tmp_path: Path) -> None:
    issued = authority.issue_cert(HOST)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    issued.configure_cert(context)
    with OddServer(context) as server:
        resolve = table("https", server)
        found = crawl(tmp_path, [{"url": f"https://{HOST}/case"}], authority_file, ASTANA_RESOLVE=resolve)
    der = ssl.PEM_cert_to_DER_cert(issued.cert_chain_pems[0].bytes().decode())
    tls = found.one("/case").tls
    assert tls is not None
    assert tls.certificate == f"sha256:{hashlib.sha256(der).hexdigest()}"


def test_a_certificate_of_an_unknown_authority_is_refused_and_recorded(authority: trustme.CA, tmp_path: Path) -> None:
    with OddServer(context_for(authority, HOST)) as server:
        found = crawl(tmp_path, [{"url": f"https://{HOST}/case"}], ASTANA_RESOLVE=table("https", server))
    capture = found.one("/case")
    assert "certificate verify failed" in (capture.error or "")
    assert (capture.request, capture.response) == (b"", b"")
    assert not server.seen
    assert not found.answers


def test_a_certificate_for_another_host_is_refused(authority: trustme.CA, authority_file: Path, tmp_path: Path) -> None:
    with OddServer(context_for(authority, "elsewhere.test")) as server:
        resolve = table("https", server)
        found = crawl(tmp_path, [{"url": f"https://{HOST}/case"}], authority_file, ASTANA_RESOLVE=resolve)
    assert (found.one("/case").request, found.one("/case").response) == (b"", b"")
    assert found.one("/case").error
    assert not server.seen


def test_an_unverified_certificate_is_accepted_only_where_the_outlet_says_so_and_is_recorded(
    authority: trustme.CA, tmp_path: Path
) -> None:
    with OddServer(context_for(authority, "elsewhere.test")) as server:
        resolve = table("https", server)
        asked: list[dict[str, Any]] = [{"url": f"https://{HOST}/case"}]
        found = crawl(tmp_path, asked, ASTANA_RESOLVE=resolve, ASTANA_TLS="unverified")
    tls = found.one("/case").tls
    assert tls is not None
    assert not tls.verified
    assert found.one("/case").response == KEPT["/case"]


def test_an_answer_longer_than_allowed_is_kept_up_to_there(tmp_path: Path) -> None:
    endless = b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 300_000
    heads = b"HTTP/1.1 200 OK\r\n" + b"X-More: and more\r\n" * 200_000
    with OddServer(answers={"/endless": endless, "/heads": heads}) as server:
        asked = [{"url": f"http://{HOST}{path}"} for path in ("/big", "/endless", "/heads")]
        found = crawl(tmp_path, asked, ASTANA_RESOLVE=table("http", server), DOWNLOAD_MAXSIZE=10_000)
        sent = {path: exchanges[0][1] for path, exchanges in server.seen.items()}
    for path in ("/big", "/endless", "/heads"):
        capture = found.one(path)
        assert capture.truncated is Truncation.LENGTH
        assert capture.response
        assert sent[path].startswith(capture.response)
        assert len(capture.response) < 2 << 20
        assert capture.error
    assert set(found.errors) == {asked["url"] for asked in asked}


def test_a_request_sent_again_leaves_both_tries(tmp_path: Path) -> None:
    with OddServer() as server:
        asked = [{"url": f"http://{HOST}{path}"} for path in ("/case", "/stale")]
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
    found = crawl(tmp_path, asked, ASTANA_RESOLVE={f"{HOST}:80": f"127.0.0.1:{port}"})
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
        with OddServer(answers={"/out": hop}) as server:
            found = crawl(tmp_path, [{"url": f"http://{HOST}/out"}], ASTANA_RESOLVE=table("http", server))
        assert inside.connections == 0
    assert found.errors[target][0] == "PrivateAddressError"
    assert found.one("/out").response == hop
    assert len(found.captures) == 1


def test_private_addresses_are_connected_to_where_that_is_allowed(tmp_path: Path) -> None:
    with OddServer() as server:
        asked = [{"url": f"http://localhost:{server.port}/case"}]
        found = crawl(tmp_path, asked, ASTANA_ALLOW_PRIVATE=True)
    assert [capture.response for capture in found.captures] == [KEPT["/case"]]


def test_a_proxy_is_refused(tmp_path: Path) -> None:
    with OddServer() as server:
        asked = [{"url": f"http://{HOST}/case", "meta": {"proxy": f"http://127.0.0.1:{server.port}"}}]
        found = crawl(tmp_path, asked)
        assert server.connections == 0
    assert next(iter(found.errors.values()))[0] == "NotSupported"
