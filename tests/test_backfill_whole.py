"""From an empty store to every story about the talks that is live or archived: a crawl, a backfill over all sources.

What nothing but its own text tells is left to the sample and its estimate; what is gone everywhere is named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import pytest

from archive.listings import State
from archive.records import Window
from crawler.newsroom.answers import Ask
from crawler.topic import load_topic
from flows.missed import account
from flows.reports import RunReport
from tests import past_truth
from tests.backfilled import (
    PAPERS,
    Press,
    gaps_between,
    most_in_a_minute,
    pages,
    press,
    strange,
    titles_lost,
    titles_on_topic,
    titles_untold,
)

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("backfill"), pytest.mark.timeout(1800)]

MOST_PAGES = 1.5  # fetched for each story on the topic
PACE = 0.01  # seconds, of every outlet of the press
NEIGHBOURS = 50  # requests whose pace is looked at together: one alone may be late


Shown = Callable[[str, object], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    press: Press
    report: RunReport
    asks: tuple[Ask, ...]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    with press(tmp_path_factory.mktemp("filled")) as opened:
        opened.crawl()
        report = opened.backfill()
        yield Filled(press=opened, report=report, asks=opened.newsroom.log)


@pytest.mark.parametrize("outlet", PAPERS)
def test_every_story_that_is_live_or_archived_and_told_of_is_found_and_no_other(filled: Filled, outlet: str) -> None:
    expected = titles_on_topic(outlet) - titles_lost()
    found = filled.press.titles(outlet)
    assert found - expected == set()
    assert expected - found <= titles_untold(outlet)


def test_what_is_gone_everywhere_is_named(filled: Filled) -> None:
    with filled.press.open() as archive:
        window = Window(since=past_truth.SINCE, until=past_truth.UNTIL)
        [ledger] = archive.gaps(["sawari"], window)
    paths = {number: past_truth.pieces()[number].path for number in past_truth.on_topic()}
    named = {number for number, path in paths.items() for one in ledger.named if one.url.endswith(path)}
    assert named >= {number for number, story in past_truth.on_topic().items() if not story.found}
    assert ledger.stories[State.LOST] >= 2


def test_few_pages_are_fetched_beside_the_stories_themselves(filled: Filled, record_property: Shown) -> None:
    """Where a listing told the title. What addresses alone tell, slugs cut short and numbers, is shown beside it."""
    fetched = pages(filled.asks, filled.press)
    on_topic, told = held_keys(filled.press), filled.press.told()
    asked = sum(number for key, number in fetched.items() if key in told)
    found = len(on_topic & told)
    others = f"{sum(fetched.values()) - asked} for {len(on_topic - told)} stories that no listing had a title of"
    record_property("shown", f"whole way: {asked} pages for {found} stories that a listing told of, {others}")
    assert found >= 30
    assert asked <= MOST_PAGES * found


def test_the_estimate_of_the_sample_contains_what_hints_missed(filled: Filled, record_property: Shown) -> None:
    window = Window(since=past_truth.SINCE, until=past_truth.UNTIL)
    missed = [number for number in past_truth.on_topic() if past_truth.pieces()[number].text.title in _missed(filled)]
    with filled.press.open() as archive:
        told = account(archive, "sawari", load_topic(archive.settings.topic), window)
    looked, whole = told.whole.refused.looked, told.whole
    said = f"{len(missed)} of {whole.refused.unseen} unseen; {looked} drawn say {whole.low} to {whole.high}"
    record_property("shown", f"whole way, sawari: {said}")
    assert looked and whole.low <= len(missed) <= whole.high
    for year in told.years:
        true = sum(past_truth.pieces()[number].text.published.year == year.refused.year for number in missed)
        assert year.low <= true <= year.high, year


def _missed(filled: Filled) -> set[str]:
    return titles_on_topic("sawari") - titles_lost() - filled.press.titles("sawari")


def test_nothing_is_asked_that_nobody_should_ask(filled: Filled) -> None:
    assert strange(filled.asks, filled.press) == []


def test_wayback_is_asked_for_its_index_no_more_than_24_times_a_minute(filled: Filled) -> None:
    assert 0 < most_in_a_minute(filled.asks) <= 24


@pytest.mark.parametrize("outlet", PAPERS)
def test_an_outlet_is_asked_no_faster_than_its_pace(filled: Filled, outlet: str) -> None:
    gaps = gaps_between(filled.asks, outlet)
    sums = [sum(gaps[start : start + NEIGHBOURS]) for start in range(max(1, len(gaps) - NEIGHBOURS))]
    assert min(sums) >= 0.9 * PACE * min(NEIGHBOURS, len(gaps))


def test_the_outlets_own_host_is_not_asked_while_an_archive_is(filled: Filled) -> None:
    """Within one outlet: its archives come after its own host, and nothing of its own after them."""
    order = [ask.outlet.partition("-")[0] for ask in filled.asks if _about(ask) == "sawari"]
    changes = [before for before, after in pairwise(order) if before != after]
    assert changes[:1] == ["sawari"] and "sawari" not in changes[1:]


def _about(ask: Ask) -> str:
    archived = ask.outlet in ("wayback", "commoncrawl-data")
    return "sawari" if ask.outlet.startswith("sawari") or (archived and "/20" in ask.target) else ask.outlet


def test_a_backfill_once_more_fetches_no_page_that_is_held(filled: Filled) -> None:
    held = {name: len(stories) for name, stories in filled.press.stories().items()}
    before = len(filled.press.newsroom.log)
    filled.press.backfill()
    again = pages(filled.press.newsroom.log[before:], filled.press)
    first = pages(filled.asks, filled.press)
    keys = {key for key in again if key in first} & held_keys(filled.press)
    assert keys == set()
    assert held == {name: len(stories) for name, stories in filled.press.stories().items()}


def held_keys(press: Press) -> set[tuple[str, str]]:
    found = {(name, press.outlet(name).story_key(one.url)) for name, every in press.stories().items() for one in every}
    return {(name, key) for name, key in found if key is not None}
