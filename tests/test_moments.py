"""crawler/dating/moments.py: dates that machines wrote."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.records import Precision
from crawler.dating.moments import Moment, NoDate, Why, machine


def told(text: str) -> Moment:
    moment = machine(text)
    assert isinstance(moment, Moment)
    return moment


@pytest.mark.parametrize(
    ("text", "value", "precision"),
    [
        ("2017-01-23", "2017-01-23", Precision.DAY),
        ("20170123", "2017-01-23", Precision.DAY),
        ("2017/01/23", "2017-01-23", Precision.DAY),
        ("٢٠١٧-٠١-٢٣", "2017-01-23", Precision.DAY),
        ("2017-01", "2017-01", Precision.MONTH),
        ("2017-01-23T09:30", "2017-01-23T09:30:00", Precision.MINUTE),
        ("2017-01-23 09:30:12", "2017-01-23T09:30:12", Precision.SECOND),
        ("2017-01-23T09:30:00+03:00", "2017-01-23T06:30:00Z", Precision.MINUTE),
        ("2017-01-23T09:30:15+0300", "2017-01-23T06:30:15Z", Precision.SECOND),
        ("2017-01-23T09:30:00.123Z", "2017-01-23T09:30:00Z", Precision.MINUTE),
        ("2017-01-23T09:30:5Z", "2017-01-23T09:30:05Z", Precision.SECOND),
        ("Mon, 23 Jan 2017 09:30:00 +0300", "2017-01-23T06:30:00Z", Precision.MINUTE),
        ("23 Jan 2017 09:30:00 GMT", "2017-01-23T09:30:00Z", Precision.MINUTE),
        ("1505390000", "2017-09-14T11:53:20Z", Precision.SECOND),
        ("1505390000000", "2017-09-14T11:53:20Z", Precision.SECOND),
        ("\u200f2017-01-23 ", "2017-01-23", Precision.DAY),
    ],
)
def test_machine_forms_are_read(text: str, value: str, precision: Precision) -> None:
    claim = told(text).claim(zone="Asia/Damascus", about="published", source="meta")
    assert (claim.value, claim.precision) == (value, precision)


@pytest.mark.parametrize("text", ["2017-01-23T00:00:00", "2017-01-23T00:00:00Z", "2017-01-23T00:00:00+03:00"])
def test_exact_midnight_is_a_bare_date_as_written(text: str) -> None:
    moment = told(text)
    assert (moment.precision, moment.local) == (Precision.DAY, datetime(2017, 1, 23))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", Why.NOTHING),
        ("أمس", Why.NOTHING),
        ("201709", Why.NOTHING),
        ("12345", Why.NOTHING),
        ("2017-13-01", Why.NO_SUCH_DAY),
        ("2017-02-29", Why.NO_SUCH_DAY),
        ("2017-01-23T25:00", Why.NO_SUCH_DAY),
        ("1970-01-01T00:00:00Z", Why.NOTHING),
        ("0", Why.NOTHING),
        ("14-09-2017", Why.NOTHING),
    ],
)
def test_what_is_no_machine_date_says_why(text: str, why: Why) -> None:
    assert machine(text) == NoDate(why=why)


@given(st.datetimes(datetime(1990, 1, 2), datetime(2099, 12, 31), timezones=st.just(UTC)))
def test_every_instant_comes_back_from_its_iso_form(moment: datetime) -> None:
    exact = moment.replace(microsecond=0)
    claim = told(exact.isoformat()).claim(zone="UTC", about="published", source="meta")
    assert claim.earliest <= exact < claim.latest


@given(st.text(max_size=40))
def test_no_string_breaks_the_reader(text: str) -> None:
    assert isinstance(machine(text), Moment | NoDate)
