"""archive/published.py and archive/credible.py: why a date is believed, why a claim lost, when a date is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given

from archive.civil import CLOCK
from archive.claims import sighting as seen_at
from archive.published import FIGHT, judge
from archive.records import Claim, Ground, Losing, Loss, Precision, Published
from tests.test_published import CLAIMS, LATER, ZONE, day, instant, minute


def lost(verdict: Published) -> dict[tuple[str, str], Loss]:
    return {(each.claim.source, each.claim.value): each.why for each in verdict.losing}


def sighting(source: str, at: str) -> Claim:
    return seen_at(source, datetime.fromisoformat(at).replace(tzinfo=UTC))


def change(said: str) -> Claim:
    return replace(day("last-modified", said, "modified"), precision=Precision.SECOND)


# --- why it is believed ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ([day("json-ld", "2017-01-23")], Ground.MOST_TRUSTED),
        ([day("json-ld", "2017-01-23"), day("meta", "2017-01-23")], Ground.MOST_TRUSTED),  # one template, twice
        ([day("json-ld", "2017-01-23"), day("visible", "2017-01-23")], Ground.AGREED),
        ([day("meta", "2017-01-23"), day("feed", "2017-01-23")], Ground.AGREED),
        ([day("meta", "2017-01-25"), day("url", "2017-01-23"), day("visible", "2017-01-23")], Ground.OVERRULED),
        ([], Ground.NO_CLAIM),
        ([day("sitemap", "2017-01-23", "modified")], Ground.NO_CLAIM),
        ([day("visible", "2021-01-23")], Ground.NONE_CREDIBLE),
        ([day("meta", "2018-01-23"), day("visible", "2017-01-23")], Ground.FIGHT),
    ],
)
def test_a_verdict_gives_its_reason(claims: list[Claim], reason: Ground) -> None:
    assert judge(claims, LATER, ZONE).reason is reason


def test_a_local_day_is_a_reason_of_its_own() -> None:
    claims = [instant("json-ld", "2017-09-14T02:18:11Z"), day("url", "2017-09-13", zone="UTC")]
    verdict = judge(claims, LATER, "UTC")
    assert (verdict.reason, verdict.losing) == (Ground.LOCAL_DAY, ())


def test_each_claim_that_lost_says_why() -> None:
    claims = [
        day("json-ld", "2017-01-25"),
        day("url", "2017-01-23"),
        day("visible", "2017-01-23"),
        day("feed", "2017-01-24"),
        day("listing", "2020-01-24"),
        day("meta", "1970-01-01"),
        day(CLOCK, "2019-06-01"),
        day("sitemap", "2017-01-29", "modified"),
    ]
    verdict = judge(claims, LATER, ZONE)
    assert verdict.value == "2017-01-23"
    assert lost(verdict) == {
        ("json-ld", "2017-01-25"): Loss.OVERRULED,
        ("feed", "2017-01-24"): Loss.OVERRULED,
        ("listing", "2020-01-24"): Loss.AFTER_FIRST_CAPTURE,
        ("meta", "1970-01-01"): Loss.TOO_OLD,
        (CLOCK, "2019-06-01"): Loss.CLOCK,
    }


def test_a_claim_that_bears_the_verdict_out_lost_nothing() -> None:
    claims = [day("json-ld", "2017-01-23"), minute("visible", "2017-01-23T09:30"), day("feed", "2017-01-23")]
    assert judge(claims, LATER, ZONE).losing == ()


@given(CLAIMS)
def test_no_claim_of_publication_disappears(claims: list[Claim]) -> None:
    """Each is the verdict's, agrees with its day, or lost for a reason."""
    verdict = judge(claims, LATER, ZONE)
    of_publication = {claim for claim in claims if claim.about == "published"}
    losing = [each.claim for each in verdict.losing]
    assert set(losing) <= of_publication
    assert len(losing) == len(set(losing))
    for claim in of_publication - set(losing):
        assert claim.earliest < verdict.latest or claim.value[:10] == (verdict.local or verdict.value or "")[:10]
    if verdict.precision is None:
        assert set(losing) == of_publication


# --- when it is refused ---------------------------------------------------------------------------------------------
def test_a_template_made_again_and_an_older_page_refuse_each_other() -> None:
    claims = [day("json-ld", "2018-05-02"), day("visible", "2017-01-23")]
    verdict = judge(claims, LATER, ZONE)
    assert (verdict.value, verdict.precision, verdict.source) == (None, None, "capture")
    assert verdict.earliest == verdict.latest == LATER
    assert set(lost(verdict).values()) == {Loss.FIGHT}
    assert {each.claim for each in verdict.losing} == set(claims)


@pytest.mark.parametrize("older", ["visible", "url", "feed", "listing"])
def test_any_other_voice_may_refuse_a_template(older: str) -> None:
    assert judge([day("meta", "2018-05-02"), day(older, "2017-01-23")], LATER, ZONE).reason is Ground.FIGHT


def test_a_later_day_elsewhere_is_that_of_a_change_and_fights_nothing() -> None:
    verdict = judge([day("json-ld", "2017-01-23"), day("visible", "2018-05-02")], LATER, ZONE)
    assert (verdict.value, lost(verdict)) == ("2017-01-23", {("visible", "2018-05-02"): Loss.LESS_TRUSTED})


