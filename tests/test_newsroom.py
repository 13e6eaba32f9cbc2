"""Each outlet of the practice press answers with the bytes, headers and faults that its README promises."""

from __future__ import annotations

import gzip
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import quote

import pytest

from archive.errors import UsageError
from archive.http import content, parse
from crawler.newsroom import Hours, Newsroom, faults, midan, nakhla, ufuq, wasla
from crawler.newsroom.paper import NothingToEditError
from crawler.outlet import load_outlets

NOW = datetime(2026, 11, 14, 22, 30, tzinfo=UTC)  # the 15th in Damascus

BODY = ["دمشق - فقرة أولى في الخبر.", "فقرة ثانية فيها «اقتباس» وفاصلة، ورقم ٢٤."]


def manuscripts(folder: Path) -> Path:
    """Twelve midan articles and a few of each other outlet, on days of 2017 and 2018."""

    def entry(number: int, day: str, **more: object) -> dict[str, object]:
        title = f"عنوان الخبر رقم {number}"
        return {"id": number, "section": "سياسة", "published": day, "title": title, "paragraphs": BODY, **more}

    texts = {
        "nakhla": [
            entry(11, "2017-01-23T09:30", slug="خبر-قديم", caption="صورة (إنترنت)", byline="رنا سعيد"),
            entry(12, "2018-03-01T10:00", inline={"after": 0, "to": 11}, related=[11], edited={"title": "عنوان مصحح"}),
            entry(13, "2018-03-02T10:00", inline={"after": 0, "to": 11}),
        ],
        "midan": [entry(20 + day, f"2017-09-{day:02}T08:00", related=[21]) for day in range(1, 24)],
        "wasla": [entry(31, "2017-09-14T00:10"), entry(32, "2017-09-14T23:50"), entry(33, "2017-09-16T12:00")],
        "ufuq": [
            entry(41, "2017-07-31T01:00", slug="خبر-أول", section="شؤون دولية"),
            *(entry(41 + day, f"2017-08-{day:02}T12:00", slug=f"خبر-{day}") for day in range(1, 13)),
        ],
    }
    for outlet, several in texts.items():
        (folder / f"{outlet}.yml").write_text(json.dumps(several, ensure_ascii=False), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return manuscripts(tmp_path_factory.mktemp("press"))


@pytest.fixture(scope="module")
def newsroom(folder: Path) -> Iterator[Newsroom]:
    with Newsroom.start(hours=Hours(now=lambda: NOW), manuscripts=folder) as opened:
        yield opened


@pytest.fixture
def fresh(folder: Path) -> Iterator[Newsroom]:
    """A newsroom that nobody has visited or edited."""
    with Newsroom.start(hours=Hours(now=lambda: NOW), manuscripts=folder) as opened:
        yield opened


@dataclass(frozen=True, slots=True)
class Seen:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("windows-1256" if self.headers.get("Content-Type") == "text/html" else "utf-8")


def seen(response: HTTPResponse) -> Seen:
    return Seen(response.status, dict(response.getheaders()), response.read())


def ask(newsroom: Newsroom, outlet: str, target: str, method: str = "GET", **headers: str) -> Seen:
    target = target.removeprefix(newsroom.papers[outlet].address)
    with closing(HTTPConnection(newsroom.hosts[outlet], timeout=10)) as connection:
        connection.request(method, target, headers={name.replace("_", "-"): value for name, value in headers.items()})
        return seen(connection.getresponse())


def story(newsroom: Newsroom, outlet: str, number: int) -> str:
    site = {"nakhla": nakhla, "midan": midan, "wasla": wasla, "ufuq": ufuq}[outlet]
    return site.address(newsroom.papers[outlet], newsroom.papers[outlet].stories[number])


def on_the_wire(newsroom: Newsroom, outlet: str, target: str, headers: str = "") -> bytes:
    """Everything one connection brings, framing and all."""
    path = target.removeprefix(newsroom.papers[outlet].address)
    host, _, port = newsroom.hosts[outlet].partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}\r\n".encode())
        return b"".join(iter(lambda: connection.recv(65536), b""))


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


# The newsroom


@pytest.mark.parametrize(("outlet", "path"), [("nakhla", "/private/"), ("midan", "/admin/")])
def test_robots_forbids_a_path_and_a_visit_there_shows_in_the_log(fresh: Newsroom, outlet: str, path: str) -> None:
    assert f"Disallow: {path}" in ask(fresh, outlet, "/robots.txt").text
    assert ask(fresh, outlet, f"{path}news.php?id=1", User_Agent="rude").status == 200
    last = fresh.log[-1]
    assert (last.outlet, last.method, last.path, last.time) == (outlet, "GET", f"{path}news.php", NOW)
    assert last.header("user-agent") == "rude"


@pytest.mark.parametrize("outlet", ["nakhla", "midan", "wasla", "ufuq"])
def test_robots_names_no_crawl_delay(newsroom: Newsroom, outlet: str) -> None:
    robots = ask(newsroom, outlet, "/robots.txt")
    assert robots.status == 200 and b"User-agent: *" in robots.body and b"Crawl-delay" not in robots.body


