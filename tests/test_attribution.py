"""crawler/attribution.py, crawler/closing.py: whom sentences and last words credit, in a chain, and who only speaks."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.records import CreditPlace
from crawler import attribution
from crawler.agencies import load_agencies
from crawler.dateline import Credit, read
from crawler.outlet import Outlet

PAPER = Outlet(id="nabd", name="نبض البلد", english="Nabd", country="SY", timezone="Asia/Damascus", language="ar")
SANA = Outlet(id="s", name="سانا", english="S", country="SY", timezone="UTC", language="ar", agency="سانا")
AGENCIES = load_agencies(["وصلة"])
FIRST = "انطلقت صباح اليوم جولة جديدة من المحادثات في فندق وسط المدينة."
LAST = "ويصدر البيان الختامي مساء الغد بعد لقاءات ثنائية بين الوفود."


def credit(*paragraphs: str, outlet: Outlet = PAPER, elsewhere: tuple[str, ...] = ()) -> Credit:
    return read(paragraphs, None, AGENCIES, outlet, elsewhere)


@pytest.mark.parametrize(
    ("sentence", "agency"),
    [
        ("وبحسب «رويترز»، فإن الوفود وصلت مساء.", "رويترز"),
        ("وصلت الوفود مساء وفقا لرويترز التي نقلت ذلك عن دبلوماسي.", "رويترز"),
        ("وصلت الوفود مساء، وفق ما أوردته وكالة أنباء الإمارات (وام) اليوم.", "وام"),
        ("أفادت قناة «روسيا اليوم» بأن الوفود وصلت.", "روسيا اليوم"),
        ("ذكرت وكالة فارس أن الوفود وصلت.", "فارس"),
        ("ونسبت وكالة الإعلام الروسية إلى مندوب قوله إن الجولة قصيرة.", "نوفوستي"),
        ("قالت وكالة أنباء شينخوا الرسمية إن الوفود وصلت.", "شينخوا"),
        ("قال مسؤولان من الوفد لرويترز إن الجولة قصيرة.", "رويترز"),
        ("أعلن المندوب لوكالة فرانس برس أن الجولة قصيرة.", "أ ف ب"),
        ("وأوضحت مصادر في الوفد، إلى وكالة الأنباء الألمانية (د.ب.أ)، أن الجولة قصيرة.", "د ب أ"),
        ("شدد المندوب في تصريح لوكالة سبوتنيك على قصر الجولة.", "سبوتنيك"),
        ("وقال شاهد من رويترز إن الوفود دخلت الفندق.", "رويترز"),
        ("وأفاد مراسل سانا في أستانا بأن الوفود وصلت.", "سانا"),
        ("أظهر مسح لرويترز أن الجولة قصيرة.", "رويترز"),
        ("وصلت الوفود حسبما نقلت الأناضول عن مصدر.", "الأناضول"),
        ("وصلت الوفود طبقا للأناضول.", "الأناضول"),
    ],
)
def test_a_first_sentence_that_is_taken_from_an_agency_credits_it(sentence: str, agency: str) -> None:
    found = credit(sentence, LAST)
    assert (found.agency, found.sourcing.where, found.sourcing.chain) == (agency, CreditPlace.LEAD, (agency,))


@pytest.mark.parametrize(
    "sentence",
    [
        "استخدمت روسيا اليوم الأربعاء حقها في النقض.",
        "قال روسيا اليوم في موقف صعب.",
        "وصل فارس العلي وفق مهر معلوم إلى الفندق.",
        "زار المندوب مقر وكالة سبوتنيك.",
        "رفضت رويترز التعليق على النبأ.",
        "قالت المستشارة الألمانية إن الجولة قصيرة.",
        "بحسب المصادر الفرنسية وصلت الوفود.",
        "نشرت الوكالة الدولية للطاقة تقريرها.",
    ],
)
def test_words_that_only_look_like_a_credit_are_none(sentence: str) -> None:
    assert credit(sentence, LAST).agency is None


@pytest.mark.parametrize(
    ("line", "agency"),
    [
        ("ووصلت الوفود مساء، وفقا لوكالة رويترز.", "رويترز"),
        ("ووصلت الوفود مساء.وفقا للالمانية.", "د ب أ"),
        ("ووصلت الوفود مساء. بحسب رويترز.", "رويترز"),
        ("ووصلت الوفود مساء. «رويترز»", "رويترز"),
        ("(أ. ف. ب)", "أ ف ب"),
        ('"واس"', "واس"),
        ("ص.ش/ح.ع (رويترز)", "رويترز"),
        ("ووصلت الوفود مساء أمس روما- أف ب", "أ ف ب"),
    ],
)
def test_the_last_words_of_a_text_may_credit_it(line: str, agency: str) -> None:
    found = credit(FIRST, LAST, line)
    assert (found.agency, found.sourcing.where) == (agency, CreditPlace.CLOSING)
    assert found.credit


@pytest.mark.parametrize(
    "line",
    [
        "ووصلت الوفود مساء حسبما ذكر مراسل وكالة الصحافة الفرنسية.",
        "ووصل منها ثلاثة حسب أرقام وضعتها وكالة الصحافة الفرنسية.",
        "ووصلت الوفود مساء. «الصور من واس»",
    ],
)
def test_last_words_that_credit_a_figure_or_a_picture_do_not_credit_the_text(line: str) -> None:
    assert credit(FIRST, LAST, line).agency is None


def test_pictures_in_a_row_with_several_credits_name_no_one_agency() -> None:
    found = credit("الوفود أمام الفندق. «رويترز» قاعة الاجتماع صباح اليوم. «الفرنسية»")
    assert (found.agency, found.partial) == (None, True)


@pytest.mark.parametrize(
    ("paragraphs", "chain"),
    [
        (("أفادت وكالة مهر للأنباء نقلا عن رويترز بأن الوفود وصلت.", LAST), ("مهر", "رويترز")),
        (("نقلت وكالة مهر عن سبوتنيك قول المندوب إن الجولة قصيرة.", LAST), ("مهر", "سبوتنيك")),
        (("نقلت وكالة مهر عن المندوب قوله لسبوتنيك إن الجولة قصيرة.", LAST), ("مهر",)),
        (("موسكو (أ ش أ) - ذكرت قناة روسيا اليوم أن الوفود وصلت.", LAST), ("أ ش أ", "روسيا اليوم")),
        ((FIRST, LAST, "المصدر: سانا نقلا عن سبوتنيك"), ("سانا", "سبوتنيك")),
        (("أستانا (رويترز) - " + FIRST, LAST), ("رويترز",)),
        (("موسكو (أ ش أ) - قال المندوب لوكالة تاس إن الجولة قصيرة.", LAST), ("أ ش أ",)),
    ],
)
def test_a_credit_in_two_steps_is_a_chain(paragraphs: tuple[str, ...], chain: tuple[str, ...]) -> None:
    found = credit(*paragraphs)
    assert (found.agency, found.sourcing.chain) == (chain[0], chain)


def test_an_agencys_reporter_in_another_houses_mouth_is_left_over_and_no_credit() -> None:
    found = credit(FIRST, LAST, "وأشار رئيس الوفد إلى ذلك ردا على سؤال موفد سانا في ختام الجلسة.")
    assert (found.agency, found.sourcing.leftover) == (None, ("سانا",))


def test_an_agencys_own_reporter_and_a_credited_ones_are_not_left_over() -> None:
    spoken = "ورد على سؤال موفد سانا في ختام الجلسة."
    assert credit(FIRST, LAST, spoken, outlet=SANA).sourcing.leftover == ()
    assert credit("أستانا (سانا) - " + FIRST, spoken, LAST).sourcing.leftover == ()


def test_a_credit_that_names_another_than_the_one_that_speaks_shows_both() -> None:
    found = credit("أستانا (رويترز) - " + FIRST, "ورد على سؤال مراسل سانا في ختام الجلسة.", LAST)
    assert (found.agency, found.sourcing.leftover) == ("رويترز", ("سانا",))


def test_a_source_that_only_the_page_names_is_found_outside_the_text() -> None:
    found = credit(FIRST, LAST, elsewhere=("الرئيسية", "المصدر: وكالة سانا", "المصدر: رويترز"))
    assert (found.agency, found.sourcing.where) == ("سانا", CreditPlace.PAGE)


def test_what_the_text_itself_says_goes_before_the_page_around_it() -> None:
    assert credit("أستانا (رويترز) - " + FIRST, LAST, elsewhere=("المصدر: سانا",)).agency == "رويترز"
    assert credit("خاص - " + FIRST, LAST, elsewhere=("المصدر: سانا",)).agency is None


def test_a_text_without_credit_says_nothing_of_its_sources() -> None:
    assert credit(FIRST, LAST, elsewhere=("صورة: رويترز", "المصدر")) == Credit()


def test_a_long_sentence_of_verbs_is_looked_through_in_no_time() -> None:
    started = time.process_time()
    assert attribution.source("قال أكد أعلن " * 5_000, AGENCIES) == ()
    assert attribution.source("ذكرت وكالة أنباء " * 3_000, AGENCIES) == ()
    assert attribution.reporters("مراسل وكالة أنباء " * 3_000, AGENCIES) == ()
    assert time.process_time() - started < 2.0


@given(st.text(alphabet='قالذكرتوكةرويزسانأفب لـ«»()".،-\n', max_size=120))
def test_no_text_breaks_the_rooms(text: str) -> None:
    found = credit(text, text[::-1], elsewhere=(text,))
    assert found.sourcing.chain[:1] == ((found.agency,) if found.agency else ())
