"""Each outlet of the practice press answers with the bytes, headers and faults that its README promises."""

from __future__ import annotations

import gzip
import json
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest

from archive.http import content, parse
from crawler.newsroom import Hours, Newsroom, faults
from tests.newsrooms import BODY, NOW, ask, folder, fresh, newsroom, on_the_wire, story

__all__ = ["folder", "fresh", "newsroom"]


# Nakhla


def test_nakhla_sends_articles_as_chunked_gzip_and_says_both(newsroom: Newsroom) -> None:
    raw = on_the_wire(newsroom, "nakhla", story(newsroom, "nakhla", 11), "Accept-Encoding: gzip, deflate\r\n")
    message = parse(raw)
    assert message.header(b"transfer-encoding") == b"chunked"
    assert message.header(b"content-encoding") == b"gzip"
    assert message.header(b"content-length") is None
    assert message.body.startswith(b"3fd\r\n\x1f\x8b")
    assert message.body.endswith(b"\r\n0\r\n\r\n")
    assert BODY[1] in content(message).data.decode()


def test_nakhla_sends_plain_chunks_to_a_client_without_gzip(newsroom: Newsroom) -> None:
    answer = ask(newsroom, "nakhla", story(newsroom, "nakhla", 11), Accept_Encoding="identity")
    assert answer.headers["Transfer-Encoding"] == "chunked"
    assert "Content-Encoding" not in answer.headers
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert BODY[0] in answer.text


def test_nakhla_tells_dates_and_headline_in_json_ld_with_its_own_offset(newsroom: Newsroom) -> None:
    page = ask(newsroom, "nakhla", story(newsroom, "nakhla", 11)).text
    facts = json.loads(page.split('<script type="application/ld+json">')[1].split("</script>")[0])
    assert facts["@type"] == "NewsArticle"
    assert facts["headline"] == "عنوان الخبر رقم 11"
    assert facts["datePublished"] == facts["dateModified"] == "2017-01-23T09:30:00+02:00"
    assert "articleBody" not in facts
    assert "23 كانون الثاني 2017 - 09:30" in page
    for furniture in ("صورة (إنترنت)", "ادعم النخلة", "التعليقات (0)", "رنا سعيد", "نسخ الرابط"):
        assert furniture in page


def test_nakhla_prints_its_inline_block_as_a_box_or_as_a_paragraph(newsroom: Newsroom) -> None:
    assert '<div class="read-also">' in ask(newsroom, "nakhla", story(newsroom, "nakhla", 13)).text
    paragraph = ask(newsroom, "nakhla", story(newsroom, "nakhla", 12)).text
    assert "<p><strong>اقرأ أيضاً: <a href=" in paragraph
    assert "مقالات متعلقة" in paragraph


@pytest.mark.parametrize("target", ["article", "/feed/", "/post-sitemap-2018.xml.gz"])
def test_nakhla_answers_304_to_either_validator_until_something_changes(fresh: Newsroom, target: str) -> None:
    target = story(fresh, "nakhla", 12) if target == "article" else target
    first = ask(fresh, "nakhla", target, Accept_Encoding="gzip")
    by_tag = ask(fresh, "nakhla", target, If_None_Match=first.headers["ETag"])
    by_date = ask(fresh, "nakhla", target, If_Modified_Since=first.headers["Last-Modified"])
    assert (by_tag.status, by_tag.body, by_date.status) == (304, b"", 304)
    assert by_tag.headers["ETag"] == first.headers["ETag"]
    assert "Content-Length" not in by_tag.headers
    assert "Transfer-Encoding" not in by_tag.headers
    fresh.edit("nakhla")
    assert ask(fresh, "nakhla", target, If_None_Match=first.headers["ETag"]).status == 200
    assert ask(fresh, "nakhla", target, If_Modified_Since=first.headers["Last-Modified"]).status == 200
    assert ask(fresh, "nakhla", target, If_Modified_Since="yesterday").status == 200


def test_nakhla_lists_years_in_a_gz_index_of_gz_sitemaps(newsroom: Newsroom) -> None:
    index = ask(newsroom, "nakhla", "/sitemap_index.xml.gz")
    assert "Content-Encoding" not in index.headers
    listed = gzip.decompress(index.body).decode()
    assert "/post-sitemap-2017.xml.gz</loc>" in listed
    assert "<lastmod>2018-03-02T10:00:00+02:00</lastmod>" in listed
    year = gzip.decompress(ask(newsroom, "nakhla", "/post-sitemap-2018.xml.gz").body).decode()
    assert year.count("<url>") == 3  # two stories and the forbidden draft
    assert ask(newsroom, "nakhla", "/post-sitemap-1999.xml.gz").status == 404


