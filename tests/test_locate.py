"""Every paragraph says where it stands in the decoded payload, and its words occur there in that order."""

from __future__ import annotations

import html
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.arabic import clean
from crawler.page import dom
from crawler.page.locate import NOWHERE, index_html, index_json, skeleton, words_in_order

words = st.text(alphabet="ابتثجحخدذرزسشصضعغفقكلمنهوي0123abc", min_size=1, max_size=8)
sentences = st.lists(words, min_size=1, max_size=12).map(" ".join)


def test_the_place_is_the_stretch_from_the_first_letter_to_the_last() -> None:
    payload = "<div><p>نص أول</p><p>وقال <b>الوفد</b> إنه باق.</p></div>"
    place = index_html(payload).find("وقال الوفد إنه باق.")
    assert payload[place.offset : place.offset + place.length] == "وقال <b>الوفد</b> إنه باق"
    assert place.exact


@pytest.mark.parametrize(
    "source",
    [
        "&#1575;&#1604;&#1608;&#1601;&#1583;",
        "&#x627;&#x644;&#x648;&#x641;&#x62f;",
        "&#00000001575;&#x0000644;&#1608;&#1601;&#1583;",
        "ﺍﻟﻮﻓﺪ",  # ARABIC PRESENTATION FORMS-B
        "الـــوفد",  # ARABIC TATWEEL
        "اَلوَفدُ",  # with vowel marks
        "ال\u200bوفد",  # ZERO WIDTH SPACE
        "ال<span>وفد</span>",
    ],
)
def test_the_words_are_found_however_the_source_writes_them(source: str) -> None:
    payload = f"<p>قبل {source} بعد</p>"
    place = index_html(payload).find("الوفد")
    assert place.offset == payload.index(source[:1], 3 if source[0] != "ا" else 7)
    assert words_in_order(payload, place, "الوفد")


@pytest.mark.parametrize(
    "hidden", ["<!-- الوفد -->", "<script>'الوفد'</script>", "<style>الوفد</style>", "<a title='الوفد'>"]
)
def test_words_in_markup_are_not_the_pages_words(hidden: str) -> None:
    assert index_html(f"{hidden}<p>نص آخر</p>").find("الوفد") == NOWHERE


def test_equal_paragraphs_are_found_one_after_the_other() -> None:
    index = index_html("<p>انتهى</p><p>وسط</p><p>انتهى</p>")
    first, second = index.find("انتهى"), index.find("انتهى")
    assert first.offset < second.offset


def test_seeking_passes_over_a_menu_that_says_the_same() -> None:
    payload = "<li>الوفد يصل</li>\n<hr>\n<p>الوفد يصل</p>"
    assert index_html(payload, 3).find("الوفد يصل").offset == payload.rindex("الوفد")


def test_what_stands_only_before_the_line_sought_is_found_all_the_same() -> None:
    payload = "<p>أول الكلام</p>\n<p>آخره</p>\n<p>خاتمة</p>"
    index = index_html(payload, 3)
    assert payload[index.find("خاتمة").offset :].startswith("خاتمة")
    assert payload[index.find("أول الكلام").offset :].startswith("أول")


def test_interrupted_words_are_found_in_order_and_said_to_be_interrupted() -> None:
    payload = "<p>قال الوفد <span>إعلان</span> إن الجولة تبدأ غدا</p>"
    place = index_html(payload).find("قال الوفد إن الجولة تبدأ غدا")
    assert not place.exact
    assert words_in_order(payload, place, "قال الوفد إن الجولة تبدأ غدا")


