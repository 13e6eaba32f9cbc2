"""crawler/dating/written.py: dates that people wrote, in every calendar of month names and order of figures."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.records import Precision
from crawler.dating import written
from crawler.dating.moments import Moment, NoDate, Why
from crawler.dating.written import find, other_words

LEVANTINE = [
    "كانون الثاني",
    "شباط",
    "آذار",
    "نيسان",
    "أيار",
    "حزيران",
    "تموز",
    "آب",
    "أيلول",
    "تشرين الأول",
    "تشرين الثاني",
    "كانون الأول",
]
EGYPTIAN = [
    "يناير",
    "فبراير",
    "مارس",
    "أبريل",
    "مايو",
    "يونيو",
    "يوليو",
    "أغسطس",
    "سبتمبر",
    "أكتوبر",
    "نوفمبر",
    "ديسمبر",
]
ALGERIAN = [
    "جانفي", "فيفري", "مارس", "أفريل", "ماي", "جوان", "جويلية", "أوت", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر",
]  # fmt: skip
MOROCCAN = [
    "يناير", "فبراير", "مارس", "أبريل", "ماي", "يونيو", "يوليوز", "غشت", "شتنبر", "أكتوبر", "نونبر", "دجنبر",
]  # fmt: skip


def said(text: str) -> str:
    moment = written.written(text)
    assert isinstance(moment, Moment), moment
    form = "%Y-%m-%d" if moment.precision is Precision.DAY else "%Y-%m-%d %H:%M"
    return moment.local.strftime(form)


@pytest.mark.parametrize("month", range(1, 13))
@pytest.mark.parametrize(
    "names", [LEVANTINE, EGYPTIAN, ALGERIAN, MOROCCAN], ids=["levant", "egypt", "algeria", "morocco"]
)
def test_every_month_of_every_calendar_is_read(names: list[str], month: int) -> None:
    assert said(f"14 {names[month - 1]} 2017") == f"2017-{month:02}-14"


@pytest.mark.parametrize("month", range(1, 13))
@pytest.mark.parametrize("form", ["14 {0}/{1} 2017", "14 {1} ({0}) 2017", "14 {0}\\{1} 2017", "14 {0} - {1} 2017"])
def test_doubled_months_are_read(form: str, month: int) -> None:
    assert said(form.format(LEVANTINE[month - 1], EGYPTIAN[month - 1])) == f"2017-{month:02}-14"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("١٤ أيلول ٢٠١٧", "2017-09-14"),
        ("۱۴ أيلول ۲۰۱۷", "2017-09-14"),
        ("الخميس 14 أيلول 2017", "2017-09-14"),
        ("الخميس، ١٤ سبتمبر ٢٠١٧", "2017-09-14"),
        ("الخميس, سبتمبر 14, 2017", "2017-09-14"),
        ("14 من أيلول 2017", "2017-09-14"),
        ("14 من شهر أيلول عام 2017", "2017-09-14"),
        ("14 أَيْلُول 2017", "2017-09-14"),
        ("14 ايلول\u00a02017", "2017-09-14"),
        ("14 ت1 2017", "2017-10-14"),
        ("14 ت2 2017", "2017-11-14"),
        ("14 ك1 2017", "2017-12-14"),
        ("14 ك2 2017", "2017-01-14"),
        ("14-09-2017", "2017-09-14"),
        ("2017/9/14", "2017-09-14"),
        ("14.9.2017", "2017-09-14"),
        ("2017- 9 - 14", "2017-09-14"),
        ("14 / 9 / 2017", "2017-09-14"),
        ("September 14, 2017", "2017-09-14"),
        ("14th Sept. 2017", "2017-09-14"),
    ],
)
def test_a_day_is_read(text: str, day: str) -> None:
    assert said(text) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("3/9/2017", "2017-09-03"),  # day first
        ("9/14/2017", "2017-09-14"),  # no fourteenth month
        ("الأحد 9/3/2017", "2017-09-03"),  # 9 March was a Thursday
        ("الخميس 9/3/2017", "2017-03-09"),
    ],
)
def test_figures_are_day_first_unless_the_calendar_or_the_weekday_objects(text: str, day: str) -> None:
    assert said(text) == day


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("14 أيلول 2017 - 09:30", "2017-09-14 09:30"),
        ("14 أيلول 2017 | 09:30 ص", "2017-09-14 09:30"),
        ("14 أيلول 2017، 09:30 م", "2017-09-14 21:30"),
        ("14 أيلول 2017 ٠٩:٣٠ مساءً", "2017-09-14 21:30"),
        ("14 أيلول 2017 الساعة 9:05 صباحاً", "2017-09-14 09:05"),
        ("12:15 ص 14 أيلول 2017", "2017-09-14 00:15"),
        ("12:15 م 14 أيلول 2017", "2017-09-14 12:15"),
        ("12:15 ظهراً 14 أيلول 2017", "2017-09-14 12:15"),
        ("10:30 ليلاً 14 أيلول 2017", "2017-09-14 22:30"),
        ("12:30 ليلاً 14 أيلول 2017", "2017-09-14 00:30"),
        ("15:30 م 14 أيلول 2017", "2017-09-14 15:30"),
        ("14/9/2017 9:30 PM", "2017-09-14 21:30"),
        ("14/9/2017 29:30", "2017-09-14"),
        ("14/9/2017 10:30 متابعة", "2017-09-14 10:30"),
    ],
)
def test_the_hour_beside_a_date_is_read(text: str, time: str) -> None:
    assert said(text) == time


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("14 أيلول 2017 09:30 بتوقيت غرينتش", 9),
        ("14 أيلول 2017 09:30 GMT", 9),
        ("14 أيلول 2017 09:30 (GMT+3)", 6),
        ("14 أيلول 2017 09:30 بتوقيت دمشق", 6),
        ("14 أيلول 2017 09:30 بتوقيت موسكو", 6),
    ],
)
def test_a_clock_named_beside_the_hour_is_obeyed(text: str, hour: int) -> None:
    moment = written.written(text)
    assert isinstance(moment, Moment)
    assert moment.local.astimezone(UTC) == datetime(2017, 9, 14, hour, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("الجمعة 14 أيلول 2017", Why.WEEKDAY),
        ("14 أيلول/أكتوبر 2017", Why.MONTHS),
        ("31 شباط 2017", Why.NO_SUCH_DAY),
        ("الجمعة 23 حزيران", Why.NOTHING),  # no year
        ("14 ذو الحجة 2017", Why.NOTHING),
        ("14 أيلول 1438", Why.NOTHING),
        ("22/06/1296", Why.NOTHING),
        ("قبل ساعتين", Why.NOTHING),
        ("2017", Why.NOTHING),
        ("114/9/2017", Why.NOTHING),
        ("14 آبار 2017", Why.NOTHING),
    ],
)
def test_what_is_no_date_says_why(text: str, why: Why) -> None:
    assert written.written(text) == NoDate(why=why)


def test_labels_tell_publication_change_and_clock_apart() -> None:
    labels = [d.label for d in find("تاريخ النشر: 14-09-2017 | آخر تحديث: 15-09-2017 | اليوم 16-09-2017 | 17-09-2017")]
    assert labels == ["published", "modified", "clock", None]
    assert [d.label for d in find("عضو منذ: 14-06-2009")] == ["member"]


def test_each_of_two_dates_keeps_its_own_hour() -> None:
    moments = [date.moment for date in find("نشر 14-09-2017 09:30 - تحديث 15-09-2017 10:45")]
    assert [m.local.hour for m in moments if isinstance(m, Moment)] == [9, 10]


def test_a_date_line_has_few_other_words_and_a_sentence_many() -> None:
    assert other_words("نشر يوم الخميس 14 أيلول 2017 الساعة 09:30 صباحا") <= 2
    assert other_words("وصلت الوفود يوم 14 أيلول 2017 إلى مقر الاجتماع في العاصمة لبدء الجولة الجديدة") > 6


@given(st.dates(datetime(1990, 1, 1).date(), datetime(2099, 12, 31).date()), st.sampled_from([LEVANTINE, EGYPTIAN]))
def test_every_day_comes_back_from_its_words(day: datetime, months: list[str]) -> None:
    assert said(f"{day.day} {months[day.month - 1]} {day.year}") == day.isoformat()


@given(st.text(alphabet="0123456789٠١٢/-.: مصأيلولت،\n\u200f()", max_size=60))
def test_no_string_breaks_the_reader(text: str) -> None:
    assert isinstance(written.written(text), Moment | NoDate)
    assert other_words(text) >= 0
