"""A learned table takes what recurs, in any spelling, and nothing that only begins like it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from archive.errors import ArchiveError, FormatError
from crawler.page import taught as rooms
from crawler.page.taught import NOTHING, around, box, chain, dump, home, label, load, masked, signature, taught

TEXT = st.text(alphabet=st.characters(codec="utf-8"), max_size=120)
ROWS = st.lists(TEXT, max_size=4)


def test_a_counter_and_a_clock_are_one_line_whatever_they_show() -> None:
    table = taught(lines=("عدد القراءات: ١٢", "الأحد 22 تشرين الثاني 2026 - 10:05"))
    assert table.is_line("عدد القراءات : 4,031") is False  # another line: its signs stand elsewhere
    assert table.is_line("عدد القراءات: 4031")
    assert table.is_line("الخميس ٣ كانون الثاني/يناير ٢٠١٩ - ٠٧:٥٥")
    assert not table.is_line("عدد القراءات: كثير")


def test_figures_of_a_long_line_count() -> None:
    long = "قال المتحدث إن عدد الشاحنات التي دخلت إلى المدينة منذ بداية الأسبوع بلغ 14 شاحنة من أصل 40 كانت مقررة"
    assert taught(lines=(long,)).is_line(long)
    assert not taught(lines=(long,)).is_line(long.replace("14", "15"))


@pytest.mark.parametrize(
    ("text", "linked", "opens"),
    [
        ("طالعوا كذلك: عنوان خبر آخر عن القافلة", 0.8, True),
        ("» طالعوا كذلك عنوان خبر آخر عن القافلة", 0.8, True),
        ("طالعوا كذلك", 0.0, True),
        ("طالعوا كذلك:", 0.0, True),
        ("طالعوا كذلك: عنوان خبر آخر عن القافلة", 0.0, False),
        ("طالعوا كذلكما قيل في الجلسة", 0.9, False),
        ("قال إن قراءه طالعوا كذلك: كل ما نشر", 0.9, False),
    ],
)
def test_an_opening_stands_before_a_link_or_alone(text: str, linked: float, opens: bool) -> None:
    assert taught(openings=("طالعوا كذلك:",)).opens(text, linked) is opens


@pytest.mark.parametrize(
    ("text", "opens"),
    [
        ("وفي السياق: القافلة تصل إلى المخيم", True),
        ("وفي السياق: قال المتحدث إن القافلة وصلت إلى المخيم.", False),
        ("وفي السياق | القافلة تصل إلى المخيم", True),
        ("وفي السياق ذاته وصلت القافلة", False),
        ("وفي السياق ذاته: وصلت القافلة", False),
    ],
)
def test_an_announcement_stands_before_a_headline_without_a_link(text: str, opens: bool) -> None:
    assert taught(announcements=("وفي السياق",)).opens(text, 0.0) is opens


def test_a_box_is_told_by_its_names_and_those_around_it() -> None:
    root = html.document_fromstring(
        '<body class="post-7"><div id="post-7" class="b a"><p><span class="x">1</span></p></div>'
        '<div class="other"><span class="x">2</span></div></body>'
    )
    first, second = root.findall(".//span")
    assert signature(root.find(".//div")) == "div.a.b.post-#"
    assert (signature(root.find("body")), around(first)) == ("", "div.a.b.post-#")
    assert list(chain(first)) == ["span.x < div.a.b.post-#", "div.a.b.post-# < "]
    table = taught(boxes=(box(first),))
    assert (table.is_box(first), table.is_box(second)) == (True, False)
    assert box(root.find(".//p")) == ""
    assert not table.is_box(root.find(".//p"))


def test_a_label_is_furniture_at_its_own_home_alone() -> None:
    root = html.document_fromstring(
        '<div class="menu"><p>أخبار  دولية</p></div><div class="text"><p>أخبار دولية</p></div><p>أخبار دولية</p>'
    )
    first, second, third = root.findall(".//p")
    assert home(first) == "p in div.menu < "
    table = taught(labels=(label(masked("أخبار دولية"), home(first)),))
    assert [table.is_box(each) for each in (first, second, third)] == [True, False, False]


@given(lines=ROWS, labels=ROWS, openings=ROWS, announcements=ROWS, boxes=ROWS)
def test_a_table_is_read_as_it_was_written(
    lines: list[str], labels: list[str], openings: list[str], announcements: list[str], boxes: list[str]
) -> None:
    table = taught(lines=lines, labels=labels, openings=openings, announcements=announcements, boxes=boxes)
    again = load(dump(table), "table")
    assert (again, dump(again), again.digest) == (table, dump(table), table.digest)
    assert bool(table) == (table != NOTHING)


@given(TEXT)
def test_a_line_masks_to_itself(text: str) -> None:
    assert masked(masked(text)) == masked(text)


def test_what_is_no_table_is_refused_by_name() -> None:
    for data in (b"", b"{}", b"[1]", b'{"schema": 1, "lines": 3}', b"\xff"):
        with pytest.raises(ArchiveError, match="learned/furniture/x is no table"):
            load(data, "learned/furniture/x")
    newer = dump(NOTHING).replace(b'"schema":1', b'"schema":2')
    with pytest.raises(FormatError, match="this program knows 1"):
        load(newer, "learned/furniture/x")
    assert rooms.SCHEMA == 1
