from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from archive.errors import UsageError
from crawler import rounds
from crawler.errors import FactsError


def test_the_first_round_is_written_about_from_three_days_before_to_three_days_after() -> None:
    window = rounds.window_of(1, rounds.built_in())
    assert (window.since, window.until) == (date(2017, 1, 20), date(2017, 1, 28))  # half-open: the 27th is the last day


def test_every_round_follows_the_one_before_it() -> None:
    table = rounds.built_in()
    assert [one.number for one in table] == list(range(1, len(table) + 1))
    assert all(one.first <= one.last for one in table)
    assert all(one.last < after.first for one, after in pairwise(table))
    assert all(one.last - one.first == timedelta(days=1) for one in table)


def test_a_round_that_is_not_in_the_table_is_refused_with_the_rounds_there_are() -> None:
    with pytest.raises(UsageError, match="no round 99; the table has rounds 1 to 22"):
        rounds.window_of(99, rounds.built_in())


def test_a_broken_table_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "rounds.yml"
    path.write_text("rounds:\n  - {number: 1, first: 2017-01-23, last: someday, place: Astana}\n")
    with pytest.raises(FactsError, match=r"rounds\.yml:2: .*last"):
        rounds.load_rounds(path)
