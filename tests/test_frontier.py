"""The books of a crawl: every listed address has one verdict, and the limit counts stories that came."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from archive.records import Hints, Reason, Rejection, Window
from crawler.discover import Candidate
from crawler.scope import NOTHING_HELD, Held
from crawler.visit.frontier import Frontier
from tests.tiny import outlet

OUTLET = outlet()
ALL = 1000
CAPTURED = datetime(2026, 1, 10, tzinfo=UTC)


def frontier(limit: int | None = None, known: Held = NOTHING_HELD, window: Window | None = None) -> Frontier:
    return Frontier(outlet=OUTLET, window=window or Window(), known=known, limit=limit)


def listed(*names: str, **hints: str) -> list[Candidate]:
    return [Candidate(url=f"https://a.example/{name}", hints=Hints(**hints)) for name in names]  # type: ignore[arg-type]


def names(candidates: tuple[Candidate, ...]) -> list[str]:
    return [candidate.url.removeprefix("https://a.example/") for candidate in candidates]


def fetched(books: Frontier, candidates: list[Candidate]) -> list[str]:
    """What is fetched now that these were listed."""
    books.offer(candidates)
    return names(books.take(ALL))


def instead(books: Frontier, reason: Reason | None = None) -> list[str]:
    """What is fetched now that a story was lost."""
    books.lost(reason)
    return names(books.take(ALL))


def test_a_story_is_let_out_once_however_often_and_wherever_it_is_listed() -> None:
    books = frontier()
    assert fetched(books, listed("1", "2")) == ["1", "2"]
    assert fetched(books, listed("1", "1/slug", "3")) == ["3"]
    assert books.counts() == {"listed": 4, "admitted": 3, "again": 1, "refused": 0}


def test_of_twins_in_one_listing_the_storys_own_address_is_fetched() -> None:
    assert fetched(frontier(), listed("1/amp/", "1?print=1", "1")) == ["1"]
    assert fetched(frontier(), listed("1/amp/")) == ["1/amp/"]


def test_the_limit_counts_stories_that_came_and_the_rest_are_refused_as_over_it() -> None:
    books = frontier(limit=2)
    assert fetched(books, listed("1", "2", "3", "4")) == ["1", "2"]
    assert books.is_full
    assert instead(books) == ["3"]
    assert instead(books, Reason.FETCH_FAILED) == ["4"]
    assert instead(books) == []
    assert books.refusals() == {"fetch-failed": 1}
    again = frontier(limit=1)
    again.offer(listed("1", "2", "3", "x"))
    assert again.refusals() == {"not-a-story": 1, "over-limit": 2}
    assert again.counts() == {"listed": 4, "admitted": 1, "again": 0, "refused": 3}


def test_a_limit_of_nothing_fetches_nothing_and_yet_asks_every_seed() -> None:
    books = frontier(limit=0)
    assert not books.is_full
    assert fetched(books, listed("1")) == []


def test_a_refusal_as_held_is_lifted_by_a_seed_that_knows_of_a_change() -> None:
    books = frontier(known=Held(captured={"1": CAPTURED}))
    assert fetched(books, listed("1")) == []
    assert books.refusals() == {"already-held": 1}
    assert fetched(books, listed("1", lastmod="2026-02-01")) == ["1"]
    assert books.refusals() == {}


def test_a_refusal_by_date_stands_when_another_seed_knows_no_date() -> None:
    books = frontier(window=Window(since=date(2017, 1, 1)))
    first = books.offer(listed("1", published="2016-05-05"))
    assert (names(books.take(ALL)), set(first.keys), set(first.older)) == ([], {"1"}, {"1"})
    second = books.offer(listed("1", "1/slug", "2"))
    assert names(books.take(ALL)) == ["2"]
    assert (second.keys, second.older) == ({"1", "2"}, {"1"})
    assert books.refusals() == {"outside-window": 2}


def test_a_redirect_is_judged_like_a_candidate() -> None:
    books = frontier(known=Held(captured={"9": CAPTURED}))
    books.offer(listed("1", "2"))
    first, second = books.take(ALL)

    def verdict(candidate: Candidate, url: str) -> object:
        found = books.follow(candidate, url)
        return found.reason if isinstance(found, Rejection) else found.hints.hops

    assert verdict(first, "https://a.example/1/slug") == ("https://a.example/1",)
    assert verdict(first, "https://b.example/1") is Reason.FOREIGN_HOST
    assert verdict(first, "https://a.example/") is Reason.NOT_A_STORY
    assert verdict(first, "https://a.example/2") is Reason.ALREADY_HELD
    assert verdict(first, "https://a.example/9") is Reason.ALREADY_HELD
    assert verdict(first, "javascript:1") is Reason.BAD_URL
    assert verdict(second, "https://a.example/5") == ("https://a.example/2",)
    assert fetched(books, listed("5")) == []
    assert books.counts() == {"listed": 3, "admitted": 2, "again": 1, "refused": 0}


def test_a_foreign_address_is_refused_even_when_its_path_is_that_of_a_story_of_ours() -> None:
    books = frontier()
    foreign = Candidate(url="https://b.example/1", hints=Hints())
    assert fetched(books, [*listed("1"), foreign]) == ["1"]
    assert books.refusals() == {"foreign-host": 1}
    assert books.counts() == {"listed": 2, "admitted": 1, "again": 0, "refused": 1}


@settings(deadline=None)
@given(
    st.lists(
        st.lists(st.sampled_from(["1", "1/a", "2", "2/amp", "3?utm_source=x", "x", "4", "//b.example/1"]), max_size=6)
    ),
    st.none() | st.integers(min_value=0, max_value=4),
)
def test_nothing_listed_disappears_without_a_count(pages: list[list[str]], limit: int | None) -> None:
    books = frontier(limit=limit, known=Held(captured={"4": CAPTURED}))
    out: list[Candidate] = []
    seen: set[str] = set()
    for page in pages:
        candidates = listed(*page)
        seen.update(candidate.url for candidate in candidates)
        books.offer(candidates)
        out.extend(books.take(1))
    out.extend(books.take(ALL))
    counts = books.counts()
    assert counts["listed"] == len(seen) == counts["admitted"] + counts["again"] + counts["refused"]
    assert counts["admitted"] == len(out) == len({OUTLET.story_key(candidate.url) for candidate in out})
    assert counts["refused"] == sum(books.refusals().values())
    assert limit is None or len(out) <= limit