def test_nakhlas_oldest_story_is_listed_under_its_former_slug_and_moves(newsroom: Newsroom) -> None:
    listed = gzip.decompress(ask(newsroom, "nakhla", "/post-sitemap-2017.xml.gz").body).decode()
    former = f"/archives/11/{quote(faults.FORMER_SLUG)}"
    assert former in listed
    hop = ask(newsroom, "nakhla", former)
    assert (hop.status, hop.headers["Location"]) == (301, story(newsroom, "nakhla", 11))
    assert ask(newsroom, "nakhla", "/?p=12").headers["Location"] == story(newsroom, "nakhla", 12)


def test_nakhlas_feed_links_lower_case_slugs_with_their_dates(newsroom: Newsroom) -> None:
    feed = ask(newsroom, "nakhla", "/feed/")
    assert feed.headers["Content-Type"] == "application/rss+xml; charset=UTF-8"
    assert f"<link>{story(newsroom, 'nakhla', 11)}</link>" in feed.text
    assert "%d8" in feed.text and "%D8" not in feed.text
    assert "<pubDate>Mon, 23 Jan 2017 07:30:00 +0000</pubDate>" in feed.text


# Midan


@pytest.mark.parametrize(("number", "meta"), [(21, b"charset=windows-1256"), (22, b""), (23, b"charset=utf-8")])
def test_midan_speaks_windows_1256_and_tells_the_truth_of_it_nowhere_or_wrongly(
    newsroom: Newsroom, number: int, meta: bytes
) -> None:
    page = ask(newsroom, "midan", f"/news.php?id={number}")
    assert page.headers["Content-Type"] == "text/html"
    assert page.headers["Content-Length"] == str(len(page.body))
    assert not {"ETag", "Last-Modified", "Transfer-Encoding"} & set(page.headers)
    assert BODY[0].encode("windows-1256") in page.body
    assert b"&#1634;&#1636;" in page.body  # ٢٤: windows-1256 has no Arabic-Indic digits
    head = page.body.split(b"<title>")[0]
    assert (meta in head) if meta else (b"charset" not in head)


def test_midan_prints_its_day_in_indic_digits_and_today_on_top(newsroom: Newsroom) -> None:
    page = unescape(ask(newsroom, "midan", "/news.php?id=34").text)
    assert "الخميس ١٤ أيلول ٢٠١٧" in page
    assert "التحديث الأخير بتاريخ | الأحد ١٥ تشرين الثاني ٢٠٢٦" in page
    assert page.count(">طباعة الخبر<") == 2
    assert "08:00" not in page


def test_midans_clock_is_the_only_thing_that_changes_from_day_to_day(folder: Path, newsroom: Newsroom) -> None:
    with Newsroom.start(hours=Hours(now=lambda: NOW.replace(day=20)), manuscripts=folder) as later:
        then, now = (ask(room, "midan", "/news.php?id=23").body for room in (newsroom, later))
    assert then != now
    lines = [(a, b) for a, b in zip(then.splitlines(), now.splitlines(), strict=True) if a != b]
    assert len(lines) == 1 and b'class="clock"' in lines[0][0]
    assert ask(newsroom, "midan", "/news.php?id=23").body == then


def test_midan_lists_ten_a_page_newest_first_and_repeats_the_last_page(newsroom: Newsroom) -> None:
    first, second, last = (ask(newsroom, "midan", f"/section.php?cat=1&page={page}").text for page in (1, 2, 3))
    assert first.index("news.php?id=43") < first.index("news.php?id=42") < first.index("news.php?id=34")
    assert "news.php?id=33&PHPSESSID=" in second.replace("&amp;", "&")
    assert last.count('class="item"') == 3
    assert ask(newsroom, "midan", "/section.php?cat=1&page=99").text == last
    assert ask(newsroom, "midan", "/section.php?cat=77&page=1").status == 404


def test_midan_has_a_print_twin_and_lists_a_deleted_and_a_forbidden_page(newsroom: Newsroom) -> None:
    twin = ask(newsroom, "midan", "/print.php?id=21&PHPSESSID=abc")
    assert twin.status == 200 and BODY[0] in twin.text
    first = ask(newsroom, "midan", "/section.php?cat=1&page=1").text
    gone = f"news.php?id={faults.LISTED['midan'].number}"
    assert gone in first and f"admin/news.php?id={faults.MIDAN_PROOF.number}" in first
    assert ask(newsroom, "midan", f"/{gone}").status == 404
    assert "Disallow: /admin/" in ask(newsroom, "midan", "/robots.txt").text


