"""A tree falls into blocks as a reader sees paragraphs, each with what it is made of."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from crawler.page import dom
from crawler.page.blocks import Block, blocks


def _blocks(source: str) -> list[Block]:
    root = dom.parse(source)
    assert root is not None
    return blocks(root, lambda element: dom.ZONE_TAGS.get(element.tag))


def _texts(source: str) -> list[str]:
    return [block.text for block in _blocks(source)]


def test_text_between_tags_belongs_to_the_block_around_it() -> None:
    assert _texts("<div>قبل<p>وسط</p>بعد<!-- x -->وأيضاً</div>") == ["قبل", "وسط", "بعدوأيضاً"]


def test_inline_tags_do_not_part_a_paragraph() -> None:
    assert _texts("<p>قال <b>الوفد</b> إن <a href='/'>الجولة</a> باقية</p>") == ["قال الوفد إن الجولة باقية"]


def test_single_breaks_part_paragraphs_when_no_blank_line_does() -> None:
    assert _texts("<td>سطر أول.<br>سطر ثان.<br />سطر ثالث.</td>") == ["سطر أول.", "سطر ثان.", "سطر ثالث."]


def test_single_breaks_are_line_ends_where_blank_lines_part_and_lines_are_no_sentences() -> None:
    assert _texts("<div>سطر أول<br>من فقرة<br><br>فقرة ثانية<br>طويلة.</div>") == [
        "سطر أول من فقرة",
        "فقرة ثانية طويلة.",
    ]


def test_every_sentence_of_its_own_line_is_a_paragraph_even_beside_blank_lines() -> None:
    assert _texts("<div>جملة.<br>جملة ثانية.<br><br>جملة ثالثة.</div>") == ["جملة.", "جملة ثانية.", "جملة ثالثة."]


def test_scripts_forms_fields_and_their_like_hold_no_words_but_what_follows_does() -> None:
    assert _texts("<div>قبل<script>x()</script><select><option>a</select>بعد</div>") == ["قبلبعد"]


def test_links_lists_headings_bold_and_zones_are_told() -> None:
    link, heading, caption = _blocks(
        "<li><a href='/'>رابط</a></li><h3><b>عنوان</b></h3><figure><figcaption>شرح</figcaption></figure>"
    )
    assert (link.link_share, link.list_item) == (1.0, True)
    assert (heading.heading, heading.bold) == (True, 5)
    assert caption.zone == "caption"


def test_a_box_that_opens_a_zone_parts_a_line_though_it_is_empty_and_boxes_without_words_are_passed_by() -> None:
    root = dom.parse("<div><p><img class='a'></p>قبل<i class='b'></i>بعد<p><b><u class='c'>ثم</u></b></p></div>")
    assert root is not None
    asked = []

    def zone(element: etree._Element) -> str | None:
        asked.append(element.get("class"))
        return "share" if element.get("class") in {"a", "b", "c"} else None

    assert [(block.text, block.zone) for block in blocks(root, zone)] == [("قبل", None), ("بعد", None), ("ثم", "share")]
    assert asked == [None, None, None, "b", None, None, "c"]  # html, body and div; the picture's box holds no words


def test_no_break_spaces_are_left_for_clean_to_list() -> None:
    assert _texts("<p>أ\u00a0ب \n\t ج</p>") == ["أ\u00a0ب ج"]


@given(
    st.lists(
        st.sampled_from(
            ["<div>", "</div>", "<p>", "<br>", "<b>", "</b>", "<table><td>", "<!-- -->", "نص ", "<a>", "</p>", "<li>"]
        ),
        max_size=60,
    )
)
def test_any_soup_of_tags_keeps_every_letter_in_order(pieces: list[str]) -> None:
    source = "<html><body>" + "".join(pieces) + "</body></html>"
    root = dom.parse(source)
    assert root is not None
    whole = "".join(dom.text_of(root).split())
    assert "".join("".join(block.text.split()) for block in _blocks(source)) == whole
