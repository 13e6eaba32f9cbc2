"""The built-in outlets under their real host names, over TLS, against look-alikes on loopback in our own words."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
import trustme

from crawler.outlet import SeedKind, load_outlets
from tests.outlet_place import LEAD, MORE, TITLE, Place, days, made, page, rss, section
from tests.sites import Reply

pytestmark = pytest.mark.slow  # a crawl and a TLS authority for each outlet


def enabbaladi_page(number: int, day: str) -> Reply:
    return page(
        f'<meta property="article:published_time" content="{day}T09:30:00+02:00">',
        f'<div class="menu"><a href="/">الرئيسية</a></div><h1>{TITLE} {number}</h1><div class="content-article">'
        f"<p>{LEAD}</p><p>{MORE}</p><div class='ads'><p>ادعم هذا الموقع</p></div></div>",
        f"{TITLE} {number}",
    )


def sana_page(number: int) -> Reply:
    return page(
        "",
        f'<article id="the-post"><h1>{TITLE} {number}</h1><span class="tie-date">2017-01-23</span>'
        f'<div class="entry"><p>{LEAD}</p><p>{MORE}</p></div></article><footer><p>تابعونا على تلغرام</p></footer>',
        f"{TITLE} {number}",
    )


def akhbaralaan_page(number: int) -> Reply:
    return page("", f"<h1>{TITLE} {number}</h1><article><p>{LEAD}</p><p>{MORE}</p></article>", f"{TITLE} {number}")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    return made(tmp_path, monkeypatch)


def test_enab_baladi_by_feed_rest_section_and_sitemap(place: Place) -> None:
    outlet = load_outlets()["enabbaladi"]
    posts = [{"link": "https://www.enabbaladi.net/archives/100003", "date": "2017-01-25T08:00:00"}]
    rest = "/wp-json/wp/v2/posts?per_page=100&_fields=id,date,modified,link,title,excerpt&orderby=date&order=desc"
    window = "&after=2016-12-31T23:59:59&before=2018-01-01T00:00:00&page=1"
    report, asked = place.crawl(
        "enabbaladi",
        {
            "/feed/": rss(
                ("https://www.enabbaladi.net/archives/100001?utm_source=feed", "Mon, 23 Jan 2017 07:30:00 +0000"),
                ("https://www.enabbaladi.net/archives/100000", "Mon, 05 Dec 2016 07:30:00 +0000"),
            ),
            rest + window: Reply(body=json.dumps(posts), kind="application/json", headers={"X-WP-TotalPages": "1"}),
            "/archives/category/online/page/1": section("/archives/100001", "/archives/100002"),
            "/wp-sitemap.xml": Reply(
                body="<urlset><url><loc>https://enabbaladi.net/100004/x</loc></url></urlset>", kind="text/xml"
            ),
            "/archives/100001?utm_source=feed": enabbaladi_page(1, "2017-01-23"),
            "/archives/100001": enabbaladi_page(1, "2017-01-23"),
            "/archives/100002": enabbaladi_page(2, "2017-01-24"),
            "/archives/100003": enabbaladi_page(3, "2017-01-25"),
            "/100004/x": enabbaladi_page(4, "2017-01-26"),
        },
        since=date(2017, 1, 1),
        until=date(2018, 1, 1),
    )
    assert report.finished, report
    assert report.refused == {"foreign-host": 1, "not-a-story": 1, "outside-window": 1}
    assert "enabbaladi.net/100004/x" in asked and "www.enabbaladi.net/archives/100002" in asked
    articles = place.articles(outlet)
    assert set(articles) == {"100001", "100002", "100003", "100004"}
    assert articles["100002"].title == f"{TITLE} 2"
    assert articles["100002"].text == f"{LEAD}\n\n{MORE}"
    assert days(articles["100002"]) == {"2017-01-24"}


def test_akhbar_al_aan_is_dated_by_its_addresses(place: Place) -> None:
    outlet = load_outlets()["akhbaralaan"]
    inside, outside = "/news/arab-world/2017/09/14/%D8%AC%D9%88%D9%84%D8%A9", "/news/world/2018/11/29/x"
    report, _ = place.crawl(
        "akhbaralaan",
        {
            "/feed/rss/": rss((f"https://akhbaralaan.net{outside}", "")),
            "/news/arab-world/page/1": section(inside, "/news/arab-world/"),
            inside: akhbaralaan_page(1),
        },
        since=date(2017, 9, 1),
        until=date(2017, 10, 1),
    )
    assert report.finished, report
    assert report.refused["outside-window"] == 1
    (article,) = place.articles(outlet).values()
    assert article.text == f"{LEAD}\n\n{MORE}"
    assert days(article) == {"2017-09-14"}


def test_sana_by_feed_listing_and_search_with_its_old_addresses(place: Place) -> None:
    outlet = load_outlets()["sana"]
    report, asked = place.crawl(
        "sana",
        {
            "/feed": rss(
                ("https://sana.sy/?p=500001", "Mon, 23 Jan 2017 07:30:00 +0000"), ("https://sana.sy/en/?p=7", "")
            ),
            "/?cat=29582&paged=1": section("/?p=500001", "https://www.sana.sy/?p=500002"),
            "/?p=500001": sana_page(1),
            "/?p=500002": sana_page(2),
        },
        since=date(2017, 1, 1),
        until=date(2018, 1, 1),
    )
    assert report.finished, report
    articles = place.articles(outlet)
    assert set(articles) == {"p=500001", "p=500002"}
    assert articles["p=500002"].title == f"{TITLE} 2"
    assert articles["p=500002"].text == f"{LEAD}\n\n{MORE}"
    assert days(articles["p=500002"]) == {"2017-01-23"}
    assert not [path for path in asked if "?s=" in path or "/en/" in path]


def test_a_search_asks_for_each_word_of_the_table(place: Place) -> None:
    report, asked = place.crawl("sana", {}, kinds=(SeedKind.SEARCH,))
    searched = [path for path in asked if path.startswith("sana.sy/?s=%D9%85")]
    assert len(searched) >= 4
    assert not report.finished
    assert "answered 404" in report.ended


def test_a_certificate_of_an_unknown_authority_fails_the_outlet(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    trustme.CA().cert_pem.write_to_path(place.folder / "another.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(place.folder / "another.pem"))
    report, asked = place.crawl("akhbaralaan", {"/feed/rss/": rss()})
    assert not report.finished
    assert asked == []
    assert "certificate" in report.ended


def test_orient_is_closed_and_nothing_of_it_is_asked_for(place: Place) -> None:
    report, asked = place.crawl("orient", {})
    assert (report.finished, asked) == (False, [])
    assert report.ended == "orient: closed: read from web archives only"
