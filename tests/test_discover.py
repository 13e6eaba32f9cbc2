"""Discovery: bytes of seeds in, candidates with hints letter for letter out; no bytes make it fail."""

from __future__ import annotations

import gzip
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scrapy import Request

from archive.records import Role
from crawler import scope
from crawler.discover import MAX_BYTES, Listing, read_seed, resolved
from crawler.outlet import Outlet, SeedKind

SEED = "https://a.example/seed"
OURS = Outlet(id="a", name="أ", english="A", country="SY", timezone="UTC", language="ar", hosts=("a.example",))
TITLE = "اختتام الجولة الأولى من المحادثات في أستانا"


def read(kind: SeedKind, content: str | bytes, content_type: str | None = None, url: str = SEED) -> Listing:
    return read_seed(kind, url, content if isinstance(content, bytes) else content.encode(), content_type)


def urls(listing: Listing) -> list[str]:
    return [candidate.url for candidate in listing.candidates]


RSS = f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>a</title><link>https://a.example/</link><atom:link href="{SEED}" rel="self"/>
<item><title>{TITLE} </title><link> https://a.example/1 </link><pubDate>Mon, 23 Jan 2017 09:30:00 +0200</pubDate>
<description><![CDATA[<p>أعلنت الوفود &amp; الدول</p>]]></description></item>
<item><title>two</title><guid isPermaLink="true">https://a.example/2</guid><dc:date>2017-01-24T10:00:00Z</dc:date></item>
<item><title>three</title><guid isPermaLink="false">77</guid></item>
</channel></rss>"""


def test_an_rss_feed_gives_its_hints_letter_for_letter() -> None:
    listing = read(SeedKind.FEED, RSS)
    assert urls(listing) == ["https://a.example/1", "https://a.example/2"]
    hints = listing.candidates[0].hints
    assert (hints.role, hints.seed, hints.seed_kind) == (Role.PAGE, SEED, "feed")
    assert hints.title == f"{TITLE} "
    assert hints.published == "Mon, 23 Jan 2017 09:30:00 +0200"
    assert hints.summary == "<p>أعلنت الوفود &amp; الدول</p>"
    assert listing.candidates[1].hints.published == "2017-01-24T10:00:00Z"
    assert listing.problem is None


def test_an_atom_feed_tells_publication_from_change_and_resolves_its_bases() -> None:
    listing = read(
        SeedKind.FEED,
        f"""<feed xmlns="http://www.w3.org/2005/Atom" xml:base="/news/"><title>a</title>
        <entry><title type="html">{TITLE}</title><link rel="replies" href="/no"/><link href="1.html"/>
        <published>2017-01-23T07:30:00Z</published><updated>2017-01-25T08:00:00Z</updated></entry></feed>""",
    )
    assert urls(listing) == ["https://a.example/news/1.html"]
    assert listing.candidates[0].hints.published == "2017-01-23T07:30:00Z"
    assert listing.candidates[0].hints.lastmod == "2017-01-25T08:00:00Z"


def test_an_rdf_feed_is_read() -> None:
    listing = read(
        SeedKind.FEED,
        """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
        <item rdf:about="https://a.example/9"><title>t</title></item></rdf:RDF>""",
    )
    assert urls(listing) == ["https://a.example/9"]


def test_a_feed_in_windows_1256_is_read_by_its_declaration() -> None:
    content = RSS.replace("UTF-8", "windows-1256").encode("cp1256")
    assert read(SeedKind.FEED, content).candidates[0].hints.title == f"{TITLE} "


@pytest.mark.parametrize(
    "broken",
    [
        RSS[: RSS.index("<item><title>three")],
        "\n\n  " + RSS,
        RSS.replace("<title>two</title>", "<title>two & half &nbsp; </title>"),
        RSS.replace(' xmlns:dc="http://purl.org/dc/elements/1.1/"', ""),
        RSS.replace("two", "two\x0b"),
    ],
)
def test_a_broken_feed_is_read_as_far_as_possible(broken: str) -> None:
    assert "https://a.example/1" in urls(read(SeedKind.FEED, broken))
    assert "https://a.example/2" in urls(read(SeedKind.FEED, broken))


def test_entities_of_a_feed_are_never_expanded_and_no_file_is_read() -> None:
    bomb = "".join(f'<!ENTITY b{n} "{f"&b{n - 1};" * 10}">' for n in range(1, 10))
    listing = read(
        SeedKind.FEED,
        f'<!DOCTYPE r [<!ENTITY b0 "xxxxxxxxxx">{bomb}<!ENTITY f SYSTEM "file:///etc/passwd">]>'
        "<rss><channel><item><link>https://a.example/1</link><title>&b9;&f;</title></item></channel></rss>",
    )
    title = listing.candidates[0].hints.title if listing.candidates else None
    assert "root:" not in (title or "")
    assert len(title or "") < 1000


def test_a_page_of_html_in_a_feeds_place_is_said() -> None:
    listing = read(SeedKind.FEED, "<html><body><p>closed</p></body></html>")
    assert listing.candidates == ()
    assert listing.problem is not None and "html" in listing.problem


def test_broken_xml_is_told_when_entries_were_lost_and_only_then() -> None:
    item = "<item><link>https://a.example/1</link></item>"
    whole = read(SeedKind.FEED, f"<rss><channel><title>أ & ب</title>{item}</channel></rss>")
    cut = read(SeedKind.FEED, f"<rss><channel>{item}</channel></rss>{item}")
    lost = read(SeedKind.FEED, f"<rss><channel><title><![CDATA[ أ </title>{item}</channel></rss>")
    none = read(SeedKind.FEED, "<rss><channel>&broken</channel>")
    assert (len(whole.candidates), whole.problem) == (1, None)
    assert (len(cut.candidates), len(lost.candidates)) == (1, 0)
    for listing, count in ((cut, "1 of 2"), (lost, "0 of 1"), (none, "0 of 0")):
        assert (listing.problem or "").startswith("broken XML: line 1: ")
        assert (listing.problem or "").endswith(f"; {count} entries could be read")
    assert (read(SeedKind.FEED, "<html><br><p>أ & ب</html>").problem or "").startswith("neither feed nor sitemap")


SITEMAP = f"""<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>https://a.example/1?x=1&amp;y=2</loc><lastmod>2017-01-23T10:00:00+03:00</lastmod>
<news:news><news:publication_date>2017-01-23</news:publication_date><news:title>{TITLE}</news:title></news:news></url>
<url><loc>https://a.example/%D8%A3-ب</loc></url><url><lastmod>2017</lastmod></url>
</urlset>"""


@pytest.mark.parametrize("content", [SITEMAP.encode(), gzip.compress(SITEMAP.encode(), mtime=0)], ids=["plain", "gz"])
def test_a_sitemap_plain_or_gz_gives_addresses_dates_and_news_titles(content: bytes) -> None:
    listing = read(SeedKind.SITEMAP, content)
    assert urls(listing) == ["https://a.example/1?x=1&y=2", "https://a.example/%D8%A3-%D8%A8"]
    hints = listing.candidates[0].hints
    assert (hints.lastmod, hints.published, hints.title) == ("2017-01-23T10:00:00+03:00", "2017-01-23", TITLE)


def test_a_sitemap_index_names_further_pages_with_their_lastmod() -> None:
    listing = read(
        SeedKind.SITEMAP,
        "<sitemapindex><sitemap><loc>/s-1.xml.gz</loc><lastmod>2017-02-01</lastmod></sitemap>"
        "<sitemap><loc>https://a.example/s-2.xml</loc></sitemap></sitemapindex>",
    )
    assert [(page.url, page.lastmod) for page in listing.more] == [
        ("https://a.example/s-1.xml.gz", "2017-02-01"),
        ("https://a.example/s-2.xml", None),
    ]


def test_a_plain_text_sitemap_is_a_list_of_lines() -> None:
    listing = read(
        SeedKind.SITEMAP, "\ufeffhttps://a.example/1\r\n\r\nnot one\nhttps://a.example/1\nhttps://a.example/2\n"
    )
    assert urls(listing) == ["https://a.example/1", "https://a.example/2"]


def test_a_torn_gz_sitemap_is_read_as_far_as_it_goes_and_said() -> None:
    many = SITEMAP.replace("</urlset>", "".join(f"<url><loc>https://a.example/n{n}</loc></url>" for n in range(5000)))
    listing = read(SeedKind.SITEMAP, gzip.compress(many.encode())[:-9000])
    assert len(listing.candidates) > 2
    assert listing.problem == "gzip ends too early"


def test_a_gz_bomb_is_cut_and_said() -> None:
    listing = read(SeedKind.SITEMAP, gzip.compress(b"<urlset>" + b" " * (MAX_BYTES + 10)))
    assert listing.problem is not None and "when unpacked" in listing.problem


def test_rest_posts_are_read_in_the_outlets_local_time() -> None:
    posts = [
        {
            "id": 1,
            "date": "2017-01-23T09:30:00",
            "date_gmt": "2017-01-23T06:30:00",
            "modified": "2017-01-24T01:00:00",
            "link": "https://a.example/?p=1",
            "title": {"rendered": f"{TITLE} &#8211; 1"},
        },
        {"id": 2},
        "noise",
    ]
    listing = read(SeedKind.REST, json.dumps(posts))
    hints = listing.candidates[0].hints
    assert urls(listing) == ["https://a.example/?p=1"]
    assert (hints.title, hints.published, hints.lastmod) == (
        f"{TITLE} &#8211; 1",
        "2017-01-23T09:30:00",
        "2017-01-24T01:00:00",
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('{"code":"rest_post_invalid_page_number"}', "rest_post_invalid_page_number"),
        ("<html>", "not JSON"),
        ("3", "not a list"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_an_answer_that_is_no_list_of_posts_is_said(content: str, words: str) -> None:
    problem = read(SeedKind.REST, content).problem
    assert problem is not None and words in problem


def test_a_section_gives_every_link_once_with_its_longest_text_and_no_other_scheme() -> None:
    listing = read(
        SeedKind.SECTION,
        f"""<html><head><base href="/news/"></head><body><a href="#top">up</a><a href="mailto:x@a.example">m</a>
        <a href="javascript:void(0)">j</a><a href="1.html"><img></a><a href="1.html#c">{TITLE}</a>
        <a href="خبر.html?s=أ">two</a><a href="//b.example/x">b</a></body></html>""",
    )
    assert urls(listing) == [
        "https://a.example/news/1.html",
        "https://a.example/news/%D8%AE%D8%A8%D8%B1.html?s=%D8%A3",
        "https://b.example/x",
    ]
    assert listing.candidates[0].hints.title == TITLE
    assert listing.candidates[0].hints.seed_kind == "section"


def test_a_section_in_windows_1256_without_any_charset_is_decoded_and_queries_keep_the_pages_encoding() -> None:
    body = f"<html><body><p>{'قال الوفد إن المحادثات في العاصمة مستمرة على كل حال ' * 8}</p>"
    listing = read(SeedKind.SECTION, f'{body}<a href="show.asp?q=أ">{TITLE}</a></body></html>'.encode("cp1256"))
    assert listing.candidates[0].hints.title == TITLE
    assert urls(listing) == ["https://a.example/show.asp?q=%C3"]


def test_the_listing_page_itself_is_no_candidate() -> None:
    assert urls(read(SeedKind.SECTION, f'<a href="{SEED}">here</a>')) == []


@pytest.mark.parametrize("said", ["http://[::1", "http://a.example:port/", "http://a.example:99999/x"])
def test_what_is_no_address_comes_back_for_scope_to_refuse(said: str) -> None:
    assert isinstance(resolved(SEED, said), str)


@settings(deadline=None)
@given(st.binary(max_size=400), st.sampled_from(list(SeedKind)))
def test_no_bytes_make_it_fail(content: bytes, kind: SeedKind) -> None:
    for packed in (content, b"<rss>" + content, gzip.compress(content, mtime=0), b"\x1f\x8b" + content):
        assert isinstance(read(kind, packed), Listing)


@settings(deadline=None)
@given(st.text(max_size=80))
def test_an_address_resolves_to_one_that_stays_itself(said: str) -> None:
    once = resolved(SEED, said)
    if once.startswith("http"):
        assert resolved(SEED, once) == once


@settings(deadline=None)
@given(st.text(max_size=60), st.sampled_from(["", "https://a.example/", "http://a.example:", "//a.example/?"]))
def test_what_scope_takes_for_an_address_scrapy_can_ask_for_as_it_is(said: str, start: str) -> None:
    address = resolved(SEED, start + said)
    if scope.of_outlet(address, OURS) is None:
        assert Request(address).url == address
