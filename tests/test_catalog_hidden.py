"""What was taken down is gone from the catalog, whichever order things come in."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.catalog import Catalog, Query, TextObject
from archive.takedowns import Depth, Lift, Takedown
from tests.catalogs import EVERYTHING, WORD, printed_thrice
from tests.made import article, reading, shelf

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def order(story: str | None, *urls: str) -> Takedown:
    return Takedown(event=f"e-{story}-{len(urls)}", at=NOON.isoformat(), story=story, urls=urls, reason="a court")


def test_a_hidden_story_leaves_lists_search_and_cluster_and_the_next_one_becomes_canonical(address: str) -> None:
    with Catalog.open(address) as catalog:
        catalog.take(printed_thrice())
        before = catalog.counts()
        assert catalog.cluster_of("c-x").canonical == "a-x"
        assert catalog.hide([order("a-x", "https://a.example/x"), order("a-y", "https://a.example/y")]) == 2
        assert [story.id for story in catalog.stories(EVERYTHING)] == ["b-x", "c-x"]
        assert list(catalog.stories(Query(text=WORD))) == []
        (cluster,) = catalog.clusters(EVERYTHING)
        assert (cluster.canonical, [copy.story for copy in cluster.copies]) == ("b-x", ["c-x"])
        assert catalog.counts().captures == before.captures  # none disappears uncounted
        assert (catalog.counts().stories, before.stories) == (2, 4)
        assert not [line for line in catalog.dump() if WORD in line]


def test_order_and_rebuild_make_no_difference(address: str) -> None:
    one, two, three = printed_thrice()
    by_story, by_address = order("a-x", "https://a.example/x"), order(None, "http://www.b.example/x")

    def dump(*steps: list[TextObject] | Takedown) -> list[str]:
        Catalog.rebuild(address, ())
        with Catalog.open(address) as catalog:
            for step in steps:
                catalog.hide([step]) if isinstance(step, Takedown) else catalog.take(step)
            return list(catalog.dump())

    last = dump([one, two, three], by_story, by_address)
    assert dump(by_address, [three], by_story, by_address, [two, one]) == last
    Catalog.rebuild(address, printed_thrice(), [by_address, by_story])
    with Catalog.open(address) as catalog:
        assert list(catalog.dump()) == last
        assert [story.id for story in catalog.stories(EVERYTHING)] == ["a-y", "c-x"]


def test_a_lift_brings_back_the_very_rows_and_whichever_order_entries_come_in(address: str) -> None:
    shelves = {each.key: each.readings for each in printed_thrice()}
    by_story, by_address = order("a-x", "https://a.example/x"), order(None, "http://www.b.example/x")
    ended = Lift(event="l-1", at=NOON.isoformat(), orders=(by_story.event,), reason="withdrawn")

    def dump(*steps: list[Takedown | Lift] | None) -> list[str]:
        Catalog.rebuild(address, ())
        with Catalog.open(address) as catalog:
            for step in steps:
                catalog.take(printed_thrice()) if step is None else catalog.hide(step, shelves.get)
            return list(catalog.dump())

    last = dump([by_address, by_story, ended], None)
    assert dump(None, [by_story], [by_address], [ended]) == last
    assert dump([ended], None, [by_story, by_address]) == last
    assert dump(None, [by_story], [ended], [by_address]) == last
    rows = [line for line in dump(None) if not line.startswith(("takedowns", "lifts"))]
    both = Lift(event="l-2", at=NOON.isoformat(), orders=(by_story.event, by_address.event), reason="withdrawn")
    lifted = dump(None, [by_story, by_address], [both])
    assert [line for line in lifted if not line.startswith(("takedowns", "lifts"))] == rows


@pytest.mark.parametrize("seed", range(6))
def test_texts_orders_and_lifts_give_the_same_rows_in_any_order_and_any_batches(tmp_path: Path, seed: int) -> None:
    objects = printed_thrice()
    shelves = {each.key: each.readings for each in objects}
    orders = [order("a-x", "https://a.example/x"), order(None, "http://www.b.example/x"), order("a-y")]
    orders.append(replace(orders[0], event="e-later", at=(NOON + timedelta(days=2)).isoformat(), depth=Depth.SEALED))
    lifts = [
        Lift(event=f"l-{number}", at=NOON.isoformat(), orders=names, reason="r")
        for number, names in enumerate([(orders[0].event, orders[2].event), (orders[1].event,), ("e-elsewhere",)])
    ]
    steps: list[TextObject | Takedown | Lift] = [*objects, *orders, *lifts]

    def dump(name: str, taken: list[TextObject | Takedown | Lift]) -> list[str]:
        with Catalog.open(f"sqlite:///{tmp_path}/{name}.db") as catalog:
            for step in taken:
                catalog.take([step]) if isinstance(step, TextObject) else catalog.hide([step], shelves.get)
            return list(catalog.dump())

    wanted = dump("wanted", [*orders, *lifts, *objects])
    assert dump("shuffled", random.Random(seed).sample(steps, len(steps))) == wanted
    with Catalog.open(f"sqlite:///{tmp_path}/shuffled.db") as catalog:
        assert [story.id for story in catalog.stories(EVERYTHING)] == ["a-y", "b-x", "c-x"]
        assert not [said for each in objects for said in catalog.unlike(each)]


def test_what_two_orders_hid_is_hidden_until_both_are_lifted(tmp_path: Path) -> None:
    orders = [order("a-x", "https://a.example/x"), order(None, "https://a.example/x")]
    shelves = {each.key: each.readings for each in printed_thrice()}
    with Catalog.open(f"sqlite:///{tmp_path}/catalog.db") as catalog:
        catalog.take(printed_thrice())
        catalog.hide(orders)
        for number, each in enumerate(orders):
            assert "a-x" not in [story.id for story in catalog.stories(EVERYTHING)]
            ended = Lift(event=f"l-{number}", at=NOON.isoformat(), orders=(each.event,), reason="r")
            catalog.hide([ended], shelves.get)
        assert "a-x" in [story.id for story in catalog.stories(EVERYTHING)]


def test_an_address_taken_down_alone_hides_only_the_texts_captured_there(tmp_path: Path) -> None:
    place = f"sqlite:///{tmp_path}/catalog.db"
    moved = reading("a-x", article("ثان"), day=2, url="https://a.example/other")
    with Catalog.open(place) as catalog:
        catalog.take([shelf("1", [reading("a-x", article("أول")), moved])])
        catalog.hide([order(None, "https://a.example/other")])
        (story,) = catalog.stories(EVERYTHING)
        assert [each.article.text for each in story.editions] == ["أول"]


def test_what_is_captured_after_its_takedown_is_hidden_too_wherever_it_stood(tmp_path: Path) -> None:
    place = f"sqlite:///{tmp_path}/catalog.db"
    with Catalog.open(place) as catalog:
        catalog.hide([order("a-x", "https://a.example/x")])
        catalog.take([shelf("1", [reading("a-x", article(WORD), url="https://a.example/amp/x")])])
        assert list(catalog.stories(EVERYTHING)) == []
        assert catalog.takedowns().hides("http://a.example/amp/x")
