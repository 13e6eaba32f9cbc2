"""flows/missed.py: what refusing by hints spared and missed, counted from listings and the sample alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from archive.catalog import Catalog
from archive.listings import ListedQuery
from archive.records import Hints, Via
from crawler.topic import load_topic
from flows.missed import Account, counted
from tests.made import article, reading, shelf
from tests.polled import item, listing, poll

RULES = load_topic()
ON = "انطلاق محادثات أستانا حول سوريا"
OFF = "أسعار الخضار ترتفع في الأسواق"
DAY, LATER = date(2017, 1, 24), date(2018, 5, 1)
TAG = "https://a.example/tag/محادثات-أستانا/"


def of(catalog: Catalog) -> Account:
    return counted("a", catalog.listed(ListedQuery(outlets=("a",), undated=True)), catalog.sampled("a"), RULES)


def test_the_refused_are_counted_by_year_and_what_the_sample_showed_bounds_what_was_missed(catalog: Catalog) -> None:
    refused = [item(f"r{number}", DAY if number % 3 else LATER, title=OFF) for number in range(12)]
    others = [
        item("on", DAY, title=ON),
        item("late", DAY, title=ON),
        item("tagged", DAY, title=OFF),
        item("bare", title=""),
    ]
    tagged = poll(2, item("tagged", DAY, title=OFF), seed=TAG, url=TAG, kind="tag")
    catalog.take_listings([listing("1", poll(1, *refused, *others), tagged)])
    drawn = [replace(reading(f"a-r{n}", article(f"نص {n}", on=n == 1)), hints=Hints(sampled=True)) for n in (1, 2, 3)]
    catalog.take([shelf("1", [*drawn, reading("a-on", article("محادثات"))])])
    found = of(catalog)
    told = {one.refused.year: (one.refused.unseen, one.refused.looked, one.refused.on_topic) for one in found.years}
    assert told == {2017: (6, 2, 1), 2018: (3, 1, 0)}
    assert (found.whole.refused.unseen, found.whole.refused.looked) == (9, 3)
    assert 0 <= found.whole.low < found.whole.high <= 9
    assert found.open == 3, "likely, tagged and bare: nobody looked, and nothing speaks against them"
    assert [(one.kind, one.listed, one.asked, one.on_topic) for one in found.seeds] == [
        ("feed", 16, 4, 2),
        ("tag", 1, 0, 0),
    ]
    assert [line.split(":")[0] for line in found.lines()][:3] == ["  2017", "  2018", "  all years"]
    assert [said["of"] for said in found.dump()] == ["missed", "missed", "missed", "open", "seed", "seed"]


def test_a_story_that_was_drawn_and_would_not_be_refused_today_is_no_sample_of_the_refused(catalog: Catalog) -> None:
    catalog.take_listings([listing("1", poll(1, item("on", DAY, title=ON), item("off", DAY, title=OFF)))])
    held = replace(reading("a-on", article("محادثات")), hints=Hints(sampled=True), via=Via.LIVE)
    catalog.take([shelf("1", [held])])
    (only,) = of(catalog).years
    assert (only.refused.unseen, only.refused.looked) == (1, 0)
    assert (only.likely, only.low, only.high) == (None, 0, 1)


def test_an_outlet_of_which_nothing_is_listed_missed_nothing(catalog: Catalog) -> None:
    found = of(catalog)
    assert (found.years, found.whole.high, found.seeds) == ((), 0, ())
