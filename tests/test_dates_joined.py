"""Dates in the catalog: what listings claim of a held story, and when they showed it, join its own claims."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from archive.catalog import Catalog, ListingObject, TextObject
from archive.claims import SEEN
from archive.export import published_json
from archive.records import Claim, Ground, Loss, Published, Story
from archive.takedowns import Lift, Takedown
from tests.catalogs import EVERYTHING
from tests.made import article, claim, gone, reading, shelf
from tests.polled import item, listing, moment, poll

HELD = shelf("1", [reading("a-x", article("نص الخبر", at=None)), reading("a-y", article("نص آخر"))])
BY_ADDRESS = Takedown(event="e1", at="2026-11-22T00:00:00+00:00", story=None, urls=("https://a.example/x",), reason="r")
LIFTED = Lift(event="e2", at="2026-11-23T00:00:00+00:00", orders=("e1",), reason="r")


def told(hours: float, source: str = "feed") -> Claim:
    at = moment(hours)
    return replace(claim(at), source=source, said=f"{at:%Y-%m-%dT%H:%M:%SZ}")


def fed(name: str, at: float, *claims: Claim, story: str = "x") -> ListingObject:
    """A poll of the feed that shows a story with each of these claims, one poll a claim."""
    polls = [poll(at + hours, item(story, claim=each)) for hours, each in enumerate(claims)]
    return listing(name, *(polls or [poll(at, item(story))]))


def story(catalog: Catalog, name: str = "a-x") -> Story:
    return catalog.story(name)


def published(catalog: Catalog, name: str = "a-x") -> Published:
    return story(catalog, name).published


def objects() -> list[TextObject | ListingObject]:
    return [
        HELD,
        shelf("2", [reading("a-x", article("نص الخبر بعد تعديل", at=None), day=9), gone("a-z")]),
        fed("1", 12, told(9), told(10)),
        fed("2", 5, told(4), story="y"),
        fed("3", 30, story="x"),
        listing("4", poll(900, item("x", archived="2017-01-25T00:00:00Z"), kind="wayback")),
    ]


def take(catalog: Catalog, given: TextObject | ListingObject) -> None:
    if isinstance(given, TextObject):
        catalog.take([given])
    else:
        catalog.take_listings([given])


def test_a_feed_dates_a_story_whose_page_names_no_day(catalog: Catalog) -> None:
    catalog.take([HELD])
    assert (published(catalog).source, published(catalog).reason) == ("capture", Ground.NO_CLAIM)
    catalog.take_listings([fed("1", 12, told(9))])
    assert (published(catalog).value, published(catalog).source) == ("2017-01-24T09:00:00Z", "feed")
    assert [each.id for each in catalog.stories(EVERYTHING)] == ["a-x", "a-y"]  # it stands earlier now


def test_rows_are_the_same_whatever_is_taken_first(address: str) -> None:
    dumps = []
    for seed in range(5):
        given = objects()
        random.Random(seed).shuffle(given)
        Catalog.rebuild(address, ())
        with Catalog.open(address) as catalog:
            for each in given:
                take(catalog, each)
            dumps.append(list(catalog.dump()))
            assert list(catalog.underived()) == []
    texts = [each for each in objects() if isinstance(each, TextObject)]
    listings = [each for each in objects() if isinstance(each, ListingObject)]
    Catalog.rebuild(address, texts, (), listings)
    with Catalog.open(address) as catalog:
        dumps.append(list(catalog.dump()))
    assert all(dump == dumps[0] for dump in dumps)


def test_a_story_shows_every_claim_and_who_saw_it_first(catalog: Catalog) -> None:
    for each in objects():
        take(catalog, each)
    found = story(catalog)
    assert {(c.source, c.value) for c in found.claims if c.about == "published"} == {
        ("feed", told(9).value),
        ("feed", told(10).value),
    }
    assert {(c.source, c.value) for c in found.claims if c.about == SEEN} == {
        ("listing", "2017-01-24T12:00:00Z"),
        ("archive-index", "2017-01-25T00:00:00Z"),
        ("capture", "2017-02-02T09:00:00Z"),
    }
    shown = published_json(found.published, found.claims)
    assert shown["losing"] == [] and shown["reason"] == "most-trusted"
    assert len(shown["claims"]) == 5  # type: ignore[arg-type]  # a list


def test_nothing_is_published_after_a_listing_showed_it(catalog: Catalog) -> None:
    catalog.take([shelf("1", [reading("a-x", article("نص", at=moment(40)))])])
    catalog.take_listings([fed("1", 12, told(9))])
    found = published(catalog)
    assert (found.source, found.value) == ("feed", "2017-01-24T09:00:00Z")
    assert [(lost.claim.source, lost.why) for lost in found.losing] == [("json-ld", Loss.AFTER_FIRST_CAPTURE)]


def test_an_undated_story_stands_where_an_archive_captured_it_first(catalog: Catalog) -> None:
    catalog.take([HELD])
    catalog.take_listings([listing("1", poll(900, item("x", archived="2016-12-25T00:00:00Z"), kind="wayback"))])
    found = published(catalog)
    assert (found.source, found.earliest) == ("archive-index", datetime(2016, 12, 25, tzinfo=UTC))


def test_an_undated_story_that_was_listed_before_stands_at_its_first_capture(catalog: Catalog) -> None:
    catalog.take([HELD])
    catalog.take_listings([fed("1", 12)])
    found = published(catalog)
    assert (found.source, found.earliest) == ("capture", datetime(2017, 2, 2, 9, tzinfo=UTC))


def test_what_is_listed_no_longer_dates_nothing(catalog: Catalog) -> None:
    catalog.take([HELD])
    before = list(catalog.dump())
    catalog.take_listings([fed("1", 12, told(9))])
    catalog.drop_listings(["a"])
    assert list(catalog.dump()) == before


def test_an_address_taken_down_takes_what_listings_claimed_of_it_along(catalog: Catalog) -> None:
    mirror = reading("a-x", article("نص الخبر", at=None), url="https://m.a.example/x", day=3)
    catalog.take([HELD, shelf("2", [mirror])])
    catalog.take_listings([fed("1", 12, told(9))])
    catalog.hide([BY_ADDRESS])
    assert published(catalog).reason is Ground.NO_CLAIM
    assert not any("2017-01-24T09" in line for line in catalog.dump() if line.startswith("listed\t"))
    catalog.hide([LIFTED])
    catalog.take_listings([fed("1", 12, told(9))])
    assert published(catalog).source == "feed"


def test_a_feed_that_moves_its_dates_is_remembered_by_the_earliest(address: str) -> None:
    moved = [fed(str(hour), 100 + hour, told(hour)) for hour in range(20)]
    dumps = []
    for order in (moved, moved[::-1]):
        Catalog.rebuild(address, [HELD])
        with Catalog.open(address) as catalog:
            for each in order:
                catalog.take_listings([each])
            dumps.append(list(catalog.dump()))
            said = [c.earliest for c in story(catalog).claims if c.source == "feed"]
            assert said == [moment(0) + timedelta(hours=hour) for hour in range(8)]
    assert dumps[0] == dumps[1]
