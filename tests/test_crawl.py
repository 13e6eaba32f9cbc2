"""The crawl, over loopback: what is asked for, what is kept, what is refused, and what ends it."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from archive import warc
from archive.errors import StorageError, UsageError
from archive.records import Capture, RecordType, Role
from archive.settings import Settings, load_settings
from archive.storage import open_storage
from crawler.crawl import crawl
from crawler.errors import CrawlFailedError
from crawler.orders import CrawlOrder, CrawlReport
from tests.sites import Reply, Site, article, feed, served

NOW = datetime(2026, 1, 10, tzinfo=UTC)
MON_23 = "Mon, 23 Jan 2017 09:30:00 +0200"


class Desk:
    """One outlet over a site, and orders for it."""

    def __init__(self, folder: Path, site: Site, more: str = "", seeds: str = "") -> None:
        self.folder = folder
        self.site = site
        (folder / "outlets").mkdir(exist_ok=True)
        seeds = seeds or f"  - {{kind: feed, url: 'http://{site.host}/feed'}}\n"
        (folder / "outlets" / "trial.yml").write_text(
            "name: تجربة\nenglish: Trial\ncountry: SY\ntimezone: Asia/Damascus\nlanguage: ar\n"
            f"hosts: ['{site.host}']\nseeds:\n{seeds}story: {{url: '/news/[0-9]+', id: '/news/([0-9]+)'}}\n"
            + (more or "pace: {delay: 0.01}\nallow_private: true\n"),
            encoding="utf-8",
        )
        self.settings: Settings = load_settings(
            store=str(folder / "store"), outlets=folder / "outlets", contact="archive@a.example"
        )

    def order(self, **asked: Any) -> CrawlOrder:
        return CrawlOrder(**{"run": "r1", "outlet": "trial", "now": NOW, **asked})

    def crawl(self, **asked: Any) -> CrawlReport:
        return asyncio.run(crawl(self.order(**asked), self.settings))

    def captures(self) -> list[Capture]:
        storage = open_storage(self.settings.store)
        found = [
            capture
            for key in storage.list("warc/")
            for capture in warc.read(storage.open(key), key.removeprefix("warc/"), "trial")
        ]
        assert all(isinstance(capture, Capture) for capture in found), found
        return [capture for capture in found if isinstance(capture, Capture)]


def news(*numbers: int) -> dict[str, Reply]:
    return {f"/news/{number}": article(number) for number in numbers}


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


def test_what_is_sent_is_honest_and_plain(tmp_path: Path) -> None:
    with served({"/feed": feed("/news/1"), "/news/1": article(1, **{"Set-Cookie": "a=b"})}) as site:
        Desk(tmp_path, site).crawl()
        Desk(tmp_path, site).crawl(run="r2")
    for asked in site.asked:
        assert asked.headers["user-agent"] == "AstanaArchive/0.1 (+archive@a.example)"
        assert asked.headers["accept-encoding"] == "gzip, deflate"
        assert "cookie" not in asked.headers
        assert "referer" not in asked.headers


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


def test_a_disallowed_address_is_never_asked_for(tmp_path: Path) -> None:
    robots = Reply(body="User-agent: *\nDisallow: /news/2\n", kind="text/plain")
    pages = {"/robots.txt": robots, "/feed": feed("/news/1", "/news/2", "/news/3"), **news(1, 2)}
    pages["/news/3"] = Reply(status=302, headers={"Location": "/news/22"})
    with served(pages) as site:
        report = Desk(tmp_path, site).crawl()
    assert report.finished
    assert report.refused == {"robots-disallow": 2}
    assert not [path for path in site.paths() if path.startswith("/news/2")]


@pytest.mark.parametrize("status", [500, 503])
def test_an_unreachable_robots_file_disallows_everything_and_the_outlet_fails_with_its_reason(
    tmp_path: Path, status: int
) -> None:
    robots = Reply(status=status, body="User-agent: *\nAllow: /\n", kind="text/plain")
    with served({"/robots.txt": robots, "/feed": feed("/news/1"), **news(1)}) as site:
        report = Desk(tmp_path, site).crawl()
    assert not report.finished
    assert report.ended.startswith(f"trial: no seed could be read: {site.url('/feed')}: robots.txt could not be read")
    assert str(status) in report.ended
    assert set(site.paths()) == {"/robots.txt"}
    assert len(site.paths()) == 3  # asked again twice
    assert report.robots == {f"http://{site.host}": "unreachable"}
    assert report.captures == {"robots": 3}


def test_a_robots_file_behind_redirects_is_followed_and_obeyed(tmp_path: Path) -> None:
    pages = {
        "/robots.txt": Reply(status=301, headers={"Location": "/r2.txt"}),
        "/r2.txt": Reply(body="User-agent: AstanaArchive\nDisallow: /news/\n", kind="text/plain"),
        "/feed": feed("/news/1"),
        **news(1),
    }
    with served(pages) as site:
        report = Desk(tmp_path, site).crawl()
    assert site.paths() == ["/robots.txt", "/r2.txt", "/feed"]
    assert report.refused == {"robots-disallow": 1}


def test_an_outlet_that_forbids_its_seeds_fails_and_says_so(tmp_path: Path) -> None:
    robots = Reply(body="User-agent: *\nDisallow: /\n", kind="text/plain")
    with served({"/robots.txt": robots, "/feed": feed()}) as site:
        report = Desk(tmp_path, site).crawl()
    assert (report.finished, site.paths()) == (False, ["/robots.txt"])
    assert "robots.txt disallows it" in report.ended


def test_an_unreachable_host_is_one_line_with_outlet_and_address(tmp_path: Path) -> None:
    with served({}) as site:
        desk = Desk(tmp_path, site)
    report = desk.crawl()
    assert not report.finished
    assert report.ended.startswith(f"trial: no seed could be read: {site.url('/feed')}: ")
    assert "\n" not in report.ended and "Traceback" not in report.ended
    assert report.captures == {"failed": 3}


def test_a_private_address_is_not_connected_to_unless_the_outlets_file_allows_it(tmp_path: Path) -> None:
    with served({"/feed": feed("/news/1")}) as site:
        report = Desk(tmp_path, site, more="pace: {delay: 0.01}\n").crawl()
    assert (report.finished, site.asked) == (False, [])
    assert "private" in report.ended or "127.0.0.1" in report.ended
    assert report.captures == {}
    assert report.robots == {f"http://{site.host}": "unreachable"}


def test_a_redirect_to_a_host_of_ours_that_lies_at_a_private_address_is_refused_by_that_reason(tmp_path: Path) -> None:
    pages = {"/feed": feed("/news/1", "/news/2"), **news(2)}
    with served(pages) as site:
        pages_of = site.pages
        pages_of["/news/1"] = Reply(status=302, headers={"Location": "http://10.0.0.1:8080/news/1"})
        desk = Desk(tmp_path, site, more="pace: {delay: 0.01}\n")
        path = tmp_path / "outlets" / "trial.yml"
        path.write_text(path.read_text("utf-8").replace("hosts: [", "hosts: ['10.0.0.1:8080', "), encoding="utf-8")
        permitted = desk.settings.model_copy(update={"resolve": {site.host: site.host}})
        report = asyncio.run(crawl(desk.order(), permitted))
    assert report.finished, report.ended
    assert report.refused == {"private-address": 1}
    assert report.answers == {"200": 1}


def test_redirects_are_judged_at_every_hop(tmp_path: Path) -> None:
    def to(target: str) -> Reply:
        return Reply(status=302, headers={"Location": target})

    pages = {
        "/feed": feed(*(f"/news/{n}" for n in range(1, 6))),
        "/news/1": to("http://169.254.169.254/news/1"),
        "/news/2": to("/news/2"),
        "/news/3": to("/"),
        "/news/4": to("http://[::1/"),
        "/news/5": to("//b.example/news/5"),
    }
    with served(pages) as site:
        report = Desk(tmp_path, site).crawl()
    assert report.finished
    assert report.refused == {"bad-url": 1, "fetch-failed": 1, "foreign-host": 2, "not-a-story": 1}
    assert len(report.errors) == 5
    assert site.paths().count("/news/2") == 6
    assert report.captures["hop"] == 10


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


def test_requests_keep_the_delay_of_the_outlet_and_the_longer_one_of_its_host(tmp_path: Path) -> None:
    def gaps(site: Site) -> list[float]:
        times = [asked.at for asked in site.asked]
        return [later - earlier for earlier, later in pairwise(times)]

    pages = {"/feed": feed("/news/1", "/news/2", "/news/3"), **news(1, 2, 3)}
    with served(pages) as site:
        report = Desk(tmp_path, site, more="pace: {delay: 0.15, concurrency: 3}\nallow_private: true\n").crawl()
        assert report.delay == 0.15
        assert min(gaps(site)) > 0.13
    slow = Reply(body="User-agent: *\nCrawl-delay: 0.3\n", kind="text/plain")
    (tmp_path / "slow").mkdir()
    with served({**pages, "/robots.txt": slow}) as site:
        report = Desk(tmp_path / "slow", site).crawl()
        assert report.delay == 0.3
        assert min(gaps(site)[1:]) > 0.28
        assert {one.hints.delay for one in Desk(tmp_path / "slow", site).captures() if one.hints.role is Role.PAGE} == {
            0.3
        }


@pytest.mark.parametrize(("asked", "said"), [("86400", "86400"), ("1e308", "1e+308")])
def test_a_host_that_asks_for_a_standstill_is_not_crawled_and_says_so_at_once(
    tmp_path: Path, asked: str, said: str
) -> None:
    slow = Reply(body=f"User-agent: *\nCrawl-delay: {asked}\n", kind="text/plain")
    with served({"/robots.txt": slow, "/feed": feed("/news/1"), **news(1)}) as site:
        report = Desk(tmp_path, site).crawl()
    assert (report.finished, site.paths()) == (False, ["/robots.txt"])
    line = f"robots.txt of {site.host} asks for {said} seconds between requests, more than 300: not crawled"
    assert report.ended == f"trial: {line}"


def test_a_robots_file_at_another_private_port_is_not_asked_for(tmp_path: Path) -> None:
    with served({"/robots.txt": Reply(body="User-agent: *\n", kind="text/plain")}) as other:
        moved = Reply(status=301, headers={"Location": other.url("/robots.txt")})
        with served({"/robots.txt": moved, "/feed": feed("/news/1"), **news(1)}) as site:
            report = Desk(tmp_path, site).crawl()
    assert (report.finished, site.paths(), other.asked) == (False, ["/robots.txt"], [])
    assert "not a public address" in report.ended
    assert report.robots == {f"http://{site.host}": "unreachable"}


def test_what_a_killed_crawl_left_is_cleared_by_the_next_and_a_living_ones_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    ended = subprocess.Popen(["true"])
    ended.wait()
    names = [f"astana-crawl-{ended.pid}-old", "astana-crawl-x7_old", f"astana-crawl-{os.getpid()}-long", "other-old"]
    elsewhere = f"astana-crawl-{ended.pid}-elsewhere"  # its number means another process there
    for name in (*names, elsewhere):
        (temporary / name).mkdir(parents=True)
        os.utime(temporary / name, (time.time() - 90, time.time() - 90))
    (temporary / f"astana-crawl-{ended.pid}-new").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    holder = os.open(temporary / elsewhere, os.O_RDONLY)
    fcntl.flock(holder, fcntl.LOCK_EX)
    with served({"/feed": feed()}) as site:
        assert Desk(tmp_path, site).crawl().finished
    os.close(holder)
    kept = {f"astana-crawl-{ended.pid}-new", f"astana-crawl-{os.getpid()}-long", "other-old", elsewhere}
    assert {path.name for path in temporary.iterdir()} == kept


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

    query = "per_page=100&_fields=id,date,modified,link,title&orderby=date&order=desc&after=2016-12-31T23:59:59"
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


def _slow_site(wait: Event) -> Mapping[str, Reply]:
    slow = Reply(body=article(2).body, wait=wait)
    return {"/feed": feed("/news/1", "/news/2", "/news/3"), "/news/2": slow, **news(1, 3)}


async def _until(desk: Desk, path: str, then: Any, written: str = "") -> CrawlReport:
    """Crawl, and do something as soon as a path was asked for, and another one's capture is on the disk."""
    task = asyncio.create_task(crawl(desk.order(), desk.settings))
    while not (path in desk.site.paths() and _is_written(desk, written)) and not task.done():
        await asyncio.sleep(0.01)
    then(task)
    return await task


