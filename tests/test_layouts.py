"""Layouts that a blind author thought of: headlines that no tag names, flashes above lists, Word's paragraphs."""

from __future__ import annotations

import pytest

from archive.records import Article, Kind, Rejection
from crawler.extract import read
from tests.extraction import a_capture, a_reader

READER = a_reader()
TITLE = "عاصفة رملية تغلق ميناءي البلاد الكبيرين"
TEXT = (
    "أغلقت السلطات صباح أمس ميناءي البلاد أمام السفن بعد عاصفة رملية حجبت الرؤية ساعات طويلة.",
    "وقال متحدث باسم الموانئ إن عشرين سفينة تنتظر في عرض البحر حتى تهدأ الرياح.",
    "ويتوقع خبراء الأرصاد أن تنحسر العاصفة مساء غد وأن يعقبها هواء بارد.",
)
BODY = "".join(f"<p>{line}</p>" for line in TEXT)


def outcome(head: str, body: str) -> Article | Rejection:
    found = read(a_capture(f"<html><head>{head}</head><body>{body}</body></html>"), READER)
    assert isinstance(found, Article | Rejection)
    return found


def article(head: str, body: str) -> Article:
    found = outcome(head, body)
    assert isinstance(found, Article), found
    return found


def lines(found: Article) -> list[str]:
    return [paragraph.text for paragraph in found.paragraphs]


@pytest.mark.parametrize(
    "headline", [f"<h2 class='art'>{TITLE}</h2>", f"<div class='BigT'><font size='5'><b>{TITLE}</b></font></div>"]
)
def test_the_name_of_a_section_in_the_head_is_no_title_where_a_headline_stands_above_the_text(headline: str) -> None:
    head = "<title>الدولية - صحيفة الواحة</title><meta property='og:title' content='الدولية'>"
    assert article(head, f"{headline}<div>{BODY}</div>").title == TITLE


def test_a_short_title_in_the_head_stays_where_no_headline_stands_above_the_text() -> None:
    assert article("<title>عاصفة رملية</title>", f"<div>{BODY}</div>").title == "عاصفة رملية"


def test_a_cell_that_is_named_as_a_title_in_short_holds_it() -> None:
    cells = f"<table><tr><td class='ttl'>{TITLE}</td></tr><tr><td>الخميس 29 تشرين الثاني 2018</td></tr></table>"
    assert article("<title>صحيفة الواحة</title>", f"{cells}<div>{BODY}</div>").title == TITLE


def flash(day: str, link: str = "") -> str:
    others = "".join(f"<li><a href='/f/{n}'>خبر آخر من أخبار المدينة القديمة {n}</a></li>" for n in range(12))
    said = "مصدر في الموانئ: إغلاق ميناءي البلاد أمام السفن حتى مساء غد بسبب العاصفة الرملية"
    headline = f"<a href='{link}'>{TITLE}</a>" if link else TITLE
    return f"<div><h2>{headline}</h2><div>{day}</div><div class='x'>{said}</div></div><ul>{others}</ul>"


def test_a_flash_below_its_headline_and_day_is_an_item_however_many_links_follow() -> None:
    found = article("<title>عاجل</title>", flash("الخميس 16-6-2022 13:47"))
    assert (found.title, len(found.paragraphs)) == (TITLE, 1)


@pytest.mark.parametrize("page", [flash("نشرة الظهر"), flash("الخميس 16-6-2022", link="/f/77")])
def test_a_line_without_a_day_or_below_a_linked_headline_makes_no_item_of_a_list(page: str) -> None:
    assert isinstance(outcome("<title>أخبار</title>", page), Rejection)


def test_a_first_line_in_a_box_of_the_class_that_the_paragraphs_have_is_the_texts() -> None:
    first = "المرفأ – أجرى الحوار: سامي عمران"
    boxes = "".join(f"<div class='Normal'>{line}</div>" for line in (f"<b>{first}</b>", *TEXT))
    assert lines(article(f"<title>{TITLE}</title>", f"<h1>{TITLE}</h1><div>{boxes}</div>")) == [first, *TEXT]


def test_a_line_that_is_the_house_itself_opens_a_text() -> None:
    body = f"<h1>{TITLE}</h1><div><p>صحيفة الواحة ديجيتال</p>{BODY}</div>"
    assert lines(article(f"<title>{TITLE}</title>", body)) == ["صحيفة الواحة ديجيتال", *TEXT]


def test_a_place_and_a_wire_open_the_second_paragraph_behind_a_lead_of_the_same_matter() -> None:
    second = f"المنامة — رويترز. وقالت السلطات إن الميناءين يفتحان حين تهدأ العاصفة، و{TEXT[1]}"
    found = article(f"<title>{TITLE}</title>", f"<h1>{TITLE}</h1><div><p>{TEXT[0]}</p><p>{second}</p></div>")
    assert (found.agency, found.dateline.place) == ("رويترز", "المنامة")


@pytest.mark.parametrize(
    ("line", "kind"), [("وفيما يلي نص الحوار:", Kind.NEWS), ("وفيما يلي نص البيان كاملا:", Kind.DOCUMENT)]
)
def test_the_text_of_an_interview_is_no_document(line: str, kind: Kind) -> None:
    body = f"<h1>{TITLE}</h1><div><p>{TEXT[0]}</p><p>{line}</p><p>{TEXT[1]}</p><p>{TEXT[2]}</p></div>"
    assert article(f"<title>{TITLE}</title>", body).kind is kind


def test_the_place_before_a_writers_link_above_a_text_is_where_it_was_written() -> None:
    line = "<ul><li>المنامة: <a href='/author/91'>رامي الصباغ</a></li></ul>"
    found = article(f"<title>{TITLE}</title>", f"<h1>{TITLE}</h1>{line}<div>{BODY}</div>")
    assert (found.dateline.place, found.dateline.said, found.byline) == ("المنامة", None, "رامي الصباغ")
    for other in (
        "<p>المنامة: <a href='/n/7'>ميناءان مغلقان</a></p>",
        "<p>رأي: <a href='/author/9'>رامي الصباغ</a></p>",
    ):
        found = article(f"<title>{TITLE}</title>", f"<h1>{TITLE}</h1>{other}<div>{BODY}</div>")
        assert (found.dateline.place, found.byline) == (None, None)


@pytest.mark.parametrize(
    ("named", "kind"), [("مساهمات", Kind.OPINION), ("صحيفة الواحة", Kind.NEWS), ("محليات", Kind.NEWS)]
)
def test_a_section_that_the_head_names_in_place_of_the_headline_tells_the_kind(named: str, kind: Kind) -> None:
    head = f"<title>{named} - صحيفة الواحة</title><meta property='og:title' content='{named}'>"
    assert article(head, f"<h2 class='art-title'>{TITLE}</h2><div>{BODY}</div>").kind is kind
