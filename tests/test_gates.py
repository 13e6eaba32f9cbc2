"""Hosts that ask to be left alone are, for as long as they say, by this crawl and by the next."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive import tenure
from archive.storage import open_storage
from tests.archived import hurried
from tests.desk import Desk, news
from tests.sites import Reply, feed, served

pytestmark = pytest.mark.slow  # make test must end within five minutes


def test_an_outlet_that_answers_429_is_asked_again_after_the_time_it_names(tmp_path: Path) -> None:
    def busy(before: int) -> Reply:
        asks = {"Retry-After": "70"} if before == 0 else {}
        return Reply(status=429, headers=asks) if before < 2 else news(1)["/news/1"]

    with served({"/feed": feed("/news/1", "/news/2"), **news(2), "/news/1": busy}) as site, hurried(tmp_path) as time:
        report = Desk(tmp_path, site).crawl()
        host = site.host.replace(":", "_")
    assert report.finished and report.answers == {"200": 2}, report.ended
    assert site.paths().count("/news/1") == 3
    # What it says is obeyed; where it says nothing, a minute. The other page answered between: the count began anew.
    assert time.uptime() == pytest.approx(70 + 60, abs=1)
    assert (tmp_path / "store" / "state" / "hosts" / f"{host}.json").exists()


@pytest.mark.slow
def test_an_outlet_that_wants_hours_ends_the_crawl_and_the_next_one_does_not_even_knock(tmp_path: Path) -> None:
    shut = {"/feed": Reply(status=503, headers={"Retry-After": "7200"}), **news(1)}
    with served(shut) as site, hurried(tmp_path) as time:
        first = Desk(tmp_path, site).crawl()
        second = Desk(tmp_path, site).crawl(run="r2")
        knocked = len(site.asked)
        site.pages["/feed"] = feed("/news/1")
        with time.open() as said:
            said["now"] += 7201.0
        third = Desk(tmp_path, site).crawl(run="r3")
    words = f"{site.host} answered 503; it is asked again after 2026-11-01T02:00:00Z"
    assert not first.finished and words in first.ended
    assert not second.finished and words in second.ended
    assert (second.captures, knocked) == ({}, 2), "robots.txt and the feed, once"
    assert third.finished and third.answers == {"200": 1}, third.ended


def test_a_503_that_names_no_time_is_asked_again_at_the_usual_pace(tmp_path: Path) -> None:
    def weak(before: int) -> Reply:
        return Reply(status=503) if before == 0 else news(1)["/news/1"]

    with served({"/feed": feed("/news/1"), "/news/1": weak}) as site, hurried(tmp_path) as time:
        report = Desk(tmp_path, site).crawl()
    assert report.finished and report.answers == {"200": 1}
    assert time.uptime() == 0
    assert not (tmp_path / "store" / "state" / "hosts").exists(), "a host that answers costs no note"


@pytest.mark.long
@pytest.mark.slow
def test_a_host_that_another_outlets_file_names_too_is_crawled_by_one_at_a_time(tmp_path: Path) -> None:
    with served({"/feed": feed("/news/1"), **news(1)}) as site:
        desk = Desk(tmp_path, site)
        with tenure.held(open_storage(desk.settings.store), f"host-{site.host.replace(':', '_')}"):
            refused = desk.crawl()
        assert site.asked == []
        assert desk.crawl(run="r2").finished
    assert not refused.finished and "host-127.0.0.1" in refused.ended


@pytest.mark.slow
def test_a_server_that_is_down_is_not_knocked_at_again_by_the_next_crawl(tmp_path: Path) -> None:
    with served({"/feed": feed("/news/1")}) as site:
        desk = Desk(tmp_path, site)
    with hurried(tmp_path):
        first, second = desk.crawl(), desk.crawl(run="r2")
    assert first.captures == {"failed": 3}
    assert second.captures == {} and "refused the connection; it is asked again after" in second.ended
