"""The newsroom as a whole: robots, edits, connections, ports and the outlet files it writes."""

from __future__ import annotations

import gzip
import json
import signal
import socket
import subprocess
import sys
from contextlib import closing
from html import unescape
from http.client import HTTPConnection
from pathlib import Path

import pytest

from archive.errors import UsageError
from crawler.newsroom import Hours, Newsroom, faults
from crawler.newsroom.paper import NothingToEditError
from crawler.outlet import load_outlets
from tests.newsrooms import NOW, ask, folder, fresh, newsroom, seen, story

__all__ = ["folder", "fresh", "newsroom"]


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
