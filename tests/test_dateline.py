"""crawler/dateline.py and crawler/agencies.py: place, wire and date of an opening; credits told from mentions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.records import CreditPlace, Dateline
from crawler.agencies import load_agencies
from crawler.dateline import Credit, read
from crawler.outlet import Outlet

PAPER = Outlet(id="nabd", name="نبض البلد", english="Nabd", country="SY", timezone="Asia/Damascus", language="ar")
WIRE = Outlet(
    id="wasla", name="وكالة وصلة للأنباء", english="Wasla", country="RU", timezone="UTC", language="ar", agency="وصلة"
)
AGENCIES = load_agencies(["وصلة"])
TEXT = "بدأت الوفود اجتماعاتها صباح اليوم في أحد فنادق المدينة وسط إجراءات أمنية مشددة."
MORE = "ومن المقرر أن تستمر الجلسات يومين على أن يصدر في ختامها بيان."


def opening(line: str, outlet: Outlet = PAPER) -> Credit:
    return read([line, MORE], None, AGENCIES, outlet)


def closing(line: str) -> Credit:
    return read([TEXT, MORE, line], None, AGENCIES, PAPER)


@pytest.mark.parametrize(
    ("head", "place", "agency"),
    [
        ("أستانا (وصلة) - ", "أستانا", "وصلة"),
        ("أستانا- سانا - ", "أستانا", "سانا"),
        ("أستانا — سبوتنيك. ", "أستانا", "سبوتنيك"),
        ("استانا - أ ف ب: ", "استانا", "أ ف ب"),
        ("استانا - أ.ف.ب: ", "استانا", "أ ف ب"),
        ("أستانة (كازاخستان)- (أ ف ب): ", "أستانة", "أ ف ب"),
        ("كازاخستان/ أ ف ب/ النور – ", "كازاخستان", "أ ف ب"),
        ("استانا/وصلة/ - ", "استانا", "وصلة"),
        ("موسكو (أ ش أ) ", "موسكو", "أ ش أ"),
        ("نور سلطان- قنا - ", "نور سلطان", "قنا"),
        ("نور سلطان - وصلة: ", "نور سلطان", "وصلة"),
        ("سوتشي – «وصلة» – ", "سوتشي", "وصلة"),
        ("سوتشي – وكالة وصلة للأنباء – ", "سوتشي", "وصلة"),
        ("عفرين (رويترز) - ", "عفرين", "رويترز"),
        ("عاجل | أستانا (وصلة) - ", "أستانا", "وصلة"),
        ("أستانا ـ رويترز ـ ", "أستانا", "رويترز"),
        ("(رويترز) - ", None, "رويترز"),
    ],
)
def test_an_opening_that_names_a_wire_is_read(head: str, place: str | None, agency: str) -> None:
    credit = opening(head + TEXT)
    assert (credit.dateline.place, credit.dateline.agency, credit.agency) == (place, agency, agency)
    assert credit.credit


@pytest.mark.parametrize(
    ("head", "place", "date", "agency"),
    [
        ("سوتشي 31 تموز/يوليو (وصلة) - ", "سوتشي", "31 تموز/يوليو", "وصلة"),
        ("طهران / 25 تشرين الأول/أكتوبر/إرنا- ", "طهران", "25 تشرين الأول/أكتوبر", "إرنا"),
        ("أستانا ١٤ آذار ٢٠١٧ (رويترز) - ", "أستانا", "١٤ آذار ٢٠١٧", "رويترز"),
    ],
)
def test_the_date_of_an_opening_is_kept_as_printed(head: str, place: str, date: str, agency: str) -> None:
    said = head.strip()
    assert opening(head + TEXT).dateline == Dateline(place=place, agency=agency, date=date, said=said)


@pytest.mark.parametrize("head", ["وطنية - بيروت - ", "وطنية - صيدا ـ "])
def test_a_plain_word_is_an_agency_at_the_head_of_a_dateline_before_a_place(head: str) -> None:
    credit = opening(head + TEXT)
    assert (credit.agency, credit.credit) == ("الوكالة الوطنية للإعلام", "وطنية")
    assert credit.dateline.place == head.split()[2]


@pytest.mark.parametrize(
    "line", ["وطنية - " + TEXT, "وطنية: بيروت تستعد", "بيروت - وطنية الوفد بادية - ", "أخبار وطنية - بيروت - "]
)
def test_the_same_word_anywhere_else_is_none(line: str) -> None:
    assert opening(line).agency is None
    assert closing("(وطنية)").agency is None


def test_an_opening_alone_under_a_lead_is_read() -> None:
    credit = read([MORE, "عواصم – وكالات", TEXT], None, AGENCIES, PAPER)
    assert (credit.credit, credit.partial) == ("وكالات", True)
    assert read([MORE, "الوفود – الفنادق", TEXT], None, AGENCIES, PAPER).credit is None


def test_an_opening_alone_on_the_first_line_is_read() -> None:
    credit = read(["دمشق-سانا", TEXT, MORE], None, AGENCIES, PAPER)
    assert (credit.dateline.place, credit.agency) == ("دمشق", "سانا")


def test_an_opening_under_a_section_line_is_read() -> None:
    credit = read(["شؤون دولية", "أستانا (وصلة) - " + TEXT], None, AGENCIES, PAPER)
    assert credit.agency == "وصلة"


@pytest.mark.parametrize("head", ["أستانا (وكالات) - ", "عواصم- وكالات: ", "وكالات – ", "نبض البلد - متابعات: "])
def test_a_wire_without_a_name_is_a_credit_that_names_nobody(head: str) -> None:
    credit = opening(head + TEXT)
    assert (credit.agency, credit.dateline.agency, credit.partial) == (None, None, True)
    assert credit.credit in ("وكالات", "متابعات")


def test_two_wires_are_not_guessed_between() -> None:
    credit = opening("أستانا - د ب أ، رويترز - " + TEXT)
    assert (credit.agency, credit.partial, credit.credit) == (None, True, "د ب أ، رويترز")


@pytest.mark.parametrize(
    "head", ["بيروت - نبض البلد - ", "خاص - ", "نبض البلد | دبي - الإمارات العربية المتحدة (سلمى العلي)"]
)
def test_the_outlets_own_signature_is_no_wire(head: str) -> None:
    credit = opening(head + TEXT)
    assert (credit.agency, credit.credit, credit.partial) == (None, None, False)
    assert credit.dateline.said


def test_an_agency_signs_its_own_items() -> None:
    assert opening("موسكو (وصلة) - " + TEXT, WIRE).agency == "وصلة"


@pytest.mark.parametrize("head", ["سياسة ـ الرأي ـ ", "الأخبار - ", "قاسيون – "])
def test_a_name_that_several_bear_is_kept_and_not_guessed(head: str) -> None:
    credit = opening(head + TEXT)
    assert credit.agency is None
    assert credit.credit


@pytest.mark.parametrize(
    ("head", "place"),
    [
        ("رويترز- لونبورغ (ألمانيا): ", "لونبورغ"),
        ("وصلة - بور سودان: ", "بور سودان"),
        ("واس- سيدني: ", "سيدني"),
        ("سلمى العلي - نبض البلد - القصير: ", "القصير"),
    ],
)
def test_a_place_may_stand_behind_the_signature_before_a_colon(head: str, place: str) -> None:
    assert opening(head + TEXT).dateline == Dateline(
        place=place, agency=opening(head + TEXT).agency, date=None, said=head.strip()
    )


def test_a_place_that_the_paper_is_named_after_is_the_place() -> None:
    paper = Outlet(id="r", name="الرياض", english="R", country="SA", timezone="UTC", language="ar")
    credit = read(["الرياض - واس", TEXT, MORE], None, AGENCIES, paper)
    assert (credit.dateline.place, credit.agency) == ("الرياض", "واس")


def test_a_writers_name_and_place_alone_on_the_first_line_are_a_dateline_of_the_house() -> None:
    credit = read(["سلمى العلي – جدة", "ذكرت وكالة سبوتنيك أن الوفود وصلت.", MORE], None, AGENCIES, PAPER)
    assert (credit.dateline.place, credit.dateline.said, credit.agency) == ("جدة", "سلمى العلي – جدة", None)


def test_an_agency_that_bears_a_places_name_is_the_place_where_no_place_stands_before_it() -> None:
    assert opening("قنا - سلمى العلي - " + TEXT).agency is None
    assert opening("الدوحة - قنا - " + TEXT).agency == "قنا"


def test_a_place_before_a_dash_is_a_dateline_without_a_wire() -> None:
    assert opening("موسكو - " + TEXT) == Credit(dateline=Dateline(place="موسكو", said="موسكو -"))


@pytest.mark.parametrize(
    "line",
    [
        TEXT,
        "قال المندوب (تاس): إن الجولة بدأت.",
        "اتفق الضامنون: وكالات الإغاثة تدخل غدا.",
        "دمشق وحلب - طريق جديد يفتح غدا.",
        "ثلاثة تواقيع وأربع مناطق ـ ماذا بعد؟",
        "وصل الوفد إلى موسكو - تاس تنفي ذلك.",
        "صحيفة فارس الشرق تكتب عن الجولة.",
        "",
    ],
)
def test_a_text_that_opens_with_neither_has_no_dateline(line: str) -> None:
    assert opening(line) == Credit()


# --- byline ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("byline", "agency"), [("وصلة", "وصلة"), ("أستانا - رويترز", "رويترز"), ("سلمى العلي (أ ف ب)", "أ ف ب")]
)
def test_a_byline_may_credit_a_wire(byline: str, agency: str) -> None:
    assert read([TEXT, MORE], byline, AGENCIES, PAPER).agency == agency


@pytest.mark.parametrize("byline", ["سلمى العلي", "نبض البلد", "فارس العلي", None])
def test_a_persons_byline_credits_none(byline: str | None) -> None:
    assert read([TEXT, MORE], byline, AGENCIES, PAPER) == Credit()


# --- closing line ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("line", "agency"),
    [
        ("المصدر: سانا", "سانا"),
        ("المصدر: وكالة وصلة للأنباء", "وصلة"),
        ("(المصدر: وكالة سانا للأنباء، بتاريخ 1/2/2017)", "سانا"),
        ("المصدر: RT", "روسيا اليوم"),
        ("المصدر | بوابة النهر + سبوتنيك", "سبوتنيك"),
        ("(REUTERS)", "رويترز"),
        ("( رويترز)", "رويترز"),
        ("نقلاً عن رويترز", "رويترز"),
        ("روسيا اليوم", "روسيا اليوم"),
        ("واختتم الاجتماع مساء. (د ب أ)", "د ب أ"),
    ],
)
def test_a_closing_line_credits(line: str, agency: str) -> None:
    credit = closing(line)
    assert (credit.agency, credit.dateline) == (agency, Dateline())


def test_a_closing_line_is_found_above_the_word_that_ends_a_report() -> None:
    assert read([TEXT, "المصدر: تاس", ".انتهى"], None, AGENCIES, PAPER).agency == "تاس"


@pytest.mark.parametrize("line", ["المصدر: وكالات", "نهر اف ام / وكالات"])
def test_a_closing_line_may_name_nobody(line: str) -> None:
    credit = closing(line)
    assert (credit.agency, credit.partial) == (None, True)


@pytest.mark.parametrize(
    "line",
    [
        ".انتهى",
        "/انتهى/",
        "المصدر",
        "المصدر: صحيفة «الوطن»",
        "صورة: رويترز",
        "الصورة: محمد العلي، تاس",
        "قال ذلك مدير الوكالة (سانا)",
        "قال مصدر: لا جديد في الجولة",
        "مصدر: الوفود تصل غدا",
        "وذكرت وكالة رويترز أن الجولة بدأت",
    ],
)
def test_other_last_lines_credit_no_wire(line: str) -> None:
    assert closing(line).agency is None


def test_a_dateline_is_trusted_more_than_a_closing_line() -> None:
    assert read(["أستانا (وصلة) - " + TEXT, "المصدر: رويترز"], None, AGENCIES, PAPER).agency == "وصلة"


def test_a_closing_line_names_what_an_opening_left_open() -> None:
    assert read(["أستانا (وكالات) - " + TEXT, "المصدر: رويترز"], None, AGENCIES, PAPER).agency == "رويترز"


# --- attribution ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "sentence",
    [
        "ذكرت وكالة سبوتنيك أن الوفود وصلت.",
        "أفادت وكالة أنباء (سبوتنيك) الروسية بأن الوفود وصلت.",
        "وصلت الوفود بحسب وكالة “سبوتنيك”.",
        "وصلت الوفود وفقاً لوكالة سبوتنيك الروسية.",
        "وصلت الوفود. ونقلت وكالة سبوتنيك عن دبلوماسي أن الجلسة غدا.",
        "موسكو - ذكرت وكالة سبوتنيك أن الوفود وصلت.",
    ],
)
def test_an_attribution_in_the_first_two_sentences_is_the_last_resort(sentence: str) -> None:
    assert opening(sentence).agency == "سبوتنيك"


@pytest.mark.parametrize(
    "sentence",
    [
        "وصلت الوفود. وعقدت لقاء. وذكرت وكالة سبوتنيك أن الجلسة غدا.",
        "تحدث المندوب إلى وكالة سبوتنيك عن الجولة.",
        "ذكرت وكالة النهر أن الوفود وصلت.",
        "نفت وكالة سبوتنيك الخبر.",
    ],
)
def test_a_mention_is_not_a_source(sentence: str) -> None:
    assert opening(sentence).agency is None


def test_an_attribution_counts_only_where_the_house_did_not_sign() -> None:
    assert opening("بيروت - نبض البلد - ذكرت وكالة سبوتنيك أن الوفود وصلت.").agency is None


def test_an_attribution_names_one_of_the_wires_that_a_signature_left_open() -> None:
    credit = opening("أستانا (وكالات) - ذكرت وكالة سبوتنيك أن الوفود وصلت.")
    assert (credit.agency, credit.partial, credit.sourcing.where) == ("سبوتنيك", True, CreditPlace.LEAD)


def test_an_attribution_under_a_persons_byline_is_a_mention() -> None:
    assert read(["ذكرت وكالة سبوتنيك أن الوفود وصلت.", MORE], "سلمى العلي", AGENCIES, PAPER).agency is None


# --- the table ------------------------------------------------------------------------------------------------------
def test_agencies_that_outlets_add_change_the_digest_in_no_order() -> None:
    assert load_agencies(["وصلة", "نبأ"]).digest == load_agencies(["نبأ", "وصلة", "وصلة"]).digest
    assert load_agencies([]).digest != load_agencies(["وصلة"]).digest


def test_no_spelling_stands_for_two_agencies() -> None:
    spellings = [(AGENCIES.agency(s), name) for name, said in AGENCIES.words.agencies.items() for s in (name, *said)]
    assert all(found == name for found, name in spellings)


@given(
    st.lists(st.text(alphabet="أبتسان رويتز()-–ـ/:.«»،0١\n", max_size=60), max_size=4), st.none() | st.text(max_size=20)
)
def test_no_text_breaks_the_reader(paragraphs: list[str], byline: str | None) -> None:
    assert isinstance(read(paragraphs, byline, AGENCIES, PAPER), Credit)
