"""Captures of seeds read into polls: what they list and account for; pages that never came; the lister's digest."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date

import pytest

from archive import warc
from archive.cdx import Known
from archive.listings import Asked, Content, Poll
from archive.records import Capture, Hints, RecordType, Reference, Role, Truncation, Via
from crawler.outlet import StoryPatterns
from crawler.polls import Lister, read_polls
from crawler.polls.lister import ROOMS
from crawler.polls.reading import read_capture
from tests import tiny
from tests.captures import capture
from tests.rooms import paths, reached

LISTER = Lister.of(tiny.outlet(timezone="Asia/Damascus"))
AT = "2017-01-24T12:00:00Z"
SPAN = ("2017-01-24T08:00:00+00:00", "2017-01-24T12:00:00+00:00")
INDEX = "https://archive.example/cdx/search/cdx?url=a.example&from=20170101000000&to=20171231235959"


def feed(*items: tuple[str, str, str]) -> bytes:
    """An RSS feed of items (link, title, date)."""
    said = "".join(f"<item><link>{u}</link><title>{t}</title><pubDate>{d}</pubDate></item>" for u, t, d in items)
    return f"<rss><channel>{said}</channel></rss>".encode()


THREE = feed(
    ("https://a.example/2/x", "جولة", "Tue, 24 Jan 2017 13:00:00 +0200"),
    ("https://a.example/1/y", "هدنة", "Tue, 24 Jan 2017 09:59:59 +0200"),
    ("https://a.example/about", "من نحن", ""),
    ("https://b.example/9", "غيرها", ""),
)


def seed(body: bytes, kind: str = "feed", url: str = "https://a.example/feed", **changes: object) -> Capture:
    status: object = changes.pop("status", b"200 OK")
    headers: object = changes.pop("headers", (b"Content-Type: application/xml",))
    assert isinstance(status, bytes) and isinstance(headers, tuple)
    response = b"\r\n".join((b"HTTP/1.1 " + status, *headers, b"", body))
    hints = changes.pop("hints", Hints(role=Role.SEED, seed=url, seed_kind=kind, run="r"))
    return capture(response, url=url, date=AT, outlet="a", hints=hints, **changes)


def polled(given: Capture, lister: Lister = LISTER) -> Poll:
    found = read_capture(given, lister)
    assert isinstance(found, Poll)
    return found


def test_a_feed_lists_stories_with_their_days_and_counts_what_is_none() -> None:
    found = polled(seed(THREE))
    assert [(each.title, each.days) for each in found.items] == [
        ("جولة", (date(2017, 1, 24), date(2017, 1, 24))),
        ("هدنة", (date(2017, 1, 24), date(2017, 1, 24))),
    ]
    assert dict(found.others) == {"foreign-host": 1, "not-a-story": 1}
    assert found.covers is not None and (found.covers[0].isoformat(), found.covers[1].isoformat()) == SPAN
    assert (found.content, found.whole, found.run, found.series) == (Content.LISTED, True, "r", found.url)


def test_a_day_is_the_outlets_own() -> None:
    late = feed(("https://a.example/1/x", "ليلا", "Mon, 23 Jan 2017 22:30:00 +0000"))
    assert polled(seed(late)).items[0].days == (date(2017, 1, 24), date(2017, 1, 24))


def test_twins_of_one_story_are_one_item_with_the_words_of_either() -> None:
    twins = feed(("https://a.example/1/x/amp", "", ""), ("https://a.example/1/x", "عنوان", ""))
    (item,) = polled(seed(twins)).items
    assert (item.url, item.title) == ("https://a.example/1/x/amp", "عنوان")


def test_words_that_no_database_takes_are_replaced() -> None:
    post = {"link": "https://a.example/1", "title": {"rendered": "a\u0000b\ud800"}, "date": "2017-01-24T10:00:00"}
    (item,) = polled(seed(json.dumps([post]).encode(), "rest", "https://a.example/posts")).items
    assert item.title == "a\ufffdb\ufffd"


def test_the_last_page_of_a_counted_listing_says_so() -> None:
    post = {"link": "https://a.example/1", "title": {"rendered": "x"}, "date": "2017-01-24T10:00:00"}
    url = "https://a.example/posts?after=2017-01-22T23:59:59&page=2"
    headers = (b"Content-Type: application/json", b"X-WP-TotalPages: 2")
    found = polled(seed(json.dumps([post]).encode(), "rest", url, headers=headers))
    assert (found.page, found.last, found.since) == (2, True, date(2017, 1, 23))
    assert found.covers is not None and found.covers[0].isoformat() == "2017-01-22T22:00:00+00:00"
    assert not polled(seed(b"[{}]", "rest", url.replace("page=2", "page=1"), headers=headers)).last


@pytest.mark.parametrize(("total", "last"), [(b"9" * 5_000, False), (b"0" * 5_000 + b"2", True), (b"0" * 5_000, True)])
def test_a_count_of_pages_in_thousands_of_figures_stops_nothing(total: bytes, last: bool) -> None:
    headers = (b"Content-Type: application/json", b"X-WP-TotalPages: " + total)
    assert polled(seed(b"[]", "rest", "https://a.example/posts?page=2", headers=headers)).last is last


REFUSED: dict[str, tuple[Capture, Content, str | None]] = {
    "no answer": (replace(seed(b""), response=b"", error="refused"), Content.FAILED, "refused"),
    "a server that is busy": (seed(b"", status=b"503 Busy"), Content.FAILED, "answered 503"),
    "a redirect": (seed(b"", status=b"302 Found"), Content.MOVED, None),
    "not modified": (seed(b"", status=b"304 Not Modified"), Content.UNCHANGED, None),
    "nothing at all": (seed(b""), Content.FAILED, "empty"),
    "words that are no feed": (seed(b"<p>\xd8\xa7</p>"), Content.FAILED, "neither feed nor sitemap"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_answer_that_lists_nothing_says_what_it_was(name: str) -> None:
    given, content, problem = REFUSED[name]
    found = polled(given)
    assert (found.content, found.items, found.covers) == (content, (), None)
    assert (found.problem or "").startswith(problem or "") and bool(found.problem) == bool(problem)


def test_a_listing_that_was_cut_off_lists_what_came_and_accounts_for_nothing() -> None:
    found = polled(seed(THREE, truncated=Truncation.LENGTH))
    assert len(found.items) == 2
    assert (found.covers, found.whole, found.problem) == (None, False, "length")


def test_a_page_past_the_end_of_a_section_is_its_end() -> None:
    hints = Hints(role=Role.SEED, seed="https://a.example/news/{page}", seed_kind="section")
    gone = seed(b"", url="https://a.example/news/4", hints=hints, status=b"404 Gone")
    assert (polled(gone).content, polled(gone).last, polled(gone).page) == (Content.PAST_THE_END, True, 4)
    first = polled(replace(gone, url="https://a.example/news/1"))
    assert (first.content, first.problem) == (Content.FAILED, "answered 404")


def test_a_revisit_names_the_record_it_stands_for() -> None:
    refers = Reference(record="urn:uuid:1", url="https://a.example/feed", date=AT)
    found = polled(replace(seed(b""), type=RecordType.REVISIT, refers_to=refers))
    assert (found.content, found.of) == (Content.UNCHANGED, "urn:uuid:1")


def test_a_seed_of_no_kind_is_a_poll_that_failed() -> None:
    found = polled(replace(seed(THREE), hints=Hints(role=Role.SEED)))
    assert (found.kind, found.content) == ("unknown", Content.FAILED)


# ---- web archives --------------------------------------------------------------------------------------------------


def archived(response: bytes, hints: Hints, url: str) -> Capture:
    return capture(response, url=url, date="2026-11-22T10:00:00Z", outlet="a", hints=hints, via=Via.WAYBACK)


def test_an_archives_index_lists_the_stories_it_holds_with_their_first_good_capture() -> None:
    rows = [
        ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"],
        ["k", "20170301000000", "http://a.example:80/1/x", "text/html", "200", "A", "9"],
        ["k", "20170201000000", "http://www.a.example/1/x", "text/html", "404", "B", "9"],
        ["k", "20170202000000", "http://a.example/1/x?utm_source=y", "warc/revisit", "-", "A", "9"],
        ["k", "20170203000000", "http://a.example/feed", "application/xml", "200", "C", "9"],
    ]
    hints = Hints(role=Role.SEED, seed="https://archive.example/cdx/search/cdx", seed_kind="wayback")
    response = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + json.dumps(rows).encode()
    found = polled(archived(response, hints, INDEX))
    (item,) = found.items
    assert (item.archived, item.url) == ("2017-02-02T00:00:00Z", "http://a.example/1/x?utm_source=y")
    assert dict(found.others) == {"http-status": 1, "not-a-story": 1}
    assert (found.kind, found.covers, found.since, found.until) == ("wayback", None, date(2017, 1, 1), date(2018, 1, 1))


def test_an_archived_copy_of_a_feed_is_a_poll_of_its_own_time() -> None:
    url = "https://archive.example/web/20170124100000id_/https://a.example/feed"
    hints = Hints(
        role=Role.SEED,
        seed="https://a.example/feed",
        seed_kind="feed",
        memento="https://a.example/feed",
        memento_time="20170124100000",
    )
    head = b"HTTP/1.1 200 OK\r\nMemento-Datetime: Tue, 24 Jan 2017 12:00:00 GMT\r\nContent-Type: text/xml\r\n\r\n"
    found = polled(archived(head + THREE, hints, url))
    assert (found.url, found.at, found.via) == ("https://a.example/feed", AT, Via.WAYBACK)
    assert found.covers is not None and found.covers[1].isoformat() == SPAN[1]
    assert len(found.items) == 2
    missing = polled(archived(b"HTTP/1.1 404 Not Found\r\n\r\n", hints, url))
    assert (missing.content, missing.at) == (Content.FAILED, "2017-01-24T10:00:00Z")


# ---- pages that never came -----------------------------------------------------------------------------------------


def page(response: bytes, url: str = "https://a.example/1/x", **changes: object) -> Asked | Poll | None:
    hints = Hints(role=Role.PAGE)
    return read_capture(capture(response, url=url, date=AT, outlet="a", hints=hints, **changes), LISTER)


def test_a_page_that_gave_no_answer_or_a_redirect_was_asked_for() -> None:
    none = page(b"", error="refused")
    assert isinstance(none, Asked) and (none.moved, none.said, none.to) == (False, "refused", None)
    moved = page(b"HTTP/1.1 301 Moved\r\nLocation: /2/y\r\n\r\n")
    assert isinstance(moved, Asked)
    assert moved.moved and moved.to == LISTER.outlet.story_id("https://a.example/2/y")
    home = page(b"HTTP/1.1 302 Found\r\nLocation: https://a.example/\r\n\r\n")
    assert isinstance(home, Asked) and (home.moved, home.to) == (True, None)


def test_a_page_that_was_answered_stands_on_the_text_shelf_alone() -> None:
    assert page(b"HTTP/1.1 404 Not Found\r\n\r\n") is None
    assert page(b"HTTP/1.1 200 OK\r\n\r\n<p>") is None
    assert page(b"", url="https://a.example/about", error="refused") is None


# ---- whole files ---------------------------------------------------------------------------------------------------


def test_a_warc_is_read_capture_by_capture() -> None:
    known, data = Known(), b""
    for each in (seed(THREE), capture(outlet="a"), seed(b"", status=b"503 Busy")):
        data += b"".join(warc.compose(each, known).members)
    assert [type(each).__name__ for each in read_polls(io.BytesIO(data), "a/1.warc.gz", LISTER)] == ["Poll", "Poll"]


def test_what_tells_a_story_changes_the_listers_digest_and_how_a_page_looks_does_not() -> None:
    assert Lister.of(tiny.outlet(timezone="Asia/Damascus")).digest == LISTER.digest
    assert Lister.of(tiny.outlet(timezone="UTC")).digest != LISTER.digest
    assert Lister.of(tiny.outlet(timezone="Asia/Damascus", story=StoryPatterns())).digest != LISTER.digest
    assert Lister.of(tiny.outlet(timezone="Asia/Damascus", closed=date(2020, 1, 1))).digest == LISTER.digest


# Nouns, loading and doors that hold no judgement on a listing; the outlet brings a digest of its own.
NOT_LISTING = {
    "archive": {"records", "terms", "errors", "digest", "storage", "fixity", "texts", "scratch", "takedowns"},
    "crawler": {"errors", "facts", "outlet", "outlet_file"},
}
# Imported by rooms that read pages, or ask, as well; no listing passes through these.
OTHERS_ALONE = {
    "crawler/archives/walks.py",
    "crawler/archives/wayback.py",
    "crawler/dating/layout.py",
    "crawler/dating/visible.py",
    "crawler/page/blocks.py",
    "crawler/page/captions.py",
    "crawler/page/furniture.py",
    "crawler/page/structured.py",
    "crawler/page/titles.py",
    "crawler/page/leads.py",
}


def test_every_room_that_reads_a_listing_is_part_of_the_digest() -> None:
    seen = reached("crawler/polls/reading.py", paths(NOT_LISTING, ".py") | OTHERS_ALONE)
    assert len(seen) > 15
    assert seen - paths(ROOMS) == {"crawler/polls/lister.py", "crawler/sources.py"}
