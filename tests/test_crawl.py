"""The crawl, over loopback: what is asked for, what is kept, what is refused, and what ends it."""

from __future__ import annotations

import asyncio
import json
from datetime import date
from pathlib import Path

import pytest

from archive.errors import StorageError, UsageError
from archive.records import RecordType, Role
from archive.settings import load_settings
from crawler.crawl import crawl
from crawler.orders import CrawlOrder
from tests.desk import NOW, Desk, news
from tests.sites import Reply, article, feed, served

pytestmark = pytest.mark.slow  # each test crawls

MON_23 = "Mon, 23 Jan 2017 09:30:00 +0200"


def test_robots_seed_pages_and_hops_are_captured_with_their_hints(tmp_path: Path) -> None:
    pages = {
        "/feed": feed(f"/news/1 {MON_23}", "/news/2", "/about", "https://b.example/news/1"),
        "/news/2": Reply(status=301, headers={"Location": "/news/2/slug"}),
        "/news/2/slug": article(2),
        **news(1),
    }
    with served(pages) as site:
        report = Desk(tmp_path, site).crawl()
        captures = Desk(tmp_path, site).captures()
    assert report.finished, report.ended
    assert report.captures == {"hop": 1, "page": 2, "robots": 1, "seed": 1}
    assert report.candidates == {"listed": 4, "admitted": 2, "again": 0, "refused": 2}
    assert report.refused == {"foreign-host": 1, "not-a-story": 1}
    assert report.answers == {"200": 2}
    assert len(report.sealed) == 1 and report.waiting == 0
    assert site.paths() == ["/robots.txt", "/feed", "/news/1", "/news/2", "/news/2/slug"]
    by_path = {capture.url.removeprefix(f"http://{site.host}"): capture for capture in captures}
    first = by_path["/news/1"].hints
    assert (first.role, first.seed_kind, first.seed) == (Role.PAGE, "feed", site.url("/feed"))
    assert (first.title, first.published, first.run) == ("خبر", MON_23, "r1")
    assert (first.robots, first.delay) == ("allowed", 0.01)
    assert by_path["/news/2/slug"].hints.hops == (site.url("/news/2"),)
    assert by_path["/robots.txt"].hints.role is Role.ROBOTS


def test_listings_of_the_past_are_sealed_though_they_brought_no_page(tmp_path: Path) -> None:
    with served({"/feed": feed(f"/news/1 {MON_23}"), **news(1)}) as site:
        desk = Desk(tmp_path, site)
        report = desk.crawl(since=date(2016, 1, 1), until=date(2016, 2, 1))
        assert report.captures == {"robots": 1, "seed": 1}
        assert (len(report.sealed), report.waiting) == (1, 0)
        polled = desk.crawl(run="r2", since=date(2018, 1, 1))
        assert (polled.sealed, polled.waiting) == ((), 2)


def test_a_second_crawl_brings_no_story_again_and_an_edited_one_only_when_its_seed_says_so(tmp_path: Path) -> None:
    def sitemap(lastmod: str) -> Reply:
        listed = "".join(f"<url><loc>/news/{n}</loc><lastmod>{lastmod}</lastmod></url>" for n in (1, 2))
        return Reply(body=f"<urlset>{listed}</urlset>", kind="text/xml", headers={"ETag": f'"{lastmod}"'})

    seeds = "  - {kind: sitemap, url: 'http://HOST/map.xml'}\n"
    with served({"/map.xml": sitemap("2017-01-23"), **news(1, 2)}) as site:
        desk = Desk(tmp_path, site, seeds=seeds.replace("HOST", site.host))
        assert desk.crawl().captures["page"] == 2
        second = desk.crawl(run="r2")
        assert second.finished
        assert second.refused == {"already-held": 2}
        assert "page" not in second.captures
        assert (second.sealed, second.waiting) == ((), 2)
        site.pages["/map.xml"] = sitemap("2099-01-01")
        site.pages["/news/2"] = article(2, title="عنوان معدل")
        third = desk.crawl(run="r3")
        captures = desk.captures()
    assert third.answers == {"200": 1, "304": 1}
    assert len(third.sealed) == 1
    assert [asked.headers.get("if-none-match") for asked in site.asked if asked.path == "/map.xml"] == [
        None,
        '"2017-01-23"',
        '"2017-01-23"',
    ]
    assert len([capture for capture in captures if capture.hints.role is Role.SEED]) == 3


