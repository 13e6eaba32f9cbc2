"""TLS on the wire: what a server proved stands in the record; a handshake that failed does, with its reason."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import socket
import ssl
import threading
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from archive import warc
from archive.records import Capture
from archive.settings import load_settings
from crawler.crawl import crawl as crawl_outlet
from crawler.orders import CrawlOrder
from tests.oddanswers import ODD, WHOLE
from tests.oddserver import OddServer
from tests.sites import served
from tests.wired import Wired, context_for, crawl

NOW = datetime.now(UTC)
TLS_ALERT = b"\x15\x03\x03\x00\x02\x02\x28"  # fatal, handshake_failure


@contextmanager
def no_tls(words: bytes) -> Iterator[int]:
    """A port where a handshake is answered with something else; nothing: it is cut."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with connection:
                        connection.recv(65536)
                        connection.sendall(words)

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]
        listener.close()


def _context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def _itself() -> ssl.SSLContext:
    """An authority that serves under its own certificate."""
    lonely = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with lonely.private_key_pem.tempfile() as key, lonely.cert_pem.tempfile() as certificate:
        context.load_cert_chain(certificate, key)
    return context


def _old(authority: trustme.CA, host: str) -> ssl.SSLContext:
    context = context_for(authority, host)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # old is what is wanted
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


def _twelve(authority: trustme.CA, host: str) -> ssl.SSLContext:
    context = context_for(authority, host)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    return context


@dataclass(frozen=True)
class Shaken:
    """One crawl of many hosts, each with its own TLS."""

    found: Wired
    servers: dict[str, OddServer]
    sound: trustme.LeafCert

    def of(self, host: str) -> list[Capture]:
        return [capture for capture in self.found.captures if capture.url == f"https://{host}/case"]

    def one(self, host: str) -> Capture:
        (capture,) = self.of(host)
        return capture


FAILURES = {  # host: (words of the reason, how often it is asked)
    "expired.test": ("certificate has expired", 1),
    "elsewhere.test": ("VerificationError", 1),
    "unknown.test": ("unable to get local issuer certificate", 1),
    "itself.test": ("self-signed certificate", 1),
    "old.test": ("protocol version", 1),
    "plain.test": ("wrong version number", 1),
    "alert.test": ("handshake failure", 1),
    "cut.test": ("before the TLS handshake was done", 3),
}


@pytest.fixture(scope="module")
def shaken(authority: trustme.CA, authority_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shaken]:
    stranger = trustme.CA()
    sound = authority.issue_cert("sound.test")
    long_ago = {"not_before": NOW - timedelta(days=9), "not_after": NOW - timedelta(days=1)}
    contexts = {
        "sound.test": _context(sound),
        "twelve.test": _twelve(authority, "twelve.test"),
        "expired.test": _context(authority.issue_cert("expired.test", **long_ago)),
        "elsewhere.test": context_for(authority, "another.test"),
        "unknown.test": context_for(stranger, "unknown.test"),
        "itself.test": _itself(),
        "old.test": _old(authority, "old.test"),
    }
    with ExitStack() as open_until:
        servers = {
            host: open_until.enter_context(OddServer(context, {"/case": ODD["/case"]}))
            for host, context in contexts.items()
        }
        ports = {host: server.port for host, server in servers.items()}
        ports["plain.test"] = open_until.enter_context(no_tls(b"HTTP/1.1 400 Bad Request\r\n\r\n"))
        ports["alert.test"] = open_until.enter_context(no_tls(TLS_ALERT))
        ports["cut.test"] = open_until.enter_context(no_tls(b""))
        found = crawl(
            tmp_path_factory.mktemp("tls"),
            [{"url": f"https://{host}/case"} for host in ports],
            authority_file,
            ASTANA_RESOLVE={f"{host}:443": f"127.0.0.1:{port}" for host, port in ports.items()},
        )
        yield Shaken(found, servers, sound)


pytestmark = pytest.mark.xdist_group("wire-tls")


