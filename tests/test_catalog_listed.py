"""Polls and listed stories in the catalog: whatever order they come in, the same rows; what a 304 means; takedowns."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.catalog import Catalog, ListingObject
from archive.catalog.listed import item_row, merged
from archive.errors import AlreadyThereError
from archive.listings import Content, Poll, State
from archive.records import Via
from archive.takedowns import Lift, Takedown
from tests.made import article, claim, gone, reading, shelf
from tests.polled import MAP, again, asked, dump_of, failed, item, listed, listing, moment, poll

DAY = moment(0).date()
HIDDEN = Takedown(event="e1", at="2026-11-22T00:00:00+00:00", story="a-x", urls=("https://a.example/x",), reason="r")
LIFTED = Lift(event="e2", at="2026-11-23T00:00:00+00:00", orders=("e1",), reason="r")


def test_a_listed_story_is_known_by_its_first_title_and_by_when_it_was_seen_first_and_last(catalog: Catalog) -> None:
    second = poll(30, item("x", DAY, title="آخر", summary="ملخص"), item("y"))
    catalog.take_listings([listing("2", second), listing("1", poll(5, item("x", DAY)))])
    found = listed(catalog)
    assert (found["x"].title, found["x"].summary) == ("عنوان x", "ملخص")
    assert found["x"].first_seen.startswith("2017-01-24T05") and found["x"].last_seen.startswith("2017-01-25T06")
    assert found["x"].days == (DAY, DAY) and found["y"].days is None
    assert found["x"].state is State.UNSEEN


def objects() -> list[ListingObject]:
    """Polls of a feed and a map, unchanged ones, failed ones, pages that never came."""
    return [
        listing("1", poll(1, item("x", DAY), item("y", title=None)), failed(2)),
        listing("2", again(9), poll(10, item("y"), item("z"), url=MAP, seed=MAP, kind="sitemap")),
        listing("3", poll(20, item("z", DAY), item("w")), asked("w", 21), asked("y", 22, moved=True, to="a-x")),
        listing("4", again(30), again(31, of="urn:uuid:1-https://a.example/feed-1")),
        listing("5", poll(40, item("x", summary="نص"), item("q", archived="2017-02-01T00:00:00Z"), kind="wayback")),
    ]


def test_the_order_in_which_objects_are_taken_changes_no_row(address: str) -> None:
    true = dump_of(address, objects())
    assert sum(line.startswith("listed\t") for line in true) == 5
    for seed in range(4):
        given_ = objects()
        random.Random(seed).shuffle(given_)
        assert dump_of(address, given_) == true
    Catalog.rebuild(address, (), (), objects())
    with Catalog.open(address) as catalog:
        assert list(catalog.dump()) == true


def test_an_object_is_taken_once_and_never_with_other_content(catalog: Catalog) -> None:
    one = listing("1", poll(1, item("x")))
    catalog.take_listings([one])
    before = list(catalog.dump())
    catalog.take_listings([one])
    assert list(catalog.dump()) == before
    with pytest.raises(AlreadyThereError, match="listed/a/11"):
        catalog.take_listings([listing("1", poll(1, item("y")))])


def polls_at(catalog: Catalog) -> dict[str, tuple[int, int | None, bool | None, str | None]]:
    return {each.at[8:13]: (each.items, each.new, each.overlaps, each.problem) for each in catalog.polls(("a",))}


def test_a_304_shows_the_newest_whole_answer_before_it_again_whichever_was_taken_in_first(address: str) -> None:
    given_ = [
        listing("1", poll(1, item("x"), item("y"))),
        listing("2", poll(10, item("z"))),
        listing("3", again(20), again(5)),
    ]
    for order in (given_, given_[::-1]):
        Catalog.rebuild(address, (), (), order)
        with Catalog.open(address) as catalog:
            assert polls_at(catalog) == {
                "24T01": (2, None, None, None),
                "24T05": (2, 0, True, None),
                "24T10": (1, 1, False, None),
                "24T20": (1, 0, True, None),
            }
            found = listed(catalog)
            assert found["x"].last_seen.startswith("2017-01-24T05")
            assert found["z"].last_seen.startswith("2017-01-24T20")


def test_a_304_of_what_is_not_held_says_so_and_lists_nothing(catalog: Catalog) -> None:
    catalog.take_listings([listing("1", again(5), poll(9, item("x")))])
    assert polls_at(catalog)["24T05"] == (0, None, None, "what it stands for is not held")
    assert listed(catalog)["x"].last_seen.startswith("2017-01-24T09")


def test_a_304_is_found_its_original_although_the_outlets_file_names_the_seed_otherwise_now(catalog: Catalog) -> None:
    catalog.take_listings([listing("1", poll(1, item("x"), seed="https://a.example/old")), listing("2", again(7))])
    assert polls_at(catalog)["24T07"][0] == 1


def test_a_304_of_a_page_that_could_not_be_read_lists_nothing_either(catalog: Catalog) -> None:
    broken = failed(1, whole=True)
    catalog.take_listings([listing("1", broken, again(7))])
    assert polls_at(catalog)["24T07"] == (0, None, None, "answered 503")


def test_an_archived_copy_of_a_feed_is_not_what_a_live_304_stands_for(catalog: Catalog) -> None:
    catalog.take_listings([listing("1", poll(1, item("x")), poll(3, item("y"), via=Via.WAYBACK), again(7))])
    assert listed(catalog)["x"].last_seen.startswith("2017-01-24T07")
    assert listed(catalog)["y"].last_seen.startswith("2017-01-24T03")


def test_polls_that_share_nothing_say_that_items_may_have_been_lost_between(catalog: Catalog) -> None:
    told = poll(50, item("v"), covers=(moment(29), moment(50)))
    catalog.take_listings([listing("1", poll(1, item("x")), poll(30, item("z")), failed(40), told)])
    assert [each.may_have_lost for each in catalog.polls()] == [False, True, False, False]


FATES: dict[str, tuple[list[object], State]] = {
    "an article": ([("reading", article("كلام"))], State.HELD),
    "an article off topic": ([("reading", article("كلام", on=False))], State.OFF_TOPIC),
    "a 404": ([("gone",)], State.LOST),
    "no answer": ([asked("x", 4)], State.BLOCKED),
    "a 404, and later no answer": ([("gone",), asked("x", 24 * 60)], State.BLOCKED),
    "a redirect to nowhere": ([asked("x", 4, moved=True)], State.LOST),
    "a redirect to a story that is held": ([asked("x", 4, moved=True, to="a-held")], State.HELD),
    "a redirect in a circle": ([asked("x", 4, moved=True, to="a-y"), asked("y", 5, moved=True, to="a-x")], State.LOST),
    "nothing": ([], State.UNSEEN),
}


@pytest.fixture
def catalog_of_file(tmp_path: Path) -> Iterator[Catalog]:
    """What is told in Python is told once, whatever the database."""
    with Catalog.open(f"sqlite:///{tmp_path / 'catalog.db'}") as made:
        yield made


@pytest.mark.parametrize("name", FATES)
def test_what_became_of_a_listed_story_is_told_from_every_answer(name: str, catalog_of_file: Catalog) -> None:
    given_, state = FATES[name]
    catalog = catalog_of_file
    made: list[Callable[[], object]] = []
    readings = [reading("a-held", article("كلام آخر"))]
    for each in given_:
        if isinstance(each, tuple):
            readings.append(gone("a-x") if each[0] == "gone" else reading("a-x", each[1]))
        else:
            made.append(lambda each=each: each)  # type: ignore[misc]  # bound now
    catalog.take([shelf("1", readings)])
    catalog.take_listings([listing("1", poll(1, item("x", DAY)), *(call() for call in made))])  # type: ignore[arg-type]
    assert listed(catalog)["x"].state is state


def test_what_an_archive_is_known_to_hold_is_not_lost_before_the_archive_was_asked(catalog: Catalog) -> None:
    index = poll(3, item("x", archived="2018-01-01T00:00:00Z"), kind="wayback", seed="https://archive.example/cdx")
    catalog.take([shelf("1", [gone("a-x")])])
    catalog.take_listings([listing("1", poll(1, item("x")))])
    assert listed(catalog)["x"].state is State.LOST
    catalog.take_listings([listing("2", index)])
    found = listed(catalog)["x"]
    assert (found.state, found.archived) == (State.UNSEEN, "2018-01-01T00:00:00Z")
    catalog.take_listings([listing("3", asked("x", 9, via=Via.WAYBACK))])
    assert listed(catalog)["x"].state is State.BLOCKED


def test_a_story_known_only_from_an_archive_is_held_from_it(catalog: Catalog) -> None:
    from dataclasses import replace

    catalog.take([shelf("1", [replace(reading("a-x", article("كلام")), via=Via.WAYBACK)])])
    catalog.take_listings([listing("1", poll(1, item("x")))])
    assert listed(catalog)["x"].state is State.FROM_ARCHIVE
    catalog.take([shelf("2", [reading("a-x", article("كلام"), day=9)])])
    assert listed(catalog)["x"].state is State.HELD


# ---- takedowns -----------------------------------------------------------------------------------------------------


def test_a_takedown_leaves_neither_title_nor_address_of_a_listed_story_in_any_row(catalog: Catalog) -> None:
    catalog.take_listings([listing("1", poll(1, item("x", DAY, summary="سر"), item("y")))])
    catalog.hide([HIDDEN])
    catalog.take_listings([listing("2", poll(9, item("x", DAY, title="سر آخر")))])
    assert sorted(listed(catalog)) == ["y"]
    shown = listed(catalog, with_hidden=True)["x"]
    assert (shown.state, shown.url, shown.title, shown.summary) == (State.TAKEN_DOWN, "", None, None)
    rows = [line for line in catalog.dump() if line.startswith("listed\t") and '"a-x"' in line]
    assert len(rows) == 1
    assert "سر" not in rows[0] and "عنوان" not in rows[0] and "a.example/x" not in rows[0]


def test_a_takedown_taken_first_or_last_leaves_the_same_rows(address: str) -> None:
    Catalog.rebuild(address, (), [HIDDEN], objects())
    with Catalog.open(address) as catalog:
        true = list(catalog.dump())
    Catalog.rebuild(address, (), (), objects()[:3])
    with Catalog.open(address) as catalog:
        catalog.hide([HIDDEN])
        catalog.take_listings(objects()[3:])
        assert list(catalog.dump()) == true


def test_a_lift_lets_go_of_the_listings_so_that_they_are_taken_again(catalog: Catalog) -> None:
    catalog.take_listings([listing("1", poll(1, item("x")))])
    catalog.hide([HIDDEN])
    catalog.hide([LIFTED])
    assert catalog.listed_in() == {}
    catalog.take_listings([listing("1", poll(1, item("x")))])
    assert listed(catalog)["x"].title == "عنوان x"


def test_polls_of_an_address_that_was_taken_down_are_not_told(catalog: Catalog) -> None:
    url = "https://a.example/feed"
    catalog.take_listings([listing("1", poll(1, item("y")))])
    catalog.hide([Takedown(event="e1", at="2026", story=None, urls=(url,), reason="r")])
    assert list(catalog.polls()) == []


def test_outlets_are_dropped_whole_and_alone(catalog: Catalog) -> None:
    catalog.take_listings([listing("1", poll(1, item("x")), asked("x", 2))])
    other = [line for line in catalog.dump() if line.startswith("meta")]
    catalog.drop_listings(["b"])
    assert listed(catalog)
    catalog.drop_listings(["a"])
    assert [line for line in catalog.dump() if not line.startswith("meta")] == [] and other


# ---- the merging of rows -------------------------------------------------------------------------------------------

ITEMS = st.builds(
    lambda title, days, archived, said: item("x", days, title=title, archived=archived, claim=said),
    st.sampled_from([None, "أ", "ب"]),
    st.sampled_from([None, DAY, moment(48).date()]),
    st.sampled_from([None, "2017-02-01T00:00:00Z", "2018-02-01T00:00:00Z"]),
    st.sampled_from([None, claim(moment(0)), claim(moment(9))]),
)
POLLS = st.builds(
    lambda at, kind, seed: poll(at, kind=kind, seed=seed),
    st.integers(0, 5),
    st.sampled_from(["feed", "wayback"]),
    st.sampled_from(["s", "t"]),
)


@given(st.lists(st.tuples(POLLS, ITEMS), min_size=3, max_size=3))
def test_rows_of_one_story_merge_in_any_order_and_grouping(said: list[tuple[Poll, object]]) -> None:
    one, two, three = (item_row(at, each) for at, each in said)  # type: ignore[arg-type]  # items
    assert merged(one, two) == merged(two, one)
    assert merged(merged(one, two), three) == merged(one, merged(two, three))
    assert merged(one, one) == one


CONTENTS = st.sampled_from([Content.LISTED, Content.UNCHANGED, Content.FAILED])


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 20), CONTENTS, st.sets(st.sampled_from("xyzw"))), max_size=8))
def test_last_seen_is_what_a_walk_through_all_polls_in_order_gives(
    tmp_path_factory: pytest.TempPathFactory, said: list[tuple[int, Content, set[str]]]
) -> None:
    by_hour = {hour: (content, names) for hour, content, names in said}
    seen: dict[str, int] = {}
    showing: set[str] = set()
    for hour, (content, names) in sorted(by_hour.items()):
        if content is Content.LISTED:
            showing = names
        if content is not Content.FAILED:
            seen |= dict.fromkeys(showing, hour)
    made = [
        poll(hour, *map(item, sorted(names)) if content is Content.LISTED else (), content=content)
        for hour, (content, names) in by_hour.items()
    ]
    folder: Path = tmp_path_factory.mktemp("seen")
    with Catalog.open(f"sqlite:///{folder / 'c.db'}") as catalog:
        catalog.take_listings(listing(str(number), each) for number, each in enumerate(made))
        found = {name: each.last_seen[:13] for name, each in listed(catalog).items()}
    assert found == {name: moment(hour).isoformat()[:13] for name, hour in seen.items()}
