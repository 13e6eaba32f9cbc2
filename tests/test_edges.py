"""What stands at a text's ends and is its own is taken in: the line that signs it, a lead apart, the last entries."""

from __future__ import annotations

import pytest

from crawler.page.furniture import furniture
from tests.extraction import article, texts

TITLE = "لقاء الوفود يبدأ في الفندق الكبير"
TEXT = (
    "افتتح الوسيط الأممي اللقاء بكلمة دعا فيها الأطراف إلى خطوات عملية قبل نهاية الشهر الجاري.",
    "وتحدث بعده رئيسا الوفدين، ثم رفعت الجلسة ساعة واحدة للتشاور في قاعة مجاورة من الفندق.",
    "ومن المنتظر أن تستأنف الاجتماعات غدا صباحا من دون حضور الصحفيين والمصورين إلى القاعة.",
)
BODY = "".join(f"<p>{line}</p>" for line in TEXT)
LEAD = "بدأ اللقاء بعد تأخير دام ساعتين."


def page(above: str, body: str = BODY, below: str = "", title: str = TITLE) -> str:
    return (
        f"<html><head><title>{title}</title></head><body><div id='top'><h1>{TITLE}</h1></div>"
        f"<div id='c'>{above}<div class='x'>{body}</div>{below}</div></body></html>"
    )


@pytest.mark.parametrize("line", ["أستانا-سانا", "عواصم – وكالات", "موسكو / رويترز، أ ف ب"])
def test_the_line_that_signs_a_text_is_its_own_though_it_stands_in_a_box_above_it(line: str) -> None:
    found = article(page(f"<div align='center'><b>{line}</b></div>"))
    assert texts(found) == [line, *TEXT]
    assert found.credit


@pytest.mark.parametrize("line", ["سوريا", "سانا", "شؤون دولية", "صحيفة الواحة - دمشق"])
def test_a_section_a_house_or_a_place_alone_above_a_text_is_not_its_first_line(line: str) -> None:
    assert texts(article(page(f"<div>{line}</div>"))) == list(TEXT)


def test_a_short_lead_in_a_field_that_is_named_so_is_the_first_paragraph_and_hides_no_dateline() -> None:
    field = f"<div class='field field-name-field-lead'><div><div class='item'>{LEAD}</div></div></div>"
    found = article(page(field, f"<p>عواصم – وكالات</p>{BODY}"))
    assert texts(found) == [LEAD, "عواصم – وكالات", *TEXT]
    assert (found.credit, found.sourcing.partial) == ("وكالات", True)


@pytest.mark.parametrize(
    "field",
    [
        f"<div class='field field-name-note'><div>{LEAD}</div></div>",
        f"<div class='field-lead'><div>{LEAD}</div><div>أخرى</div></div>",
        "<div class='field-lead'><div>صورة من اللقاء في الفندق الكبير</div></div>",
    ],
)
def test_a_short_line_in_any_other_field_is_no_lead(field: str) -> None:
    assert texts(article(page(field))) == list(TEXT)


def entries(*said: str, name: str = "entry") -> str:
    return "".join(f"<div class='{name}'><p>{line}</p></div>" for line in said)


TIMED = tuple(f"1{7 - at}:2{at} {line}" for at, line in enumerate(TEXT))


def test_the_last_short_entries_of_a_running_report_are_kept() -> None:
    last = "١٣:٠٥ وصول الحافلات إلى الفندق."
    found = article(page("", entries(*TIMED, last, "12:50 فتح الأبواب.")))
    assert texts(found) == [*TIMED, last, "12:50 فتح الأبواب."]


@pytest.mark.parametrize(
    "below",
    [
        entries("13:05 نشرة الأخبار", name="programme"),
        entries("وصول الحافلات إلى الفندق."),
        "<ul><li>13:05 موجز</li></ul>",
    ],
)
def test_what_follows_a_running_report_otherwise_set_or_without_a_time_is_left_out(below: str) -> None:
    assert texts(article(page("", entries(*TIMED), below))) == list(TIMED)