@pytest.mark.parametrize(
    "odd",
    [
        "<!-->",
        "<!--->",
        "<!-- x --!>",
        '<i title="a>b">',
        "<img alt='قبل > بعد'>",
        "<noscript>قبل</noscript>",
        "<SVG><text>بعد</text></svg>",
    ],
)
def test_a_word_with_odd_markup_in_it_has_a_place(odd: str) -> None:
    payload = f"<p>قبل</p><p>وقال ال{odd}وفد إنه باق.</p><p>بعد</p><!-- x -->"
    index = index_html(payload)
    assert index.find("قبل").offset == 3
    place = index.find("وقال الوفد إنه باق.")
    assert payload[place.offset : place.offset + place.length] == f"وقال ال{odd}وفد إنه باق"
    assert place.exact
    assert words_in_order(payload, place, "وقال الوفد إنه باق.")


def test_words_that_stand_nowhere_have_no_place() -> None:
    assert index_html("<p>نص</p>").find("غير موجود").offset == -1
    assert index_html("<p>نص</p>").find("…").offset == -1


@given(st.lists(sentences, min_size=1, max_size=6), st.booleans())
def test_each_paragraph_of_any_page_has_its_words_at_its_place(paragraphs: list[str], references: bool) -> None:
    written = ["".join(f"&#{ord(c)};" if references else c for c in html.escape(text)) for text in paragraphs]
    payload = "<ul><li>menu</li></ul>" + "".join(f"<p>{text}</p>\n" for text in written)
    index = index_html(payload)
    for text in paragraphs:
        place = index.find(clean(text).text)
        assert place.exact
        assert words_in_order(payload, place, text)


@given(st.lists(sentences, min_size=1, max_size=4), st.booleans())
def test_json_text_is_found_behind_its_escapes(paragraphs: list[str], escaped: bool) -> None:
    payload = "<script>" + json.dumps({"articleBody": "\n\n".join(paragraphs)}, ensure_ascii=escaped) + "</script>"
    index = index_json(payload, payload.index("articleBody") + 12, len(payload))
    for text in paragraphs:
        assert words_in_order(payload, index.find(text), text)


@given(st.text(max_size=60))
def test_a_skeleton_is_its_own_skeleton(text: str) -> None:
    assert skeleton(skeleton(text)) == skeleton(text)


@given(st.text(max_size=200), st.integers(1, 9))
def test_any_payload_can_be_indexed_from_any_line(payload: str, line: int) -> None:
    letters = index_html(payload).letters
    assert letters == skeleton(letters)
    assert index_html(payload, line).letters == letters


@given(st.text(alphabet="أبةء٣ـَéA½™ -\u200f\x01\n", max_size=60))
def test_letters_are_the_same_whether_rare_ones_stand_beside_them_or_not(text: str) -> None:
    """Texts of common letters are mapped as bytes, others letter by letter."""
    assert skeleton(f"{text}\N{GOTHIC LETTER AHSA}") == f"{skeleton(text)}\N{GOTHIC LETTER AHSA}"


@given(st.lists(st.sampled_from(["<p>", "</p>", "<b>أ</b>", "<!-- -->", "<div>", "</div>", "<br>"]), max_size=30))
def test_paths_counted_box_by_box_are_the_elements_own(tags: list[str]) -> None:
    root, paths = dom.parse(f"<html><body>{''.join(tags)}</body></html>"), dom.Paths()
    assert root is not None
    elements = list(root.iter("*"))
    assert [paths.of(element) for element in elements] == [dom.path(element) for element in elements]


@given(st.text(alphabet="اب<>&;#1 نﷺ\n", max_size=80), st.integers(1, 4))
def test_each_letter_stands_where_its_place_says(payload: str, line: int) -> None:
    index = index_html(payload, line)
    for word in payload.split():
        place = index.find(word)
        if place.exact and "&" not in word:
            found = payload[place.offset : place.offset + place.length]
            assert words_in_order(payload, place, word), found


def test_a_text_is_looked_for_from_its_line_on_and_in_all_of_a_page_that_has_no_such_line() -> None:
    payload = "نص\n" * 3000 + "<p>نص</p>"
    assert index_html(payload, 3001).find("نص").offset == payload.index("<p>") + 3
    assert index_html(payload, 2500).find("نص").offset == 2499 * 3
    assert index_html(payload, 4000).find("نص").offset == 0
