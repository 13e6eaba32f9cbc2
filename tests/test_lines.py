"""Lines that a page sets around a text are known in their whole form, in any script; a reporter's line stays."""

from __future__ import annotations

import pytest
from lxml import html

from crawler.page.blocks import blocks
from crawler.page.furniture import furniture

TABLE = furniture()


@pytest.mark.parametrize(
    "line",
    [
        "شارك هذا المقال على فيسبوك وتويتر",
        "انقر للمشاركة على تلغرام (فتح في نافذة أخرى)",
        "القراء: 320 | الردود: 2",
        "تمت قراءته 40 مرة",
        "العدد 4312 - الثلاثاء 14 شباط 2017",
        "رابط الخبر: https://waha.example/?p=7",
        "آخر تحديث للصفحة: 14/02/2017 الساعة 13:20",
        "تم نشر الخبر يوم الثلاثاء 14 شباط 2017",
        "يرجى ذكر المصدر عند النقل.",
        "المقال يعبر عن رأي كاتبه فقط.",
        "هل لاحظت خطأ في هذا الخبر؟ راسلنا",
        "يجب عليك تسجيل الدخول لإضافة تعليق.",
        "متصفحك لا يدعم تشغيل الفيديو",
        "يستكمل الخبر بعد الإعلان",
        "1 2 3 التالي",
        "English | Türkçe | Русский",
        "— • —",
    ],
)
def test_a_line_that_a_page_sets_around_a_text_is_furniture(line: str) -> None:
    assert TABLE.is_line(line)


@pytest.mark.parametrize(
    "line",
    [
        "شارك ممثلون عن تويتر وفيسبوك في الجلسة الثانية.",
        "تابع الوزير أعمال الجلسة من مكتبه عبر فيسبوك.",
        "تابعت الصحافة الخبر على تلغرام",
        "يجب تسجيل دخول الشاحنات عند المعبر.",
        "قال رئيس التحرير إن مراجعة التعليقات قبل نشرها باتت واجبة.",
        "القراء في المدينة: عادة قديمة",
        "30 قتيلا",
        "3-1",
        "Copyright holders won the case",
        "Решение суда вступит в силу завтра.",
        "首相宣布明天召开会议。",
    ],
)
def test_a_reporters_line_is_the_texts_in_any_script(line: str) -> None:
    assert not TABLE.is_line(line)


@pytest.mark.parametrize(
    "line", ["المزيد من أخبار البلاد", "تقارير ذات صلة", "3 تعليقات", "آراء القراء (2)", "تعليقات الزوار", "مواد أخرى"]
)
def test_a_heading_of_what_follows_a_text_is_known_by_its_form(line: str) -> None:
    assert TABLE.is_closer(line) or TABLE.may_close(line)


@pytest.mark.parametrize("line", ["المزيد من القتلى سقطوا أمس", "3 تعليمات للمسافرين", "ردود الفعل على القرار"])
def test_a_subhead_that_begins_alike_closes_no_text(line: str) -> None:
    assert not TABLE.is_closer(line) and not TABLE.may_close(line)


@pytest.mark.parametrize(
    ("names", "zone"),
    [
        ("elementor-widget-author-box", "meta"),
        ("single-post-related-articles-list", "related"),
        ("theme-block-post-tags-wrapper", "meta"),
        ("page-with-no-footer", None),
        ("single-news-author-says", None),
    ],
)
def test_a_long_name_tells_by_its_last_words_what_stands_in_a_box(names: str, zone: str | None) -> None:
    assert TABLE.zone(html.fromstring(f"<div class='{names}'>x</div>")) == zone


@pytest.mark.parametrize(
    ("line", "opens"),
    [
        ("اقرأ أيضاً .. المطر يعود إلى الساحل", True),
        ("اقرأ أيضاالمطر يعود إلى الساحل غدا", True),
        ("ذات صلة: المطر يعود إلى الساحل غدا", True),
        ("اقرأ أيضا ما كتبه الوزير في رسالته إلى أهل المدينة القديمة", False),
    ],
)
def test_a_reference_is_known_by_its_sign_or_by_what_is_glued_to_it(line: str, opens: bool) -> None:
    block = blocks(html.fromstring(f"<p>{line}</p>"), lambda _: None)[0]
    assert TABLE.is_opening(block) is opens
