"""Traps of real listings: sessions, twins, mirrors, odd encodings, pages that keep visitors out."""

from __future__ import annotations

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import urls
from archive.records import Reason
from crawler.discover import Listing, read_seed, resolved
from crawler.outlet import SeedKind
from crawler.visit.books import Answer
from tests import tiny

SEED = "https://a.example/seed"
TITLE = "بدء أعمال الجلسة العامة في العاصمة الكازاخستانية"
PAGES = (SeedKind.SECTION, SeedKind.TAG, SeedKind.SEARCH)


def read(kind: SeedKind, content: str | bytes) -> Listing:
    return read_seed(kind, SEED, content if isinstance(content, bytes) else content.encode(), None)


def found(listing: Listing) -> list[str]:
    return [candidate.url for candidate in listing.candidates]


def page(body: str, title: str = "أخبار", classes: str = "") -> str:
    return f'<html><head><title>{title}</title></head><body class="{classes}">{body}</body></html>'


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("https://a.example/1;jsessionid=0A1B2C?x=1", "https://a.example/1?x=1"),
        ("https://a.example/1?PHPSESSID=abc&x=1", "https://a.example/1?x=1"),
        ("https://a.example/1?x=1&PHPSESSID=abc", "https://a.example/1?x=1"),
        ("https://a.example/1?jsessionid=abc", "https://a.example/1"),
        ("https://a.example/1?a=%D8%A3&CFID=1&CFTOKEN=2&b=", "https://a.example/1?a=%D8%A3&b="),
        ("https://a.example/modules.php?sid=1234", "https://a.example/modules.php?sid=1234"),
        ("https://a.example/1?mysessionid=7", "https://a.example/1?mysessionid=7"),
        ("https://a.example./1", "https://a.example/1"),
        ("http://a.example.:8080/1", "http://a.example:8080/1"),
        ("//94.130.84.54/story/1", "https://94.130.84.54/story/1"),
        ("/%25D8%25A3/1", "https://a.example/%25D8%25A3/1"),
    ],
)
def test_an_address_is_asked_for_without_the_listings_session_and_its_hosts_dot(said: str, asked: str) -> None:
    assert resolved(SEED, said) == asked


def test_a_story_under_a_session_a_mirror_its_twins_and_a_double_encoding_is_one_story() -> None:
    outlet = tiny.outlet(hosts=("a.example", "ns2.a.example", "10.1.2.3"))
    same = [
        "https://a.example/7/%D8%A3",
        "https://www.a.example./7/%D8%A3?utm_source=feed",
        "http://ns2.a.example/7/%25D8%25A3",
        "https://10.1.2.3/7/%d8%a3",
        "https://a.example/amp/7/%D8%A3",
        "https://a.example/7/%D8%A3/amp/",
        "https://a.example/7/%D8%A3/?print=1",
        "https://a.example/7/%D8%A3;jsessionid=77",
    ]
    assert {outlet.story_id(url) for url in same} == {outlet.story_id(same[0])}
    assert len({urls.story_key(url) for url in same}) == 1


@given(st.lists(st.sampled_from(["PHPSESSID=a", "x=1", "", "jsessionid=", "y", "CFID=%D8", "sid=3", "&"]), max_size=6))
def test_taking_a_session_out_is_done_once_and_loses_no_other_word(parts: list[str]) -> None:
    url = resolved(SEED, "https://a.example/1?" + "&".join(parts))
    assert resolved(SEED, url) == url
    assert [word for word in url.partition("?")[2].split("&") if word in ("x=1", "y", "sid=3")] == [
        part for part in parts if part in ("x=1", "y", "sid=3")
    ]


LOOKS = [
    ("just a moment...", "<p>Checking your browser before accessing</p>", Reason.BLOCK_PAGE),
    ("a", "<script src='/cdn-cgi/challenge-platform/x.js'></script>", Reason.BLOCK_PAGE),
    ("الموقع محجوب", "<p>تم حجب هذا الموقع</p>", Reason.BLOCK_PAGE),
    ("Before you continue", "<p>We use cookies</p><a href='/2'>قبول</a>", Reason.CONSENT_PAGE),
    ("خصوصيتك تهمنا", "<p>نستخدم ملفات تعريف الارتباط لتحسين التصفح</p><a href='/2'>أوافق</a>", Reason.CONSENT_PAGE),
    ("a.example", "<h1>a.example</h1><p>This domain is for sale</p><a href='/2'>عرض</a>", Reason.PARKED_PAGE),
    ("a.example", "<script src='https://img1.sedoparking.com/x.js'></script>", Reason.PARKED_PAGE),
    ("This domain has been seized", "<p>by order of a court</p>", Reason.PARKED_PAGE),
    ("Welcome to nginx!", "<p>If you see this page, the web server works.</p><a href='/2'>n</a>", Reason.PARKED_PAGE),
    ("الصفحة غير موجودة", "<a href='/2'>الرئيسية</a>", Reason.SOFT_404),
]


@pytest.mark.parametrize("kind", [*PAGES, SeedKind.FEED, SeedKind.SITEMAP])
@pytest.mark.parametrize(("title", "body", "reason"), LOOKS)
def test_a_page_that_keeps_visitors_out_lists_nothing_and_says_why(
    kind: SeedKind, title: str, body: str, reason: Reason
) -> None:
    listing = read(kind, page(body, title))
    assert listing.candidates == ()
    assert listing.reason is reason
    assert (listing.problem or "").startswith(reason.value)


