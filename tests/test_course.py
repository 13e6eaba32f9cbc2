"""Orders at a web archive, over loopback and in a time of their own: what is asked for, what is kept, what is left."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from archive.records import Role, Via
from crawler.archives.wayback import Asked, Captures
from crawler.newsroom.answers import Ask
from crawler.newsroom.archives import STORM, Archived, Holding, Trouble
from crawler.orders import Copies
from crawler.visit.turnstile import PATIENCE
from tests.archived import HOST, Reading, archived, day, page
from tests.sites import ARTICLE, Answer, Reply, served

ALL_DAYS: dict[str, Any] = {"seen_since": day("2017-01-01"), "seen_until": day("2019-01-01")}
FEED = (
    f"<rss><channel><item><title>أستانا اليوم</title><link>http://{HOST}/news/1</link></item>"
    f"<item><title>خبر ضائع</title><link>http://{HOST}/news/99</link></item></channel></rss>"
)
HELD = (
    page(1, "20170124080000"),
    page(1, "20170124090000", host=f"www.{HOST}:80"),
    page(1, "20180124080000", words="معدل"),
    page(2, "20170201000000", status=404),
    page(2, "20170301000000"),
    page(3, "20170301000000", status=301, headers=(("Location", f"http://{HOST}/"), ("Content-Type", "text/html"))),
    page(7, "20200101000000"),
    Archived(
        url=f"http://{HOST}/feed",
        time="20170125000000",
        headers=(("Content-Type", "application/rss+xml"),),
        body=FEED.encode(),
    ),
)


def busiest(log: Sequence[Ask], seconds: float) -> int:
    """The most requests that came within so many seconds."""
    moments = [ask.time.timestamp() for ask in log]
    return max(sum(begin <= moment < begin + seconds for moment in moments) for begin in moments)


def paths(reading: Reading) -> list[str]:
    return [ask.target.partition("?")[0] for ask in reading.archives.log]


def test_the_index_the_outlets_own_listings_and_the_first_good_copy_of_each_story_are_asked_for(tmp_path: Path) -> None:
    with archived(tmp_path, Holding(wayback=HELD)) as (reading, _):
        report = reading.read(**ALL_DAYS)
        asked = paths(reading)
    assert report.finished, report.ended
    assert asked == [
        "/cdx/search/cdx",
        f"/web/20170125000000id_/http://{HOST}/feed",
        f"/web/20170124080000id_/http://{HOST}/news/1",
        f"/web/20170301000000id_/http://{HOST}/news/2",
    ]
    assert report.captures == {"page": 2, "seed": 2}
    assert report.refused == {"no-memento": 1}
    assert report.candidates["listed"] == report.candidates["admitted"] + report.candidates["refused"] == 3
    kept = {capture.url: capture for capture in reading.captures()}
    first = kept[f"{reading.archives.wayback}{asked[2]}"]
    assert (first.via, first.hints.role, first.hints.delay) == (Via.WAYBACK, Role.PAGE, 1.0)
    assert (first.hints.memento, first.hints.memento_time) == (f"http://{HOST}/news/1", "20170124080000")
    assert (first.hints.title, first.hints.seed) == ("أستانا اليوم", f"http://{HOST}/feed")
    index = next(capture for url, capture in kept.items() if "/cdx/" in url)
    assert (index.hints.role, index.hints.seed_kind, index.via) == (Role.SEED, "wayback", Via.WAYBACK)
    assert [(memento.url, memento.date) for memento in reading.mementos()] == [
        (f"http://{HOST}/news/1", "2017-01-24T08:00:00Z"),
        (f"http://{HOST}/news/2", "2017-03-01T00:00:00Z"),
    ]


@pytest.mark.long
def test_nothing_that_is_held_is_asked_for_again_neither_pages_nor_a_fresh_answer_of_an_index(tmp_path: Path) -> None:
    others = tuple(page(number, f"201705{number:02}120000") for number in (1, 2))
    with archived(tmp_path, Holding(wayback=HELD, commoncrawl=others)) as (reading, _):
        for via in (Via.WAYBACK, Via.COMMONCRAWL):
            assert reading.read(via, **ALL_DAYS).finished
        before = len(reading.archives.log)
        again = [reading.read(via, run="r2", **ALL_DAYS) for via in (Via.WAYBACK, Via.COMMONCRAWL)]
        assert len(reading.archives.log) == before
    assert all(report.finished and not report.captures for report in again)
    assert again[0].refused == {"already-held": 2, "no-memento": 1}


@pytest.mark.long
def test_each_copy_that_differs_is_fetched_when_changes_are_asked_for(tmp_path: Path) -> None:
    with archived(tmp_path, Holding(wayback=HELD)) as (reading, _):
        reading.read(**ALL_DAYS)
        report = reading.read(run="r2", copies=Copies.CHANGED, **ALL_DAYS)
    assert report.answers == {"200": 1}
    assert [memento.date for memento in reading.mementos() if memento.url.endswith("/1")] == [
        "2017-01-24T08:00:00Z",
        "2018-01-24T08:00:00Z",
    ]


@pytest.mark.long
def test_another_copy_is_fetched_in_the_place_of_one_that_says_that_the_page_is_gone(tmp_path: Path) -> None:
    words = "<h1>الصفحة غير موجودة</h1><p>عذرا، الصفحة غير موجودة</p>"
    gone = f"<html><head><title>الصفحة غير موجودة</title></head><body>{words}</body></html>"
    held = (
        Archived(url=f"http://{HOST}/news/1", time="20170101000000", body=gone.encode()),
        page(1, "20170124080000"),
        Archived(url=f"http://{HOST}/news/2", time="20170101000000", body=gone.encode()),
    )
    with archived(tmp_path, Holding(wayback=held)) as (reading, _):
        report = reading.read(**ALL_DAYS)
    assert report.answers == {"200": 1}
    assert report.refused == {"no-memento": 1}
    assert [error.error.partition(":")[0] for error in report.errors] == ["soft-404"]
    assert [memento.date[:10] for memento in reading.mementos()] == ["2017-01-01", "2017-01-01", "2017-01-24"]


def played(url: str, when: str) -> Reply:
    """What an archive plays of a story's page."""
    link = f'<{url}>; rel="original"'
    return Reply(body=ARTICLE.format(title="أستانا"), headers={"Memento-Datetime": when, "Link": link})


