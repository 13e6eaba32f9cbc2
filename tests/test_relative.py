"""Dates told from the capture: an hour ago, yesterday."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.dating import relative
from tests.dated import CAPTURED, ZONE, read, verdict


@pytest.mark.parametrize(
    ("line", "earliest", "latest"),
    [
        ("<div>قبل ساعتين</div>", "2017-09-20T07:00", "2017-09-20T09:00"),
        ("<div>منذ ٢٠ ساعة</div>", "2017-09-19T13:00", "2017-09-19T15:00"),
        ("<div>نشر قبل 5 دقائق</div>", "2017-09-20T09:54", "2017-09-20T09:56"),
        ("<div>5 دقائق مضت</div>", "2017-09-20T09:54", "2017-09-20T09:56"),
        ("<div>منذ 3 أيام</div>", "2017-09-15T21:00", "2017-09-18T21:00"),
        ("<span class='date'>أمس</span>", "2017-09-18T21:00", "2017-09-19T21:00"),
        ("<div>أمس، الساعة 10:15 مساء</div>", "2017-09-19T19:15", "2017-09-19T19:16"),
        ("<div>اليوم 09:30</div>", "2017-09-20T06:30", "2017-09-20T06:31"),
        ("<div class='date'>3 hours ago</div>", "2017-09-20T06:00", "2017-09-20T08:00"),
    ],
)
def test_a_relative_date_line_is_read_against_the_capture(line: str, earliest: str, latest: str) -> None:
    (claim,) = read(line)
    assert claim.source == relative.SOURCE
    assert (f"{claim.earliest:%Y-%m-%dT%H:%M}", f"{claim.latest:%Y-%m-%dT%H:%M}") == (earliest, latest)
    assert verdict(line).source == relative.SOURCE


@pytest.mark.parametrize(
    "line",
    [
        "<p>وصل الوفد قبل ساعتين</p>",
        "<p>قبل ساعتين من بدء الاجتماع</p>",
        "<div>قبل 3 أيام، ثم قبل ساعتين</div>",
        "<div>أمس</div>",  # may head a list
        "<div>اليوم</div>",
        "<div>اليوم 13:04</div>",  # the page's clock
        "<div>منذ أسبوع</div>",
        "<div>قبل 500 يوم</div>",
        "<div>منذ 2014</div>",
        "<aside class='related'>قبل ساعتين</aside>",
    ],
)
def test_relative_words_elsewhere_are_no_date(line: str) -> None:
    assert read(line) == ()


def test_a_written_day_silences_a_relative_one() -> None:
    found = read("<div>قبل ساعتين</div><div>14 أيلول 2017</div>")
    assert [claim.value for claim in found] == ["2017-09-14"]


def test_yesterday_is_the_outlets_and_not_utcs() -> None:
    found = verdict("<span class='date'>أمس</span>", captured="2017-09-20T22:30:00Z")  # the 21st in Damascus
    assert found.value == "2017-09-20"


@given(st.text(alphabet="0123456789٣ قبلمنذساعةتيندقائأيماومس:،", max_size=40))
def test_no_string_breaks_the_reader_of_relative_dates(text: str) -> None:
    now = datetime.fromisoformat(CAPTURED).astimezone(ZoneInfo(ZONE))
    assert len(relative.find(text, now)) <= 1
