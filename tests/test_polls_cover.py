"""Which time a listing gives account of: never a moment at which a story was published that it does not show."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.listings import Span
from crawler.outlet import SeedKind
from crawler.polls.cover import ALWAYS, Shown, covers
from crawler.polls.place import Place, of_index, place

AT = datetime.fromisoformat("2017-02-01T00:00:00+00:00")
MINUTE = timedelta(minutes=1)


def minute(number: int) -> Span:
    """A story dated to the minute, so many minutes before the poll."""
    return AT - number * MINUTE, AT - (number - 1) * MINUTE


def shown(kind: SeedKind, *spans: Span | None, **more: object) -> Span | None:
    return covers(Shown(kind=kind, at=AT, spans=spans, asked=(None, None), **more))  # type: ignore[arg-type]  # fields


MINUTES = st.lists(st.integers(1, 5000), min_size=1, max_size=12, unique=True)


@given(MINUTES, st.integers(1, 12), st.sampled_from([SeedKind.FEED, SeedKind.REST, SeedKind.SECTION]))
def test_a_listing_of_the_newest_covers_nothing_it_does_not_show(ages: list[int], most: int, kind: SeedKind) -> None:
    newest = sorted(ages)
    listed, left_out = newest[:most], newest[most:]
    found = shown(kind, *map(minute, listed))
    assert found is not None or listed == [1]
    if found is not None:
        assert found[1] == AT
        assert not any(found[0] <= minute(age)[0] < found[1] for age in left_out)
        assert all(minute(age)[1] >= found[0] for age in listed)


@given(MINUTES, st.integers(1, 5), st.integers(1, 4))
def test_a_page_in_the_middle_covers_only_what_lies_between_its_own(ages: list[int], size: int, number: int) -> None:
    newest = sorted(ages)
    on_page = newest[(number - 1) * size : number * size]
    found = shown(SeedKind.REST, *map(minute, on_page), page=number)
    others = [age for age in newest if age not in on_page]
    if found is not None:
        assert not any(found[0] <= minute(age)[0] < found[1] for age in others)


@given(st.permutations(range(1, 9)), st.integers(1, 2000))
def test_a_listing_in_no_order_covers_nothing(order: list[int], step: int) -> None:
    """With days between its items: what is pinned to the top, or sorted otherwise, tells nothing of the time."""
    spans = [minute(age * 60 * 24 * 3 + step) for age in order]
    found = shown(SeedKind.FEED, *spans)
    assert (found is not None) == (list(order) == sorted(order))


@given(st.lists(st.integers(1, 4000), min_size=2, max_size=9, unique=True), st.randoms(use_true_random=False))
def test_a_little_disorder_covers_less_and_nothing_that_is_not_shown(ages: list[int], chance: random.Random) -> None:
    """Any items may be missing from a list that is out of order: those between its oldest two, for one."""
    listed = ages[:-1]
    chance.shuffle(listed)
    found = shown(SeedKind.FEED, *map(minute, listed))
    is_missing = listed != sorted(listed) and ages[-1] < max(listed) and ages[-1] > sorted(listed)[-2:][0]
    if found is not None and is_missing and max(listed) - ages[-1] < 60 * 24:
        assert not found[0] <= minute(ages[-1])[0]


def test_an_item_that_is_newer_by_a_moment_is_out_of_order_too() -> None:
    ordered, mixed = (21, 22, 24), (22, 21, 24)
    assert shown(SeedKind.FEED, *map(minute, ordered)) == (minute(24)[1], AT)
    assert shown(SeedKind.FEED, *map(minute, mixed)) is None  # nothing is left of a day less


def test_one_item_without_a_date_is_enough_to_cover_nothing() -> None:
    assert shown(SeedKind.FEED, minute(5), None, minute(9)) is None
    assert shown(SeedKind.SITEMAP, minute(5), None) is None


def test_a_feed_without_items_covers_nothing() -> None:
    assert shown(SeedKind.FEED) is None


def test_all_there_is_covers_everything_up_to_the_poll_in_whatever_order() -> None:
    assert shown(SeedKind.REST, minute(9), None, minute(5), last=True) == (ALWAYS, AT)


@pytest.mark.parametrize("kind", [SeedKind.SEARCH, SeedKind.TAG])
def test_what_lists_by_words_covers_nothing(kind: SeedKind) -> None:
    assert shown(kind, minute(5), last=True) is None
    assert shown(SeedKind.REST, minute(5), last=True, is_partial=True) is None


def test_a_map_named_by_its_days_covers_them_up_to_the_poll_even_when_it_is_empty() -> None:
    day = datetime.fromisoformat("2017-01-31T00:00:00+00:00"), datetime.fromisoformat("2017-02-03T00:00:00+00:00")
    assert covers(Shown(kind=SeedKind.SITEMAP, at=AT, spans=(), asked=day)) == (day[0], AT)


def test_a_map_without_a_name_covers_the_time_between_its_first_and_last_item() -> None:
    assert shown(SeedKind.SITEMAP, minute(9), minute(2)) == (minute(9)[1], minute(2)[0])
    assert shown(SeedKind.SITEMAP, minute(2), minute(9)) == (minute(9)[1], minute(2)[0])


def test_a_listing_asked_for_a_window_covers_no_more_than_that() -> None:
    window = AT - timedelta(days=3), AT - timedelta(days=1)
    spans = [minute(60 * 30), minute(60 * 40)]
    found = covers(Shown(kind=SeedKind.REST, at=AT, spans=spans, asked=window, last=True))
    assert found == window


# ---- where an address stands in its seed ---------------------------------------------------------------------------

WEB = "https://a.example"
PLACES: dict[str, tuple[str, SeedKind, str, Place]] = {
    "a feed": (f"{WEB}/feed", SeedKind.FEED, f"{WEB}/feed", Place(series=f"{WEB}/feed")),
    "a page of a section": (
        f"{WEB}/news/page/{{page}}/",
        SeedKind.SECTION,
        f"{WEB}/news/page/3/",
        Place(series=f"{WEB}/news/page/{{page}}/", page=3, is_paged=True),
    ),
    "a page of an Arabic section, encoded": (
        f"{WEB}/سياسة?p={{page}}",
        SeedKind.SECTION,
        f"{WEB}/%D8%B3%D9%8A%D8%A7%D8%B3%D8%A9?p=2",
        Place(series=f"{WEB}/سياسة?p={{page}}", page=2, is_paged=True),
    ),
    "a map of a day": (
        f"{WEB}/map.xml?yyyy={{yyyy}}&mm={{mm}}&dd={{dd}}",
        SeedKind.SITEMAP,
        f"{WEB}/map.xml?yyyy=2017&mm=9&dd=14",
        Place(series=f"{WEB}/map.xml?yyyy=2017&mm=9&dd=14", since=date(2017, 9, 14), until=date(2017, 9, 15)),
    ),
    "a map that an index named, by its month": (
        f"{WEB}/sitemap_index.xml",
        SeedKind.SITEMAP,
        f"{WEB}/sitemap-2017-01.xml",
        Place(series=f"{WEB}/sitemap-2017-01.xml", since=date(2017, 1, 1), until=date(2017, 2, 1)),
    ),
    "posts of a window": (
        f"{WEB}/wp-json/wp/v2/posts",
        SeedKind.REST,
        f"{WEB}/wp-json/wp/v2/posts?per_page=100&after=2017-01-22T23:59:59&before=2017-02-01T00:00:00&page=2",
        Place(
            series=f"{WEB}/wp-json/wp/v2/posts?per_page=100&before=2017-02-01T00:00:00",
            page=2,
            is_paged=True,
            since=date(2017, 1, 23),
            until=date(2017, 2, 1),
        ),
    ),
    "posts whose bounds are no days": (
        f"{WEB}/posts",
        SeedKind.REST,
        f"{WEB}/posts?after=2017-01-22T12:00:00&before=gestern",
        Place(series=f"{WEB}/posts?before=gestern", is_paged=True),
    ),
}


@pytest.mark.parametrize("name", PLACES)
def test_an_address_tells_its_page_its_series_and_its_days(name: str) -> None:
    seed, kind, url, true = PLACES[name]
    assert place(seed, kind, url) == true


def test_a_question_to_an_archives_index_tells_the_days_of_capture_it_asks_for() -> None:
    found = of_index("https://archive.example/cdx?url=a.example&from=20170101000000&to=20171231235959")
    assert (found.since, found.until) == (date(2017, 1, 1), date(2018, 1, 1))
    assert of_index("https://archive.example/cdx?url=a&from=x").since is None


@given(st.text(max_size=30), st.text(max_size=30), st.sampled_from(list(SeedKind)))
def test_no_address_breaks_its_place(seed: str, url: str, kind: SeedKind) -> None:
    assert place(seed, kind, f"{WEB}/{url}").page >= 0
