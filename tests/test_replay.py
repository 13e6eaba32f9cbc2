"""pywb plays what was captured: windows-1256 without a charset, chunked gzip, and a revisit."""

from __future__ import annotations

import re
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from archive import cdx, http
from archive.cdx import CdxLine
from archive.holdings import Archive
from tests.pressrun import WHOLE, PressRun, crawl, opened

WAYBACK = Path(__file__).parent.parent / ".venv-replay" / "bin" / "wayback"
pytestmark = [pytest.mark.service, pytest.mark.xdist_group("press")]


@pytest.fixture(scope="module")
def shelves(press: PressRun, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """A store crawled twice, so that there are revisits."""
    place = press.copy(tmp_path_factory.mktemp("replay"))
    crawl(place, replace(WHOLE, outlets=("nakhla", "midan", "ufuq")))
    with opened(place) as archive:
        yield archive


def lines(archive: Archive) -> list[CdxLine]:
    return [line for key in archive.storage.list("cdxj/") for line in cdx.load(archive.storage.get(key))]


@pytest.fixture(scope="module")
def pywb(shelves: Archive, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if not WAYBACK.exists():
        pytest.fail("pywb is not set up; run make test-services")
    folder = tmp_path_factory.mktemp("pywb")
    (folder / "indexes").mkdir()
    merged = cdx.dump(line for line in lines(shelves) if line.status != "304")
    (folder / "indexes" / "index.cdxj").write_bytes(merged)
    store = shelves.settings.store
    (folder / "config.yaml").write_text(
        f"collections:\n  astana:\n    index_paths: {folder}/indexes\n    archive_paths: {store}/warc/\n"
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = (folder / "log").open("wb")
    server = subprocess.Popen([WAYBACK, "-b", "127.0.0.1", "-p", str(port)], cwd=folder, stdout=log, stderr=log)
    try:
        wait_for(port, server)
        yield f"http://127.0.0.1:{port}/astana"
    finally:
        server.terminate()
        server.wait(20)


def wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if server.poll() is not None:
            break
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=0.1):
                return
        except OSError:
            try:
                server.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
    pytest.fail("pywb did not start")


def played(pywb: str, line: CdxLine) -> tuple[bytes, str]:
    with urllib.request.urlopen(f"{pywb}/{line.timestamp}id_/{line.url}", timeout=30) as answer:
        return answer.read(), answer.headers["Memento-Datetime"]


def held(archive: Archive, line: CdxLine) -> bytes:
    from archive.warc import read_at

    member = archive.storage.read(f"warc/{line.filename}", line.offset, line.length)
    return http.content(http.parse(read_at(member).response)).data


def pages(archive: Archive, host: str) -> list[CdxLine]:
    return [x for x in lines(archive) if f"//{host}/" in x.url and x.role == "page" and x.is_full]


def test_a_windows_1256_page_plays_as_it_was_sent(pywb: str, shelves: Archive, press: PressRun) -> None:
    line = pages(shelves, press.newsroom.hosts["midan"])[0]
    body, when = played(pywb, line)
    assert "الميدان" in body.decode("cp1256", "replace")
    assert body == held(shelves, line)
    assert when


def test_a_chunked_gzip_page_plays_whole(pywb: str, shelves: Archive, press: PressRun) -> None:
    line = next(x for x in pages(shelves, press.newsroom.hosts["nakhla"]) if x.te and x.ce == "gzip")
    body, _ = played(pywb, line)
    text = body.decode("utf-8")
    assert body == held(shelves, line)
    assert not re.search(r"^[0-9a-f]{1,4}\r$", text, re.MULTILINE), "chunk sizes stand in the page"


def test_a_revisit_plays_its_originals_bytes(pywb: str, shelves: Archive) -> None:
    revisit = next(line for line in lines(shelves) if line.is_revisit)
    original = next(
        line for line in lines(shelves) if line.is_full and line.url == revisit.url and line.digest == revisit.digest
    )
    body, _ = played(pywb, revisit)
    assert body == held(shelves, original)


def test_what_was_never_captured_is_not_made_up(pywb: str, press: PressRun) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{pywb}/id_/http://{press.newsroom.hosts['midan']}/never", timeout=30)
    assert refused.value.code == 404