def test_the_edit_command_moves_lastmod_and_changes_that_story_alone(fresh: Newsroom) -> None:
    before = {number: ask(fresh, "nakhla", story(fresh, "nakhla", number)).text for number in (11, 13)}
    answer = ask(fresh, "nakhla", "/_desk/edit", method="POST")
    said = {"outlet": "nakhla", "id": 12, "lastmod": "2026-11-15T01:30:00+03:00"}
    assert (answer.status, json.loads(answer.body)) == (200, said)
    year = gzip.decompress(ask(fresh, "nakhla", "/post-sitemap-2018.xml.gz").body).decode()
    index = gzip.decompress(ask(fresh, "nakhla", "/sitemap_index.xml.gz").body).decode()
    assert said["lastmod"] in year and said["lastmod"] in index
    page = ask(fresh, "nakhla", story(fresh, "nakhla", 12)).text
    assert "عنوان مصحح" in page and '"dateModified":"2026-11-15T01:30:00+03:00"' in page
    assert before == {number: ask(fresh, "nakhla", story(fresh, "nakhla", number)).text for number in (11, 13)}


def test_a_second_edit_and_an_outlet_without_one_are_refused(fresh: Newsroom) -> None:
    fresh.edit("nakhla")
    for outlet in ("nakhla", "midan"):
        with pytest.raises(NothingToEditError, match=outlet):
            fresh.edit(outlet)
        assert ask(fresh, outlet, "/_desk/edit", method="POST").status == 409
    with pytest.raises(UsageError, match="'other'"):
        fresh.edit("other")
    assert ask(fresh, "midan", "/comment.php", method="POST").status == 405


def test_one_connection_carries_several_answers_of_every_framing(newsroom: Newsroom) -> None:
    with closing(HTTPConnection(newsroom.hosts["nakhla"], timeout=10)) as connection:
        connection.connect()
        own = connection.sock
        for method, target, status in (
            ("GET", "/robots.txt", 200),
            ("GET", story(newsroom, "nakhla", 11), 200),
            ("HEAD", story(newsroom, "nakhla", 11), 200),
            ("GET", "/nowhere", 404),
            ("GET", "/archives/11/x", 301),
        ):
            connection.request(method, target.removeprefix(newsroom.papers["nakhla"].address))
            answer = seen(connection.getresponse())
            assert answer.status == status
            assert bool(answer.body) == (method == "GET")
        assert connection.sock is own


def test_the_written_outlet_files_are_outlets_and_own_the_stories(newsroom: Newsroom, tmp_path: Path) -> None:
    newsroom.write_outlets(tmp_path / "made")
    outlets = load_outlets(tmp_path / "made")
    for name, paper in newsroom.papers.items():
        assert outlets[name].allow_private
        keys = {outlets[name].story_key(story(newsroom, name, number)) for number in paper.stories}
        assert None not in keys and len(keys) == len(paper.stories)
    address = newsroom.papers["midan"].address
    assert outlets["midan"].story_key(f"{address}/print.php?id=21") is None
    assert outlets["midan"].story_key(f"{address}/news.php?id=21&PHPSESSID=abc") == "21"
    assert outlets["nakhla"].story_key(f"{newsroom.papers['nakhla'].address}/archives/11/{faults.FORMER_SLUG}") == "11"


def test_slow_answers_are_slow_only_when_asked_for(folder: Path) -> None:
    with Newsroom.start(hours=Hours(now=lambda: NOW, slow=30.0), manuscripts=folder) as slow:
        assert ask(slow, "wasla", story(slow, "wasla", 32)).status == 200
        with closing(HTTPConnection(slow.hosts["wasla"], timeout=0.2)) as connection:
            connection.request("GET", "/2017/09/14/31.html")
            with pytest.raises(TimeoutError):
                connection.getresponse()


def test_a_taken_port_and_an_unknown_outlet_are_said_plainly(newsroom: Newsroom, folder: Path) -> None:
    taken = int(newsroom.hosts["wasla"].partition(":")[2])
    with pytest.raises(UsageError, match=f"cannot open port {taken} for ufuq"):
        Newsroom.start(ports={"ufuq": taken}, manuscripts=folder)
    with pytest.raises(UsageError, match="no outlet 'other'"):
        Newsroom.start(ports={"other": 1}, manuscripts=folder)


def test_a_stopped_newsroom_ends_idle_connections_and_frees_its_ports(folder: Path) -> None:
    opened = Newsroom.start(manuscripts=folder)
    host, _, port = opened.hosts["ufuq"].partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as idle:
        opened.stop()
        opened.stop()
        assert idle.recv(1) == b""
    Newsroom.start(ports={"ufuq": int(port)}, manuscripts=folder).stop()


def test_the_module_serves_until_it_is_told_to_stop_and_says_where(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "crawler.newsroom", "--dir", str(tmp_path / "outlets")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        with closing(HTTPConnection(said["hosts"]["wasla"], timeout=10)) as connection:
            connection.request("GET", "/rss.xml")
            assert connection.getresponse().status == 200
        assert sorted(path.name for path in Path(said["outlets"]).iterdir()) == [
            "midan.yml",
            "nakhla.yml",
            "ufuq.yml",
            "wasla.yml",
        ]
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0


def test_every_manuscript_of_the_press_is_served_whole_at_its_address() -> None:
    with Newsroom.start() as real:
        for outlet, paper in real.papers.items():
            for number, printed in paper.stories.items():
                page = ask(real, outlet, story(real, outlet, number))
                if page.status == 500:  # ufuq's newest, once
                    page = ask(real, outlet, story(real, outlet, number))
                assert page.status == 200, (outlet, number)
                text = unescape(page.text)
                missing = [paragraph for paragraph in printed.text.paragraphs if paragraph not in text]
                assert not missing, (outlet, number)