def test_an_unchanged_seed_is_read_from_the_shelf_so_that_what_a_limit_left_is_found_later(tmp_path: Path) -> None:
    with served({"/feed": feed("/news/1", "/news/2", "/news/3"), **news(1, 2, 3)}) as site:
        desk = Desk(tmp_path, site)
        first = desk.crawl(limit=1)
        second = desk.crawl(run="r2")
    assert first.refused == {"over-limit": 2}
    assert [asked.headers.get("if-none-match") is not None for asked in site.asked if asked.path == "/feed"] == [
        False,
        True,
    ]
    assert second.refused == {"already-held": 1}
    assert second.answers == {"200": 2}


@pytest.mark.slow
def test_a_304_that_nothing_was_asked_for_is_no_story_held_and_no_seed_read(tmp_path: Path) -> None:
    pages = {"/feed": feed("/news/1", "/news/2"), "/news/1": Reply(status=304), **news(2)}
    with served(pages) as site:
        first = Desk(tmp_path, site).crawl()
        site.pages["/news/1"] = article(1)
        second = Desk(tmp_path, site).crawl()
        site.pages["/feed"] = Reply(status=304)
        without = Desk(tmp_path, site, seeds=f"  - {{kind: feed, url: 'http://{site.host}/feed?again'}}\n")
        site.pages["/feed?again"] = Reply(status=304)
        third = without.crawl()
    assert first.answers == {"200": 1}
    assert [(error.url, error.error[:12]) for error in first.errors] == [(site.url("/news/1"), "answered 304")]
    assert second.answers == {"200": 1}, "what was not held is asked for again"
    assert second.errors == ()
    assert not third.finished
    assert "answered 304" in third.ended


def test_a_limit_counts_stories_that_came(tmp_path: Path) -> None:
    with served({"/feed": feed("/news/1", "/news/2", "/news/3", "/news/4"), **news(2, 3, 4)}) as site:
        report = Desk(tmp_path, site).crawl(limit=2)
    assert report.answers == {"200": 2, "404": 1}
    assert "/news/4" not in site.paths()


def test_payloads_known_under_the_same_address_become_revisits(tmp_path: Path) -> None:
    def page(lastmod: str) -> Reply:
        return Reply(
            body=f"<urlset><url><loc>/news/1</loc><lastmod>{lastmod}</lastmod></url></urlset>", kind="text/xml"
        )

    seeds = "  - {kind: sitemap, url: 'http://HOST/map.xml'}\n"
    with served({"/map.xml": page("2017-01-23"), "/news/1": Reply(body=article(1).body)}) as site:
        desk = Desk(tmp_path, site, seeds=seeds.replace("HOST", site.host))
        desk.crawl()
        site.pages["/map.xml"] = page("2099-01-01")
        desk.crawl(run="r2")
        captures = desk.captures()
    assert [one.type for one in captures if one.url == site.url("/news/1")] == [RecordType.RESPONSE, RecordType.REVISIT]


def test_an_unreachable_host_is_one_line_with_outlet_and_address(tmp_path: Path) -> None:
    with served({}) as site:
        desk = Desk(tmp_path, site)
    report = desk.crawl()
    assert not report.finished
    assert report.ended.startswith(f"trial: no seed could be read: {site.url('/feed')}: ")
    assert "\n" not in report.ended and "Traceback" not in report.ended
    assert report.captures == {"failed": 3}


def test_a_failing_page_is_asked_for_again_twice_and_the_crawl_goes_on(tmp_path: Path) -> None:
    def flaky(before: int) -> Reply:
        return article(1) if before == 2 else Reply(status=502, body="later")

    pages = {"/feed": feed("/news/1", "/news/2", "/news/3"), "/news/1": flaky, **news(3)}
    pages["/news/2"] = Reply(status=500, body="broken")
    with served(pages) as site:
        report = Desk(tmp_path, site).crawl()
    assert report.finished
    assert report.answers == {"200": 2, "500": 1}
    assert report.captures["page"] == 7  # each try is kept
    assert site.paths().count("/news/2") == 3