# Wasla


def test_wasla_lists_each_day_by_itself_in_its_own_zone(newsroom: Newsroom) -> None:
    day = ask(newsroom, "wasla", "/sitemap.xml?yyyy=2017&mm=9&dd=14").text
    assert day == ask(newsroom, "wasla", "/sitemap.xml?yyyy=2017&mm=09&dd=14").text
    assert "/2017/09/14/31.html" in day and "/2017/09/14/32.html" in day and "33.html" not in day
    assert "<lastmod>2017-09-14T00:10:00+03:00</lastmod>" in day
    empty = ask(newsroom, "wasla", "/sitemap.xml?yyyy=2017&mm=9&dd=15")
    assert empty.status == 200 and "<url>" not in empty.text and "<urlset" in empty.text
    assert "<url>" not in ask(newsroom, "wasla", "/sitemap.xml").text
    assert ask(newsroom, "wasla", "/sitemap.xml?yyyy=2017&mm=13&dd=1").status == 400


def test_wasla_sends_utf8_in_chunks_that_cut_letters(newsroom: Newsroom) -> None:
    message = parse(on_the_wire(newsroom, "wasla", story(newsroom, "wasla", 31)))
    assert message.header(b"transfer-encoding") == b"chunked"
    assert message.header(b"content-encoding") is None
    assert int(message.body.split(b"\r\n")[0], 16) == 1021
    assert '<time datetime="2017-09-14T00:10:00+03:00">' in content(message).data.decode()


def test_wasla_knows_last_modified_only(fresh: Newsroom) -> None:
    first = ask(fresh, "wasla", story(fresh, "wasla", 31))
    assert "ETag" not in first.headers
    assert (
        ask(fresh, "wasla", story(fresh, "wasla", 31), If_Modified_Since=first.headers["Last-Modified"]).status == 304
    )


def test_wasla_lists_a_page_that_redirects_to_another_house(newsroom: Newsroom) -> None:
    target = f"/2017/09/16/{faults.LISTED['wasla'].number}.html"
    assert target in ask(newsroom, "wasla", "/sitemap.xml?yyyy=2017&mm=9&dd=16").text
    hop = ask(newsroom, "wasla", target)
    assert hop.status == 302
    assert hop.headers["Location"].startswith(f"http://{faults.OFF_SITE_HOST}/")
    assert ask(newsroom, "wasla", "/2017/09/15/31.html").status == 404


# Ufuq


def test_ufuq_prints_months_in_one_calendar_or_both_and_its_meta_in_utc(newsroom: Newsroom) -> None:
    odd, even = (ask(newsroom, "ufuq", story(newsroom, "ufuq", number)).text for number in (41, 42))
    assert "31 تموز/يوليو 2017" in odd and "1 آب 2017" in even
    assert 'property="article:published_time" content="2017-07-30T22:00:00+00:00"' in odd
    for furniture in ("شؤون دولية", "زر الذهاب إلى الأعلى", "هيئة التحرير", "أقل من دقيقة", "شاركها"):
        assert furniture in odd


def test_ufuq_lists_categories_by_tens_and_feeds_ten(newsroom: Newsroom) -> None:
    first = f"/category/{quote('سياسة')}/"
    assert ask(newsroom, "ufuq", first).text.count('<li class="post-item">') == 11  # ten, and the removed one
    assert ask(newsroom, "ufuq", f"{first}page/2/").text.count('<li class="post-item">') == 2
    assert ask(newsroom, "ufuq", f"{first}page/3/").status == 404
    assert ask(newsroom, "ufuq", f"{first}page/1/").headers["Location"].endswith("/")
    assert ask(newsroom, "ufuq", "/feed/").text.count("<item>") == 10
    assert ask(newsroom, "ufuq", "/wp-json/wp/v2/posts").status == 404


def test_ufuqs_removed_page_answers_200_and_says_in_words_that_it_is_not_there(newsroom: Newsroom) -> None:
    slug = quote(faults.LISTED["ufuq"].slug).lower()
    assert slug in ask(newsroom, "ufuq", f"/category/{quote('سياسة')}/").text
    page = ask(newsroom, "ufuq", f"/2017/08/{slug}/")
    assert page.status == 200 and "الصفحة غير موجودة" in page.text


def test_ufuqs_newest_story_fails_once_and_is_fine_ever_after(fresh: Newsroom) -> None:
    visits = [ask(fresh, "ufuq", story(fresh, "ufuq", 53)).status for _ in range(3)]
    assert visits == [500, 200, 200]
