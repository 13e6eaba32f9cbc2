"""Days of other calendars, and every way a newspaper writes a day of ours."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.civil import day_bounds
from archive.records import Precision
from crawler.dating import written
from crawler.dating.calendars import SIGHTING, Calendar, hijri, is_persian_leap, persian
from crawler.dating.moments import Moment, NoDate, Why
from tests.dated import ZONE, verdict

# Umm al-Qura: Hijri day = Gregorian day.
HIJRI = """
1437-03-16=2015-12-27 1437-04-21=2016-01-31 1437-05-19=2016-02-28 1437-06-03=2016-03-12 1437-09-20=2016-06-25
1437-10-01=2016-07-06 1438-04-16=2017-01-14 1438-05-18=2017-02-15 1438-06-27=2017-03-26 1438-08-18=2017-05-14
1438-09-16=2017-06-11 1438-10-13=2017-07-07 1439-03-01=2017-11-19 1439-04-22=2018-01-09 1439-06-25=2018-03-13
1439-07-03=2018-03-20 1439-11-06=2018-07-19 1439-12-25=2018-09-05 1440-01-20=2018-09-30 1440-04-24=2018-12-31
1440-05-29=2019-02-04 1440-10-13=2019-06-16 1440-11-23=2019-07-26 1440-12-26=2019-08-27 1441-03-04=2019-11-01
1441-07-02=2020-02-26 1441-08-05=2020-03-29 1441-09-16=2020-05-09 1441-10-07=2020-05-30 1441-12-09=2020-07-30
1442-05-12=2020-12-27 1442-07-18=2021-03-02 1442-09-19=2021-05-01 1442-10-14=2021-05-26 1442-11-19=2021-06-29
1442-12-08=2021-07-18 1443-01-28=2021-09-05 1443-03-11=2021-10-17 1443-05-18=2021-12-22 1443-06-29=2022-02-01
1443-11-19=2022-06-18 1443-12-19=2022-07-18 1444-01-03=2022-08-01 1444-02-16=2022-09-12 1444-04-28=2022-11-22
1444-05-21=2022-12-15 1444-09-16=2023-04-07 1444-11-03=2023-05-23 1445-01-14=2023-08-01 1445-02-25=2023-09-10
1445-03-14=2023-09-29 1445-06-28=2024-01-10 1445-07-04=2024-01-16 1445-09-02=2024-03-12 1446-01-29=2024-08-04
1446-05-09=2024-11-11 1446-06-17=2024-12-18 1446-07-08=2025-01-08 1446-10-02=2025-03-31 1446-12-10=2025-06-06
"""
PERSIAN = """
1395-01-07=2016-03-26 1395-02-14=2016-05-03 1395-09-10=2016-11-30 1395-11-20=2017-02-08 1395-12-09=2017-02-27
1395-01-01=2016-03-20 1395-12-30=2017-03-20 1396-01-05=2017-03-25 1396-03-29=2017-06-19 1396-06-28=2017-09-19
1396-09-13=2017-12-04 1396-10-13=2018-01-03 1396-01-01=2017-03-21 1396-12-29=2018-03-20 1397-02-20=2018-05-10
1397-07-26=2018-10-18 1397-08-17=2018-11-08 1397-09-09=2018-11-30 1397-11-14=2019-02-03 1397-01-01=2018-03-21
1397-12-29=2019-03-20 1398-04-17=2019-07-08 1398-05-10=2019-08-01 1398-07-18=2019-10-10 1398-10-11=2020-01-01
1398-11-01=2020-01-21 1398-01-01=2019-03-21 1398-12-29=2020-03-19 1399-01-20=2020-04-08 1399-06-19=2020-09-09
1399-07-21=2020-10-12 1399-10-05=2020-12-25 1399-12-02=2021-02-20 1399-01-01=2020-03-20 1399-12-30=2021-03-20
1400-06-22=2021-09-13 1400-08-12=2021-11-03 1400-10-20=2022-01-10 1400-11-23=2022-02-12 1400-12-09=2022-02-28
1400-01-01=2021-03-21 1400-12-29=2022-03-20 1401-01-12=2022-04-01 1401-08-09=2022-10-31 1401-09-21=2022-12-12
1401-10-15=2023-01-05 1401-12-10=2023-03-01 1401-01-01=2022-03-21 1401-12-29=2023-03-20 1402-03-06=2023-05-27
1402-06-11=2023-09-02 1402-10-25=2024-01-15 1402-11-12=2024-02-01 1402-12-28=2024-03-18 1402-01-01=2023-03-21
1402-12-29=2024-03-19 1403-02-25=2024-05-14 1403-05-27=2024-08-17 1403-07-01=2024-09-22 1403-10-19=2025-01-08
1403-11-22=2025-02-10 1403-01-01=2024-03-20 1403-12-30=2025-03-20
"""


def pairs(table: str) -> list[tuple[tuple[int, int, int], date]]:
    """Days of another calendar and of ours."""
    found = []
    for said, ours in (entry.split("=") for entry in table.split()):
        year, month, day = map(int, said.split("-"))
        found.append(((year, month, day), date.fromisoformat(ours)))
    return found


def moment(text: str) -> Moment:
    found = written.written(text)
    assert isinstance(found, Moment), (text, found)
    return found


# --- arithmetic -----------------------------------------------------------------------------------------------------
def test_persian_days_are_exact() -> None:
    assert len(pairs(PERSIAN)) >= 60
    assert [(said, persian(*said)) for said, _ in pairs(PERSIAN)] == pairs(PERSIAN)


def test_the_last_day_of_a_persian_leap_year_is_a_day_and_of_another_year_none() -> None:
    assert [year for year in range(1391, 1409) if is_persian_leap(year)] == [1391, 1395, 1399, 1403, 1408]
    for year in range(1391, 1409):
        if is_persian_leap(year):
            assert persian(year, 12, 30) + timedelta(days=1) == persian(year + 1, 1, 1)
        else:
            with pytest.raises(ValueError, match="no Persian day"):
                persian(year, 12, 30)


def test_hijri_days_are_within_a_day_of_umm_al_qura_and_mostly_on_it() -> None:
    off = [(hijri(*said) - day).days for said, day in pairs(HIJRI)]
    assert len(off) >= 60
    assert set(off) <= {-1, 0, 1}
    assert off.count(0) > len(off) / 2


@given(st.integers(1410, 1469), st.integers(1, 12), st.integers(1, 29))
def test_the_days_of_a_hijri_month_follow_each_other(year: int, month: int, day: int) -> None:
    assert hijri(year, month, day + 1) - hijri(year, month, day) == timedelta(days=1)
    following = hijri(year + month // 12, month % 12 + 1, 1)
    assert (following - hijri(year, month, 1)).days in (29, 30)


# --- as printed -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "text",
    [
        "23 ذو الحجة 1438",
        "٢٣ ذو الحجة ١٤٣٨ هـ",
        "23 ذي الحجة 1438هـ",
        "23ذو الحجة1438هـ",
        "٢٣ذوالحجة١٤٣٨هـ",
        "23 من ذي الحجة عام 1438 هجرية",
        "23 ذو الحجّة 1438 (هـ)",
        "23 ذیحجه ۱۴۳۸",
        "1438/12/23هـ",
        "23/12/1438 هـ",
        "١٤٣٨-١٢-٢٣",
        "1438/12/23",
    ],
)
def test_a_hijri_day_is_read_with_its_honest_width(text: str) -> None:
    found = moment(text)
    assert (found.calendar, found.local.date(), found.margin) == (Calendar.HIJRI, hijri(1438, 12, 23), SIGHTING)
    claim = found.claim(zone=ZONE, about="published", source="visible")
    assert claim.precision is Precision.DAY
    assert claim.earliest == day_bounds(hijri(1438, 12, 23) - timedelta(days=SIGHTING), ZONE)[0]
    assert claim.latest == day_bounds(hijri(1438, 12, 23) + timedelta(days=SIGHTING), ZONE)[1]


@pytest.mark.parametrize(
    "text",
    ["23 شهریور 1396", "۲۳ شهریور ۱۳۹۶", "23 شهريور 1396", "۱۳۹۶/۰۶/۲۳", "1396-06-23", "1396/6/23 هـ.ش", "23/6/1396"],
)
def test_a_persian_day_is_read_to_the_day(text: str) -> None:
    found = moment(text)
    assert (found.calendar, found.local.date(), found.margin) == (Calendar.PERSIAN, date(2017, 9, 14), 0)


MOONS = [
    "محرم", "صفر", "ربيع الأول", "ربيع الآخر", "جمادى الأولى", "جمادى الآخرة", "رجب", "شعبان", "رمضان", "شوال",
    "ذو القعدة", "ذو الحجة",
]  # fmt: skip
OTHERWISE = {
    1: ["المحرم"],
    4: ["ربيع الثاني", "ربيع ثاني"],
    5: ["جمادى الأول", "جماد أول"],
    6: ["جمادى الثانية", "جماد الثاني"],
    9: ["رمضان المبارك"],
    11: ["ذي القعدة", "ذوالقعده"],
    12: ["ذي الحجة", "ذوالحجه"],
}
SUNS = ["فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"]


@pytest.mark.parametrize("month", range(1, 13))
def test_every_month_of_both_calendars_is_read(month: int) -> None:
    for name in [MOONS[month - 1], *OTHERWISE.get(month, [])]:
        assert moment(f"14 {name} 1438").local.date() == hijri(1438, month, 14), name
    assert moment(f"14 {SUNS[month - 1]} 1396").local.date() == persian(1396, month, 14)


def test_a_weekday_settles_the_hijri_day() -> None:
    found = moment("الخميس 23 ذو الحجة 1438")
    assert (found.local.date(), found.margin) == (date(2017, 9, 14), 0)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("31 رمضان 1438", Why.NO_SUCH_DAY),
        ("30 اسفند 1396", Why.NO_SUCH_DAY),
        ("1438/13/14", Why.NO_SUCH_DAY),
        ("14 رمضان 1396", Why.NOTHING),  # a Hijri month, a year of the web only in Iran
        ("14 مهر 1438", Why.NOTHING),
        ("14 رمضان 2017", Why.NOTHING),
        ("14 أيلول 1438", Why.NOTHING),
        ("1296/06/23", Why.NOTHING),
        ("1396/06/23 هجرية", Why.NOTHING),  # 1976
        ("14 رمضان 1438 هـ.ش", Why.CALENDARS),
        ("5 ذو الحجة 1438 - 14 أيلول 2017", Why.CALENDARS),
        ("2017/09/14 - 1396/06/20", Why.CALENDARS),
    ],
)
def test_what_is_no_day_of_another_calendar_says_why(text: str, why: Why) -> None:
    assert written.written(text) == NoDate(why=why)


@given(st.dates(date(1990, 1, 1), date(2039, 12, 31)))
def test_a_day_of_ours_is_never_read_as_another_calendars(day: date) -> None:
    for text in (day.isoformat(), f"{day:%d/%m/%Y}", f"{day:%Y.%m.%d}"):
        assert moment(text).calendar is Calendar.GREGORIAN


@pytest.mark.parametrize("year", range(1368, 1500))
def test_no_year_of_another_calendar_is_ever_one_of_ours(year: int) -> None:
    found = written.written(f"{year}/10/12")
    assert not isinstance(found, Moment) or (found.calendar is not Calendar.GREGORIAN and found.local.year > 1988)


# --- on a page ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "line",
    [
        "<div>23 ذو الحجة 1438 هـ - 14 أيلول 2017 م</div>",
        "<div>14/9/2017 الموافق لـ 23/12/1438هـ</div>",
        "<div><span>23 ذو الحجة 1438</span><span>14 أيلول 2017</span></div>",
        "<div class='date'>24 ذو الحجة 1438</div><div class='date'>14-09-2017</div>",
        "<div>۱۳۹۶/۰۶/۲۳ - 2017/09/14</div>",
    ],
)
def test_the_day_in_our_calendar_beside_another_decides(line: str) -> None:
    found = verdict(line)
    assert (found.value, found.source) == ("2017-09-14", "visible")
    assert (found.earliest, found.latest) == day_bounds(date(2017, 9, 14), ZONE)


@pytest.mark.parametrize(
    "line",
    [
        "<div>5 ذو الحجة 1438 هـ - 14 أيلول 2017 م</div>",
        "<div class='date'>5 ذو الحجة 1438</div><div class='date'>14-09-2017</div>",
        "<div class='date'>14-09-2017</div><div class='date'>۱۳۹۶/۰۶/۰۱</div>",
    ],
)
def test_two_calendars_that_fight_are_both_refused(line: str) -> None:
    assert verdict(line).source == "capture"


@pytest.mark.parametrize("line", ["2017/09/14 - 1396/06/23 12:30", "1396/06/23 - 2017/09/14 12:30"])
def test_the_hour_beside_either_calendar_is_kept(line: str) -> None:
    assert verdict(f"<div>{line}</div>").value == "2017-09-14T09:30:00Z"


def test_a_hijri_day_alone_dates_a_page_as_widely_as_it_must() -> None:
    found = verdict("<div>23 ذو الحجة 1438 هـ</div>")
    assert found.value == hijri(1438, 12, 23).isoformat()
    assert found.latest - found.earliest == timedelta(days=1 + 2 * SIGHTING)


def test_a_machines_hour_settles_a_hijri_day() -> None:
    head = '<meta property="article:published_time" content="2017-09-14T09:30:00+03:00">'
    assert verdict("<div>23 ذو الحجة 1438 هـ</div>", head=head).value == "2017-09-14T06:30:00Z"


# --- every way to write a day of ours -------------------------------------------------------------------------------
SYSTEMS = {
    "levant": "كانون الثاني|شباط|آذار|نيسان|أيار|حزيران|تموز|آب|أيلول|تشرين الأول|تشرين الثاني|كانون الأول",
    "short": "ك2|شباط|آذار|نيسان|أيار|حزيران|تموز|آب|أيلول|ت1|ت2|ك1",
    "egypt": "يناير|فبراير|مارس|أبريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر",
    "algeria": "جانفي|فيفري|مارس|أفريل|ماي|جوان|جويلية|أوت|سبتمبر|أكتوبر|نوفمبر|ديسمبر",
    "morocco": "يناير|فبراير|مارس|أبريل|ماي|يونيو|يوليوز|غشت|شتنبر|أكتوبر|نونبر|دجنبر",
    "english": "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept|Oct|Nov|Dec",
    "kazakh": "қаңтар|ақпан|наурыз|сәуір|мамыр|маусым|шілде|тамыз|қыркүйек|қазан|қараша|желтоқсан",
    "portuguese": "janeiro|fevereiro|março|abril|maio|junho|julho|agosto|setembro|outubro|novembro|dezembro",
}
NAMES = {system: names.split("|") for system, names in SYSTEMS.items()}
NAMES["doubled"] = [f"{l}/{e}" for l, e in zip(NAMES["levant"], NAMES["egypt"], strict=True)]  # noqa: E741  # levant
NAMES["short doubled"] = [f"{s}/{e}" for s, e in zip(NAMES["short"], NAMES["egypt"], strict=True)]
NAMES["bracketed"] = [f"{e} ({l})" for l, e in zip(NAMES["levant"], NAMES["egypt"], strict=True)]  # noqa: E741
WEEKDAYS = ["الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"]
DIGITS = ["0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹"]
FORMS = [
    "{day} {month} {year}",
    "{day} من {month} {year}",
    "{weekday} {day} {month} {year}",
    "{weekday}، {day} {month}، {year}",
    "{day}-{month}-{year}",
    "{day} {month} {year} - 09:35",
    "{weekday} {day} {month} {year} الساعة 09:35 صباحا",
    "نشر في {day} {month} {year} | 9:35 ص",
    "{day} من شهر {month} عام {year}",
    "يوم {weekday} {day}/{month}/{year}",
    "{weekday}, {month} {day}, {year}",
    "09:35 - {day} {month} {year}م",
]
CLOCKS = ["<div id='clock'>{}</div>", "<header>{}</header>", "<div class='top-bar'>{}</div>", "<div>اليوم: {}</div>"]


@pytest.mark.parametrize(("system", "digits"), list(product(NAMES, DIGITS)))
def test_a_day_is_read_in_every_month_naming_digits_and_form(system: str, digits: str) -> None:
    for month, form in product(range(1, 13), FORMS):
        for day in (date(2017, month, 9), date(2017, month, 28)):
            text = form.format(
                day=day.day, month=NAMES[system][month - 1], year=day.year, weekday=WEEKDAYS[day.weekday()]
            )
            # The figure of «ت1» is part of a name, and is printed in the page's digits too.
            found = moment(text.translate(str.maketrans(DIGITS[0], digits)))
            assert found.local.date() == day, text
            assert (found.precision, (found.local.hour, found.local.minute)) == (
                (Precision.MINUTE, (9, 35)) if "35" in form else (Precision.DAY, (0, 0))
            ), text


@pytest.mark.parametrize("system", NAMES)
def test_a_day_that_no_month_has_is_refused(system: str) -> None:
    for month, day in [(2, 29), (4, 31), (6, 31), (9, 31), (11, 31), (1, 32), (12, 39), (3, 0)]:
        text = f"{day} {NAMES[system][month - 1]} 2017"
        assert written.written(text) == NoDate(why=Why.NO_SUCH_DAY), text


@pytest.mark.parametrize(("system", "clock"), list(product(NAMES, CLOCKS)))
def test_the_pages_clock_is_never_taken(system: str, clock: str) -> None:
    line = clock.format(f"الأربعاء 20 {NAMES[system][8]} 2017 - 12:58")
    assert verdict("", above=line).source == "capture"
    assert verdict(f"<div>14 {NAMES[system][8]} 2017</div>", above=line).value == "2017-09-14"


# --- every way to write a day of the other calendars ----------------------------------------------------------------
NAMED = {Calendar.HIJRI: MOONS, Calendar.PERSIAN: SUNS}
YEARS = {Calendar.HIJRI: (1438, "هـ", hijri), Calendar.PERSIAN: (1396, "هـ.ش", persian)}
OTHER_FORMS = [
    "{day} {moon} {year}",
    "{day} من {moon} {year} {mark}",
    "{day} {moon} {year}{mark}",
    "{weekday} {day} {moon} {year}",
    "{day} {moon} {year} {mark} الموافق {ours}",
    "{year}/{month}/{day}",
    "{day}/{month}/{year}",
    "{year}-{month:02}-{day:02} {mark}",
]


@pytest.mark.parametrize(("calendar", "digits"), list(product(NAMED, DIGITS)))
def test_a_day_is_read_in_every_month_digits_and_form_of_another_calendar(calendar: Calendar, digits: str) -> None:
    year, mark, ours = YEARS[calendar]
    for month, form, day in product(range(1, 13), OTHER_FORMS, (9, 28)):
        meant = ours(year, month, day)
        said = {"day": day, "month": month, "year": year, "mark": mark, "weekday": WEEKDAYS[meant.weekday()]}
        text = form.format(**said, moon=NAMED[calendar][month - 1], ours=f"{meant.day}/{meant.month}/{meant.year}")
        found = moment(text.translate(str.maketrans(DIGITS[0], digits)))
        assert found.local.date() == meant, text
        sure = calendar is Calendar.PERSIAN or "{weekday}" in form or "{ours}" in form
        assert found.margin == (0 if sure else SIGHTING), text