def test_sections_are_paged_until_they_repeat_and_windows_bound_them(tmp_path: Path) -> None:
    def section(*numbers: int) -> Reply:
        links = "".join(f"<a href='/news/{n}'>خبر {n}</a>" for n in numbers)
        return Reply(body=f"<html><body>{links}<a href='/about'>عن الموقع</a></body></html>")

    pages = {"/s?p=1": section(1, 2), "/s?p=2": section(2, 3), "/s?p=3": section(3), "/s?p=4": section(4)}
    with served({**pages, **news(1, 2, 3)}) as site:
        seeds = f"  - {{kind: section, url: 'http://{site.host}/s?p={{page}}'}}\n"
        report = Desk(tmp_path, site, seeds=seeds).crawl()
    assert [path for path in site.paths() if path.startswith("/s")] == ["/s?p=1", "/s?p=2", "/s?p=3"]
    assert report.captures["page"] == 3
    assert report.seeds[0].pages == 3


def test_rest_is_paged_by_the_servers_count(tmp_path: Path) -> None:
    def posts(number: int, total: str) -> Reply:
        body = json.dumps([{"link": f"/news/{number}", "date": "2017-01-23T09:30:00", "title": {"rendered": "خبر"}}])
        return Reply(body=body, kind="application/json", headers={"X-WP-TotalPages": total})

    query = "per_page=100&_fields=id,date,modified,link,title,excerpt&orderby=date&order=desc&after=2016-12-31T23:59:59"
    pages = {f"/posts?{query}&page={n}": posts(n, "2") for n in (1, 2, 3)}
    with served({**pages, **news(1, 2, 3)}) as site:
        seeds = f"  - {{kind: rest, url: 'http://{site.host}/posts'}}\n"
        report = Desk(tmp_path, site, seeds=seeds).crawl(since=date(2017, 1, 1))
    assert report.answers == {"200": 2}
    assert report.seeds[0].pages == 2


def test_sub_sitemaps_that_cannot_hold_the_window_are_left_out_and_counted(tmp_path: Path) -> None:
    def index(*names: str) -> Reply:
        return Reply(
            body="<sitemapindex>" + "".join(f"<sitemap><loc>/{n}</loc></sitemap>" for n in names) + "</sitemapindex>"
        )

    def urls(number: int) -> Reply:
        return Reply(body=f"<urlset><url><loc>/news/{number}</loc></url></urlset>", kind="text/xml")

    pages = {"/map.xml": index("m-2017-01.xml", "m-2018-01.xml"), "/m-2017-01.xml": urls(1), "/m-2018-01.xml": urls(2)}
    with served({**pages, **news(1, 2)}) as site:
        seeds = f"  - {{kind: sitemap, url: 'http://{site.host}/map.xml'}}\n"
        report = Desk(tmp_path, site, seeds=seeds).crawl(since=date(2017, 1, 1), until=date(2017, 2, 1))
    assert report.seeds[0].skipped == 1
    assert "/m-2018-01.xml" not in site.paths()
    assert report.answers == {"200": 1}


def test_a_closed_outlet_is_refused_live() -> None:
    report = asyncio.run(crawl(CrawlOrder(run="r", outlet="orient", now=NOW), load_settings(store="store")))
    assert (report.finished, report.ended) == (False, "orient: closed: read from web archives only")


def test_wrong_orders_and_a_broken_world_are_told_in_one_line(tmp_path: Path) -> None:
    with served({}) as site:
        desk = Desk(tmp_path, site)
        with pytest.raises(UsageError, match="no outlet is called 'nowhere'"):
            desk.crawl(outlet="nowhere")
        (tmp_path / "outlets" / "bad.yml").write_text(
            "name: x\nenglish: x\ncountry: SY\ntimezone: UTC\nlanguage: ar\nnonsense: 1\n", encoding="utf-8"
        )
        with pytest.raises(UsageError, match=r"bad\.yml:6: nonsense: unknown key"):
            desk.crawl()
        (tmp_path / "outlets" / "bad.yml").unlink()
        (tmp_path / "store").write_text("a file where a folder should be", encoding="utf-8")
        with pytest.raises(StorageError, match="store"):
            desk.crawl()
