"""The state of an outlet's day: absence, a failed crawl and a missing listing are three things, and never confused."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, timedelta

import pytest

from archive.catalog import Catalog
from archive.coverage import ALWAYS, Coverage, bounds, coverage
from archive.gaps import DayGap, OutletGaps
from archive.listings import Content, ListedItem, Poll, State
from archive.records import Window
from tests import polled
from tests.made import NOON, article, gone, reading, shelf
from tests.polled import MAP, ZONE, again, asked, failed, item, listing, moment, poll

DAYS = [date(2017, 1, 24) + timedelta(days=number) for number in range(-2, 8)]
WINDOW = Window(since=DAYS[0], until=DAYS[-1] + timedelta(days=1))
DAY = DAYS[2]


def ledger(catalog: Catalog, window: Window = WINDOW) -> OutletGaps:
    return polled.ledger(catalog, window)


def day(found: OutletGaps, wanted: date = DAY) -> DayGap:
    return next(each for each in found.days if each.day == wanted)


@pytest.fixture
def book(tmp_path_factory: pytest.TempPathFactory) -> Iterable[Catalog]:
    with Catalog.open(f"sqlite:///{tmp_path_factory.mktemp('gaps') / 'c.db'}") as made:
        yield made


def whole(at: float, *items: ListedItem, **changes: object) -> Poll:
    """A poll that gives account of everything from two days before."""
    return poll(at, *items, covers=(moment(at - 72), moment(at)), **changes)


def test_a_day_of_which_nothing_is_known_has_no_listing(book: Catalog) -> None:
    assert {each.state for each in ledger(book).days} == {State.NO_LISTING}
    assert ledger(book, Window()).days == ()


def test_a_day_that_a_listing_accounts_for_and_nothing_stands_on_is_empty(book: Catalog) -> None:
    book.take_listings([listing("1", whole(60, item("x", DAYS[3])))])
    assert day(ledger(book)).state is State.NOTHING
    assert day(ledger(book), DAYS[3]).state is State.UNSEEN
    assert day(ledger(book), DAYS[5]).state is State.NO_LISTING


def test_a_day_that_is_half_accounted_for_is_not_empty(book: Catalog) -> None:
    book.take_listings([listing("1", poll(12, item("x", DAYS[1]), covers=(moment(-30), moment(12))))])
    assert day(ledger(book)).state is State.NO_LISTING
    assert day(ledger(book), DAYS[1]).state is State.UNSEEN


def test_a_failed_poll_is_never_an_empty_day_nor_a_missing_listing(book: Catalog) -> None:
    book.take_listings([listing("1", failed(10))])
    found = day(ledger(book))
    assert (found.state, found.failed) == (State.BLOCKED, 1)
    assert day(ledger(book), DAYS[4]).state is State.NO_LISTING


def test_a_poll_that_failed_and_was_made_good_leaves_no_mark(book: Catalog) -> None:
    book.take_listings([listing("1", failed(10), whole(60, item("x", DAYS[4])))])
    assert (day(ledger(book)).state, day(ledger(book)).failed) == (State.NOTHING, 0)


def test_a_map_that_failed_blocks_the_days_it_is_named_by_until_it_is_read(book: Catalog) -> None:
    named = {"seed": MAP, "kind": "sitemap", "url": "m", "since": DAYS[4], "until": DAYS[6]}
    book.take_listings([listing("1", failed(10, **named))])
    assert [each.state for each in ledger(book).days[3:7]] == [
        State.NO_LISTING,
        State.BLOCKED,
        State.BLOCKED,
        State.NO_LISTING,
    ]
    read = poll(300, covers=(bounds(DAYS[4], ZONE)[0], bounds(DAYS[5], ZONE)[1]), **named)
    book.take_listings([listing("2", read)])
    assert [each.state for each in ledger(book).days[4:6]] == [State.NOTHING, State.NOTHING]


def test_a_listing_read_in_part_accounts_for_nothing_and_says_that_it_failed(book: Catalog) -> None:
    book.take_listings([listing("1", poll(10, item("x", DAYS[1]), problem="cut short"))])
    found = day(ledger(book))
    assert (found.state, found.covered) == (State.BLOCKED, False)


def test_a_304_accounts_for_the_time_up_to_itself(book: Catalog) -> None:
    book.take_listings([listing("1", whole(10, item("x", DAYS[1])), again(90))])
    assert [day(ledger(book), each).state for each in DAYS[2:5]] == [State.NOTHING] * 3
    assert day(ledger(book), DAYS[6]).state is State.NO_LISTING


def test_each_state_of_a_story_stands_on_its_day(book: Catalog) -> None:
    names = ("held", "off", "lost", "blocked", "unseen", "hidden")
    rejected = [gone("a-lost")]
    texts = [
        reading("a-held", article("كلام أول", at=NOON)),
        reading("a-off", article("كلام ثان", at=NOON, on=False)),
        *rejected,
    ]
    book.take([shelf("1", texts)])
    book.take_listings([listing("1", poll(9, *(item(name, DAY) for name in names)), asked("blocked", 9))])
    from archive.takedowns import Takedown

    book.hide([Takedown(event="e", at="2026", story="a-hidden", urls=(), reason="r")])
    found = day(ledger(book))
    assert dict(found.counts) == {
        State.HELD: 1,
        State.LOST: 1,
        State.BLOCKED: 1,
        State.UNSEEN: 1,
        State.OFF_TOPIC: 1,
        State.TAKEN_DOWN: 1,
    }
    assert found.state is State.HELD
    assert [each.state for each in ledger(book).named] == [State.BLOCKED, State.LOST]


def test_a_day_on_which_only_a_taken_down_story_stood_is_not_empty(book: Catalog) -> None:
    from archive.takedowns import Takedown

    book.take_listings([listing("1", whole(60, item("x", DAY)))])
    book.hide([Takedown(event="e", at="2026", story="a-x", urls=(), reason="r")])
    assert day(ledger(book)).state is State.TAKEN_DOWN


def test_a_story_dated_to_its_month_keeps_every_day_of_it_from_being_empty(book: Catalog) -> None:
    book.take_listings([listing("1", whole(60, item("x", days=(DAYS[0], DAYS[5]))))])
    found = day(ledger(book))
    assert (found.state, dict(found.counts), dict(found.perhaps)) == (State.UNSEEN, {}, {State.UNSEEN: 1})


def test_a_story_without_a_day_stands_on_none_and_is_counted_apart(book: Catalog) -> None:
    book.take([shelf("1", [gone("a-x")])])
    book.take_listings([listing("1", whole(60, item("x"), item("y")))])
    found = ledger(book)
    assert dict(found.undated) == {State.LOST: 1, State.UNSEEN: 1}
    assert [each.story for each in found.named] == ["a-x"]
    assert not any(each.counts for each in found.days)


def test_polls_between_which_items_may_have_been_lost_are_named_with_their_times(book: Catalog) -> None:
    book.take_listings([listing("1", poll(1, item("x")), poll(30, item("z")))])
    (lapse,) = ledger(book).lapses
    assert (lapse.after, lapse.before, lapse.kind) == (moment(1), moment(30), "feed")


# ---- pages that follow each other ----------------------------------------------------------------------------------


def page(number: int, low: float | None, high: float | None, **changes: object) -> Poll:
    span = (moment(low), moment(high)) if low is not None and high is not None else None
    given_ = {"run": "r", "page": number, "covers": span, "url": f"p{number}", "series": "p", **changes}
    return poll(100 + number / 60, *([item("x", DAY)] if span else []), **given_)


SERIES: dict[str, tuple[list[Poll], tuple[float | None, float]]] = {
    "pages without a break tell of the time between them, too": ([page(1, 50, 90), page(2, 20, 40)], (20, 90)),
    "a broken page ends what they tell": ([page(1, 50, 90), page(2, None, None), page(3, 0, 10)], (50, 90)),
    "past the end there is nothing more": (
        [page(1, 50, 90), page(2, None, None, content=Content.PAST_THE_END, last=True)],
        (None, 90),
    ),
    "an empty page is the end": ([page(1, 50, 90), page(2, None, None, last=True)], (None, 90)),
    "the end of a window is no more than its beginning": (
        [page(1, 50, 90), page(2, None, None, last=True, since=DAYS[1])],
        (-24 - 2, 90),
    ),
    "pages of two runs are not joined": ([page(1, 50, 90), page(2, 20, 40, run="s")], (50, 90)),
}


@pytest.mark.parametrize("name", SERIES)
def test_pages_of_one_walk_tell_together(name: str, book: Catalog) -> None:
    pages, (since, until) = SERIES[name]
    book.take_listings([listing("1", *pages)])
    found = coverage(book.polls(), ZONE)
    start = ALWAYS if since is None else moment(since)
    assert (start, moment(until)) in found.spans


def test_a_day_without_midnight_of_a_change_of_the_clock_is_as_long_as_it_was() -> None:
    first, after = bounds(date(2017, 3, 31), "Asia/Damascus")
    assert after - first == timedelta(hours=23)
    assert Coverage(zone=ZONE, spans=((first, after),)).holds(date(2017, 3, 31))
    assert first.tzinfo is UTC


def test_a_held_story_that_nothing_dates_is_not_held_on_the_day_of_its_capture(book: Catalog) -> None:
    book.take([shelf("1", [reading("a-x", article("كلام بلا تاريخ", at=None))])])
    found = ledger(book, Window())
    assert (found.days, found.undated) == ((), {State.HELD: 1})
    book.take_listings([listing("1", whole(60, item("x", DAYS[3])))])
    found = ledger(book)
    assert (day(found, DAYS[3]).state, found.undated, found.stories) == (State.HELD, {}, {State.HELD: 1})
    elsewhere = ledger(book, Window(since=DAYS[4], until=DAYS[6]))
    assert (elsewhere.stories, elsewhere.undated) == ({}, {})
