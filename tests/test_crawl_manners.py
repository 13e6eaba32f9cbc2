"""Manners of a crawl, over loopback: what robots.txt forbids, which addresses are refused, how long is waited."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from pathlib import Path
from statistics import median

import pytest

from archive.records import Role
from crawler.crawl import crawl
from tests.desk import Desk, news
from tests.sites import Reply, article, feed, served

pytestmark = pytest.mark.slow


def test_what_is_sent_is_honest_and_plain(tmp_path: Path) -> None:
    with served({"/feed": feed("/news/1"), "/news/1": article(1, **{"Set-Cookie": "a=b"})}) as site:
        Desk(tmp_path, site).crawl()
        Desk(tmp_path, site).crawl(run="r2")
    for asked in site.asked:
        assert asked.headers["user-agent"] == "AstanaArchive/0.1 (+archive@a.example)"
        assert asked.headers["accept-encoding"] == "gzip, deflate"
        assert "cookie" not in asked.headers
        assert "referer" not in asked.headers


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


def test_requests_keep_the_delay_of_the_outlet_and_the_longer_one_of_its_host(tmp_path: Path) -> None:
    def is_kept(delay: float, times: list[float]) -> bool:
        # A busy machine may note one request late, whose next then seems early.
        gaps = [later - earlier for earlier, later in pairwise(times)]
        return median(gaps) > delay * 0.9 and sum(gaps) > delay * 0.75 * len(gaps)

    pages = {"/feed": feed("/news/1", "/news/2", "/news/3"), **news(1, 2, 3)}
    with served(pages) as site:
        report = Desk(tmp_path, site, more="pace: {delay: 0.15, concurrency: 3}\nallow_private: true\n").crawl()
        assert report.delay == 0.15
        assert is_kept(0.15, [asked.at for asked in site.asked])
    slow = Reply(body="User-agent: *\nCrawl-delay: 0.3\n", kind="text/plain")
    (tmp_path / "slow").mkdir()
    with served({**pages, "/robots.txt": slow}) as site:
        report = Desk(tmp_path / "slow", site).crawl()
        assert report.delay == 0.3
        assert is_kept(0.3, [asked.at for asked in site.asked][1:])
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
