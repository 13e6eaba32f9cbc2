"""Furniture is known by whole phrases, however they are spelled; sentences of reporters are not furniture."""

from __future__ import annotations

import pytest
from lxml import html

from crawler.page.blocks import Block, blocks
from crawler.page.furniture import furniture
from crawler.page.taught import taught

TABLE = furniture()


@pytest.mark.parametrize(
    "line",
    [
        "اقرأ أيضاً",
        "إقرأ أيضا:",
        "مقالات ذات صلة",
        "زر الذهاب إلى الأعلى",
        "ع ع ع",
        "التعليقات (0)",
        "٢٣ مشاهدة",
        "طباعة الخبر طباعة الخبر ارسال الخبر الى صديق ارسال الخبر الى صديق",
        "التحديث الاخير بتاريخ|الخميس, نوفمبر 14, 2024",
        "الأحد، 16 يونيو 2024",
        "نُشر في 23 كانون الثاني 2017",
        "18-11-2019 | 05:37",
        "منذ 3 ساعات",
        "فيسبوك تويتر واتساب",
        "ادعم عنب الديار",
        "جميع الحقوق محفوظة لصحيفة الواحة 2017",
        "أقل من دقيقة للقراءة",
        "•",
        "Share on Facebook",
    ],
)
def test_a_line_of_furniture_is_known(line: str) -> None:
    assert TABLE.is_line(line)


@pytest.mark.parametrize(
    "line",
    [
        "عاجل",
        "وقال إن التعليقات على البيان كانت إيجابية.",
        "شارك في الجلسة ممثلون عن الدول الضامنة.",
        "ادعم الوفد مطالبه بوثائق جديدة قدمها إلى الوسيط الأممي.",
        "أضف إلى ذلك أن الجولة المقبلة لم يحدد موعدها بعد.",
        "المصدر: وكالات",
        "انتهى",
        "الخميس المقبل موعد الجولة الثامنة.",
        "13",
        "طباعة العملة الجديدة تثير جدلاً في الأسواق.",
    ],
)
def test_a_reporters_line_is_not_furniture(line: str) -> None:
    assert not TABLE.is_line(line)


@pytest.mark.parametrize("line", ["المصدر: وكالات", "(رويترز)", "انتهى", "- المصدر: سانا -", "وكالات"])
def test_a_credit_is_the_articles_own_last_line(line: str) -> None:
    assert TABLE.is_credit(line)


@pytest.mark.parametrize(
    ("markup", "zone"),
    [
        ('<div class="related-posts">', "related"),
        ('<div class="post-meta">', "meta"),
        ('<div id="comments">', "comment"),
        ('<ul class="share">', "share"),
        ('<p class="wp-caption-text">', "caption"),
        ("<nav>", "nav"),
        ('<div style="display: none">', "hidden"),
        ('<div class="entry-content">', None),
        ('<div class="content has-sidebar-layout-left">', None),
        ('<body class="single widget">', None),
    ],
)
def test_a_zone_is_known_by_its_tag_or_names(markup: str, zone: str | None) -> None:
    element = html.document_fromstring(f"<html>{markup}<p>x</p></html>")
    inner = next(node for node in element.iter() if node.attrib or node.tag in {"nav"})
    assert TABLE.zone(inner) == zone


def _blocks(source: str) -> list[Block]:
    return blocks(html.document_fromstring(source), TABLE.zone)


def test_an_announced_link_is_an_opening_and_a_sentence_is_not() -> None:
    link, sentence = _blocks(
        "<p>اقرأ أيضاً: <a href='/1'>عنوان خبر آخر عن الجولة</a></p>"
        "<p>للمزيد من الضغط على الأطراف دعا الوسيط الأممي إلى جلسة إضافية تعقد في جنيف "
        "الشهر المقبل، بحسب ما قال متحدث باسمه للصحفيين.</p>"
    )
    assert TABLE.is_opening(link)
    assert not TABLE.is_opening(sentence)


def test_what_was_learned_of_an_outlet_is_furniture_too() -> None:
    known = furniture(taught(lines=("حمّل تطبيق الواحة الآن",)))
    assert known.is_line("حمل تطبيق الواحه الآن")
    assert not TABLE.is_line("حمل تطبيق الواحه الآن")


def test_the_word_before_an_authors_name_is_taken_off() -> None:
    assert TABLE.without_by("بقلم: سامر الأحمد") == "سامر الأحمد"
    assert TABLE.without_by("كتبت ليلى الحموي") == "ليلى الحموي"
    assert TABLE.without_by("سامر الأحمد") == "سامر الأحمد"


def test_names_open_the_same_zone_after_any_number_of_others() -> None:
    said = ("nav main", "post-12 Share-Bar", "entryContent share", "wide")
    names = furniture().names
    first = [names.zone(each) for each in said]
    for number in range(5_000):
        assert names.zone(f"wide w-{number}") is None
    assert [names.zone(each) for each in said] == first == ["navigation", "share", None, None]
