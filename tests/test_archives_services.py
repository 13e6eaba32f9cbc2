"""What is asked of web archives, at which pace, and what their answers are worth; nothing is fetched."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from datetime import date

import pytest

from archive.errors import SettingsError
from archive.records import Capture, Hints, Reason, Rejection, Truncation, Via, Window
from archive.settings import load_settings
from crawler.archives.indexes import Indexes
from crawler.archives.judging import Worth, judge
from crawler.archives.services import Service, service
from crawler.archives.walks import TRIES
from crawler.outlet import Epoch
from tests import tiny
from tests.captures import TEXT, answer, capture

WAYBACK = "https://web.archive.org"
STORY = "http://a.example/1"


def asked(via: Via, **given: object) -> Service:
    found = service(via, load_settings(**given))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("via", "address", "lane"),
    [
        (Via.WAYBACK, f"{WAYBACK}/cdx/search/cdx?url=a.example", "index"),
        (Via.WAYBACK, f"{WAYBACK}/web/20170101000000id_/{STORY}?x=1", "page"),
        (Via.WAYBACK, f"{WAYBACK}/web/20170101000000/{STORY}", None),
        (Via.WAYBACK, f"{WAYBACK}/web/2017id_/{STORY}", None),
        (Via.WAYBACK, f"{WAYBACK}/save/{STORY}", None),
        (Via.WAYBACK, "https://web.archive.org.evil.example/cdx/search/cdx?url=a", None),
        (Via.WAYBACK, STORY, None),
        (Via.COMMONCRAWL, "https://index.commoncrawl.org/collinfo.json", "index"),
        (Via.COMMONCRAWL, "https://index.commoncrawl.org/CC-MAIN-2017-04-index?url=a.example", "index"),
        (Via.COMMONCRAWL, "https://data.commoncrawl.org/crawl-data/CC-MAIN-2017-04/x.warc.gz", "page"),
        (Via.COMMONCRAWL, "https://data.commoncrawl.org/cc-index/collections/x", None),
    ],
)
def test_only_the_addresses_meant_for_programs_are_asked(via: Via, address: str, lane: str | None) -> None:
    found = asked(via).lane(address)
    assert (found.name if found else None) == lane


def test_a_collection_of_a_pywb_is_asked_under_its_own_path() -> None:
    own = asked(Via.WAYBACK, wayback_url="http://127.0.0.1:8080/coll/")
    assert own.lane("http://127.0.0.1:8080/coll/cdx?url=a.example") is not None
    assert own.lane(f"http://127.0.0.1:8080/coll/20170101000000id_/{STORY}") is not None
    assert own.lane("http://127.0.0.1:8080/other/cdx?url=a.example") is None


def test_the_documented_rate_is_kept_and_only_an_address_of_ones_own_may_be_private() -> None:
    public = asked(Via.WAYBACK)
    assert 60 / public.lanes[0].interval < 24
    assert not public.may_be_private
    assert asked(Via.WAYBACK, wayback_url="http://10.0.0.1").may_be_private
    half = asked(Via.COMMONCRAWL, commoncrawl_data_url="http://127.0.0.1:9")
    assert [lane.public for lane in half.lanes] == [True, False]
    assert service(Via.LIVE, load_settings()) is None


@pytest.mark.parametrize("wrong", ["web.archive.org", "ftp://a", "https://", "https://u:p@a.example", "https://a/?q=1"])
def test_a_base_address_that_is_none_is_one_clear_line(wrong: str) -> None:
    with pytest.raises(SettingsError, match="ASTANA_WAYBACK_URL"):
        load_settings(wayback_url=wrong)


def replayed(status: int, *headers: bytes, body: bytes = TEXT, **changes: object) -> Capture:
    head = b"HTTP/1.1 %d X\r\nContent-Type: text/html\r\n" % status + b"".join(each + b"\r\n" for each in headers)
    made = capture(head + b"\r\n" + body)
    hints = Hints(memento=STORY, memento_time="20170101000000")
    return replace(made, url=f"{WAYBACK}/web/20170101000000id_/{STORY}", via=Via.WAYBACK, hints=hints, **changes)  # type: ignore[arg-type]


WHEN = b"Memento-Datetime: Sun, 01 Jan 2017 00:00:00 GMT"


@pytest.mark.parametrize(
    ("exchange", "worth", "status"),
    [
        (replayed(200, WHEN), Worth.GOOD, 200),
        (replayed(200, WHEN, truncated=Truncation.DISCONNECT), Worth.AGAIN, 200),
        (replayed(404, WHEN), Worth.NONE, 404),
        (replayed(503, WHEN), Worth.NONE, 503),
        (replayed(503), Worth.AGAIN, 503),
        (replayed(429), Worth.AGAIN, 429),
        (replayed(404), Worth.NONE, 404),
        (replayed(200), Worth.AGAIN, 200),
        (replayed(200, body=b""), Worth.AGAIN, 200),
        (replayed(200, WHEN, b'Link: <http://a.example/2>; rel="original"'), Worth.NONE, 200),
    ],
)
def test_an_answer_is_a_memento_or_nothing_or_worth_another_try(exchange: Capture, worth: Worth, status: int) -> None:
    verdict = judge(exchange)
    assert (verdict.worth, verdict.status) == (worth, status), verdict.said
    assert (verdict.memento is not None) == (worth is Worth.GOOD)


def test_a_page_that_is_none_of_its_story_is_no_copy_of_it() -> None:
    verdict = judge(replayed(200, WHEN), lambda memento: Rejection(reason=Reason.SOFT_404, detail=memento.url))
    assert (verdict.worth, verdict.said) == (Worth.NONE, f"soft-404: {STORY}")


@pytest.mark.parametrize(
    ("response", "worth"),
    [
        (answer(gzip.compress(b"WARC/1.0\r\n\r\n", mtime=0), status=b"206 Partial Content"), Worth.AGAIN),
        (answer(TEXT), Worth.AGAIN),
        (answer(b"<Error><Code>SlowDown</Code></Error>", status=b"503 Slow Down"), Worth.AGAIN),
        (answer(b"", status=b"416 Range Not Satisfiable"), Worth.NONE),
    ],
    ids=["a member cut short", "a page", "slow down", "no such range"],
)
def test_what_is_no_record_of_common_crawls_is_no_copy(response: bytes, worth: Worth) -> None:
    assert judge(replace(capture(response), via=Via.COMMONCRAWL)).worth is worth


def indexes(via: Via, held: dict[str, bytes] | None = None, **changes: object) -> Indexes:
    window = Window(since=date(2017, 1, 1), until=date(2017, 2, 1))
    return Indexes(asked(via), tiny.outlet(**changes), window, lambda url: (held or {}).get(url, b""))


NAMES = ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]


def test_each_host_that_the_outlet_had_is_asked_for_once_under_whatever_names() -> None:
    epochs = (Epoch(hosts=("old.example", "www.a.example", "a.example:80")),)
    walked = indexes(Via.WAYBACK, hosts=("a.example",), epochs=epochs)
    seen = []
    while (address := walked.next()[0]) is not None:
        seen.append(address)
        walked.answered(b"[]")
    hosts = [address.partition("url=")[2].partition("&")[0] for address in seen]
    assert sorted(set(hosts)) == ["a.example", "old.example"]
    assert len(hosts) == 4, "each empty answer is confirmed once"
    assert [told.problem for told in walked.told()] == [None, None]


def test_an_answer_that_the_shelf_holds_is_not_asked_for_unless_it_says_nothing() -> None:
    first = indexes(Via.WAYBACK).next()[0]
    assert first is not None and "from=20170101000000&to=20170131235959" in first
    row = ["k", "20170101000000", STORY, "text/html", "200", "D", "1"]
    held = json.dumps([NAMES, row]).encode()
    address, rows = indexes(Via.WAYBACK, {first: held}).next()
    assert (address, [found.url for found in rows]) == (None, [STORY])
    for useless in (b"[]", b"", held[:-3], b"<html>sorry</html>"):
        assert indexes(Via.WAYBACK, {first: useless}).next() == (first, ())


def test_common_crawls_list_of_indexes_is_asked_first_and_says_which_are_asked() -> None:
    walked = indexes(Via.COMMONCRAWL)
    address, _ = walked.next()
    assert address == "https://index.commoncrawl.org/collinfo.json"
    walked.answered(b"{torn")
    assert walked.next()[0] == address
    walked.answered(json.dumps([{"id": "CC-MAIN-2017-04"}, {"id": "CC-MAIN-2014-10"}]).encode())
    following = walked.next()[0] or ""
    assert following.startswith("https://index.commoncrawl.org/CC-MAIN-2017-04-index?url=a.example")
    walked.answered(b'{"pages": 0}')
    assert walked.next()[0] is None


def test_a_list_of_indexes_that_never_comes_is_a_problem_and_no_endless_asking() -> None:
    walked = indexes(Via.COMMONCRAWL)
    for _ in range(TRIES):
        assert walked.next()[0] is not None
        walked.failed("gave no answer")
    assert walked.next()[0] is None
    assert [told.problem for told in walked.told()] == ["gave no answer"]
