"""«اقرأ أيضاً …» inside a paragraph of the text is cut out and told; sentences that merely say it stay as they are."""

from __future__ import annotations

import time

import pytest

from archive.records import Article
from crawler.page import dom
from crawler.page.blocks import blocks
from crawler.page.inline import CUT, MOST, opened
from crawler.page.locate import Place, words_in_order
from tests.extraction import a_page, article, texts

HEAD = "افتتح الوسيط الأممي اللقاء بكلمة دعا فيها الأطراف إلى خطوات عملية قبل نهاية الشهر الجاري."
REST = "وتحدث بعده رئيسا الوفدين، ثم رفعت الجلسة ساعة واحدة للتشاور في قاعة مجاورة."
LAST = "ومن المنتظر أن تستأنف الاجتماعات غدا صباحا من دون حضور الصحفيين."
OTHER = "انقطاع المياه عن أحياء المدينة القديمة"
LINK = f'<a href="/7">{OTHER}</a>'


def read(paragraph: str) -> Article:
    return article(a_page(paragraph, LAST))


LABELLED = [
    f"<strong>اقرأ أيضاً: {LINK}</strong>",
    f"<strong>إقرأ أيضا :</strong> {LINK}",
    f"<br>اقرأ أيضا: {LINK}",
    f"(اقرأ أيضا: {LINK})",
    f"<em>[طالع أيضا: {LINK}]</em>",
    f"<b>اقرأ أيضاً&nbsp;:</b>&nbsp;{LINK} ، {LINK}",
]
LAST_ONLY = [
    f'<span class="x">اقرأ أيضًا: {OTHER}</span>',
    f'<a href="/7">اقرأ أيضا: {OTHER}</a>',
    f'<a href="/7"><b>شاهد أيضاً | {OTHER}</b></a>',
]


@pytest.mark.parametrize(
    ("markup", "rest"),
    [*((each, rest) for each in LABELLED for rest in ("", f" {REST}")), *((each, "") for each in LAST_ONLY)],
)
def test_a_reference_set_inside_a_paragraph_is_cut_and_the_rest_keeps_its_place(markup: str, rest: str) -> None:
    source = a_page(f"{HEAD} {markup}{rest}", LAST)
    found = article(source)
    said = " ".join(texts(found))
    assert said == " ".join(filter(None, (HEAD, REST if rest else "", LAST)))
    payload = dom.safe(source)
    for each in found.paragraphs:
        assert words_in_order(payload, Place(each.offset, each.length, exact=False), each.text)


@pytest.mark.parametrize(
    "lines", [f"إقـرأ أيضاً: {OTHER}", f"<span>اقرأ أيضا</span><br>{LINK}", f"اقرأ أيضا:<br>{LINK}<br>{LINK}"]
)
def test_lines_of_their_own_go_and_those_around_them_stay(lines: str) -> None:
    soft = f"{HEAD[:40]}<br>{HEAD[40:]}<br>{lines}<br>{REST[:30]}<br>{REST[30:]}<br><br>{LAST}"
    assert " ".join(texts(read(soft))).replace(" ", "") == f"{HEAD}{REST}{LAST}{LAST}".replace(" ", "")


@pytest.mark.parametrize("rest", ["", f" {REST}"])
def test_the_cut_is_told_as_a_repair_of_its_paragraph_alone(rest: str) -> None:
    first, last = read(f"{HEAD} <span>اقرأ أيضا: {LINK}</span>{rest}").paragraphs
    assert first.repairs == ((CUT, "interrupted") if rest else (CUT,))
    assert last.repairs == ()


