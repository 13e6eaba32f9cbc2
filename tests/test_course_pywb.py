"""A pywb with WARCs of our own is a web archive too, though it answers in another dialect and knows no pages."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from archive import mementos, replay, warc
from archive.holdings import open_archive
from archive.records import Capture, Via
from archive.settings import load_settings
from archive.storage import open_storage
from crawler.archives.wayback import LIMIT
from crawler.crawl import crawl
from crawler.orders import CrawlOrder
from tests.archived import FILE, HOST, NOW, day, hurried
from tests.captures import answer, capture
from tests.playing import playing
from tests.shelving import shelved
from tests.sites import ARTICLE

pytestmark = pytest.mark.long

STORIES = LIMIT + 40  # more than one answer of the index is asked for
FETCHED = 30


def made(number: int) -> Capture:
    body = ARTICLE.format(title=f"أستانا {number}").encode()
    return replace(
        capture(answer(body, b"Content-Length: %d" % len(body))),
        url=f"http://{HOST}/news/{number}",
        date=f"2017-03-{number % 28 + 1:02}T10:20:30Z",
    )


def stock(folder: Path) -> Path:
    """A store of WARCs made by hand, with what pywb needs to play them."""
    with open_archive(load_settings(store=str(folder / "played"), contact="tests"), create=True) as archive:
        redirect = (
            b"HTTP/1.1 301 Moved Permanently\r\nLocation: http://%b/\r\nContent-Length: 0\r\n\r\n" % HOST.encode()
        )
        moved = replace(capture(redirect), url=f"http://{HOST}/news/900001", date="2017-03-01T00:00:00Z")
        again = replace(made(1), date="2018-03-02T10:20:30Z", record=warc.mint_record())
        shelved(archive, "midad-1", *map(made, range(1, STORIES + 1)), moved, again)
        replay.build(archive)
    return folder / "played" / "replay"


def test_stories_are_read_from_a_pywb_that_ignores_paging_and_resume_keys(tmp_path: Path) -> None:
    outlets = tmp_path / "outlets"
    outlets.mkdir()
    (outlets / "midad.yml").write_text(FILE.format(host=HOST, more="closed: 2019-01-01\n"), encoding="utf-8")
    with playing(stock(tmp_path), tmp_path / "log") as pywb, hurried(tmp_path):
        settings = load_settings(
            store=str(tmp_path / "store"),
            outlets=outlets,
            contact="tests",
            wayback_url=f"http://127.0.0.1:{pywb.port}/{pywb.collection}",
        )
        order = CrawlOrder(
            run="r1", outlet="midad", now=NOW, via=Via.WAYBACK, sample=1.0, limit=FETCHED, seen_since=day("2017-01-01")
        )
        report = asyncio.run(crawl(order, settings))
        again = asyncio.run(crawl(replace(order, run="r2"), settings))
    assert report.finished, report.ended
    assert [(seed.kind, seed.candidates, seed.problem) for seed in report.seeds] == [
        ("wayback", LIMIT + STORIES + 2, None)
    ]
    assert report.answers == {"200": FETCHED}
    assert report.refused == {"no-memento": 1, "over-limit": STORIES - FETCHED}
    assert again.refused["already-held"] == FETCHED and again.answers == {"200": FETCHED}
    assert "seed" not in again.captures, "what the index said is still fresh"
    kept = brought(tmp_path / "store")
    assert len({one.url for one in kept}) == 2 * FETCHED
    assert all(one.url.startswith(f"http://{HOST}/news/") and one.date.startswith("2017-03-") for one in kept)
    assert all("أستانا".encode() in one.response for one in kept)


def brought(store: Path) -> list[Capture]:
    storage = open_storage(str(store))
    found = [
        mementos.unwrap(one)
        for key in storage.list("warc/midad/")
        for one in warc.read(storage.open(key), key.removeprefix("warc/"), "midad")
        if isinstance(one, Capture) and one.hints.role == "page"
    ]
    return [one for one in found if isinstance(one, Capture)]
