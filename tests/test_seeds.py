"""Seeds: templates filled from the window, pages turned as long as they bring something."""

from __future__ import annotations

from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest

from archive.records import Window
from crawler.outlet import Outlet, Seed, SeedKind
from crawler.visit.seeds import MAX_SPANS, Turning, numbered, search_terms, seed_pages
from tests import tiny

TODAY = date(2026, 3, 10)
OPEN = Window()


def with_seeds(*seeds: Seed) -> Outlet:
    return tiny.outlet(seeds=seeds)


def seed(kind: SeedKind, url: str, since: date | None = None, until: date | None = None) -> Seed:
    return Seed(kind=kind, url=url, since=since, until=until)


def pages(outlet: Outlet, window: Window = OPEN, terms: tuple[str, ...] = ()) -> list[str]:
    return [page.url for page in seed_pages(outlet, window, (), terms, TODAY)]


def test_a_plain_seed_is_one_page_and_a_paged_one_starts_at_one() -> None:
    outlet = with_seeds(
        seed(SeedKind.FEED, "https://a.example/f"), seed(SeedKind.SECTION, "https://a.example/s/{page}")
    )
    first, second = seed_pages(outlet, OPEN, (), (), TODAY)
    assert (first.url, first.is_paged) == ("https://a.example/f", False)
    assert (second.url, second.is_paged) == ("https://a.example/s/1", True)
    assert numbered(second, 2).url == "https://a.example/s/2"


def test_only_the_kinds_asked_for_are_used() -> None:
    outlet = with_seeds(seed(SeedKind.FEED, "https://a.example/f"), seed(SeedKind.SITEMAP, "https://a.example/m"))
    assert [page.url for page in seed_pages(outlet, OPEN, (SeedKind.SITEMAP,), (), TODAY)] == ["https://a.example/m"]


def test_a_daily_template_is_filled_for_every_day_of_the_window_newest_first() -> None:
    outlet = with_seeds(seed(SeedKind.SITEMAP, "https://a.example/map?yyyy={yyyy}&mm={mm}&dd={dd}"))
    window = Window(since=date(2017, 1, 31), until=date(2017, 2, 2))
    assert pages(outlet, window) == [
        "https://a.example/map?yyyy=2017&mm=02&dd=01",
        "https://a.example/map?yyyy=2017&mm=01&dd=31",
    ]


def test_a_monthly_template_is_filled_once_a_month_and_an_open_window_means_the_last_week() -> None:
    outlet = with_seeds(seed(SeedKind.SITEMAP, "https://a.example/{yyyy}-{mm}.xml"))
    window = Window(since=date(2016, 12, 30), until=date(2017, 2, 2))
    assert pages(outlet, window) == [f"https://a.example/{month}.xml" for month in ("2017-02", "2017-01", "2016-12")]
    assert pages(outlet) == ["https://a.example/2026-03.xml"]


def test_days_and_months_may_be_asked_for_without_a_leading_nought() -> None:
    outlet = with_seeds(seed(SeedKind.SITEMAP, "https://a.example/map?yyyy={yyyy}&mm={m}&dd={d}"))
    window = Window(since=date(2017, 9, 9), until=date(2017, 9, 11))
    assert pages(outlet, window) == [
        "https://a.example/map?yyyy=2017&mm=9&dd=10",
        "https://a.example/map?yyyy=2017&mm=9&dd=9",
    ]


@pytest.mark.long
@pytest.mark.slow
def test_a_calendar_without_an_end_is_asked_for_so_many_addresses_and_none_of_the_future() -> None:
    outlet = with_seeds(
        seed(SeedKind.SECTION, "https://a.example/day/{yyyy}/{mm}/{dd}"),
        seed(SeedKind.SECTION, "https://a.example/month/{yyyy}/{mm}"),
    )
    asked = pages(outlet, Window(since=date(1, 1, 1), until=date(9999, 12, 31)))
    days = [url for url in asked if "/day/" in url]
    assert (days[0], len(days)) == ("https://a.example/day/2026/03/10", MAX_SPANS)
    months = [url for url in asked if "/month/" in url]
    assert (months[0], len(months)) == ("https://a.example/month/2026/03", MAX_SPANS)


def test_a_seed_whose_days_lie_outside_the_window_is_left_out() -> None:
    outlet = with_seeds(
        seed(SeedKind.SECTION, "https://a.example/old/{page}", until=date(2018, 1, 1)),
        seed(SeedKind.SECTION, "https://a.example/new/{page}", since=date(2018, 1, 1)),
    )
    assert pages(outlet, Window(until=date(2018, 1, 1))) == ["https://a.example/old/1"]
    assert pages(outlet, Window(since=date(2018, 1, 1))) == ["https://a.example/new/1"]


def test_search_words_are_percent_encoded_one_address_a_term_and_none_without_terms() -> None:
    outlet = with_seeds(seed(SeedKind.SEARCH, "https://a.example/page/{page}/?s={term}"))
    assert pages(outlet, terms=("أستانا 1", "x")) == [
        "https://a.example/page/1/?s=%D8%A3%D8%B3%D8%AA%D8%A7%D9%86%D8%A7%201",
        "https://a.example/page/1/?s=x",
    ]
    assert pages(outlet) == []


def test_rest_asks_for_the_fields_it_needs_and_for_the_window_in_local_time() -> None:
    outlet = with_seeds(seed(SeedKind.REST, "https://a.example/wp-json/wp/v2/posts?lang=ar&per_page=10"))
    (url,) = pages(outlet, Window(since=date(2017, 1, 1), until=date(2017, 2, 1)))
    asked = parse_qs(urlsplit(url).query)
    assert asked["after"] == ["2016-12-31T23:59:59"]
    assert asked["before"] == ["2017-02-01T00:00:00"]
    assert asked["per_page"] == ["100"]
    assert asked["page"] == ["1"]
    assert asked["lang"] == ["ar"]
    assert "_embed" not in asked
    assert set(asked["_fields"][0].split(",")) == {"id", "date", "modified", "link", "title", "excerpt"}


def test_pages_are_turned_until_one_repeats_is_empty_or_the_bound_is_reached() -> None:
    def keys(*names: str) -> frozenset[str]:
        return frozenset(names)

    turning = Turning(most=4)
    assert turning.turn(keys("1", "2"), keys(), 1)
    assert turning.turn(keys("2", "3"), keys(), 2)
    assert not turning.turn(keys("1", "3"), keys(), 3)
    assert not Turning(most=9).turn(keys(), keys(), 1)
    assert not Turning(most=1).turn(keys("1"), keys(), 1)


def test_two_pages_in_a_row_of_too_old_stories_end_the_turning_and_one_pinned_story_does_not() -> None:
    turning = Turning(most=9)
    assert turning.turn(frozenset({"pinned"}), frozenset({"pinned"}), 1)
    assert turning.turn(frozenset({"1", "2"}), frozenset({"2"}), 2)
    assert turning.turn(frozenset({"3"}), frozenset({"3"}), 3)
    assert not turning.turn(frozenset({"4"}), frozenset({"4"}), 4)


def test_the_tables_words_are_searched_for_only_when_a_search_was_asked_for() -> None:
    assert search_terms((), ()) == ()
    assert search_terms((), (SeedKind.FEED,)) == ()
    assert search_terms(("سوتشي",), (SeedKind.SEARCH,)) == ("سوتشي",)
    assert len(search_terms((), (SeedKind.SEARCH,))) > 3
    assert search_terms((), (SeedKind.REST,)) == search_terms((), (SeedKind.SEARCH,))
