"""Scope: admitted, or refused with its reason; the window is counted in the outlet's civil days."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.records import Hints, Reason, Rejection, Window
from crawler.discover import Candidate, Further
from crawler.outlet import Epoch, StoryPatterns
from crawler.scope import NOTHING_HELD, Held, admit, bounds, held, is_older, may_hold
from tests.tiny import outlet

OUTLET = outlet(
    timezone="Asia/Damascus",
    story=StoryPatterns(
        url=(r"^/news/\d+", r"^/(?P<yyyy>\d{4})/(?P<mm>\d\d)/(?P<dd>\d\d)/."), id=(r"^/news/(\d+)",), never=("/photo",)
    ),
)
JANUARY = Window(since=date(2017, 1, 1), until=date(2017, 2, 1))
CAPTURED = datetime(2026, 1, 10, 12, tzinfo=UTC)


def candidate(url: str = "https://a.example/news/1", **hints: str) -> Candidate:
    return Candidate(url=url, hints=Hints(**hints))  # type: ignore[arg-type]


def reason(verdict: Candidate | Rejection) -> Reason | None:
    return verdict.reason if isinstance(verdict, Rejection) else None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/news/1", None),
        ("http://www.a.example/news/1/slug?utm_source=x", None),
        ("https://b.example/news/1", Reason.FOREIGN_HOST),
        ("https://a.example:8443/news/1", Reason.FOREIGN_HOST),
        ("https://a.example/about", Reason.NOT_A_STORY),
        ("https://a.example/news/1/photo", Reason.NOT_A_STORY),
        ("ftp://a.example/news/1", Reason.BAD_URL),
        ("http://[::1", Reason.BAD_URL),
        ("http://a.example:x/news/1", Reason.BAD_URL),
        ("news/1", Reason.BAD_URL),
        ("", Reason.BAD_URL),
    ],
)
def test_an_address_is_refused_for_what_it_is(url: str, expected: Reason | None) -> None:
    assert reason(admit(candidate(url), OUTLET, Window(), NOTHING_HELD)) is expected


@pytest.mark.parametrize(
    ("published", "inside"),
    [
        ("2016-12-31T21:59:59Z", False),  # Damascus is two hours ahead in winter
        ("2016-12-31T22:00:00Z", True),
        ("Tue, 31 Jan 2017 23:59:00 +0200", True),
        ("2017-01-31T22:00:00Z", False),
        ("2017-01-31", True),
        ("2017-02-01", False),
        ("2017-01-31T23:30:00", True),  # no zone said: the outlet's
    ],
)
def test_the_window_is_counted_in_the_outlets_civil_days(published: str, inside: bool) -> None:
    verdict = admit(candidate(published=published), OUTLET, JANUARY, NOTHING_HELD)
    assert reason(verdict) is (None if inside else Reason.OUTSIDE_WINDOW)


def test_an_undated_candidate_is_admitted() -> None:
    assert reason(admit(candidate(), OUTLET, JANUARY, NOTHING_HELD)) is None
    assert reason(admit(candidate(published="قبل ساعة"), OUTLET, JANUARY, NOTHING_HELD)) is None


def test_the_day_in_an_address_counts_and_one_statement_inside_is_enough() -> None:
    outside, inside = "https://a.example/2017/03/01/x", "https://a.example/2017/01/20/x"
    assert reason(admit(candidate(outside), OUTLET, JANUARY, NOTHING_HELD)) is Reason.OUTSIDE_WINDOW
    assert reason(admit(candidate(inside), OUTLET, JANUARY, NOTHING_HELD)) is None
    both = candidate(outside, published="2017-01-20T10:00:00Z")
    assert reason(admit(both, OUTLET, JANUARY, NOTHING_HELD)) is None


def test_a_page_last_changed_before_the_window_was_published_before_it_and_one_changed_later_may_be_inside() -> None:
    old = admit(candidate(lastmod="2016-05-01"), OUTLET, JANUARY, NOTHING_HELD)
    assert reason(old) is Reason.OUTSIDE_WINDOW
    assert isinstance(old, Rejection) and is_older(old)
    assert reason(admit(candidate(lastmod="2019-05-01"), OUTLET, JANUARY, NOTHING_HELD)) is None


def test_older_and_newer_than_the_window_are_told_apart() -> None:
    older = admit(candidate(published="2016-01-01"), OUTLET, JANUARY, NOTHING_HELD)
    newer = admit(candidate(published="2018-01-01"), OUTLET, JANUARY, NOTHING_HELD)
    assert isinstance(older, Rejection) and is_older(older)
    assert isinstance(newer, Rejection) and not is_older(newer)


@pytest.mark.parametrize(
    ("lastmod", "again"),
    [
        ("", False),
        ("2026-01-10T11:59:00Z", False),
        ("2026-01-10T15:00:01+03:00", True),
        ("2026-01-09", False),
        ("2026-01-10", True),  # only the day is known: the change may have come after the capture
        ("2026-01-11T00:00:00Z", True),
        ("soon", False),
    ],
)
def test_a_held_story_is_fetched_again_only_when_its_seed_says_that_it_changed(lastmod: str, again: bool) -> None:
    known = Held(captured={"1": CAPTURED})
    verdict = admit(candidate(lastmod=lastmod), OUTLET, Window(), known)
    assert reason(verdict) is (None if again else Reason.ALREADY_HELD)


def test_what_is_held_is_known_by_story_whatever_address_it_was_captured_at() -> None:
    earlier = datetime(2020, 1, 1, tzinfo=UTC)
    captures = [
        ("http://www.a.example/news/1/slug", CAPTURED),
        ("https://a.example/news/1", earlier),
        ("https://a.example/about", earlier),
    ]
    assert dict(held(OUTLET, captures).captured) == {"1": CAPTURED}


def test_the_zone_of_an_epoch_bounds_its_days() -> None:
    moved = outlet(timezone="Europe/Istanbul", epochs=(Epoch(until=date(2017, 1, 15), timezone="Asia/Dubai"),))
    earliest, latest = bounds(moved, JANUARY)
    assert earliest == datetime(2016, 12, 31, 20, tzinfo=UTC)
    assert latest == datetime(2017, 1, 31, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    ("url", "lastmod", "wanted"),
    [
        ("https://a.example/sitemap-2.xml", None, True),
        ("https://a.example/sitemap-2.xml", "2016-12-01", False),
        ("https://a.example/sitemap-2.xml", "2017-01-01", True),
        ("https://a.example/sitemap-2.xml", "2020-01-01", True),
        ("https://a.example/sitemap-posts-2017-01.xml", None, True),
        ("https://a.example/sitemap-posts-2016-11.xml", "2020-01-01", False),
        ("https://a.example/sitemap-posts-2017-03.xml", None, False),
        ("https://a.example/sitemap.xml?yyyy=2017&mm=1&dd=9", None, True),
        ("https://a.example/sitemap.xml?yyyy=2017&mm=2&dd=9", None, False),
        ("https://a.example/sitemap.xml?yyyy=2017&mm=2&dd=1", None, True),  # cut in another zone, perhaps
        ("https://a.example/maps/20170214.xml", None, False),
        ("https://a.example/map.xml?date_start=20161201&date_end=20170131", None, True),
        ("https://a.example/map.xml?date_start=20161101&date_end=20161130", None, False),
        ("https://a.example/maps/201701.xml", None, True),
        ("https://a.example/maps/201612.xml", None, True),
        ("https://a.example/maps/2016.xml", None, True),  # a number may be a page
    ],
)
def test_a_sub_sitemap_that_cannot_hold_the_window_is_left_out(url: str, lastmod: str | None, wanted: bool) -> None:
    assert may_hold(Further(url=url, lastmod=lastmod), OUTLET, JANUARY) is wanted


@settings(deadline=None)
@given(st.text(max_size=60), st.text(max_size=30), st.text(max_size=30))
def test_no_words_make_it_fail(url: str, published: str, lastmod: str) -> None:
    for address in (url, f"https://a.example/{url}"):
        verdict = admit(candidate(address, published=published, lastmod=lastmod), OUTLET, JANUARY, NOTHING_HELD)
        assert isinstance(verdict, Candidate | Rejection)
        assert isinstance(may_hold(Further(url=address, lastmod=lastmod), OUTLET, JANUARY), bool)
