"""The thorough reader: what engines agree on, tables, pieces that follow, texts told twice."""

from __future__ import annotations

import dataclasses
from functools import cache

import pytest

from archive.errors import SettingsError
from archive.records import Article
from archive.settings import load_settings
from crawler.extract import Reader, read
from crawler.page import dom, engines, voices
from crawler.page.blocks import blocks
from crawler.reader import Mode
from flows.moves import reader_maker
from tests.extraction import a_capture, a_reader, an_outlet, texts

TITLE = "اختتام الجولة الرابعة من المحادثات في العاصمة الكازاخية"
STORY = [
    "أستانا - سانا: اختتمت اليوم الجولة الرابعة من المحادثات بحضور وفود الدول الضامنة وممثلين عن الأمم المتحدة.",
    "وقال رئيس أحد الوفود إن المجتمعين بحثوا على مدى يومين آليات تثبيت وقف الأعمال القتالية في أربع مناطق.",
    "وأضاف أن لجنة فنية مشتركة ستجتمع خلال أسبوعين لرسم حدود هذه المناطق، وأن خرائطها ستعلن بعد ذلك.",
    "ومن المقرر أن تعقد الجولة المقبلة منتصف الشهر القادم، وفق ما جاء في البيان الذي تلي في ختام الاجتماع.",
    "وكانت الجولة السابقة قد انتهت دون اتفاق، بعدما غاب عنها وفد الفصائل احتجاجاً على خروق في ريف دمشق.",
]
OTHER = [
    "افتتح في المدينة القديمة معرض للحرف اليدوية يشارك فيه أكثر من مئة حرفي قدموا من خمس محافظات في البلاد.",
    "ويستمر المعرض حتى نهاية الأسبوع، ويخصص ريع المبيعات لترميم السوق الذي تضرر سقفه قبل ثلاثة أعوام.",
]


def a_page(*pieces: str) -> str:
    return f"<html><head><title>{TITLE}</title></head><body>{''.join(pieces)}</body></html>"


def paragraphs(lines: list[str]) -> str:
    return "".join(f"<p>{line}</p>" for line in lines)


@cache
def the_reader() -> Reader:
    return dataclasses.replace(a_reader(), mode=Mode.THOROUGH)


def thorough(page: str) -> Article:
    found = read(a_capture(page), the_reader())
    assert isinstance(found, Article), found
    return found


def test_an_article_is_read_whole_and_each_paragraph_stands_where_it_says() -> None:
    page = a_page(f"<h1>{TITLE}</h1><div class='story'>{paragraphs(STORY)}</div><footer><p>حقوق النشر</p></footer>")
    found = thorough(page)
    assert (found.extractor, texts(found)) == ("thorough", STORY)
    for each in found.paragraphs:
        assert page[each.offset : each.offset + each.length] == each.text.rstrip(".")


def test_a_second_copy_for_narrow_screens_is_left_out() -> None:
    copy = f"<div>{paragraphs(STORY)}</div>"
    assert texts(thorough(a_page(f"<h1>{TITLE}</h1><section>{copy}</section><section>{copy}</section>"))) == STORY


def test_the_piece_that_is_loaded_behind_the_article_is_left_out() -> None:
    first = f"<div><h1>{TITLE}</h1><div>{paragraphs(STORY)}</div></div>"
    second = f"<div><h1>معرض للحرف اليدوية في المدينة القديمة</h1><div>{paragraphs(OTHER)}</div></div>"
    assert texts(thorough(a_page("<div>", first, second, "</div>"))) == STORY


def test_the_rows_of_a_table_among_the_text_are_kept() -> None:
    rows = [("الجولة الأولى", "23 كانون الثاني"), ("الجولة الثانية", "15 شباط"), ("الجولة الثالثة", "14 آذار")]
    table = "".join(f"<tr><td>{name}</td><td>{day}</td></tr>" for name, day in rows)
    page = a_page(
        f"<h1>{TITLE}</h1><article>{paragraphs(STORY[:3])}<figure><table>{table}</table></figure>",
        f"{paragraphs(STORY[3:])}</article>",
    )
    found = texts(thorough(page))
    assert [line for line in found if line in STORY] == STORY
    assert all(cell in found for row in rows for cell in row)


def test_a_row_is_vouched_for_as_a_whole_and_its_cells_are_not_alone() -> None:
    root = dom.parse("<table><tr><td>12</td><td>مقعداً</td></tr><tr><td>9</td><td>مقاعد</td></tr></table>")
    assert root is not None
    page = blocks(root, lambda _: None)
    assert voices.heard(page, engines.opinion("| 12 | مقعداً |\n")) == {0, 1}


def test_a_page_beyond_the_engines_bounds_is_read_by_its_shape_alone() -> None:
    many = "<i></i>" * engines.MAX_ELEMENTS
    found = thorough(a_page(many, f"<h1>{TITLE}</h1><div>{paragraphs(STORY)}</div>"))
    assert texts(found) == STORY


def test_how_thoroughly_pages_are_read_is_part_of_the_reader() -> None:
    fast = a_reader()
    assert dataclasses.replace(fast, mode=Mode.THOROUGH).digest != fast.digest


def test_the_setting_chooses_the_mode_and_no_other_word_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    outlet = an_outlet()
    monkeypatch.setenv("ASTANA_READING", "thorough")
    assert reader_maker({outlet.id: outlet}, load_settings(), {})(outlet).mode is Mode.THOROUGH
    monkeypatch.setenv("ASTANA_READING", "slow")
    with pytest.raises(SettingsError, match="ASTANA_READING"):
        load_settings()
