"""archive/published.py: which of many claims is believed, and how far."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.civil import CLOCK, day_bounds, month_bounds, time_bounds
from archive.published import TRUST, judge
from archive.records import Claim, Precision

ZONE = "Asia/Damascus"
LATER = datetime(2019, 6, 1, 12, tzinfo=UTC)


def claim(source: str, said: str, about: str, precision: Precision, bounds: tuple[datetime, datetime]) -> Claim:
    earliest, latest = bounds
    return Claim(
        source=source, about=about, said=said, precision=precision, value=said, earliest=earliest, latest=latest
    )


def day(source: str, said: str, about: str = "published", zone: str = ZONE) -> Claim:
    return claim(source, said, about, Precision.DAY, day_bounds(date.fromisoformat(said), zone))


def minute(source: str, said: str, about: str = "published") -> Claim:
    bounds = time_bounds(datetime.fromisoformat(said), Precision.MINUTE, ZONE)
    return claim(source, said, about, Precision.MINUTE, bounds)


def instant(source: str, said: str) -> Claim:
    bounds = time_bounds(datetime.fromisoformat(said), Precision.SECOND, "UTC")
    return claim(source, said, "published", Precision.SECOND, bounds)


CLAIMS = st.lists(
    st.builds(
        lambda source, about, when, exact: (
            minute(source, when.isoformat(), about) if exact else day(source, when.date().isoformat(), about)
        ),
        st.sampled_from([*TRUST, CLOCK]),
        st.sampled_from(["published", "modified"]),
        st.datetimes(datetime(2017, 1, 1), datetime(2017, 1, 9)),
        st.booleans(),
    ),
    max_size=8,
)


@given(CLAIMS, st.randoms())
def test_the_order_in_which_claims_arrive_changes_nothing(claims: list[Claim], random: object) -> None:
    shuffled = claims.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    assert judge(shuffled, LATER, ZONE) == judge(claims + claims, LATER, ZONE)


@given(CLAIMS, st.datetimes(datetime(2017, 1, 1), datetime(2017, 1, 9), timezones=st.just(UTC)))
def test_nothing_is_published_after_its_first_capture(claims: list[Claim], captured: datetime) -> None:
    verdict = judge(claims, captured, ZONE)
    assert verdict.earliest <= captured
    assert verdict.latest <= captured + timedelta(seconds=1)


@given(CLAIMS, st.datetimes(datetime(2017, 1, 1), datetime(2017, 1, 9), timezones=st.just(UTC)))
def test_a_verdict_is_always_one_of_the_claims_or_the_capture(claims: list[Claim], captured: datetime) -> None:
    verdict = judge(claims, captured, ZONE)
    if verdict.source == "capture":
        assert (verdict.value, verdict.earliest, verdict.latest) == (None, captured, captured)
    else:
        assert (verdict.source, verdict.earliest) in {(c.source, c.earliest) for c in claims if c.about == "published"}
        assert verdict.source != CLOCK


def test_without_claims_a_story_stands_at_its_first_capture_and_says_so() -> None:
    verdict = judge([], LATER, ZONE)
    assert (verdict.value, verdict.source, verdict.earliest, verdict.precision) == (None, "capture", LATER, None)


def test_a_day_is_the_outlets_civil_date_and_is_never_shifted() -> None:
    verdict = judge([day("url", "2017-01-23")], LATER, ZONE)
    assert (verdict.value, verdict.local, verdict.precision) == ("2017-01-23", None, Precision.DAY)
    assert verdict.earliest == datetime(2017, 1, 22, 22, tzinfo=UTC)
    assert verdict.latest == datetime(2017, 1, 23, 22, tzinfo=UTC)


def test_a_time_is_a_utc_instant_and_the_outlets_local_time_stands_beside_it() -> None:
    verdict = judge([minute("meta", "2017-01-23T09:30")], LATER, ZONE)
    assert (verdict.value, verdict.local) == ("2017-01-23T07:30:00Z", "2017-01-23T09:30:00+02:00")


def test_the_trusted_day_takes_the_hour_of_an_agreeing_claim() -> None:
    verdict = judge([day("json-ld", "2017-01-23"), minute("feed", "2017-01-23T09:30")], LATER, ZONE)
    assert (verdict.value, verdict.precision, verdict.source) == ("2017-01-23T07:30:00Z", Precision.MINUTE, "feed")


def test_the_hour_of_a_claim_for_another_day_is_not_taken() -> None:
    verdict = judge([day("json-ld", "2017-01-23"), minute("feed", "2017-01-24T09:30")], LATER, ZONE)
    assert (verdict.value, verdict.source) == ("2017-01-23", "json-ld")


def test_of_two_agreeing_hours_the_more_trusted_is_taken() -> None:
    claims = [day("json-ld", "2017-01-23"), minute("feed", "2017-01-23T09:30"), minute("meta", "2017-01-23T08:00")]
    assert judge(claims, LATER, ZONE).source == "meta"


def test_of_two_equally_trusted_days_the_earlier_is_the_publication() -> None:
    assert judge([day("visible", "2017-01-25"), day("visible", "2017-01-23")], LATER, ZONE).value == "2017-01-23"


@pytest.mark.parametrize(("better", "worse"), list(pairwise(TRUST)))
def test_each_source_yields_to_the_one_above_it(better: str, worse: str) -> None:
    assert judge([day(worse, "2017-03-02"), day(better, "2017-03-05")], LATER, ZONE).source == better


def test_a_claim_later_than_the_first_capture_is_refused() -> None:
    captured = datetime(2017, 1, 23, 10, tzinfo=UTC)
    verdict = judge([day("json-ld", "2017-01-24"), day("url", "2017-01-22")], captured, ZONE)
    assert verdict.value == "2017-01-22"


def test_the_day_of_the_first_capture_is_cut_off_at_the_capture() -> None:
    captured = datetime(2017, 1, 23, 10, tzinfo=UTC)
    verdict = judge([day("json-ld", "2017-01-23")], captured, ZONE)
    assert verdict.value == "2017-01-23"
    assert verdict.latest == captured + timedelta(seconds=1)


def test_a_counter_that_started_at_nought_is_no_date() -> None:
    assert judge([day("meta", "1970-01-01")], LATER, ZONE).source == "capture"


def test_a_clock_elsewhere_on_the_page_never_wins() -> None:
    assert judge([day(CLOCK, "2019-06-01")], LATER, ZONE).source == "capture"


def test_a_visible_date_of_the_captures_day_yields_to_any_other_date() -> None:
    claims = [day("visible", "2019-06-01"), day("listing", "2017-01-23")]
    assert judge(claims, LATER, ZONE).value == "2017-01-23"


def test_a_visible_clock_yields_to_an_older_visible_date() -> None:
    claims = [day("time", "2019-06-01"), day("visible", "2017-01-23")]
    assert judge(claims, LATER, ZONE).value == "2017-01-23"


def test_a_fresh_story_may_bear_the_captures_day_alone() -> None:
    claims = [day("visible", "2019-06-01"), day("dateline", "2019-05-31")]
    assert judge(claims, LATER, ZONE).value == "2019-06-01"


def test_lastmod_alone_dates_nothing() -> None:
    assert judge([day("sitemap", "2017-01-23", "modified")], LATER, ZONE).source == "capture"


def test_a_fallback_readers_first_of_january_needs_a_witness() -> None:
    alone = judge([day("fallback", "2017-01-01")], LATER, ZONE)
    seen = judge([day("fallback", "2017-01-01"), day("listing", "2017-01-01")], LATER, ZONE)
    assert (alone.source, seen.value) == ("capture", "2017-01-01")


def test_an_outlet_may_truly_publish_on_the_first_of_january() -> None:
    assert judge([day("visible", "2017-01-01")], LATER, ZONE).value == "2017-01-01"


def test_a_day_without_midnight_starts_when_clocks_change() -> None:
    start, end = day_bounds(date(2017, 3, 31), ZONE)  # Damascus went from 00:00 to 01:00
    assert start == datetime(2017, 3, 30, 22, tzinfo=UTC)
    assert end - start == timedelta(hours=23)


def test_a_day_whose_last_hour_came_twice_is_longer() -> None:
    start, end = day_bounds(date(2017, 10, 26), ZONE)
    assert end - start == timedelta(hours=25)


def test_a_time_that_came_twice_keeps_both_passes() -> None:
    start, end = time_bounds(datetime(2017, 10, 26, 23, 30), Precision.MINUTE, ZONE)
    assert end - start == timedelta(hours=1, minutes=1)


def test_a_time_with_an_offset_needs_no_zone() -> None:
    start, _ = time_bounds(datetime.fromisoformat("2017-01-23T09:30:15+05:00"), Precision.SECOND, ZONE)
    assert start == datetime(2017, 1, 23, 4, 30, 15, tzinfo=UTC)


def test_a_month_has_bounds_too() -> None:
    start, end = month_bounds(date(2017, 12, 31), "UTC")
    assert (start, end) == (datetime(2017, 12, 1, tzinfo=UTC), datetime(2018, 1, 1, tzinfo=UTC))


def test_a_template_that_stands_alone_yields_to_the_page_and_its_address() -> None:
    claims = [day("json-ld", "2017-09-15"), day("visible", "2017-09-14"), day("url", "2017-09-14")]
    assert judge(claims, LATER, ZONE).value == "2017-09-14"
    assert judge([*claims, day("meta", "2017-09-15")], LATER, ZONE).value == "2017-09-14"  # the same template twice


@pytest.mark.parametrize("alone", ["visible", "url"])
def test_a_template_stands_against_the_page_or_the_address_alone(alone: str) -> None:
    assert judge([day("json-ld", "2017-09-15"), day(alone, "2017-09-14")], LATER, ZONE).value == "2017-09-15"


def test_a_template_that_the_address_bears_out_stands() -> None:
    claims = [day("json-ld", "2017-09-15"), day("url", "2017-09-15"), day("visible", "2017-09-14")]
    assert judge(claims, LATER, ZONE).value == "2017-09-15"


def test_where_no_zone_is_known_the_offset_that_is_written_says_the_local_day() -> None:
    said = minute("json-ld", "2017-09-15T00:30:00+03:00")
    assert (judge([said], LATER, "UTC").local or "").startswith("2017-09-15T00:30")
    assert (judge([said], LATER, "Africa/Tripoli").local or "").startswith("2017-09-14T23:30")


@pytest.mark.parametrize("named", ["2017-09-13", "2017-09-15"])
def test_where_the_zone_is_unknown_a_day_the_page_names_is_the_local_day_of_an_instant_in_utc(named: str) -> None:
    hour = "02:18:11" if named < "2017-09-14" else "23:15:00"
    said = instant("json-ld", f"2017-09-14T{hour}Z")
    found = judge([said, day("url", named, zone="UTC")], LATER, "UTC")
    assert (found.value, found.precision, found.source) == (named, Precision.DAY, "url")
    assert (found.earliest, found.latest) == (said.earliest, said.latest)


def test_a_known_zone_or_a_written_offset_tells_the_local_day_itself() -> None:
    west = instant("json-ld", "2017-09-14T22:40:00-07:00")
    assert judge([west, day("url", "2017-09-14", zone="UTC")], LATER, "UTC").local == "2017-09-14T22:40:00-07:00"
    said = instant("json-ld", "2017-09-14T02:18:11Z")
    assert judge([said, day("url", "2017-09-13")], LATER, ZONE).local == "2017-09-14T05:18:11+03:00"


def test_a_day_that_no_place_had_at_the_instant_changes_nothing() -> None:
    said = instant("json-ld", "2017-09-14T12:30:00Z")
    assert judge([said, day("url", "2017-09-13", zone="UTC")], LATER, "UTC").source == "json-ld"


def test_json_ld_alone_yields_to_meta_and_the_page_together() -> None:
    claims = [day("json-ld", "2017-09-20"), day("meta", "2017-09-14"), day("visible", "2017-09-14")]
    assert judge(claims, LATER, ZONE).value == "2017-09-14"
    assert judge([*claims[:1], *claims[2:]], LATER, ZONE).value == "2017-09-20"


def test_of_two_days_the_surer_is_believed() -> None:
    wide = day("visible", "2017-09-15")
    wide = replace(
        wide,
        said="24 ذو الحجة 1438",
        earliest=wide.earliest - timedelta(days=2),
        latest=wide.latest + timedelta(days=2),
    )
    found = judge([wide, day("feed", "2017-09-14")], LATER, ZONE)
    assert (found.value, found.source) == ("2017-09-14", "feed")
    assert judge([wide], LATER, ZONE).latest == wide.latest
