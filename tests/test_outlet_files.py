"""Every built-in outlet's file by itself: hosts, templates, patterns, ids over mirrors and twins, marks of origin."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import urlsplit

import pytest
import yaml

from archive import urls
from archive.records import Window
from crawler.archives.indexes import places
from crawler.outlet import BUILT_IN, OTHER, Outlet, SeedKind, load_outlets
from crawler.visit.seeds import numbered, seed_pages
from tests.outlet_addresses import ADDRESSES

OUTLETS = {name: outlet for name, outlet in load_outlets().items() if name != OTHER}
MARKS = ("page", "public code", "sample", "guess", "general knowledge")
ROUND_6 = Window(since=date(2017, 9, 11), until=date(2017, 9, 19))

DW = ("/ar/", "/rdf/rss-ar-all", "/xml/rss-ar-all")

each = pytest.mark.parametrize("outlet", OUTLETS.values(), ids=list(OUTLETS))


def test_every_outlet_has_its_addresses_here_and_there_are_about_thirty() -> None:
    assert set(ADDRESSES) == set(OUTLETS)
    assert len(OUTLETS) >= 28


def test_no_host_and_no_registered_name_under_it_is_claimed_twice() -> None:
    claimed: dict[str, str] = {}
    for name, outlet in OUTLETS.items():
        for host in outlet.all_hosts:
            assert claimed.setdefault(host.removeprefix("www."), name) == name


@each
def test_every_story_address_is_a_story_and_every_group_is_one(outlet: Outlet) -> None:
    groups = ADDRESSES[outlet.id].stories
    for group in groups:
        assert all(outlet.owns(url) for url in group)
        assert all(outlet.story_key(url) is not None for url in group), group
        assert len({outlet.story_id(url) for url in group}) == 1, [outlet.story_key(url) for url in group]
    assert len({outlet.story_id(group[0]) for group in groups}) == len(groups)


@each
def test_no_listing_is_taken_for_a_story(outlet: Outlet) -> None:
    seeds = [page.url for page in seed_pages(outlet, ROUND_6, tuple(SeedKind), ("أستانا",), date(2026, 1, 1))]
    home = [f"https://{host}/" for host in outlet.hosts]
    for url in (*ADDRESSES[outlet.id].never, *seeds, *home):
        assert outlet.story_key(url) is None, url


@each
def test_mirrors_schemes_twins_and_double_encoding_never_change_an_id(outlet: Outlet) -> None:
    for group in ADDRESSES[outlet.id].stories:
        url = group[0]
        parts = urlsplit(url)
        path = parts.path.rstrip("/")
        rest = f"?{parts.query}" if parts.query else ""
        hosts = [host for host in outlet.all_hosts if not host.endswith(":443")]
        twins = [f"http://{host}{path}{rest}" for host in hosts] + [f"https://www.{hosts[0]}.{path}{rest}"]
        twins += [f"https://{hosts[0]}{path.replace('%', '%25')}{rest}"]
        twins += [f"https://{hosts[0]}{path}{rest}{'&' if rest else '?'}utm_source=x&fbclid=y"]
        if not rest and path.count("/") > 1:
            twins += [f"https://{hosts[0]}/amp{path}", f"https://{hosts[0]}{path}/amp/"]
        assert {outlet.story_id(twin) for twin in twins} == {outlet.story_id(url)}, url


@each
def test_the_day_in_an_address_is_read(outlet: Outlet) -> None:
    day = ADDRESSES[outlet.id].day
    for url in ADDRESSES[outlet.id].stories[0]:
        assert outlet.days_in(url) == ((day, day) if day else None)


@each
def test_every_seed_template_expands_to_addresses_of_the_outlet(outlet: Outlet) -> None:
    pages = seed_pages(outlet, ROUND_6, tuple(SeedKind), ("محادثات أستانا",), date(2026, 1, 1))
    assert {(page.seed.kind, page.seed.url) for page in pages} == {
        (seed.kind, seed.url) for seed in outlet.seeds if seed.since is None or seed.since < date(2017, 9, 19)
    }
    for page in pages:
        asked = [page.url, numbered(page, 2).url] if page.is_paged else [page.url]
        assert len(set(asked)) == len(asked)
        for url in asked:
            assert not re.search(r"[{}]", url), url
            assert outlet.owns(url)
            assert urls.canonical(urls.canonical(url)) == urls.canonical(url)


@each
def test_epochs_name_hosts_of_the_outlet_and_each_says_where_it_is_from(outlet: Outlet) -> None:
    assert all(epoch.source for epoch in outlet.epochs)
    for epoch in outlet.epochs:
        assert set(epoch.hosts) <= set(outlet.all_hosts)
    assert outlet.zone_on(date(2017, 9, 14))


@each
def test_every_host_seed_layout_and_bound_says_where_the_fact_is_from(outlet: Outlet) -> None:
    text = (BUILT_IN / f"{outlet.id}.yml").read_text(encoding="utf-8")
    said = yaml.safe_load(text)
    for part in ("seeds", "pages", "epochs"):
        for one in said.get(part, ()):
            assert str(one.get("source", "")).startswith(MARKS), (part, one)
    hosts = text.split("\nhosts:\n")[1].split("\n\n")[0].splitlines()
    assert all(any(mark in line for mark in MARKS) for line in hosts), hosts
    expected = text.split("\nexpect:\n")[1].splitlines() if "\nexpect:\n" in text else []
    assert all(line.endswith("# guess") for line in expected if line.strip())
    assert "checked on the live site" in text


def test_of_a_host_with_many_languages_archives_are_asked_about_the_outlets_own_trees_and_listings() -> None:
    def asked(name: str) -> list[tuple[str, str]]:
        return [(place, match.value) for place, match in places(OUTLETS[name])]

    assert asked("france24") == [("france24.com/ar/", "prefix")]
    assert asked("dw") == [("dw.com/ar/", "prefix"), *(("rss.dw.com" + at, "prefix") for at in DW)]
    assert asked("reuters")[0] == ("ara.reuters.com/ar/", "prefix")
    assert asked("youm7")[0][1] == "host"
    never = {name for name, outlet in OUTLETS.items() if outlet.trees}
    assert never == {"aa", "bbc", "dw", "france24", "kazinform", "reuters"}
