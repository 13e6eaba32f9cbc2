from __future__ import annotations

from datetime import date

import pytest

from archive.errors import UsageError
from archive.records import Window
from crawler.outlet import load_outlets
from flows import plans
from flows.plans import Place, Plan
from tests.papers import FEED, NOW, outlet

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("2017-01-23", date(2017, 1, 23)),
        ("7d", date(2026, 11, 15)),
        ("0d", TODAY),
        ("2w", date(2026, 11, 8)),
        ("3m", date(2026, 8, 22)),
        ("9m", date(2026, 2, 22)),
        ("11m", date(2025, 12, 22)),
        ("1y", date(2025, 11, 22)),
    ],
)
def test_a_day_is_read_as_people_type_it(said: str, day: date) -> None:
    assert plans.read_day(said, TODAY) == day


def test_three_months_before_the_end_of_may_is_the_end_of_february() -> None:
    assert plans.read_day("3m", date(2017, 5, 31)) == date(2017, 2, 28)
    assert plans.read_day("3m", date(2016, 5, 31)) == date(2016, 2, 29)


@pytest.mark.parametrize("said", ["", "yesterday", "2017-13-01", "2017-02-30", "23/01/2017", "7", "d", "-7d", "9999y"])
def test_what_is_no_day_is_refused_in_one_line(said: str) -> None:
    with pytest.raises(UsageError) as refusal:
        plans.read_day(said, TODAY)
    assert repr(said) in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_round_stands_for_its_window() -> None:
    assert plans.read_window(None, None, 6, TODAY) == Window(since=date(2017, 9, 11), until=date(2017, 9, 19))


def test_a_round_and_days_together_are_refused() -> None:
    with pytest.raises(UsageError, match="not both"):
        plans.read_window("7d", None, 6, TODAY)


def test_a_window_without_a_day_is_refused() -> None:
    with pytest.raises(UsageError, match="no day lies in"):
        plans.read_window("2017-01-02", "2017-01-02", None, TODAY)


def test_a_crawl_looks_back_seven_days_of_the_outlets_own_calendar() -> None:
    order = plans.crawl_order(Plan(), outlet(FEED), "run-1", NOW)
    assert order.since == date(2026, 11, 16)  # 22:30 UTC on the 22nd is the 23rd in Damascus
    assert order.until is None
    assert plans.crawl_order(Plan(), outlet(FEED, zone="UTC"), "run-1", NOW).since == date(2026, 11, 15)


def test_a_crawl_of_a_round_does_not_fall_back_to_seven_days() -> None:
    order = plans.crawl_order(Plan(round=1, limit=5), outlet(FEED), "run-1", NOW)
    assert order.window == Window(since=date(2017, 1, 20), until=date(2017, 1, 28))
    assert order.limit == 5


def test_all_outlets_means_those_that_are_crawled_live() -> None:
    outlets = load_outlets()
    assert {"akhbaralaan", "enabbaladi", "sana"} <= {one.id for one in plans.choose(outlets, ())}
    assert all(one.seeds and one.closed is None for one in plans.choose(outlets, ()))


@pytest.mark.parametrize(
    ("name", "said"),
    [("nobody", "there is no outlet 'nobody'; known are"), ("orient", "orient closed on"), ("other", "no seeds")],
)
def test_an_outlet_that_cannot_be_crawled_is_refused_by_name(name: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        [chosen] = plans.choose(load_outlets(), (name,))
        plans.crawl_order(Plan(), chosen, "run-1", NOW)


def test_with_a_web_archive_among_the_sources_closed_outlets_are_asked_about_too() -> None:
    outlets = load_outlets()
    assert "orient" not in [one.id for one in plans.choose(outlets, (), ("sitemap",))]
    for via in (("wayback",), ("sitemap", "commoncrawl"), ("all",)):
        assert {one.id for one in plans.choose(outlets, (), via)} == {one.id for one in outlets.values() if one.hosts}


def test_a_folder_brings_its_own_catalog_and_a_bucket_keeps_the_one_that_is_set() -> None:
    assert Place(store="shelf").given() == {"store": "shelf", "catalog": None, "spool": None}
    assert Place(store="s3://bucket/shelf").given() == {"store": "s3://bucket/shelf"}
    assert Place().given() == {}
