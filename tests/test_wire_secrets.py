"""Nothing secret of ours is sent, and nothing secret of ours stands in a record: cookies, passwords, keys, tokens."""

from __future__ import annotations

import asyncio
import json
import socket
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.errors import SettingsError
from archive.records import Reason
from archive.settings import load_settings
from crawler import scope
from crawler.crawl import crawl
from crawler.orders import CrawlOrder
from crawler.outlet import load_outlet
from tests.oddserver import Odd, OddServer
from tests.sites import Reply, article, feed, served
from tests.wired import FOLLOWING, HOST, table
from tests.wired import crawl as crawl_wire

SECRET = "Zeder-17-Granat"
FACTS = "name: تجربة\nenglish: Trial\ncountry: SY\ntimezone: Asia/Damascus\nlanguage: ar\n"


@contextmanager
def waiting_for_a_call() -> Iterator[tuple[int, socket.socket]]:
    """A port that must never be connected to."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield listener.getsockname()[1], listener


def unpacked(path: Path) -> bytes:
    """All that a file says, its gzip members undone."""
    data, said = path.read_bytes(), b""
    while data.startswith(b"\x1f\x8b"):
        unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
        said += unpacker.decompress(data)
        data = unpacker.unused_data
    return said + data


def test_no_key_token_password_or_cookie_of_ours_is_sent_or_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / ".netrc").write_text(f"default login archivist password {SECRET}-netrc\n")
    (home / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("ASTANA_TOKEN", f"{SECRET}-token")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", f"{SECRET}-id")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", f"{SECRET}-key")
    monkeypatch.setenv("AWS_SESSION_TOKEN", f"{SECRET}-session")
    cookie = {"Set-Cookie": "visitor=4711; Path=/"}
    pages = {
        "/feed": feed("/news/1", "/news/2", "/news/3"),
        "/news/1": Reply(body=article(1).body, headers=cookie),
        "/news/2": Reply(status=401, headers={"WWW-Authenticate": 'Basic realm="x"', **cookie}),
        "/news/3": article(3),
    }
    with waiting_for_a_call() as (port, proxy), served(pages) as site:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://archivist:{SECRET}-proxy@127.0.0.1:{port}")
        (tmp_path / "outlets").mkdir()
        (tmp_path / "outlets" / "trial.yml").write_text(
            FACTS + f"hosts: ['{site.host}']\nallow_private: true\npace: {{delay: 0.01}}\n"
            f"seeds:\n  - {{kind: feed, url: 'http://{site.host}/feed'}}\n",
            encoding="utf-8",
        )
        settings = load_settings(store=str(tmp_path / "store"), outlets=tmp_path / "outlets", contact="a@b.example")
        order = CrawlOrder(run="r1", outlet="trial", now=datetime(2026, 1, 10, tzinfo=UTC))
        report = asyncio.run(crawl(order, settings))
        with pytest.raises(BlockingIOError):
            proxy.accept()
    assert report.answers == {"200": 2, "401": 1}
    assert site.paths() == ["/robots.txt", "/feed", "/news/1", "/news/2", "/news/3"]
    for asked in site.asked:
        assert set(asked.headers) <= {"host", "accept", "accept-language", "accept-encoding", "user-agent"}, asked
    files = [path for path in (tmp_path / "store").rglob("*") if path.is_file()]
    assert any(path.name.endswith(".warc.gz") for path in files)
    for path in files:
        assert SECRET.encode() not in unpacked(path), path
        assert b"\r\ncookie:" not in unpacked(path).lower()
    assert SECRET not in json.dumps(asdict(report), default=str)


def test_an_address_with_a_password_is_not_asked_for(tmp_path: Path) -> None:
    hop = b"HTTP/1.1 302 Found\r\nLocation: http://archivist:word@press.test/in\r\nContent-Length: 0\r\n\r\n"
    with OddServer(answers={"/hop": Odd(answer=hop)}) as server:
        asked = [f"http://archivist:word@{HOST}/a", f"http://archivist@{HOST}/b", f"http://{HOST}/hop"]
        found = crawl_wire(tmp_path, [{"url": url} for url in asked], ASTANA_RESOLVE=table("http", server), **FOLLOWING)
    assert list(server.seen) == ["/robots.txt", "/hop"]
    assert {capture.url for capture in found.captures} == {f"http://{HOST}/robots.txt", f"http://{HOST}/hop"}
    assert {name for name, _ in found.errors.values()} == {"CredentialsError"}
    assert len(found.errors) == 3
    assert all("word@" not in said and "user name or password" in said for _, said in found.errors.values())


def test_a_listed_story_with_a_password_in_its_address_is_refused_by_scope(tmp_path: Path) -> None:
    path = tmp_path / "trial.yml"
    path.write_text(FACTS + "hosts: [press.test]\n", encoding="utf-8")
    outlet = load_outlet(path)
    refused = scope.of_outlet(f"https://archivist:{SECRET}@press.test/news/2", outlet)
    assert refused is not None
    assert refused.reason is Reason.BAD_URL
    assert SECRET not in refused.detail
    assert scope.of_outlet("https://press.test/news/@2?to=a@b.example", outlet) is None


@pytest.mark.parametrize("url", [f"https://archivist:{SECRET}@press.test/feed", "https://archivist@press.test/feed"])
def test_an_outlets_file_with_a_password_in_a_seed_is_refused_by_name_without_repeating_it(
    tmp_path: Path, url: str
) -> None:
    path = tmp_path / "trial.yml"
    path.write_text(FACTS + f"hosts: [press.test]\nseeds:\n  - {{kind: feed, url: '{url}'}}\n", encoding="utf-8")
    with pytest.raises(SettingsError) as refused:
        load_outlet(path)
    assert "trial.yml" in str(refused.value)
    assert "user name or password" in str(refused.value)
    assert SECRET not in str(refused.value)


def test_an_outlets_host_with_a_password_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "trial.yml"
    path.write_text(FACTS + f"hosts: ['archivist:{SECRET}@press.test']\n", encoding="utf-8")
    with pytest.raises(SettingsError) as refused:
        load_outlet(path)
    assert SECRET not in str(refused.value)