def test_a_site_that_titles_every_page_with_its_name_hides_no_headline() -> None:
    source = page("", title="وكالة صحيفة الواحة الإخبارية").replace("h1>", "h2>")
    assert article(source).title == TITLE


def test_a_headline_that_speaks_of_the_house_is_no_name_of_it() -> None:
    table = furniture()
    assert table.is_house("موقع الواحة الإخباري", ["الواحة"])
    assert not table.is_house("وزير يزور الواحة الإخبارية", ["الواحة"])
    assert not table.is_house("موقع إخباري", ["الواحة"])


@pytest.mark.parametrize(
    "line",
    [
        "تابعوا أخبارنا عبر قناتنا على تلغرام",
        "انضموا إلى قناتنا على واتساب لتصلكم الأخبار أولا!",
        "إذا أعجبك ما نكتب فادعم الصحافة المستقلة بتبرع صغير يبقينا على قيد العمل",
        "31/10/2017 2:20:00 م قرئ 940 مرة",
        "ملاحظة: التعليقات لا تعبر عن رأي الموقع بل عن رأي أصحابها",
    ],
)
def test_pleas_channels_and_counters_are_furniture(line: str) -> None:
    assert furniture().is_line(line)


@pytest.mark.parametrize(
    "line",
    [
        "وقال المتحدث إن المشاهدين تابعوا البث عبر قناتنا الرسمية. ثم أعلن النتائج.",
        "إذا أعجبك الفندق فادعم أصحابه، هكذا قال النزيل.",
        "31/10/2017 موعد الجولة السابعة",
    ],
)
def test_sentences_with_such_words_are_not(line: str) -> None:
    assert not furniture().is_line(line)


def test_of_an_element_that_holds_the_title_and_its_text_line_by_line_only_the_title_goes() -> None:
    lines = "<br><br>".join((f"<b>{TITLE}</b>", *TEXT))
    head = f"<meta property='og:title' content='{TITLE}'><title>{TITLE}</title>"
    found = article(f"<html><head>{head}</head><body><div class='m'>{lines}</div></body></html>")
    assert (found.title, texts(found)) == (TITLE, list(TEXT))


def test_a_first_line_that_names_its_source_tells_no_place() -> None:
    found = article(page("", f"<p>المصدر: وكالات</p>{BODY}"))
    assert found.dateline.place is None
    assert found.sourcing.partial


NOTES = [
    "ترجمة: نور الخطيب",
    "خاص – الواحة",
    "تصحيح: الصواب الجولة الرابعة",
    "شارك في التغطية: سامي عمران",
    "المصدر: وكالات",
    "* كاتب من المدينة",
    "س.ع / ن.خ",
    "(إعداد سامي عمران للنشرة العربية - تحرير نور الخطيب)",
]


@pytest.mark.parametrize("line", NOTES)
def test_a_line_that_closes_a_text_is_its_own_in_a_box_of_its_own(line: str) -> None:
    boxed = f"<div class='note'><p>{line}</p></div>"
    assert texts(article(page("", f"{BODY}{boxed}"))) == [*TEXT, line]
    assert texts(article(page("", below=f"<div class='share'><a href='/s'>شارك</a></div>{boxed}"))) == [*TEXT, line]


def test_a_wire_closes_a_text_from_a_box_in_it_and_not_from_one_beside_it() -> None:
    for line in ("رويترز", "(رويترز)", "سانا"):
        boxed = f"<div class='note'><p>{line}</p></div>"
        assert texts(article(page("", f"{BODY}{boxed}"))) == [*TEXT, line]
    assert texts(article(page("", below="<div class='note'><p>رويترز</p></div>"))) == list(TEXT)


@pytest.mark.parametrize(
    "line", ["خاص بالمشتركين", "ملاحظة: التعليقات لا تعبر إلا عن أصحابها", "(12)", "سياسة", "سوريا", "متابعات"]
)
def test_what_a_page_sets_behind_a_text_closes_none(line: str) -> None:
    assert texts(article(page("", below=f"<div class='note'><p>{line}</p></div>"))) == list(TEXT)
