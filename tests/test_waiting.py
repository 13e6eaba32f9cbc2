"""A crawl's books with an economy: what is let out at once, what waits, what is refused, and what is drawn of that."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from archive.records import Hints, Reason, Window
from archive.urls import story_id
from crawler.discover import Candidate
from crawler.hinted import drawn
from crawler.scope import NOTHING_HELD
from crawler.topic import load_topic
from crawler.visit.frontier import Frontier
from crawler.visit.waiting import Economy
from tests.tiny import outlet

OUTLET = outlet()
RULES = load_topic()
ALL = 1000
ON = "انطلاق محادثات أستانا حول سوريا"
OFF = "أسعار الخضار ترتفع في الأسواق"
LEAD_ON = "بدأت اليوم محادثات أستانا بين الوفود السورية برعاية الدول الضامنة."
LEAD_OFF = "ارتفعت أسعار الخضار هذا الأسبوع بسبب موجة الصقيع."


def frontier(limit: int | None = None, **more: object) -> Frontier:
    economy = Economy(topic=RULES, **{"sample": 0.0, **more})  # type: ignore[arg-type]
    return Frontier(outlet=OUTLET, window=Window(), known=NOTHING_HELD, limit=limit, economy=economy)


def story(name: str, title: str | None = None, summary: str | None = None, **more: str) -> Candidate:
    return Candidate(url=f"https://a.example/{name}", hints=Hints(title=title, summary=summary, **more))  # type: ignore[arg-type]


def out(books: Frontier) -> list[str]:
    return [one.url.removeprefix("https://a.example/") for one in books.take(ALL)]


def test_a_story_that_title_and_summary_show_is_let_out_at_once_the_others_wait_for_all_seeds() -> None:
    books = frontier()
    books.offer([story("1", OFF, LEAD_OFF), story("2"), story("3", ON), story("4", ON, LEAD_ON)])
    assert out(books) == ["4"]
    books.settle()
    assert out(books) == ["3", "2"], "likely before unknown"
    assert books.refusals() == {"off-topic-hints": 1}
    assert books.counts() == {"listed": 4, "admitted": 3, "again": 0, "refused": 1}


def test_fuller_words_of_a_later_seed_decide() -> None:
    books = frontier()
    books.offer([story("1"), story("2", ON), story("3")])
    books.offer([story("1/slug", OFF, LEAD_OFF), story("2", ON, LEAD_OFF), story("3", ON, LEAD_ON)])
    assert out(books) == ["2", "3"]
    books.settle()
    assert out(books) == []
    assert books.counts() == {"listed": 4, "admitted": 2, "again": 0, "refused": 2}


def test_a_budget_bounds_the_unknown_and_says_what_was_not_looked_at() -> None:
    books = frontier(budget=2)
    books.offer([story(str(number)) for number in range(10, 15)] + [story("1", ON, LEAD_ON)])
    books.settle()
    first = out(books)
    assert len(first) == 3
    assert books.refusals() == {"over-budget": 3}
    books.offer([story("20")])
    books.settle()
    assert out(books) == [], "spent is spent"
    again = frontier(budget=2)
    again.offer([story("1", ON, LEAD_ON)] + [story(str(number)) for number in range(14, 9, -1)])
    again.settle()
    assert out(again) == first, "the lot does not ask who was listed first"


def lot(name: str) -> float:
    return drawn(story_id(OUTLET.id, OUTLET.key(f"https://a.example/{name}")))


def test_of_the_refused_the_share_that_the_lot_names_is_fetched_and_says_so() -> None:
    names = [str(number) for number in range(100, 200)]
    books = frontier(sample=0.1)
    books.offer([story(name, OFF, LEAD_OFF) for name in names])
    books.settle()
    taken = books.take(ALL)
    expected = [name for name in names if lot(name) < 0.1]
    assert sorted(one.url.rpartition("/")[2] for one in taken) == expected
    assert 3 <= len(taken) <= 20
    assert all(one.hints.sampled for one in taken)
    assert books.refusals() == {"off-topic-hints": 100 - len(taken)}


def test_a_story_refused_before_is_fetched_when_a_seed_says_more() -> None:
    books = frontier()
    books.offer([story("1", OFF, LEAD_OFF)])
    books.settle()
    assert out(books) == []
    books.offer([story("1", OFF), story("1/slug", OFF)])
    assert books.refusals() == {"off-topic-hints": 2}
    books.offer([story("1", ON, LEAD_ON)])
    assert out(books) == ["1"]
    assert books.counts() == {"listed": 2, "admitted": 1, "again": 1, "refused": 0}


def test_what_earlier_listings_told_counts() -> None:
    of_one = story_id(OUTLET.id, "1")

    def told(name: str) -> tuple[Hints, ...]:
        return (Hints(title=OFF, summary=LEAD_OFF),) if name == of_one else ()

    books = frontier(told=told)
    books.offer([story("1"), story("2")])
    books.settle()
    assert out(books) == ["2"]


def test_a_story_that_waits_and_is_dated_outside_the_window_is_refused_for_that() -> None:
    economy = Economy(topic=RULES, sample=0.0)
    window = Window(since=date(2017, 1, 1))
    books = Frontier(outlet=OUTLET, window=window, known=NOTHING_HELD, economy=economy)
    books.offer([story("1"), story("1/slug", ON)])
    books.offer([story("1", published="2016-01-01")])
    books.settle()
    assert out(books) == []
    assert books.refusals() == {"outside-window": 2}


def test_a_limit_is_full_when_enough_that_will_be_fetched_waits() -> None:
    books = frontier(limit=2)
    books.offer([story("1", OFF, LEAD_OFF), story("2", ON)])
    assert not books.is_full
    books.offer([story("3")])
    assert books.is_full
    books.offer([story("4", ON)])
    books.settle()
    assert out(books) == ["2", "4"]
    assert books.refusals() == {"off-topic-hints": 1, "over-limit": 1}
    books.lost(Reason.FETCH_FAILED)
    assert out(books) == ["3"]


NAMES = st.sampled_from(["1", "1/a", "2", "2/amp", "3?utm_source=x", "x", "4", "5", "6"])
WORDS = st.sampled_from([(None, None), (ON, None), (ON, LEAD_ON), (OFF, None), (OFF, LEAD_OFF), (ON, LEAD_OFF)])
PAGES = st.lists(st.lists(st.tuples(NAMES, WORDS), max_size=6), max_size=5)


@settings(deadline=None, max_examples=30)
@given(PAGES, st.none() | st.integers(0, 3), st.sampled_from([0.0, 0.3, 1.0]), st.none() | st.integers(0, 4))
def test_nothing_listed_disappears_without_a_count(
    pages: list[list[tuple[str, tuple[str | None, str | None]]]], budget: int | None, sample: float, limit: int | None
) -> None:
    books = frontier(limit=limit, budget=budget, sample=sample)
    taken: list[Candidate] = []
    seen: set[str] = set()
    for number, page in enumerate(pages):
        candidates = [story(name, *words) for name, words in page]
        seen.update(one.url for one in candidates)
        books.offer(candidates)
        taken.extend(books.take(1))
        if number % 2:
            books.settle()
    books.settle()
    taken.extend(books.take(ALL))
    counts = books.counts()
    assert counts["listed"] == len(seen) == counts["admitted"] + counts["again"] + counts["refused"]
    assert counts["admitted"] == len(taken) == len({OUTLET.story_key(one.url) for one in taken})
    assert counts["refused"] == sum(books.refusals().values())


@settings(deadline=None, max_examples=20)
@given(PAGES, st.permutations(range(5)))
def test_verdicts_hang_on_no_order_of_seeds(
    pages: list[list[tuple[str, tuple[str | None, str | None]]]], order: list[int]
) -> None:
    def fetched(
        several: list[list[tuple[str, tuple[str | None, str | None]]]],
    ) -> tuple[set[str | None], dict[str, int]]:
        books = frontier(budget=1, sample=0.3)
        for page in several:
            books.offer([story(name, *words) for name, words in page])
        books.settle()
        return {OUTLET.story_key(one.url) for one in books.take(ALL)}, books.refusals()

    shuffled = [pages[place] for place in order if place < len(pages)]
    assert fetched(pages) == fetched(shuffled)
