"""A store with what web archives played of a small paper: read, indexed, ready to be looked at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from archive.cdx import Known
from archive.holdings import Archive, open_archive
from archive.records import Capture, Hints, Role, Via
from archive.settings import load_settings
from archive.spool import Spool
from crawler.agencies import load_agencies
from crawler.extract import Reader
from crawler.outlet import Outlet, StoryPatterns
from crawler.shelf import extract
from crawler.topic import load_topic
from tests import tiny
from tests.captures import answer, capture
from tests.extraction import SENTENCE, a_page
from tests.wrapped import commoncrawl, of_then, ranged, wayback

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
OUTLET = tiny.outlet(
    id="press",
    hosts=("press.test",),
    story=StoryPatterns(url=(r"^/news/\d+",), id=(r"^/news/(\d+)",)),
)
FIRST, SECOND = (f"https://press.test/news/{number}" for number in (1, 2))
LATER = "2017-02-01T08:00:00Z"


def page(*more: str) -> bytes:
    return answer(a_page(*[f"{SENTENCE} {number}" for number in range(3)], *more).encode())


def a_reader(outlet: Outlet = OUTLET) -> Reader:
    return Reader(outlet=outlet, topic=load_topic(None), agencies=load_agencies(()))


def exchanges() -> list[Capture]:
    """A story played by both archives and seen alive with other words, one that is gone, and what holds no page."""
    longer = page("وأضاف المصدر نفسه أن الوفود غادرت القاعة قبل منتصف الليل من دون أن تدلي بتصريحات.")
    moved = b"HTTP/1.1 301 Moved\r\nLocation: https://press.test/news/2\r\n\r\n"
    index = Hints(role=Role.SEED, seed_kind="wayback")
    return [
        wayback(of_then(page(), url=FIRST)),
        commoncrawl(of_then(page(), url="http://www.press.test/news/1", date=LATER)),
        capture(longer, url=FIRST, date="2026-11-22T09:00:00Z"),
        wayback(of_then(page(), url=SECOND)),
        wayback(of_then(moved, url="https://press.test/news/3")),
        wayback(of_then(page(), url="https://press.test/news/4"), answer(b"<p>Sorry</p>")),
        wayback(of_then(), b"HTTP/1.1 302 Found\r\nLocation: /web/2016id_/https://press.test/news/4\r\n\r\n"),
        commoncrawl(of_then(answer(b"x", status=b"404 Not Found"), url="https://press.test/news/5")),
        commoncrawl(of_then(), ranged(b"", b"503 Slow Down")),
        capture(
            answer(b"[]"), url="https://web.archive.org/cdx/search/cdx?url=press.test", via=Via.WAYBACK, hints=index
        ),
        wayback(of_then(answer(b"<rss/>"), url="https://press.test/feed"), hints=Hints(role=Role.SEED)),
    ]


@contextmanager
def filled(folder: Path) -> Iterator[Archive]:
    """The store, below a folder."""
    with open_archive(load_settings(store=str(folder / "store")), create=True) as archive:
        spool = Spool.open(folder / "spool", "press", "w", NOW, {"software": "tests"})
        known = Known()
        for each in exchanges():
            spool.append(each, known)
        spool.seal(archive.storage)
        extract(archive, {"press": OUTLET}, a_reader)
        archive.index()
        yield archive
