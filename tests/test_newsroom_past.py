"""Sawari is as its truth says: what is live, what only an archive holds, what is lost, and how much else there is."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest

from crawler.newsroom import Hours, Newsroom, past
from crawler.newsroom.past import Gone, Piece
from crawler.newsroom.sawari import DRAFT, POSTS
from crawler.outlet import load_outlets
from tests import past_truth
from tests.lookalikes import asked, fetched, lines, table
from tests.newsrooms import NOW

pytestmark = pytest.mark.xdist_group("past")


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom.start(hours=Hours(now=lambda: NOW), archives=True) as opened:
        yield opened


@pytest.fixture(scope="module")
def live(newsroom: Newsroom) -> str:
    return f"http://{newsroom.hosts['sawari']}"


def rows(newsroom: Newsroom) -> list[dict[str, str]]:
    """Everything that Wayback's index holds."""
    hosts = ("sawari.example", newsroom.hosts["sawari"], newsroom.hosts["sawari-sold"])
    cdx = f"{newsroom.wayback}/cdx/search/cdx"
    return [row for host in hosts for row in table_or_none(asked(cdx, url=f"{host}/*", output="json"))]


def table_or_none(answer: object) -> list[dict[str, str]]:
    body = getattr(answer, "body", b"[]")
    return table(answer) if json.loads(body) else []  # type: ignore[arg-type]


def shown(text: str, piece: Piece) -> bool:
    """Whether a page shows the piece, before or after its correction."""
    return piece.text.title in unescape(text) and all(part in unescape(text) for part in piece.text.paragraphs)


def of(piece: Piece, url: str) -> bool:
    return url.partition("://")[2].partition("/")[2].removesuffix("amp/") == piece.path.removeprefix("/")


def test_every_written_piece_and_every_series_has_its_truth() -> None:
    truths = past_truth.load()
    assert [story.id for story in truths.stories] == [n for n in sorted(past_truth.pieces()) if n < past.FIRST_MADE]
    assert {one.name for one in truths.series} == {p.series for p in past_truth.pieces().values() if p.series}


def test_of_twenty_pieces_beside_each_story_half_look_like_it() -> None:
    looks = {one.name: one.looks for one in past_truth.load().series}
    window = [p for p in past_truth.pieces().values() if p.series and p.text.published.date() < past_truth.UNTIL]
    assert len(window) >= 20 * len(past_truth.on_topic())
    assert sum(looks[piece.series] for piece in window) * 2 >= len(window)
    assert len({piece.text.title for piece in window}) == len(window)


def test_half_of_the_stories_are_gone_and_two_are_nowhere() -> None:
    stories = past_truth.on_topic().values()
    assert sum("live" not in story.found for story in stories) == 13 and len(stories) == 26
    assert [story.id for story in stories if not story.found] == [112, 118]
    assert Counter(story.found for story in stories if "live" not in story.found) == {
        ("wayback",): 6,
        ("commoncrawl",): 2,
        ("wayback", "commoncrawl"): 3,
        (): 2,
    }


def test_the_live_site_answers_for_each_piece_as_it_was_decided(newsroom: Newsroom, live: str) -> None:
    for piece in list(past_truth.pieces().values())[::8]:
        answer = fetched(f"{live}{piece.path}")
        expected = 200 if piece.gone in (Gone.STAYS, Gone.SOFT) else 404
        assert (answer.status, shown(answer.text, piece)) == (expected, piece.gone is Gone.STAYS), piece.path
        assert ("الصفحة غير موجودة" in answer.text) == (piece.gone is not Gone.STAYS)
    assert b"for sale" in fetched(f"http://{newsroom.hosts['sawari-sold']}/2017/03/15/x/").body


@pytest.mark.long
@pytest.mark.slow  # hundreds of requests
def test_each_story_can_be_had_where_its_truth_says_and_nowhere_else(newsroom: Newsroom, live: str) -> None:
    everything = rows(newsroom)
    for number, story in past_truth.on_topic().items():
        piece = past_truth.pieces()[number]
        good = [row for row in everything if of(piece, row["original"]) and row["statuscode"] in ("200", "-")]
        played = [fetched(f"{newsroom.wayback}/web/{row['timestamp']}id_/{row['original']}") for row in good]
        found = {
            "live": shown(fetched(f"{live}{piece.path}").text, piece),
            "wayback": any(piece.text.paragraphs[0] in unescape(page.text) for page in played),
            "commoncrawl": any(of(piece, row["url"]) for row in crawled(newsroom, piece)),
        }
        assert {place for place, there in found.items() if there} == set(story.found), number


