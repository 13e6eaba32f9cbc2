"""The title is the headline readers saw, whole and without the site's name."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.page.titles import key, strip_site
from tests.extraction import SENTENCE, a_page, article

TITLE = "وفود الدول الضامنة تصل إلى أستانا عشية الجولة السابعة"
BODY = "".join(f"<p>{SENTENCE} {number}</p>" for number in range(4))


@pytest.mark.parametrize(
    "suffix", [" - صحيفة الواحة", " | صحيفة الواحة", " • صحيفة الواحة", " :: صحيفة الواحة", " – waha.example"]
)
def test_the_sites_name_is_taken_off(suffix: str) -> None:
    assert article(f"<html><head><title>{TITLE}{suffix}</title></head><body>{BODY}</body></html>").title == TITLE
    assert (
        article(f"<html><head><title>{suffix.strip(' -|•:–')} - {TITLE}</title></head><body>{BODY}</body></html>").title
        == TITLE
    )


def test_a_dash_inside_a_headline_is_kept() -> None:
    title = "أستانا 8 - تشكيل مجموعتي عمل للمعتقلين والألغام"
    assert article(a_page(*[SENTENCE] * 3, title=title)).title == title


def test_a_logo_in_h1_is_not_the_title() -> None:
    page = f"<html><head><title>{TITLE}</title></head><body><h1>صحيفة الواحة</h1><h2>{TITLE}</h2>{BODY}</body></html>"
    assert article(page).title == TITLE


def test_the_visible_headline_is_whole_where_the_tag_was_cut() -> None:
    page = f"<html><head><title>{TITLE[:40]}...</title></head><body><h1>{TITLE}</h1>{BODY}</body></html>"
    assert article(page).title == TITLE


def test_a_ticker_above_is_not_the_title() -> None:
    ticker = "<h3><a href='/1'>خبر عاجل من مكان آخر تماماً اليوم</a></h3>" * 3
    head = f"<head><title>{TITLE} | صحيفة الواحة</title></head>"
    page = f"<html>{head}<body>{ticker}<div class='newstitle'>{TITLE}</div>{BODY}</body></html>"
    assert article(page).title == TITLE


def test_json_ld_names_it_when_nothing_is_visible() -> None:
    head = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"' + TITLE + '"}</script>'
    page = f"<html><head>{head}<title>صحيفة الواحة</title></head><body>{BODY}</body></html>"
    assert article(page).title == TITLE


@pytest.mark.parametrize(
    ("text", "left"), [("صحيفة الواحة", "صحيفة الواحة"), ("أ - ب", "أ - ب"), ("أ - صحيفة الواحه", "أ")]
)
def test_stripping_leaves_a_name_alone(text: str, left: str) -> None:
    assert strip_site(text, {key("صحيفة الواحة")}) == left


@given(st.lists(st.sampled_from([" - ", "|", "«", " :: ", " ", "a site", "news", "x"]), max_size=9).map("".join))
def test_a_site_is_taken_off_both_ends_until_none_of_it_is_left(text: str) -> None:
    bare = strip_site(text, {"a site"})
    assert bare in text
    assert strip_site(bare, {"a site"}) == bare


def test_a_title_of_partings_alone_is_read_in_one_go() -> None:
    start = time.process_time()
    assert strip_site("«" * 200_000, {"x"}) == ""
    assert strip_site("«" * 100_000 + "خبر" + " | x" * 50_000, {"x"}) == "خبر"
    assert time.process_time() - start < 5  # it was hours


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/news", TITLE),
        ("/", TITLE),
        ("https://waha.example/news", TITLE),
        *(
            (path, "قناة الواحة في البلاد")
            for path in (
                "/news/100",
                "/news/2017/02/14/7.html",
                "?id=100",
                "/?id=100",
                "#",
                "/waha-100/",
                "/%D8%A7-100",
                "https://other.example/",
                "https://[",
            )
        ),
    ],
)
def test_what_leads_to_a_channels_root_is_no_title_where_a_message_begins_in_bold(path: str, title: str) -> None:
    channel = "قناة الواحة في البلاد"
    text = f"<b>{TITLE}</b><br><br>{SENTENCE}<br><br>{SENTENCE} وأضاف أن الوفود وصلت."
    page = (
        f'<html><head><meta property="og:title" content="{channel}"></head><body>'
        f'<div><a href="{path}">{channel}</a></div><div>{text}</div></body></html>'
    )
    assert article(page).title == title


@pytest.mark.parametrize("headline", ["محادثات الواحة", TITLE])
def test_a_title_that_the_tag_says_too_is_no_channel_and_no_section_though_it_leads_above_the_page(
    headline: str,
) -> None:
    page = (
        f'<html><head><title>{headline}</title><meta property="og:title" content="{headline}"></head><body>'
        f'<div><a href="/news">{headline}</a></div><p><b>ضمانات ناقصة في الجولة الأولى</b></p>{BODY}</body></html>'
    )
    assert article(page).title == headline
