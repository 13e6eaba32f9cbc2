"""How we stand with a host: turns that never meet, pauses that double, notes that survive damage."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.visit.standing import (
    DAY,
    HOUR,
    LONGEST,
    OF_ARCHIVES,
    OF_OUTLETS,
    Refusal,
    Standing,
    retry_after,
    standing_of,
)

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
SPANS = st.floats(min_value=0, max_value=1000)


@given(st.lists(SPANS, min_size=1, max_size=30), st.floats(min_value=0.1, max_value=60))
def test_turns_in_one_lane_lie_an_interval_apart_however_they_are_asked_for(gaps: list[float], interval: float) -> None:
    standing, now, turns = Standing(), 0.0, list[float]()
    for gap in gaps:
        now += gap
        standing = standing.aged(gap)
        wait, standing = standing.turn("index", interval)
        turns.append(now + wait)
    apart = [after - before for before, after in pairwise(turns)]
    assert all(each >= interval - 1e-6 for each in apart)
    assert turns[0] == gaps[0], "nobody waits for a host that nobody asked"


def test_lanes_of_one_host_do_not_wait_for_each_other_but_a_block_holds_all() -> None:
    _, standing = Standing().turn("index", 2.6)
    assert standing.turn("page", 1.0)[0] == 0
    assert standing.turn("index", 2.6)[0] == 2.6
    blocked = standing.refused(Refusal.TOO_MANY, OF_ARCHIVES)
    assert blocked.turn("page", 1.0)[0] == 60.0
    assert blocked.aged(59).turn("page", 1.0)[0] == 1.0
    assert blocked.aged(61).turn("page", 1.0)[0] == 0


@pytest.mark.parametrize(
    ("refusal", "pauses"),
    [
        (Refusal.TOO_MANY, [60, 120, 240, 480, 960, 1920, HOUR, HOUR]),
        (Refusal.UNAVAILABLE, [20, 40, 80, 160, 320, 640, 1280, 2560, HOUR]),
        (Refusal.NO_CONNECTION, [HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 16 * HOUR, DAY, DAY]),
    ],
)
def test_each_refusal_in_a_row_doubles_the_pause_of_an_archive(refusal: Refusal, pauses: list[float]) -> None:
    standing = Standing()
    for pause in pauses:
        standing = standing.refused(refusal, OF_ARCHIVES)
        assert (standing.blocked, standing.why) == (pause, refusal.value)
        standing = standing.aged(pause)
    assert standing.forgiven().refused(refusal, OF_ARCHIVES).blocked == pauses[0], (
        "an answer makes the count begin anew"
    )


def test_an_outlets_weak_server_is_not_left_alone_before_it_says_so_or_is_down() -> None:
    standing = Standing()
    assert standing.refused(Refusal.UNAVAILABLE, OF_OUTLETS).blocked == 0
    assert standing.refused(Refusal.UNAVAILABLE, OF_OUTLETS, 7).blocked == 7
    for left_alone in (0, 0, 600, 1200):
        standing = standing.aged(1e6).refused(Refusal.NO_CONNECTION, OF_OUTLETS)
        assert standing.blocked == left_alone


@given(st.sampled_from(Refusal), st.floats(min_value=0, max_value=LONGEST), st.integers(0, 50))
def test_retry_after_is_obeyed_to_the_letter(refusal: Refusal, asked: float, strikes: int) -> None:
    standing = Standing(strikes=strikes).refused(refusal, OF_ARCHIVES, asked)
    assert standing.blocked == asked
    assert Standing(blocked=asked).refused(refusal, OF_ARCHIVES, 1).blocked == max(asked, 1), "the longer word stands"


@given(
    st.builds(
        Standing,
        lanes=st.dictionaries(st.text(max_size=5), SPANS),
        blocked=SPANS,
        strikes=st.integers(0, 1000),
        why=st.text(),
        written=st.datetimes(timezones=st.just(UTC)),
    )
)
def test_a_note_comes_back_as_it_was_written(standing: Standing) -> None:
    assert standing_of(standing.to_bytes("turn")) == standing
    assert standing.to_bytes("1") != standing.to_bytes("2")


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b"[" * 100_000,
        b'{"lanes": {"index": 1e300}, "blocked": 0, "strikes": 0, "why": "", "written": "2026-01-01T00:00:00+00:00"}',
        b'{"lanes": {}, "blocked": NaN, "strikes": 0, "why": "", "written": "2026-01-01T00:00:00+00:00"}',
        b'{"lanes": {}, "blocked": 0, "strikes": 0, "why": "", "written": "yesterday"}',
    ],
)
def test_a_damaged_note_says_nothing(damaged: bytes) -> None:
    assert standing_of(damaged) == Standing()


@given(st.binary(max_size=200))
def test_no_note_breaks_the_reader(data: bytes) -> None:
    assert standing_of(data).blocked >= 0


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("99999999999999999999", LONGEST),
        ("Sun, 01 Nov 2026 12:10:00 GMT", 600),
        ("Sun, 01 Nov 2026 11:10:00 GMT", 0),
        ("Sun, 01 Nov 2026 12:10:00 -0000", 600),
        ("soon", None),
        ("", None),
        (None, None),
        ("-5", None),
        ("١٢٠", None),
    ],
)
def test_retry_after_is_a_number_or_a_date(said: str | None, seconds: float | None) -> None:
    assert retry_after(said, NOW) == seconds


@given(st.text())
def test_whatever_retry_after_says_is_a_time_that_can_be_waited_for_or_nothing(said: str) -> None:
    seconds = retry_after(said, NOW)
    assert seconds is None or timedelta(seconds=seconds) >= timedelta(0)
