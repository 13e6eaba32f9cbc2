"""What a backfill asks, of whom and in which order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import UsageError
from archive.records import Via
from crawler.orders import Copies, CrawlOrder
from crawler.outlet import Outlet, SeedKind
from flows import sources
from flows.plans import Plan, Slice
from tests.papers import DAILY, FEED, NOW, WHOLE, outlet, seed

YEAR = Plan(since="2017-01-15", until="2017-03-10")


def orders(plan: Plan, of: Outlet) -> list[CrawlOrder]:
    return [order for source in sources.sources(plan, of, "run-1", NOW) for order in source.orders]


def names(plan: Plan, of: Outlet = WHOLE) -> list[str]:
    return [source.name for source in sources.sources(plan, of, "run-1", NOW)]


def test_a_backfill_is_sliced_where_seeds_name_days_and_asked_once_where_they_do_not() -> None:
    dated = (SeedKind.SITEMAP, SeedKind.REST)
    assert [(order.kinds, str(order.since), str(order.until)) for order in orders(YEAR, WHOLE)] == [
        (dated, "2017-01-15", "2017-02-01"),
        (dated, "2017-02-01", "2017-03-01"),
        (dated, "2017-03-01", "2017-03-10"),
        ((SeedKind.SECTION, SeedKind.FEED), "2017-01-15", "2017-03-10"),
    ]
    assert {order.via for order in orders(YEAR, WHOLE)} == {Via.LIVE}


def test_a_kind_with_one_undated_seed_is_not_sliced() -> None:
    mixed = outlet(DAILY, seed(SeedKind.SITEMAP, "sitemap.xml"))
    plan = Plan(since="2017-01-01", until="2018-01-01", via=("sitemap",))
    assert [order.kinds for order in orders(plan, mixed)] == [(SeedKind.SITEMAP,)]


def test_a_backfill_without_an_end_reaches_today() -> None:
    plan = Plan(since="2026-11-01", via=("feed",))
    assert [order.until for order in orders(plan, WHOLE)] == [date(2026, 11, 24)]  # the day after today in Damascus


def test_sources_are_asked_in_the_order_given() -> None:
    assert names(replace(YEAR, via=("wayback", "search", "sitemap", "rest", "commoncrawl", "feed"))) == [
        "wayback",
        "search",
        "sitemap+rest",
        "commoncrawl",
        "feed",
    ]
    assert names(replace(YEAR, via=("all",))) == ["sitemap+rest", "section+feed+search", "wayback", "commoncrawl"]


def test_a_source_that_an_outlet_does_not_have_is_passed_over() -> None:
    assert names(replace(YEAR, via=("tag", "rest", "wayback")), outlet(FEED)) == ["wayback"]


def test_an_archive_is_asked_by_years_of_capture_until_today_about_the_whole_window() -> None:
    plan = replace(YEAR, via=("wayback",), copies=Copies.CHANGED)
    asked = orders(plan, WHOLE)
    assert {(order.since, order.until) for order in asked} == {(date(2017, 1, 15), date(2017, 3, 10))}
    assert {(order.via, order.copies, order.kinds) for order in asked} == {(Via.WAYBACK, Copies.CHANGED, ())}
    assert (asked[0].seen_since, asked[-1].seen_until) == (date(2017, 1, 15), date(2026, 11, 23))
    assert [order.seen_since.year for order in asked if order.seen_since] == list(range(2017, 2027))
    assert all(one.seen_until == after.seen_since for one, after in pairwise(asked))


def test_how_late_copies_may_have_been_made_can_be_said() -> None:
    asked = orders(replace(YEAR, via=("commoncrawl",), seen_until="2018-03-01"), WHOLE)
    assert [str(order.seen_until) for order in asked] == ["2018-01-01", "2018-03-01"]


def test_of_a_closed_outlet_only_archives_are_asked() -> None:
    closed = outlet(FEED, DAILY, closed=date(2020, 1, 1))
    assert names(YEAR, closed) == ["wayback", "commoncrawl"]
    assert names(replace(YEAR, via=("all",)), closed) == ["wayback", "commoncrawl"]
    with pytest.raises(UsageError, match="paper closed on 2020-01-01; ask web archives: --via wayback,commoncrawl"):
        sources.sources(replace(YEAR, via=("sitemap",)), closed, "run-1", NOW)


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (Plan(since="2017-01-01", via=("pigeon",)), "--via pigeon is no source; there are sitemap, rest"),
        (Plan(), "needs its first day"),
        (Plan(since="2030-01-01"), "lies in the future"),
        (Plan(since="2017-01-01", via=("wayback",), seen_until="2016-01-01"), "no copy was made before 2016-01-01"),
    ],
)
def test_a_backfill_that_cannot_be_done_is_refused(plan: Plan, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        sources.sources(plan, WHOLE, "run-1", NOW)


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(1, 800), st.sampled_from(Slice))
def test_slices_cover_the_window_once(since: date, days: int, slice_: Slice) -> None:
    until = since + timedelta(days=days)
    slices = list(sources.cut(since, until, slice_))
    assert (slices[0][0], slices[-1][1]) == (since, until)
    assert all(start < end for start, end in slices)
    assert all(one[1] == after[0] for one, after in pairwise(slices))


def test_a_slice_has_one_name_in_every_run_until_the_outlets_facts_change() -> None:
    first, other = orders(YEAR, WHOLE)[:2]
    later = replace(first, run="run-2", now=NOW + timedelta(days=3))
    assert sources.name_of(first, WHOLE) == sources.name_of(later, WHOLE)
    assert sources.name_of(first, WHOLE) != sources.name_of(other, WHOLE)
    assert sources.name_of(first, WHOLE) != sources.name_of(first, outlet(FEED))


def test_a_slice_is_told_by_the_days_it_is_about() -> None:
    assert sources.span_of(orders(YEAR, WHOLE)[0]) == "2017-01-15 to 2017-01-31"
    assert sources.span_of(orders(replace(YEAR, via=("wayback",)), WHOLE)[1]) == "2018-01-01 to 2018-12-31"