@pytest.mark.long
def test_a_redirect_is_followed_inside_the_archive_only_and_judged_by_what_it_ends_at(tmp_path: Path) -> None:
    stories = [f"http://{HOST}/news/{number}" for number in (1, 2, 3)]
    near, far, other = (f"/web/20170301080000id_/{url}" for url in (*stories[:2], f"http://{HOST}/news/8"))
    asked = [f"/web/20170124080000id_/{url}" for url in stories]
    pages: dict[str, Answer] = {
        asked[0]: Reply(status=302, headers={"Location": near}),
        near: played(stories[0], "Wed, 01 Mar 2017 08:00:00 GMT"),
        asked[1]: Reply(status=302, headers={"Location": stories[1]}),
        far: played(stories[1], "Wed, 01 Mar 2017 08:00:00 GMT"),
        asked[2]: Reply(status=302, headers={"Location": other}),
        other: played(f"http://{HOST}/news/8", "Wed, 01 Mar 2017 08:00:00 GMT"),
    }
    names = ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]
    rows = [names, *(["k", "20170124080000", url, "text/html", "200", f"D{url}", "9"] for url in stories)]
    with (
        served(pages) as site,
        archived(tmp_path, Holding(), given={"wayback_url": f"http://{site.host}"}) as (reading, _),
    ):
        span = Asked(url=HOST, since=ALL_DAYS["seen_since"], until=ALL_DAYS["seen_until"])
        index = Captures(base=f"http://{site.host}", asked=span).first().address
        pages[index.removeprefix(f"http://{site.host}")] = Reply(body=json.dumps(rows), kind="application/json")
        site.pages.update(pages)
        report = reading.read(**ALL_DAYS)
    assert site.paths()[1:] == [asked[0], asked[1], asked[2], near, other]
    assert report.answers == {"200": 1}
    assert [(one.url, one.date) for one in reading.mementos()] == [(stories[0], "2017-03-01T08:00:00Z")]
    assert {error.url.rpartition("/")[2]: error.error for error in report.errors} == {
        "2": f"moved to {stories[1]}: foreign-host",
        "3": f"plays http://{HOST}/news/8",
    }


