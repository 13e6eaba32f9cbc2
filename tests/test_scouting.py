"""A look at real answers over loopback: `outlets check` and `outlets add`, from the command to the written proposal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.settings import hand_down
from crawler.newsroom import Newsroom
from crawler.outlet import load_outlet
from flows.cli import run
from tests.sites import Answer, Reply, article, feed, served

pytestmark = pytest.mark.long  # each looks at a site in processes of their own

FILE = """name: م
english: M
country: SY
timezone: UTC
language: ar

hosts:
  - HOST

seeds:
  - kind: feed
    url: http://HOST/feed
    source: guess
  - kind: feed
    url: http://HOST/gone.xml
    source: guess
  - kind: section
    url: http://HOST/news
    source: guess

story:
  url: ^/news/\\d+

pace:
  delay: 0.01
  concurrency: 1

allow_private: true
"""
GONE = (("feed", "gone.xml"), ("section", "news"))
LINKS = "".join(f"<a href='/news/{number}'>خبر عن الجلسة رقم {number} من المحادثات</a>" for number in range(1, 6))
PAGE = (
    "<html><head><meta property='og:site_name' content='المرصد'>"
    "<link rel='alternate' type='application/rss+xml' href='/rss2'></head><body>" + LINKS + "</body></html>"
)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    (tmp_path / "outlets").mkdir()
    monkeypatch.chdir(tmp_path)
    hand_down({"ASTANA_STORE": str(tmp_path / "store"), "ASTANA_OUTLETS": str(tmp_path / "outlets")})
    yield tmp_path
    hand_down({"ASTANA_STORE": None, "ASTANA_OUTLETS": None})


def test_a_check_says_what_each_seed_gave_and_writes_a_diff_that_mends_the_file(
    place: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    pages = {
        "/robots.txt": Reply(body="User-agent: *\nDisallow: /x\nSitemap: /all.xml\n", kind="text/plain"),
        "/feed": feed("/news/1", *(f"/story/{number}" for number in range(7000, 7006))),
        "/news": Reply(body=PAGE),
        "/news/1": article(1),
    }
    with served(pages) as site:
        text = FILE.replace("HOST", site.host)
        (place / "outlets" / "marsad.yml").write_text(text, encoding="utf-8")
        code = run(["outlets", "check", "marsad", "--json"])
        asked = site.paths()
    out, said = capfd.readouterr()
    lines = [json.loads(line) for line in out.splitlines()]
    assert code == 1  # a seed is gone
    assert [(line["kind"], line["stories"], line["statuses"]) for line in lines] == [
        ("feed", 1, [200]),
        ("feed", 0, [404]),
        ("section", 5, [200]),
    ]
    assert lines[1]["problem"].endswith("answered 404")
    assert "/news/1" not in asked
    told = (place / "proposals" / "marsad.diff").read_text(encoding="utf-8")
    assert "-    url: http://" + site.host + "/gone.xml" in told
    assert "+    url: http://" + site.host + "/all.xml" in told
    assert "+    url: http://" + site.host + "/rss2" in told
    assert "+    - ^/story/\\d+$" in told
    assert "nothing was changed" in said
    assert (place / "outlets" / "marsad.yml").read_text(encoding="utf-8") == text


def test_a_check_of_a_sound_outlet_proposes_nothing_and_comes_back_with_0_also_when_nothing_new_is_sent(
    place: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with served({"/feed": feed("/news/1", "/news/2"), "/news": Reply(body=LINKS)}) as site:
        text = FILE.replace("HOST", site.host).replace(
            f"  - kind: feed\n    url: http://{site.host}/gone.xml\n    source: guess\n", ""
        )
        (place / "outlets" / "marsad.yml").write_text(text, encoding="utf-8")
        first = run(["outlets", "check", "marsad"])
        again = run(["outlets", "check", "marsad", "--json"])
    assert (first, again) == (0, 0)
    lines = [json.loads(line) for line in capfd.readouterr().out.splitlines() if line.startswith("{")]
    assert [line["unchanged"] for line in lines] == [True, True]
    assert not (place / "proposals").exists()


def test_a_site_that_is_added_gets_a_file_that_can_be_crawled(place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    pages = {
        "/robots.txt": Reply(body="User-agent: *\nSitemap: /all.xml\n", kind="text/plain"),
        "/": Reply(body=PAGE),
        "/rss2": feed(*(f"/news/{number}/slug-{number}" for number in range(7000, 7006))),
        "/news/7000/slug-7000": article(1),
    }
    target = place / "outlets" / "marsad.yml"
    with served(pages) as site:
        assert run(["outlets", "add", site.url("/"), "--id", "marsad", "--out", str(target)]) == 0
        outlet = load_outlet(target)
        assert (outlet.name, outlet.allow_private) == ("المرصد", True)
        assert {seed.url for seed in outlet.seeds} == {site.url("/"), site.url("/rss2"), site.url("/robots.txt")}
        assert outlet.story_key(site.url("/news/7000/slug-7000")) == "7000"
        assert outlet.story_key(site.url("/news/1")) is None
        assert not (place / "store").exists()
        assert run(["outlets", "add", site.url("/"), "--id", "marsad", "--out", str(target)]) == 2
        assert run(["outlets", "add", site.url("/x"), "--id", "another"]) == 2
    assert "is an outlet already" in capfd.readouterr().err


def test_a_site_without_a_listing_gets_no_file(place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    parked = Reply(body="<html><title>x</title><body>This domain is for sale</body></html>")
    with served({"/": parked}) as site:
        assert run(["outlets", "add", site.url("/"), "--id", "marsad"]) == 2
    assert "parked-page" in capfd.readouterr().err


def test_a_closed_outlet_is_looked_at_in_a_web_archive_and_its_host_is_not_asked(
    place: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with Newsroom.start(archives=True) as newsroom:
        newsroom.write_outlets(place / "outlets")
        hand_down({"ASTANA_WAYBACK_URL": newsroom.wayback})
        try:
            days = ("--since", "2017-01-01", "--until", "2017-02-01")
            code = run(["outlets", "check", "sawari", "--via", "wayback", *days, "--json"])
            assert run(["outlets", "check", "sawari", "--via", "wayback"]) == 2
        finally:
            hand_down({"ASTANA_WAYBACK_URL": None})
        asked = {ask.outlet for ask in newsroom.log}
    lines = [json.loads(line) for line in capfd.readouterr().out.splitlines() if line.startswith("{")]
    assert code == 0
    assert "sawari" not in asked
    (index,) = [line for line in lines if line["kind"] == "wayback"]
    assert index["stories"] > 3
    assert index["examples"]


def test_a_closed_outlets_host_is_believed_only_when_it_lists_what_is_held_under_the_same_ids_and_titles(
    place: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    def listing(title: str) -> Reply:
        items = "".join(
            f"<item><title>{title.format(number)}</title><link>/news/{number}</link></item>" for number in (1, 2, 3, 4)
        )
        return Reply(body=f"<rss><channel>{items}</channel></rss>", kind="application/rss+xml")

    sold, own = listing("عروض اليوم {}"), listing("بدء الجلسة {} من المحادثات")
    shown = [own]
    pages: dict[str, Answer] = {
        "/feed": lambda before: shown[0],
        **{f"/news/{number}": article(number) for number in (1, 2, 3)},
    }
    seeds = "".join(f"  - kind: {kind}\n    url: http://HOST/{path}\n    source: guess\n" for kind, path in GONE)
    with served(pages) as site:
        text = FILE.replace(seeds, "").replace("HOST", site.host)
        file = place / "outlets" / "marsad.yml"
        file.write_text(text, encoding="utf-8")
        assert run(["crawl", "marsad", "--all"]) == 0
        file.write_text(text + "closed: 2023-12-31 # page\n", encoding="utf-8")
        shown[0] = sold
        refused = run(["outlets", "check", "marsad"])
        assert not (place / "proposals").exists()
        shown[0] = own
        believed = run(["outlets", "check", "marsad"])
    said = capfd.readouterr().err
    assert (refused, believed) == (1, 0)
    assert "its host is not proved to be its own: 0 of the stories" in said
    assert "3 of the stories that its host lists are held under the same ids and titles" in said
    assert "-closed: 2023-12-31 # page" in (place / "proposals" / "marsad.diff").read_text(encoding="utf-8")