def crawled(newsroom: Newsroom, piece: Piece) -> list[dict[str, str]]:
    told = json.loads(fetched(f"{newsroom.commoncrawl_index}/collinfo.json").body)
    hosts = ("www.sawari.example", newsroom.hosts["sawari"])
    asked_for = [asked(one["cdx-api"], url=host + piece.path, output="json") for one in told for host in hosts]
    return [row for answer in asked_for if answer.status == 200 for row in lines(answer)]


def test_a_correction_divides_the_archives(newsroom: Newsroom) -> None:
    piece = past_truth.pieces()[110]
    [row] = [row for row in rows(newsroom) if of(piece, row["original"])]
    memento = fetched(f"{newsroom.wayback}/web/{row['timestamp']}id_/{row['original']}")
    correction = piece.text.edits[0].paragraphs[-1]
    assert correction in memento.text
    [line] = crawled(newsroom, piece)
    assert line["digest"] != row["digest"] and past_truth.load().stories[9].texts == 2


def test_wordpress_tells_titles_and_first_words_page_by_page(live: str) -> None:
    first = fetched(f"{live}{POSTS}?per_page=100&page=1&_fields=id,link,title,excerpt")
    posts = json.loads(first.body)
    assert first.headers["X-WP-TotalPages"] == "3" and len(posts) == 100
    assert set(posts[0]) == {"id", "link", "title", "excerpt"}
    assert fetched(f"{live}{POSTS}?per_page=100&page=4").status == 400
    bounds = fetched(f"{live}{POSTS}?after=2017-09-13T23:59:59&before=2017-09-16T00:00:00&per_page=100")
    assert 111 in {post["id"] for post in json.loads(bounds.body)}


def test_search_finds_by_every_word_and_what_hides_is_found_by_nothing(live: str) -> None:
    asked_for = [(words, page) for words in ("محادثات أستانا", "مسار أستانا") for page in (1, 2)]
    lists = "".join(fetched(f"{live}/?s={quote(words)}&paged={page}").text for words, page in asked_for)
    found = {number for number, piece in past_truth.pieces().items() if piece.path in lists}
    stories = past_truth.on_topic()
    assert {n for n, story in stories.items() if story.hint == "search"} <= found
    assert not {n for n, story in stories.items() if story.hint == "none"} & found


def test_sitemaps_list_some_of_what_is_gone_and_a_draft_that_robots_forbid(newsroom: Newsroom, live: str) -> None:
    march = fetched(f"{live}/sitemap-pt-post-2017-03.xml").text
    assert f"http://{newsroom.hosts['sawari-sold']}{past_truth.pieces()[105].path}" in march
    assert past_truth.pieces()[118].path in fetched(f"{live}/sitemap-pt-post-2018-11.xml").text
    draft = quote(DRAFT).lower()
    assert draft in fetched(f"{live}/sitemap-pt-post-2019-11.xml").text
    assert "Disallow: /2019/11/11/" in fetched(f"{live}/robots.txt").text
    assert fetched(f"{live}{draft}").status == 200
    assert fetched(f"{live}/sitemap-pt-post-2016-01.xml").status == 404


def test_its_outlet_file_knows_its_stories_on_every_host(newsroom: Newsroom, live: str, tmp_path: Path) -> None:
    newsroom.write_outlets(tmp_path)
    outlet = load_outlets(tmp_path)["sawari"]
    piece = past_truth.pieces()[106]
    twins = (live, f"http://{newsroom.hosts['sawari-sold']}", "https://sawari.example", "http://www.sawari.example:80")
    keys = {outlet.story_key(base + piece.path + tail) for base in twins for tail in ("", "amp/")}
    assert len(keys) == 1 and None not in keys
    assert len({outlet.story_key(live + one.path) for one in past_truth.pieces().values()}) == 573


def test_without_the_archives_sawari_is_not_there() -> None:
    with Newsroom.start() as plain:
        assert "sawari" not in plain.hosts and plain.wayback == "" == plain.commoncrawl_index


def test_the_one_log_has_every_request_to_sites_and_archives(newsroom: Newsroom, live: str) -> None:
    before = len(newsroom.log)
    fetched(f"{live}/robots.txt")
    fetched(f"{newsroom.commoncrawl_index}/collinfo.json")
    fetched(f"{newsroom.wayback}/cdx/search/cdx?url=x.example")
    assert [ask.outlet for ask in newsroom.log[before:]] == ["sawari", "commoncrawl-index", "wayback"]