@pytest.mark.parametrize("witness", ["meta", "url", "feed"])
def test_whoever_is_borne_out_is_not_refused(witness: str) -> None:
    claims = [day("json-ld", "2018-05-02"), day("visible", "2017-01-23"), day(witness, "2018-05-02")]
    assert judge(claims, LATER, ZONE).value == "2018-05-02"


def test_an_address_month_may_refuse_a_template() -> None:
    month = replace(day("url", "2017-01-01"), precision=Precision.MONTH, value="2017-01")
    month = replace(month, latest=month.latest + timedelta(days=30))
    assert judge([day("json-ld", "2018-05-02"), month], LATER, ZONE).reason is Ground.FIGHT


def test_a_fight_begins_a_week_apart() -> None:
    late = day("json-ld", "2017-01-31")
    for early, reason in (("2017-01-24", Ground.MOST_TRUSTED), ("2017-01-23", Ground.FIGHT)):
        other = day("visible", early)
        assert (late.earliest - other.latest >= FIGHT) is (reason is Ground.FIGHT)
        assert judge([late, other], LATER, ZONE).reason is reason


def test_the_servers_last_change_settles_a_fight() -> None:
    claims = [day("json-ld", "2018-05-02"), day("visible", "2017-01-23")]
    verdict = judge([*claims, change("2017-02-01")], LATER, ZONE)
    assert (verdict.value, lost(verdict)) == ("2017-01-23", {("json-ld", "2018-05-02"): Loss.AFTER_LAST_CHANGE})
    assert judge([*claims, change("2019-06-01")], LATER, ZONE).reason is Ground.FIGHT  # changed at the capture


def test_the_servers_last_change_alone_dates_and_refuses_nothing() -> None:
    assert judge([change("2017-02-01")], LATER, ZONE).reason is Ground.NO_CLAIM
    assert judge([day("json-ld", "2018-05-02"), change("1997-07-26")], LATER, ZONE).value == "2018-05-02"


# --- what cannot be true --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("machine", ["json-ld", "meta", "feed", "news-sitemap", "fallback"])
def test_a_bare_first_of_january_of_a_machine_needs_another_voice(machine: str) -> None:
    said = day(machine, "2017-01-01")
    assert lost(judge([said], LATER, ZONE)) == {(machine, "2017-01-01"): Loss.BARE_NEW_YEAR}
    assert judge([said, day("url", "2017-01-01")], LATER, ZONE).value == "2017-01-01"


def test_the_same_template_is_no_witness_of_a_first_of_january() -> None:
    assert judge([day("json-ld", "2017-01-01"), day("meta", "2017-01-01")], LATER, ZONE).value is None


def test_a_first_of_january_with_its_hour_was_entered_by_somebody() -> None:
    assert judge([minute("json-ld", "2017-01-01T09:30")], LATER, ZONE).value == "2017-01-01T07:30:00Z"


def test_wall_time_called_utc_yields_to_the_same_wall_time_with_its_zone() -> None:
    wrong = instant("json-ld", "2017-01-23T00:30:00Z")
    right = instant("meta", "2017-01-23T00:30:00+02:00")
    verdict = judge([wrong, right], LATER, ZONE)
    assert (verdict.value, verdict.local) == ("2017-01-22T22:30:00Z", "2017-01-23T00:30:00+02:00")
    assert lost(verdict) == {("json-ld", wrong.value): Loss.LOCAL_TIME_AS_UTC}
    shown = judge([wrong, minute("visible", "2017-01-23T00:30")], LATER, ZONE)
    assert shown.value == "2017-01-22T22:30:00Z"


def test_utc_that_another_claim_gives_in_local_time_stands() -> None:
    said = [instant("json-ld", "2017-01-22T22:30:00Z"), minute("visible", "2017-01-23T00:30")]
    assert judge(said, LATER, ZONE).losing == ()


# --- who saw it first -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("source", ["archive-index", "listing"])
def test_nothing_is_published_after_it_was_seen_elsewhere(source: str) -> None:
    seen = sighting(source, "2017-01-24T10:00:00")
    verdict = judge([day("json-ld", "2018-05-02"), day("visible", "2017-01-23"), seen], LATER, ZONE)
    assert (verdict.value, verdict.source) == ("2017-01-23", "visible")
    assert lost(verdict) == {("json-ld", "2018-05-02"): Loss.AFTER_FIRST_CAPTURE}


def test_an_undated_story_stands_where_it_was_seen_first() -> None:
    early, late = sighting("archive-index", "2017-01-24T10:00:00"), sighting("listing", "2017-02-01T10:00:00")
    verdict = judge([late, early], LATER, ZONE)
    assert (verdict.source, verdict.earliest) == ("archive-index", early.earliest)
    assert judge([sighting("listing", "2019-06-02T10:00:00")], LATER, ZONE).source == "capture"


def test_what_lost_stands_in_one_order_whatever_came_first() -> None:
    claims = [day("json-ld", "2017-01-25"), day("meta", "2017-01-24"), day("feed", "2017-01-29")]
    verdicts = [judge(order, LATER, ZONE) for order in (claims, claims[::-1])]
    assert verdicts[0] == verdicts[1]
    assert [type(each) for each in verdicts[0].losing] == [Losing, Losing]