@pytest.mark.parametrize(
    "paragraph",
    [
        f"{HEAD} وقال المعلم لتلاميذه: اقرأ أيضا ما كتبه {LINK} قبل أن تحكم.",
        f"{HEAD} وقال المعلم: <em>اقرأ أيضا</em> ما كتبه الجيران.",
        f"{HEAD} وعنوان الكتاب <a href='/9'>اقرأ أيضا بعين ناقدة</a> وهو للمؤلف نفسه.",
        f"{HEAD} وكتب على اللوح «اقرأ أيضا: التاريخ» ثم <b>خرج</b> من القاعة.",
        f"<b>اقرأ أيضا</b> ما كتبه الجيران، هكذا قال المعلم في كلمته أمام {LINK} صباح أمس.",
        f"{HEAD} وقد يهمك الأمر <a href='/9'>حين تسافر</a> إلى هناك.",
        f"{HEAD} قد يهمك <a href='/9'>أن تعرف</a> من حضر اللقاء ومن غاب عنه.",
        f"{HEAD} وكتب الوسيط على صفحته: <em>اقرأ أيضا: دفتر الغائبين</em>.",
        f"{HEAD} <b>قد يهمك: ماء المدينة</b> هو اسم الحملة التي بدأت أمس.",
        f"{HEAD} <a href='/9'>Related: Water</a> شركة تدير محطات الضخ في المدينة.",
        f"{HEAD} <a href='/9'>اقرأ أيضا: دفتر الغائبين</a> كتاب صدر للمؤلف نفسه.",
    ],
)
def test_a_sentence_that_merely_says_the_words_stays_whole(paragraph: str) -> None:
    first = read(paragraph).paragraphs[0]
    assert dom.text_of(dom.parse(paragraph)) == first.text  # type: ignore[arg-type]
    assert first.repairs == ()


def test_several_references_in_a_row_are_cut_and_very_many_are_looked_through_in_no_time() -> None:
    reference = f"<span>اقرأ أيضا: {LINK}</span> "
    assert texts(read(f"{HEAD} {reference * 3}"))[0] == HEAD
    started = time.process_time()
    assert texts(read(f"{HEAD} {reference * 500}"))[0].startswith(f"{HEAD} اقرأ")
    assert time.process_time() - started < 1.0


def test_what_is_cut_is_the_reference_where_it_stands_not_the_same_words_before_it() -> None:
    book = "وقال الوسيط إن الكتاب «اقرأ أيضا: دفتر الغائبين» أغضب الوفدين ومنع من البيع في المدينة."
    assert texts(read(f"{book} {HEAD} <b>اقرأ أيضا: دفتر الغائبين</b>"))[0] == f"{book} {HEAD}"
    wide = f"{HEAD} ويحتاج الوفد للمزيد من الوقت في المدينة.<br><br>{REST}<br><br>للمزيد<br><a href='/7'>المدينة</a>"
    assert texts(read(wide))[:2] == [f"{HEAD} ويحتاج الوفد للمزيد من الوقت في المدينة.", REST]


def test_a_line_that_went_whole_is_told_of_the_line_before_it() -> None:
    found = read(f"{HEAD}<br>طالعوا أيضا: {OTHER}<br>{REST}")
    assert texts(found) == [HEAD, REST, LAST]
    assert [CUT in each.repairs for each in found.paragraphs] == [True, False, False]


def test_a_short_paragraph_is_not_lost_with_a_long_reference_behind_it() -> None:
    short = "وغادر الوفد الفندق من دون تصريح."
    long = " ثم ".join([OTHER] * 4)
    found = article(a_page(HEAD, f'{short} <strong>اقرأ أيضا: <a href="/7">{long}</a></strong>', REST, LAST))
    assert texts(found) == [HEAD, short, REST, LAST]
    assert CUT in found.paragraphs[1].repairs


def test_a_paragraph_of_very_many_links_and_references_is_looked_through_once() -> None:
    line = f'{HEAD} <a href="/9">{REST}</a> اقرأ أيضا: {LINK}<br><br>'
    root = dom.parse(f"<html><body><p>{line * 400}</p></body></html>")
    assert root is not None
    found = blocks(root, lambda _: None)
    started = time.process_time()
    left, mended = opened(found)
    assert (len(left), len(mended)) == (400, MOST)
    assert time.process_time() - started < 3  # it was six, and grew by the square
