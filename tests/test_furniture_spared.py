"""Lines, headings and boxes that only look like furniture are the reporter's: a text that is lost is worse."""

from __future__ import annotations

import pytest
from lxml import html

from crawler.page import closers, content
from crawler.page.blocks import Block, blocks
from crawler.page.furniture import furniture

TABLE = furniture()
OPENED = "اختتمت في العاصمة الكازاخية اليوم الجولة الأولى من المحادثات غير المباشرة بين وفدي الحكومة والفصائل المسلحة."
WENT_ON = "وقال مصدر دبلوماسي تابع الاجتماعات إن الوفدين لم يلتقيا وجها لوجه، وإن الوسطاء تنقلوا بين القاعتين يومين."
ENDED = "وختم المصدر بالقول إن ما جرى خطوة تمهد لجنيف إن صدقت نيات الأطراف جميعها."


@pytest.mark.parametrize(
    "line",
    [
        "وجدت خطابا متشددا من الوفد الروسي في الجلسة.",
        "هل رأيت خطابا مثل هذا من قبل؟",
        "هل وجدت خطأ في ورقة دي ميستورا؟ نعم.",
        "حجم الخط الائتماني الجديد مليار دولار.",
        "يجب ذكر اسم إيران صراحة في وثيقة الهدنة.",
        "نرجو ذكر اسم الشهيد في البيان.",
        "10:00 - 11:30",
        "العدد: 120، بينهم نساء وأطفال",
        "العدد 300",
        "تحديث في 24 كانون الثاني: ارتفع عدد القتلى إلى 12",
        "تحديث 3: ارتفع عدد القتلى",
        "التحديث يوم 3 مارس قتل 12 شخصا",
        "تم نشر هذا التقرير يوم 24 كانون الثاني 2017 في جنيف.",
        "نشر من قبل قوات حفظ السلام على خط التماس",
        "الفئة: صواريخ قصيرة المدى",
        "القسم: الأول من الوثيقة",
        "الباب: الأول",
        "العربية - الإنجليزية - الفرنسية",
        "مواضيع: الهدنة، المعتقلون",
        "ملفات ذات صلة: الدستور",
        "الصفحة 12",
        "مواد أخرى",
        "7 زوار",
        "3 مرات",
        "أ ف ب © 2017",
        "© أ ف ب 2017",
        "(© وكالة الأنباء الألمانية د ب أ)",
        "The CNN Wire © 2017",
        "هذا النص لا يعبر عن رأي صاحبه.",
        "تقييم الموضوع من وجهة نظر روسية",
        "تقييم الخبر السوري: لا تقدم",
        "تابع أخبار الوفد على تلغرام",
        "https://www.mfa.gov.kz/astana",
    ],
)
def test_a_line_that_may_be_a_reporters_is_left(line: str) -> None:
    assert not TABLE.is_line(line)
    assert not TABLE.opens(line, len(line.replace(" ", "")))


@pytest.mark.parametrize(
    "line",
    [
        "هل وجدت خطأ في المقال؟ أبلغنا عنه",
        "حجم الخط: كبير متوسط صغير",
        "حجم الخط + -",
        "العدد: 4512 - الثلاثاء 24 كانون الثاني 2017",
        "النسخة الورقية - صفحة 12",
        "تم تحديث الخبر في 24/1/2017",
        "القسم: أخبار محلية",
        "English | العربية | Français",
        "عدد القراء: 388 الردود: 3",
        "المقال يعبر عن رأي كاتبه ولا يمثل رأي الصحيفة",
        "© 2017 صحيفة الواحة",
        "1 2 3 4 التالي",
        "تابعونا على تلغرام",
        "رابط مختصر: https://alwaha.example/1",
    ],
)
def test_what_a_page_says_of_itself_is_furniture(line: str) -> None:
    assert TABLE.is_line(line)


