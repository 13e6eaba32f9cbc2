"""archive/estimate.py against counting every possible sample: the bounds hold the truth as often as they say."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.estimate import LEVEL, Refused, interval, missed, together

REST = Fraction(25, 1000)


def chance(on_topic: int, stories: int, looked: int, shown: int) -> Fraction:
    """That a sample of so many shows just so many."""
    if not 0 <= shown <= on_topic or looked - shown > stories - on_topic or shown > looked:
        return Fraction(0)
    ways = comb(on_topic, shown) * comb(stories - on_topic, looked - shown)
    return Fraction(ways, comb(stories, looked))


def counted(stories: int, looked: int, found: int) -> list[int]:
    """Every number on topic under which neither so few nor so many found would be out of the way, by fractions."""
    fit = []
    for number in range(stories + 1):
        chances = [chance(number, stories, looked, shown) for shown in range(looked + 1)]
        if chances[found] and sum(chances[found:]) >= REST and sum(chances[: found + 1]) >= REST:
            fit.append(number)
    return fit


@pytest.mark.parametrize(("stories", "looked"), [(1, 0), (1, 1), (12, 3), (12, 12), (25, 5), (31, 10)])
def test_the_bounds_are_those_that_counting_every_sample_gives(stories: int, looked: int) -> None:
    for found in range(looked + 1):
        fit = counted(stories, looked, found)
        assert fit == list(range(fit[0], fit[-1] + 1))
        assert interval(stories, looked, found) == (fit[0], fit[-1])


@pytest.mark.parametrize(("stories", "looked"), [(30, 6), (40, 2), (60, 20)])
def test_whatever_the_truth_is_the_bounds_hold_it_as_often_as_they_say(stories: int, looked: int) -> None:
    bounds = [interval(stories, looked, found) for found in range(looked + 1)]
    for truth in range(stories + 1):
        held = sum(
            chance(truth, stories, looked, found) for found, (low, high) in enumerate(bounds) if low <= truth <= high
        )
        assert held >= LEVEL, truth


@given(st.integers(0, 400), st.data())
def test_what_was_seen_stands_and_more_looked_at_is_never_worse(unseen: int, data: st.DataObject) -> None:
    looked = data.draw(st.integers(0, 60))
    found = data.draw(st.integers(0, looked))
    verdict = missed(Refused(outlet="a", year=2017, unseen=unseen, looked=looked, on_topic=found))
    assert 0 <= verdict.low <= verdict.high <= unseen
    if looked:
        assert verdict.likely is not None
        assert verdict.low - 1 <= verdict.likely <= verdict.high + 1
    else:
        assert (verdict.likely, verdict.low, verdict.high) == (None, 0, unseen)


def test_a_large_outlet_is_judged_at_once() -> None:
    verdict = missed(Refused(outlet="a", year=None, unseen=980_000, looked=20_000, on_topic=3))
    assert verdict.likely == 147.0
    assert (verdict.low, verdict.high) == pytest.approx((29, 426), abs=6)  # Poisson's bounds of 3: 0.619 and 8.767


def test_all_years_are_one_sample_too() -> None:
    years = [Refused(outlet="a", year=year, unseen=10, looked=2, on_topic=1) for year in (2017, 2018)]
    assert together(years, "a") == Refused(outlet="a", year=None, unseen=20, looked=4, on_topic=2)


@pytest.mark.parametrize("counts", [{"looked": 1, "on_topic": 2}, {"unseen": -1}, {"on_topic": -1}])
def test_counts_that_no_sample_has_are_refused(counts: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="no sample"):
        missed(Refused(**{"outlet": "a", "year": 1, "unseen": 0, "looked": 0, "on_topic": 0, **counts}))  # type: ignore[arg-type]
