"""crawler/polling.py: a seed is asked again when half of what it shows may be new, and seldom when it is silent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from archive.listings import Content, Polled
from archive.records import Via
from crawler.polling import LONGEST, SHORTEST, Due, due

START = datetime(2026, 11, 1, tzinfo=UTC)
FEED = "https://a.example/feed"


def poll(hours: float, **said: object) -> Polled:
    given_ = {
        "outlet": "a",
        "seed": FEED,
        "kind": "feed",
        "url": FEED,
        "at": (START + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "record": f"urn:uuid:{hours}",
        "via": Via.LIVE,
        "run": None,
        "series": FEED,
        "page": 1,
        "content": Content.LISTED,
        "items": 20,
        "new": 0,
        "overlaps": True,
        "problem": None,
        "covers": None,
        "last": False,
        "since": None,
        "until": None,
        "may_have_lost": False,
    }
    return Polled(**{**given_, **said})  # type: ignore[arg-type]  # names of fields


def of(*polls: Polled) -> Due:
    return due("feed", FEED, polls, START + timedelta(days=9))


def test_a_seed_that_was_never_asked_is_due_now() -> None:
    assert of().at == START + timedelta(days=9)
    other = poll(1, seed="https://a.example/other")
    assert of(other, poll(2, via=Via.WAYBACK), poll(3, page=2)).why == "never asked"


def test_a_feed_of_twenty_that_brings_five_an_hour_is_asked_every_two_hours() -> None:
    found = of(poll(0, new=None, overlaps=None), *(poll(hour, new=5) for hour in range(1, 9)))
    assert found.every == timedelta(hours=2)
    assert found.at == START + timedelta(hours=10)
    assert found.why == "40 new stories in 8.0 hours, 20 shown at once"


def test_a_feed_that_was_turned_over_whole_is_asked_as_soon_as_may_be() -> None:
    assert of(poll(0), poll(48, new=20, overlaps=False)).every == SHORTEST


def test_a_silent_feed_is_asked_ever_less_and_at_least_once_a_day() -> None:
    assert of(poll(0), poll(1)).every == timedelta(hours=1)
    assert of(poll(0), poll(1), poll(7, content=Content.UNCHANGED)).every == timedelta(hours=7)
    assert of(poll(0), poll(99)).every == LONGEST


def test_a_seed_that_fails_is_asked_after_twice_the_time_each_time() -> None:
    failed = [poll(hour, content=Content.FAILED, items=0, new=None, overlaps=None) for hour in (1, 2, 3)]
    assert of(poll(0), *failed).every == SHORTEST * 8
    assert of(poll(0), *failed, poll(4, new=1)).why.startswith("1 new stories")


POLLS = st.builds(
    poll,
    st.integers(0, 200),
    content=st.sampled_from(Content),
    items=st.integers(0, 50),
    new=st.none() | st.integers(0, 50),
    overlaps=st.none() | st.booleans(),
    problem=st.none() | st.just("broken XML"),
)


@given(st.lists(POLLS, max_size=30, unique_by=lambda one: one.at), st.randoms())
def test_the_time_between_polls_keeps_its_bounds_and_hangs_on_no_order(polls: list[Polled], chance: Random) -> None:
    shuffled = [*polls]
    chance.shuffle(shuffled)
    assert SHORTEST <= of(*polls).every <= LONGEST
    assert of(*shuffled) == of(*polls)
