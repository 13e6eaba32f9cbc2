"""crawler/dating/yearless.py: a day without its year, who may tell the year, and who is not believed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive.terms import Via
from crawler.dating.moments import Moment
from crawler.dating.yearless import Witness, find, months_in, settle
from tests import dated
from tests.dated import OUTLET, STORY

BEIRUT = replace(OUTLET, country="LB", timezone="Asia/Beirut")
LATER = "2026-11-22T10:00:00Z"
# 5 May was a Friday in 2017 and 2023, a Thursday in 2016 and 2022.
FRIDAY = "<div>الجمعة 5 أيار - 18:40</div>"
PICTURE = "<img src='/uploads/2017/05/7_b.jpg'>"


read = partial(dated.read, outlet=BEIRUT, captured=LATER)
verdict = partial(dated.verdict, outlet=BEIRUT, captured=LATER)


# --- who settles it -------------------------------------------------------------------------------------------------
def test_nobody_tells_the_year_and_it_stays_no_date() -> None:
    assert read(FRIDAY) == ()
    assert read("<div>5 أيار</div>") == ()


def test_a_picture_of_that_month_settles_what_its_weekday_allows() -> None:
    found = read(FRIDAY + PICTURE)
    assert [(c.source, c.about, c.value, c.precision) for c in found] == [
        ("visible", "published", "2017-05-05T18:40:00", "minute")
    ]
    assert found[0].said == "الجمعة 5 أيار - 18:40 [2017: picture]"


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="og:image" content="https://cdn.example/uploads/2017/05/x.jpg">',
        '<meta name="twitter:image" content="/img/201705/x.jpg">',
        '<meta property="og:image" content="/files/20170504-x.jpg">',
    ],
)
def test_the_picture_that_the_head_names_is_a_witness(head: str) -> None:
    assert verdict(FRIDAY, head=head).value == "2017-05-05T15:40:00Z"


def test_the_month_in_the_address_settles_it_without_a_weekday() -> None:
    found = verdict("<div>5 أيار - 18:40</div>", url="http://paper.example/2017/05/talks/")
    assert (found.value, found.source) == ("2017-05-05T15:40:00Z", "visible")


def test_a_live_capture_soon_after_the_day_settles_it() -> None:
    found = verdict("<div>الأحد 1 تشرين الثاني</div>")
    assert (found.value, found.source) == ("2026-11-01", "visible")


def test_the_turn_of_the_year_is_crossed() -> None:
    assert verdict("<div>الخميس 31 كانون الأول</div>", captured="2027-01-02T10:00:00Z").value == "2026-12-31"


@pytest.mark.parametrize(
    "line",
    [
        "<div>الجمعة ٥ أيار - ١٨:٤٠</div>",
        "<div><b>الجمعة</b> <span>5</span> <span>أيار/مايو</span> <i>18:40</i></div>",
        "<table><tr><td>تاريخ النشر</td><td>الجمعة 5 مايو (أيار) 6:40 مساء</td></tr></table>",
        "<div class='post-date'>كتب: سلمى العلي | الجمعة 5 أيار - 18:40</div>",
    ],
)
def test_other_ways_to_print_it_are_read_alike(line: str) -> None:
    assert verdict(line + PICTURE).value == "2017-05-05T15:40:00Z"


# --- who does not ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "body",
    [
        "<div>الخميس 5 أيار - 18:40</div>" + PICTURE,  # in 2017 it was a Friday
        FRIDAY + "<img src='/uploads/2018/05/7.jpg'>",  # in 2018 a Saturday
        FRIDAY + PICTURE + "<img src='/uploads/2023/05/8.jpg'>",  # a Friday in both
        FRIDAY + "<img src='/uploads/2017/04/7.jpg'>",  # of another month
        "<div>5 أيار - 18:40</div>" + PICTURE,  # no weekday: the picture may be old
        "<div>الجمعة 5 أيار/حزيران</div>" + PICTURE,  # two months
        "<div>الجمعة 5 أيار 09</div>" + PICTURE,  # a year of two figures
        "<div>الجمعة 5 أيار - 9 شعبان 1338</div>" + PICTURE,  # a year of another calendar
        "<div><b>الخميس 5 أيار</b> <i>2017</i></div>" + PICTURE,  # whole, and refused
        "<div>الجمعة 31 نيسان</div><img src='/uploads/2017/04/7.jpg'>",  # no such day
        "<div>الأربعاء 29 شباط</div><img src='/uploads/2017/02/7.jpg'>",
        "<p>تنطلق الجولة الجمعة 5 أيار</p>" + PICTURE,  # a sentence
        "<aside class='related'><div>الجمعة 5 أيار - 18:40</div></aside>" + PICTURE,
        FRIDAY + "<aside class='related'><img src='/uploads/2017/05/9.jpg'></aside>",
    ],
)
def test_witnesses_that_contradict_or_do_not_bear_on_it_settle_nothing(body: str) -> None:
    assert read(body) == ()


def test_an_address_of_another_month_speaks_of_another_date() -> None:
    said = read(FRIDAY + PICTURE, url="http://paper.example/2017/06/talks/")
    assert [(c.source, c.value) for c in said] == [("url", "2017-06")]


def test_a_day_after_the_capture_is_not_settled() -> None:
    assert read(FRIDAY + PICTURE, captured="2017-05-02T10:00:00Z") == ()


@pytest.mark.parametrize("via", [Via.WAYBACK, Via.COMMONCRAWL, Via.IMPORT])
def test_only_a_live_capture_speaks_for_its_year(via: Via) -> None:
    assert read("<div>الأحد 1 تشرين الثاني</div>", via=via) == ()


def test_a_live_capture_speaks_for_days_with_their_weekday_and_close_by() -> None:
    assert read("<div>1 تشرين الثاني</div>") == ()  # once a year any day lies close by
    assert read("<div>الثلاثاء 1 أيلول</div>") == ()  # of 2026, and long before


def test_a_picture_of_the_years_before_and_a_live_capture_contradict_each_other() -> None:
    assert read("<div>الأحد 1 تشرين الثاني</div><img src='/uploads/2020/11/7.jpg'>") == ()


def test_a_clock_above_the_title_is_no_witness_and_no_date() -> None:
    assert read("", above="<div class='date'>الأحد 22 تشرين الثاني - 12:01</div>") == ()


def test_a_date_in_the_title_is_not_the_articles() -> None:
    html = "<h1>الجمعة 5 أيار</h1>" + PICTURE + STORY
    assert dated.told(html, outlet=BEIRUT, captured=LATER) == ()


def test_a_whole_date_is_never_second_to_one_without_its_year() -> None:
    assert verdict("<div>الاثنين 23 كانون الثاني 2017</div>" + FRIDAY + PICTURE).value == "2017-01-23"


# --- laws -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("address", "months"),
    [
        ("/uploads/2017/09/7.jpg", {(2017, 9)}),
        ("/uploads/2017/9/7.jpg", {(2017, 9)}),
        ("/img/201709/7.jpg", {(2017, 9)}),
        ("/img/20170914.jpg", {(2017, 9)}),
        ("/img/2017-09-14-x.jpg", {(2017, 9)}),
        ("/resize?src=/uploads/٢٠١٧/٠٩/7.jpg", {(2017, 9)}),
        ("/a/2016/12/b/2017/01/7.jpg", {(2016, 12), (2017, 1)}),
        ("/img/2017/13/7.jpg", set()),
        ("/img/1920x1080/7.jpg", set()),
        ("/id/20171499/7.jpg", set()),
        ("/x.jpg?v=201709", set()),
        ("https://web.archive.org/web/20190601120000im_/http://a/7.jpg", set()),
    ],
)
def test_folders_of_an_address_name_their_months(address: str, months: set[tuple[int, int]]) -> None:
    assert months_in(address) == months


MONTHS = st.frozensets(st.tuples(st.integers(2010, 2028), st.integers(1, 12)), max_size=3)
WITNESSES = st.builds(
    Witness,
    captured=st.dates(date(2012, 1, 1), date(2027, 12, 31)),
    live=st.booleans(),
    address=MONTHS,
    pictures=MONTHS,
)
WEEKDAYS = ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد")
NAMES = (
    "يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر",
)  # fmt: skip


@given(st.sets(st.integers(2010, 2027)), st.integers(1, 12), st.integers(1, 28), st.booleans(), WITNESSES)
def test_a_settled_year_is_one_of_those_possible_and_not_to_come(
    years: set[int], month: int, day: int, weekday: bool, witness: Witness
) -> None:
    days = {year: date(year, month, day) for year in years}
    found = settle(days, month=month, weekday=weekday, witness=witness)
    if found is not None:
        assert found[0] in years
        assert (days[found[0]] - witness.captured).days <= 1


@given(st.dates(date(2010, 1, 1), date(2027, 12, 31)), WITNESSES)
def test_what_is_read_keeps_day_month_and_weekday(day: date, witness: Witness) -> None:
    text = f"{WEEKDAYS[day.weekday()]} {day.day} {NAMES[day.month - 1]} - 18:40"
    moments = [found.moment for found in find(text, witness)]
    assert len(moments) == 1
    if isinstance(moments[0], Moment):
        local = moments[0].local
        assert (local.day, local.month, local.weekday()) == (day.day, day.month, day.weekday())


@example(date(2024, 2, 29))
@given(st.dates(date(2010, 1, 1), date(2026, 1, 1)))
def test_the_picture_of_the_day_itself_always_settles_it(day: date) -> None:
    witness = Witness(captured=date(2026, 11, 22), live=True, pictures=frozenset({(day.year, day.month)}))
    text = f"{WEEKDAYS[day.weekday()]} {day.day} {NAMES[day.month - 1]}"
    moment = find(text, witness)[0].moment
    close = (date(2026, 11, 22) - day.replace(year=2026, day=min(day.day, 28))).days in range(-1, 60)
    assert close or (isinstance(moment, Moment) and moment.local.date() == day)


@given(st.text(alphabet="0123456789 :/-|أيارسبتمالجعة5", max_size=60), WITNESSES)
def test_nothing_breaks_it(text: str, witness: Witness) -> None:
    for found in find(text, witness):
        assert 0 <= found.start < found.end
