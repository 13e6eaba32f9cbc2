"""Titles, days and credits of layouts in which label and value, site and headline, picture and words stand apart."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from lxml import etree

from archive.published import judge
from archive.records import Article
from crawler.page.furniture import furniture
from tests.extraction import article, texts
from tests.test_edges import BODY, TEXT, TITLE, page


def plain(head: str, above: str, below: str = "") -> Article:
    return article(f"<html><head>{head}</head><body>{above}<div class='text'>{BODY}</div>{below}</body></html>")


def day(found: Article) -> str | None:
    return (judge(found.claims, datetime(2026, 11, 22, tzinfo=UTC), "Asia/Damascus").value or "")[:10] or None


def test_a_date_stands_beside_a_headline_that_the_head_sets_behind_the_sites_name_and_a_colon() -> None:
    head = f"<title>دفتر الواحة: {TITLE}</title>"
    found = plain(head, f"<div class='header'><div><h3>{TITLE}</h3> <i>3 آذار 2017</i></div></div>")
    assert day(found) == "2017-03-03"


def test_of_a_title_tag_that_names_the_issue_of_a_paper_no_title_is_made_and_its_date_is_found() -> None:
    above = f"<table><tr><td>الثلاثاء 7/6/2011</td></tr><tr><td><font><b>{TITLE}</b></font></td></tr></table>"
    found = plain("<title>صحيفة الواحة - العدد 311</title>", above)
    assert (found.title, day(found)) == (TITLE, "2011-06-07")


def test_an_abbreviation_says_the_whole_date_in_its_title() -> None:
    said = "<abbr itemprop='datePublished' title='2016-12-30T11:48:00Z'>11:48 ص</abbr>"
    assert day(plain(f"<title>{TITLE}</title>", f"<h1>{TITLE}</h1>", said)) == "2016-12-30"


def test_the_time_in_a_messages_own_foot_dates_it() -> None:
    foot = "<div class='x_message_footer'><time datetime='2020-05-04T10:00:00+00:00'>10:00</time></div>"
    assert day(plain(f"<title>{TITLE}</title>", f"<h1>{TITLE}</h1>", foot)) == "2020-05-04"


@pytest.mark.parametrize("name", ["فرانس برس", "<a href='/source/1'>فرانس برس</a>"])
def test_a_source_and_its_label_in_boxes_of_their_own_are_read_together(name: str) -> None:
    for label in ("المصدر:", "المصدر"):
        found = article(page(f"<div><div>{label}</div><div>{name}</div></div>"))
        assert found.agency == "أ ف ب"


def test_who_tells_what_another_says_is_credited_where_a_lead_begins_so() -> None:
    found = article(
        page("", f"<p>رويترز عن مسؤول أممي: الجولة المقبلة من اللقاءات تعقد في نهاية الشهر المقبل</p>{BODY}")
    )
    assert found.agency == "رويترز"


@pytest.mark.parametrize("words", ["سانا عن عمد: هكذا وصف", "رويترز عن حق: رأي في", "الأناضول عن قرب: نظرة إلى"])
def test_a_headline_about_an_agency_credits_it_with_nothing(words: str) -> None:
    assert (
        article(page("", f"<p>{words} تغطية الجولة المقبلة من اللقاءات في نهاية الشهر المقبل</p>{BODY}")).agency is None
    )


@pytest.mark.parametrize("said", ["<p>المصدر:</p><p>رويترز</p>", "<p>المصدر: رويترز</p>"])
@pytest.mark.parametrize("box", ["<aside>{}</aside>", "<div class='related'>{}</div>", "<footer>{}</footer>"])
def test_a_source_in_a_box_of_other_stories_is_not_the_texts(box: str, said: str) -> None:
    found = plain(f"<title>{TITLE}</title>", f"<h1>{TITLE}</h1>", box.format(f"<p>زلزال يضرب الساحل</p>{said}"))
    assert (found.agency, found.credit) == (None, None)


def test_the_words_in_a_cell_under_a_picture_are_its_caption_if_their_table_holds_nothing_else() -> None:
    words = "رئيس الوفد الأممي يصافح أعضاء الوفود أمام مدخل الفندق الكبير في العاصمة صباح أمس (رويترز)"
    cells = f"<table><tr><td><img src='1.jpg'></td></tr><tr><td><font>{words}</font></td></tr></table>"
    found = article(page("", f"<table><tr><td>{cells}{BODY}</td></tr></table>"))
    assert (texts(found), found.captions) == (list(TEXT), (words,))


@pytest.mark.parametrize(
    ("names", "zone"),
    [
        ("itemRelated", "related"),
        ("itemHits", "meta"),
        ("itemTagsBlock", "meta"),
        ("hasSidebar", None),
        ("isPublished", None),
        ("writerText", None),
        ("ContentBanner", None),
        ("col-md-8 d-print-block", None),
        ("d-none d-print-block", "hidden"),
        ("d-none d-md-block d-print-block", None),
        ("x-widget-author-box", "meta"),
        ("x-author-box__bio", "meta"),
        ("has-small-font-size", None),
        ("postBody itemRelated", None),
        ("itemFullText", None),
    ],
)
def test_names_tell_a_zone_whole_and_of_long_ones_the_last_two_words_do(names: str, zone: str | None) -> None:
    for said in ({"class": names}, {"class": names, "id": "x1"}, {"id": names}):
        assert furniture().zone(etree.Element("div", said)) == zone


@pytest.mark.parametrize("names", ["hasSidebar", "noAds", "socialIssues", "creditStory", "col-md-8 d-print-block"])
def test_a_short_text_in_a_box_named_for_its_look_is_read(names: str) -> None:
    links = "".join(f"<p><a href='/{n}'>خبر من أخبار اليوم رقم {n} في أسفل الصفحة</a></p>" for n in range(4))
    source = f"<title>{TITLE}</title><h1>{TITLE}</h1><div class='{names}'>{BODY}</div><div>{links}</div>"
    assert texts(article(source)) == list(TEXT)