@pytest.mark.long
def test_common_crawls_record_is_the_body_of_a_ranged_answer_and_no_more_is_read(tmp_path: Path) -> None:
    with archived(tmp_path, Holding(commoncrawl=HELD, crawls=("CC-MAIN-2018-05",))) as (reading, _):
        report = reading.read(Via.COMMONCRAWL, **ALL_DAYS)
        data = [ask for ask in reading.archives.log if ask.outlet == "commoncrawl-data"]
    assert report.finished and report.captures["page"] == 2, report.ended
    assert all(ask.header("Range").startswith("bytes=") for ask in data)
    assert all(ask.header("Accept-Encoding") == "identity" for ask in data)
    assert {memento.url for memento in reading.mementos()} == {f"http://{HOST}/news/1", f"http://{HOST}/news/2"}


@pytest.mark.long
def test_in_a_storm_the_same_stories_come_within_the_archives_own_pace(tmp_path: Path) -> None:
    many = tuple(page(number, f"201703{number:02}120000") for number in range(1, 29))
    others = tuple(page(number, f"201705{number:02}120000") for number in range(1, 29))
    with archived(tmp_path, Holding(wayback=many, commoncrawl=others, most=5), STORM) as (reading, _):
        for via in (Via.WAYBACK, Via.COMMONCRAWL):
            reading.read(via, copies=Copies.CHANGED, **ALL_DAYS)
        log, found = reading.archives.log, reading.mementos()
        shown = {name: set(troubles.shown) for name, troubles in reading.archives.troubles.items()}
    for via in (Via.WAYBACK, Via.COMMONCRAWL):
        got = {one.url for one in found if one.via is via}
        assert got == {one.url for one in many}, via
    assert shown["wayback"] >= {Trouble.TOO_MANY, Trouble.UNAVAILABLE, Trouble.TRUNCATED, Trouble.EMPTY, Trouble.HTML}
    assert busiest([ask for ask in log if ask.path == "/cdx/search/cdx"], seconds=60) <= 24
    assert busiest(log, seconds=1) <= 3, "one a second of each host's pages"


@pytest.mark.long
def test_a_host_that_shuts_its_door_is_left_alone_by_the_next_order_too(tmp_path: Path) -> None:
    with archived(tmp_path, Holding(wayback=HELD)) as (reading, _):
        settings = reading.settings
        reading.archives.stop()
        first = reading.read(**ALL_DAYS)
        second = reading.read(run="r2", **ALL_DAYS)
    host = settings.wayback_url.removeprefix("http://")
    words = f"{host} refused the connection; it is asked again after 2026-11-01T01:00:00Z"
    assert not first.finished and not second.finished
    assert second.ended == f"midad, wayback: {words}"
    assert (second.captures, second.errors) == ({}, ())
    assert first.captures == {"failed": 1}, "it is asked once"
    assert PATIENCE < 3600


@pytest.mark.long
@pytest.mark.parametrize("closed", ["", "closed: 2016-01-01\n"])
def test_the_outlets_own_host_is_never_asked_and_a_closed_outlet_is_read_all_the_same(
    tmp_path: Path, closed: str
) -> None:
    with archived(tmp_path, Holding(wayback=HELD), more=closed) as (reading, _):
        assert reading.read(**ALL_DAYS).captures == {"page": 2, "seed": 2}
        assert {capture.via for capture in reading.captures()} == {Via.WAYBACK}
        assert all(capture.url.startswith(reading.archives.wayback) for capture in reading.captures())


@pytest.mark.long
def test_a_public_name_behind_which_a_private_address_stands_is_not_connected_to(tmp_path: Path) -> None:
    with archived(tmp_path, Holding(wayback=HELD), given={"wayback_url": "https://web.archive.org"}) as (reading, _):
        port = reading.archives.wayback.rpartition(":")[2]
        assert not reading.read(**ALL_DAYS).finished
        assert reading.archives.log == ()
        named = Reading(
            folder=tmp_path,
            archives=reading.archives,
            given={
                "wayback_url": "http://web.archive.example",
                "resolve": {"web.archive.example:80": f"127.0.0.1:{port}"},
            },
        )
        assert named.read(run="r2", **ALL_DAYS).captures["page"] == 2
