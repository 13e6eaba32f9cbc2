"""Small worlds of an outlet, polled now and then: each day's state against a model that counts hours by brute force."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.catalog import Catalog
from archive.coverage import Coverage, _joined, bounds
from archive.listings import Content, Poll, State
from archive.records import Window
from crawler.outlet import SeedKind
from crawler.polls.cover import Shown, covers
from tests.polled import FEED, ZONE, item, ledger, listing

LENGTH = 6  # days
FIRST = date(2017, 1, 24)
START = bounds(FIRST, ZONE)[0]


@dataclass(frozen=True)
class World:
    """What an outlet published, by the hour, and when it was polled: (hour, most items, whether it failed)."""

    stories: frozenset[int]
    feeds: tuple[tuple[int, int, bool], ...]
    maps: tuple[tuple[int, int, bool], ...]  # (hour, day, whether it failed)


HOURS = st.integers(0, LENGTH * 24 - 1)
WORLDS = st.builds(
    World,
    stories=st.frozensets(HOURS, max_size=8),
    feeds=st.lists(st.tuples(HOURS, st.integers(1, 4), st.booleans()), max_size=6, unique_by=lambda f: f[0]).map(tuple),
    maps=st.lists(
        st.tuples(HOURS, st.integers(0, LENGTH - 1), st.booleans()), max_size=4, unique_by=lambda m: m[0]
    ).map(tuple),
)


def hour(number: float) -> datetime:
    return START + timedelta(hours=number)


def civil(number: int) -> date:
    return FIRST + timedelta(days=number // 24)


def polls_of(world: World) -> Iterable[Poll]:
    """The polls as the listings of that world would be read."""
    for at, most, is_failed in world.feeds:
        shown = sorted((each for each in world.stories if each < at), reverse=True)[:most]
        yield _poll(at, shown, Source(), is_failed)
    for at, number, is_failed in world.maps:
        named = FIRST + timedelta(days=number)
        shown = sorted(each for each in world.stories if each < at and civil(each) == named)
        source = Source(kind=SeedKind.SITEMAP, url=f"map-{number}", days=(named, named + timedelta(days=1)))
        yield _poll(at, shown, source, is_failed)


@dataclass(frozen=True)
class Source:
    kind: SeedKind = SeedKind.FEED
    url: str = FEED
    days: tuple[date | None, date | None] = (None, None)


def _poll(at: int, shown: list[int], source: Source, is_failed: bool) -> Poll:
    since, until = (bounds(each, ZONE)[0] if each else None for each in source.days)
    spans = [(hour(each), hour(each + 1)) for each in shown]
    told = covers(Shown(kind=source.kind, at=hour(at), spans=spans, asked=(since, until)))
    return Poll(
        outlet="a",
        seed=source.url,
        kind=source.kind.value,
        url=source.url,
        series=source.url,
        at=hour(at).isoformat(),
        record=f"urn:{source.url}-{at}",
        content=Content.FAILED if is_failed else Content.LISTED,
        problem="answered 503" if is_failed else None,
        items=() if is_failed else tuple(item(f"s{each}", civil(each)) for each in shown),
        covers=None if is_failed else told,
        since=source.days[0],
        until=source.days[1],
    )


def accounted(world: World) -> set[int]:
    """Hours of which some listing gives account, by counting: a feed's from behind its oldest item up to the poll."""
    found: set[int] = set()
    for at, most, is_failed in world.feeds:
        shown = sorted((each for each in world.stories if each < at), reverse=True)[:most]
        if shown and not is_failed:
            found |= set(range(shown[-1] + 1, at))
    for at, number, is_failed in world.maps:
        if not is_failed:
            found |= {each for each in range(number * 24, number * 24 + 24) if each < at}
    return found


def is_blocked(world: World, number: int) -> bool:
    """Whether a poll that could have told of a day failed, and no later one of that day, or of that map, came."""
    good = [at for at, most, is_failed in world.feeds if not is_failed]
    behind = accounted(World(stories=world.stories, feeds=world.feeds, maps=()))
    for at, _, is_failed in world.feeds:
        made_good = any(other >= at and other // 24 == at // 24 for other in good) or at in behind
        if is_failed and at // 24 == number and not made_good:
            return True
    read = {day_ for _, day_, is_failed in world.maps if not is_failed}
    return any(is_failed and day_ == number and day_ not in read for _, day_, is_failed in world.maps)


def model(world: World, number: int) -> State:
    """The state of a day, by brute force; nothing was ever fetched."""
    seen = {item_.story for each in polls_of(world) for item_ in each.items}
    covered = set(range(number * 24, number * 24 + 24)) <= accounted(world)
    if is_blocked(world, number) and not covered:
        return State.BLOCKED
    if any(f"a-s{each}" in seen for each in world.stories if each // 24 == number):
        return State.UNSEEN
    return State.NOTHING if covered else State.NO_LISTING


@settings(max_examples=40, deadline=None)
@given(WORLDS)
def test_every_day_of_a_small_world_is_called_as_counting_its_hours_says(
    tmp_path_factory: pytest.TempPathFactory, world: World
) -> None:
    window = Window(since=FIRST, until=FIRST + timedelta(days=LENGTH))
    with Catalog.open(f"sqlite:///{tmp_path_factory.mktemp('world') / 'c.db'}") as catalog:
        catalog.take_listings(listing(str(number), each) for number, each in enumerate(polls_of(world)))
        found = [each.state for each in ledger(catalog, window).days]
    assert found == [model(world, number) for number in range(LENGTH)]
    for number, state in enumerate(found):
        if state is State.NOTHING:
            assert not any(each // 24 == number for each in world.stories), "a day with a story was called empty"


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), max_size=9), st.integers(0, 4))
def test_a_day_is_held_by_spans_exactly_when_every_hour_of_it_is(given_: list[tuple[int, int]], number: int) -> None:
    spans = [(hour(low), hour(high)) for low, high in given_ if low < high]
    told = Coverage(zone=ZONE, spans=tuple(_joined(spans)))
    hours = {each for low, high in given_ for each in range(low, high)}
    assert told.holds(FIRST + timedelta(days=number)) == (set(range(number * 24, number * 24 + 24)) <= hours)
    assert all(one[1] < other[0] for one, other in zip(told.spans, told.spans[1:], strict=False))