def _is_written(desk: Desk, path: str) -> bool:
    for waiting in desk.settings.spool_dir.glob("*.open") if path else ():
        with waiting.open("rb") as stream:
            return any(isinstance(found, Capture) and found.url.endswith(path) for found in warc.read(stream, "x", "x"))
    return not path


def test_a_cancelled_crawl_seals_what_it_has(tmp_path: Path) -> None:
    wait = Event()

    def cancel(task: asyncio.Task[CrawlReport]) -> None:
        task.cancel()
        asyncio.get_running_loop().call_later(0.5, wait.set)

    with served(_slow_site(wait)) as site:
        desk = Desk(tmp_path, site)
        with pytest.raises(asyncio.CancelledError):
            asyncio.run(_until(desk, "/news/2", cancel))
        urls = [capture.url for capture in desk.captures()]
        assert urls == [site.url(path) for path in ("/robots.txt", "/feed", "/news/1", "/news/2")]
        assert "/news/3" not in site.paths()


def _child_of(pid: int) -> int:
    """The crawl process, by /proc."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "stat").read_text().rpartition(")")[2].split()
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if int(words[1]) == pid and b"crawler.crawl" in command:
            return int(folder.name)
    raise AssertionError("no crawl process")


@pytest.mark.slow
def test_a_killed_crawl_is_an_error_and_nothing_that_was_captured_is_lost_or_kept_twice(tmp_path: Path) -> None:
    wait = Event()

    def kill(_: object) -> None:
        os.kill(_child_of(os.getpid()), signal.SIGKILL)

    with served(_slow_site(wait)) as site:
        desk = Desk(tmp_path, site)
        with pytest.raises(CrawlFailedError, match="SIGKILL"):
            asyncio.run(_until(desk, "/news/2", kill, written="/news/1"))
        assert desk.captures() == []
        wait.set()
        report = desk.crawl(run="r2")
        captures = desk.captures()
    assert report.finished, report.ended
    pages = [capture.url for capture in captures if capture.hints.role is Role.PAGE]
    assert pages == [site.url("/news/1"), site.url("/news/2"), site.url("/news/3")]
    assert report.refused == {"already-held": 1}
    assert len({capture.record for capture in captures}) == len(captures)


@pytest.mark.slow
def test_one_crawler_at_a_time_works_on_an_outlet(tmp_path: Path) -> None:
    wait = Event()

    async def two(desk: Desk) -> tuple[CrawlReport, CrawlReport]:
        first = asyncio.create_task(crawl(desk.order(), desk.settings))
        while "/news/2" not in desk.site.paths():
            await asyncio.sleep(0.01)
        second = await crawl(desk.order(run="r2"), desk.settings)
        wait.set()
        return await first, second

    with served(_slow_site(wait)) as site:
        first, second = asyncio.run(two(Desk(tmp_path, site)))
    assert first.finished
    assert not second.finished
    assert "crawl-trial is being worked on" in second.ended
    assert site.paths().count("/feed") == 1


def test_the_process_tells_its_log_and_progress_as_json_lines(tmp_path: Path) -> None:
    heard: list[Mapping[str, Any]] = []
    with served({"/feed": feed("/news/1"), **news(1)}) as site:
        desk = Desk(tmp_path, site)
        asyncio.run(crawl(desk.order(), desk.settings, heard.append))
    assert {line["kind"] for line in heard} <= {"log", "progress"}
    assert any(line["kind"] == "progress" for line in heard)
    assert [line for line in heard if line["kind"] == "log" and line["level"] >= 30] == []


@pytest.mark.slow
def test_a_crawl_whose_parent_dies_stops_and_seals(tmp_path: Path) -> None:
    wait = Event()
    program = (
        "import asyncio, json, sys\n"
        "from archive.settings import load_settings\n"
        "from crawler.crawl import crawl\n"
        "from crawler.orders import order_of\n"
        "said = json.load(sys.stdin)\n"
        "asyncio.run(crawl(order_of(said['order']), load_settings(**said['settings'])))\n"
    )
    with served(_slow_site(wait)) as site:
        desk = Desk(tmp_path, site)
        said = {"order": desk.order().dump(), "settings": desk.settings.model_dump(mode="json")}
        parent = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE)
        assert parent.stdin is not None
        parent.stdin.write(json.dumps(said).encode())
        parent.stdin.close()
        deadline = time.monotonic() + 30
        while "/news/2" not in site.paths() and time.monotonic() < deadline:
            wait.wait(0.02)
        child = _child_of(parent.pid)
        parent.kill()
        parent.wait()
        wait.wait(0.5)
        wait.set()
        while Path(f"/proc/{child}/cmdline").exists() and time.monotonic() < deadline:
            Event().wait(0.02)
        urls = [capture.url for capture in desk.captures()]
    # The page under way at the death is waited for, as after any SIGTERM; no more is asked.
    assert urls == [site.url(path) for path in ("/robots.txt", "/feed", "/news/1", "/news/2")]
    assert "/news/3" not in site.paths()


def test_a_parents_death_that_is_told_twice_ends_the_crawl_as_gently_as_once(tmp_path: Path) -> None:
    wait = Event()

    def orphan(_: object) -> None:
        child = _child_of(os.getpid())
        for _ in range(3):  # Linux tells it once for each thread of the parent
            os.kill(child, signal.SIGHUP)
            wait.wait(0.1)
        wait.set()

    with served(_slow_site(wait)) as site:
        desk = Desk(tmp_path, site)
        report = asyncio.run(_until(desk, "/news/2", orphan))
        urls = [capture.url for capture in desk.captures()]
    assert report.interrupted
    assert urls == [site.url(path) for path in ("/robots.txt", "/feed", "/news/1", "/news/2")]
    assert "/news/3" not in site.paths()


def test_a_crawl_whose_parent_died_before_it_began_asks_for_nothing(tmp_path: Path) -> None:
    with served({"/feed": feed("/news/1"), **news(1)}) as site:
        desk = Desk(tmp_path, site)
        settings = desk.settings.model_dump(mode="json")
        brief = {"order": desk.order().dump(), "settings": settings, "report": str(tmp_path / "r.json"), "parent": 1}
        ended = subprocess.run(
            [sys.executable, "-m", "crawler.crawl"],
            input=json.dumps(brief).encode(),
            stderr=subprocess.PIPE,
            check=False,
        )
    assert (ended.returncode, site.asked) == (3, [])
    assert ended.stderr.decode() == "the process that asked for the crawl has died\n"