@pytest.mark.parametrize(
    "line",
    [
        "اقرأ في البيان ما لم يقل.",
        "ذات صلة بالقاعدة",
        "خبر متعلق بالهدنة",
        'ادعم "جيش الإسلام" الحل السياسي وقال إنه سيوقع',
        "اشترك في «أستانا» سبعة فصائل مقاتلة من الشمال والجنوب",
        'لمتابعة "وقف النار" شكلت الدول الضامنة لجنة ثلاثية',
        "ادعموا وفدكم",
        "ادعمونا بالموقف لا بالمال.",
        "اشترك في الجلسة وفد من الأردن",
        "لمتابعة الهدنة > لجنة مشتركة من ثلاث دول ضامنة",
    ],
)
def test_a_verb_before_a_quotation_announces_nothing(line: str) -> None:
    assert not TABLE.opens(line, len(line.replace(" ", "")))


def test_also_read_announces_what_stands_behind_its_sign() -> None:
    assert TABLE.opens("اقرأ أيضاً .. وفد الفصائل يغادر القاعة قبل الختام", 40)
    assert TABLE.opens("خبر متعلق: وفد الفصائل يغادر القاعة", 30)


def _blocks(source: str) -> list[Block]:
    return blocks(html.document_fromstring(f"<html><body>{source}</body></html>"), TABLE.zone)


HEADINGS = [
    "سوابق مشابهة",
    "ملفات مرتبطة",
    "مواد أخرى",
    "استطلاع الرأي",
    "يحدث الآن",
    "3 ردود على المقترح الروسي",
    "المزيد من القصص الإنسانية",
    "المزيد عن الملفات العالقة",
]


@pytest.mark.parametrize("heading", HEADINGS)
def test_a_heading_before_prose_closes_nothing(heading: str) -> None:
    read = _blocks(f"<p>{OPENED}</p><p>{WENT_ON}</p><h3>{heading}</h3><p>{ENDED}</p>")
    assert closers.before(read, read, TABLE) == read
    assert not closers.announces(read, 2, TABLE)


@pytest.mark.parametrize("heading", HEADINGS)
def test_the_same_heading_before_links_closes_the_text(heading: str) -> None:
    read = _blocks(f"<p>{OPENED}</p><h3>{heading}</h3><ul><li><a href='/1'>وفد الفصائل يغادر القاعة</a></li></ul>")
    assert closers.before(read, read[:1], TABLE) == read[:1]


@pytest.mark.parametrize(
    "name",
    [
        "foolcom-grid-toc-content-sidebar",
        "layout-main-no-sidebar",
        "col-md-8-content-with-sidebar",
        "col-xs-12-col-with-sidebar",
        "single-post-without-comments",
        "story-with-related",
        "post-body-text-no-share",
        "post-content-text-social",
        "article-body-after-read-more",
        "article-show-read-more",
        "read-more",
        "page-layout-left-sidebar",
        "story-body-text-tags",
        "node-body-field-item-share",
        "report-on-most-read",
        "quote-of-the-comment",
        "live-blog-update-new-comments",
        "is-style-text-ad-slot",
    ],
)
def test_a_name_that_tells_a_layout_opens_no_zone(name: str) -> None:
    assert TABLE.zone(html.fragment_fromstring(f'<div class="{name}">{OPENED}</div>')) is None


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("left-sidebar", "navigation"),
        ("elementor-widget-author-box", "meta"),
        ("elementor-widget-post-date-wrapper", "meta"),
        ("site-section-related-posts-grid", "related"),
    ],
)
def test_a_name_of_what_stands_around_a_text_opens_its_zone(name: str, zone: str) -> None:
    assert TABLE.zone(html.fragment_fromstring(f'<div class="{name}">{OPENED}</div>')) == zone


def test_a_long_name_is_no_zone_where_it_holds_all_of_a_short_text() -> None:
    read = _blocks(f'<h1>عنوان</h1><div class="gp-lead-author-info"><p>{OPENED}</p><p>{ENDED}</p></div>')
    assert read[1].zone == "meta"
    assert {block.zone for block in content.settle_zones(read, lambda _: False, TABLE)} == {None}
