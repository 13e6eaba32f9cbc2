"""Every manuscript of the practice press, served by its layout, is read back as it was written."""

from __future__ import annotations

import dataclasses
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from archive import http
from archive.arabic import clean
from archive.records import Article, Capture, Hints, Reason, Rejection, Role
from crawler.extract import read
from crawler.newsroom import midan, nakhla, outlets, ufuq, wasla
from crawler.newsroom.faults import LISTED
from crawler.newsroom.paper import Paper, Printed
from crawler.newsroom.server import Newsroom
from crawler.outlet import Outlet, load_outlets
from crawler.page.decode import decode
from crawler.page.locate import Place, words_in_order
from tests.extraction import a_reader, texts

pytestmark = pytest.mark.slow  # make test must end within five minutes

ADDRESSES: dict[str, Callable[[Paper, Printed], str]] = {
    "nakhla": nakhla.address,
    "midan": midan.address,
    "wasla": wasla.address,
    "ufuq": ufuq.address,
}


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom.start() as room:
        yield room


@pytest.fixture(scope="module")
def known(newsroom: Newsroom, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outlet]:
    folder: Path = tmp_path_factory.mktemp("outlets")
    outlets.write(folder, newsroom.papers)
    return load_outlets(folder)


def fetch(url: str) -> Capture:
    """One exchange over loopback, bytes as they crossed the socket; a passing 5xx is asked again once."""
    capture = _exchange(url)
    return _exchange(url) if b" 50" in capture.response[:16] else capture


def _exchange(url: str) -> Capture:
    parts = urlsplit(url)
    target = quote(parts.path, safe="/%") + (f"?{parts.query}" if parts.query else "")
    asked = (
        f"GET {target} HTTP/1.1\r\nHost: {parts.netloc}\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n".encode()
    )
    with socket.create_connection((str(parts.hostname), parts.port), timeout=10) as connection:
        connection.sendall(asked)
        answer = b"".join(iter(lambda: connection.recv(1 << 16), b""))
    return Capture(
        outlet="practice",
        url=url,
        date="2026-11-22T10:00:00Z",
        record="urn:uuid:00000000-0000-4000-8000-000000000002",
        request=asked,
        response=answer,
        hints=Hints(role=Role.PAGE),
    )


def _mistakes(paper: Paper, outlet: Outlet, address: Callable[[Paper, Printed], str]) -> Iterator[str]:
    reader = a_reader(outlet)
    for story in paper.newest:
        found = read(fetch(address(paper, story)), reader)
        if not isinstance(found, Article):
            yield f"{story.id}: {found}"
            continue
        wanted = story.text
        if texts(found) != [clean(paragraph).text for paragraph in wanted.paragraphs]:
            yield f"{story.id}: {texts(found)}"
        read_as = (found.title, found.subtitle or "", found.kind.value, found.language)
        written = (clean(wanted.title).text, clean(wanted.subtitle).text, wanted.kind, "ar")
        if read_as != written:
            yield f"{story.id}: {read_as} for {written}"


@pytest.mark.parametrize("name", list(ADDRESSES))
def test_an_outlets_manuscripts_are_read_back_exactly(name: str, newsroom: Newsroom, known: dict[str, Outlet]) -> None:
    assert list(_mistakes(newsroom.papers[name], known[name], ADDRESSES[name])) == []


@pytest.mark.parametrize("name", ["midan", "ufuq"])
def test_they_are_read_back_without_the_outlets_page_rules_too(
    name: str, newsroom: Newsroom, known: dict[str, Outlet]
) -> None:
    ruleless = dataclasses.replace(known[name], pages=())
    assert list(_mistakes(newsroom.papers[name], ruleless, ADDRESSES[name])) == []


@pytest.mark.parametrize("name", list(ADDRESSES))
def test_each_paragraph_says_where_it_stands_in_the_decoded_payload(
    name: str, newsroom: Newsroom, known: dict[str, Outlet]
) -> None:
    paper = newsroom.papers[name]
    for story in paper.newest[:6]:
        capture = fetch(ADDRESSES[name](paper, story))
        found = read(capture, a_reader(known[name]))
        message = http.parse(capture.response)
        header = message.header(b"Content-Type")
        payload = decode(http.content(message).data, header.decode() if header else None).text
        assert isinstance(found, Article)
        for paragraph in found.paragraphs:
            place = Place(paragraph.offset, paragraph.length, True)
            assert words_in_order(payload, place, paragraph.text), paragraph


def test_an_old_paper_without_charset_is_known_to_be_windows_1256(newsroom: Newsroom, known: dict[str, Outlet]) -> None:
    paper = newsroom.papers["midan"]
    encodings = set()
    for story in paper.newest:
        found = read(fetch(midan.address(paper, story)), a_reader(known["midan"]))
        assert isinstance(found, Article)
        encodings.add(found.encoding)
    assert encodings <= {"cp1256 (guess)", "cp1256 (meta)", "cp1256 (header)"}
    assert "cp1256 (guess)" in encodings


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("nakhla", "/"),
        ("midan", "/section.php?cat=1&page=1"),
        ("wasla", "/"),
        ("ufuq", f"/category/{quote('سياسة')}/"),
    ],
)
def test_a_page_of_links_is_no_article(name: str, path: str, newsroom: Newsroom, known: dict[str, Outlet]) -> None:
    found = read(fetch(newsroom.papers[name].address + path), a_reader(known[name]))
    assert isinstance(found, Rejection), found
    assert found.reason in {Reason.LISTING, Reason.NO_TEXT, Reason.HTTP_STATUS}


@pytest.mark.parametrize("name", list(ADDRESSES))
def test_a_page_that_is_not_there_is_refused(name: str, newsroom: Newsroom, known: dict[str, Outlet]) -> None:
    found = read(fetch(newsroom.papers[name].address + "/no/such/page"), a_reader(known[name]))
    assert found == Rejection(reason=Reason.HTTP_STATUS, detail="404")


def test_a_page_that_says_it_is_not_there_with_200_is_a_soft_404(newsroom: Newsroom, known: dict[str, Outlet]) -> None:
    gone = f"{newsroom.papers['ufuq'].address}/2018/01/{LISTED['ufuq'].slug}"
    found = read(fetch(gone), a_reader(known["ufuq"]))
    assert isinstance(found, Rejection)
    assert found.reason is Reason.SOFT_404