def test_a_listing_with_a_line_on_cookies_and_headlines_is_a_listing() -> None:
    headlines = "".join(f"<h2><a href='/{number}'>{TITLE} {number}</a></h2>" for number in range(1, 21))
    listing = read(SeedKind.SECTION, page(f"<div>نستخدم ملفات تعريف الارتباط</div>{headlines}"))
    assert len(listing.candidates) == 20
    assert (listing.reason, listing.problem) == (None, None)


def test_wordpress_says_on_its_body_that_nothing_is_there() -> None:
    others = f"<a href='/1'>{TITLE}</a>"
    assert read(SeedKind.TAG, page(others, classes="rtl error404")).reason is Reason.SOFT_404
    assert read(SeedKind.SEARCH, page(others, classes="search search-no-results")) == Listing()
    assert found(read(SeedKind.SEARCH, page(others, classes="search search-results"))) == ["https://a.example/1"]


def test_a_soft_404_past_the_end_ends_the_turning_and_is_no_problem_but_is_one_on_the_first_page() -> None:
    last = page("<p>الصفحة غير موجودة</p>", "404").encode()
    for first, said in ((page("<a href='/1'>x</a>").encode(), None), (last, f"{SEED}/1: soft-404")):
        course = tiny.paged_trip(f"{SEED}/{{page}}")
        one = course.next_seed()
        assert one is not None
        course.seed_answered(one, Answer(url=one.url, status=200, content=first))
        if said is None:
            two = course.next_seed()
            assert two is not None
            course.seed_answered(two, Answer(url=two.url, status=200, content=last))
        assert course.next_seed() is None
        (report,) = course.seed_reports()
        assert (report.problem or "").startswith(said or "")
        assert (report.problem is None) == (said is None)


def test_robots_names_further_maps_wherever_the_line_stands() -> None:
    listing = read(
        SeedKind.SITEMAP,
        "User-agent: *\r\nDisallow: /x\r\n sitemap : /map-1.xml\r\nSITEMAP:https://a.example/map-2.xml.gz\n"
        "Sitemap: https://a.example/map-2.xml.gz\n",
    )
    assert [further.url for further in listing.more] == [
        "https://a.example/map-1.xml",
        "https://a.example/map-2.xml.gz",
    ]
    assert (listing.candidates, listing.problem) == ((), None)
    assert read(SeedKind.SITEMAP, "User-agent: *\nDisallow:\n").problem == "robots.txt names no sitemap"


def test_a_json_feed_is_read() -> None:
    items = [
        {"id": "1", "url": "https://a.example/1", "title": TITLE, "date_published": "2017-01-23T09:00:00+02:00"},
        {"id": "https://a.example/2", "summary": "ملخص"},
        {"id": "3"},
        "noise",
    ]
    listing = read(SeedKind.FEED, json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}))
    assert found(listing) == ["https://a.example/1", "https://a.example/2"]
    assert listing.candidates[0].hints.published == "2017-01-23T09:00:00+02:00"
    assert read(SeedKind.FEED, '{"error": 1}').problem == "JSON, but no feed"
    assert (read(SeedKind.FEED, '{"items": [').problem or "").startswith("not JSON")


def test_htmls_named_characters_in_a_feed_part_words_and_those_in_cdata_stay_letter_for_letter() -> None:
    listing = read(
        SeedKind.FEED,
        "<rss><channel><item><link>https://a.example/1</link>"
        "<title>الجولة&nbsp;الأولى &laquo;أستانا&raquo; &amp; &lt;b&gt;</title>"
        "<description><![CDATA[أ&nbsp;ب]]></description></item></channel></rss>",
    )
    hints = listing.candidates[0].hints
    assert hints.title == "الجولة\xa0الأولى «أستانا» & <b>"
    assert hints.summary == "أ&nbsp;ب"
    assert listing.problem is None


def test_an_ampersand_that_nobody_escaped_loses_no_part_of_an_address() -> None:
    item = "<item><link>https://a.example/?a=1&lang=ar&c&#38;d=2&amp;e=3</link><title>أ & ب &unknown; ج</title></item>"
    listing = read(SeedKind.FEED, f"<rss><channel>{item}</channel></rss>")
    assert found(listing) == ["https://a.example/?a=1&lang=ar&c&d=2&e=3"]
    assert listing.candidates[0].hints.title == "أ & ب &unknown; ج"


def test_dots_and_backslashes_in_an_address_are_read_as_browsers_read_them() -> None:
    assert resolved(SEED, "https://a.example/x/../y/./%2E%2e/z?q=/../") == "https://a.example/z?q=/../"
    assert resolved(SEED, "\\news\\1.asp?x=a\\b") == "https://a.example/news/1.asp?x=a%5Cb"
    assert resolved(SEED, "///b.example/1") == "https://b.example/1"


def test_every_member_of_a_gz_map_is_read_and_a_picture_links_by_its_title() -> None:
    halves = [f"<urlset><url><loc>https://a.example/{n}</loc></url>" for n in (1, 2)]
    packed = gzip.compress(halves[0].encode()) + gzip.compress(
        halves[1].removeprefix("<urlset>").encode() + b"</urlset>"
    )
    assert found(read(SeedKind.SITEMAP, packed)) == ["https://a.example/1", "https://a.example/2"]
    listing = read(SeedKind.SECTION, page(f"<a href='/1' title='{TITLE}'><img src='x'></a>"))
    assert listing.candidates[0].hints.title == TITLE


def test_rest_posts_bring_their_excerpt() -> None:
    posts = [{"link": "https://a.example/1", "excerpt": {"rendered": "<p>ملخص</p>"}}]
    assert read(SeedKind.REST, json.dumps(posts)).candidates[0].hints.summary == "<p>ملخص</p>"
