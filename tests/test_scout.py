"""A look at an outlet: what captured answers show of its seeds and patterns, and the changes that they speak for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import urls
from archive.records import Capture, Hints, Reason, Role, Via
from crawler import facts
from crawler.errors import FactsError
from crawler.outlet import BUILT_IN, Outlet, Seed, SeedKind, load_outlet
from crawler.outlet_file import OutletFile
from crawler.scout.evidence import Evidence, look
from crawler.scout.proposal import Change, diff, edited, propose
from crawler.scout.shapes import shapes
from tests import tiny
from tests.captures import capture

TODAY = date(2026, 1, 10)
FEED, MAP, PAGE = "https://a.example/feed", "https://a.example/map.xml", "https://a.example/news/{page}"
FILE = f"""# A comment that stays.
name: أ
english: A
country: SY
timezone: UTC
language: ar

hosts:
  - a.example # page

seeds:
  - kind: feed
    url: {FEED}
    source: public code
  - kind: sitemap # the old one
    url: {MAP}
    source: guess
  - {{kind: section, url: "{PAGE}"}}

story:
  url: ^/\\d+ # page
  id:
    - ^/(\\d+)
  never: ^/tag/

pace:
  delay: 5
"""


def outlet() -> Outlet:
    seeds = ((SeedKind.FEED, FEED), (SeedKind.SITEMAP, MAP), (SeedKind.SECTION, PAGE))
    made = tiny.outlet(seeds=tuple(Seed(kind=kind, url=url) for kind, url in seeds))
    return made


def answered(seed: str, kind: str, body: str, status: int = 200, **said: object) -> Capture:
    content_type = str(said.pop("content_type", "text/html; charset=utf-8"))
    head = "".join(f"{name}: {value}\r\n" for name, value in said.pop("headers", {}).items())  # type: ignore[attr-defined]
    block = f"HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\n{head}\r\n{body}".encode()
    hints = Hints(role=Role.SEED, seed=seed, seed_kind=kind, **said)  # type: ignore[arg-type]
    return capture(url=seed.replace("{page}", "1"), response=block, hints=hints)


def rss(*paths: str) -> str:
    return (
        "<rss><channel>"
        + "".join(f"<item><link>https://a.example{path}</link></item>" for path in paths)
        + "</channel></rss>"
    )


def robots(text: str) -> Capture:
    block = f"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n{text}".encode()
    return capture(url="https://a.example/robots.txt", response=block, hints=Hints(role=Role.ROBOTS))


def whys(changes: Sequence[Change]) -> list[str]:
    return [change.why for change in changes]


# ---- evidence ------------------------------------------------------------------------------------------------------


def test_a_look_counts_what_each_seed_listed_and_sorts_it_by_the_files_patterns() -> None:
    body = rss("/1", "/1?utm_source=x", "/2", "/story/7", "/tag/x") + "<!-- -->"
    foreign = body.replace("</channel>", "<item><link>https://b.example/9</link></item></channel>")
    (feed,) = look(outlet(), [answered(FEED, "feed", foreign)]).seeds
    assert (feed.listed, feed.stories, feed.statuses) == (6, 2, (200,))
    assert feed.others == ("https://a.example/story/7", "https://a.example/tag/x")
    assert feed.foreign == {"b.example": 1}
    assert feed.works


def test_a_look_sees_hops_failures_pages_in_a_feeds_place_and_what_was_not_sent_again() -> None:
    hop = answered(FEED, "feed", "", 301, headers={"Location": "/rss/"})
    there = answered(FEED, "feed", rss("/1"), hops=(FEED,))
    captcha = answered(MAP, "sitemap", "<html><title>Just a moment...</title><body>x</body></html>")
    same = answered(PAGE, "section", "", 304)
    feed, plan, section = look(outlet(), [hop, there, captcha, same]).seeds
    assert (feed.statuses, feed.moved, feed.permanently) == ((301, 200), FEED, True)
    assert (plan.reason, plan.works) == (Reason.BLOCK_PAGE, False)
    assert (section.unchanged, section.works) == (True, True)
    lost = capture(url=FEED, response=b"", error="refused", hints=Hints(role=Role.SEED, seed=FEED, seed_kind="feed"))
    (gone,) = look(outlet(), [lost]).seeds
    assert gone.problem == "refused"


def test_a_look_gathers_maps_of_robots_and_feeds_that_pages_name_without_those_of_comments() -> None:
    page = (
        "<html><head><meta property='og:site_name' content='موقع'><link rel='https://api.w.org/' href='/wp-json/'>"
        "<link rel='alternate' type='application/rss+xml' href='/feed2'>"
        "<link rel='alternate' type='application/rss+xml' href='/comments/feed'></head>"
        "<body><a href='/1'>x</a></body></html>"
    )
    seen = look(outlet(), [robots("Sitemap: /all.xml\nUser-agent: *"), answered(PAGE, "section", page)])
    assert seen.maps == ("https://a.example/all.xml",)
    assert seen.offers.feeds == ("https://a.example/feed2",)
    assert (seen.offers.rest, seen.offers.name) == ("https://a.example/wp-json/", "موقع")


def test_an_archives_index_is_evidence_for_patterns_too() -> None:
    listed = [
        "https://a.example/5",
        *(f"https://a.example/story/{n}" for n in range(100, 110)),
        "https://a.example/about",
    ]
    said = "\n".join(f"a,example)/ 20170914000000 {url} text/html 200 {'A' * 32} 100" for url in listed)
    index = "https://archive.example/cdx/search/cdx?url=a.example"
    found = replace(answered(index, "wayback", said, content_type="text/plain"), via=Via.WAYBACK)
    seen, changes = propose_from(found)
    (seed,) = seen.seeds
    assert (seed.kind, seed.listed, seed.stories) == ("wayback", 12, 1)
    assert [change.url for change in changes] == [r"^/story/\d+$"]


# ---- shapes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "url", "name"),
    [
        ([f"/news/show/{n}/%D8%A3{n}" for n in range(10000, 10009)], r"^/news/show/\d+/[^/?]+$", "10003"),
        ([f"/?p={n}" for n in range(700, 709)], r"^/\?(?:.*&)?p=\d+(?:&|$)", "703"),
        ([f"/2017/09/1{n}/slug-{n}" for n in range(1, 9)], None, None),
        ([f"/world/{n}-slug" for n in range(20000, 20009)], r"^/world/\d+-[^/?]+$", "20003"),
        ([f"/x/slug-{n}.html" for n in range(30000, 30009)], r"^/x/[^/?]+-\d+\.html?$", "30003"),
    ],
)
def test_addresses_of_one_form_give_its_pattern_and_its_number(
    keys: list[str], url: str | None, name: str | None
) -> None:
    (shape,) = shapes(keys)
    assert url is None or shape.url == url
    assert all(re.search(shape.url, key) for key in keys)
    caught = re.search(shape.id, keys[3]) if shape.id else None
    assert (caught["id"] if caught else None) == name


def test_too_few_addresses_and_those_of_many_forms_make_no_shape() -> None:
    assert shapes(["/a/1000", "/a/1001"]) == ()
    assert shapes(["/", "/?x=1", "/?y=2", "/?z=3"]) == ()


PARTS = st.sampled_from(["", "a", "news", "2017", "9", "14", "12345", "12345-x", "x-123456.html", "%D8%A3", "x_a98765"])


@given(st.lists(st.tuples(PARTS, PARTS, PARTS, st.sampled_from(["", "?p=12", "?x=1"])), max_size=30))
def test_a_shape_matches_every_address_it_was_made_from(drawn: list[tuple[str, str, str, str]]) -> None:
    keys = [urls.story_key(f"https://a.example/{a}/{b}/{c}{query}") for a, b, c, query in drawn]
    for shape in shapes(keys):
        for pattern in filter(None, (shape.url, shape.id)):
            assert all(re.search(pattern, key) for key in shape.examples)


# ---- proposals -----------------------------------------------------------------------------------------------------


def propose_from(*captures: Capture) -> tuple[Evidence, tuple[Change, ...]]:
    seen = look(outlet(), captures)
    return seen, propose(outlet(), seen, TODAY)


def test_what_is_gone_moved_named_and_unknown_is_proposed_and_the_file_stays_a_file_with_its_comments() -> None:
    feed = rss("/1", *(f"/story/{number}" for number in range(5000, 5010)))
    moved = replace(answered(FEED, "feed", feed, hops=(FEED,)), url="https://a.example/rss/")
    _, changes = propose_from(
        robots("Sitemap: https://a.example/all.xml"),
        answered(FEED, "feed", "", 301, headers={"Location": "/rss/"}),
        moved,
        answered(MAP, "sitemap", "", 404),
    )
    new = edited(FILE, changes)
    facts.parse(new, OutletFile, "new")
    assert len(changes) == 4, whys(changes)
    lines = new.splitlines()
    assert "# A comment that stays." in lines
    assert "    url: https://a.example/rss/" in lines and FEED not in new
    assert MAP not in new and "# the old one" not in new
    assert "    url: https://a.example/all.xml" in lines
    assert r"    - ^/story/\d+$" in lines and r"    - ^/\d+ # page" in lines
    assert any("(?P<id>" in line for line in lines)
    told = diff("a", FILE, new)
    assert told.startswith("--- a/a.yml\n+++ b/a.yml\n")
    assert f"-    url: {MAP}\n" in told


def test_a_month_without_a_map_takes_no_template_away() -> None:
    monthly = "https://a.example/map-{yyyy}-{mm}.xml"
    known = tiny.outlet(seeds=tuple(Seed(kind=SeedKind.FEED, url=url) for url in (FEED, monthly)))
    missing = replace(answered(monthly, "sitemap", "", 404), url="https://a.example/map-2026-01.xml")
    seen = look(known, [answered(FEED, "feed", rss("/1")), missing])
    assert [change for change in propose(known, seen, TODAY) if change.drop] == []


def test_nothing_is_taken_away_as_long_as_no_seed_works() -> None:
    _, changes = propose_from(answered(FEED, "feed", "", 404), answered(MAP, "sitemap", "", 404))
    assert changes == ()


def test_a_block_a_consent_page_and_a_server_in_trouble_speak_for_no_change() -> None:
    captcha = "<html><title>Just a moment...</title><body>x</body></html>"
    consent = "<html><title>Before you continue</title><body>we use cookies</body></html>"
    _, changes = propose_from(answered(FEED, "feed", rss("/1")), answered(MAP, "sitemap", captcha))
    assert changes == ()
    _, changes = propose_from(answered(FEED, "feed", rss("/1")), answered(MAP, "sitemap", consent))
    assert changes == ()
    _, changes = propose_from(answered(FEED, "feed", rss("/1")), answered(MAP, "sitemap", "", 503))
    assert changes == ()


def test_an_outlet_whose_every_seed_is_parked_is_proposed_to_be_closed() -> None:
    parked = "<html><title>a.example</title><body><p>This domain is for sale</p></body></html>"
    _, changes = propose_from(answered(FEED, "feed", parked), answered(PAGE, "section", parked))
    assert [change.closed for change in changes] == [TODAY]
    assert "closed: 2026-01-10" in edited(FILE, changes)


def test_a_file_of_flow_style_is_edited_too_and_an_edit_that_breaks_it_is_refused() -> None:
    new = edited(FILE, [Change(why="gone", drop=PAGE)])
    assert PAGE not in new and FEED in new
    with pytest.raises(FactsError):
        edited(FILE, [Change(why="x", url="(unclosed")])


def test_every_built_in_file_can_be_edited_and_stays_one() -> None:
    for path in BUILT_IN.glob("*.yml"):
        known = load_outlet(path)
        text = path.read_text(encoding="utf-8")
        if not known.seeds:
            continue
        new = edited(text, [Change(why="gone", drop=known.seeds[0].url), Change(why="x", url=r"^/new/\d+$")])
        said = facts.parse(new, OutletFile, path.name)
        assert len(said.seeds) == len(known.seeds) - 1
        assert said.story.url[-1] == r"^/new/\d+$"
