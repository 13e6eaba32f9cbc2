"""Outlets: facts in, frozen noun out; every mistake told with file and line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.errors import FactsError
from crawler.outlet import BUILT_IN, Outlet, load_outlet, load_outlets, owner_of

HEAD = "name: تجربة\nenglish: Trial\ncountry: SY\ntimezone: Asia/Damascus\nlanguage: ar\n"


def written(folder: Path, more: str, name: str = "trial", head: str = HEAD) -> Path:
    path = folder / f"{name}.yml"
    path.write_text(head + more, encoding="utf-8")
    return path


def outlet(folder: Path, more: str) -> Outlet:
    return load_outlet(written(folder, more))


def test_the_built_in_outlets_load_and_their_small_files_say_which_facts_are_guesses() -> None:
    outlets = load_outlets()
    assert {"enabbaladi", "akhbaralaan", "orient", "sana", "other"} <= set(outlets)
    for name in ("enabbaladi", "akhbaralaan", "orient", "sana"):
        assert "guess" in (BUILT_IN / f"{name}.yml").read_text(encoding="utf-8")
        assert outlets[name].pace.delay >= 1
    assert outlets["orient"].closed == date(2023, 12, 31)
    assert outlets["other"].seeds == ()


@pytest.mark.parametrize(
    ("more", "line", "words"),
    [
        ("colour: red\n", 6, "unknown key"),
        ("name: again\n", 6, "stands twice"),
        ("hosts: [a.example]\nstory: {url: '^/(news'}\n", 7, "not a regular expression"),
        ("story: {id: '^/news/[0-9]+'}\n", 6, "needs a group"),
        ("hosts:\n  - a.example\nseeds:\n  - kind: teletext\n    url: https://a.example/\n", 9, "seeds[0].kind"),
        ("hosts:\n  - a.example\nseeds:\n  - kind: feed\n    url: https://a.example/{word}\n", 10, "{word}"),
        ("hosts:\n  - a.example\nseeds:\n  - kind: feed\n    url: https://b.example/\n", 10, "not in hosts"),
        ("hosts: [a.example]\nseeds:\n  - {kind: search, url: 'https://a.example/?s=x'}\n", 8, "{term}"),
        ("hosts: [a.example, a.example]\n", 6, "twice"),
        (
            "hosts: [a.example]\nseeds:\n" + "  - {kind: feed, url: 'https://a.example/f'}\n" * 2,
            7,
            "twice",
        ),
        ("hosts:\n  - localhost\n", 7, "port"),
        ("hosts:\n  - 127.0.0.1\n", 7, "port"),
        ("hosts: ['a.example:99999']\n", 6, "port"),
        ("hosts: [https://a.example]\n", 6, "not a host"),
        ("pace: {delay: 0}\n", 6, "pace.delay"),
        ("pace: {delay: 5, concurrency: 40}\n", 6, "pace.concurrency"),
        ("pages:\n  - body: 'div.entry >'\n", 7, "CSS"),
        ("pages:\n  - {body: p}\n  - {until: 2020-01-01, body: p}\n", 6, "oldest first"),
        ("closed: 2023\n", 6, "YYYY-MM-DD"),
        ("closed: 2023-02-30\n", 6, "closed"),
        ("tls: perhaps\n", 6, "tls"),
        ("expect: {chars: [10, 1]}\n", 6, "least"),
    ],
)
def test_a_broken_file_is_one_clear_line_with_file_and_line(tmp_path: Path, more: str, line: int, words: str) -> None:
    path = written(tmp_path, more)
    with pytest.raises(FactsError) as caught:
        load_outlet(path)
    message = str(caught.value)
    assert message.startswith(f"{path}:{line}: ")
    assert words in message
    assert "\n" not in message


def test_an_unknown_time_zone_is_told_where_it_stands(tmp_path: Path) -> None:
    path = written(tmp_path, "", head=HEAD.replace("Asia/Damascus", "Asia/Dimashq"))
    with pytest.raises(FactsError, match=r"trial.yml:4: timezone: unknown time zone"):
        load_outlet(path)


def test_a_file_whose_name_cannot_be_an_id_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FactsError, match="named by its id"):
        load_outlet(written(tmp_path, "", name="Not-An-Id"))


def test_a_users_file_replaces_the_built_in_one_of_the_same_name(tmp_path: Path) -> None:
    written(tmp_path, "hosts: [sana.sy]\n", name="sana")
    assert load_outlets(tmp_path)["sana"].english == "Trial"


def test_two_outlets_cannot_claim_one_host(tmp_path: Path) -> None:
    path = written(tmp_path, "hosts:\n  - www.sana.sy\n")
    with pytest.raises(FactsError, match=r"trial.yml:7: host www.sana.sy is claimed by sana too"):
        load_outlets(tmp_path)
    assert path.exists()


def test_a_missing_folder_of_outlets_is_said(tmp_path: Path) -> None:
    with pytest.raises(FactsError, match="no such folder"):
        load_outlets(tmp_path / "nowhere")


def test_a_host_without_port_means_the_default_ports_and_a_port_means_that_one(tmp_path: Path) -> None:
    ours = outlet(tmp_path, "hosts: [a.example, '127.0.0.1:8041', '[::1]:8042', c.example]\n")
    for url in (
        "http://a.example/x",
        "https://www.a.example./",
        "https://A.example:443/",
        "http://127.0.0.1:8041/?id=3",
    ):
        assert ours.owns(url), url
    assert ours.owns("http://[::1]:8042/")
    for url in ("http://a.example:8041/", "http://127.0.0.1/", "http://b.a.example/", "ftp://a.example/", "a.example"):
        assert not ours.owns(url), url


def test_hosts_of_earlier_epochs_are_the_outlets_own_and_zones_follow_the_day(tmp_path: Path) -> None:
    ours = outlet(
        tmp_path,
        "hosts: [a.example]\nepochs:\n  - {until: 2020-01-01, hosts: [old.example], timezone: Asia/Dubai}\n"
        "  - {line: x}\n",
    )
    assert ours.owns("http://old.example/1")
    assert ours.zone_on(date(2019, 12, 31)) == "Asia/Dubai"
    assert ours.zone_on(date(2020, 1, 1)) == "Asia/Damascus"


def test_pages_of_2017_are_read_by_the_rules_of_2017(tmp_path: Path) -> None:
    ours = outlet(tmp_path, "pages:\n  - {until: 2018-01-01, body: div.old}\n  - {body: div.new}\n")
    old, new = ours.page_on(date(2017, 12, 31)), ours.page_on(date(2018, 1, 1))
    assert old is not None and old.body == "div.old"
    assert new is not None and new.body == "div.new"


def test_twins_mirrors_and_schemes_of_a_story_have_one_key() -> None:
    ours = load_outlets()["enabbaladi"]
    forms = (
        "https://www.enabbaladi.net/archives/607143",
        "http://enabbaladi.net/607143/",
        "https://enabbaladi.net/607143/%D8%AE%D8%A8%D8%B1",
        "https://www.enabbaladi.net/607143/amp/",
        "https://www.enabbaladi.net/?p=607143&utm_source=feed",
    )
    assert {ours.story_key(url) for url in forms} == {"607143"}
    assert len({ours.story_id(url) for url in forms}) == 1
    assert ours.story_key("https://www.enabbaladi.net/archives/category/online") is None


def test_a_tree_of_another_language_lends_its_number_to_no_story() -> None:
    ours = load_outlets()["sana"]
    assert ours.story_key("https://sana.sy/en/?p=33") is None
    assert ours.story_id("https://sana.sy/en/?p=33") != ours.story_id("https://sana.sy/?p=33")
    assert ours.story_id("https://sana.sy./?p=33") == ours.story_id("http://ns2.sana.sy/?p=33")


def test_the_day_in_an_address_is_read_by_named_groups(tmp_path: Path) -> None:
    ours = load_outlets()["akhbaralaan"]
    assert ours.days_in("https://www.akhbaralaan.net/news/w/2018/11/29/x") == (date(2018, 11, 29), date(2018, 11, 29))
    assert ours.days_in("https://www.akhbaralaan.net/news/w/2018/13/29/x") is None
    months = outlet(tmp_path, "hosts: [a.example]\nstory: {url: '^/(?P<yyyy>[0-9]{4})/(?P<mm>[0-9]{2})/'}\n")
    assert months.days_in("http://a.example/2017/12/x") == (date(2017, 12, 1), date(2017, 12, 31))


def test_unknown_sites_share_other_and_yet_keep_apart() -> None:
    other = load_outlets()["other"]
    assert other.story_id("http://a.example/1") != other.story_id("http://b.example/1")
    assert other.story_id("http://a.example/1") == other.story_id("https://www.a.example/1/")
    assert owner_of("https://www.sana.sy/?p=1", load_outlets().values()) == "sana"
    assert owner_of("http://a.example/", load_outlets().values()) == "other"


def test_the_reading_part_changes_with_what_reads_a_page_and_only_with_that(tmp_path: Path) -> None:
    plain = outlet(tmp_path, "hosts: [a.example]\n").reading_part()
    assert outlet(tmp_path, "hosts: [b.example]\npace: {delay: 9}\nexpect: {chars: [1, 2]}\n").reading_part() == plain
    assert outlet(tmp_path, "hosts: [a.example]\npages: [{body: div}]\n").reading_part() != plain
    assert outlet(tmp_path, "hosts: [a.example]\nagency: وكالة\n").reading_part() != plain


@settings(deadline=None)
@given(st.text(max_size=60))
def test_no_text_makes_the_patterns_fail(words: str) -> None:
    ours = load_outlets_once()["sana"]
    for url in (words, f"https://sana.sy/{words}", f"https://sana.sy/?p={words}"):
        assert isinstance(ours.owns(url), bool)
        ours.story_key(url)
        ours.days_in(url)


_LOADED: dict[str, Outlet] = {}


def load_outlets_once() -> dict[str, Outlet]:
    if not _LOADED:
        _LOADED.update(load_outlets())
    return _LOADED