def test_version_cipher_and_certificate_are_the_servers(shaken: Shaken) -> None:
    der = ssl.PEM_cert_to_DER_cert(shaken.sound.cert_chain_pems[0].bytes().decode())
    sound, twelve = shaken.one("sound.test").tls, shaken.one("twelve.test").tls
    assert sound is not None and twelve is not None
    assert (sound.version, twelve.version) == ("TLSv1.3", "TLSv1.2")
    assert sound.cipher.startswith("TLS_")
    assert sound.certificate == f"sha256:{hashlib.sha256(der).hexdigest()}" != twelve.certificate
    assert sound.verified and twelve.verified


@pytest.mark.parametrize("host", FAILURES)
def test_a_failed_handshake_is_a_capture_with_its_reason_and_nothing_is_sent(shaken: Shaken, host: str) -> None:
    words, times = FAILURES[host]
    captures = shaken.of(host)
    assert len(captures) == times
    for capture in captures:
        assert words in (capture.error or ""), capture.error
        assert "before the TLS handshake was done" in (capture.error or "")
        assert (capture.request, capture.response, capture.interim) == (b"", b"", b"")
        assert capture.peer == "127.0.0.1"
        assert capture.tls is None
    name, said = shaken.found.errors[f"https://{host}/case"]
    assert name == ("HandshakeError" if times == 1 else "DownloadFailedError")
    assert words in said or times > 1
    assert host not in shaken.servers or not shaken.servers[host].seen


@pytest.mark.parametrize("host", ["expired.test", "sound.test", "twelve.test"])
def test_it_stands_in_the_warc_as_it_was_found(shaken: Shaken, host: str, tmp_path: Path) -> None:
    capture = shaken.one(host)
    path = tmp_path / "one.warc.gz"
    path.write_bytes(b"".join(warc.compose(capture).members))
    with path.open("rb") as stream:
        (read,) = warc.read(stream, "warc/one.warc.gz", "odd")
    assert isinstance(read, Capture)
    assert (read.tls, read.peer, read.error) == (capture.tls, capture.peer, capture.error)
    assert read.record == capture.record


def test_an_unverified_certificate_is_accepted_only_where_the_outlet_says_so_and_is_recorded(
    authority: trustme.CA, tmp_path: Path
) -> None:
    with OddServer(context_for(authority, "elsewhere.test"), {"/case": ODD["/case"]}) as server:
        resolve = {"press.test:443": f"127.0.0.1:{server.port}"}
        asked = [{"url": "https://press.test/case"}]
        found = crawl(tmp_path, asked, ASTANA_RESOLVE=resolve, ASTANA_TLS="unverified")
    tls = found.one("/case").tls
    assert tls is not None
    assert not tls.verified
    assert found.one("/case").response == WHOLE["/case"]


def test_the_crawls_report_names_a_failed_handshake_and_the_failure_waits_in_the_spool(
    authority: trustme.CA, authority_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long_ago = {"not_before": NOW - timedelta(days=9), "not_after": NOW - timedelta(days=1)}
    monkeypatch.setenv("SSL_CERT_FILE", str(authority_file))
    with served({}, _context(authority.issue_cert("127.0.0.1", **long_ago))) as site:
        facts = tmp_path / "outlets"
        facts.mkdir()
        (facts / "trial.yml").write_text(
            "name: تجربة\nenglish: Trial\ncountry: SY\ntimezone: Asia/Damascus\nlanguage: ar\nallow_private: true\n"
            f"hosts: ['{site.host}']\nseeds:\n  - {{kind: feed, url: 'https://{site.host}/feed'}}\n",
            encoding="utf-8",
        )
        settings = load_settings(store=str(tmp_path / "store"), outlets=facts, contact="archive@a.example")
        report = asyncio.run(crawl_outlet(CrawlOrder(run="r1", outlet="trial", now=NOW), settings))
        assert site.paths() == []
    assert not report.finished
    assert "certificate has expired" in report.ended
    assert report.captures == {"failed": 1}
    assert any("certificate has expired" in error.error for error in report.errors)
    (waiting,) = settings.spool_dir.glob("trial-*.open")
    with waiting.open("rb") as stream:
        (capture,) = (one for one in warc.read(stream, "x", "trial") if isinstance(one, Capture))
    assert capture.url == f"https://{site.host}/robots.txt"
    assert "certificate has expired" in (capture.error or "")
